"""What can be wrong with a table, or between a table and a case, one row each: how they are broken and what is said.

``python tests/broken_tables.py`` prints the table with the messages as they are now.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from table_kit import CASE, DATA, Edits, changed, complaints

LATIN = "ancien régime".encode("latin-1")


@dataclass(frozen=True)
class Broken:
    """`data` and `case`: edits of the kit's table and case, or the whole table. `file`: which of the two is complained
    of. `line` and `column`: where; 0 where the whole file is meant. `found`, `mend`: what it must contain."""

    name: str
    found: str
    mend: str = ""
    data: Edits | str | bytes = ()
    case: Edits = ()
    file: str = "data.csv"
    line: int = 0
    column: int = 0
    level: str = "error"

    def told(self, folder: Path) -> tuple[list, str]:  # type: ignore[type-arg]
        """What is said of it, and the text of the case."""
        case = changed(CASE, *self.case)
        data = self.data if isinstance(self.data, str | bytes) else changed(DATA, *self.data)
        return complaints(folder, case, data), case


def _cell(name: str, old: str, new: str, found: str, line: int, column: int, mend: str = "") -> Broken:
    return Broken(name, found, mend, data=((old, new),), line=line, column=column)


def _case(name: str, old: str, new: str, found: str, mend: str = "", level: str = "error") -> Broken:
    return Broken(name, found, mend, case=((old, new),), file="case.yaml", line=-1, level=level)


def _without(name: str) -> str:
    """The kit's table with nothing in a column."""
    rows = [line.split(",") for line in DATA.strip().split("\n")]
    at = rows[0].index(name)
    return "".join(",".join([*row[:at], "" if i else name, *row[at + 1 :]]) + "\n" for i, row in enumerate(rows))


