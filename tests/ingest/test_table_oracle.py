"""The columnar execution of mappings against FollowTheMoney's own, row by row, on hostile rows."""

from __future__ import annotations

import csv
import io
import logging
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from followthemoney import model
from followthemoney.mapping.csv import CSVSource
from followthemoney.types import registry
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.table.identity import make_published_id
from tests.ingest.table_files import Read, write_folder

Statements = set[tuple[str, str, str, str]]

MAPPING = """
xx_oracle:
  queries:
    - csv_url: rows.csv
      filters_not:
        kind: [skip]
      entities:
        company:
          schema: Company
          keys: [number, country]
          key_literal: company
          properties:
            name: {columns: [name, other], required: true}
            alias: {column: aliases, split: ";"}
            previousName: {column: aliases, split: ";", join: ";"}
            country: {column: country}
            jurisdiction: {literal: gm}
            registrationNumber: {column: number}
            leiCode: {column: code}
            incorporationDate: {column: day, format: "%d/%m/%Y"}
            dissolutionDate: {column: iso}
            address: {columns: [street, country], join: ", "}
            summary: {template: "{{name}} of {{country}} ({{missing}}"}
            email: {column: mail}
            website: {column: web}
            phone: {column: phone, format: gb}
            notes: {columns: [name, street], literals: [noted, noted]}
        holder:
          schema: Person
          id_column: holder
          properties:
            name: {column: holder_name}
            birthDate: {column: iso}
            nationality: {column: country, fuzzy: true}
            topics: {column: kind}
        second:
          schema: LegalEntity
          key: holder_name
          properties:
            name: {column: holder_name, required: true}
            idNumber: {column: code, format: imo}
        owns:
          schema: Ownership
          keys: [number, holder, iso]
          key_literal: owns
          properties:
            owner: {entity: holder, required: true}
            asset: {entity: company}
            startDate: {column: iso}
            endDate: {column: day, format: "%d/%m/%Y"}
            role: {columns: [kind, other]}
            summary: {column: street}
            recordId: {column: number}
        linked:
          schema: UnknownLink
          keys: [holder, holder_name, kind]
          properties:
            subject: {entity: holder}
            object: {entity: second}
            role: {column: kind, split: " "}
    - csv_urls: [rows.csv]
      filters:
        kind: [director, null]
      entities:
        company:
          schema: Company
          key: code
          properties:
            name: {column: name}
        officer:
          schema: Person
          key: name
          properties:
            name: {column: name}
        directs:
          schema: Directorship
          keys: [code, name]
          properties:
            director: {entity: officer}
            organization: {entity: company}
            role: {column: kind, required: true}
"""
COLUMNS = ("number", "name", "other", "aliases", "country", "code", "day", "iso", "street", "mail",
           "web", "phone", "kind", "holder", "holder_name", "missing")  # fmt: skip
HOSTILE = (
    "", " ", "\x00", "a\x00b", "\u202eevil\u202c", "zero\u200bwidth", "\ufeffmark", "e\u0301",
    '"quoted"', "'x'; DROP TABLE y;--", "{{name}}", "{{country}}", "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>", "line\nbreak", "tab\there", "semi;colon;;end;", ";", "\u00a0", "İ",
    "ﬁ", "\U0001f6a2", "a" * 300, "الشركة", "Компания", "{0}", "%s", "\\", "n/a", "null",
)  # fmt: skip
TYPICAL = {
    "number": ["1", "2", "3", "04", "A-5", "a-5"],
    "country": ["Gambia", "gm", "Росія", "nowhere", "United Kingdom", "gb"],
    "code": ["5493001KJTIIGC8Y1R12", "9074729", "IMO9074729", "x"],
    "day": ["31/12/2001", "1/2/1999", "2001-12-31", "31/02/2001", "12/2001"],
    "iso": ["1963", "1963-05", "1963-05-02", "1963-02-31", "02/05/1963", "2001-00-00"],
    "mail": ["zed@example.org", "mailto:a@b.com", "zed(at)example"],
    "web": ["https://example.org/a", "example.org", "ftp://x"],
    "phone": ["+442083661177", "020 8366 1177", "12"],
    "kind": ["director", "skip", "crime.terror", "owner"],
    "holder": ["h1", "h2", "H3", "ofac-7", "h 4"],
    "holder_name": ["Zed Example", "Yan Example", "Zed  Example"],
    "aliases": ["Ghost; Spectre", "Ghost;", "One"],
}
Row = dict[str, str]


