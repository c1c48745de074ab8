"""The envelope of an answer: what stands around the model's words in the chat completions format.

A server may send anything. What is read here is text and a few flags; a stream that nobody asked for is put together.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from standoff.drafting.tidy import excerpt
from standoff.errors import DraftError, Problem


@dataclass(frozen=True)
class Answer:
    """The model's words as they came; `cut`: it ran out of room before the end."""

    text: str
    cut: bool = False
    remarks: tuple[str, ...] = ()


def read_envelope(body: str, kind: str, address: str, secret: str | None = None) -> Answer:
    """The model's words. Raises `DraftError` where there are none."""
    if body.lstrip().startswith(("data:", "event:", ":")):
        return _streamed(body, address)
    data = loads(body)
    if data is None:
        if not body.strip():
            raise _bad("an empty answer", address)
        page = kind == "text/html" or body.lstrip()[:15].lower().startswith(("<!doctype", "<html"))
        raise _bad("a web page where an answer in JSON should be" if page else "an answer that is not JSON", address)
    if not isinstance(data, dict):
        raise _bad(f"an answer that is {_called(data)} and no object", address)
    words = error_words(body, secret)
    if words:
        raise _bad(f'an error in place of an answer: "{words}"', address)
    choices = data.get("choices")
    if not isinstance(choices, list):
        raise _bad("an answer without `choices`, of some other interface", address)
    if not choices:
        raise _bad("an answer with no choice in it", address)
    message = choices[0].get("message") if isinstance(choices[0], dict) else None
    if not isinstance(message, dict):
        raise _bad("an answer whose choice holds no message", address)
    text = _content(message.get("content"))
    if not text.strip():
        declined = excerpt(str(message.get("refusal") or ""), 200, secret)
        raise _bad(f"a message without words{f' (it declines: {declined})' if declined else ''}", address)
    return Answer(text, cut=choices[0].get("finish_reason") == "length")


def error_words(body: str, secret: str | None = None) -> str:
    """What a server says of its own failure, short and harmless; empty if it says nothing in the usual place."""
    data = loads(body)
    error = data.get("error") if isinstance(data, dict) else None
    words = error.get("message") if isinstance(error, dict) else error
    return excerpt(words, 200, secret).replace('"', "'") if isinstance(words, str) else ""


def loads(text: str) -> Any:
    """JSON, or None where it is none, nested too deeply, or has numbers that nothing can hold."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _streamed(body: str, address: str) -> Answer:
    """The pieces of a stream, put together as far as they came."""
    pieces: list[str] = []
    ended = cut = False
    for line in body.splitlines():
        if not line.startswith("data:"):
            continue
        sent = line[5:].strip()
        if sent == "[DONE]":
            ended = True
            break
        data = loads(sent)
        choices = data.get("choices") if isinstance(data, dict) else None
        first = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(first, dict):
            part = first.get("delta") if isinstance(first.get("delta"), dict) else first.get("message")
            pieces.append(_content(part.get("content")) if isinstance(part, dict) else "")
            cut = cut or first.get("finish_reason") == "length"
            ended = ended or first.get("finish_reason") is not None
    text = "".join(pieces)
    if not text.strip():
        raise _bad("a stream without words in it", address)
    return Answer(text, cut or not ended, ("It was sent in pieces, which was not asked for; they were put together.",))


def _content(content: Any) -> str:
    """Words of a message, which some servers send as a list of parts."""
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _called(data: Any) -> str:
    return "a list" if isinstance(data, list) else "a number" if isinstance(data, int | float) else "a text"


def _bad(found: str, address: str) -> DraftError:
    return DraftError(
        Problem(
            found,
            "a chat completion as the OpenAI interface has it",
            "Check that --endpoint is OpenAI-compatible, and --model; nothing was used or written.",
            file=address,
        )
    )