ROWS = [
    # the file
    Broken("an empty file", "an empty file", "Save", data=""),
    Broken("a spreadsheet", "a spreadsheet", "Save the sheet as CSV", data=b"PK\x03\x04" + bytes(40)),
    Broken("bytes that are no text", "no text", "CSV", data=b"\x01\x00\x05\x07" * 20),
    Broken("UTF-16", "UTF-16", "UTF-8", data=DATA.encode("utf-16")),
    Broken("names and no rows", "no row", data=DATA.split("\n", 1)[0] + "\n", line=1, column=1),
    Broken("no names", "numbers in the first line", "Write a line with the names", "1,2,3\n4,5,6\n", line=1, column=1),
    Broken("semicolons", "semicolons", "with commas", DATA.replace(",", ";"), line=1, column=1),
    _cell("a name twice", "balance,quiet", "power,quiet", "`power` a second time", 1, 24, "Rename"),
    _cell("a column without a name", "power,regime", ",regime", "column 3 without a name", 1, 11, "Write one"),
    _cell("a row too short", "1951,0.7,", "0.7,", "7 cells in this row", 3, 24, "or `NA`"),
    _cell("a row too long", "open,0.52", "open,0,52", "9 cells in this row", 3, 28, "quotation marks"),
    _cell("a quotation mark too many", "\na-d,1952", '\n"a-d,1952', "a quotation mark that is never closed", 4, 1),
    _cell("a huge cell", "2.2,closed", f"2.2,{'x' * 100_001}", "more than 100,000 characters", 4, 1, "quotation mark"),
    _cell("an infinite number", "1.5,mixed", "inf,mixed", "an infinite number", 2, 10, "NA"),
    Broken(
        "latin-1", "read as latin-1", "`é`", DATA.encode().replace(b"closed", LATIN, 1), line=4, column=22,
        level="warning",
    ),
    # columns
    _case("a missing column", "      balance:\n", "      balnce:\n", "the column `balnce`", "Did you mean 'balance'?"),
    _case("a missing column of counts", "war: war}", "war: wars}", "the column `wars`", "Did you mean 'war'?"),
    _case("a missing column of groups", "groups: dyad", "groups: pair", "the column `pair`"),
    _case("a text as a number", "      balance:\n", "      regime:\n",
          "`regime`, a column of text", "regime is closed"),
    _case("a text that is not there", "regime is mixed", "regime is mixd", "`mixd`, which the column", "'mixed'"),
    _case("a number as a text", "regime is mixed", "power is big", "`power`, a column of numbers", "power == 1"),
    Broken(
        "two columns of one name in expressions", "may be `x` and `X`", "Rename one",
        data=(("regime,balance", "x,X"),),
        case=(("      balance:\n", "      x:\n"), ("      regime is mixed:", "      year:")),
        file="case.yaml", line=-1,
    ),
    # cells
    _cell("a word among numbers", "mixed,0.31", "mixed,a lot", "`a lot` in the column `balance`", 2, 20, "NA"),
    _cell("a negative count", "0.52,5,0", "0.52,-5,0", "-5 in the column `quiet`", 3, 24, "how often"),
    _cell("half a case", "0.31,7,1", "0.31,7,1.5", "1.5 in the column `gave_way`", 2, 27, "share"),
    _cell("a word as a count", "0.31,7,1", "0.31,seven,1", "`seven` in the column `quiet`", 2, 25),
    _cell("the logarithm of 0", "1955,0.4", "1955,0", "`log(power)`, which is -inf where power = 0", 7, 10, "(x + 1)"),
    _cell("the logarithm of less", "1955,0.4", "1955,-2", "no number where power = -2", 7, 10),
    _cell("a time that is none", "a-b,1950", "a-b,before", "`before` in the column `year`", 2, 5),
    # rows
    _case("no row meant", "  groups: dyad", "  where: power > 99\n  groups: dyad", "holds in no row", "where"),
    Broken("no row complete", "missing is `balance` in 12", "hardly ever", _without("balance")),
    Broken(
        "one row", "1 row of 2 outcomes, which can tell 1 coefficient at most, and 4 without a prior", "Add rows",
        "\n".join(DATA.split("\n")[:2]) + "\n",
    ),
    Broken(
        "nothing counted", "no case at all", data=DATA.split("\n")[0] + "\n" + "a-b,1950,1,mixed,0.31,0,0,0\n" * 9
    ),
    Broken(
        "one outcome only", "`status_quo` in every case", "otherwise",
        data=DATA.split("\n")[0] + "\n" + "".join(f"a-b,195{i},1.{i},mixed,0.{i},3,0,0\n" for i in range(9)),
    ),
    Broken(
        "an outcome never seen", "no case of `war`", "never", level="warning",
        data="\n".join(f"{line.rsplit(',', 1)[0]},0" if i else line for i, line in enumerate(DATA.strip().split("\n"))),
    ),
    Broken("a row of nothing", "1 row in which nothing is counted", data=(("7,1,0", "0,0,0"),), level="warning"),
    # columns that say the same
    _case(
        "a column of zeros", "      balance:\n", "      power > 99:\n", "`power > 99`, which is 0 in every row", "Leave"
    ),
    _case(
        "one column that is another", "      balance:\n", "      balance:\n      2 * balance + 3:\n",
        "`2 * balance + 3`, which is 3 + 2 * `balance` in every row", "give their coefficients priors",
    ),
    _case(
        "every text of a column", "regime is mixed: {normal: [0, 2]}",
        "regime is mixed:\n      regime is open:\n      regime is closed:",
        "`regime is closed`, which is 1 - `regime is mixed` - `regime is open`",
    ),
    _case("a column that never differs", "constant: , log(power): ", "power > 0: ", "is 1 in every row", "`constant`",
          "warning"),
    # one column that names outcomes
    Broken(
        "an outcome that nothing maps", "`surrender`, which stands for no outcome", "leave these rows out",
        data="end,x,power,regime,balance\nwon,1,1,open,2\nlost,2,2,mixed,1\nsurrender,3,1,open,1\n",
        case=(
            ("counts: {status_quo: quiet, conceded: gave_way, war: war}\n  groups: dyad\n  time: year",
             "outcome: {column: end, values: {status_quo: lost, war: won}}"),
        ),
        line=4, column=1,
    ),
    Broken(
        "a value that is not there", "`won` for `war`, which the column `end` never has", "Did you mean 'wonn'?",
        data="end,x,power,regime,balance\n" + "".join(
            f"{'wonn' if i % 3 else 'lost'},{i},1.{i},{'open' if i % 2 else 'mixed'},{i * i}\n" for i in range(12)),
        case=(
            ("counts: {status_quo: quiet, conceded: gave_way, war: war}\n  groups: dyad\n  time: year",
             "outcome: {column: end, values: {status_quo: lost, war: [won, wonn]}}"),
        ),
        file="case.yaml", line=-1, level="warning",
    ),
    # the case
    _case("a case without `fit`", CASE[CASE.index("fit:\n"):], "", "a case without `fit`", "Add `fit:"),
]  # fmt: skip


def main() -> None:
    """Print every broken table with what is said of it."""
    for row in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            told, _ = row.told(Path(folder))
            print(f"## {row.name}")
            for problem in told:
                print("  ", str(problem).replace(f"{folder}/", ""), f"({problem.level})")
            print()


if __name__ == "__main__":
    main()
