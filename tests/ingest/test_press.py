"""Proposals from releases: what a sentence states, and what it must not be made to state.

All parties are invented. Real releases are read only to see that nothing crashes, that every
quotation is in its release, and that the held-out ones stay unread: `press_heldout.txt` names those
on which another person measures (`press_labels.md`).
"""

from __future__ import annotations

import tarfile
import time
from pathlib import Path

import pytest

from ingest.archive import Archive
from ingest.captures import Captures
from ingest.press.designations import find_designated
from ingest.press.grammar import find_relations
from ingest.press.names import Names
from ingest.press.proposals import COLUMNS, propose
from ingest.press.release import Release, read_release, split_sentences
from ingest.press.sentence import mask
from ingest.verify import Verifier
from tests.data import PROJECT, require_data

HELDOUT = PROJECT / "tests" / "ingest" / "press_heldout.txt"
Tuples = set[tuple[str, str, str]]


def read(*sentences: str, bold: tuple[str, ...] = ()) -> tuple[Tuples, list[str]]:
    """(subject, class, object) of all sentences, and who is designated."""
    release = Release("zz.md", "https://example.org/zz", "Zz", "2020-01-02", sentences, bold)
    names = Names(release)
    found: Tuples = set()
    designated: list[str] = []
    for sentence in sentences:
        masked = mask(sentence, names.find(sentence))
        designated += [masked.mentions[each].name for each in find_designated(masked)]
        for each in find_relations(masked):
            ends = masked.mentions[each.subject].name, masked.mentions[each.object].name
            found.add((ends[0], each.role.name, ends[1]))
    return found, designated


