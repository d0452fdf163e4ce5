"""What publishers want said with every party of their datasets, read without the catalog.

The catalog brings the readers' libraries, which take over a second to import; an answer from a
snapshot does without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

_NAME = re.compile(r"[a-z0-9_]+")
_KEY = "disclaimer"


def find_disclaimers(datasets: Iterable[str]) -> list[str]:
    """Those of some datasets, each once, in their order; own files have none."""
    found = (_read(dataset) for dataset in datasets)
    return list(dict.fromkeys(filter(None, found)))


@cache
def _read(dataset: str) -> str | None:
    path = Path(__file__).with_name("datasets") / f"{dataset}.yml"
    if not _NAME.fullmatch(dataset) or not path.is_file():
        return None
    text = path.read_text("utf-8")
    if f"\n{_KEY}:" not in text:
        return None
    stated = yaml.safe_load(text)[_KEY]
    return str(stated)
