"""A YAML file as text with line numbers: nothing is turned into a date, a number or an object.

`2006-03-01`, `010` and `NO` stay as they are written; null is None. Anchors and merge keys work as
in FollowTheMoney's own reading; a file that unfolds without end is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import yaml

from graph.errors import ParseError
from ingest.unpack import refuse

_MAX_NODES = 20_000
_NULL = "tag:yaml.org,2002:null"
_FLAGS = {"true": True, "yes": True, "on": True, "1": True,
          "false": False, "no": False, "off": False, "0": False}  # fmt: skip


class Block(dict[str, Any]):
    """A mapping of the file: values by key, and the line of each key."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__()
        self.name, self.line = name, line
        self.lines: dict[str, int] = {}

    def fault(self, fault: str, remedy: str, key: str | None = None) -> ParseError:
        """An error at the line of a key, or where the mapping begins."""
        line = self.lines.get(key, self.line) if key else self.line
        return refuse(self.name, line, fault, remedy)

    def require_keys(self, known: Iterable[str], where: str) -> None:
        """Refuse keys that nothing reads: a misspelt one would be lost in silence.

        Raises:
            ParseError: Names the key and the nearest known ones.
        """
        known = tuple(known)
        for key in self:
            if key not in known:
                raise self.fault(f"{key!r} is no key of {where}", suggest(key, known), key)

    def block(self, key: str) -> Block:
        """The mapping under a key; empty when it is absent.

        Raises:
            ParseError: When something else stands there.
        """
        value = self.get(key)
        if value is None:
            return Block(self.name, self.lines.get(key, self.line))
        if not isinstance(value, Block):
            raise self.fault(f"{key!r} is no mapping of keys to values", "Indent its keys.", key)
        return value

    def text(self, key: str) -> str | None:
        """The single text under a key; None when it is absent.

        Raises:
            ParseError: When a list or a mapping stands there.
        """
        value = self.get(key)
        if isinstance(value, list | Block):
            raise self.fault(f"{key!r} holds more than one value", "Write one text.", key)
        return None if value is None else str(value)

    def texts(self, *keys: str) -> tuple[str, ...]:
        """The texts under these keys, one or a list each, in order.

        Raises:
            ParseError: When a mapping or a nested list stands there.
        """
        found: list[str] = []
        for key in keys:
            value = self.get(key)
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, list | Block):
                    raise self.fault(f"{key!r} holds a nested value", "Write texts.", key)
                if each is not None:
                    found.append(str(each))
        return tuple(found)

    def flag(self, key: str) -> bool:
        """Whether a key says yes; absent is no.

        Raises:
            ParseError: When it says neither yes nor no.
        """
        text = self.text(key)
        if text is None:
            return False
        found = parse_flag(text)
        if found is None:
            raise self.fault(f"{key!r} is {text!r}", "Write true or false.", key)
        return found


def parse_flag(text: str) -> bool | None:
    """Yes or no as YAML writes them; None for any other text."""
    return _FLAGS.get(text.strip().lower())


def suggest(word: str, known: Iterable[str]) -> str:
    """A remedy that names the nearest known words."""
    known = sorted(known)
    near = get_close_matches(word, known, n=3, cutoff=0.5)
    if not near:
        lower = {each.lower(): each for each in known}
        near = [lower[each] for each in get_close_matches(word.lower(), lower, n=3, cutoff=0.5)]
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    listed = ", ".join(known[:30])
    return f"Known: {listed}{', …' if len(known) > 30 else ''}."


def read_yaml(name: str, text: str) -> Block:
    """The mapping that a YAML file is.

    Raises:
        ParseError: When it is no YAML, no mapping, or names a key twice.
    """
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        problem = getattr(exc, "problem", None) or type(exc).__name__
        line = mark.line + 1 if mark else 1
        raise refuse(name, line, f"the YAML is damaged ({problem})", "Mend it here.") from exc
    if not isinstance(root, yaml.MappingNode):
        raise refuse(name, 1, "this is no mapping file", "docs/mapping.md shows one.")
    block = _Reading(name, loader).read(root, 0)
    if not isinstance(block, Block):  # the root is a MappingNode
        raise TypeError("a mapping node was read as something else")
    return block


class _Reading:
    """One walk over the nodes of a file, which counts them."""

    def __init__(self, name: str, loader: yaml.SafeLoader) -> None:
        self._name, self._loader, self._nodes = name, loader, 0

    def read(self, node: Any, depth: int) -> Any:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > 30:
            fault = "the YAML unfolds to more than a mapping file holds"
            raise refuse(self._name, line, fault, "Write it without anchors.")
        if isinstance(node, yaml.MappingNode):
            return self._read_mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(each, depth + 1) for each in node.value]
        if node.tag == _NULL:
            return None
        return str(node.value)

    def _read_mapping(self, node: yaml.MappingNode, depth: int) -> Block:
        block = Block(self._name, node.start_mark.line + 1)
        seen: set[str] = set()  # before merging: a merged key may be named again, and gives way
        for key_node, _ in node.value:
            if str(key_node.value) in seen and isinstance(key_node, yaml.ScalarNode):
                line = key_node.start_mark.line + 1
                fault = f"{key_node.value!r} stands here twice"
                raise refuse(self._name, line, fault, "Keep one.")
            seen.add(str(key_node.value))
        self._loader.flatten_mapping(node)
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise refuse(self._name, line, "a key is no text", "Write a name and a colon.")
            key = str(key_node.value)
            block[key] = self.read(value_node, depth + 1)
            block.lines[key] = line
        return block