ZED, OMAR, FIRM = "Ali Zed", "Omar Zed", "Quux Trading LLC"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Ali Zed owns Quux Trading LLC.", {(ZED, "owner", FIRM)}),
        ("Quux Trading LLC is owned by Ali Zed.", {(ZED, "owner", FIRM)}),
        ("Ali Zed is the sole owner of Lebanon-based company Quux Trading LLC.",
         {(ZED, "owner", FIRM)}),
        ("Ali Zed is the CEO and owner of Quux Trading LLC, and has paid it.",
         {(ZED, "owner", FIRM), (ZED, "leads", FIRM)}),
        ("Since at least March 2006, Ali Zed owned 50 percent of Quux Trading LLC, in Port Quux.",
         {(ZED, "owner", FIRM)}),
        ("Quux Trading LLC is owned or controlled by Ali Zed.", {(ZED, "controller", FIRM)}),
        ("Quux Trading LLC is a wholly owned subsidiary of Quux Holding SAL.",
         {("Quux Holding SAL", "parent", FIRM)}),
        ("Quux Trading LLC, which is owned and managed by Ali Zed, has sold fuel.",
         {(ZED, "owner", FIRM), (ZED, "leads", FIRM)}),
        ("Ali Zed and Omar Zed are the co-owners of Quux Trading LLC.",
         {(ZED, "owner", FIRM), (OMAR, "owner", FIRM)}),
        ("Ali Zed manages Quux Trading LLC and Corge Exchange.",
         {(ZED, "leads", FIRM), (ZED, "leads", "Corge Exchange")}),
        ("Ali Zed, the general manager of Quux Trading LLC, has paid Grault.",
         {(ZED, "leads", FIRM)}),
        ("Ali Zed is the brother of U.S.-designated Grault commander Omar Zed.",
         {(ZED, "family", OMAR)}),
        ("Omar Zed's brother, Ali Zed, has paid for it.", {(ZED, "family", OMAR)}),
        ("Dubai-based Quux Trading LLC serves as a general sales agent of Waldo Air.",
         {(FIRM, "agent", "Waldo Air")}),
        ("Quux Trading LLC is Waldo Air's ticketing GSA in Dubai.", {(FIRM, "agent", "Waldo Air")}),
        ("Ali Zed is a business partner of Omar Zed and pays on his behalf.",
         {(ZED, "associate", OMAR)}),
        ("Ali Zed worked with Omar Zed to sell fuel.", {(ZED, "associate", OMAR)}),
        ("Ali Zed acts for or on behalf of Grault.", {(ZED, "acts for", "Grault")}),
        ("Ali Zed provided financial support to Grault.", {(ZED, "supports", "Grault")}),
        ("Ali Zed is a senior Grault official who is in charge of it.",
         {(ZED, "leads", "Grault")}),
        ("Ali Zed is a member of Grault.", {(ZED, "member", "Grault")}),
        ("Ali Zed is the Chief Executive, Director, and 50% owner of Quux Trading LLC.",
         {(ZED, "leads", FIRM), (ZED, "owner", FIRM)}),
        ("Ali Zed is the Commander of the Grault and Omar Zed is a senior Grault official.",
         {(ZED, "leads", "Grault")}),
        ("Ali Zed founded Quux Trading LLC in 1991.", {(ZED, "founder", FIRM)}),
        ("Ali Zed is being designated pursuant to E.O. 13224, as amended, for having materially "
         "assisted, sponsored, or provided financial, material, or technological support for, or "
         "goods or services to or in support of, Grault.", {(ZED, "supports", "Grault")}),
        ("Quux Trading LLC and Corge Exchange are being designated pursuant to E.O. 13224, as "
         "amended, for being owned, controlled, or directed by, directly or indirectly, Ali Zed.",
         {(ZED, "controller", FIRM), (ZED, "controller", "Corge Exchange")}),
        ("OFAC designated Ali Zed for acting for or on behalf of Grault.",
         {(ZED, "acts for", "Grault")}),
        ("OFAC is designating Corge Exchange for being owned or controlled by Omar Zed, and for "
         "providing material support to Grault, and Armenia-based Quux Trading LLC for acting for "
         "or on behalf of Waldo Air.",
         {(OMAR, "controller", "Corge Exchange"), ("Corge Exchange", "supports", "Grault")}),
        ("Ali Zed, a senior Grault commander, has met people and has provided weapons to Waldo.",
         {(ZED, "leads", "Grault"), (ZED, "supports", "Waldo")}),
        ("Two senior Grault leaders, Ali Zed and Omar Zed, met.",
         {(ZED, "leads", "Grault"), (OMAR, "leads", "Grault")}),
        ("Grault and its leader, Ali Zed, have met.", {(ZED, "leads", "Grault")}),
        ("Ali Zed sold the tanker GARPLY, which is owned by Quux Trading LLC.",
         {(FIRM, "owner", "GARPLY")}),
        ("Ali Zed bought aircraft parts at the behest of Waldo Air.",
         {(ZED, "acts for", "Waldo Air")}),
        ("Ali Zed worked with Omar Zed to transfer millions of dollars to Grault.",
         {(ZED, "associate", OMAR), (ZED, "supports", "Grault")}),
        ("Ali Zed is the head of the Grault media department.", {(ZED, "leads", "Grault")}),
    ],
)  # fmt: skip
def test_a_stated_relation_is_proposed(sentence: str, expected: Tuples) -> None:
    assert read(sentence)[0] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Quux Trading LLC is not owned by Ali Zed.",
        "Ali Zed denied that he is the owner of Quux Trading LLC.",
        "Ali Zed allegedly owns Quux Trading LLC.",
        "Ali Zed attempted to acquire Quux Trading LLC, whose owner is unknown.",
        "The brother of Ali Zed is known to Grault financiers.",  # no second name as an end
        "Grault financier Ali Zed met Omar Zed in Beirut.",  # a noun before a name states nothing
        "Ali Zed is the owner of a company that supplies Quux Trading LLC.",
        "Ali Zed met the owner of Quux Trading LLC.",
        "He is the owner of Quux Trading LLC.",
        "Payments were sent through Quux Trading LLC, located in Beirut, Lebanon.",
        "Ali Zed was arrested by members of Grault.",
        "Ali Zed is the director of the Office of Foreign Assets Control.",
        "Ali Zed is the leader of Lebanon.",
        "Ali Zed and Omar Zed are the respective owners of Quux Trading LLC and Corge Exchange.",
        "Ali Zed provided support to Grault fighters.",
        "Ali Zed reportedly provided financial support to Grault.",
        "Ali Zed met Omar Zed, who has said that others provided weapons to Grault.",
        "Ali Zed served as a middle-man between Grault and Waldo Air and worked with it.",
    ],
)
def test_what_is_not_stated_between_two_names_is_not_proposed(sentence: str) -> None:
    assert read(sentence)[0] == set()


