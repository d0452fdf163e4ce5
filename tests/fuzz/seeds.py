"""Small valid files to begin from: those that the tests of each source write, nobody real in them.

A seed states much: what no seed mentions, the mutations have to find by themselves.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.registries import level2_columns
from tests.fuzz import bundle
from tests.ingest import ofac_formats as ofac
from tests.ingest import (
    table_files,
    test_au_dfat,
    test_bods,
    test_ca_sema,
    test_ch_seco,
    test_eu_fsf,
    test_eu_journal,
    test_evidence,
    test_gb_coh,
    test_gb_fcdo,
    test_gb_ofsi,
    test_gb_psc,
    test_gleif,
    test_icij,
    test_il_nbctf,
    test_map_guess,
    test_table,
    test_un_sc,
    test_us_csl,
    test_us_fincen,
)

_EXCEPTION = {"LEI": test_gleif.CHILD, "Exception.Reason.1": "NATURAL_PERSONS",
              "Exception.Category": "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT",
              "Exception.Reference.1": "Act 7"}  # fmt: skip
REMARKS = (
    "DOB circa 1944; POB Zzyzx, Lebanon; nationality Lebanon; Gender Male; Passport A1234567 "
    "(Lebanon) issued 01 Mar 2010 expires 28 Feb 2020; a.k.a. 'QUUX'; Linked To: ZORBAL TRADING.",
    "Website www.zorbal.example; Digital Currency Address - XBT 1Zorbal; Tax ID No. 776655 "
    "(Lebanon); (Linked To: NEVERLAND (A.K.A. ZOT); Linked To: QUUX); all offices worldwide.",
    "alt. DOB 1951 to 1953; Vessel Registration Identification IMO 7406784; MMSI 677049700.",
)
DATES = (
    "circa 1944", "1951 to 1953", "11.8.1960", "00/00/1980", "2015-03-27-04:00", "20200131",
    "Between 1958 and 1963", "3rd of March, 1971", "approximately Mar 1960", "dd/mm/1945",
    "1960/1961", "5 May 1999 - 6 May 2000", "2005-03-22T08:00:00+01:00", "Sept. 3, 1970",
)  # fmt: skip


def make_seeds(target: str) -> list[bytes]:
    """The inputs that a target begins with."""
    maker = _LOW_LEVEL.get(target)
    if maker is not None:
        return maker()
    seeds = []
    for write in _FOLDERS[target]:
        with tempfile.TemporaryDirectory() as name:
            write(Path(name))
            seeds.append(bundle.join(bundle.collect(Path(name))))
    return seeds


def _file(name: str, *contents: str | bytes) -> list[Callable[[Path], object]]:
    """One folder for each content, with this one file in it."""

    def put(content: str | bytes) -> Callable[[Path], object]:
        encoded = content.encode() if isinstance(content, str) else content
        return lambda folder: (folder / name).write_bytes(encoded)

    return [put(content) for content in contents]


def _journal(folder: Path) -> None:
    row, amendment = test_eu_journal.row, test_eu_journal.amendment
    test_eu_journal.write(
        folder,
        [row("Foo QUUXLEY", "1", birthDate="1960; 1.2.1961", alias="Fu Quux;F. Q.",
             nationality="lb", passportNumber="A1234567 (Lebanon)", startDate="2001-02-03"),
         row("Neverland Trading", "2", schema="Organization", address="1 Elm Row, Zzyzx",
             registrationNumber="INN 7707083893", reason="Said to finance Quux")],
        [amendment("Foo QUUXLEY", "1", alias="Foe Quux", notes="x")],
    )  # fmt: skip


def _evidence(folder: Path) -> None:
    other = {**test_evidence.LINK, "percentage": ">25..50", "start_date": "2010", "quote": "x"}
    rows = [test_evidence.LINK, other]
    (folder / "evidence.csv").write_text(test_evidence.make_csv(rows), "utf-8")
    entities = test_evidence.make_csv([test_evidence.ENTITY])
    (folder / "entities.csv").write_text(entities, "utf-8")


def _evidence_yaml(folder: Path) -> None:
    lines = [f"{name}: {value!r}" for name, value in test_evidence.LINK.items()]
    (folder / "evidence.yaml").write_text("evidence:\n  - " + "\n    ".join(lines) + "\n", "utf-8")


def _table(folder: Path) -> None:
    text = table_files.make_csv(table_files.HEADER, table_files.ROW)
    table_files.write_folder(folder, companies_csv=text)


def _agents(folder: Path) -> None:
    table_files.write_folder(folder, test_table.AGENTS, agents_csv=test_table.AGENT_ROWS)


def _bods() -> str:
    share = {"exact": 25.5, "minimum": 25, "exclusiveMaximum": 50}
    return json.dumps([
        test_bods.company("c1", identifiers=[{"id": "1", "scheme": "GB-COH"}],
                          incorporatedInJurisdiction={"name": "Lebanon", "code": "LB"},
                          addresses=[{"type": "registered", "address": "1 Elm Row"}]),
        test_bods.person("p1", birthDate="1960-01",
                         nationalities=[{"name": "Syria", "code": "SY"}]),
        test_bods.owns("p1", "c1", test_bods.shares(share=share, startDate="2020-01-02",
                                                     beneficialOwnershipOrControl=True)),
    ])  # fmt: skip


def _entities() -> str:
    return "".join(json.dumps(each) + "\n" for each in (
        {"id": "zed", "schema": "Person", "datasets": ["x"], "target": True,
         "properties": {"name": ["Zed Example"], "birthDate": ["1960"], "topics": ["role.pep"]}},
        {"id": "ghost", "schema": "Company", "properties": {"name": ["Ghost Ltd"]}},
        {"id": "own", "schema": "Ownership", "properties": {
            "owner": ["zed"], "asset": ["ghost"], "percentage": ["25"], "startDate": ["2010"]}},
    ))  # fmt: skip


def _statements() -> str:
    return table_files.make_csv(
        ("canonical_id", "entity_id", "prop", "schema", "value", "dataset", "lang", "first_seen"),
        ("zed", "zed", "id", "Person", "zed", "x", "", "2024-01-01"),
        ("zed", "zed", "name", "Person", "Zed Example", "x", "eng", "2024-01-01"),
        ("own", "own", "owner", "Ownership", "zed", "x", "", ""),
        ("own", "own", "asset", "Ownership", "ghost", "x", "", ""),
        ("ghost", "ghost", "name", "Company", "Ghost Ltd", "x", "", ""),
    )  # fmt: skip


def _leak(folder: Path) -> None:
    edges = [test_icij.edge("20", "10", "officer_of", "director of", start_date="23-MAR-2006"),
             test_icij.edge("10", "40", "registered_address", "registered address"),
             test_icij.edge("30", "10", "intermediary_of", "intermediary of")]  # fmt: skip
    for name, text in test_icij.tables(*edges).items():
        (folder / name).write_text(text, "utf-8")


def _workbooks(folder: Path) -> None:
    linked = {**test_il_nbctf.BODY, "internal seq. id": 8, "Linked to (internal seq. id)": None}
    test_il_nbctf._write(folder, [test_il_nbctf.PERSON], [test_il_nbctf.BODY, linked])


def _zips() -> list[bytes]:
    def packed(**members: str) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return stream.getvalue()

    workbook = packed(**{"[Content_Types].xml": "<Types/>", "xl/a": "1"})
    return [b"a,b\n1,2\n", gzip.compress(b"a,b\n1,2\n", mtime=0), packed(a="1,2\n" * 9),
            packed(a="1", b="2"), workbook]  # fmt: skip


def _texts(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


def _designations() -> str:
    parts = (test_gb_fcdo.PERSON, test_gb_fcdo.FIRM, test_gb_fcdo.GROUP, test_gb_fcdo.SHIP)
    return test_gb_fcdo._xml(*parts)


def _designation_rows() -> str:
    plain = {"Unique ID": "ZZZ0006", "OFSI Group ID": "97172", "Name 6": "QUUXLEY", "Name 1": "FOO",
             "Name type": "Primary Name", "Regime Name": "Zzyzx", "D.O.B": "dd/mm/1945",
             "Designation Type": "Individual", "Sanctions Imposed": "Asset freeze|Travel Ban",
             "Date Designated": "25/01/2001", "Position": "(1) Deputy (2) Governor",
             "Passport number": "D 000933", "Nationality(/ies)": "Afghanistan",
             "UN Reference Number": "TAi.902"}  # fmt: skip
    ship = {"Unique ID": "ZZZ0075", "Name 6": "SEA GHOST", "Name type": "Primary name",
            "Designation Type": "Ship", "IMO number": "7406784", "Previous flags": "India",
            "Current owner/operator (s)": "Neverland LLC"}  # fmt: skip
    alias = {**plain, "Name type": "Alias", "Alias strength": "Low quality a.k.a", "Name 6": "Q"}
    return test_gb_fcdo._csv([plain, alias, ship])


def _targets() -> str:
    return test_ch_seco._text(test_ch_seco.PERSON, test_ch_seco.FIRM, test_ch_seco.VESSEL)


def _fsf() -> Sequence[Callable[[Path], object]]:
    make = test_eu_fsf.element
    person = (
        test_eu_fsf.regulation() + test_eu_fsf.alias("Foo QUUXLEY", nameLanguage="EN")
        + test_eu_fsf.alias("فو", nameLanguage="AR", strong="false")
        + make("birthdate", circa="true", calendarType="GREGORIAN", city="Zzyzx", zipCode="",
               birthdate="", dayOfMonth="", monthOfYear="", year="1944", yearRangeFrom="",
               yearRangeTo="", place="", countryIso2Code="LB", countryDescription="LEBANON")
        + make("citizenship", countryIso2Code="LB", countryDescription="LEBANON")
        + make("identification", number="A1234567", latinNumber="",
               identificationTypeCode="passport",
               identificationTypeDescription="National passport", countryIso2Code="LB",
               diplomatic="false", knownExpired="false", knownFalse="false",
               reportedLost="false", revokedByIssuer="false", issuedDate="", validTo="")
        + make("address", street="1 Elm Row", city="Zzyzx", poBox="", zipCode="", place="",
               region="", countryIso2Code="LB", asAtListingTime="false",
               inner="<contactInfo key='EMAIL' value='a@example.org'/>")
    )  # fmt: skip
    firm = test_eu_fsf.regulation() + test_eu_fsf.alias("Neverland Trading")
    parties = (test_eu_fsf.entity(person, unitedNationId="QDi.901"),
               test_eu_fsf.entity(firm, code="enterprise", euReferenceNumber="EU.1.2"))  # fmt: skip
    return [lambda folder: test_eu_fsf.write(folder, *parties)]


def _people() -> str:
    body = (
        "<NATIONALITY><VALUE>Lebanon</VALUE></NATIONALITY><INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY>"
        "<ALIAS_NAME>Fu Quux</ALIAS_NAME></INDIVIDUAL_ALIAS><INDIVIDUAL_DATE_OF_BIRTH>"
        "<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1973</FROM_YEAR><TO_YEAR>1974</TO_YEAR>"
        "</INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport"
        "</TYPE_OF_DOCUMENT><NUMBER>A1234567, issued on 1 Mar 2010</NUMBER></INDIVIDUAL_DOCUMENT>"
        "<INDIVIDUAL_ADDRESS><STREET>1 Elm Row</STREET><COUNTRY>Lebanon</COUNTRY>"
        "</INDIVIDUAL_ADDRESS><LAST_DAY_UPDATED><VALUE>2016-01-02</VALUE></LAST_DAY_UPDATED>"
    )
    comments = "Brother of Zed Example (TAi.902). Financed NEVERLAND EXCHANGE (TAe.903). Died 2011."
    return test_un_sc.individual("TAi.901", body, comments)


def _un(folder: Path) -> None:
    test_un_sc.write(folder, _people(), test_un_sc.individual("TAi.902"),
                     test_un_sc.entity("TAe.903", comments="Linked to TAi.901."))  # fmt: skip


def _csl() -> str:
    sdn, denied = test_us_csl._sdn, test_us_csl._denied
    return test_us_csl._table(
        sdn(101, "QUUX, Foo Bar", title="Haji; General", addresses="62 Elm Row, Beirut, LB; SY",
            alt_names="QUUX, Fu", dates_of_birth="1955-03-21; circa 1944", nationalities="LB; SY",
            ids="LB, 2020-02-28, 2010-03-01, A1234567, Passport; Male, Gender",
            remarks="(Linked To: ZORBAL)"),
        {**sdn(102, "SEA QUUX", vessel_owner="ZORBAL", vessel_flag="Panama"), "type": "Vessel"},
        denied("Zot Example", end_date="2030-01-01", standard_order="Y"),
    )  # fmt: skip


def _measures() -> str:
    row = test_us_fincen._row
    rows = [row("Quux Bank", "", "Organization", "Quux Bank", Country="LB", Topics="sanction"),
            row("Quux Bank", "Owner", "Person", "Zed Example", Alias="Z. Example")]  # fmt: skip
    header = test_us_fincen.HEADER
    return table_files.make_csv(header, *([each.get(name, "") for name in header] for each in rows))


def _owners() -> bytes:
    rows = [test_gb_psc.entry(), test_gb_psc.corporate()]
    return test_gb_psc.lines(*rows, test_gb_psc.totals(len(rows)))


_LEVEL1: list[str | bytes] = [test_gleif.as_csv(test_gleif.QUUX, columns=list(test_gleif.QUUX)),
           test_gleif.level1_xml(test_gleif.QUUX_XML)]  # fmt: skip
_PERSON, _FIRM = test_gb_ofsi.PERSON, test_gb_ofsi.FIRM
_FULL = {**_PERSON, "DOB": "00/00/1980", "Nationality": "1) Saudi Arabia 2) Qatar",
         "Passport Details": "1) A1234567 2) B7654321 (Lebanon)", "Position": "(1) Deputy",
         "Other Information": "UN Ref TAi.902. Brother of Zed."}  # fmt: skip

_FOLDERS: dict[str, Sequence[Callable[[Path], object]]] = {
    "us_ofac_csv": [ofac.write_csv],
    "us_ofac_xml": _file("sdn.xml", ofac.make_legacy()),
    "us_ofac_advanced": _file("sdn_advanced.xml", ofac.make_advanced()),
    "us_ofac_enhanced": _file("sdn_enhanced.xml", ofac.make_enhanced()),
    "us_csl_csv": _file("csl.csv", _csl()),
    "us_fincen_csv": _file("details.csv", _measures()),
    "gb_ofsi_csv": _file(
        "conlist.csv",
        test_gb_ofsi._text([_FULL, {**_PERSON, "Alias Type": "AKA", "Name 1": "Foe"}, _FIRM]),
        test_gb_ofsi._text([_FULL, _FIRM], test_gb_ofsi.NEW),
    ),
    "gb_fcdo_xml": _file("uk-sanctions-list.xml", _designations()),
    "gb_fcdo_csv": _file("uk_sanctions_list.csv", _designation_rows()),
    "ch_seco_xml": _file("consolidated-list_2026-08-27.xml", _targets()),
    "au_dfat_xlsx": _file(
        "regulation8_consolidated.xlsx",
        test_au_dfat._book([test_au_dfat.PERSON, test_au_dfat.ALIAS, test_au_dfat.FIRM]),
        test_au_dfat._book([test_au_dfat.PERSON, test_au_dfat.FIRM], test_au_dfat.NEW),
    ),
    "ca_sema_xml": _file(
        "sema-lmes.xml",
        *(test_ca_sema._text(test_ca_sema.PERSON, test_ca_sema.FIRM, test_ca_sema.SHIP, old=old)
          for old in (True, False)),
    ),
    "il_nbctf_xlsx": [_workbooks],
    "un_sc_xml": [_un],
    "eu_journal_csv": [_journal],
    "eu_fsf_xml": _fsf(),
    "gleif_lei": [*_file("lei2.csv", _LEVEL1[0]), *_file("lei2.xml", _LEVEL1[1])],
    "gleif_rr": _file(
        "rr.csv", test_gleif.as_csv(test_gleif.RELATED, columns=list(test_gleif.RELATED)),
        test_gleif.as_csv(test_gleif.RELATED, columns=level2_columns()),
    ),
    "gleif_repex": _file("repex.csv", test_gleif.as_csv(_EXCEPTION, columns=list(_EXCEPTION))),
    "gb_coh_csv": _file("basiccompanydata.csv", test_gb_coh.content(test_gb_coh.QUUX)),
    "gb_psc_jsonl": _file("psc-snapshot-2025-11-24.txt", _owners()),
    "icij_csv": [_leak],
    "evidence": [_evidence, _evidence_yaml],
    "table": [_table, _agents],
    "agents": _file("agents.csv", test_map_guess.AGENTS),
    "bods": _file("zed.json", _bods()),
    "ftm": [*_file("zed.json", _entities()), *_file("zed.csv", _statements())],
}  # fmt: skip
_LOW_LEVEL: dict[str, Callable[[], list[bytes]]] = {
    "unpack": _zips,
    "xml": _texts("<L><R a='1'>x<B>y</B>z</R><R><C/></R></L>", ofac.make_legacy()),
    "reader": _texts('1,"Foo ""B"" Quux",-0- \r\n2,x,y\r\n\x1a', "1,2,3\n"),
    "dates": _texts(*DATES),
    "us_ofac_remarks": _texts(*REMARKS),
    "evidence_tables": lambda: make_seeds("evidence"),
    "mapping": _texts(table_files.MAPPING, test_table.AGENTS),
    "guess": _texts(*test_map_guess.TABLES.values()),
    "table_forms": lambda: [bundle.join({f"companies.{name}": content})
                            for name, content in _forms()],
}  # fmt: skip


def _forms() -> list[tuple[str, bytes]]:
    record: dict[str, object] = test_table.RECORD
    return [
        ("jsonl", test_table.make_jsonl([record])),
        ("parquet", test_table.make_parquet([record])),
        ("zip", test_table.make_zip(companies=test_table.CSV)),
        ("csv", test_table.CSV),
    ]
