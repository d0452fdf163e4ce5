"""Which datasets there are, and the reader of each.

A dataset of the catalog has its description in `datasets/<name>.yml`. Anybody's own files (a case,
a list of partners, a registry with a mapping) are datasets too: their names begin with the prefix
of their kind, and their owner decides how large they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

import yaml
from normality import slugify_text
from pydantic import Field, TypeAdapter, model_validator

from graph.errors import ConfigurationError, ParseError
from graph.model import Frozen
from graph.statements import StatementWriter
from ingest.source import About, Dated, Described, IssueLog, Reader, Source

CASE_PREFIX = "case_"

# Imported when needed: each brings libraries that the others do without.
READERS: Mapping[str, str] = {
    "us_ofac_csv": "ingest.sources.us_ofac.csv:OfacSource",
    "us_ofac_xml": "ingest.sources.us_ofac.xml:OfacXmlSource",
    "us_ofac_advanced": "ingest.sources.us_ofac.advanced:OfacAdvancedSource",
    "us_ofac_enhanced": "ingest.sources.us_ofac.enhanced:OfacEnhancedSource",
    "us_csl_csv": "ingest.sources.us_csl.source:CslSource",
    "us_fincen_csv": "ingest.sources.us_fincen:FincenSource",
    "gb_ofsi_csv": "ingest.sources.gb_ofsi.source:OfsiSource",
    "gb_fcdo_xml": "ingest.sources.gb_fcdo:FcdoXmlSource",
    "gb_fcdo_csv": "ingest.sources.gb_fcdo:FcdoCsvSource",
    "ch_seco_xml": "ingest.sources.ch_seco.source:SecoSource",
    "au_dfat_xlsx": "ingest.sources.au_dfat:DfatSource",
    "ca_sema_xml": "ingest.sources.ca_sema:SemaSource",
    "il_nbctf_xlsx": "ingest.sources.il_nbctf:NbctfSource",
    "un_sc_xml": "ingest.sources.un_sc.source:UnSource",
    "eu_journal_csv": "ingest.sources.eu_journal.source:EuJournalSource",
    "eu_fsf_xml": "ingest.sources.eu_fsf.source:EuFsfSource",
    "gleif_lei": "ingest.sources.gleif.lei:LeiSource",
    "gleif_rr": "ingest.sources.gleif.rr:RelationshipSource",
    "gleif_repex": "ingest.sources.gleif.repex:ExceptionSource",
    "gb_coh_csv": "ingest.sources.gb_coh:CompanySource",
    "gb_psc_jsonl": "ingest.sources.gb_psc.source:PscSource",
    "icij_csv": "ingest.sources.icij.source:IcijSource",
}


class OwnFiles(Frozen):
    """A kind of dataset that anybody makes: how its names begin, and what reads it."""

    prefix: str
    reader: str
    title: str


OWN: Mapping[str, OwnFiles] = {
    "evidence": OwnFiles(
        prefix=CASE_PREFIX,
        reader="ingest.sources.evidence.source:EvidenceSource",
        title="a case: evidence rows, each with its source",
    ),
    "table": OwnFiles(
        prefix="table_",
        reader="ingest.sources.table:TableSource",
        title="tables of any kind, with a mapping file",
    ),
    "agents": OwnFiles(
        prefix="agents_",
        reader="ingest.sources.agents.source:AgentsSource",
        title="lists of partners and agents, with their outlets and people",
    ),
    "bods": OwnFiles(
        prefix="bods_",
        reader="ingest.sources.bods.source:BodsSource",
        title="statements of the Beneficial Ownership Data Standard",
    ),
    "ftm": OwnFiles(
        prefix="ftm_",
        reader="ingest.sources.ftm.source:FtmSource",
        title="FollowTheMoney entities or statements",
    ),
}


class Bounds(Frozen):
    """Expected numbers of entities of one schema or values of one property, inclusive."""

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Bounds:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is over maximum {self.maximum}")
        return self


class Fill(Frozen):
    """Expected share of a schema's entities that have a property, inclusive."""

    minimum: float = Field(ge=0, le=1, default=0)
    maximum: float = Field(ge=0, le=1, default=1)