def test_designees_of_the_day_are_told_from_those_of_another() -> None:
    assert read("Today, OFAC designated Ali Zed and Quux Trading LLC pursuant to E.O. 13224.")[
        1
    ] == [ZED, FIRM]
    assert read("Ali Zed is being designated pursuant to E.O. 13224, as amended.")[1] == [ZED]
    assert read("OFAC previously designated Ali Zed on May 15, 2018.")[1] == []
    assert read("Grault was designated in 1997 by the Department of State.")[1] == []
    assert read("Ali Zed may be designated today.")[1] == []
    assert read("OFAC took action today by designating Ali Zed and Quux Trading LLC.")[1] == [
        ZED,
        FIRM,
    ]
    assert read("Treasury at that time also designated Ali Zed.")[1] == []


def test_a_short_name_stands_for_the_full_one_that_the_release_gives() -> None:
    found, _ = read(
        "Kamal Garply (Garply) met the Corge Committee of Fred (CCF) in Beirut.",
        "Garply is a member of the CCF.",
    )
    assert found == {("Kamal Garply", "member", "Corge Committee of Fred")}


def test_a_last_name_of_two_people_stands_for_neither() -> None:
    found, _ = read("Ali Zed and Omar Zed met.", "Zed owns Quux Trading LLC.")
    assert found == {("Zed", "owner", FIRM)}


def test_names_hold_together(tmp_path: Path) -> None:
    sentence = (
        "OFAC today designated Abbot Trading Co., Ltd., the Martyrs Brigade of Quux, Dar Al Zed "
        "for Travel & Tourism, and Waldo Import and Export Co. for it."
    )
    names = Names(Release("z", "", "", "", (sentence,), ()))
    assert [mention.text for mention in names.find(sentence)] == [
        "Abbot Trading Co., Ltd",
        "Martyrs Brigade of Quux",
        "Dar Al Zed for Travel & Tourism",
        "Waldo Import and Export Co",
    ]


def test_sentences_end_where_a_reader_ends_them() -> None:
    text = "Mr. A. Zed of Quux Co. pays $1 million.Omar Zed pays U.S. firms. E.O. 13224 applies."
    assert split_sentences(text) == [
        "Mr. A. Zed of Quux Co. pays $1 million.",
        "Omar Zed pays U.S. firms.",
        "E.O. 13224 applies.",
    ]


