"""Every word of the interface, from catalogues of messages (Project Fluent) that a translation can stand beside.

Called by templates through `t` and `tm`. A language is a folder of `.ftl` files, one for each area of pages; a message that a language lacks is
taken from English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, FluentSerializer
from fluent.syntax.ast import Message, Resource, Term
from markupsafe import Markup, escape

__all__ = ["DEFAULT", "MissingMessageError", "Words", "languages"]

#: The language that has every message, by the folder of its catalogue; and its tag (BCP 47) in pages.
DEFAULT = "en"
_TAGS = {"en": "en-GB"}
#: Marks the place of an argument while the text around it is escaped; no message holds these characters.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACES = re.compile(f"{_OPEN}(\\w+){_CLOSE}")


class MissingMessageError(KeyError):
    """A message stands in no catalogue, or lacks an argument that it names."""


def _folder(language: str) -> Traversable:
    return files(__package__) / "messages" / language


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(f.name for f in (files(__package__) / "messages").iterdir() if f.is_dir())


class Words:
    """The messages in one language.

    Args:
        language: name of its folder.

    Raises:
        MissingMessageError: when a message is asked for that does not exist.

    >>> Words()("state-mapped")
    'mapped'
    """

    def __init__(self, language: str = DEFAULT) -> None:
        self.tag = _TAGS.get(language, language)
        self._bundles = []
        self._texts: dict[str, str] = {}
        for name in dict.fromkeys((language, DEFAULT)):
            bundle = FluentBundle([_TAGS.get(name, name)], use_isolating=False)
            for file in sorted(_folder(name).iterdir(), key=lambda f: f.name):
                if file.name.endswith(".ftl"):
                    text = file.read_text(encoding="utf-8")
                    self._texts[f"{name}/{file.name}"] = text
                    bundle.add_resource(FluentResource(text))
            self._bundles.append(bundle)
        # Most messages take no argument; those are formatted once.
        self._plain: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    def __call__(self, name: str, /, **given: Any) -> str:
        """Return a message as plain text."""
        if not given:
            known = self._plain.get(name)
            if known is None:
                known = self._plain[name] = self._format(name, {})
            return known
        return self._format(name, given)

    def marked(self, name: str, /, **given: Any) -> Markup:
        """Return a message whose arguments can be marked-up text, such as a link; everything else is escaped."""
        numbers = {key: value for key, value in given.items() if isinstance(value, (int, float))}
        texts = {key: f"{_OPEN}{key}{_CLOSE}" for key in given if key not in numbers}
        text = str(escape(self._format(name, {**numbers, **texts})))
        return Markup(_PLACES.sub(lambda found: str(escape(given[found[1]])), text))  # noqa: S704 - all parts are escaped

    def has(self, name: str) -> bool:
        """Say whether there is such a message."""
        return any(bundle.has_message(name) for bundle in self._bundles)

    def _format(self, name: str, given: Mapping[str, Any]) -> str:
        for bundle in self._bundles:
            if bundle.has_message(name):
                pattern = bundle.get_message(name).value
                text, errors = bundle.format_pattern(pattern, dict(given))
                if errors:
                    raise MissingMessageError(f"The message {name!r} cannot be made with {sorted(given)}: {errors[0]}")
                return str(text)
        raise MissingMessageError(f"There is no message {name!r} in the catalogues of {', '.join(languages())}.")

    @cached_property
    def _messages(self) -> dict[str, Message]:
        found: dict[str, Message] = {}
        parser = FluentParser()
        # English comes last, so that what a language has stands.
        for text in self._texts.values():
            for entry in parser.parse(text).body:
                if isinstance(entry, Message) and not isinstance(entry, Term):
                    found.setdefault(entry.id.name, entry)
        return found

    def names(self) -> list[str]:
        """Return the names of all messages."""
        return sorted(self._messages)

    def source(self, prefix: str) -> str:
        """Return the messages whose names begin so as Fluent text, for a script that formats them itself."""
        if prefix not in self._sources:
            chosen = [message for name, message in sorted(self._messages.items()) if name.startswith(prefix)]
            if not chosen:
                raise MissingMessageError(f"No message begins with {prefix!r}.")
            self._sources[prefix] = FluentSerializer().serialize(Resource(chosen))
        return self._sources[prefix]
