"""Settings, made once at the process edge and passed on as a parameter.

Nothing below the front door reads the environment for its behaviour. Credentials of a server are
not settings: they are read where the connection is opened, and are never kept or printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ConfigurationError

DEFAULT_WORKSPACE = Path("workspace")
EMBEDDED = "embedded"
# The schemes that Neo4j's drivers define.
BOLT_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the workspace is, which store answers, and how much is printed."""

    workspace: Path = DEFAULT_WORKSPACE
    store: str = EMBEDDED
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False

    @property
    def embedded(self) -> bool:
        """Whether the embedded store answers, and not a server."""
        return self.store == EMBEDDED


def make_settings(
    environment: Mapping[str, str],
    *,
    workspace: Path | None = None,
    store: str | None = None,
    no_color: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> Settings:
    """Settle what the caller asked for, then the environment, then the defaults.

    Args:
        environment: CUIBONO_WORKSPACE, CUIBONO_STORE and NO_COLOR count; NO_COLOR counts when it
            is set to anything but the empty text (no-color.org).

    Raises:
        ConfigurationError: When the store is neither `embedded` nor a Bolt address.
    """
    chosen = store or environment.get("CUIBONO_STORE") or EMBEDDED
    folder = workspace or Path(environment.get("CUIBONO_WORKSPACE") or DEFAULT_WORKSPACE)
    return Settings(
        workspace=folder.expanduser(),
        store=require_store(chosen),
        no_color=no_color or bool(environment.get("NO_COLOR")),
        quiet=quiet,
        verbose=verbose,
    )


def require_store(text: str) -> str:
    """A store's address.

    Raises:
        ConfigurationError: When it is neither `embedded` nor a Bolt address, or holds a password:
            addresses end up in shell histories and process lists.
    """
    if text == EMBEDDED:
        return text
    scheme, _, rest = text.partition("://")
    if scheme not in BOLT_SCHEMES or not rest:
        raise ConfigurationError(
            "--store is neither `embedded` nor an address like bolt://localhost:7687."
        )
    if "@" in rest:
        raise ConfigurationError(
            "--store holds credentials; give them in CUIBONO_NEO4J_USER and "
            "CUIBONO_NEO4J_PASSWORD instead."
        )
    return text


def read_credentials(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password of the Neo4j server; None for a server that asks for neither.

    Raises:
        ConfigurationError: When only one of the two is given.
    """
    names = ("CUIBONO_NEO4J_USER", "CUIBONO_NEO4J_PASSWORD")
    user, password = (environment.get(name, "") for name in names)
    if not user and not password:
        return None
    if not (user and password):
        raise ConfigurationError(f"A Neo4j store needs both {' and '.join(names)}.")
    return user, password