RELEASE = """---
title: Example Office Names a Network
date: 2020-01-02T08:00:00-05:00
url: /news/press-releases/zz0001
---
**WASHINGTON** – Today, OFAC designated **Ali Zed** (Zed) pursuant to E.O. 13224.

“Ali Zed is the owner of Waldo Air, and we shall act,” said Secretary Pat Example.

Since at least March 2006, Zed has owned **Quux Trading LLC**. Zed is the brother of Omar Zed.

The vessel GARPLY is owned by Quux Trading LLC.

### SANCTIONS IMPLICATIONS

Corge Exchange is owned by Ali Zed.
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    path = tmp_path / "zz0001.md"
    path.write_text(RELEASE, encoding="utf-8")
    return path


def test_a_proposal_is_an_evidence_row_with_its_sentence(release: Path) -> None:
    listed = {"Ali Zed": ["ofac-1"], "Omar Zed": ["ofac-2", "ofac-3"]}
    rows = propose(read_release(release), lambda name: listed.get(name, []))
    assert [(row["subject"], row["role_class"], row["object"]) for row in rows] == [
        ("Ali Zed", "designated", "SDN list, program SDGT (E.O. 13224)"),
        ("Ali Zed", "owner", "Quux Trading LLC"),
        ("Ali Zed", "family", "Omar Zed"),
        ("Quux Trading LLC", "owner", "GARPLY"),
    ]
    owner = rows[1]
    assert set(owner) == set(COLUMNS)
    assert (owner["subject_id"], owner["object_id"]) == ("ofac-1", "case:quux-trading-llc")
    assert (owner["relation_schema"], owner["start_date"]) == ("Ownership", "[..2006-03]")
    assert owner["quote"] == "Since at least March 2006, Zed has owned Quux Trading LLC."
    assert owner["source_url"] == "https://home.treasury.gov/news/press-releases/zz0001"
    assert (owner["asserted_on"], owner["decision"]) == ("2020-01-02", "")
    family = rows[2]
    assert family["object_id"] == "case:omar-zed"  # two bear the name: neither is chosen
    assert "ofac-2, ofac-3" in family["note"]
    assert rows[3]["object_schema"] == "Vessel"
    again = propose(read_release(release), lambda name: listed.get(name, []))
    assert again == rows


def test_every_quotation_is_short_and_in_its_release(release: Path, tmp_path: Path) -> None:
    captures = Captures(Archive(tmp_path / "archive"))
    captures.add(release)
    verifier = Verifier(captures)
    for row in propose(read_release(release), lambda _: []):
        assert len(row["quote"]) <= 300
        assert verifier.check(row["quote"], row["source_url"]).quotation == "verified"


def test_a_list_without_end_takes_no_time() -> None:
    names = ", ".join(f"Quux Number{chr(65 + at % 26)}{at} LLC" for at in range(40))
    started = time.process_time()
    read(f"{names}, and Corge Exchange were previously identified as owned by others.")
    read("Ali Zed " + "is the owner and manager, " * 40 + "of Quux Trading LLC.")
    assert time.process_time() - started < 2


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The real releases but for the held-out ones."""
    root = tmp_path_factory.mktemp("releases")
    folder = require_data("us_treasury_press")
    with tarfile.open(folder / "press_releases_13224_hizballah.tar.xz") as archive:
        archive.extractall(root, filter="data")
    held = HELDOUT.read_text("utf-8").split()
    assert len(held) == 40
    paths = {path.name: path for path in root.rglob("*.md")}
    assert set(held) <= paths.keys()
    return [path for name, path in sorted(paths.items()) if name not in held]


@pytest.mark.lists
def test_what_real_releases_propose_is_quoted_from_them(
    releases: list[Path], tmp_path: Path
) -> None:
    captures = Captures(Archive(tmp_path / "archive"))
    verifier = Verifier(captures)
    sample = releases[::12]
    rows = []
    for path in sample:
        captures.add(path)
        rows += propose(read_release(path), lambda _: [])
    assert len(rows) > 150
    assert {
        row["quote"]
        for row in rows
        if len(row["quote"]) > 300
        or verifier.check(row["quote"], row["source_url"]).quotation != "verified"
    } == set()


@pytest.mark.lists
def test_the_known_relations_of_the_tajideen_release_are_proposed() -> None:
    path = require_data("us_treasury_press", "md", "2010-12-09-tg997.md")
    found = {
        (row["subject"], row["role_class"], row["object"])
        for row in propose(read_release(path), lambda _: [])
    }
    assert found >= {
        ("Husayn Tajideen", "owner", "Tajco Ltd"),
        ("Ali Tajideen", "owner", "Tajco Sarl"),
        ("Kassim Tajideen", "owner", "Tajco Sarl"),
        ("Tajco Ltd", "parent", "Kairaba Supermarket"),
        ("Kassim Tajideen", "owner", "Congo Futur"),
        ("Kassim Tajideen", "owner", "Ovlas Trading"),
    }
    assert not {each for each in found if each[2] in ("The Gambia", "Lebanon", "Banjul")}
