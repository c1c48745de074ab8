"""What a YAML parser objects to, in words for somebody who has never heard of a parser."""

from __future__ import annotations

from standoff.errors import Problem

_PLAIN_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "'\\t'",
        "a tab where spaces are needed",
        "Indent with spaces; most editors can turn tabs into spaces.",
    ),
    (
        "mapping values are not allowed",
        "a second colon on one line, or a line indented too far",
        "Put text that contains a colon in quotation marks, or mend the indentation.",
    ),
    (
        "could not find expected ':'",
        "a line without its colon",
        "Write `key: value`; mind the space after the colon.",
    ),
    (
        "expected ',' or '}'",
        "curly brackets that are not closed, or a missing comma",
        "Close the bracket or add the comma; a value with a comma or a bracket inside needs quotation marks.",
    ),
    (
        "expected ',' or ']'",
        "square brackets that are not closed, or a missing comma",
        "Close the bracket or add the comma; a value with a comma or a bracket inside needs quotation marks.",
    ),
    (
        "expected <block end>",
        "a line that does not fit the indentation above it",
        "Give lines that belong together the same number of leading spaces.",
    ),
    (
        "unindent",
        "a line that does not fit the indentation above it",
        "Give lines that belong together the same number of leading spaces.",
    ),
    (
        "quoted scalar",
        "a quotation mark that is never closed",
        "Close it, or double it ('') if it is an apostrophe inside quotes.",
    ),
    (
        "escape",
        "a backslash that means nothing",
        "Use single quotation marks, where a backslash is only itself.",
    ),
    ("cannot start any token", "a character that cannot stand here", "Put the value in quotation marks."),
    ("special characters are not allowed", "a control character", "Remove the character; it is not text."),
    (
        "undefined alias",
        "an alias of nothing before it",
        "Put a value that starts with * in quotation marks.",
    ),
    ("alias", "`*` where no alias can stand", "Put a value that starts with * in quotation marks."),
    ("anchor", "`&` where no anchor can stand", "Put a value that starts with & in quotation marks."),
    ("tag", "`!` where no tag can stand", "Put a value that starts with ! in quotation marks."),
    ("directive", "`%` at the start of a line", "Remove it, or indent the line."),
    (
        "expected the node content",
        "a punctuation mark where a value should stand",
        "Write the value, or put it in quotation marks.",
    ),
    (
        "sequence entries are not allowed",
        "a list item on the line of its key",
        "Start the list on the next line.",
    ),
    ("document start", "something the file cannot begin or end with", "Put keys at the left margin."),
)


def broken(error: Exception, text: str, file: str) -> Problem:
    """A parser's complaint in plain words."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    whole = f"{getattr(error, 'context', None) or ''} {said}"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    opened = getattr(error, "context_mark", None)
    unclosed = any(sign in said for sign in ("end of stream", "<stream end>", "expected ',' or"))
    if unclosed and opened is not None and mark is not None and opened.line < mark.line:
        mark = opened  # where it was opened matters more than where the parser gave up
    found = "text that cannot be read as YAML"
    mend = "Look for a missing colon, quotation mark or bracket near here."
    for looked in (said, whole):
        hits = [(plain, advice) for sign, plain, advice in _PLAIN_WORDS if sign in looked]
        if hits:
            found, mend = hits[0]
            break
    if mark is not None:
        line, column = mark.line + 1, mark.column + 1
    else:
        at = min(int(getattr(error, "position", 0) or 0), len(text))
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Problem(found, "well-formed YAML", mend, file, line, column)
