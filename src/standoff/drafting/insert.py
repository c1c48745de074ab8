"""One more entry in evidence.yaml, with every other character of the file left as it is.

ruamel.yaml finds where a section ends; the entry is put behind its last line as text, so that comments, order and
layout stay. The result is read again and compared: it must say what the file said before, and the entry, and nothing
else. Whatever a text contains, it cannot become more than a text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from standoff.errors import CaseError, DraftError, Problem
from standoff.language.read import parse_yaml, plain_value


def with_claim(text: str, name: str, claim: Mapping[str, Any], file: str) -> str:
    """The text of evidence.yaml with one claim more. Raises DraftError where that cannot be done safely."""
    new = _inserted(text, "claims", {name: claim}, file)
    data = _data(text, file)
    held = data.get("claims") or {}
    return _same(new, {**data, "claims": {**held, name: dict(claim)}}, file, "claims")


def with_move(text: str, move: Mapping[str, Any], file: str, remark: str = "") -> str:
    """The same with one history entry more; `remark` is a comment on the line above it."""
    new = _inserted(text, "history", [move], file, remark)
    data = _data(text, file)
    held = data.get("history") or []
    return _same(new, {**data, "history": [*held, dict(move)]}, file, "history")


def _data(text: str, file: str) -> dict[str, Any]:
    """The file as data; a file with nothing in it yet is an empty one. Raises CaseError where it is broken."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return {}
    data = parse_yaml(text, file).data
    if not isinstance(data, dict):
        raise _refused(file, "a file that is not keys and values", "Put it in order first: `standoff check CASE`.")
    return data


def _same(new: str, wanted: dict[str, Any], file: str, section: str) -> str:
    try:
        found = parse_yaml(new, file).data
    except CaseError:
        found = None
    if found != _plain(wanted):
        raise _refused(
            file,
            f"`{section}` laid out in a way that cannot be added to safely",
            f"Write `{section}:` as lines of its own, each entry indented below it, and try again.",
        )
    return new


def _plain(value: Any) -> Any:
    """Data as our reader would give it back: tuples are lists, mappings plain."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _inserted(text: str, section: str, entry: Any, file: str, remark: str = "") -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    key, value = _section(text, section, file)
    block = isinstance(getattr(value, "value", None), list) and not getattr(value, "flow_style", False)
    if key is None:
        at, indent = len(text.rstrip()), 2
        blank = text.rstrip() != ""
        head = [f"{section}:"]
    elif block and value.value:
        at, indent = _end(value), _column(value)
        blank = section == "claims" or _apart(text, value)
        head = []
    elif _empty(value):
        start, stop = (value.start_mark.index, value.end_mark.index) if value.value != "" else (0, 0)
        text = text[:start] + text[stop:]  # `{}`, `[]`, null
        at, indent, blank, head = key.end_mark.index, key.start_mark.column + 2, False, []
    else:
        mend = f"Write `{section}:` as lines of its own, one entry below another."
        raise _refused(file, f"`{section}` in braces, on one line", mend)
    end = text.find("\n", at)
    at = len(text) if end < 0 else end
    at -= text[:at].endswith("\r")
    lines = [*([""] if blank else []), *head]
    lines += [f"{' ' * indent}# {remark}"] if remark else []
    lines += [" " * indent + line if line else "" for line in _written(entry)]
    rest = text[at:] or newline
    return text[:at] + (newline if at else "") + newline.join(lines) + rest


def _section(text: str, section: str, file: str) -> tuple[Any, Any]:
    """(key, value) of a section as nodes with their places; (None, None) where there is none."""
    from ruamel.yaml import YAML

    root = YAML(pure=True).compose(text) if _data(text, file) else None
    for key, value in root.value if root is not None else ():
        if key.value == section:
            return key, value
    return None, None


def _empty(value: Any) -> bool:
    return value.value == [] or (isinstance(value.value, str) and plain_value(value.value) is None)


def _end(node: Any) -> int:
    """Where the last thing in a node really ends, comments and blank lines after it left out."""
    while isinstance(node.value, list) and node.value and not node.flow_style:
        last = node.value[-1]
        if isinstance(last, tuple):
            key, node = last
            if node.value == "" and node.start_mark.index == node.end_mark.index:
                return int(key.end_mark.index)
        else:
            node = last
    # a block of text reaches down to what follows it: its last line is what counts
    text = node.end_mark.buffer
    end = int(node.end_mark.index)
    return len(text[:end].rstrip()) if isinstance(text, str) else end


def _column(node: Any) -> int:
    first = node.value[0]
    return int(first[0].start_mark.column if isinstance(first, tuple) else node.start_mark.column)


def _apart(text: str, node: Any) -> bool:
    """Whether the entries of a list are set apart by blank lines."""
    if len(node.value) < 2:
        return False
    between = text[_end(node.value[-2]) : node.value[-1].start_mark.index]
    return any(not line.strip() for line in between.splitlines()[1:-1])


def _written(entry: Any) -> list[str]:
    from ruamel.yaml import YAML

    yaml = YAML(pure=True)
    yaml.width = 100_000  # never folded: a line is a sentence
    yaml.default_flow_style = False
    yaml.indent(mapping=2, sequence=2, offset=0)
    out = io.StringIO()
    yaml.dump(_styled(entry), out)
    return out.getvalue().rstrip("\n").split("\n")


def _styled(value: Any, depth: int = 0) -> Any:
    """Entries as blocks, what is inside them on one line; digests in quotation marks: some read like numbers."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    styled: Any
    if isinstance(value, Mapping):
        styled = CommentedMap()
        for key, part in value.items():
            inner = _styled(part, depth + 1)
            styled[key] = DoubleQuotedScalarString(inner) if key in ("sha256", "before", "after") else inner
    elif isinstance(value, list | tuple):
        styled = CommentedSeq([_styled(part, depth + 1) for part in value])
    else:
        return value
    if depth > 1:
        styled.fa.set_flow_style()
    return styled


def _refused(file: str, found: str, mend: str) -> DraftError:
    return DraftError(Problem(found, "a file with room for one more entry", mend, file=file))
