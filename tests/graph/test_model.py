"""The vocabulary is FollowTheMoney's as installed; a link without evidence does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from followthemoney import model
from followthemoney.types import registry
from pydantic import ValidationError

from graph import listings, project
from graph.columns import TYPE_CODES, UNDIRECTED
from graph.model import DERIVED_ROLES, LINK_TYPES, Entity, Link, LinkKind, Listing, Status
from tests.data import PROJECT
from tests.oracle.worlds import entity, link

EDGES = sorted(schema.name for schema in model if schema.edge)
PACKAGES = ("graph", "ingest", "entity_resolution", "casework", "api", "cuibono")
SCHEMA = re.compile(
    r"(?:require_schema|require_property|is_a|model\.get|add_entity)"
    r'\((?:[\w.]+, )?"([A-Z]\w+)"'
)
STATED = re.compile(r"""(?:require_property\(|\.add\([\w.]+, )"([A-Z]\w+)", "(\w+)\"""")
VALUES = re.compile(r"""(?:\.values|\.first|schema\.get)\("([a-z]\w+)"\)""")
TOPIC = re.compile(r'\.(?:add|put)\([^)]*"topics", "([a-z.]+)"')


def sources() -> list[tuple[Path, str]]:
    files = [path for each in PACKAGES for path in sorted((PROJECT / each).rglob("*.py"))]
    return [(path, path.read_text(encoding="utf-8")) for path in files]


def test_the_first_link_types_are_followthemoneys_edges() -> None:
    assert list(LINK_TYPES[: len(EDGES)]) == EDGES
    assert list(LINK_TYPES[len(EDGES) :]) == [*DERIVED_ROLES.values(), "SameAs"]


def test_codes_fit_the_packed_word() -> None:
    assert len(LINK_TYPES) < 64
    assert len(set(LINK_TYPES)) == len(LINK_TYPES) == len(TYPE_CODES)
    assert len(Status) == 8
    assert len(LinkKind) == 4


def test_direction_is_followthemoneys() -> None:
    for name in EDGES:
        stated = model.schemata[name].edge_directed or name == "UnknownLink"  # "Linked To"
        assert (name in UNDIRECTED) is not stated
    assert set(LINK_TYPES[len(EDGES) :]) <= UNDIRECTED


def named(pattern: re.Pattern[str]) -> set[str | tuple[str, ...]]:
    return {each for _, text in sources() for each in pattern.findall(text)}


def test_schemata_named_in_the_code_exist() -> None:
    found = named(SCHEMA)
    assert len(found) > 5
    assert {each for each in found if model.get(str(each)) is None} == set()


def test_properties_named_with_their_schema_exist() -> None:
    found = named(STATED)
    assert found
    for schema, prop in map(tuple, found):
        assert prop in model.schemata[schema].properties


def test_properties_that_the_projection_reads_exist() -> None:
    known = {prop for schema in model for prop in schema.properties}
    text = (PROJECT / "graph" / "project.py").read_text(encoding="utf-8")
    read = set(VALUES.findall(text)) | set(project._NAMES) | set(project._COUNTRY_PROPS)
    read |= set(listings._LISTING_PROPS)
    assert len(read) > 15
    assert read <= known


def test_topics_named_in_the_code_exist() -> None:
    found = named(TOPIC)
    assert found
    assert found <= set(registry.topic.names)


def test_a_link_without_evidence_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="evidence"):
        link("1", "a", "b", evidence=())


def test_a_misspelt_field_is_found() -> None:
    with pytest.raises(ValidationError, match="strat"):
        link("1", "a", "b", strat="2010")


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_confidence_is_a_share_of_one(value: float) -> None:
    with pytest.raises(ValidationError, match="confidence"):
        link("1", "a", "b", confidence=value)


def test_types_of_links() -> None:
    assert link("1", "a", "b", schema="Ownership").type == "Ownership"
    assert link("1", "a", "b", kind="derived", role="shared e-mail").type == "SharedEmail"
    assert link("1", "a", "b", kind="identity").type == "SameAs"
    assert link("1", "a", "b", kind="claim", schema="Family").type == "Family"


def listed(*listings: tuple[str | None, bool]) -> Entity:
    made = tuple(
        Listing(authority="L", list="L", dataset="d", record_id="1", until=until, reported=reported)
        for until, reported in listings
    )
    return entity("a").model_copy(update={"listings": made})


def test_listed_means_by_a_list_now() -> None:
    assert not listed().listed
    assert listed((None, False)).listed
    assert not listed(("2015-01-01", False)).listed
    assert listed((None, True)).listed
    assert not listed(("2015-01-01", False), (None, True)).listed, "the list itself dropped it"
    assert listed(("2015-01-01", False), (None, False)).listed


@pytest.mark.parametrize("made", [entity("a", "Company", ["P"]), link("1", "a", "b", start="2010")])
def test_records_survive_json(made: Entity | Link) -> None:
    assert type(made).model_validate_json(made.model_dump_json(exclude_defaults=True)) == made
    assert '"schema"' in made.model_dump_json()
