"""The catalog and the choice of a reader."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from followthemoney import model
from pydantic import ValidationError

from graph.errors import ConfigurationError
from ingest.catalog import Bounds, get_source, read_catalog, require_entry


def test_every_entry_names_schemata_or_properties_of_followthemoney_and_https_urls() -> None:
    for name, entry in read_catalog().items():
        assert get_source(name, None).dataset == name
        properties = {prop.name for prop in model.properties}
        assert all(model.get(each) or each in properties for each in entry.expected)
        assert {urlsplit(url).scheme for url in entry.urls.values()} <= {"https"}
        assert entry.urls or entry.page, f"{name}: where are its files?"
        assert require_entry(name) is entry


def test_an_unknown_dataset_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"us_ofac_cons.*us_ofac_sdn.*evidence"):
        get_source("no_such_list", None)
    with pytest.raises(ConfigurationError, match=r"us_ofac_cons.*us_ofac_sdn"):
        require_entry("no_such_list")


def test_a_case_needs_a_file() -> None:
    with pytest.raises(ConfigurationError, match="--from FILE"):
        get_source("evidence", None)


def test_bounds_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="minimum 5 is over maximum 4"):
        Bounds(minimum=5, maximum=4)
