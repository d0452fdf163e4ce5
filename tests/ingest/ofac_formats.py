"""One invented list in each of OFAC's four formats, as the publisher writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.ingest.ofac_files import address, alias, party, write_list

ENHANCED_NS = (
    "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML"
)
ADVANCED_NS = (
    "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML"
)
OLD_NS = "http://www.un.org/sanctions/1.0"


@dataclass(frozen=True)
class Invented:
    """A party of the invented list."""

    uid: int
    kind: str
    last: str
    first: str = ""
    title: str = ""
    programs: tuple[str, ...] = ("SDGT",)
    aliases: tuple[tuple[str, str, bool], ...] = ()  # kind, name, weak
    places: tuple[tuple[str, str, str, str], ...] = ()  # street, city, postal code, country
    features: tuple[tuple[str, str], ...] = ()  # type as in the XML files, value
    documents: tuple[tuple[str, str, str, str, str], ...] = ()  # type, number, country, days
    vessel: dict[str, str] = field(default_factory=dict)
    linked: tuple[tuple[int, int], ...] = ()  # uid, relation type
    remark: str = ""

    @property
    def name(self) -> str:
        """As printed."""
        return f"{self.last}, {self.first}" if self.first else self.last


PARTIES = (
    Invented(
        101, "Individual", "QUUX", "Foo Bar", "Haji; General", ("FTO", "SDGT"),
        (("A.K.A.", "QUUX, Fu", False), ("A.K.A.", "FOOBAR", True)),
        (("62 Elm Row", "Beirut", "", "Lebanon"),),
        (("Birthdate", "circa 1944"), ("Birthdate", "21 Mar 1955"),
         ("Place of Birth", "Zzyzx, Lebanon"), ("Nationality Country", "Lebanon"),
         ("Gender", "Male"), ("Phone Number", "9611234567")),
        (("Passport", "A1234567", "Lebanon", "01 Mar 2010", "28 Feb 2020"),),
    ),
    Invented(
        102, "Entity", "ZORBAL TRADING S.A.L.",
        aliases=(("F.K.A.", "ZORBAL BROTHERS", False),),
        places=(("5 Quay Street, Suite 2", "Tripoli", "1300", "Lebanon"), ("", "", "", "Syria")),
        features=(("Website", "www.zorbal.example"), ("Digital Currency Address - XBT", "1Zorbal"),
                  ("Organization Established Date", "05 May 1999"),
                  ("Secondary sanctions risk:", "section 1(b) of an invented order"),
                  ("SWIFT/BIC", "DEUTDEFF")),
        documents=(("Tax ID No.", "776655", "Lebanon", "", ""),
                   ("Unified Social Credit Code (USCC)", "91310000MA1FL0AB1C", "China", "", "")),
        linked=((101, 15003),), remark="all offices worldwide",
    ),
    Invented(
        103, "Vessel", "SEA QUUX", programs=("NPWMD",),
        documents=(("Vessel Registration Identification", "IMO 7406784", "", "", ""),),
        features=(("MMSI", "677049700"), ("Vessel Year of Build", "1986")),
        vessel={"callSign": "5QUX", "vesselType": "Tug", "tonnage": "10,000",
                "grossRegisteredTonnage": "9,000", "vesselFlag": "Panama",
                "vesselOwner": "Zorbal Trading S.A.L."},
        linked=((102, 15003),),
    ),
    Invented(
        104, "Aircraft", "EP-QUX",
        features=(("Aircraft Model", "B747"), ("Aircraft Operator", "ZORBAL TRADING S.A.L."),
                  ("Aircraft Manufacturer's Serial Number (MSN)", "10123")),
    ),
    Invented(
        105, "Individual", "DRAX", "Mil",
        features=(("Birthdate", "1951 to 1953"), ("Birthdate", "Mar 1960"),
                  ("Birthdate", "01 Jan 1961 to 30 Nov 1962")),
        linked=((102, 91725),),
    ),
)  # fmt: skip
_REMARKS = {"Birthdate": "DOB", "Place of Birth": "POB", "Nationality Country": "nationality"}
_VESSEL = {"callSign": "Vessel Call Sign", "vesselType": "VESSEL TYPE", "tonnage": "Vessel Tonnage",
           "grossRegisteredTonnage": "Vessel Gross Registered Tonnage", "vesselFlag": "Vessel Flag",
           "vesselOwner": "Vessel Owner"}  # fmt: skip


def write_csv(folder: Path) -> Path:
    """The comma-separated quartet."""
    parties, aliases, addresses = [], [], []
    number = 1000
    for each in PARTIES:
        parts = [f"{_REMARKS.get(kind, kind)} {value}" for kind, value in each.features]
        for kind, value, country, issued, expires in each.documents:
            text = f"{kind} {value}" + (f" ({country})" if country else "")
            text += f" issued {issued}" if issued else ""
            parts.append(text + (f" expires {expires}" if expires else ""))
        parts += [f"a.k.a. '{name}'" for _, name, weak in each.aliases if weak]
        parts += [each.remark] if each.remark else []
        parts += [f"Linked To: {_name_of(uid)}" for uid, _ in each.linked]
        vessel = {
            key: each.vessel[name]
            for key, name in (("call_sign", "callSign"), ("type", "vesselType"),
                              ("tonnage", "tonnage"), ("grt", "grossRegisteredTonnage"),
                              ("flag", "vesselFlag"), ("owner", "vesselOwner"))
            if name in each.vessel
        }  # fmt: skip
        more = {"program": "] [".join(each.programs), **vessel}
        if each.title:
            more["title"] = each.title
        sort = None if each.kind == "Entity" else each.kind.lower()
        parties.append(party(each.uid, each.name, sort, "; ".join(parts) + "." if parts else None,
                             **more))  # fmt: skip
        for kind, name, weak in each.aliases:
            number += 1
            if not weak:
                aliases.append(alias(each.uid, number, kind.replace(".", "").lower(), name))
        for place, (street, city, code, country) in enumerate(each.places):
            addresses.append(
                address(each.uid, each.uid * 10 + place, street or None,
                        f"{city} {code}".strip() or None, country)
            )  # fmt: skip
    return write_list(folder, parties, aliases, addresses)


def _name_of(uid: int) -> str:
    return next(each.name for each in PARTIES if each.uid == uid)


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def make_legacy(extra: str = "", count: int | None = None) -> str:
    """sdn.xml."""
    entries = "".join(_legacy_entry(each) for each in PARTIES) + extra
    count = len(PARTIES) if count is None else count
    return (
        '<?xml version="1.0" standalone="yes"?>\n<sdnList xmlns="http://tempuri.org/sdnList.xsd">\n'
        "<publshInformation><Publish_Date>12/28/2023</Publish_Date>"
        f"<Record_Count>{count}</Record_Count></publshInformation>\n{entries}</sdnList>\n"
    )


def _legacy_entry(each: Invented) -> str:
    ids = "".join(
        f"<id><uid>{index}</uid>{_tag('idType', kind)}{_tag('idNumber', number)}"
        f"{_tag('idCountry', country)}{_tag('issueDate', issued)}{_tag('expirationDate', expires)}"
        "</id>"
        for index, (kind, number, country, issued, expires) in enumerate((
            *each.documents,
            *((kind, value, "", "", "") for kind, value in each.features if kind not in _REMARKS),
        ))
    )  # fmt: skip
    akas = ""
    for kind, name, weak in each.aliases:
        last, _, first = name.partition(", ")
        akas += (f"<aka><uid>1</uid><type>{kind.lower()}</type><category>"
                 f"{'weak' if weak else 'strong'}</category>{_tag('lastName', last)}"
                 f"{_tag('firstName', first)}</aka>")  # fmt: skip
    lists = ""
    for section, item, tag, label in (
        ("dateOfBirthList", "dateOfBirthItem", "dateOfBirth", "Birthdate"),
        ("placeOfBirthList", "placeOfBirthItem", "placeOfBirth", "Place of Birth"),
        ("nationalityList", "nationality", "country", "Nationality Country"),
    ):
        items = "".join(f"<{item}><uid>1</uid>{_tag(tag, value)}"
                        f"<mainEntry>true</mainEntry></{item}>"
                        for kind, value in each.features if kind == label)  # fmt: skip
        lists += f"<{section}>{items}</{section}>" if items else ""
    places = ""
    for place, (street, city, code, country) in enumerate(each.places):
        first, _, second = street.partition(", ")
        places += (f"<address><uid>{each.uid * 10 + place}</uid>{_tag('address1', first)}"
                   f"{_tag('address2', second)}{_tag('city', city)}{_tag('postalCode', code)}"
                   f"{_tag('country', country)}</address>")  # fmt: skip
    linked = "; ".join(f"Linked To: {_name_of(uid)}" for uid, _ in each.linked)
    remarks = "; ".join(part for part in (each.remark, f"({linked})" if linked else "") if part)
    vessel = "".join(_tag(name, text) for name, text in each.vessel.items())
    programs = "".join(_tag("program", code) for code in each.programs)
    return (
        f"<sdnEntry><uid>{each.uid}</uid>{_tag('firstName', each.first)}"
        f"{_tag('lastName', each.last)}{_tag('title', each.title)}{_tag('sdnType', each.kind)}"
        f"{_tag('remarks', remarks)}<programList>{programs}</programList><idList>{ids}</idList>"
        f"<akaList>{akas}</akaList><addressList>{places}</addressList>{lists}"
        + (f"<vesselInfo>{vessel}</vesselInfo>" if vessel else "")
        + "</sdnEntry>\n"
    )


def _features(each: Invented) -> list[tuple[str, str]]:
    vessel = [(_VESSEL[name], text) for name, text in each.vessel.items()]
    return [*each.features, *vessel]


def make_enhanced(extra: str = "", relations: str = "", member: str = "SDN List") -> str:
    """sdn_enhanced.xml; `extra` stands in the first entity, `relations` in its relationships."""
    entities = "".join(
        _enhanced_entity(each, extra if not index else "", relations if not index else "", member)
        for index, each in enumerate(PARTIES)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<sanctionsData xmlns="{ENHANCED_NS}">\n'
        "<publicationInfo><dataAsOf>2023-12-28T00:00:00</dataAsOf></publicationInfo>\n"
        '<referenceValues><referenceValue refId="1560"><type>RELIABILITY</type>'
        "<value>Confirmed</value></referenceValue></referenceValues>\n"
        f"<entities>\n{entities}</entities>\n</sanctionsData>\n"
    )


def _enhanced_entity(each: Invented, extra: str, relations: str, member: str) -> str:
    names = _enhanced_name(each.name, each, "", "false", primary=True)
    for kind, name, weak in each.aliases:
        names += _enhanced_name(name, each, kind, str(weak).lower(), primary=False)
    places = ""
    for place, (street, city, code, country) in enumerate(each.places):
        first, _, second = street.partition(", ")
        parts = "".join(
            f'<addressPart id="1"><type refId="1">{kind}</type><value>{escape(text)}</value>'
            "</addressPart>"
            for kind, text in (("ADDRESS1", first), ("ADDRESS2", second), ("CITY", city),
                               ("POSTAL CODE", code)) if text
        )  # fmt: skip
        places += (
            f'<address id="{each.uid * 10 + place}"><country refId="1">{country}</country>'
            '<translations><translation id="1"><isPrimary>true</isPrimary>'
            f'<script refId="215">Latin</script><addressParts>{parts}</addressParts>'
            "</translation></translations></address>"
        )
    features = "".join(
        f'<feature id="1"><type featureTypeId="1">{escape(kind)}</type><versionId>1</versionId>'
        f"<value>{escape(value)}</value><isPrimary>true</isPrimary></feature>"
        for kind, value in _features(each)
    )
    documents = "".join(
        f'<identityDocument id="1"><type refId="1">{kind}</type><name nameId="1">x</name>'
        f"{_tag('documentNumber', number)}<isValid>true</isValid>{_tag('issuingCountry', country)}"
        f"{_tag('issueDate', issued)}{_tag('expirationDate', expires)}</identityDocument>"
        for kind, number, country, issued, expires in each.documents
    )
    ties = relations + "".join(
        f'<relationship id="{each.uid}{uid}"><type refId="{kind}">Type {kind}</type>'
        f'<relatedEntity entityId="{uid}">{escape(_name_of(uid))}</relatedEntity></relationship>'
        for uid, kind in each.linked
    )
    programs = "".join(f'<sanctionsProgram refId="1" id="1">{code}</sanctionsProgram>'
                       for code in each.programs)  # fmt: skip
    return (
        f'<entity id="{each.uid}"><generalInfo><identityId>1</identityId>'
        f'<entityType refId="600">{each.kind}</entityType>{_tag("title", each.title)}'
        f"{_tag('remarks', each.remark)}</generalInfo><sanctionsLists>"
        f'<sanctionsList refId="1550" id="{each.uid}9" datePublished="2010-12-09">{member}'
        f"</sanctionsList></sanctionsLists><sanctionsPrograms>{programs}</sanctionsPrograms>"
        f"<names>{names}</names><addresses>{places}</addresses><features>{features}</features>"
        f"<identityDocuments>{documents}</identityDocuments>"
        f"<relationships>{ties}</relationships>{extra}</entity>\n"
    )


def _enhanced_name(name: str, each: Invented, kind: str, weak: str, *, primary: bool) -> str:
    parts = ""
    if primary and each.first:
        parts = (f'<namePart id="1"><type refId="1520">Last Name</type><value>{each.last}</value>'
                 '</namePart><namePart id="2"><type refId="1521">First Name</type>'
                 f"<value>{each.first}</value></namePart>")  # fmt: skip
    return (
        f'<name id="1"><isPrimary>{str(primary).lower()}</isPrimary>'
        + (f'<aliasType refId="1400">{kind}</aliasType>' if kind else "")
        + f'<isLowQuality>{weak}</isLowQuality><translations><translation id="1">'
        '<isPrimary>true</isPrimary><script refId="215">Latin</script>'
        f"<formattedFullName>{escape(name)}</formattedFullName><nameParts>{parts}</nameParts>"
        "</translation></translations></name>"
    )


_KINDS = {"Individual": "4", "Entity": "3", "Vessel": "1", "Aircraft": "2"}
_RELATIONS = {15003: "Owned or Controlled By", 91725: "Leader or official of"}
_PERIODS = {
    "circa 1944": ("1944-1-1", "1944-1-1", "1944-12-31", "1944-12-31"),
    "21 Mar 1955": ("1955-3-21",) * 4,
    "1951 to 1953": ("1951-1-1", "1951-12-31", "1953-1-1", "1953-12-31"),
    "Mar 1960": ("1960-3-1", "1960-3-1", "1960-3-31", "1960-3-31"),
    "01 Jan 1961 to 30 Nov 1962": ("1961-1-1", "1961-1-1", "1962-11-30", "1962-11-30"),
    "05 May 1999": ("1999-5-5",) * 4,
    "01 Mar 2010": ("2010-3-1",) * 4,
    "28 Feb 2020": ("2020-2-28",) * 4,
}


def make_advanced(
    namespace: str = ADVANCED_NS, *, extra: str = "", entries: str = "", attribute: str = "",
    relation: str = "", party_attribute: str = "",
) -> str:  # fmt: skip
    """sdn_advanced.xml; `extra` stands in the first profile, `attribute` in its alias."""
    kinds = sorted({kind for each in PARTIES for kind, _ in _features(each)}
                   | {"Location", "Title"})  # fmt: skip
    features = {kind: str(number) for number, kind in enumerate(kinds, start=1)}
    papers = sorted({each[0] for party in PARTIES for each in party.documents})
    types = {kind: str(number) for number, kind in enumerate(papers, start=1)}
    places = [(f"{each.uid * 10 + index}", place) for each in PARTIES
              for index, place in enumerate(each.places)]  # fmt: skip
    countries = {"Lebanon": "1", "Syria": "2", "China": "3"}
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Sanctions xmlns="{namespace}" Version="1">\n'
        '<DateOfIssue CalendarTypeID="1"><Year>2023</Year><Month>12</Month><Day>28</Day>'
        "</DateOfIssue>\n"
        + _advanced_tables(features, types, countries)
        + "<Locations>\n"
        + "".join(_advanced_place(number, place, countries) for number, place in places)
        + '<Location ID="1"><LocationPart LocPartTypeID="1"><LocationPartValue Primary="true">'
        "<Value>Lebanon</Value></LocationPartValue></LocationPart></Location>\n</Locations>\n"
        + "<IDRegDocuments>\n"
        + "".join(_advanced_document(each, paper, types, countries)
                  for each in PARTIES for paper in each.documents)
        + "</IDRegDocuments>\n<DistinctParties>\n"
        + "".join(
            _advanced_party(each, features, extra if not index else "",
                            attribute if not index else "", party_attribute if not index else "")
            for index, each in enumerate(PARTIES)
        )
        + "</DistinctParties>\n<ProfileRelationships>\n"
        + "".join(
            f'<ProfileRelationship ID="{each.uid}{uid}" From-ProfileID="{each.uid}" '
            f'To-ProfileID="{uid}" RelationTypeID="{kind}" RelationQualityID="1" Former="false" '
            'SanctionsEntryID="1"><Comment /></ProfileRelationship>\n'
            for each in PARTIES for uid, kind in each.linked
        )
        + relation
        + "</ProfileRelationships>\n<SanctionsEntries>\n"
        + "".join(_advanced_entry(each) for each in PARTIES)
        + entries
        + "</SanctionsEntries>\n</Sanctions>\n"
    )  # fmt: skip


def _advanced_tables(
    features: dict[str, str], types: dict[str, str], countries: dict[str, str]
) -> str:
    tables: dict[str, dict[str, str]] = {
        "AliasType": {"1400": "A.K.A.", "1401": "F.K.A.", "1403": "Name"},
        "Country": {number: name for name, number in countries.items()},
        "DetailReference": {"91526": "Male"}, "DocNameStatus": {"1": "Primary Latin"},
        "EntryEventType": {"1": "Created"}, "IDRegDocDateType": {"1480": "Issue Date",
                                                                 "1481": "Expiration Date"},
        "FeatureType": {number: kind for kind, number in features.items()},
        "IDRegDocType": {number: kind for kind, number in types.items()},
        "LegalBasis": {"1": "Invented Order"}, "List": {"1550": "SDN List", "7": "Other List"},
        "LocPartType": {"1": "Unknown", "1451": "ADDRESS1", "1452": "ADDRESS2", "1454": "CITY",
                        "1456": "POSTAL CODE"},
        "NamePartType": {"1520": "Last Name", "1521": "First Name", "1525": "Entity Name"},
        "PartyType": {"1": "Individual", "2": "Entity", "4": "Transport"},
        "RelationQuality": {"1": "None", "2": "High"},
        "RelationType": {str(number): words for number, words in _RELATIONS.items()},
        "Reliability": {"1": "Unknown"}, "SanctionsType": {"1": "Program", "1705": "Block"},
        "Script": {"215": "Latin", "160": "Arabic", "413": "Japanese"}, "Validity": {"1": "Valid"},
    }  # fmt: skip
    text = ""
    for table, values in tables.items():
        lines = "".join(f'<{table} ID="{number}">{escape(words)}</{table}>\n'
                        for number, words in values.items())  # fmt: skip
        text += f"<{table}Values>\n{lines}</{table}Values>\n"
    subtypes = (("1", "4", "Vessel"), ("2", "4", "Aircraft"), ("3", "2", "Unknown"),
                ("4", "1", "Unknown"))  # fmt: skip
    lines = "".join(f'<PartySubType ID="{number}" PartyTypeID="{kind}">{words}</PartySubType>'
                    for number, kind, words in subtypes)  # fmt: skip
    return (f"<ReferenceValueSets>\n{text}<PartySubTypeValues>{lines}</PartySubTypeValues>\n"
            "</ReferenceValueSets>\n")  # fmt: skip


def _advanced_place(
    number: str, place: tuple[str, str, str, str], countries: dict[str, str]
) -> str:
    street, city, code, country = place
    first, _, second = street.partition(", ")
    parts = "".join(
        f'<LocationPart LocPartTypeID="{kind}"><LocationPartValue Primary="true" '
        f'LocPartValueTypeID="1" LocPartValueStatusID="1"><Comment /><Value>{escape(text)}</Value>'
        "</LocationPartValue></LocationPart>"
        for kind, text in (("1454", city), ("1452", second), ("1451", first), ("1456", code))
        if text
    )
    return (f'<Location ID="{number}"><LocationCountry CountryID="{countries[country]}" '
            f'CountryRelevanceID="1413" />{parts}<FeatureVersionReference FeatureVersionID="1" />'
            "</Location>\n")  # fmt: skip


def _advanced_document(
    each: Invented,
    paper: tuple[str, str, str, str, str],
    types: dict[str, str],
    countries: dict[str, str],
) -> str:
    kind, number, country, issued, expires = paper
    issuer = f'IssuedBy-CountryID="{countries[country]}" ' if country else ""
    dates = "".join(
        f'<DocumentDate IDRegDocDateTypeID="{date_type}">{_period(day)}</DocumentDate>'
        for date_type, day in (("1480", issued), ("1481", expires)) if day
    )  # fmt: skip
    return (
        f'<IDRegDocument ID="1" IDRegDocTypeID="{types[kind]}" IdentityID="{each.uid + 5000}" '
        f'{issuer}ValidityID="1"><Comment /><IDRegistrationNo>{number}</IDRegistrationNo>'
        f"<IssuingAuthority />{dates}"
        '<DocumentedNameReference DocumentedNameID="1" /></IDRegDocument>\n'
    )


def _period(text: str) -> str:
    def day(iso: str, tag: str) -> str:
        year, month, number = iso.split("-")
        return f"<{tag}><Year>{year}</Year><Month>{month}</Month><Day>{number}</Day></{tag}>"

    begin, begin_last, end, end_last = _PERIODS[text]
    approximate = str(text.startswith("circa")).lower()
    fixed = 'YearFixed="false" MonthFixed="false" DayFixed="false"'
    return (
        f'<DatePeriod CalendarTypeID="1" {fixed}><Start Approximate="{approximate}" {fixed}>'
        f'{day(begin, "From")}{day(begin_last, "To")}</Start><End Approximate="{approximate}" '
        f"{fixed}>{day(end, 'From')}{day(end_last, 'To')}</End></DatePeriod>"
    )


def _advanced_party(
    each: Invented, features: dict[str, str], extra: str, attribute: str, party_attribute: str
) -> str:
    names = _advanced_alias(each, each.name, "1403", weak=False, primary=True, attribute=attribute)
    for kind, name, weak in each.aliases:
        number = "1401" if kind == "F.K.A." else "1400"
        names += _advanced_alias(each, name, number, weak=weak, primary=False)
    groups = "".join(f'<NamePartGroup ID="{number}" NamePartTypeID="{kind}" />'
                     for number, kind in (("1", "1520"), ("2", "1521"), ("3", "1525")))  # fmt: skip
    text = "".join(_advanced_feature(features[kind], kind, value)
                   for kind, value in _features(each))  # fmt: skip
    if each.title:
        text += _advanced_feature(features["Title"], "Title", each.title)
    for index in range(len(each.places)):
        location = f'<VersionLocation LocationID="{each.uid * 10 + index}" />'
        text += _feature(features["Location"], location)
    return (
        f'<DistinctParty FixedRef="{each.uid}" {party_attribute}><Comment>{escape(each.remark)}'
        f'</Comment><Profile ID="{each.uid}" PartySubTypeID="{_KINDS[each.kind]}"><Identity '
        f'ID="{each.uid + 5000}" FixedRef="{each.uid}" Primary="true" False="false">{names}'
        f"<NamePartGroups><MasterNamePartGroup>{groups}</MasterNamePartGroup></NamePartGroups>"
        f"</Identity>{text}"
        + f'<SanctionsEntryReference SanctionsEntryID="1" />{extra}</Profile></DistinctParty>\n'
    )


def _advanced_alias(
    each: Invented, name: str, kind: str, *, weak: bool, primary: bool, attribute: str = ""
) -> str:
    last, _, first = name.partition(", ")
    parts = [("1", last), ("2", first)] if first else [("3", last)]
    values = "".join(
        f'<DocumentedNamePart><NamePartValue NamePartGroupID="{group}" ScriptID="215" '
        f'ScriptStatusID="1" Acronym="false">{escape(text)}</NamePartValue></DocumentedNamePart>'
        for group, text in parts
    )
    return (
        f'<Alias FixedRef="{each.uid}" AliasTypeID="{kind}" Primary="{str(primary).lower()}" '
        f'LowQuality="{str(weak).lower()}" {attribute}><DocumentedName ID="1" '
        f'FixedRef="{each.uid}" DocNameStatusID="1">{values}</DocumentedName></Alias>'
    )


def _advanced_feature(number: str, kind: str, value: str) -> str:
    if value in _PERIODS:
        return _feature(number, _period(value) + '<VersionDetail DetailTypeID="1430" />')
    if kind == "Nationality Country":
        return _feature(number, '<VersionLocation LocationID="1" />')
    if kind == "Gender":
        detail = '<VersionDetail DetailTypeID="1431" DetailReferenceID="91526" />'
        return _feature(number, detail)
    return _feature(number, f'<VersionDetail DetailTypeID="1432">{escape(value)}</VersionDetail>')


def _feature(number: str, content: str) -> str:
    return (
        f'<Feature ID="1" FeatureTypeID="{number}"><FeatureVersion ID="1" ReliabilityID="1">'
        f"<Comment />{content}</FeatureVersion>"
        '<IdentityReference IdentityID="1" IdentityFeatureLinkTypeID="1" /></Feature>'
    )


def _advanced_entry(each: Invented) -> str:
    programs = "".join(
        f'<SanctionsMeasure ID="1" SanctionsTypeID="1"><Comment>{code}</Comment>'
        '<DatePeriod CalendarTypeID="1" /></SanctionsMeasure>'
        for code in each.programs
    )
    return (
        f'<SanctionsEntry ID="{each.uid}9" ProfileID="{each.uid}" ListID="1550">'
        '<LimitationsToListing /><EntryEvent ID="1" EntryEventTypeID="1" LegalBasisID="1">'
        '<Comment /><Date CalendarTypeID="1"><Year>2010</Year><Month>12</Month><Day>9</Day></Date>'
        f'</EntryEvent><SanctionsMeasure ID="1" SanctionsTypeID="1705" />{programs}'
        "</SanctionsEntry>\n"
    )
