"""Which datasets there are, and the reader of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, TypeAdapter, model_validator

from graph.errors import ConfigurationError
from graph.model import Frozen
from ingest.source import Source
from ingest.sources.us_ofac import CONSOLIDATED, SDN, OfacSource

EVIDENCE = "evidence"
CASE_PREFIX = "case_"


class Bounds(Frozen):
    """Expected numbers of entities of one schema or values of one property, inclusive."""

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Bounds:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is over maximum {self.maximum}")
        return self


class CatalogEntry(Frozen):
    """What is known of a dataset before a file of it is read."""

    title: str
    publisher: str
    licence: str
    coverage: str
    refresh_hours: int = Field(gt=0)
    urls: Mapping[str, str] = Field(min_length=1)  # canonical file name -> where it is published
    expected: Mapping[str, Bounds] = Field(default_factory=dict)  # by schema or property


@cache
def read_catalog() -> Mapping[str, CatalogEntry]:
    """The datasets of `catalog.yml` by name."""
    text = Path(__file__).with_name("catalog.yml").read_text("utf-8")
    return TypeAdapter(dict[str, CatalogEntry]).validate_python(yaml.safe_load(text))


def require_entry(dataset: str) -> CatalogEntry:
    """The catalog's entry.

    Raises:
        ConfigurationError: When there is none; lists those that there are.
    """
    entry = read_catalog().get(dataset)
    if entry is None:
        raise _unknown(dataset, read_catalog())
    return entry


def get_source(dataset: str, location: Path | None) -> Source:
    """The reader of a dataset.

    Args:
        dataset: A name of the catalog, "evidence", or the name of a loaded case ("case_…").
        location: The case file; not used for the lists.

    Raises:
        ConfigurationError: When nothing reads such a dataset, or a case file is not given.
    """
    if dataset == "us_ofac_sdn":
        return OfacSource(dataset, SDN)
    if dataset == "us_ofac_cons":
        return OfacSource(dataset, CONSOLIDATED)
    if dataset == EVIDENCE or dataset.startswith(CASE_PREFIX):
        if location is None:
            raise ConfigurationError(f"{dataset!r} is read from a file; give it with --from FILE.")
        # Only case files need that reader and the libraries behind it.
        from ingest.sources.evidence import EvidenceSource

        return EvidenceSource(location)
    raise _unknown(dataset, (*read_catalog(), EVIDENCE))


def _unknown(dataset: str, known: Mapping[str, object] | tuple[str, ...]) -> ConfigurationError:
    return ConfigurationError(f"No dataset is called {dataset!r}; known: {', '.join(known)}.")
