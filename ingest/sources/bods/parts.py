"""Objects of JSON of which each member is to be taken once, as `ingest.audit.Fields` for cells.

A member of another type than the format has is not taken: it is reported with its place and its
content, and the rest of the object is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ingest.audit import Audit


class Part:
    """One object of a document, and the objects within it that were taken."""

    __slots__ = ("_left", "_within", "raw")

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self._left = {name: value for name, value in raw.items() if not _is_empty(value)}
        self._within: list[tuple[str, Part]] = []

    def text(self, name: str) -> str | None:
        """A member as text, stripped; numbers and truth values as JSON writes them."""
        value = self._left.get(name)
        if value is None or isinstance(value, dict | list):
            return None
        del self._left[name]
        return _as_text(value)

    def texts(self, name: str) -> list[str]:
        """The texts of a list; a single text is a list of one."""
        value = self._left.get(name)
        if not isinstance(value, list):
            single = self.text(name)
            return [] if single is None else [single]
        self._keep(name, [each for each in value if isinstance(each, dict | list)])
        plain = (_as_text(each) for each in value
                 if not isinstance(each, dict | list) and not _is_empty(each))  # fmt: skip
        return list(plain)

    def flag(self, name: str) -> bool | None:
        """A truth value, also where it is written as a text."""
        value = self._left.get(name)
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            value = value.strip().lower() == "true"
        if not isinstance(value, bool):
            return None
        del self._left[name]
        return value

    def part(self, name: str) -> Part | None:
        """An object within this one."""
        value = self._left.get(name)
        if not isinstance(value, dict):
            return None
        del self._left[name]
        return self._take(name, value)

    def parts(self, name: str) -> list[Part]:
        """The objects of a list; a single object is a list of one."""
        value = self._left.get(name)
        if not isinstance(value, list):
            single = self.part(name)
            return [] if single is None else [single]
        self._keep(name, [each for each in value if not isinstance(each, dict)])
        return [self._take(f"{name}[]", each) for each in value if isinstance(each, dict) and each]

    def ignore(self, *names: str) -> None:
        """These members say nothing that is wanted, for a reason that the caller states."""
        for name in names:
            self._left.pop(name, None)

    def report(self, audit: Audit, locator: str, path: str) -> None:
        """The object is done: what is left of it, and within it, goes to the audit."""
        for name, value in self._left.items():
            audit.see(f"{path}.{name}", json.dumps(value, ensure_ascii=False), locator)
        for name, part in self._within:
            part.report(audit, locator, f"{path}.{name}")

    def _take(self, name: str, value: Mapping[str, Any]) -> Part:
        part = Part(value)
        self._within.append((name, part))
        return part

    def _keep(self, name: str, rest: list[Any]) -> None:
        rest = [each for each in rest if not _is_empty(each)]
        if rest:
            self._left[name] = rest
        else:
            del self._left[name]


def _as_text(value: object) -> str:
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _is_empty(value: object) -> bool:
    return value in (None, [], {}) or (isinstance(value, str) and not value.strip())
