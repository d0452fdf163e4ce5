"""Status comes from who asserted and who denied, and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Evidence, Status
from graph.status import derive_status, find_origins, names_of, split_known
from tests.oracle.reference import status_of
from tests.oracle.worlds import entity, said

ENDS = (["Congo Futur", "GROUPE CONGO FUTUR"], ["DHL"])
NEWS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from(["asserts", "denies"])),
    min_size=1, max_size=5,
)  # fmt: skip


def relayed(by: str, relays: str) -> Evidence:
    return said(by).model_copy(update={"relays": relays})


@given(NEWS)
def test_independent_authors_give_the_status_of_the_reference(news: list[tuple[str, str]]) -> None:
    evidence = [said("A"), *(said(by, None, stance) for by, stance in news)]
    assert derive_status(evidence) == status_of(evidence)
    assert derive_status(evidence[::-1]) == derive_status(evidence)


def test_two_independent_sources_corroborate() -> None:
    assert derive_status([said("US Treasury")]) is Status.ASSERTED
    assert derive_status([said("US Treasury"), said("Reuters")]) is Status.CORROBORATED
    assert derive_status([said("Reuters"), said("The Reuters")]) is Status.ASSERTED


@pytest.mark.parametrize(
    "second",
    [
        relayed("The Point", "Reuters"),
        said("The Point (via Reuters)"),
        said("officials (reported by Reuters)"),
        relayed("The Point", "CEP; Reuters"),
    ],
)
def test_a_newspaper_that_relays_reuters_is_reuters(second: Evidence) -> None:
    assert derive_status([said("Reuters"), second]) is Status.ASSERTED


def test_unnamed_authors_corroborate_nothing() -> None:
    assert derive_status([said(""), said("Reuters")]) is Status.ASSERTED


def test_a_denial_of_what_an_unnamed_author_said_does_not_settle_it() -> None:
    assert derive_status([said("—"), said("Reuters", None, "denies")]) is Status.DISPUTED


def test_a_denial_disputes_and_a_withdrawal_refutes() -> None:
    assert derive_status([said("Treasury"), said("Ahmed", None, "denies")]) is Status.DISPUTED
    assert derive_status([said("Reuters"), said("Reuters", None, "denies")]) is Status.REFUTED
    both = [said("Reuters"), said("Treasury"), said("Reuters", None, "denies")]
    assert derive_status(both) is Status.DISPUTED


def test_one_sides_own_claim_is_refuted_by_the_other() -> None:
    evidence = [said("Congo Futur (website)"), said("DHL", "2015", "denies")]
    assert derive_status(evidence, ENDS) is Status.REFUTED
    assert derive_status(evidence, ENDS[::-1]) is Status.REFUTED
    assert derive_status([*evidence, said("Reuters")], ENDS) is Status.DISPUTED
    assert derive_status([said("Congo Futur"), said("CEP", None, "denies")], ENDS) is (
        Status.DISPUTED
    )


def test_the_files_own_status_word_is_never_used() -> None:
    declared = said("A").model_copy(update={"declared_status": "refuted"})
    assert derive_status([declared]) is Status.ASSERTED


def test_origins_are_author_and_upstream() -> None:
    assert find_origins(relayed("Officials (via Reuters)", "AFP, CEP")) == {
        "officials", "reuters", "afp", "cep",
    }  # fmt: skip
    assert find_origins(said("Téléphone Ltd")) == {"telephone"}


@given(st.lists(st.sampled_from([None, "2014", "2015", "2015-06", "2015-12-31", "2016"])))
def test_evidence_is_known_unclear_or_later(dates: list[str | None]) -> None:
    evidence = [said("A", each) for each in dates]
    known, unclear = split_known(evidence, "2015-06-30")
    assert all(each.on in ("2014", "2015-06") for each in known)
    assert all(each.on in (None, "2015") for each in unclear)
    later = [each for each in evidence if each.on in ("2015-12-31", "2016")]
    assert len(known) + len(unclear) + len(later) == len(evidence)


def test_dhl_and_congo_futur_by_what_had_been_published() -> None:
    """golden.md N3: at the end of 2014 nothing, of 2015 refuted, inside 2015 undecided."""
    evidence = [said("Congo Futur", "2015"), said("DHL", "2015", "denies")]
    assert split_known(evidence, "2014-12-31") == ([], [])
    assert split_known(evidence, "2015-03-04") == ([], evidence)
    assert split_known(evidence, "2015-12-31") == (evidence, [])


def test_an_entity_speaks_under_all_its_names() -> None:
    assert names_of(entity("a")) == ["A"]
