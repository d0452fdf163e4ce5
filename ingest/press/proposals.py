"""Proposed evidence rows from one release, each with the sentence that states it.

A proposal is a row of an evidence file with three columns for whoever reviews it. It names what the
sentence names: a listed party is given its id only where exactly one loaded party bears exactly the
name; a name match is not identity, and a reviewer may take the id out. Nothing here enters a graph.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence

from ingest.press.dates import find_period
from ingest.press.designations import find_designated
from ingest.press.grammar import find_relations
from ingest.press.names import Names
from ingest.press.release import Release
from ingest.press.sentence import Found, Masked, mask
from ingest.sources.evidence.facts import MAX_QUOTE
from ingest.sources.evidence.tables import OPTIONAL, REQUIRED

REVIEW_COLUMNS = ("proposal_id", "decision", "note", "role_class", "document")
COLUMNS = (*REVIEW_COLUMNS, *REQUIRED["evidence"], *OPTIONAL)
PUBLISHER = "US Treasury"
FindIds = Callable[[str], Sequence[str]]  # ids of the loaded parties that bear exactly a name

_ORDER = re.compile(r"\b(?:E\.O\.|Executive Order) ?(\d{5})")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:percent|%)")
_VESSEL = re.compile(r"\b(?:vessel|tanker|ship|IMO|flagged|carrier)\b")
_MAX_ROLE = 60


def propose(release: Release, find_ids: FindIds) -> list[dict[str, str]]:
    """The proposals of a release, in the order of its sentences.

    Args:
        release: What `read_release` made of a file.
        find_ids: Looks a name up in the loaded lists; several ids or none mean no id.
    """
    names = Names(release)
    rows: list[dict[str, str]] = []
    designated: set[str] = set()
    for sentence in release.sentences:
        masked = mask(sentence, names.find(sentence))
        for number in find_designated(masked):
            key = re.sub(r"\W+", " ", masked.mentions[number].name).strip().casefold()
            if key not in designated:
                designated.add(key)
                rows.append(_listing(release, sentence, masked, number, find_ids))
        for found in find_relations(masked):
            rows.append(_relation(release, sentence, masked, found, find_ids))
    return rows


def _listing(
    release: Release, sentence: str, masked: Masked, number: int, find_ids: FindIds
) -> dict[str, str]:
    mention = masked.mentions[number]
    order = _ORDER.search(sentence)
    program = "SDGT (E.O. 13224)" if order and order[1] == "13224" else ""
    program = program or (f"of E.O. {order[1]}" if order else "")
    return _finish(
        release,
        {
            "role_class": "designated",
            "kind": "listing",
            "relation_schema": "Sanction",
            "role": "designated",
            "object": f"SDN list, program {program}" if program else "SDN list",
            "object_id": "ofac-sdn",
            "start_date": release.date,
            "quote": _cut(sentence, mention.start, mention.end),
            **_end("subject", mention.name, find_ids),
        },
    )


def _relation(
    release: Release, sentence: str, masked: Masked, found: Found, find_ids: FindIds
) -> dict[str, str]:
    subject, target = masked.mentions[found.subject], masked.mentions[found.object]
    start, end = find_period(masked.text, found)
    share = _SHARE.search(found.words) if found.role.name == "owner" else None
    is_vessel = target.name.isupper() and _VESSEL.search(sentence) is not None
    words = re.sub(r"^(?:(?:also|the|a|an|one of the) )+", "", found.words).strip(" ,")
    cells = {
        "role_class": found.role.name,
        "kind": "link",
        "relation_schema": found.role.schema,
        "role": words if 0 < len(words) <= _MAX_ROLE else found.role.name,
        "percentage": share[1] if share else "",
        "start_date": start or "",
        "end_date": end or "",
        "quote": _cut(sentence, *_span(masked, found)),
        **_end("subject", subject.name, find_ids),
        **_end("object", target.name, find_ids),
    }
    if is_vessel:
        cells["object_schema"] = "Vessel"
        if found.role.schema != "Ownership":
            cells["relation_schema"] = "UnknownLink"
    notes = [cells.pop(f"{side}_note", "") for side in ("subject", "object")]
    cells["note"] = "; ".join(filter(None, notes))
    return _finish(release, cells)


def _end(side: str, name: str, find_ids: FindIds) -> dict[str, str]:
    found = list(find_ids(name))
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    cells = {side: name, f"{side}_id": found[0] if len(found) == 1 else f"case:{slug}"}
    if len(found) > 1:
        cells[f"{side}_note"] = f"{name} is the name of {', '.join(found[:5])}"
    return cells


def _finish(release: Release, cells: dict[str, str]) -> dict[str, str]:
    note = cells.pop("subject_note", "")
    row = dict.fromkeys(COLUMNS, "")
    row |= cells
    row |= {
        "note": row["note"] or note,
        "document": release.name,
        "asserted_by": PUBLISHER,
        "asserted_on": release.date,
        "source_url": release.url,
        "source_title": release.title,
    }
    basis = [release.url, row["subject"], row["role_class"], row["object"], row["quote"]]
    digest = hashlib.sha256("\x1f".join(basis).encode()).hexdigest()
    return row | {"proposal_id": f"p-{digest[:12]}"}


def _span(masked: Masked, found: Found) -> tuple[int, int]:
    """The characters of the sentence in which a relation stands."""
    last = found.end - 1
    ends = [mention.end for mention in masked.mentions if mention.start == masked.places[last]]
    end = ends[0] if ends and masked.text[last] == "»" else masked.places[last] + 1
    return masked.places[found.start], end


def _cut(sentence: str, start: int, end: int) -> str:
    """A quotation of at most `MAX_QUOTE` characters that holds what stands between two places."""
    text = sentence.lstrip("=+-@ ")  # no formula for a spreadsheet
    if len(text) <= MAX_QUOTE:
        return text
    part = sentence[start:end].strip()
    if len(part) <= MAX_QUOTE:
        room = MAX_QUOTE - len(part) - 3
        lead = sentence[:start].strip()
        if lead and len(lead) < room:
            return f"{lead} {part}".lstrip("=+-@ ") if sentence.startswith(lead) else part
        return part
    half = (MAX_QUOTE - 3) // 2
    head = part[:half].rsplit(" ", 1)[0]
    tail = part[-half:].split(" ", 1)[-1]
    return f"{head} … {tail}"


def iter_undecided(rows: Sequence[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The rows that nobody has decided yet."""
    return (row for row in rows if not row.get("decision", "").strip())
