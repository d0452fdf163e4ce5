"""The same lists and the same case under other numbers and other names, in the same formats.

An answer that hangs on a number or a spelling that somebody knew beforehand fails on the copy. Ids
are replaced through a permutation of the list's own numbers, names letter by letter: a vowel
becomes another one followed by an "h", so that lengths change. Everything else stays as published:
addresses, websites, dates, quotations, and speakers that are no party of the link they speak of.
Nothing written here is ever committed.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

LIST_FILES = ("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")
REMARKS_LIMIT = 1000
END_MARK = "\x1a"
ENCODING = "latin-1"  # every byte is kept, whatever it means

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,]+')
_SCOPE = re.compile(r"\s*\([^()]*\bONLY\)$", re.IGNORECASE)  # what limits an alias is no name
_IN_REMARKS = re.compile(
    r"((?:Linked To:|Vessel Owner|Aircraft Operator)\s+)(.*?)(?=;\s|;$|$)"
    r"|(\b[afn]\.k\.a\.,?\s*')(.+?)(?='(?![A-Za-z]))",
    re.IGNORECASE | re.DOTALL,
)
_ASIDE = re.compile(r"(\([^)]*\))")
_SPEAKERS = ("asserted_by", "relays", "denied_by", "denied_relays")
_NAME_COLUMNS = ("name", "alias", "weak_alias", "previous_name")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"
_TOO_COMMON = frozenset({"the", "of", "and", "ltd", "inc"})  # no speaker is known by these


def read_rows(path: Path) -> list[list[str]]:
    """The raw cells of one file of the list, quotes and nulls as published.

    The publisher's files hold no line break within a cell.
    """
    text = gzip.decompress(path.read_bytes()).decode(ENCODING)
    return [_CELL.findall(line) for line in text.rstrip(END_MARK).splitlines() if line]


class Permutation:
    """A seeded bijection of ids and names over one list and one case."""

    def __init__(self, list_folder: Path, case_folder: Path, seed: int = 20231228) -> None:
        self._list = {name: read_rows(list_folder / f"{name}.gz") for name in LIST_FILES}
        self._newline = {name: _newline(list_folder / f"{name}.gz") for name in LIST_FILES}
        self._case = {name: _read_table(case_folder / name) for name in ("entities", "evidence")}
        chance = random.Random(seed)  # noqa: S311 - a seed, not a secret
        numbers = sorted({row[0] for rows in self._list.values() for row in rows}, key=int)
        slugs = sorted(_iter_slugs(self._case["entities"], self._case["evidence"]))
        self._ids = {f"ofac-{old}": f"ofac-{new}" for old, new in _shuffle(numbers, chance)}
        order = [f"{number:03}" for number in range(len(slugs))]
        self._ids |= {old: f"case:p-{new}" for old, (_, new) in
                      zip(slugs, _shuffle(order, chance), strict=True)}  # fmt: skip
        self._originals = {new: old for old, new in self._ids.items()}
        self._letters = _make_letters(chance)

    def id(self, original: str) -> str:
        """The id that stands for an original one; ids of neither list nor case stay."""
        return self._ids.get(original, original)

    def original(self, changed: str) -> str:
        """The other way."""
        return self._originals.get(changed, changed)

    def name(self, original: str) -> str:
        """A name in the copy's letters; "(… ONLY)" behind it stays."""
        scope = _SCOPE.search(original)
        bare = original[: scope.start()] if scope else original
        renamed = "".join(self._letters.get(letter, letter) for letter in bare)
        return renamed + (scope[0] if scope else "")

    def remarks(self, text: str) -> str:
        """Whole remarks with the names in them replaced."""
        return _IN_REMARKS.sub(
            lambda match: (match[1] or match[3]) + self.name(match[2] or match[4]), text
        )

    def write_list(self, folder: Path) -> Path:
        """Write the four files, sorted by the new numbers as the publisher sorts them."""
        folder.mkdir(parents=True)
        comments = {row[0]: _unquote(row[1]) for row in self._list["sdn_comments.csv"]}
        dangling = set(comments)
        lines: dict[str, list[list[str]]] = {name: [] for name in LIST_FILES}
        for row in self._list["sdn.csv"]:
            remarks = row[11]
            if remarks.startswith('"'):
                dangling.discard(row[0])
                first, rest = self._split_remarks(_unquote(remarks), comments.get(row[0], ""))
                remarks = _quote(first)
                if rest:
                    lines["sdn_comments.csv"].append([self._number(row[0]), _quote(rest)])
            owner = self._cell(row[10], self.name)
            name = self._cell(row[1], self.name)
            lines["sdn.csv"].append([self._number(row[0]), name, *row[2:10], owner, remarks])
        for number in dangling:
            text = _quote(self.remarks(comments[number]))
            lines["sdn_comments.csv"].append([self._number(number), text])
        for row in self._list["alt.csv"]:
            name = self._cell(row[3], self.name)
            lines["alt.csv"].append([self._number(row[0]), *row[1:3], name, *row[4:]])
        lines["add.csv"] = [[self._number(row[0]), *row[1:]] for row in self._list["add.csv"]]
        for file, rows in lines.items():
            rows.sort(key=lambda row: (int(row[0]), int(row[1]) if row[1].isdigit() else 0))
            text = "".join(",".join(row) + self._newline[file] for row in rows) + END_MARK
            (folder / file).write_bytes(text.encode(ENCODING))
        return folder

    def write_case(self, folder: Path) -> Path:
        """Write both tables of the case."""
        folder.mkdir(parents=True)
        names = _names_by_id(self._case["entities"], self._case["evidence"])
        evidence = [self._evidence_row(row, names) for row in self._case["evidence"]]
        entities = [self._entity_row(row) for row in self._case["entities"]]
        for name, rows in (("evidence", evidence), ("entities", entities)):
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
        return folder

    def _split_remarks(self, published: str, continued: str) -> tuple[str, str]:
        """Renamed remarks cut where the publisher cuts them.

        Where the publisher's own continuation is missing, so is the copy's.
        """
        broken = len(published) >= REMARKS_LIMIT and not continued
        whole = self.remarks(published + continued)
        rest = "" if broken else whole[REMARKS_LIMIT:]
        return whole[:REMARKS_LIMIT], rest

    def _number(self, published: str) -> str:
        return self.id(f"ofac-{published}").removeprefix("ofac-")

    def _cell(self, published: str, rename: Callable[[str], str]) -> str:
        return _quote(rename(_unquote(published))) if published.startswith('"') else published

    def _entity_row(self, row: Mapping[str, str]) -> dict[str, str]:
        changed = {**row, "id": self.id(row["id"])}
        for column in _NAME_COLUMNS:
            parts = [row[column]] if column == "name" else row[column].split("; ")
            changed[column] = "; ".join(map(self.name, parts))
        return changed

    def _evidence_row(
        self, row: Mapping[str, str], names: Mapping[str, set[str]]
    ) -> dict[str, str]:
        changed = dict(row)
        for end in ("subject", "object"):
            changed[f"{end}_id"] = self.id(row[f"{end}_id"])
            # An address is a place, and a list is no party of its listings.
            is_name = row[f"{end}_schema"] != "Address" and row[f"{end}_id"] != "ofac-sdn"
            if is_name:
                changed[end] = self.name(row[end])
        parties = names[row["subject_id"]] | names[row["object_id"]]
        for column in _SPEAKERS:
            if _is_among(row[column], parties):
                parts = _ASIDE.split(row[column])
                changed[column] = "".join(
                    part if _ASIDE.fullmatch(part) else self.name(part) for part in parts
                )
        return changed


