"""The reader of OFAC's files, on small invented lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import AssertionFailed, ParseError
from ingest.sources.us_ofac.csv import OfacSource
from tests.ingest.ofac_files import address, alias, content, parse, party, write_list

PERSON = party(1, "QUUX, Foo Bar", "individual", "DOB circa 1944; POB Zzyzx, Lebanon.",
               program="FTO] [SDGT] [SYRIA", title="Haji; General")  # fmt: skip


def test_a_person_gets_names_titles_dates_and_a_listing(tmp_path: Path) -> None:
    parsed = parse(write_list(tmp_path, [PERSON]), tmp_path / "out")
    assert parsed.values("ofac-1", "name") == ["QUUX, Foo Bar"]
    assert parsed.values("ofac-1", "lastName") == ["QUUX"]
    assert parsed.values("ofac-1", "firstName") == ["Foo Bar"]
    assert parsed.values("ofac-1", "title") == ["General", "Haji"]
    assert parsed.values("ofac-1", "topics") == ["sanction"]
    assert parsed.values("ofac-1", "birthCountry") == ["lb"]
    assert parsed.values("ofac-1-sdn", "programId") == ["FTO", "SDGT", "SYRIA"]
    assert parsed.values("ofac-1-sdn", "entity") == ["ofac-1"]
    assert parsed.values("ofac-1-sdn", "listingDate") == []
    (birth,) = parsed.rows("ofac-1", "birthDate")
    assert (birth["value"], birth["original_value"]) == ("1944", "circa 1944")
    assert parsed.codes() == []
    assert parsed.rejected == []


@pytest.mark.parametrize("name", ["QUUX, Foo, Jr.", "QUUX, Jr.", "QUUX"])
def test_doubtful_parts_of_a_name_are_not_stated(tmp_path: Path, name: str) -> None:
    parsed = parse(write_list(tmp_path, [party(1, name, "individual")]), tmp_path / "out")
    assert parsed.values("ofac-1", "name") == [name]
    assert parsed.values("ofac-1", "lastName") == []


def test_every_value_says_where_it_stands(tmp_path: Path) -> None:
    parties = [party(7, "NEVERLAND TRADING"), PERSON]
    parsed = parse(
        write_list(tmp_path, parties, [alias(1, 5, "aka", "FOO")], [address(1, 9, city="X")]),
        tmp_path / "out",
    )
    assert {row["locator"] for row in parsed.rows("ofac-1", "name")} == {"sdn.csv:2"}
    assert {row["locator"] for row in parsed.rows("ofac-1", "alias")} == {"alt.csv:1"}
    assert {row["locator"] for row in parsed.rows("ofac-addr-9", "full")} == {"add.csv:1"}
    for row in parsed.statements:
        assert row["sha256"] == "ab" * 32
        assert row["record_id"]
        assert (row["retrieved_at"], row["last_seen"]) == ("2024-01-02T03:04:05+00:00",
                                                           "2023-12-28")  # fmt: skip


def test_aliases_go_to_the_property_of_their_type(tmp_path: Path) -> None:
    aliases = [
        alias(1, 1, "aka", "A ONE"),
        alias(1, 2, "fka", "F TWO"),
        alias(1, 3, "nka", "N THREE"),
        alias(1, 4, "zzz", "Z FOUR"),
        alias(1, 5, "aka", "G STORES (THE GAMBIA LOCATION ONLY)"),
    ]
    parties = [party(1, "NEVERLAND TRADING", remarks="a.k.a. 'WEAK'; f.k.a. 'FORMER'.")]
    parsed = parse(write_list(tmp_path, parties, aliases), tmp_path / "out")
    assert parsed.values("ofac-1", "alias") == ["A ONE", "G STORES", "N THREE", "Z FOUR"]
    assert parsed.values("ofac-1", "previousName") == ["F TWO"]
    assert parsed.values("ofac-1", "weakAlias") == ["FORMER", "WEAK"]
    (scoped,) = [row for row in parsed.rows("ofac-1", "alias") if row["scope"]]
    assert scoped["scope"] == "gm"
    assert scoped["original_value"] == "G STORES (THE GAMBIA LOCATION ONLY)"
    assert parsed.codes() == ["unknown-alias-type"]


def test_an_alias_limited_to_no_country_is_kept_whole_and_reported(tmp_path: Path) -> None:
    aliases = [alias(1, 1, "aka", "X (NIGHT SHIFT ONLY)")]
    parsed = parse(write_list(tmp_path, [PERSON], aliases), tmp_path / "out")
    assert parsed.values("ofac-1", "alias") == ["X (NIGHT SHIFT ONLY)"]
    assert parsed.codes() == ["unknown-scope"]


def test_an_empty_address_row_states_nothing(tmp_path: Path) -> None:
    rows = [address(1, 1), address(1, 2, "62 Elm Row", "Zzyzx", "Gambia, The"),
            address(1, 3, country="Region: Crimea")]  # fmt: skip
    parsed = parse(write_list(tmp_path, [PERSON], [], rows), tmp_path / "out")
    assert parsed.values("ofac-1", "addressEntity") == ["ofac-addr-2", "ofac-addr-3"]
    assert parsed.values("ofac-addr-2", "country") == ["gm"]
    assert parsed.values("ofac-addr-2", "street") == ["62 Elm Row"]
    assert parsed.values("ofac-addr-3", "region") == ["Crimea"]
    assert parsed.values("ofac-1", "country") == []
    assert parsed.codes() == ["unknown-country"]


def test_documents_wallets_and_flat_identifiers_are_stated_together(tmp_path: Path) -> None:
    remarks = (
        "Passport 0285669 (Sierra Leone) issued 1999 expires 02 Mar 2004; "
        "Digital Currency Address - XBT 1B11; alt. Digital Currency Address - ETH 0xAB; "
        "Tax ID No. 7707083893 (Russia); SWIFT/BIC nonsense; Phone Number 982188526300."
    )
    parties = [party(1, "QUUX, Foo", "individual", remarks)]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    assert parsed.values("ofac-1", "passportNumber") == ["0285669"]
    assert parsed.values("ofac-1", "innCode") == ["7707083893"]
    assert parsed.values("ofac-1", "idNumber") == ["nonsense"]
    assert parsed.values("ofac-1", "phone") == ["+982188526300"]
    passports = {row["entity_id"] for row in parsed.statements if row["schema"] == "Passport"}
    (passport,) = passports
    assert parsed.values(passport, "holder") == ["ofac-1"]
    assert parsed.values(passport, "country") == ["sl"]
    assert parsed.values(passport, "startDate") == ["1999"]
    assert parsed.values(passport, "endDate") == ["2004-03-02"]
    wallets = {row["value"] for row in parsed.statements if row["prop"] == "cryptoAddress"}
    assert wallets == {"1B11", "0xAB"}


def test_vessels_get_their_columns_and_a_listed_owner(tmp_path: Path) -> None:
    parties = [
        party(1, "SEA GHOST", "vessel", "Vessel Registration Identification IMO 7406784.",
              call_sign="5IM1", type="Tug", tonnage="10,000", grt="9,000", flag="None Identified",
              owner="Neverland Shipping"),
        party(2, "NEVERLAND SHIPPING"),
        party(3, "SEA GHOST TWO", "vessel", owner="Nobody Known"),
    ]  # fmt: skip
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    assert parsed.values("ofac-1", "imoNumber") == ["IMO7406784"]
    assert parsed.values("ofac-1", "tonnage") == ["10000"]
    assert parsed.values("ofac-1", "grossRegisteredTonnage") == ["9000"]
    assert parsed.values("ofac-1", "owner") == ["ofac-2"]
    assert parsed.values("ofac-1", "flag") == []
    assert parsed.values("ofac-1", "notes") == ["None Identified"]
    assert parsed.values("ofac-3", "notes") == ["Vessel owner: Nobody Known"]
    assert parsed.codes() == ["unclean-value"]


def test_unknown_remarks_are_kept_raw_and_counted(tmp_path: Path) -> None:
    parties = [party(1, "QUUX, Foo", "individual", "Colour of hat: green; DOB sometime.")]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    assert parsed.values("ofac-1", "notes") == ["Colour of hat: green", "DOB sometime"]
    assert parsed.codes() == ["misplaced-remark", "unknown-remark"]


def _links(parsed: object) -> list[tuple[str, str, float | None]]:
    rows = parsed.tables.relations.to_pylist()  # type: ignore[attr-defined]
    return sorted((row["source"], row["target"], row["confidence"]) for row in rows)


def test_linked_to_finds_the_exact_name_before_the_name_without_a_dot(tmp_path: Path) -> None:
    parties = [
        party(1, "A", remarks="Linked To: GHOST S.A.L.."),
        party(2, "B", remarks="Linked To: PLAIN NAME."),
        party(3, "GHOST S.A.L."),
        party(4, "PLAIN NAME"),
        party(5, "C", remarks="Linked To: GHOST S.A.L.; DOB 1963."),
    ]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    assert _links(parsed) == [
        ("ofac-1", "ofac-3", None),
        ("ofac-2", "ofac-4", None),
        ("ofac-5", "ofac-3", None),
    ]
    evidence = parsed.tables.evidence.to_pylist()
    assert {row["by"] for row in evidence} == {"OFAC"}
    assert {row["on"] for row in evidence} == {"2023-12-28"}
    assert "Linked To: GHOST S.A.L." in {row["quote"] for row in evidence}
    assert {row["locator"] for row in evidence} == {"sdn.csv:1", "sdn.csv:2", "sdn.csv:5"}


def test_an_ambiguous_target_keeps_every_candidate_and_chooses_none(tmp_path: Path) -> None:
    parties = [
        party(1, "A", remarks="Linked To: TWIN MINISTRY."),
        party(2, "TWIN MINISTRY"),
        party(3, "TWIN MINISTRY", remarks="Linked To: TWIN MINISTRY."),
    ]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    # Nobody is linked to itself, so the third means the second.
    assert _links(parsed) == [
        ("ofac-1", "ofac-2", 0.5), ("ofac-1", "ofac-3", 0.5), ("ofac-3", "ofac-2", None)
    ]  # fmt: skip
    notes = [row["note"] for row in parsed.tables.evidence.to_pylist() if row["note"]]
    assert len(notes) == 2
    assert all("Ambiguous: 2 entries" in note for note in notes)
    assert parsed.codes() == ["ambiguous-link"]


def test_an_unresolved_target_becomes_a_stub_with_its_exact_name(tmp_path: Path) -> None:
    parties = [
        party(1, "A", remarks="Linked To: GONE & CO., LTD.."),
        party(2, "B", remarks="Linked To: GONE & CO., LTD.."),
        party(3, "C", remarks="Linked To: GONE CO LTD."),
    ]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    stubs = {target for _, target, _ in _links(parsed)}
    assert len(stubs) == 2
    assert all(stub.startswith("ofac-unresolved-gone-co-ltd") for stub in stubs)
    names = {name for stub in stubs for name in parsed.values(stub, "name")}
    assert names == {"GONE & CO., LTD.", "GONE CO LTD"}
    assert parsed.codes() == ["unresolved-link"] * 3


def test_continuations_are_joined_without_a_separator_and_without_stripping(
    tmp_path: Path,
) -> None:
    head = "x" * 970 + "; Digital Currency Address - XB"
    head = head[-1000:].rjust(1000, "y")
    parties = [party(1, "A", remarks=head), party(2, "B", remarks="DOB 1963.")]
    comments = ['1,"T 1B11; alt. Digital Currency Address -"', '1," XBT 1B22."',
                '2,"tail of nothing"', '99,"nobody"']  # fmt: skip
    parsed = parse(write_list(tmp_path, parties, comments=comments), tmp_path / "out")
    wallets = {row["value"] for row in parsed.statements if row["prop"] == "cryptoAddress"}
    assert wallets == {"1B11", "1B22"}
    dangling = parsed.messages("dangling-continuation")
    assert len(dangling) == 2
    assert "nobody" in dangling[1]
    assert "tail of nothing" in parsed.values("ofac-2", "notes")


def test_remarks_cut_without_a_continuation_yield_no_half_value(tmp_path: Path) -> None:
    remarks = ("z" * 1000 + "; Digital Currency Address - XBT 1Gq")[-1000:]
    parsed = parse(write_list(tmp_path, [party(1, "A", remarks=remarks)]), tmp_path / "out")
    assert not [row for row in parsed.statements if row["schema"] == "CryptoWallet"]
    assert "Digital Currency Address - XBT 1Gq" in parsed.values("ofac-1", "notes")
    assert "cut-remarks" in parsed.codes()


def test_one_number_with_two_names_is_two_parties_and_a_warning_naming_both(
    tmp_path: Path,
) -> None:
    parties = [party(1, "FIRST NAME"), party(1, "SECOND NAME"), party(1, "FIRST NAME")]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    assert parsed.values("ofac-1", "name") == ["FIRST NAME"]
    assert parsed.values("ofac-1-dup2", "name") == ["SECOND NAME"]
    assert parsed.values("ofac-1-dup2-sdn", "entity") == ["ofac-1-dup2"]
    (message,) = parsed.messages("duplicate-id")
    assert "FIRST NAME" in message
    assert "SECOND NAME" in message
    assert parsed.codes() == ["duplicate-id", "duplicate-row"]


def test_one_number_and_name_with_other_columns_is_one_party(tmp_path: Path) -> None:
    parties = [party(1, "A", program="SDGT"), party(1, "A", program="FTO")]
    parsed = parse(write_list(tmp_path, parties), tmp_path / "out")
    assert parsed.values("ofac-1-sdn", "programId") == ["FTO", "SDGT"]
    assert parsed.codes() == ["duplicate-id"]


def test_rows_of_a_number_that_is_not_on_the_list_are_reported(tmp_path: Path) -> None:
    aliases = [*(alias(1, number, "aka", f"GHOST {number}") for number in range(2, 101)),
               alias(5, 1, "aka", "LOST")]  # fmt: skip
    addresses = [*(address(1, number, f"ELM {number}") for number in range(2, 101)),
                 address(6, 1, "ELM 1")]  # fmt: skip
    parsed = parse(write_list(tmp_path, [PERSON], aliases, addresses), tmp_path / "out")
    assert parsed.codes() == ["dangling-address", "dangling-alias"]
    assert "LOST" in parsed.messages("dangling-alias")[0]


@pytest.mark.parametrize("name", ["alt.csv", "add.csv"])
def test_a_file_of_which_over_one_row_in_a_hundred_dangles_is_refused(
    tmp_path: Path, name: str
) -> None:
    aliases = [alias(1, number, "aka", f"GHOST {number}") for number in range(2, 100)]
    addresses = [address(1, number, f"ELM {number}") for number in range(2, 100)]
    if name == "alt.csv":
        aliases += [alias(5, 1, "aka", "LOST"), alias(6, 1, "aka", "GONE")]
    else:
        addresses += [address(5, 1, "ELM 1"), address(6, 1, "ELM 1")]
    folder = write_list(tmp_path, [PERSON], aliases, addresses)
    message = rf"{name}, line 99: 2 of 100 rows.*sdn\.csv does not hold\. Download all files"
    with pytest.raises(ParseError, match=message):
        parse(folder, tmp_path / "out")


def test_a_file_without_the_end_mark_is_read_with_a_warning(tmp_path: Path) -> None:
    folder = write_list(tmp_path, [PERSON])
    (folder / "sdn.csv").write_bytes(content([PERSON], end=""))
    assert parse(folder, tmp_path / "out").codes() == ["end-mark-missing"]


def test_a_header_line_is_refused(tmp_path: Path) -> None:
    folder = write_list(tmp_path, [PERSON])
    (folder / "alt.csv").write_bytes(b"ent_num,alt_num,alt_type,alt_name,alt_remarks\r\n\x1a")
    with pytest.raises(ParseError, match=r"alt\.csv, line 1: 'ent_num' is not an entry number"):
        parse(folder, tmp_path / "out")


def test_an_entry_without_a_name_is_refused(tmp_path: Path) -> None:
    folder = write_list(tmp_path, [party(1, "A"), party(2, "-0-")])
    with pytest.raises(ParseError, match=r"sdn\.csv, line 2: entry 2 has no name"):
        parse(folder, tmp_path / "out")


def test_a_list_without_entries_is_refused(tmp_path: Path) -> None:
    folder = write_list(tmp_path, [])
    with pytest.raises(AssertionFailed, match=r"sdn\.csv holds no entry; download"):
        parse(folder, tmp_path / "out")


def test_an_unknown_type_is_a_legal_entity_and_reported(tmp_path: Path) -> None:
    parsed = parse(write_list(tmp_path, [party(1, "A", "robot")]), tmp_path / "out")
    assert parsed.rows("ofac-1", "name")[0]["schema"] == "LegalEntity"
    assert parsed.codes() == ["unknown-type"]


def test_the_non_sdn_list_is_read_from_its_own_names(tmp_path: Path) -> None:
    folder = write_list(tmp_path, [party(1, "A", program="NS-PLC")])
    for name, other in (("sdn", "cons_prim"), ("alt", "cons_alt"), ("add", "cons_add"),
                        ("sdn_comments", "cons_comments")):  # fmt: skip
        (folder / f"{name}.csv").rename(folder / f"{other}.csv")
    parsed = parse(folder, tmp_path / "out", OfacSource("us_ofac_cons"))
    assert parsed.values("ofac-1-cons", "programId") == ["NS-PLC"]
    assert parsed.rows("ofac-1", "name")[0]["locator"] == "cons_prim.csv:1"
