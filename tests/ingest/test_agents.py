"""Lists of agents: what a row becomes, who is the same, and that no row is lost."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from graph.errors import AssertionFailed, ParseError
from graph.statements import DatasetTables, DatasetVersion, StatementWriter
from ingest.archive import Archive
from ingest.catalog import OWN, get_source
from ingest.load import load, restage
from ingest.source import IssueLog
from tests.data import PROJECT

SAMPLE = PROJECT / "cuibono" / "sample" / "agents"
DATASET = "agents_list"


def make_csv(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    header = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, header, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Read:
    """What a list becomes."""

    def __init__(self, location: Path) -> None:
        source = get_source("agents", location)
        self.files = source.find_files(location)
        hashes = dict.fromkeys(self.files, "ab" * 32)
        version = DatasetVersion(source.dataset, "v1", None, "2025-01-01T00:00:00Z", hashes)
        writer, self.log = StatementWriter(version), IssueLog()
        source.parse(self.files, writer, self.log)
        folder = location.parent / "staged" if location.is_file() else location / "staged"
        folder.mkdir()
        self.rejected = writer.write(folder)
        tables = DatasetTables.read(folder)
        self.statements: list[dict[str, Any]] = tables.statements.to_pylist()
        self.relations: list[dict[str, Any]] = tables.relations.to_pylist()
        self.evidence: list[dict[str, Any]] = tables.evidence.to_pylist()

    def codes(self) -> list[str]:
        return sorted(issue.code for issue in self.log.issues)

    def message(self, code: str) -> str:
        (issue,) = [each for each in self.log.issues if each.code == code]
        return issue.message

    def named(self, name: str) -> set[str]:
        """The ids of what has this name."""
        return {row["entity_id"] for row in self.statements
                if row["prop"] == "name" and row["value"] == name}  # fmt: skip

    def values(self, entity_id: str, prop: str) -> list[str]:
        return [row["value"] for row in self.statements
                if row["entity_id"] == entity_id and row["prop"] == prop]  # fmt: skip

    def links(self) -> set[tuple[str, str, str]]:
        """(source, role, target) by name."""
        names = {row["entity_id"]: row["value"]
                 for row in self.statements if row["prop"] == "name"}  # fmt: skip
        return {(names[row["source"]], row["role"], names.get(row["target"], row["target"]))
                for row in self.relations}  # fmt: skip

    def link(self, role: str) -> dict[str, Any]:
        (found,) = [row for row in self.relations if row["role"] == role]
        return found

    def said(self, relation: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in self.evidence if row["relation_id"] == relation["id"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "list"
    place.mkdir()
    return place


def read(folder: Path, *rows: dict[str, str], settings: str = "") -> Read:
    (folder / "list.csv").write_text(make_csv(*rows), "utf-8")
    if settings:
        (folder / "agents.yml").write_text(settings, "utf-8")
    return Read(folder)


CHAIN = {
    "principal": "Ghost Remit", "master_agent": "Ghost Bank", "sub_agent": "Spectre Stores",
    "outlet_name": "Spectre Corner", "outlet_address": "1 Elm Row", "outlet_city": "Ghosttown",
    "outlet_country": "gm",
}  # fmt: skip


def test_the_chain_runs_from_the_outlet_to_the_principal(folder: Path) -> None:
    found = read(folder, CHAIN)
    assert found.links() == {
        ("Ghost Bank", "master agent", "Ghost Remit"),
        ("Spectre Stores", "sub-agent", "Ghost Bank"),
        ("Spectre Stores", "operates outlet", "Spectre Corner"),
    }
    by_role = {row["role"]: row for row in found.relations}
    assert by_role["master agent"]["schema"] == "Representation"
    outlet = by_role["operates outlet"]
    assert (outlet["schema"], outlet["kind"]) == ("UnknownLink", "location")
    (place,) = found.named("Spectre Corner")
    assert found.values(place, "classification") == ["outlet"]
    assert found.values(place, "addressEntity")
    assert found.codes() == ["rows-received"]


@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        ({"master_agent"}, {("Spectre Stores", "agent", "Ghost Remit"),
                            ("Spectre Stores", "operates outlet", "Spectre Corner")}),
        ({"sub_agent"}, {("Ghost Bank", "master agent", "Ghost Remit"),
                         ("Ghost Bank", "operates outlet", "Spectre Corner")}),
        ({"sub_agent", "master_agent"}, {("Ghost Remit", "operates outlet", "Spectre Corner")}),
        ({"principal"}, {("Spectre Stores", "sub-agent", "Ghost Bank"),
                         ("Spectre Stores", "operates outlet", "Spectre Corner")}),
        ({"sub_agent", "master_agent", "principal"}, set()),
    ],
)  # fmt: skip
def test_a_missing_rung_links_to_the_next_one(
    folder: Path, absent: set[str], expected: set[tuple[str, str, str]]
) -> None:
    found = read(folder, {key: value for key, value in CHAIN.items() if key not in absent})
    assert found.links() == expected
    assert found.named("Spectre Corner")
    assert ("no-operator" in found.codes()) == (not expected)


def test_two_outlets_of_one_agent_are_two_though_they_have_one_name(folder: Path) -> None:
    found = read(folder, CHAIN, {**CHAIN, "outlet_address": "2 Elm Row"})
    assert len(found.named("Spectre Corner")) == 2
    assert len(found.named("Spectre Stores")) == 1
    assert len(found.named("Ghost Bank")) == 1


def test_a_number_names_an_outlet_until_it_stands_at_two_addresses(folder: Path) -> None:
    again = {**CHAIN, "id": "A 17", "outlet_name": "Spectre Corner Shop"}
    found = read(folder, {**CHAIN, "id": "a 17"}, again)
    assert found.named("Spectre Corner") == found.named("Spectre Corner Shop")
    assert "name-differs" in found.codes()
    moved = folder.parent / "moved"
    moved.mkdir()
    found = read(moved, {**CHAIN, "id": "A17"}, {**CHAIN, "id": "A17", "outlet_address": "9 Oak"})
    assert len(found.named("Spectre Corner")) == 2
    assert found.codes().count("outlet-number-repeats") == 2


def test_numbers_that_differ_in_a_character_are_two_outlets(folder: Path) -> None:
    rows = [{**CHAIN, "id": number} for number in ("A.17", "A-17", "A 17", "x-unresolved-y")]
    found = read(folder, *rows)
    ids = found.named("Spectre Corner")
    assert len(ids) == 4
    assert not any("-unresolved-" in each for each in ids)


def test_the_number_of_a_list_is_never_that_of_a_listed_party(folder: Path) -> None:
    found = read(folder, {**CHAIN, "id": "ofac-12455", "agent_id": "ofac-4697"})
    assert all(row["entity_id"].startswith(DATASET) for row in found.statements)


def test_an_address_without_a_name_is_an_outlet(folder: Path) -> None:
    found = read(folder, {key: value for key, value in CHAIN.items() if key != "outlet_name"})
    (place,) = found.named("(outlet of Spectre Stores)")
    assert found.values(place, "classification") == ["outlet"]
    assert "unnamed in the source" in found.values(place, "notes")


def test_names_that_differ_at_all_are_two_partners(folder: Path) -> None:
    found = read(
        folder, CHAIN, {**CHAIN, "sub_agent": " SPECTRE  stores"},
        {**CHAIN, "sub_agent": "Spectre Stores Ltd"}, {**CHAIN, "outlet_country": "sn"},
    )  # fmt: skip
    agents = {row["source"] for row in found.relations if row["role"] == "operates outlet"}
    assert len(agents) == 3  # case and blanks apart; another country is another agent
    assert found.named("Spectre Stores") & found.named("SPECTRE stores")


def test_people_of_one_name_are_one_within_one_agent_only(folder: Path) -> None:
    zed = {"owners": "Zed Example", "managers": "Zed Example"}
    found = read(folder, {**CHAIN, **zed}, {**CHAIN, **zed, "outlet_name": "Spectre Two"},
                 {**CHAIN, **zed, "sub_agent": "Wraith Stores"})  # fmt: skip
    assert len(found.named("Zed Example")) == 2


def test_everybody_of_a_row_is_a_party_with_a_link(folder: Path) -> None:
    found = read(folder, {
        **CHAIN, "proprietor": "Abe Example", "owners": "Zed Example 60%; EXAMPLE, Bea (40 %)",
        "managers": "Cid Example; Ghost Management Ltd", "settlement_bank": "Phantom Bank",
        "account": "GM-0001", "phones": "+44 20 7946 0123", "branches": "12",
        "service": "money transfer", "registration_number": "R-1",
    })  # fmt: skip
    links = found.links()
    assert links >= {
        ("Abe Example", "proprietor", "Spectre Corner"),
        ("Zed Example", "owner", "Spectre Stores"),
        ("EXAMPLE, Bea", "owner", "Spectre Stores"),
        ("Cid Example", "manager", "Spectre Corner"),
        ("Ghost Management Ltd", "manager", "Spectre Corner"),
        ("Spectre Stores", "settlement bank", "Phantom Bank"),
    }
    schemata = {row["role"]: row["schema"] for row in found.relations}
    assert schemata["proprietor"] == schemata["owner"] == schemata["account holder"] == "Ownership"
    managers = sorted(row["schema"] for row in found.relations if row["role"] == "manager")
    assert managers == ["Directorship", "Employment"]
    shares = {(row["percentage_minimum"], row["percentage_maximum"])
              for row in found.relations if row["role"] == "owner"}  # fmt: skip
    assert shares == {(60.0, 60.0), (40.0, 40.0)}
    (outlet,), (agent,) = found.named("Spectre Corner"), found.named("Spectre Stores")
    assert found.values(outlet, "phone") == ["+442079460123"]
    assert found.values(agent, "registrationNumber") == ["R-1"]
    assert "Number of branches or sub-agents: 12" in found.values(outlet, "notes")
    assert found.codes() == ["rows-received"]


@pytest.mark.parametrize(
    ("owners", "expected", "codes"),
    [
        ("Zed 60%, Abe 40%", {("Zed", 60.0, 60.0), ("Abe", 40.0, 40.0)}, []),
        ("60% Zed, 40% Abe", {("Zed", 60.0, 60.0), ("Abe", 40.0, 40.0)}, []),
        ("EXAMPLE, Zed 12,5 %", {("EXAMPLE, Zed", 12.5, 12.5)}, []),
        ("Zed >50%", {("Zed", 50.0, 100.0)}, []),
        ("Zed 25-50%", {("Zed", 25.0, 50.0)}, []),
        ("Zed; Abe", {("Zed", None, None), ("Abe", None, None)}, []),
        ("A 33.34%; B 33.33%; C 33.34%",
         {("A", 33.34, 33.34), ("B", 33.33, 33.33), ("C", 33.34, 33.34)}, []),
        ("Zed 150%", {("Zed", None, None)}, ["no-share"]),
        ("Zed half%", {("Zed", None, None)}, ["no-share"]),
        ("Zed (approx. 30%)", {("Zed", None, None)}, ["no-share"]),
        ("Zed 60%; Abe 60%", {("Zed", 60.0, 60.0), ("Abe", 60.0, 60.0)}, ["shares-over-100"]),
        ("%; --", set(), ["no-name", "no-name", "no-share"]),
    ],
)  # fmt: skip
def test_shares_are_kept_as_stated_and_never_guessed(
    folder: Path, owners: str, expected: set[tuple[str, Any, Any]], codes: list[str]
) -> None:
    found = read(folder, {**CHAIN, "owners": owners})
    names = {row["entity_id"]: row["value"] for row in found.statements if row["prop"] == "name"}
    assert {
        (names[row["source"]], row["percentage_minimum"], row["percentage_maximum"])
        for row in found.relations
        if row["schema"] == "Ownership"
    } == expected
    assert found.codes() == sorted([*codes, "rows-received"])


def test_shares_of_one_agent_add_up_over_its_rows(folder: Path) -> None:
    found = read(folder, {**CHAIN, "owners": "Zed 60%"},
                 {**CHAIN, "outlet_name": "Two", "owners": "Zed 60%; Abe 40%"})  # fmt: skip
    assert "shares-over-100" not in found.codes()
    assert len([row for row in found.relations if row["role"] == "owner"]) == 2


def test_dates_and_status_belong_to_the_outlet_of_the_row(folder: Path) -> None:
    found = read(folder, {**CHAIN, "start": "March 2015", "end": "2018", "status": "closed"})
    outlet = found.link("operates outlet")
    assert (outlet["start"], outlet["end"]) == ("2015-03", "2018")
    assert found.link("sub-agent")["start"] is None
    assert "inactive-without-end" not in found.codes()


def test_without_outlet_they_belong_to_the_agency(folder: Path) -> None:
    row = {"principal": "Ghost Remit", "sub_agent": "Spectre Stores", "start": "2009", "id": "7"}
    found = read(folder, row)
    assert found.link("agent")["start"] == "2009"
    assert not [each for each in found.relations if each["role"] == "operates outlet"]


def test_an_inactive_outlet_without_end_gets_no_invented_date(folder: Path) -> None:
    found = read(folder, {**CHAIN, "status": "INACTIVE"})
    outlet = found.link("operates outlet")
    assert outlet["end"] is None
    (said,) = found.said(outlet)
    assert said["note"] == "Status as published: INACTIVE."
    assert "inactive-without-end" in found.codes()


@pytest.mark.parametrize("status", ["active", "dormant", "live since ever"])
def test_other_words_of_status_are_kept_and_not_judged(folder: Path, status: str) -> None:
    found = read(folder, {**CHAIN, "status": status})
    assert found.codes() == ["rows-received"]
    (outlet,) = found.named("Spectre Corner")
    assert found.values(outlet, "status") == [status]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [("31/31/2019", "", "unclean-date"), ("2019", "2015", "ends-before-start")],
)
def test_dates_that_cannot_be_stay_words(folder: Path, start: str, end: str, code: str) -> None:
    found = read(folder, {**CHAIN, "start": start, "end": end})
    outlet = found.link("operates outlet")
    assert (outlet["start"], outlet["end"]) == (None, None)
    assert start in found.said(outlet)[0]["note"]
    assert code in found.codes()


def test_an_agent_that_left_and_came_back_has_two_periods(folder: Path) -> None:
    found = read(folder, {**CHAIN, "start": "2010", "end": "2012"}, {**CHAIN, "start": "2015"})
    assert len([row for row in found.relations if row["role"] == "operates outlet"]) == 2
    assert len(found.named("Spectre Corner")) == 1


def test_a_row_that_names_one_party_twice_makes_no_loop(folder: Path) -> None:
    found = read(folder, {**CHAIN, "sub_agent": "Ghost Bank"})
    assert "self-link" in found.codes()
    assert all(row["source"] != row["target"] for row in found.relations)


def test_received_is_rejected_and_loaded(folder: Path) -> None:
    lines = make_csv(CHAIN, {"principal": "Ghost Remit"}, {**CHAIN, "outlet_name": "Two"})
    (folder / "list.csv").write_text(lines + "a,b,c,d,e,f,g,too,many,by,far\n" + "\n")
    found = Read(folder)
    assert found.message("rows-received") == "4 rows received = 2 loaded + 2 rejected."
    assert "list.csv:3" in {each.locator for each in found.log.issues
                            if each.code == "rejected-row"}  # fmt: skip
    assert "principal: Ghost Remit" in found.message("rejected-row")


def test_titles_stand_above_the_header(folder: Path) -> None:
    title = "Outlets of Ghost Remit as of today;;\n\n"
    (folder / "list.csv").write_text(title + "Agent;Outlet;Town\nS;Spectre Corner;X\n", "utf-16")
    found = Read(folder)
    assert ("S", "operates outlet", "Spectre Corner") in found.links()
    assert found.message("line-above-header").startswith("'Outlets of Ghost Remit")


def test_rejected_rows_are_counted_beyond_those_that_are_listed(folder: Path) -> None:
    rows = [{**CHAIN, "outlet_name": f"Shop {each}"} for each in range(200)]
    (folder / "list.csv").write_text(make_csv(*rows) + "1,2,3,4,5,6,7,8\n" * 130)
    found = Read(folder)
    assert found.message("rows-received") == "330 rows received = 200 loaded + 130 rejected."


def test_a_list_that_names_nobody_is_refused(folder: Path) -> None:
    (folder / "list.csv").write_text("principal,sub_agent\nGhost Remit,\n")
    with pytest.raises(AssertionFailed):
        Read(folder)


def test_a_constant_names_nobody_by_itself(folder: Path) -> None:
    settings = "constants: {principal: Ghost Remit, master_agent: Ghost Bank}\n"
    found = read(folder, {"outlet_name": "One", "city": "x"}, {"outlet_name": "", "city": "y"},
                 settings=settings)  # fmt: skip
    assert ("Ghost Bank", "operates outlet", "One") in found.links()
    assert found.message("rows-received") == "2 rows received = 1 loaded + 1 rejected."


def test_columns_have_other_headings_and_any_order(folder: Path) -> None:
    found = read(folder, {"Country": "gm", "LOCATION NAME": "Spectre Corner", "Sub-Agent": "S",
                          "Principal": "P", "E-mail": "a@b.test", "Shoe size": "44"})  # fmt: skip
    assert ("S", "operates outlet", "Spectre Corner") in found.links()
    assert found.message("unread-field").startswith("Shoe size is not read: 1 times")


def test_a_list_of_plain_names_is_one_of_agents(folder: Path) -> None:
    found = read(folder, {"Name": "Spectre Stores", "Country": "gm", "Start date": "01/02/2020"})
    (agent,) = found.named("Spectre Stores")
    assert not found.values(agent, "classification")
    assert "unread-field" not in found.codes()


def test_agents_yml_names_columns_and_speaks_for_the_list(folder: Path) -> None:
    settings = (
        "publisher: Ghost Remit\ntitle: Partners\nurl: https://remit.example.org/\n"
        "published: 2024-03-01\nmonth_first: true\n"
        "columns: {outlet_name: Laden, start: Seit}\nconstants: {principal: Ghost Remit}\n"
        "ignore: [Kasse]\n"
    )
    found = read(folder, {"Laden": "Spectre Corner", "Seit": "03/04/2020", "Kasse": "7"},
                 settings=settings)  # fmt: skip
    outlet = found.link("operates outlet")
    assert outlet["start"] == "2020-03-04"
    (said,) = found.said(outlet)
    assert (said["by"], said["on"], said["source_title"]) == (
        "Ghost Remit", "2024-03-01", "Partners",
    )  # fmt: skip
    assert said["locator"] == "list.csv:2"
    assert said["standing"]
    assert "Laden: Spectre Corner" in said["quote"]
    assert found.codes() == ["rows-received"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("colums: {}\n", "'columns'"),
        ("columns: {outlet: Laden}\n", "outlet"),
        ("columns: {outlet_name: Leden}\n", "Did you mean 'Laden'?"),
        ("layout: fincen\n", "fincen_agent_list"),
        ("published: soon\n", "YYYY-MM-DD"),
        ("encoding: latin-77\n", "latin-77"),
        ("[]\n", "agents.yml"),
    ],
)
def test_faulty_settings_are_refused_with_a_remedy(folder: Path, settings: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(folder, {"Laden": "Spectre Corner", "Agent": "S"}, settings=settings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html><body>Sign in</body></html>", "web page"),
        ("colour,size\nred,4\n", "no column names an agent"),
        ("", "empty"),
        ('sub_agent,outlet_name\nS,"never closed\n', "not closed"),
    ],
)
def test_what_is_no_list_is_refused(folder: Path, content: str, words: str) -> None:
    (folder / "list.csv").write_text(content)
    with pytest.raises(ParseError, match=words):
        Read(folder)


def test_files_are_found_packed_or_in_a_workbook(folder: Path) -> None:
    (folder / "LIST.CSV.GZ").write_bytes(gzip.compress(make_csv(CHAIN).encode()))
    (folder / "README.md").write_text("no table")
    assert list(get_source("agents", folder).find_files(folder)) == ["list.csv"]
    book = Workbook()
    assert book.active is not None
    book.active.append(list(CHAIN))
    book.active.append(list(CHAIN.values()))
    sheet = folder / "partners of 2024.xlsx"
    book.save(sheet)
    found = Read(sheet)
    assert ("Spectre Stores", "operates outlet", "Spectre Corner") in found.links()
    (folder / "list.csv").write_text(make_csv(CHAIN))
    with pytest.raises(ParseError, match="keep one"):
        get_source("agents", folder).find_files(folder)


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_place_without_a_list_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ParseError, match=name):
        get_source("agents", tmp_path / name).find_files(tmp_path / name)


def test_two_tables_of_a_folder_share_no_party(folder: Path) -> None:
    (folder / "other.csv").write_text(make_csv(CHAIN))
    found = read(folder, CHAIN)
    assert len(found.named("Spectre Stores")) == len(found.named("Spectre Corner")) == 2


def test_ids_do_not_depend_on_the_order_of_rows_or_columns(folder: Path, tmp_path: Path) -> None:
    rows = [{**CHAIN, "id": "1", "owners": "Zed 60%"}, {**CHAIN, "id": "1", "outlet_city": "Else"},
            {**CHAIN, "outlet_name": "Three"}]  # fmt: skip
    first = read(folder, *rows)
    second = tmp_path / "again" / "list"
    second.mkdir(parents=True)
    reversed_rows = [dict(reversed(row.items())) for row in reversed(rows)]
    found = read(second, *reversed_rows)
    assert {row["id"] for row in first.relations} == {row["id"] for row in found.relations}
    assert ({row["entity_id"] for row in first.statements}
            == {row["entity_id"] for row in found.statements})  # fmt: skip


def test_hostile_text_stays_text(folder: Path) -> None:
    found = read(folder, {
        **CHAIN, "outlet_name": "\u202eShop\u200b'); DROP TABLE x;--<script>", "service": "outlet",
        "managers": "=cmd|' /C calc'!A0", "owners": "{{7*7}} 10%", "status": "\u2028",
        "phones": "not a phone", "website": "javascript:alert(1)", "sub_agent": "Outlet",
    })  # fmt: skip
    assert found.relations
    (agent,) = found.named("Outlet")
    assert not found.values(agent, "classification")
    assert not found.values(agent, "sector")


def test_a_thousand_rows_of_one_agent_state_it_once(folder: Path) -> None:
    rows = [{**CHAIN, "outlet_name": f"Shop {each}"} for each in range(1000)]
    found = read(folder, *rows)
    (agent,) = found.named("Spectre Stores")
    assert len(found.values(agent, "name")) == 1
    assert len(found.said(found.link("master agent"))) == 1
    assert len([row for row in found.relations if row["role"] == "operates outlet"]) == 1000


def test_the_archive_alone_gives_the_same_tables_again(folder: Path, tmp_path: Path) -> None:
    (folder / "list.csv").write_text(make_csv({"Laden": "Spectre Corner"}))
    (folder / "agents.yml").write_text(
        "columns: {outlet_name: Laden}\nconstants: {principal: Ghost Remit}\n"
        "published: 2024-03-01\n"
    )
    archive, staging = Archive(tmp_path / "archive"), tmp_path / "staging"
    source = get_source("agents", folder)
    report = load(archive, source, folder, staging=staging)
    assert report.published == "2024-03-01"
    assert report.issues == {"rows-received": 1}
    staged = staging / source.dataset / report.version
    before = {path.name: path.read_bytes() for path in staged.iterdir()}
    for path in (folder / "list.csv", folder / "agents.yml"):
        path.unlink()
    version = archive.find(source.dataset, report.version)
    assert version is not None
    again = restage(archive, source, version, tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == before


def test_a_report_shows_what_was_rejected(tmp_path: Path) -> None:
    archive, location = Archive(tmp_path / "archive"), SAMPLE / "courier_agents.csv"
    source = get_source("agents", location)
    assert source.dataset == OWN["agents"].prefix + "courier_agents"
    report = load(archive, source, location, staging=tmp_path / "staging")
    assert report.warnings == ("8 rows received = 7 loaded + 1 rejected.",)
    assert report.issues["rejected-row"] == 1


# -- the shipped layouts --------------------------------------------------------------------------


@pytest.fixture
def sample(folder: Path) -> Path:
    for path in SAMPLE.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_the_agent_list_of_a_money_services_business(sample: Path) -> None:
    """31 CFR 1022.380(d): each of its fields has its place."""
    found = Read(sample / "fincen_agent_list.csv")
    (agent,) = found.named("Willow Corner Grocery (invented)")
    (link,) = [row for row in found.relations
               if row["source"] == agent and row["role"] == "agent"]  # fmt: skip
    assert link["start"] == "2014"
    assert found.values(agent, "phone") == ["+12025550143"]
    assert found.values(agent, "address")
    notes = found.values(agent, "notes")
    for note in (
        "Type of service: money transmission",
        "Months in which gross transactions exceeded $100,000: January; March",
        "Number of branches or sub-agents: 3",
    ):
        assert note in notes
    (bank,) = found.named("First Fictional Bank (invented)")
    assert found.values(bank, "address") == ["1 Made-up Plaza, Springfield, IL"]
    assert found.codes() == ["rows-received"]


def test_a_register_states_principals(sample: Path) -> None:
    found = Read(sample / "msb_register.csv")
    (firm,) = found.named("Harbour Lantern Remittance, Inc. (invented)")
    assert found.values(firm, "alias") == ["Lantern Send"]
    assert found.values(firm, "registrationNumber") == ["31000000000001"]
    assert "Received Date: 02/03/2024" in found.values(firm, "notes")
    assert found.relations == []
    assert found.codes() == ["rows-received"]


def test_a_folder_of_lists_is_read_each_in_its_layout(sample: Path) -> None:
    found = Read(sample)
    assert found.codes().count("rows-received") == 3
    assert "unread-field" not in found.codes()
    assert found.rejected == []
    assert {row["role"] for row in found.relations} >= {"agent", "sub-agent", "operates outlet"}


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*.csv")), ids=lambda path: path.stem)
def test_every_row_of_the_examples_says_that_it_is_invented(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        assert any("Invented row for demonstration" in cell for cell in row.values())
        assert "(invented)" in next(row[name] for name in row if name in (
            "courier", "Legal Name", "Money Services Business"))  # fmt: skip
