"""What a person has accepted, written into evidence.yaml of the case, one at a time.

Every acceptance reads the file anew, so that what was changed in an editor meanwhile stays; checks the passage again;
adds the entry and nothing else; replaces the file in one step; and has the case checked. An entry that would make the
check fail is taken back.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from standoff.case import check, shipped_cases
from standoff.drafting.alone import alone
from standoff.drafting.ground import Ground
from standoff.drafting.insert import with_claim, with_move
from standoff.drafting.tidy import tidy
from standoff.drafting.verify import MOST_NAMED, MOST_SAID, Proposal, Rejected, checked, fits, told
from standoff.errors import DraftError, EvidenceError, Problem
from standoff.evidence import DateSpan, anchor_in_file
from standoff.evidence.files import MAX_BYTES, citable, read_bytes
from standoff.evidence.load import FILE
from standoff.evidence.text import normalise
from standoff.language.read import parse_yaml

_UNTOLD = {
    "that", "this", "with", "from", "have", "been", "were", "they", "their", "would", "could", "should", "about",
    "after", "before", "which",
}  # fmt: skip
_BORNE = "a claim that its passage bears"


@dataclass(frozen=True)
class Accepted:
    """What was written: the claim's name (or that of the claim already there on the same words), and whether a history
    entry came with it."""

    claim: str
    new_claim: bool
    history: bool
    file: Path


def edited(
    proposal: Proposal,
    ground: Ground,
    *,
    says: str | None = None,
    attributed_to: str | None = None,
    day: str | None = None,
    move: str | None = None,
) -> Proposal:
    """The proposal in a person's words, held against the passage again. Raises `DraftError` if it no longer holds.

    The passage cannot be changed here: another passage is another claim, for `standoff anchor`.
    """
    changed = proposal
    if says is not None and len(says) > MOST_SAID:
        raise _refused(f"a claim of {len(says)} characters", f"at most {MOST_SAID}", "Say one thing at a time.")
    if says is not None:
        changed = replace(changed, says=tidy(says))
    if attributed_to is not None:
        changed = replace(changed, attributed_to=tidy(attributed_to, MOST_NAMED) or None)
    if day is not None:
        try:
            changed = replace(changed, when=DateSpan.parse(tidy(day, 100)))
        except EvidenceError as error:
            raise DraftError(error.problems) from None
    if move is not None:
        changed = replace(changed, move=move)
    found = fits(changed, ground) if changed.kind == "history" else None
    if found is None:
        retold = replace(changed, says=told(changed, ground)) if changed.kind == "history" else changed
        held = checked(retold, ground)
        if isinstance(held, Proposal):
            return held
        found = held
    raise _refused(found.detail or found.reason, _BORNE, "Word it otherwise, or skip it.")


def accept(
    proposal: Proposal,
    ground: Ground,
    *,
    credibility: int,
    probability: float = 1.0,
    model: str | None = None,
    by_hand: bool = False,
    day: date | None = None,
    texts: str | Path | None = None,
) -> Accepted:
    """Write one proposal into evidence.yaml of its case, as a person decided.

    `credibility`: 1 to 6, of the claim; `probability`: above 0, at most 1, that a history entry happened as told;
    `by_hand`: it was reworded; `day`: of the acceptance, today if not given. A history entry needs a claim to rest on:
    one on the same words is used if there is one, otherwise it is written with it.

    Raises `DraftError` if the case is one that ships, report or file changed so that it no longer fits, the file cannot
    be written, or `standoff check` would find an error in it; nothing is written then.
    """
    if type(credibility) is not int or not 1 <= credibility <= 6 or not 0 < probability <= 1:
        raise _refused("a grade or probability that is none", "1 to 6; above 0, at most 1", "Give another.")
    file = ground.case.folder / FILE
    if ground.case.folder.resolve() in {each.resolve() for each in shipped_cases().values()}:
        mend = f"Copy the folder first: {ground.case.folder}"
        raise _refused("a case that ships with standoff", "a case of your own", mend, file)
    holding = checked(proposal, ground)
    if isinstance(holding, Rejected):
        raise _refused(
            holding.detail or holding.reason, "a claim that its passage bears", "Skip it, or word it otherwise."
        )
    anchor = _anchor(holding, ground)
    note = _note(model, by_hand, day or date.today())
    with alone(file):
        return _written(holding, ground, anchor, credibility, probability, note, file, texts)


def _written(
    holding: Proposal,
    ground: Ground,
    anchor: dict[str, Any],
    credibility: int,
    probability: float,
    note: str,
    file: Path,
    texts: str | Path | None,
) -> Accepted:
    """Read, add, replace, check; `file` is nobody else's of us meanwhile, an editor may still write to it."""
    for _ in range(5):
        before = _read(file)
        text, names = _text(before or b"", file)
        known = _same_words(names, holding, ground)
        new_claim = holding.kind == "claim" or known is None
        name = _name(holding, {*names, *ground.case.evidence.claims}) if new_claim or known is None else known
        if new_claim:
            written = _claim(holding, ground, anchor, credibility, note)
            text = with_claim(text, name, written, str(file))
        if holding.kind == "history":
            text = with_move(text, _move(holding, name, probability), str(file), note)
        if _read(file) == before:  # nobody wrote in between
            after = (b"\xef\xbb\xbf" if (before or b"").startswith(b"\xef\xbb\xbf") else b"") + text.encode()
            _replace(file, after)
            try:
                _check(ground, file, before, after, texts)
            except KeyboardInterrupt:  # what nobody has checked is not accepted
                if _read(file) == after:
                    _restore(file, before)
                raise
            return Accepted(name, new_claim, holding.kind == "history", file)
    raise _refused("a file that changes all the time", "one who writes at a time", "Close it elsewhere first.", file)