def _shuffle(values: list[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    shuffled = values.copy()
    chance.shuffle(shuffled)
    return zip(values, shuffled, strict=True)


def _make_letters(chance: random.Random) -> dict[str, str]:
    """What each letter becomes: vowel and "h", or consonant; no letter stays itself."""
    letters: dict[str, str] = {}
    for sort, mark in ((_VOWELS, "h"), (_CONSONANTS, "")):
        order = chance.sample(sort, len(sort))
        for old, new in zip(order, [*order[1:], order[0]], strict=True):
            letters |= {old: new + mark, old.upper(): (new + mark).upper()}
    return letters


def _iter_slugs(
    entities: Iterable[Mapping[str, str]], evidence: Iterable[Mapping[str, str]]
) -> set[str]:
    ids = {row["id"] for row in entities}
    ids |= {row[column] for row in evidence for column in ("subject_id", "object_id")}
    return {each for each in ids if each.startswith("case:")}


def _names_by_id(
    entities: Iterable[Mapping[str, str]], evidence: Iterable[Mapping[str, str]]
) -> dict[str, set[str]]:
    """Every name under which the case knows a party."""
    names: dict[str, set[str]] = {}
    for row in evidence:
        for end in ("subject", "object"):
            names.setdefault(row[f"{end}_id"], set()).add(row[end])
    for row in entities:
        known = names.setdefault(row["id"], set())
        for column in _NAME_COLUMNS:
            known.update(row[column].split("; "))
    return names


def _is_among(speaker: str, names: Iterable[str]) -> bool:
    """Whether a speaker is one of the parties: the words of the one hold those of the other."""
    said = _words(_ASIDE.sub(" ", speaker))
    return any(
        said and own and (said <= own or own <= said) for own in (_words(name) for name in names)
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) - _TOO_COMMON


def _read_table(path: Path) -> list[dict[str, str]]:
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _newline(path: Path) -> str:
    return "\r\n" if b"\r\n" in gzip.decompress(path.read_bytes())[:2000] else "\n"


def _unquote(cell: str) -> str:
    return cell[1:-1].replace('""', '"')


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
