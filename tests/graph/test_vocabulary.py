"""The constants that reading uses are what the installed model says."""

from __future__ import annotations

from followthemoney import model

from graph.vocabulary import EDGE_LABELS, ORGANISATIONS, UNDIRECTED_EDGES


def test_edge_labels_are_those_of_every_schema_with_an_edge() -> None:
    assert {schema.name: schema.edge_label for schema in model if schema.edge} == EDGE_LABELS


def test_undirected_schemata_are_the_models() -> None:
    undirected = {schema.name for schema in model if schema.edge and not schema.edge_directed}
    assert undirected == UNDIRECTED_EDGES


def test_organisations_are_what_the_model_derives_from_organization_and_the_bare_legal_entity() -> (
    None
):
    derived = {
        schema.name for schema in model if schema.is_a("Organization") or schema.is_a("PublicBody")
    }
    assert derived | {"LegalEntity"} == ORGANISATIONS
