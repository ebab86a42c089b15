"""The entry point of `imri-kg`: the only place that decides how an error leaves the process."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; no error of ours or the user's ends in a trace."""
    from imri_kg.cli.commands import run
    from imri_kg.errors import ImriError

    _prepare_streams()
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
        sys.exit(status)
    except ImriError as error:
        if _wants_json():
            import json

            print(json.dumps(error.to_json(), ensure_ascii=False, indent=2), file=sys.stderr)
        else:
            print(f"imri-kg: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the pipe has seen enough.
        _drop_output()
        sys.exit(0)
    except OSError as error:
        _drop_output()
        print(f"imri-kg: the system refused: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}.", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        if os.environ.get("IMRI_KG_DEBUG"):
            raise
        print(
            f"imri-kg: an unforeseen fault: {type(error).__name__}: {error}. Please report it with the command that you typed; "
            "IMRI_KG_DEBUG=1 shows where it arose.",
            file=sys.stderr,
        )
        sys.exit(3)


def _prepare_streams() -> None:
    """Give the process streams that take every character; a closed one is replaced by nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            # A console of another encoding shows a question mark instead of a sign; the word stands beside it.
            stream.reconfigure(errors="replace" if name == "stdout" else "backslashreplace")


def _drop_output() -> None:
    """Point standard output elsewhere, so that the interpreter can flush it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wants_json() -> bool:
    arguments = sys.argv[1:]
    return "--format=json" in arguments or any(a == "--format" and b == "json" for a, b in zip(arguments, arguments[1:], strict=False))


if __name__ == "__main__":
    main()
