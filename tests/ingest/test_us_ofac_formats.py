"""The four formats of OFAC's lists say the same of the same party."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graph.errors import ParseError
from ingest.catalog import get_source
from ingest.source import Reader
from ingest.sources.us_ofac.advanced import OfacAdvancedSource
from ingest.sources.us_ofac.csv import OfacSource
from ingest.sources.us_ofac.enhanced import OfacEnhancedSource
from ingest.sources.us_ofac.xml import OfacXmlSource
from tests.ingest.ofac_files import Parsed, parse
from tests.ingest.ofac_formats import (
    PARTIES,
    make_advanced,
    make_enhanced,
    make_legacy,
    write_csv,
)

# What the comma-separated files do not state, or state of other entities.
_ONLY_XML = frozenset({"listingDate", "publisher", "reason", "middleName"})
_LINKS = ("ofac-rel-", "ofac-linked-")


def _facts(parsed: Parsed) -> set[tuple[str, str, str, str | None]]:
    """(entity, property, value, original) of everything but links, and of schemata as stated."""
    return {
        (row["entity_id"], row["prop"], row["value"], row["original_value"])
        for row in parsed.statements
        if row["prop"] not in _ONLY_XML
        and not row["entity_id"].startswith(_LINKS)
        and not (row["prop"] == "provisions" and row["value"] == "Block")
    }


@pytest.mark.parametrize(
    ("reader", "make"),
    [
        (OfacXmlSource, make_legacy),
        (OfacEnhancedSource, make_enhanced),
        (OfacAdvancedSource, make_advanced),
    ],
)
def test_a_list_says_the_same_in_every_format(
    tmp_path: Path, reader: Callable[[str], Reader], make: Callable[[], str]
) -> None:
    expected = parse(write_csv(tmp_path / "csv"), tmp_path / "out")
    source = reader("us_ofac_sdn")
    path = tmp_path / "list.xml"
    path.write_text(make(), "utf-8")
    found = parse(path, tmp_path / "found", source)
    assert _facts(found) == _facts(expected)
    assert found.codes() == expected.codes()
    assert found.rejected == expected.rejected == []


def test_the_invented_list_states_what_it_is_there_to_state(tmp_path: Path) -> None:
    """Guards the comparison: two empty readings would agree, too."""
    parsed = parse(write_csv(tmp_path / "csv"), tmp_path / "out")
    assert parsed.values("ofac-101", "birthDate") == ["1944", "1955-03-21"]
    assert parsed.values("ofac-105", "birthDate") == [
        "1951", "1953", "1960-03", "1961-01-01", "1962-11-30"
    ]  # fmt: skip
    assert parsed.values("ofac-101", "weakAlias") == ["FOOBAR"]
    assert parsed.values("ofac-103", "owner") == ["ofac-102"]
    assert parsed.values("ofac-103", "imoNumber") == ["IMO7406784"]
    assert parsed.values("ofac-addr-1020", "postalCode") == ["1300"]
    assert parsed.values("ofac-102", "swiftBic") == ["DEUTDEFF"]
    assert len(parsed.tables.relations) == sum(len(each.linked) for each in PARTIES)


def test_a_folder_gives_the_comma_separated_files_and_a_file_decides_by_itself(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path)
    renamed = tmp_path / "download (3).xml"
    renamed.write_text(make_enhanced(), "utf-8")
    (tmp_path / "SDN_ADVANCED.XML").write_text(make_advanced(), "utf-8")
    (tmp_path / "sdn.xml").write_text(make_legacy(), "utf-8")
    source = get_source("us_ofac_sdn", None)
    assert set(source.find_files(tmp_path)) == {
        "sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"
    }  # fmt: skip
    assert set(source.find_files(tmp_path / "alt.csv")) == set(source.find_files(tmp_path))
    assert source.find_files(renamed) == {"sdn_enhanced.xml": renamed}
    assert set(source.find_files(tmp_path / "SDN_ADVANCED.XML")) == {"sdn_advanced.xml"}
    assert set(source.find_files(tmp_path / "sdn.xml")) == {"sdn.xml"}
    (tmp_path / "sdn.csv").unlink()
    assert set(source.find_files(tmp_path)) == {"sdn_advanced.xml"}


def test_a_file_of_no_format_is_refused_with_what_each_would_need(tmp_path: Path) -> None:
    path = tmp_path / "page.xml"
    path.write_text("<html><body>Access denied</body></html>", "utf-8")
    with pytest.raises(ParseError, match="none of its formats"):
        get_source("us_ofac_cons", None).find_files(path)
    with pytest.raises(ParseError, match="is none of sdn"):
        OfacSource("us_ofac_sdn").find_files(path)
