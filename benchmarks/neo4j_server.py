"""A Neo4j server that holds the generated network: imported in bulk, started, ended by its handle.

The artefacts are those of the tests (`tests/neo4j`), the memory settings are for a large network.
Everything listens on loopback and lives in a throwaway folder.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from benchmarks.generate import ADDRESS, COMPANY, PERSON, Generated
from graph.columns import STATUS_CODES, TYPE_CODES
from graph.embedded.csr import Array
from graph.neo4j import schema
from tests.neo4j.server import ensure_jars, find_java, releases, wait_until_ready

SORT_LABELS = {COMPANY: "Company", PERSON: "Person", ADDRESS: "Address"}
HEAP, PAGE_CACHE = "4g", "2g"
IMPORT_HEAP, IMPORT_OFF_HEAP = "2g", "2g"
IMPORT_TIMEOUT_S = 1800
OPENS = [
    *(f"--add-opens=java.base/java.{each}=ALL-UNNAMED" for each in ("nio", "io")),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
]
CONF = """\
server.bolt.listen_address=127.0.0.1:{bolt}
server.bolt.advertised_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={page_cache}
db.tx_log.preallocate=false
"""
# What the product's own Neo4j backend reads besides; the plain queries do with the rest.
LEAN_COLUMNS = ("status_code", "start_day", "end_day")
_CSV_TYPES = {"credibility": "float", "probability": "float", "dataset_bits": "long"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A server that answers, and how long each step took."""

    uri: str
    version: str
    csv_s: float
    import_s: float
    start_s: float  # of a server whose data are there: process start to first connection
    index_s: float
    disk_mb: float
    kill: Callable[[], None]  # for whoever cannot wait for it any longer


@contextmanager
def run_loaded(network: Generated, folder: Path, *, full: bool) -> Iterator[Loaded]:
    """Import the network and serve it while the block lasts.

    Args:
        folder: Empty; receives the files and the server's home.
        full: Write every column that the product's own backend reads, not only those that the
            plain queries need.

    Raises:
        ServerUnavailable: When Java or the artefacts are missing, or it does not answer.
        RuntimeError: When the import fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    release = releases()["current"]
    java, jars = find_java(release), ensure_jars(release)
    began = time.perf_counter()
    nodes, links = write_csv(network, folder, full=full)
    written = time.perf_counter()
    home = folder / "home"
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (home / name).mkdir(parents=True)
    bolt, http = _free_ports(2)
    conf = CONF.format(bolt=bolt, http=http, page_cache=PAGE_CACHE)
    (home / "conf" / "neo4j.conf").write_text(conf, "utf-8")
    start = [str(java), *OPENS, "-cp", f"{jars}/*"]
    _import(start, home, nodes, links)
    imported = time.perf_counter()
    log = home / "server.log"
    command = [
        *start[:1], "-Xms512m", f"-Xmx{HEAP}", *start[1:], release.main_class,
        f"--home-dir={home}", f"--config-dir={home / 'conf'}",
    ]  # fmt: skip
    uri = f"bolt://127.0.0.1:{bolt}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=home)
    try:
        wait_until_ready(uri, process, log)
        started = time.perf_counter()
        _index(uri)
        yield Loaded(
            uri=uri,
            version=release.version,
            csv_s=written - began,
            import_s=imported - written,
            start_s=started - imported,
            index_s=time.perf_counter() - started,
            disk_mb=_size_mb(home / "data" / "databases" / "neo4j"),
            kill=process.kill,
        )
    finally:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _import(start: list[str], home: Path, nodes: Path, links: Path) -> None:
    command = [
        *start[:1], f"-Xmx{IMPORT_HEAP}", *start[1:], "org.neo4j.cli.AdminTool",
        "database", "import", "full", "neo4j", f"--nodes={nodes}", f"--relationships={links}",
        "--overwrite-destination", f"--max-off-heap-memory={IMPORT_OFF_HEAP}",
    ]  # fmt: skip
    environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    done = subprocess.run(
        command, env=environment, cwd=home, capture_output=True, text=True,
        timeout=IMPORT_TIMEOUT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"neo4j-admin import failed: {(done.stdout + done.stderr)[-3000:]}")


def _index(uri: str) -> None:
    from neo4j import GraphDatabase

    with GraphDatabase.driver(uri, auth=None) as driver:
        driver.execute_query(
            "CREATE CONSTRAINT cuibono_entity IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE"
        )
        driver.execute_query("CALL db.awaitIndexes(300)")


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


# -- the files that are imported ------------------------------------------------------------------


def write_csv(network: Generated, folder: Path, *, full: bool) -> tuple[Path, Path]:
    """Write nodes and relationships as `neo4j-admin database import` reads them."""
    nodes, links = folder / "nodes.csv", folder / "links.csv"
    ids = _name(np.arange(len(network.sorts)), len(network.sorts))
    degrees = np.bincount(np.concatenate([network.source, network.target]), minlength=len(ids))
    listed = network.nodes["listed"]
    labels = _words(network.sorts, {code: f"Entity;{name}" for code, name in SORT_LABELS.items()})
    labels = pc.if_else(
        pa.array(listed), pc.binary_join_element_wise(labels, "Listed", ";"), labels
    )
    _write(
        nodes,
        {
            "id:ID": ids,
            "degree:int": network.nodes["degree"],
            "spread:boolean": network.nodes["spread"],
            "listed:boolean": listed,
            "listed_by:long": network.nodes["listed_by"],
            "slots:int": degrees,
            ":LABEL": labels,
        },
    )
    kinds = {TYPE_CODES[name]: kind for name, kind in schema.RELATIONSHIP_TYPES.items()}
    columns: dict[str, Any] = {
        ":START_ID": ids.take(pa.array(network.source)),
        ":END_ID": ids.take(pa.array(network.target)),
        ":TYPE": _words(network.links["type"], kinds),
    }
    # The order of both is that of `LinkRow`.
    for column, stored in zip(network.links.values(), schema.LINK_PROPERTIES, strict=True):
        if full or stored in LEAN_COLUMNS:
            columns[f"{stored}:{_CSV_TYPES.get(stored, 'int')}"] = column
    if full:
        columns["id"] = _name(np.arange(len(network.source)), len(network.source))
        statuses = {code: str(status) for status, code in STATUS_CODES.items()}
        columns["status"] = _words(network.links["status"], statuses)
    _write(links, columns)
    return nodes, links


def _name(indices: Array, count: int) -> Any:
    """Ids as `NumberedIds` makes them."""
    digits = pc.utf8_lpad(pc.cast(pa.array(indices), pa.string()), max(len(str(count)), 7), "0")
    return pc.binary_join_element_wise("n", digits, "")


def _words(codes: Array, words: dict[int, str]) -> Any:
    numbers = sorted(words)
    at = np.searchsorted(numbers, codes).astype(np.int32)
    return pa.DictionaryArray.from_arrays(at, [words[each] for each in numbers]).cast(pa.string())


def _write(path: Path, columns: dict[str, Any]) -> None:
    values = {name: pa.array(column) for name, column in columns.items()}
    pa_csv.write_csv(pa.table(values), path)
