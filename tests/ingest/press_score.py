"""How far proposals from press releases agree with labels: `press_labels.md` says how it is scored.

Short forms are the release's own: a label may use the form of the sentence, a proposal has the full
name, and both are looked up in the same table. One label is found by one proposal at most.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ingest.press.names import Names
from ingest.press.proposals import propose
from ingest.press.release import Release, read_release
from ingest.quotations import normalise

_UNORDERED = {"family", "associate"}
_LEGAL_STOP = re.compile(r"[.,]")


class Label(NamedTuple):
    """One line of the labels; `role` is the class."""

    file: str
    subject: str
    role: str
    object: str
    sentence_start: str


@dataclass(slots=True)
class Score:
    """Counts over all releases, and for each class."""

    right: Counter[str] = field(default_factory=Counter)
    proposed: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def precision(self, role: str = "") -> float:
        """Right proposals by proposals; of one class, or of all."""
        return _share(_count(self.right, role), _count(self.proposed, role))

    def recall(self, role: str = "") -> float:
        """Labels found by labels; of one class, or of all."""
        return _share(_count(self.right, role), _count(self.labelled, role))

    def rows(self) -> list[str]:
        """A line for all and one for each class, the most frequent first."""
        return [
            f"{role or 'all':<12} precision {self.precision(role):.3f} recall "
            f"{self.recall(role):.3f} right {_count(self.right, role)} proposed "
            f"{_count(self.proposed, role)} labels {_count(self.labelled, role)}"
            for role in ("", *(role for role, _ in self.labelled.most_common()))
        ]


def _count(counter: Counter[str], role: str) -> int:
    return counter[role] if role else counter.total()


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def read_labels(path: Path) -> list[Label]:
    """The labels of a file; a line without a subject says that its release has none."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return [
            Label(
                row["file"], row["subject"], row["role"], row["object"] or "", row["sentence_start"]
            )
            for row in rows
            if row["subject"]
        ]


def score(labels: Iterable[Label], paths: Mapping[str, Path], files: Iterable[str]) -> Score:
    """Compare the proposals of some releases with their labels.

    Args:
        labels: Of all releases.
        paths: Where a release is, by the name of its file.
        files: The releases that were labelled, with those in which nothing was found.
    """
    by_file: dict[str, list[Label]] = {file: [] for file in files}
    for label in labels:
        by_file[label.file].append(label)
    result = Score()
    for file, own in by_file.items():
        release = read_release(paths[file])
        _score_release(result, release, own, propose(release, lambda _: []))
    return result


def _score_release(
    result: Score, release: Release, labels: list[Label], rows: list[dict[str, str]]
) -> None:
    names = Names(release).full
    open_labels = list(labels)
    for label in labels:
        result.labelled[label.role] += 1
    for row in rows:
        role = row["role_class"]
        result.proposed[role] += 1
        key = _key(names, row["subject"], role, row["object"])
        sentences = _find_sentences(release, row["quote"])
        fitting = [
            label
            for label in open_labels
            if _key(names, label.subject, label.role, label.object) == key
            and _is_same_sentence(release, label.sentence_start, sentences)
        ]
        if fitting:
            open_labels.remove(fitting[0])
            result.right[role] += 1
        else:
            shown = f"{row['subject']} | {role} | {row['object']}"
            result.wrong.append(f"{release.name}: {shown} <- {row['quote']}")
    result.missed += [
        f"{label.file}: {label.subject} | {label.role} | {label.object} <- {label.sentence_start}"
        for label in open_labels
    ]


def _key(names: Mapping[str, str], subject: str, role: str, target: str) -> tuple[str, str, str]:
    ends = [_plain(names, subject), "" if role == "designated" else _plain(names, target)]
    first, second = sorted(ends) if role in _UNORDERED else ends
    return first, role, second


def _plain(names: Mapping[str, str], name: str) -> str:
    """A name for comparison: in full, without case, article, final stop and possessive."""
    text = re.sub(r"(?:'s|')$", "", normalise(name).strip().rstrip("."))
    text = re.sub(r"^the ", "", text, flags=re.IGNORECASE)
    full = re.sub(r"^the ", "", names.get(text, text), flags=re.IGNORECASE)
    return " ".join(_LEGAL_STOP.sub(" ", full).casefold().split())


def _find_sentences(release: Release, quote: str) -> list[str]:
    """The sentences of a release that a quotation can be of."""
    parts = [re.escape(part) for part in quote.split(" … ")]
    pattern = re.compile(".*".join(parts), re.DOTALL)
    return [sentence for sentence in release.sentences if pattern.search(sentence)]


def _is_same_sentence(release: Release, start: str, sentences: list[str]) -> bool:
    """Whether a label's sentence is among those of a proposal, or either is unknown."""
    wanted = _letters(start)
    if not wanted or not any(wanted in _letters(each) for each in release.sentences):
        return True
    return not sentences or any(wanted in _letters(each) for each in sentences)


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", normalise(text)).strip().casefold()
