"""Writes the arrays and records of a snapshot that `EmbeddedNetwork` reads.

Apart from the reader, because a projection comes with FollowTheMoney and Arrow, which a question
never needs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from graph.columns import make_link_row, make_node_rows
from graph.embedded.csr import build_csr, columns_of
from graph.embedded.network import CODES, RECORDS
from graph.model import LinkKind, Status
from graph.policy import find_widely_shared, value_key
from graph.project import Projection

_SCHEMA = """
CREATE TABLE node (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
CREATE TABLE link (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
CREATE TABLE event (entity TEXT NOT NULL, start TEXT NOT NULL, id TEXT NOT NULL,
                    record TEXT NOT NULL, PRIMARY KEY (entity, start, id)) WITHOUT ROWID;
CREATE TABLE claim (entity TEXT NOT NULL, id TEXT NOT NULL,
                    PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE TABLE referent (id TEXT PRIMARY KEY, entity TEXT NOT NULL) WITHOUT ROWID;
"""


def write_network(projection: Projection, codes: Mapping[str, int], directory: Path) -> None:
    """Write a projection's arrays and records into an existing directory.

    Args:
        projection: Entities and links sorted by id.
        codes: Bit of each dataset, 0..62.
        directory: Receives `csr/*.npy`, the record store and the codes.
    """
    entities = projection.entities
    wide = find_widely_shared(projection.links, entities)
    link_rows = [
        make_link_row(link, entities, codes, widely_shared=value_key(link) in wide)
        for link in projection.links
    ]
    pairs = list(zip(projection.links, link_rows, strict=True))
    node_rows = make_node_rows(entities, pairs, codes)
    position = {each: index for index, each in enumerate(entities)}
    links, nodes = columns_of(link_rows, [node_rows[each] for each in entities])
    csr = build_csr(
        np.array([position[link.source] for link in projection.links], np.int32),
        np.array([position[link.target] for link in projection.links], np.int32),
        links,
        nodes,
    )
    arrays = directory / "csr"
    arrays.mkdir()
    csr.save(arrays)
    _write_records(projection, directory / RECORDS)
    (directory / CODES).write_text(json.dumps(dict(codes), sort_keys=True), encoding="utf-8")


def _write_records(projection: Projection, path: Path) -> None:
    """The records of a projection, in the order of its sorted ids."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        connection.executemany(
            "INSERT INTO node VALUES (?, ?, ?)",
            (
                (position, entity_id, record.decode())
                for position, (entity_id, record) in enumerate(projection.records.items())
            ),
        )
        connection.executemany(
            "INSERT INTO link VALUES (?, ?, ?)",
            (
                (position, each.id, each.model_dump_json(exclude_defaults=True))
                for position, each in enumerate(projection.links)
            ),
        )
        connection.executemany(
            "INSERT INTO event VALUES (?, ?, ?, ?)",
            sorted(
                (end, each.start or "", each.id, each.model_dump_json(exclude_defaults=True))
                for each in projection.events
                for end in {each.source, each.target}
            ),
        )
        connection.executemany(
            "INSERT INTO claim VALUES (?, ?)",
            sorted(
                (end, each.id)
                for each in projection.links
                if each.kind is LinkKind.CLAIM or each.status is Status.REFUTED
                for end in {each.source, each.target}
            ),
        )
        connection.executemany(
            "INSERT INTO referent VALUES (?, ?)", sorted(projection.referents.items())
        )
        connection.commit()
    finally:
        connection.close()
