"""
Bytes of a chat completion -> pieces of its text, as they come.

Two shapes are read: server-sent events, one ``data:`` line of JSON a piece up to
``data: [DONE]``, and one plain JSON object from a server that does not stream.

But: nothing is known here of connections, and what the text says is not looked at.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

MAX_LINE_BYTES = 1 << 18
MAX_REPLY_BYTES = 1 << 22
"""A piece of one token is some 300 bytes of JSON, and a model may think aloud before it answers."""


class UnreadableReplyError(ValueError):
    """What the server sent is no chat completion; the message says in which way."""


def read_pieces(chunks: Iterable[bytes]) -> Iterator[str]:
    """
    Read the text of the first choice.

    Args:
        chunks: The body, cut anywhere. No more is taken than is needed.

    Returns:
        Pieces of text, none empty; surrogates and control characters may be among them.

    Raises:
        UnreadableReplyError: The body is too long, no UTF-8, no JSON, an error object, or
            ends before the server said that the reply is whole. Pieces before that stand.
    """
    for line in _lines(chunks):
        if line.startswith(b"{"):
            yield from _only(_text(_parsed(line), "message"))
            return
        if not line.startswith(b"data:"):
            continue  # comments that keep the connection open, names of events
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            return
        event = _parsed(data)
        yield from _only(_text(event, "delta"))
        if _is_last(event):
            return
    raise UnreadableReplyError("broke off before it was complete")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut into lines without their ends; a body that starts with ``{`` is one line."""
    buffer, n_bytes, is_object = b"", 0, False
    for chunk in chunks:
        n_bytes += len(chunk)
        if n_bytes > MAX_REPLY_BYTES:
            raise UnreadableReplyError(f"is longer than {MAX_REPLY_BYTES:,} bytes")
        buffer += chunk
        if n_bytes == len(buffer):  # nothing was taken yet
            is_object = buffer.lstrip().startswith(b"{")
        if not is_object:
            *whole, buffer = buffer.split(b"\n")
            yield from (line.rstrip(b"\r") for line in whole)
        if len(buffer) > MAX_LINE_BYTES:
            raise UnreadableReplyError(f"has a line of more than {MAX_LINE_BYTES:,} bytes")
    if buffer.strip():
        yield buffer.strip()


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableReplyError("is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableReplyError("is not JSON") from error
    if not isinstance(parsed, dict):
        raise UnreadableReplyError("is not a JSON object")
    if parsed.get("error"):
        raise UnreadableReplyError("is an error object")  # whose text may repeat the key
    return parsed


def _choice(event: dict[str, Any]) -> dict[str, Any]:
    choices = event.get("choices")
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise UnreadableReplyError("has no list of choices")
    return choices[0] if choices else {}  # an event that only counts tokens has none


def _text(event: dict[str, Any], part: str) -> str:
    found = _choice(event).get(part)
    content = found.get("content") if isinstance(found, dict) else None
    if content is not None and not isinstance(content, str):
        raise UnreadableReplyError("has a text that is none")
    return content or ""


def _is_last(event: dict[str, Any]) -> bool:
    return bool(_choice(event).get("finish_reason"))


def _only(text: str) -> Iterator[str]:
    if text:
        yield text
