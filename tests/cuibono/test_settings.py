"""Settings: what the caller says wins over the environment, which wins over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuibono.settings import Settings, make_settings, read_credentials, require_store
from graph.errors import ConfigurationError


def test_without_anything_the_defaults_hold() -> None:
    assert make_settings({}) == Settings(workspace=Path("workspace"), store="embedded")


def test_the_environment_is_used() -> None:
    environment = {
        "CUIBONO_WORKSPACE": "cases",
        "CUIBONO_STORE": "bolt://localhost:7687",
        "NO_COLOR": "1",
    }
    settings = make_settings(environment)
    assert (settings.workspace, settings.store) == (Path("cases"), "bolt://localhost:7687")
    assert settings.no_color
    assert not settings.embedded


def test_the_caller_wins_over_the_environment() -> None:
    environment = {"CUIBONO_WORKSPACE": "cases", "CUIBONO_STORE": "bolt://localhost:7687"}
    settings = make_settings(environment, workspace=Path("mine"), store="embedded")
    assert (settings.workspace, settings.store) == (Path("mine"), "embedded")


def test_an_empty_no_color_is_no_wish() -> None:
    assert not make_settings({"NO_COLOR": ""}).no_color


@pytest.mark.parametrize("store", ["http://localhost", "bolt://", "postgres://x", "sqlite"])
def test_other_stores_are_refused(store: str) -> None:
    with pytest.raises(ConfigurationError, match="embedded"):
        require_store(store)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        require_store("bolt://neo4j:hunter2@localhost:7687")
    assert "hunter2" not in str(caught.value)


def test_credentials_come_from_the_environment() -> None:
    environment = {"CUIBONO_NEO4J_USER": "u", "CUIBONO_NEO4J_PASSWORD": "p"}
    assert read_credentials(environment) == ("u", "p")
    assert read_credentials({}) is None
    with pytest.raises(ConfigurationError, match="CUIBONO_NEO4J_PASSWORD"):
        read_credentials({"CUIBONO_NEO4J_USER": "u"})
