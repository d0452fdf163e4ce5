"""What a mapping file says to cuibono beyond FollowTheMoney, under keys called `cuibono:`.

Of the dataset: who publishes it, and when it was. Of a query: how its files are written. Of a link:
shares as intervals, and what ends it. Of a party: topics by the words of a column.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from followthemoney.schema import Schema
from followthemoney.types import registry

from ingest.table.yaml_text import Block, parse_flag, suggest

_ABOUT = ("title", "publisher", "licence", "coverage", "published", "url")
_READING = ("sheet", "delimiter", "encoding", "ignore")
_SHARE = ("minimum", "maximum", "minimum_inclusive", "maximum_inclusive")
_STATUS = ("column", "ended", "date")
_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass(frozen=True, slots=True)
class About:
    """Of the dataset. `by` is who says what its rows state."""

    title: str
    publisher: str | None = None
    licence: str | None = None
    coverage: str | None = None
    published: str | None = None  # ISO day
    url: str | None = None

    @property
    def by(self) -> str:
        """The publisher, else the title."""
        return self.publisher or self.title


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a query are written; None is found out from the file."""

    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    ignore: tuple[str, ...] = ()  # columns that are left out on purpose


@dataclass(frozen=True, slots=True)
class ShareRule:
    """Columns of a share's two ends; an end is inclusive, or a column says whether it is."""

    minimum: str | None
    maximum: str | None
    minimum_inclusive: str | bool = True
    maximum_inclusive: str | bool = True

    def refs(self) -> Iterator[str]:
        """The columns that are read."""
        for each in (
            self.minimum,
            self.maximum,
            self.minimum_inclusive,
            self.maximum_inclusive,
        ):
            if isinstance(each, str):
                yield each


@dataclass(frozen=True, slots=True)
class StatusRule:
    """A column whose words say that a link has ended, and perhaps one that says when."""

    column: str
    ended: frozenset[str]  # casefolded
    date: str | None = None


@dataclass(frozen=True, slots=True)
class TopicRule:
    """A column whose words make a party's topics."""

    column: str
    topics: Mapping[str, str]  # casefolded text of a cell -> topic


@dataclass(frozen=True, slots=True)
class LinkRules:
    """What a mapping says of a link beyond its properties."""

    percentage: ShareRule | None = None
    status: StatusRule | None = None

    def refs(self) -> Iterator[str]:
        """The columns that are read."""
        if self.percentage:
            yield from self.percentage.refs()
        if self.status:
            yield self.status.column
            if self.status.date:
                yield self.status.date


def read_about(dataset: Block, name: str) -> About:
    """The `cuibono:` of the dataset; its title is the dataset's name where none is stated."""
    block = dataset.block("cuibono")
    block.require_keys(_ABOUT, "`cuibono:` of the dataset")
    published = block.text("published")
    if published is not None:
        try:
            published = date.fromisoformat(published).isoformat()
        except ValueError as exc:
            fault = f"{published!r} is no day"
            raise block.fault(fault, "Write it as YYYY-MM-DD.", "published") from exc
    return About(
        title=block.text("title") or _plain(dataset, "title", "label") or name,
        publisher=block.text("publisher") or _plain(dataset, "publisher"),
        licence=block.text("licence"),
        coverage=block.text("coverage"),
        published=published,
        url=block.text("url") or _plain(dataset, "info_url", "url"),
    )


def read_reading(query: Block) -> Reading:
    """The `cuibono:` of a query."""
    block = query.block("cuibono")
    block.require_keys(_READING, "`cuibono:` of a query")
    delimiter = block.text("delimiter")
    if delimiter is not None:
        delimiter = _DELIMITERS.get(delimiter.lower(), delimiter)
        try:
            csv.reader((), delimiter=delimiter)
        except (TypeError, ValueError) as exc:
            fault = f"{delimiter!r} cannot stand between cells"
            raise block.fault(fault, "Write one character, or `tab`.", "delimiter") from exc
    encoding = block.text("encoding")
    if encoding is not None:
        try:
            if not codecs.lookup(encoding)._is_text_encoding:
                raise LookupError(encoding)
        except LookupError as exc:
            fault = f"no encoding is called {encoding!r}"
            raise block.fault(fault, "Write utf-8, windows-1252, utf-16 …", "encoding") from exc
    return Reading(block.text("sheet"), delimiter, encoding, block.texts("ignore"))


def read_link_rules(block: Block, schema: Schema) -> LinkRules:
    """`percentage` and `status` of the `cuibono:` of an entity.

    Raises:
        ParseError: When the schema links nothing.
    """
    share, status = block.block("percentage"), block.block("status")
    for key, stated in (("percentage", share), ("status", status)):
        if stated and not schema.edge:
            raise block.fault(f"{schema.name} is no link, so it has no {key!r} here",
                              "Put it under the entity that links two.", key)  # fmt: skip
    return LinkRules(
        percentage=_read_share(share) if share else None,
        status=_read_status(status) if status else None,
    )


def _read_share(block: Block) -> ShareRule:
    block.require_keys(_SHARE, "`percentage`")
    rule = ShareRule(
        block.text("minimum"),
        block.text("maximum"),
        _read_flag(block, "minimum_inclusive"),
        _read_flag(block, "maximum_inclusive"),
    )
    if rule.minimum is None and rule.maximum is None:
        fault = "the percentage has neither `minimum` nor `maximum`"
        raise block.fault(fault, "Name the column of one or both.")
    return rule


def _read_flag(block: Block, key: str) -> str | bool:
    """True, false, or the column that says it."""
    text = block.text(key)
    if text is None:
        return True
    flag = parse_flag(text)
    return text if flag is None else flag


def _read_status(block: Block) -> StatusRule:
    block.require_keys(_STATUS, "`status`")
    column, ended = block.text("column"), block.texts("ended")
    if not column or not ended:
        raise block.fault("the status lacks `column` or `ended`",
                          "Name the column, and its words for what has ended.")  # fmt: skip
    return StatusRule(column, frozenset(map(str.casefold, ended)), block.text("date"))


def read_topic_rule(block: Block, schema: Schema) -> TopicRule | None:
    """`topics` of the `cuibono:` of an entity."""
    topics = block.block("topics")
    if not topics:
        return None
    topics.require_keys(("column", "values"), "`topics`")
    if schema.get("topics") is None:
        raise block.fault(f"a {schema.name} has no topics", "Put them under a party.", "topics")
    column, values = topics.text("column"), topics.block("values")
    if not column or not values:
        raise topics.fault("the topics lack `column` or `values`",
                           "Name the column, and the topic of each of its words.")  # fmt: skip
    for word in values:
        topic = values.text(word) or ""
        if registry.topic.clean(topic) is None:
            raise values.fault(f"no topic is called {topic!r}",
                               suggest(topic, registry.topic.names), word)  # fmt: skip
    return TopicRule(column, {word.casefold(): str(values.text(word)) for word in values})


def _plain(block: Block, *keys: str) -> str | None:
    """The first of these keys that holds a single text; FollowTheMoney's own keys may hold more."""
    for key in keys:
        if isinstance(block.get(key), str):
            return block.text(key)
    return None
