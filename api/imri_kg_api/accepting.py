"""What a client accepts (RFC 9110, section 12.5), held against what there is."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["preferred", "takes_gzip"]


def preferred(accept: str, types: Sequence[str]) -> str | None:
    """Return the media type that a client likes best; of those that it likes alike the first, and None where it takes none of them.

    Args:
        accept: the header Accept; without a readable range anything will do.
        types: media types that can be had, ours first.

    >>> preferred("text/csv;q=0.5, application/*", ["text/csv", "application/json"])
    'application/json'
    """
    ranges = _ranges(accept)
    if not ranges:
        return types[0]
    weights = {}
    for media_type in types:
        # The most exact range that covers a type decides, whatever the others say.
        covering = [r for r in ranges if _covers(r[0], media_type)]
        weights[media_type] = max(covering, key=lambda r: r[1])[2] if covering else 0.0
    best = max(types, key=lambda media_type: weights[media_type])
    return best if weights[best] > 0 else None


def takes_gzip(accepted: str) -> bool:
    """Say whether the header Accept-Encoding admits gzip (section 12.5.3): by name, or by `*` where it is not named.

    >>> [takes_gzip(a) for a in ("gzip, br", "gzip;q=0, identity", "*", "x-gzipped", "")]
    [True, False, True, False, False]
    """
    weights = {}
    for item in accepted.split(","):
        name, *settings = (part.strip().lower() for part in item.split(";"))
        weights[name] = _weight(settings)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weight(settings: Sequence[str]) -> float:
    """Return the weight that the parameters of an item give it; 0 where it cannot be read."""
    for setting in settings:
        if setting.startswith("q="):
            try:
                return min(max(float(setting[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _ranges(accept: str) -> list[tuple[str, int, float]]:
    """Return the media ranges with how exact each is (2, 1 or 0) and its weight; unreadable ones are skipped."""
    ranges = []
    for item in accept.split(","):
        name, *settings = (part.strip().lower() for part in item.split(";"))
        if name.count("/") != 1:
            continue
        ranges.append((name, 0 if name == "*/*" else 1 if name.endswith("/*") else 2, _weight(settings)))
    return ranges


def _covers(media_range: str, media_type: str) -> bool:
    return media_range in ("*/*", media_type) or (media_range.endswith("/*") and media_type.startswith(media_range[:-1]))