def rests_on(proposal: Proposal, ground: Ground) -> str | None:
    """The claim, already in evidence.yaml, that a history entry would rest on; None for one that needs a new claim."""
    if proposal.kind == "claim":
        return None
    file = ground.case.folder / FILE
    return _same_words(_text(_read(file) or b"", file)[1], proposal, ground)


def _anchor(proposal: Proposal, ground: Ground) -> dict[str, Any]:
    """The anchor as `standoff anchor` makes it, from the file as it is now."""
    if normalise(citable(ground.file)) != ground.text:
        mend = "Draft again: what was verified is no longer what stands there."
        raise _refused("a report that has changed since", "the text that was read", mend, ground.file)
    places = [found.start() for found in re.finditer(f"(?={re.escape(proposal.passage)})", ground.text)]
    for occurrence in range(1, len(places) + 1):
        found = anchor_in_file(ground.file, proposal.passage, occurrence=occurrence)
        if found.start == proposal.anchor.start:
            fields = {"start": found.start, "end": found.end, "sha256": found.sha256}
            return fields | {"before": found.before, "after": found.after}
    raise _refused("a passage that no longer stands there", "the text that was read", "Draft again.", ground.file)


def _claim(proposal: Proposal, ground: Ground, anchor: dict[str, Any], credibility: int, note: str) -> dict[str, Any]:
    claim: dict[str, Any] = {"says": proposal.says, "report": ground.report.id, ground.key: anchor}
    if proposal.attributed_to:
        claim["attributed_to"] = proposal.attributed_to
    return claim | {"credibility": credibility, "note": note}


def _move(proposal: Proposal, claim: str, probability: float) -> dict[str, Any]:
    when = proposal.when
    assert when is not None  # a history entry has a date, see `verify`
    exact = when.first == when.last
    happened: Any = proposal.move if probability == 1.0 else {proposal.move: probability}
    return {"date": when.first if exact else when.text, proposal.who: happened, "because": [claim]}


def _note(model: str | None, by_hand: bool, day: date) -> str:
    who = f"the language model {tidy(model, 60)}" if model and tidy(model, 60) else "a language model"
    how = "reworded and accepted" if by_hand else "accepted"
    return f"drafted by {who}; passage verified, {how} by a person on {day.isoformat()}"


def _same_words(names: Mapping[str, Any], proposal: Proposal, ground: Ground) -> str | None:
    """A claim that is there already, on exactly these words of this report."""
    at = proposal.anchor
    for name, claim in names.items():
        spot = claim.get(ground.key) if isinstance(claim, dict) and claim.get("report") == ground.report.id else None
        if isinstance(spot, dict) and all(spot.get(key) == getattr(at, key) for key in ("start", "end", "sha256")):
            return str(name)
    return None


def _name(proposal: Proposal, taken: Collection[str]) -> str:
    """A key for a new claim, out of its words, unlike any other; the model has no part in it."""
    plain = unicodedata.normalize("NFKD", proposal.says.casefold()).encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[a-z]+", plain) if len(word) > 3 and word not in _UNTOLD][:4]
    stem = "-".join(words)[:48].strip("-") if len(words) > 1 else "-".join(["claim", *words])[:48]
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _read(file: Path) -> bytes | None:
    return read_bytes(file) if file.exists() else None


def _text(raw: bytes, file: Path) -> tuple[str, dict[str, Any]]:
    """The file as text with its own line ends, and its claims. Raises CaseError for YAML that cannot be read."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(
            "a file that is not UTF-8", "text in UTF-8", "Mend it first: `standoff check CASE`.", file
        ) from None
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return text, {}
    data = parse_yaml(text, str(file)).data
    claims = data.get("claims") if isinstance(data, dict) else None
    return text, claims if isinstance(claims, dict) else {}


def _replace(file: Path, data: bytes) -> None:
    """The new content in one step, with the permissions and behind the links that the file had."""
    target = file.resolve()
    if len(data) > MAX_BYTES:
        raise _refused(f"a file of {len(data):,} bytes", f"at most {MAX_BYTES:,}", "Nothing was written.", file)
    try:
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
            os.chmod(aside, mode)
            os.replace(aside, target)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        mend = "Free some space, or mend its permissions; nothing was written."
        raise _refused(error.strerror or str(error), "a file that can be written", mend, file) from None


def _restore(file: Path, before: bytes | None) -> None:
    """The file as it was, or none where there was none."""
    if before is not None:
        _replace(file, before)
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        mend = f"Remove {file.name} by hand: what stands in it was not accepted."
        raise _refused(error.strerror or str(error), "a file that can be removed", mend, file) from None


def _check(ground: Ground, file: Path, before: bytes | None, after: bytes, texts: str | Path | None) -> None:
    """Take the entry back if the case no longer checks because of it."""
    broken = _errors(ground, texts)
    if not broken or _read(file) != after:
        return
    _restore(file, before)
    old = {(each.path, each.found) for each in _errors(ground, texts)}
    new = [each for each in broken if (each.path, each.found) not in old]
    if not new:  # what is wrong was wrong before
        _replace(file, after)
        return
    first = new[0]
    raise DraftError(
        Problem(
            f"an entry that the case does not allow: {first.found}",
            first.expected,
            f"It was taken back; nothing is changed. {first.mend}",
            file=first.file,
            path=first.path,
        )
    )


def _errors(ground: Ground, texts: str | Path | None) -> list[Problem]:
    return [each for each in check(ground.case.folder, texts=texts) if each.level == "error"]


def _refused(found: str, expected: str, mend: str, file: Path | None = None) -> DraftError:
    return DraftError(Problem(found, expected, mend, file=str(file) if file else ""))
