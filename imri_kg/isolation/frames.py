"""What a validation and its worker send each other through a pipe: a JSON document, followed by any number of byte strings.

Called by both ends. A frame carries data alone and no code, so that neither end can make the other run something.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

__all__ = ["Frame", "FrameTooBigError", "receive", "send"]

_SIZE = 8


class FrameTooBigError(Exception):
    """The other end sends more than is read."""


class Frame(NamedTuple):
    """A document, its byte strings, and how many bytes came through the pipe for them."""

    document: dict[str, Any]
    blobs: tuple[bytes, ...]
    size: int


def send(stream: BinaryIO, document: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write a frame.

    Raises:
        OSError: the other end is gone.
    """
    # ASCII with escapes: half a surrogate pair, as odd files hold them, has no bytes in UTF-8.
    head = json.dumps({"document": document, "blobs": [len(b) for b in blobs]}).encode("ascii")
    stream.write(len(head).to_bytes(_SIZE, "big"))
    stream.write(head)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: BinaryIO, most: int) -> Frame | None:
    """Read a frame; None when the other end closed the pipe before the frame was whole.

    Args:
        stream: the pipe, read in blocking mode.
        most: bytes that the frame may have.

    Raises:
        FrameTooBigError: it has more.
        ValueError: what came is no frame.

    >>> import io
    >>> pipe = io.BytesIO()
    >>> send(pipe, {"a": 1}, [b"xyz"])
    >>> _ = pipe.seek(0)
    >>> receive(pipe, 1000).blobs, receive(pipe, 1000)
    ((b'xyz',), None)
    """
    start = stream.read(_SIZE)
    if len(start) < _SIZE:
        return None
    length = int.from_bytes(start, "big")
    size = _SIZE + length
    if size > most:
        raise FrameTooBigError
    head = stream.read(length)
    if len(head) < length:
        return None
    try:
        content = json.loads(head)
    except RecursionError as error:
        raise ValueError("This is no frame.") from error
    if not isinstance(content, dict) or not isinstance(content.get("document"), dict) or not isinstance(content.get("blobs"), list):
        raise ValueError("This is no frame.")
    blobs = []
    for wanted in content["blobs"]:
        if not isinstance(wanted, int) or wanted < 0:
            raise ValueError("A frame states the length of its parts.")
        size += wanted
        if size > most:
            raise FrameTooBigError
        blob = stream.read(wanted)
        if len(blob) < wanted:
            return None
        blobs.append(blob)
    return Frame(content["document"], tuple(blobs), size)
