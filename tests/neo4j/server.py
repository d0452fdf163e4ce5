"""A real Neo4j server for the tests: given, started from Maven artefacts, or in a container.

Tried in this order: `CUIBONO_TEST_NEO4J_URI` (a throwaway database: the tests wipe it); Neo4j
Community from the artefacts of `pom.xml`, the current release where a Java 21 or later is found,
the long-term one where only a Java 17 is; a container through testcontainers. The artefacts are
copied once into `lib-<version>` beside this file, or below `CUIBONO_CACHE`.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
READY_SECONDS = 90
POLL_SECONDS = 0.2
JAVA_OPTIONS = (
    "-Xms256m",
    "-Xmx1g",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
)
CONF = """\
server.bolt.listen_address=127.0.0.1:{bolt}
server.bolt.advertised_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=128m
db.tx_log.preallocate=false
"""


class ServerUnavailable(Exception):
    """No server can be started here; the text says what was tried."""


@dataclass(frozen=True)
class Release:
    """A release of Neo4j Community: what it needs and how it is started."""

    name: str
    version: str
    java: int  # the oldest Java that runs it
    main_class: str


@cache
def releases() -> dict[str, Release]:
    """The current and the long-term release; their versions stand in `pom.xml`."""
    # S314: the file is ours.
    properties = ElementTree.parse(HERE / "pom.xml").getroot().find("properties")  # noqa: S314
    if properties is None:
        raise ServerUnavailable("pom.xml has no properties")
    version = {each.tag: each.text or "" for each in properties}
    return {
        "current": Release(
            "current", version["neo4j.current"], 21, "org.neo4j.server.Neo4jCommunity"
        ),
        "lts": Release("lts", version["neo4j.lts"], 17, "org.neo4j.server.CommunityEntryPoint"),
    }


@cache
def find_javas() -> dict[int, Path]:
    """The Javas of this machine by major version."""
    homes = [Path(home) for home in [os.environ.get("JAVA_HOME")] if home]
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    candidates = [home / "bin" / "java" for home in homes]
    if on_path := shutil.which("java"):
        candidates.insert(1 if os.environ.get("JAVA_HOME") else 0, Path(on_path))
    found: dict[int, Path] = {}
    for candidate in candidates:
        if not candidate.is_file():
            continue
        done = subprocess.run([candidate, "-version"], capture_output=True, text=True, check=False)
        if match := re.search(r'version "(\d+)', done.stderr):
            found.setdefault(int(match[1]), candidate)
    return found


def find_java(release: Release) -> Path:
    """The oldest Java that runs a release.

    Raises:
        ServerUnavailable: When there is none.
    """
    fit = sorted(major for major in find_javas() if major >= release.java)
    if not fit:
        raise ServerUnavailable(f"Neo4j {release.version} needs Java {release.java} or later")
    return find_javas()[fit[0]]


def ensure_jars(release: Release) -> Path:
    """The folder with a release's artefacts, copied by Maven at first use.

    Raises:
        ServerUnavailable: When Maven is absent or cannot resolve them.
    """
    parent = Path(os.environ.get("CUIBONO_CACHE") or HERE)
    final = parent / f"lib-{release.version}"
    if final.is_dir():
        return final
    if shutil.which("mvn") is None:
        raise ServerUnavailable("Maven (mvn) is not installed")
    # Made beside the final folder and renamed: an interrupted or concurrent copy does no harm.
    parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="lib-partial-", dir=parent))
    for offline in (["-o"], []):
        done = subprocess.run(
            ["mvn", "-q", "-B", *offline, "-f", HERE / "pom.xml",
             f"-Dneo4j.version={release.version}", "-DincludeScope=runtime",
             f"-DoutputDirectory={unfinished}", "dependency:copy-dependencies"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            break
    else:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ServerUnavailable(
            f"Maven cannot resolve Neo4j {release.version}: {done.stdout[-500:]}"
        )
    try:
        unfinished.rename(final)
    except OSError:  # another process was first
        shutil.rmtree(unfinished, ignore_errors=True)
    return final


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_until_ready(uri: str, process: subprocess.Popen[bytes] | None, log: Path | None) -> None:
    """Poll until the server answers.

    Raises:
        ServerUnavailable: When it ends or does not answer in time, with the tail of its log.
    """
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    deadline = time.monotonic() + READY_SECONDS
    with GraphDatabase.driver(uri, auth=None) as driver:
        while time.monotonic() < deadline:
            if process is not None and process.poll() is not None:
                break
            try:
                driver.verify_connectivity()
            except (DriverError, Neo4jError, OSError):
                time.sleep(POLL_SECONDS)
            else:
                return
    tail = log.read_text(errors="replace")[-3000:] if log else ""
    raise ServerUnavailable(f"Neo4j at {uri} did not answer within {READY_SECONDS} s:\n{tail}")


@contextmanager
def run_release(release: Release) -> Iterator[str]:
    """Start a release in a throwaway home; its URI while the block lasts.

    Raises:
        ServerUnavailable: When Java or the artefacts are missing, or it does not answer.
    """
    java, jars = find_java(release), ensure_jars(release)
    home = Path(tempfile.mkdtemp(prefix="cuibono-neo4j-"))
    bolt, http = _free_ports(2)
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (home / name).mkdir()
    (home / "conf" / "neo4j.conf").write_text(CONF.format(bolt=bolt, http=http))
    log = home / "server.log"
    command = [
        str(java), *JAVA_OPTIONS, "-cp", f"{jars}/*", release.main_class,
        f"--home-dir={home}", f"--config-dir={home / 'conf'}",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=home)
    uri = f"bolt://127.0.0.1:{bolt}"
    try:
        wait_until_ready(uri, process, log)
        yield uri
    finally:
        process.kill()  # an orderly stop takes 10 s, and the home is thrown away
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _run_container() -> Iterator[str]:
    try:
        from testcontainers.neo4j import Neo4jContainer  # type: ignore[import-not-found,unused-ignore]
    except ImportError as exc:
        raise ServerUnavailable("testcontainers is not installed") from exc
    if shutil.which("docker") is None:
        raise ServerUnavailable("docker is not installed")
    image = f"neo4j:{releases()['current'].version}"
    with Neo4jContainer(image).with_env("NEO4J_AUTH", "none") as container:
        uri = str(container.get_connection_url())
        wait_until_ready(uri, None, None)
        yield uri


@contextmanager
def find_server() -> Iterator[str]:
    """A server that tests may wipe; its URI while the block lasts.

    Raises:
        ServerUnavailable: Says everything that was tried.
    """
    if given := os.environ.get("CUIBONO_TEST_NEO4J_URI"):
        wait_until_ready(given, None, None)
        yield given
        return
    tried = []
    for make in (
        partial(run_release, releases()["current"]),
        partial(run_release, releases()["lts"]),
        _run_container,
    ):
        with ExitStack() as stack:
            try:
                uri = stack.enter_context(make())
            except ServerUnavailable as exc:
                tried.append(str(exc))
                continue
            yield uri
            return
    raise ServerUnavailable("no Neo4j server: " + "; ".join(tried))
