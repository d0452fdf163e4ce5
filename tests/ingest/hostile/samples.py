"""One small valid list in every format of the catalog, to be spoilt by the tests.

Two or three invented parties each. What a test spoils is marked in the sample: the name of the
first party, a day, and the numbers of the first two parties.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

from benchmarks.registries import level1_columns, level2_columns, make_lei
from tests.ingest import (
    test_agents,
    test_au_dfat,
    test_bods,
    test_eu_fsf,
    test_eu_journal,
    test_ftm,
    test_gb_coh,
    test_gb_fcdo,
    test_gb_ofsi,
    test_gb_psc,
    test_gleif,
    test_icij,
    test_il_nbctf,
    test_un_sc,
    test_us_csl,
    test_us_fincen,
)
from tests.ingest.ofac_files import content, party
from tests.ingest.ofac_formats import make_advanced, make_enhanced, make_legacy
from tests.ingest.table_files import HEADER, MAPPING
from tests.ingest.table_files import make_csv as make_table
from tests.ingest.test_ch_seco import PROGRAMS
from tests.ingest.test_evidence import LINK
from tests.ingest.test_evidence import make_csv as make_case

NAME = "GHOSTLY QUUXTON"
SECOND = "NEVERLAND SECOND"
Sheet = list[list[Any]]


@dataclass(frozen=True)
class Sample:
    """A list of which every part is valid."""

    dataset: str
    files: Mapping[str, str | Sheet]
    name: str = NAME  # as it stands in the file
    day: tuple[str, str] | None = None  # a day of the first party, and 31 February in its place
    # Texts that make the second party's number the first's (None: numbers are made of the name).
    numbers: tuple[str, str] | None = None
    share: tuple[str, str] | None = None  # a percentage, and one over a hundred in its place
    loop: tuple[str, str] | None = None  # what makes a relation one of a party with itself
    cased: tuple[str, str] | None = None  # a second number that differs from the first in case
    main: str = ""  # the file that holds the first party; default: the first

    @property
    def first(self) -> str:
        """The file that holds the first party."""
        return self.main or next(iter(self.files))


def kind_of(name: str, body: str | Sheet) -> str:
    """ "xml", "xlsx", "json" or "csv"."""
    if not isinstance(body, str):
        return "xlsx"
    return "xml" if body.startswith("<") else "json" if body.startswith("{") else "csv"


_QUOTE: Mapping[str, Callable[[str], str]] = {
    "xml": lambda text: escape(text, {'"': "&quot;"}),
    "csv": lambda text: text.replace('"', '""'),
    "json": lambda text: json.dumps(text)[1:-1],
    "xlsx": str,
}


def spoil(sample: Sample, **texts: str) -> Mapping[str, str | Sheet]:
    """The files with other texts in place of some; `name` is quoted as the format wants it.

    Args:
        texts: "name" in place of the name of the first party, or the name of a pair of the sample
            ("day", "numbers", ...), with any value.
    """
    body = sample.files[sample.first]
    kind = kind_of(sample.first, body)
    quote = _QUOTE[kind]
    for what, text in texts.items():
        pair = (sample.name, quote(text)) if what == "name" else getattr(sample, what)
        old, new = pair
        if isinstance(body, str):
            assert old in body, (what, old)
            if what == "name" and kind == "csv" and f'"{old}' not in body:
                new = f'"{new}"'
            body = body.replace(old, new)
        else:
            body = [[_swap(cell, old, new) for cell in row] for row in body]
    return {**sample.files, sample.first: body}


def _swap(cell: Any, old: str, new: str) -> Any:
    return cell.replace(old, new) if isinstance(cell, str) else cell


def encode(body: str | Sheet) -> bytes:
    """A file as published."""
    if isinstance(body, str):
        return body.encode()
    book = Workbook()
    assert book.active is not None
    for row in body:
        book.active.append(row)
    for cells in book.active:
        for cell in cells:  # a text that begins with "=" is a text
            cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write(folder: Path, files: Mapping[str, str | Sheet | bytes]) -> Path:
    """The files in a folder, made when it is not there."""
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body if isinstance(body, bytes) else encode(body))
    return folder


def _table(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _sheet(columns: Sequence[str], *rows: Mapping[str, Any], head: Sequence[str] = ()) -> Sheet:
    return [
        *([list(head)] if head else []), list(columns),
        *([row.get(column) for column in columns] for row in rows),
    ]  # fmt: skip


def _un() -> Sample:
    born = ("<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1964-02-03</DATE>"
            "</INDIVIDUAL_DATE_OF_BIRTH>")  # fmt: skip
    one = test_un_sc.individual("TAi.901", born, "A comment.", NAME)
    two = test_un_sc.individual("TAi.902", born, "Another.", SECOND)
    head, group = test_un_sc.HEAD.format(day=test_un_sc.DAY), test_un_sc.entity("TAe.903")
    text = f"{head}\n<INDIVIDUALS>{one}\n{two}</INDIVIDUALS>\n<ENTITIES>{group}</ENTITIES>"
    text += "</CONSOLIDATED_LIST>"
    return Sample("un_sc", {"un_consolidated.xml": text}, day=("1964-02-03", "1964-02-31"),
                  numbers=("TAi.902", "TAi.901"), cased=("TAi.902", "tAI.901"))  # fmt: skip


def _eu_fsf() -> Sample:
    born = test_eu_fsf.element("birthdate", birthdate="1964-02-03", year="1964", monthOfYear="2",
                               dayOfMonth="3", circa="false", calendarType="GREGORIAN")  # fmt: skip
    alias, entity, law = test_eu_fsf.alias, test_eu_fsf.entity, test_eu_fsf.regulation()
    text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns="{test_eu_fsf.NS}" '
            'generationDate="2026-08-05T16:47:04.449+02:00">\n'
            + entity(alias(NAME) + born + law, euReferenceNumber="EU.1.1") + "\n"
            + entity(alias(SECOND) + law, euReferenceNumber="EU.2.2", logicalId="14")
            + "</export>")  # fmt: skip
    return Sample("eu_fsf", {"eu_fsf.xml": text}, day=("1964-02-03", "1964-02-31"),
                  numbers=("EU.2.2", "EU.1.1"), cased=("EU.2.2", "eu.1.1"))  # fmt: skip


def _eu_journal() -> Sample:
    rows = [test_eu_journal.row(NAME, "1", startDate="06.10.2001", birthDate="1964-02-03"),
            test_eu_journal.row(SECOND, "2")]  # fmt: skip
    programs = "regime_id,program_keys,has_lists,framework_celexes,name\n"
    programs += f"1,QUUX,true,{test_eu_journal.ACT};32001D0001,Measures against Quux\n"
    act = f"consolidated/{test_eu_journal.ACT}.csv"
    return Sample(
        "eu_journal", {act: test_eu_journal.table(rows), "programs.csv": programs},
        day=("06.10.2001", "31.02.2001"),
        numbers=(f"{test_eu_journal.ACT},2,", f"{test_eu_journal.ACT},1,"),
    )  # fmt: skip


def _fcdo_designation(number: str, name: str) -> str:
    return (f"<Designation><UniqueID>{number}</UniqueID><DateDesignated>25/01/2001</DateDesignated>"
            f"<Names><Name><Name6>{name}</Name6><NameType>Primary Name</NameType></Name></Names>"
            "<IndividualEntityShip>Individual</IndividualEntityShip>"
            "<SanctionsImposed>Asset freeze</SanctionsImposed></Designation>\n")  # fmt: skip


def _gb_fcdo_xml() -> Sample:
    text = ('<?xml version="1.0" encoding="utf-8"?>\n<Designations>'
            "<DateGenerated>20/08/2026</DateGenerated>\n" + _fcdo_designation("ZZZ0001", NAME)
            + _fcdo_designation("ZZZ0002", SECOND) + "</Designations>")  # fmt: skip
    return Sample("gb_fcdo", {"UK-Sanctions-List.xml": text}, day=("25/01/2001", "31/02/2001"),
                  numbers=("ZZZ0002", "ZZZ0001"), cased=("ZZZ0002", "zzz0001"))  # fmt: skip


def _gb_fcdo_csv() -> Sample:
    rows = [{"Unique ID": number, "Name 6": name, "Name type": "Primary Name",
             "Designation Type": "Individual", "Sanctions Imposed": "Asset freeze",
             "Date Designated": "25/01/2001"}
            for number, name in (("ZZZ0001", NAME), ("ZZZ0002", SECOND))]  # fmt: skip
    text = "Report Date: 13-Feb-2026\r\n" + _table(rows, test_gb_fcdo.HEADER)
    return Sample("gb_fcdo", {"UK_Sanctions_List.csv": text}, day=("25/01/2001", "31/02/2001"),
                  numbers=("ZZZ0002", "ZZZ0001"), cased=("ZZZ0002", "zzz0001"))  # fmt: skip


def _gb_ofsi() -> Sample:
    one = {**test_gb_ofsi.PERSON, "Name 6": NAME, "Name 1": "", "Name 2": "", "DOB": "03/02/1964"}
    two = {**test_gb_ofsi.FIRM, "Name 6": SECOND}
    text = "Last Updated,13/04/2018\r\n" + _table([one, two], test_gb_ofsi.OLD)
    return Sample("gb_ofsi", {"ConList.csv": text}, day=("03/02/1964", "31/02/1964"),
                  numbers=("90002", "90001"))  # fmt: skip


def _seco_target(number: int, name: str) -> str:
    return (f'<target ssid="{number}"><sanctions-set-id>201</sanctions-set-id><individual>'
            '<identity ssid="11" main="true"><name name-type="primary-name" quality="good">'
            f'<name-part order="1" name-part-type="whole-name"><value>{name}</value></name-part>'
            '</name><day-month-year day="3" month="2" year="1964"/></identity></individual>'
            '<modification modification-type="listed" effective-date="2014-03-03"/></target>\n'
            )  # fmt: skip


def _ch_seco() -> Sample:
    text = ('<?xml version="1.0" encoding="UTF-8"?>\n<swiss-sanctions-list list-type="whole-list" '
            f'date="2026-08-27">{PROGRAMS}{_seco_target(1, NAME)}{_seco_target(2, SECOND)}'
            "</swiss-sanctions-list>")  # fmt: skip
    return Sample("ch_seco", {"consolidated-list_2026-08-27.xml": text},
                  day=('day="3"', 'day="31"'),
                  numbers=('target ssid="2"', 'target ssid="1"'))  # fmt: skip


def _au_dfat() -> Sample:
    one = {**test_au_dfat.PERSON, "Name of Individual or Entity": NAME,
           "Date of Birth": "3 February 1964", "Reference": "101"}  # fmt: skip
    two = {**test_au_dfat.FIRM, "Name of Individual or Entity": SECOND, "Reference": "102"}
    return Sample("au_dfat", {"Regulation8_consolidated.xlsx":
                              _sheet(test_au_dfat.OLD, one, two)},
                  day=("3 February 1964", "31 February 1964"), numbers=("102", "101"))  # fmt: skip


def _ca_sema() -> Sample:
    def make(number: str, name: str) -> str:
        return (f"<record><Country>Zzyzx</Country><LastName>{name}</LastName><GivenName>Foo"
                "</GivenName><DateOfBirthOrShipBuildDate>1964-02-03</DateOfBirthOrShipBuildDate>"
                f"<Schedule>1, Part 1</Schedule><Item>{number}</Item>"
                "<DateOfListing>2019-03-15</DateOfListing></record>\n")  # fmt: skip

    text = ('<?xml version="1.0" encoding="UTF-8"?>\n<data-set>' + make("94a", NAME)
            + make("95b", SECOND) + "</data-set>")  # fmt: skip
    return Sample("ca_sema", {"sema-lmes.xml": text}, day=("1964-02-03", "1964-02-31"),
                  numbers=("95b", "94a"), cased=("95b", "94A"))  # fmt: skip


def _il_nbctf() -> Sample:
    names = {"Name of Individual - Hebrew": None, "Name of Individual - Arabic": None}
    plain = {**test_il_nbctf.PERSON, **names, "D.O.B (DD/MM/YYYY)": "03/02/1964"}
    one = {**plain, "Name of Individual - English": NAME, "internal seq. id": "1"}
    two = {**plain, "Name of Individual - English": SECOND, "internal seq. id": "2"}
    body = {**test_il_nbctf.BODY, "Linked to (internal seq. id)": None}
    head = [f"כותרת {number}" for number in range(15)]
    people = "NBCTF Israel designation Individuals_XL.xlsx"
    bodies = "NBCTFIsrael - Terror Organization Designation List_XL.xlsx"
    return Sample(
        "il_nbctf",
        {people: _sheet(test_il_nbctf.PERSON_COLUMNS, one, two, head=head),
         bodies: _sheet(test_il_nbctf.BODY_COLUMNS, body, head=[*head, *"abcd"])},
        day=("03/02/1964", "31/02/1964"), numbers=("2", "1"), main=people,
    )  # fmt: skip


def _ofac_csv() -> Sample:
    lines = [party(101, NAME, "individual", "DOB 03 Feb 1964."),
             party(102, SECOND, "individual", "Linked To: THIRD PARTY."),
             party(103, "THIRD PARTY")]  # fmt: skip
    files = {name: content([]).decode() for name in ("alt.csv", "add.csv", "sdn_comments.csv")}
    return Sample(
        "us_ofac_sdn", {"sdn.csv": content(lines).decode(), **files}, main="sdn.csv",
        day=("03 Feb 1964", "31 Feb 1964"), numbers=("102,", "101,"),
        loop=("Linked To: THIRD PARTY", f"Linked To: {SECOND}"),
    )  # fmt: skip


def _ofac(name_of_file: str, text: str) -> Sample:
    """The second party of the list of `ofac_formats`, as its first has its name in parts."""
    name = "ZORBAL TRADING S.A.L."
    day = ("05 May 1999", "31 Feb 1999") if "05 May 1999" in text else (
        "<Year>1999</Year><Month>5</Month><Day>5</Day>",
        "<Year>1999</Year><Month>2</Month><Day>31</Day>")  # fmt: skip
    return Sample("us_ofac_sdn", {name_of_file: text}, name=name, day=day)


def _us_csl() -> Sample:
    rows = [test_us_csl._sdn(101, NAME, dates_of_birth="1964-02-03"),
            test_us_csl._sdn(102, SECOND)]  # fmt: skip
    return Sample("us_csl", {"csl.csv": _table(rows, test_us_csl.HEADER)},
                  day=("1964-02-03", "1964-02-31"), numbers=('"102"', '"101"'))  # fmt: skip


def _us_fincen() -> Sample:
    row = test_us_fincen._row
    rows = [row("A Bank", "owner", "Person", NAME, Notes="holds 43 percent of shares"),
            row("A Bank", "self", "", "A Bank"),
            row("B Bank", "related", "Company", SECOND)]  # fmt: skip
    return Sample("us_fincen", {"details.csv": _table(rows, test_us_fincen.HEADER)},
                  share=("43 percent", "143 percent"), loop=(NAME, "A Bank"))  # fmt: skip


def _gleif_lei() -> Sample:
    plain = {**test_gleif.QUUX, "Entity.LegalName.xmllang": "en"}
    other = {name: text for name, text in plain.items() if "SuccessorEntity" not in name}
    rows = [{**plain, "Entity.LegalName": NAME},
            {**other, "LEI": test_gleif.PARENT, "Entity.LegalName": SECOND}]  # fmt: skip
    first, second = test_gleif.CHILD, test_gleif.PARENT
    return Sample("gleif_lei", {"lei2.csv": _table(rows, level1_columns())},
                  day=("2005-03-22T08:00:00+01:00", "2005-02-31T08:00:00+01:00"),
                  numbers=(second, first), cased=(second, first.lower()))  # fmt: skip


def _gleif_rr() -> Sample:
    rows = [test_gleif.RELATED, {**test_gleif.RELATED,
                                 "Relationship.StartNode.NodeID": test_gleif.OTHER}]  # fmt: skip
    return Sample("gleif_rr", {"rr.csv": _table(rows, level2_columns())},
                  name="https://example.org/filing",
                  day=("2018-02-06T00:00:00.000Z", "2018-02-31T00:00:00.000Z"),
                  loop=(test_gleif.PARENT, test_gleif.CHILD))  # fmt: skip


def _gleif_repex() -> Sample:
    columns = ["LEI", "Exception.Category", "Exception.Reason.1", "Exception.Reference.1"]
    category = "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT"
    rows = [{"LEI": lei, "Exception.Category": category, "Exception.Reason.1": "NATURAL_PERSONS",
             "Exception.Reference.1": name}
            for lei, name in ((make_lei(0), NAME), (make_lei(1), SECOND))]  # fmt: skip
    return Sample("gleif_repex", {"repex.csv": _table(rows, columns)})


def _gb_coh() -> Sample:
    rows = [{**test_gb_coh.QUUX, "CompanyName": NAME},
            {**test_gb_coh.QUUX, "CompanyNumber": "SC000002", "CompanyName": SECOND}]  # fmt: skip
    return Sample("gb_coh", {"BasicCompanyData.csv": _table(rows, test_gb_coh.NAMES)},
                  day=("03/04/2011", "31/02/2011"), numbers=("SC000002", "00012345"),
                  cased=("00012345", "sc000002"))  # fmt: skip


def _gb_psc() -> Sample:
    rows = [test_gb_psc.corporate("corp1", name=NAME, notified_on="2016-04-06"),
            test_gb_psc.corporate("corp2", name=SECOND, notified_on="2016-04-07")]  # fmt: skip
    text = test_gb_psc.lines(*rows, test_gb_psc.totals(2)).decode()
    return Sample(
        "gb_psc", {"psc-snapshot-2025-11-24.txt": text}, day=("2016-04-06", "2016-02-31"),
        numbers=("corp2", "corp1"), cased=("corp2", "CORP1"),
        share=("ownership-of-shares-25-to-50-percent", "ownership-of-shares-25-to-150-percent"),
        loop=('"987654"', f'"{test_gb_psc.NUMBER}"'),
    )  # fmt: skip


def _evidence() -> Sample:
    rows = [{**LINK, "subject": NAME, "percentage": "25", "start_date": "2001-02-03"},
            {**LINK, "subject": SECOND, "subject_id": "case:second", "percentage": "30",
             "start_date": "2001-02-04"}]  # fmt: skip
    return Sample("case_reg", {"evidence.csv": make_case(rows)},
                  day=("2001-02-03", "2001-02-31"), share=(",25,", ",125,"),
                  numbers=("case:second", "case:zed"), cased=("case:second", "case:ZED"),
                  loop=("case:example-trading", "case:zed"))  # fmt: skip


def _own_table() -> Sample:
    rows = [("1", NAME, "Zed Example", "25", "2010-02-03"),
            ("2", SECOND, "Zed Example", "30", "2011-02-03")]  # fmt: skip
    return Sample(
        "table_reg", {"companies.csv": make_table(HEADER, *rows), "mapping.yml": MAPPING},
        day=("2010-02-03", "2010-02-31"), share=(",25,", ",125,"), numbers=("\n2,", "\n1,"),
    )  # fmt: skip


def _agents() -> Sample:
    plain = test_agents.CHAIN
    rows = [
        {**plain, "sub_agent": NAME, "start_date": "2010-02-03"},
        {**plain, "sub_agent": SECOND, "outlet_name": "Other Corner", "start_date": ""},
    ]
    return Sample("agents_reg", {"list.csv": test_agents.make_csv(*rows)},
                  day=("2010-02-03", "2010-02-31"))  # fmt: skip


def _bods() -> Sample:
    share = test_bods.shares(share={"exact": 75}, startDate="2010-02-03")
    rows = [test_bods.company("c1", name=NAME), test_bods.company("c2", name=SECOND),
            test_bods.owns("c2", "c1", share)]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in rows)
    return Sample("bods_reg", {"quux.jsonl": text}, day=("2010-02-03", "2010-02-31"),
                  numbers=('"c2"', '"c1"'), share=('"exact": 75', '"exact": 175'),
                  cased=('"c2"', '"C1"'),
                  loop=('"interestedParty": "c2"', '"interestedParty": "c1"'))  # fmt: skip


def _ftm() -> Sample:
    entity = test_ftm.entity
    rows = [entity("zapp", "Company", name=NAME, incorporationDate="2010-02-03"),
            entity("nemo", "Company", name=SECOND),
            entity("own", "Ownership", owner="nemo", asset="zapp", percentage="25")]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in rows)
    return Sample("ftm_reg", {"quux.ftm.json": text}, day=("2010-02-03", "2010-02-31"),
                  numbers=('"nemo"', '"zapp"'), share=('"25"', '"125"'), cased=('"nemo"', '"ZAPP"'),
                  loop=('"owner": ["nemo"]', '"owner": ["zapp"]'))  # fmt: skip


def _icij() -> Sample:
    files = test_icij.tables()
    model = {**test_icij.ENTITY, "dorm_date": ""}
    parties = test_icij.table(model, {"name": NAME}, {"node_id": "11", "name": SECOND})
    return Sample("icij", {**files, "nodes-entities.csv": parties}, main="nodes-entities.csv",
                  day=("23-MAR-2006", "31-FEB-2006"))  # fmt: skip


MAKERS: Mapping[str, Callable[[], Sample]] = {
    "us_ofac_csv": _ofac_csv,
    "us_ofac_xml": lambda: _ofac("sdn.xml", make_legacy()),
    "us_ofac_advanced": lambda: _ofac("sdn_advanced.xml", make_advanced()),
    "us_ofac_enhanced": lambda: _ofac("sdn_enhanced.xml", make_enhanced()),
    "us_csl_csv": _us_csl,
    "us_fincen_csv": _us_fincen,
    "gb_ofsi_csv": _gb_ofsi,
    "gb_fcdo_xml": _gb_fcdo_xml,
    "gb_fcdo_csv": _gb_fcdo_csv,
    "ch_seco_xml": _ch_seco,
    "au_dfat_xlsx": _au_dfat,
    "ca_sema_xml": _ca_sema,
    "il_nbctf_xlsx": _il_nbctf,
    "un_sc_xml": _un,
    "eu_journal_csv": _eu_journal,
    "eu_fsf_xml": _eu_fsf,
    "gleif_lei": _gleif_lei,
    "gleif_rr": _gleif_rr,
    "gleif_repex": _gleif_repex,
    "gb_coh_csv": _gb_coh,
    "gb_psc_jsonl": _gb_psc,
    "icij_csv": _icij,
    "evidence": _evidence,
    "table": _own_table,
    "agents": _agents,
    "bods": _bods,
    "ftm": _ftm,
}
