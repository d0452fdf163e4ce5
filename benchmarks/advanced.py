"""A file in the form of OFAC's Advanced XML, of any size, with invented parties.

The real file (127 MB in 2026, 19,385 parties, 79,937 features) does not ship with the project. This
one has its sections in their order, its nesting and about its share of each element, so that time
and memory of reading it are those of the real one. The same seed gives the same bytes.

Run: `python -m benchmarks.advanced OUT.xml [PARTIES]`, then `--read OUT.xml` in a fresh process.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import peak_memory_mb
from graph.statements import DatasetVersion, StatementWriter
from ingest.source import IssueLog
from ingest.sources.us_ofac.advanced import OfacAdvancedSource

NAMESPACE = (
    "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"
)
PARTIES = 19_400  # as many as the list of 2026
SEED = 20_260_101
_SYLLABLES = ["zor", "bal", "quux", "fen", "drax", "mil", "tor", "vey", "nim", "pol", "gar", "sut"]
_COUNTRIES = (("11", "Neverland"), ("12", "Syria"), ("13", "Russia"), ("14", "Panama"))
_TABLES = {
    "AliasType": (("1400", "A.K.A."), ("1401", "F.K.A."), ("1403", "Name")),
    "DetailReference": (("91526", "Male"), ("91527", "Female")),
    "DetailType": (("1430", "DATE"), ("1431", "LOOKUP"), ("1432", "TEXT"), ("1433", "COUNTRY")),
    "DocNameStatus": (("1", "Primary Latin"), ("2", "Others")),
    "EntryEventType": (("1", "Created"),),
    "FeatureType": (("8", "Birthdate"), ("9", "Place of Birth"), ("10", "Nationality Country"),
                    ("25", "Location"), ("224", "Gender"), ("13", "Website"),
                    ("504", "Secondary sanctions risk:"), ("344", "Digital Currency Address - XBT"),
                    ("3", "Vessel Flag"), ("1", "Vessel Call Sign")),
    "IDRegDocDateType": (("1480", "Issue Date"), ("1481", "Expiration Date")),
    "IDRegDocType": (("1571", "Passport"), ("1596", "Tax ID No."),
                     ("1626", "Vessel Registration Identification")),
    "LegalBasis": (("1828", "Executive Order 13224 (Terrorism)"),),
    "List": (("1550", "SDN List"), ("91512", "Consolidated List")),
    "LocPartType": (("1", "Unknown"), ("1451", "ADDRESS1"), ("1454", "CITY"),
                    ("1456", "POSTAL CODE")),
    "NamePartType": (("1520", "Last Name"), ("1521", "First Name"), ("1525", "Entity Name"),
                     ("1526", "Vessel Name")),
    "PartyType": (("1", "Individual"), ("2", "Entity"), ("4", "Transport")),
    "RelationQuality": (("1", "None"), ("1540", "High")),
    "RelationType": (("15001", "Providing support to"), ("15002", "Acting for or on behalf of"),
                     ("15003", "Owned or Controlled By")),
    "Reliability": (("1", "Unknown"), ("1560", "Confirmed")),
    "SanctionsType": (("1", "Program"), ("1705", "Block")),
    "Script": (("160", "Arabic"), ("215", "Latin"), ("220", "Cyrillic")),
    "ScriptStatus": (("1", "Unknown"),),
    "Validity": (("1", "Valid"),),
}  # fmt: skip
_SUBTYPES = (("1", "4", "Vessel"), ("2", "4", "Aircraft"), ("3", "2", "Unknown"),
             ("4", "1", "Unknown"))  # fmt: skip


def iter_document(parties: int, seed: int = SEED, namespace: str = NAMESPACE) -> Iterator[str]:
    """The document in pieces, a record or a table each."""
    draw = random.Random(seed)
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<Sanctions xmlns="{namespace}" Version="1">\n'
    yield ('  <DateOfIssue CalendarTypeID="1">\n    <Year>2026</Year>\n    <Month>1</Month>\n'
           "    <Day>2</Day>\n  </DateOfIssue>\n")  # fmt: skip
    yield from _iter_tables()
    yield "  <Locations>\n"
    for number, (_, country) in enumerate(_COUNTRIES, start=1):
        yield _location(str(number), None, (("1", country),))
    for uid in range(1, parties + 1):
        parts = (("1451", f"{draw.randrange(1, 300)} {_word(draw)} Street"), ("1454", _word(draw)),
                 ("1456", str(draw.randrange(10_000, 99_999))))  # fmt: skip
        yield _location(str(100 + uid), draw.choice(_COUNTRIES)[0], parts)
    yield "  </Locations>\n  <IDRegDocuments>\n"
    for uid in range(1, parties + 1):
        yield _document(draw, uid)
    yield "  </IDRegDocuments>\n  <DistinctParties>\n"
    for uid in range(1, parties + 1):
        yield _party(draw, uid)
    yield "  </DistinctParties>\n  <ProfileRelationships>\n"
    for number in range(1, parties // 2):
        yield (f'    <ProfileRelationship ID="{number}" From-ProfileID="{number}" '
               f'To-ProfileID="{number * 2 + 1}" RelationTypeID="{draw.choice((15001, 15002))}" '
               'RelationQualityID="1" Former="false" SanctionsEntryID="1">\n      <Comment />\n'
               "    </ProfileRelationship>\n")  # fmt: skip
    yield "  </ProfileRelationships>\n  <SanctionsEntries>\n"
    for uid in range(1, parties + 1):
        yield _entry(draw, uid)
    yield "  </SanctionsEntries>\n  <SanctionsEntryLinks />\n</Sanctions>\n"


def _iter_tables() -> Iterator[str]:
    yield "  <ReferenceValueSets>\n"
    for table, values in _TABLES.items():
        lines = "".join(f'      <{table} ID="{number}">{words}</{table}>\n'
                        for number, words in values)  # fmt: skip
        yield f"    <{table}Values>\n{lines}    </{table}Values>\n"
    lines = "".join(f'      <Country ID="{number}">{name}</Country>\n'
                    for number, name in _COUNTRIES)  # fmt: skip
    yield f"    <CountryValues>\n{lines}    </CountryValues>\n"
    lines = "".join(f'      <PartySubType ID="{number}" PartyTypeID="{kind}">{words}'
                    "</PartySubType>\n" for number, kind, words in _SUBTYPES)  # fmt: skip
    yield f"    <PartySubTypeValues>\n{lines}    </PartySubTypeValues>\n"
    yield "  </ReferenceValueSets>\n"


def _word(draw: random.Random) -> str:
    return "".join(draw.choices(_SYLLABLES, k=3)).title()


def _location(number: str, country: str | None, parts: tuple[tuple[str, str], ...]) -> str:
    lines = [f'    <Location ID="{number}">']
    if country:
        lines.append(f'      <LocationCountry CountryID="{country}" CountryRelevanceID="1413" />')
    for kind, text in parts:
        lines += [
            f'      <LocationPart LocPartTypeID="{kind}">',
            '        <LocationPartValue Primary="true" LocPartValueTypeID="1" '
            'LocPartValueStatusID="1">',
            "          <Comment />", f"          <Value>{text}</Value>",
            "        </LocationPartValue>", "      </LocationPart>",
        ]  # fmt: skip
    lines += [f'      <FeatureVersionReference FeatureVersionID="{number}" />', "    </Location>"]
    return "\n".join(lines) + "\n"


def _document(draw: random.Random, uid: int) -> str:
    number = f"{draw.choice('ABCDE')}{draw.randrange(10**8)}"
    return (
        f'    <IDRegDocument ID="{uid}" IDRegDocTypeID="{draw.choice((1571, 1596))}" '
        f'IdentityID="{uid + 50_000}" IssuedBy-CountryID="{draw.choice(_COUNTRIES)[0]}" '
        'ValidityID="1">\n      <Comment />\n'
        f"      <IDRegistrationNo>{number}</IDRegistrationNo>\n      <IssuingAuthority />\n"
        f'      <DocumentDate IDRegDocDateTypeID="1480">\n{_period(draw, 8)}'
        f'      </DocumentDate>\n      <DocumentedNameReference DocumentedNameID="{uid}" />\n'
        "    </IDRegDocument>\n"
    )


def _period(draw: random.Random, indent: int) -> str:
    space = " " * indent
    year, month, day = draw.randrange(1940, 2000), draw.randrange(1, 13), draw.randrange(1, 29)
    fixed = 'YearFixed="false" MonthFixed="false" DayFixed="false"'
    lines = [f'{space}<DatePeriod CalendarTypeID="1" {fixed}>']
    for tag in ("Start", "End"):
        lines.append(f'{space}  <{tag} Approximate="false" {fixed}>')
        for bound in ("From", "To"):
            lines += [f"{space}    <{bound}>", f"{space}      <Year>{year}</Year>",
                      f"{space}      <Month>{month}</Month>", f"{space}      <Day>{day}</Day>",
                      f"{space}    </{bound}>"]  # fmt: skip
        lines.append(f"{space}  </{tag}>")
    return "\n".join([*lines, f"{space}</DatePeriod>"]) + "\n"


def _party(draw: random.Random, uid: int) -> str:
    person = uid % 2 == 0
    identity = uid + 50_000
    kinds = ("1520", "1521") if person else ("1525",)
    lines = [
        f'    <DistinctParty FixedRef="{uid}">', "      <Comment />",
        f'      <Profile ID="{uid}" PartySubTypeID="{4 if person else 3}">',
        f'        <Identity ID="{identity}" FixedRef="{uid}" Primary="true" False="false">',
    ]  # fmt: skip
    for place in range(draw.randrange(2, 5)):
        lines += _alias(draw, uid, place, kinds)
    lines += ["          <NamePartGroups>", "            <MasterNamePartGroup>"]
    for place in range(4):
        for kind in kinds:
            group = f"{uid}{place}{kind}"
            lines.append(f'              <NamePartGroup ID="{group}" NamePartTypeID="{kind}" />')
    lines += ["            </MasterNamePartGroup>", "          </NamePartGroups>",
              "        </Identity>"]  # fmt: skip
    text = "\n".join(lines) + "\n"
    text += _feature(uid, identity, 25, f'<VersionLocation LocationID="{100 + uid}" />')
    if person:
        place = draw.randrange(1, len(_COUNTRIES) + 1)
        text += _feature(
            uid, identity, 8, _period(draw, 12) + '<VersionDetail DetailTypeID="1430" />'
        )
        text += _feature(uid, identity, 9, _detail(f"{_word(draw)}, Panama"))
        text += _feature(uid, identity, 10, f'<VersionLocation LocationID="{place}" />')
        gender = '<VersionDetail DetailTypeID="1431" DetailReferenceID="91526" />'
        text += _feature(uid, identity, 224, gender)
    else:
        text += _feature(uid, identity, 13, _detail(f"www.{_word(draw).lower()}{uid}.example"))
        text += _feature(uid, identity, 344, _detail(f"1{draw.getrandbits(128):032x}"))
    risk = "section 1(b) of an invented order, as amended by another"
    text += _feature(uid, identity, 504, _detail(risk))
    return text + "      </Profile>\n    </DistinctParty>\n"


def _alias(draw: random.Random, uid: int, place: int, kinds: tuple[str, ...]) -> list[str]:
    primary = "true" if place == 0 else "false"
    weak = "true" if place == 2 else "false"
    kind = 1403 if place == 0 else 1400
    lines = [
        f'          <Alias FixedRef="{uid}" AliasTypeID="{kind}" Primary="{primary}" '
        f'LowQuality="{weak}">',
        f'            <DocumentedName ID="{uid}{place}" FixedRef="{uid}" DocNameStatusID="1">',
    ]
    for part in kinds:
        lines += [
            "              <DocumentedNamePart>",
            f'                <NamePartValue NamePartGroupID="{uid}{place}{part}" ScriptID="215" '
            f'ScriptStatusID="1" Acronym="false">{_word(draw)} {_word(draw)}</NamePartValue>',
            "              </DocumentedNamePart>",
        ]
    return [*lines, "            </DocumentedName>", "          </Alias>"]


def _detail(text: str) -> str:
    return f'<VersionDetail DetailTypeID="1432">{text}</VersionDetail>'


def _feature(uid: int, identity: int, kind: int, content: str) -> str:
    return (
        f'        <Feature ID="{uid}{kind}" FeatureTypeID="{kind}">\n'
        f'          <FeatureVersion ID="{uid}{kind}" ReliabilityID="1">\n'
        f"            <Comment />\n            {content}\n          </FeatureVersion>\n"
        f'          <IdentityReference IdentityID="{identity}" IdentityFeatureLinkTypeID="1" />\n'
        "        </Feature>\n"
    )


def _entry(draw: random.Random, uid: int) -> str:
    return (
        f'    <SanctionsEntry ID="{uid}" ProfileID="{uid}" ListID="1550">\n'
        "      <LimitationsToListing />\n"
        f'      <EntryEvent ID="{uid}" EntryEventTypeID="1" LegalBasisID="1828">\n'
        '        <Comment />\n        <Date CalendarTypeID="1">\n'
        f"          <Year>{draw.randrange(1995, 2026)}</Year>\n"
        f"          <Month>{draw.randrange(1, 13)}</Month>\n"
        f"          <Day>{draw.randrange(1, 29)}</Day>\n        </Date>\n      </EntryEvent>\n"
        f'      <SanctionsMeasure ID="{uid}" SanctionsTypeID="1705">\n        <Comment />\n'
        '        <DatePeriod CalendarTypeID="1" />\n      </SanctionsMeasure>\n'
        f'      <SanctionsMeasure ID="{uid}1" SanctionsTypeID="1">\n'
        "        <Comment>SDGT</Comment>\n"
        '        <DatePeriod CalendarTypeID="1" />\n      </SanctionsMeasure>\n'
        "    </SanctionsEntry>\n"
    )


def write_document(path: Path, parties: int = PARTIES, seed: int = SEED) -> int:
    """Write the document; its size in bytes."""
    with path.open("w", encoding="utf-8") as stream:
        for piece in iter_document(parties, seed):
            stream.write(piece)
    return path.stat().st_size


def measure(path: Path) -> dict[str, float]:
    """Read and write out a document: seconds, and the peak memory of this process in MB."""
    source = OfacAdvancedSource("us_ofac_sdn")
    version = DatasetVersion(source.dataset, "bench", "2026-01-02", "2026-01-02T00:00:00+00:00", {})
    start = time.perf_counter()
    writer, issues = StatementWriter(version), IssueLog()
    source.parse({source.name: path}, writer, issues)
    with tempfile.TemporaryDirectory() as folder:
        writer.write(Path(folder))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_mb": peak_memory_mb(), "issues": len(issues.issues)}


def main(arguments: list[str]) -> None:
    """See the module."""
    if arguments[0] == "--read":
        figures = measure(Path(arguments[1]))
        print(" ".join(f"{name}={value:.1f}" for name, value in figures.items()))
    else:
        parties = int(arguments[1]) if len(arguments) > 1 else PARTIES
        print(write_document(Path(arguments[0]), parties), "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