class CatalogEntry(Frozen):
    """What is known of a dataset before a file of it is read."""

    title: str
    publisher: str
    licence: str
    coverage: str
    refresh_hours: int = Field(gt=0)
    formats: tuple[str, ...] = Field(min_length=1)  # names of READERS, preferred first
    # Canonical file name -> where it is published. Empty when the publisher gives no stable
    # address (`page` then says where a person finds the files).
    urls: Mapping[str, str] = Field(default_factory=dict)
    page: str | None = None
    expected: Mapping[str, Bounds] = Field(default_factory=dict)  # by schema or property
    filled: Mapping[str, Fill] = Field(default_factory=dict)  # by "Schema.property"
    disclaimer: str | None = None  # to be shown with every party of the dataset
    # A list that repeats others: the words by which its records name a list -> the dataset that
    # is that list. Where the list itself is loaded and newer, it decides who is on it.
    relays: Mapping[str, str] = Field(default_factory=dict)


@cache
def read_catalog() -> Mapping[str, CatalogEntry]:
    """The described datasets by name, sorted."""
    folder = Path(__file__).with_name("datasets")
    stated = {
        path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yml"))
    }
    return TypeAdapter(dict[str, CatalogEntry]).validate_python(stated)


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
        dataset: A name of the catalog; a kind of own files ("evidence"), named after its folder or
            file; or the full name of such a dataset ("case_tajideen").
        location: The folder or file; not used for the datasets of the catalog.

    Raises:
        ConfigurationError: When nothing reads such a dataset, or own files are not given.
    """
    entry = read_catalog().get(dataset)
    if entry is not None:
        readers = [_make_reader(READERS[each], dataset) for each in entry.formats]
        return readers[0] if len(readers) == 1 else AnyFormat(dataset, readers)
    for kind, own in OWN.items():
        if dataset == kind:
            return _make_reader(own.reader, own.prefix + _slug(dataset, location))
        if dataset.startswith(own.prefix):
            return _make_reader(own.reader, dataset)
    raise _unknown(dataset, (*read_catalog(), *OWN))


def describe(dataset: str, find_files: Callable[[], Mapping[str, Path]]) -> About:
    """What a dataset is: as the catalog says, else as its own files say, else its name.

    Args:
        find_files: Gives the files; asked only where they have something to say.
    """
    entry = read_catalog().get(dataset)
    if entry is not None:
        return About(entry.title, entry.publisher, entry.licence)
    source = get_source(dataset, None)
    return source.describe(find_files()) if isinstance(source, Described) else About(dataset)


def format_of(dataset: str, names: Collection[str]) -> str:
    """In which of the catalog's formats files of these canonical names are; "" for own files."""
    entry = read_catalog().get(dataset)
    for each in entry.formats if entry else ():
        if _make_reader(READERS[each], dataset).reads(names):
            return each
    return ""


class AnyFormat:
    """A dataset that its publisher offers in several formats: the files say which; a `Source`."""

    def __init__(self, dataset: str, readers: Collection[Reader]) -> None:
        self.dataset = dataset
        self._readers = readers

    def find_files(self, location: Path) -> dict[str, Path]:
        """The files of the first format that is there whole.

        Raises:
            ParseError: When none is; says what each would need.
        """
        faults = []
        for reader in self._readers:
            try:
                return reader.find_files(location)
            except ParseError as exc:
                faults.append(str(exc))
        raise ParseError(
            f"{location.as_posix()!r} holds {self.dataset} in none of its formats. "
            + " Or: ".join(faults),
            locator=location.as_posix(), dataset=self.dataset,
        )  # fmt: skip

    def parse(self, files: Mapping[str, Path], writer: StatementWriter, issues: IssueLog) -> None:
        """See `ingest.source.Source`."""
        reader = next(each for each in self._readers if each.reads(files.keys()))
        reader.parse(files, writer, issues)

    def published(self, files: Mapping[str, Path]) -> str | None:
        """See `ingest.source.Dated`; None when the format has no such statement."""
        reader = next(each for each in self._readers if each.reads(files.keys()))
        return reader.published(files) if isinstance(reader, Dated) else None


def _make_reader(place: str, dataset: str) -> Reader:
    module, _, name = place.partition(":")
    return cast(Reader, getattr(import_module(module), name)(dataset))


def _slug(kind: str, location: Path | None) -> str:
    """Name of own files: of their folder, or of the file without its endings."""
    if location is None:
        raise ConfigurationError(f"{kind!r} is read from a file; give it with --from FILE.")
    location = location.resolve()
    name = location.name if location.is_dir() else location.name.split(".")[0]
    if name == "mapping":  # the file stands for its folder, as all of them are called so
        name = location.parent.name
    slug = slugify_text(name, sep="_")
    if not slug:
        raise ConfigurationError(f"{name!r} names nothing; rename it with letters or digits.")
    return str(slug)


def _unknown(dataset: str, known: Collection[str]) -> ConfigurationError:
    return ConfigurationError(f"No dataset is called {dataset!r}; known: {', '.join(known)}.")