def make_row(dice: random.Random, number: int) -> Row:
    row = {}
    for column in COLUMNS:
        if dice.random() < 0.15:
            row[column] = dice.choice(HOSTILE)
        elif dice.random() < 0.8:
            row[column] = dice.choice(TYPICAL.get(column, ["Ghost", "Elm Row 1", "Spectre"]))
        else:
            row[column] = ""
    row["street"] = f"Elm Row {number}" if dice.random() < 0.7 else row["street"]
    row["holder"] = f"H{number}" if dice.random() < 0.5 else row["holder"]
    return row


def write_rows(folder: Path, rows: list[Row]) -> Path:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    return write_folder(folder, MAPPING, rows_csv=text.getvalue())


def make_id(ftm_id: str, dataset: str) -> str:
    """Our id of an entity of FollowTheMoney's: its digest, or the number of an `id_column`."""
    is_digest = len(ftm_id) == 40 and set(ftm_id) <= set("0123456789abcdef")
    return f"{dataset}-{ftm_id}" if is_digest else make_published_id(dataset, ftm_id)


def map_rows(folder: Path, dataset: str, monkeypatch: pytest.MonkeyPatch) -> Statements:
    """FollowTheMoney's statements, with what docs/mapping.md says is different left out."""
    monkeypatch.chdir(folder)
    # It warns of every value that it discards.
    monkeypatch.setattr(logging.getLogger("followthemoney"), "disabled", True)
    for name in ("followthemoney.mapping.entity", "prefixdate.formats"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    ((name, meta),) = yaml.safe_load(MAPPING).items()
    found: Statements = set()
    for query in meta["queries"]:
        mapping = model.make_mapping(query, key_prefix=name, dataset=name)
        assert isinstance(mapping.source, CSVSource)
        with (folder / "rows.csv").open(encoding="utf-8", newline="") as rows:
            for record in mapping.source.read_csv(rows):
                if mapping.source.check_filters(record):
                    for entity in mapping.map(record).values():
                        found |= set(iter_statements(entity, dataset))
    return found


def iter_statements(entity: Any, dataset: str) -> Statements:
    entity_id = make_id(entity.id, dataset)
    found = {(entity_id, entity.schema.name, "id", entity_id)}
    for prop, value in entity.itervalues():
        if prop.name == "namesMentioned":
            continue  # names of the ends, copied for another product's search index
        text = make_id(value, dataset) if prop.type is registry.entity else value.strip()
        if text:
            found.add((entity_id, entity.schema.name, prop.name, text))
    return found


def read_rows(folder: Path) -> tuple[Statements, Read]:
    read = Read(folder)
    return {
        (row["entity_id"], row["schema"], row["prop"], row["value"]) for row in read.statements
    }, read


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_ten_thousand_hostile_rows_give_followthemoneys_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(20240301)  # noqa: S311  not for secrets
    folder = write_rows(tmp_path / "oracle", [make_row(dice, number) for number in range(10_000)])
    ours, read = read_rows(folder)
    theirs = map_rows(folder, read.dataset, monkeypatch)
    assert ours - theirs == set()
    assert theirs - ours == set()
    assert len(ours) > 5_000
    linked = {row["id"] for row in read.relations}
    assert linked <= read.ids("Ownership") | read.ids("UnknownLink") | read.ids("Directorship")
    assert len(linked) > 1_000


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries({
    column: st.one_of(st.sampled_from(HOSTILE), st.sampled_from(TYPICAL.get(column, ["x"])),
                      st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"),
                              max_size=12))
    for column in COLUMNS
}), min_size=1, max_size=6))  # fmt: skip
def test_any_rows_give_followthemoneys_statements(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    rows = [*rows, {**dict.fromkeys(COLUMNS, ""), "number": "1", "name": "Ghost"}]
    folder = write_rows(tmp_path_factory.mktemp("any") / "oracle", rows)
    ours, read = read_rows(folder)
    with pytest.MonkeyPatch.context() as patch:
        assert ours == map_rows(folder, read.dataset, patch)
