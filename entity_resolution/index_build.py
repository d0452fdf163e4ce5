"""Packs names into the arrays that `entity_resolution.index` maps.

A pure function of the set of records: they are sorted first, so that equal input in any order
gives equal bytes. Work is done once per distinct token; the rest is array arithmetic.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entity_resolution.evidence import Policy
from entity_resolution.features import families, weigh
from entity_resolution.normalise.names import (
    NORMALISER_VERSION,
    Family,
    TokenKind,
    parse_name,
    skeleton,
    token_kind,
)

PROPERTIES = ("name", "alias", "previousName", "weakAlias")
# Pseudo-count of a background population, so that a small index does not call every word common
# nor the only Mohammed of a case file rare.
BACKGROUND = 5000.0
# Two consonants are shared by unrelated words: only part of their class counts as one name.
SHORT_SHARE = 0.15
FAMILIES: tuple[Family, ...] = ("person", "organisation")
_GRAM_LETTERS = 32  # five bits a letter: a-z, digits folded, others folded
_GRAM_CODES = _GRAM_LETTERS**3
Array = NDArray[Any]


@dataclass(frozen=True, slots=True, order=True)
class NameRecord:
    """One name of one entity, as published."""

    entity_id: str
    schema: str
    name: str
    property: str = "name"
    dataset: str = ""
    scope: str | None = None  # country code within which an alias is in use
    lang: str | None = None


def hash_text(text: str) -> int:
    """64 bits of a stable hash; collisions at a million keys are one in a million million."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


# Letter of a 3-gram for each byte of UTF-8: 0 marks the ends, a-z have their own.
_GRAM_LETTER = np.array(
    [0 if code == 0 else code - 96 if 97 <= code <= 122 else 27 + code % 5 for code in range(256)],
    dtype=np.int64,
)


def _gram_windows(tokens: Sequence[str]) -> tuple[Array, Array]:
    """(3-gram, position of its token) over all tokens, with the ends of each marked."""
    stream = b"\0" + b"".join(token.encode("utf-8", "replace") + b"\0" for token in tokens)
    letters = _GRAM_LETTER[np.frombuffer(stream, dtype=np.uint8)]
    codes = (letters[:-2] * _GRAM_LETTERS + letters[1:-1]) * _GRAM_LETTERS + letters[2:]
    inside = letters[1:-1] != 0  # a window with an end in its middle spans two tokens
    owners = np.cumsum(letters[:-1] == 0)[: len(codes)] - 1
    return codes[inside], owners[inside]


def gram_codes(text: str) -> list[int]:
    """The distinct 3-grams of a token with its ends marked, as numbers below 32768."""
    codes: list[int] = np.unique(_gram_windows([text])[0]).tolist() if text else []
    return codes


def rarity(entities: float, total: float) -> float:
    """-ln of a share of entities, smoothed by a background population."""
    return math.log((total + BACKGROUND) / (entities + 1.0))


def _blob(texts: Sequence[str]) -> tuple[Array, Array]:
    encoded = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets


def _postings(keys: Array, rows: Array, size: int) -> tuple[Array, Array]:
    """CSR of (key, row) pairs: pointers of `size` keys, and their rows ascending, once each."""
    width = int(rows.max()) + 1 if len(rows) else 1
    pairs = np.unique(keys.astype(np.int64) * width + rows.astype(np.int64))
    pointers = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(pairs // width, minlength=size), out=pointers[1:])
    return pointers, (pairs % width).astype(np.uint32)


def _codes(values: Sequence[str]) -> tuple[list[str], Array]:
    table = sorted(set(values))
    number = {value: index for index, value in enumerate(table)}
    return table, np.array([number[value] for value in values], dtype=np.uint16)


@dataclass(slots=True)
class _Names:
    """Sorted records with one family each, parsed."""

    records: list[NameRecord]
    families: list[int]
    tokens: list[tuple[str, ...]]
    forms: list[str]


def _parse(records: Iterable[NameRecord]) -> _Names:
    names = _Names([], [], [], [])
    parsed: dict[tuple[str, Family], tuple[tuple[str, ...], str]] = {}
    ordered = sorted(
        set(records),
        key=lambda each: (
            each.entity_id, each.schema, PROPERTIES.index(each.property), each.name, each.dataset,
            each.scope or "", each.lang or "",
        ),
    )  # fmt: skip
    for record in ordered:
        for family in families(record.schema):
            key = (record.name, family)
            if key not in parsed:
                result = parse_name(record.name, family)
                parsed[key] = (result.tokens, " ".join(result.legal_forms))
            tokens, forms = parsed[key]
            names.records.append(record)
            names.families.append(FAMILIES.index(family))
            names.tokens.append(tokens)
            names.forms.append(forms)
    return names


def build_index(records: Iterable[NameRecord], directory: Path) -> None:
    """Write a names index into a directory, made if absent.

    A record of a schema that may be a person or an organisation is indexed as both.

    Args:
        records: In any order; equal ones count once.
        directory: Gets `names.json` and one `.npy` file per array.

    Complexity:
        Linear in names and tokens, apart from sorting.
    """
    names = _parse(records)
    ids = sorted({record.entity_id for record in names.records})
    number = {entity_id: index for index, entity_id in enumerate(ids)}
    entity = np.array([number[each.entity_id] for each in names.records], dtype=np.uint32)
    arrays, meta = _pack_names(names, ids, entity)
    vocabulary = sorted({token for tokens in names.tokens for token in tokens})
    arrays |= _pack_tokens(names, vocabulary, entity, len(ids))
    directory.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(directory / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    meta |= {
        "normaliser": NORMALISER_VERSION,
        "names": len(names.records),
        "entities": len(ids),
        "arrays": sorted(arrays),
    }
    text = json.dumps(meta, ensure_ascii=False, sort_keys=True, indent=1)
    (directory / "names.json").write_text(text + "\n", "utf-8")


def _pack_names(
    names: _Names, ids: list[str], entity: Array
) -> tuple[dict[str, Array], dict[str, object]]:
    records = names.records
    schema_of = {record.entity_id: record.schema for record in reversed(records)}
    schemata, entity_schema = _codes([schema_of[each] for each in ids])
    datasets, dataset = _codes([record.dataset for record in records])
    scopes, scope = _codes([record.scope or "" for record in records])
    langs, lang = _codes([record.lang or "" for record in records])
    forms, form = _codes(names.forms)
    entity_blob, entity_offsets = _blob(ids)
    text_blob, text_offsets = _blob([record.name for record in records])
    arrays: dict[str, Array] = {
        "entity_blob": entity_blob,
        "entity_offsets": entity_offsets,
        "entity_schema": entity_schema,
        "text_blob": text_blob,
        "text_offsets": text_offsets,
        "name_entity": entity,
        "name_family": np.array(names.families, dtype=np.uint8),
        "name_property": np.array(
            [PROPERTIES.index(record.property) for record in records], dtype=np.uint8
        ),
        "name_dataset": dataset,
        "name_scope": scope,
        "name_lang": lang,
        "name_forms": form,
    }
    meta: dict[str, object] = {
        "schemata": schemata,
        "datasets": datasets,
        "scopes": scopes,
        "langs": langs,
        "legal_forms": forms,
        "properties": list(PROPERTIES),
    }
    return arrays, meta


def _pack_tokens(
    names: _Names, vocabulary: list[str], entity: Array, entities: int
) -> dict[str, Array]:
    number = {token: index for index, token in enumerate(vocabulary)}
    counts = np.array([len(tokens) for tokens in names.tokens], dtype=np.int64)
    name_ptr = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=name_ptr[1:])
    rows = np.array([number[token] for tokens in names.tokens for token in tokens], dtype=np.uint32)
    owners = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    bones = [skeleton(token) for token in vocabulary]
    distinct = sorted(set(bones), key=hash_text)
    bone_number = {bone: index for index, bone in enumerate(distinct)}
    token_skeleton = np.array([bone_number[bone] for bone in bones], dtype=np.uint32)
    skeleton_ptr, skeleton_rows = _postings(
        token_skeleton, np.arange(len(vocabulary)), len(distinct)
    )
    # "and" and "trading" are no spellings of a name: they do not make "Anda" a common one.
    named = _are_names(vocabulary)[np.array(names.families, dtype=np.int64)[owners], rows]
    seen = _entities_per_family(
        names, token_skeleton[rows[named]], entity[owners[named]], owners[named], len(distinct)
    )
    own = _entities_per_family(names, rows, entity[owners], owners, len(vocabulary))
    seen_token = seen[:, token_skeleton]
    short = np.array([len(bone) < 3 for bone in bones])
    seen_token = np.where(short, own + SHORT_SHARE * (seen_token - own), seen_token)
    seen_token = np.maximum(own, seen_token)
    token_ptr, token_rows = _postings(rows, owners, len(vocabulary))
    hashes = np.array([hash_text(token) for token in vocabulary], dtype=np.uint64)
    by_hash = np.argsort(hashes, kind="stable").astype(np.uint32)
    token_blob, token_offsets = _blob(vocabulary)
    gram_ptr, gram_rows = _gram_postings(vocabulary)
    return {
        "token_blob": token_blob,
        "token_offsets": token_offsets,
        "token_hash": hashes[by_hash],
        "token_by_hash": by_hash,
        "token_skeleton": token_skeleton,
        "token_ptr": token_ptr,
        "token_rows": token_rows,
        "skeleton_hash": np.array([hash_text(bone) for bone in distinct], dtype=np.uint64),
        "skeleton_ptr": skeleton_ptr,
        "skeleton_rows": skeleton_rows,
        "skeleton_entities": seen.astype(np.uint32),
        "token_entities": seen_token.astype(np.float32),
        "gram_ptr": gram_ptr,
        "gram_rows": gram_rows,
        "name_ptr": name_ptr,
        "name_rows": rows,
        "name_weight": _name_weights(names, vocabulary, own, seen_token, entities, rows),
        "name_initials": _name_initials(vocabulary, rows, owners, len(counts)),
    }


def _are_names(vocabulary: list[str]) -> Array:
    """Which tokens are distinctive words in a name of each family: [family, token]."""
    return np.array(
        [
            [token_kind(token, family) is TokenKind.NAME for token in vocabulary]
            for family in FAMILIES
        ],
        dtype=bool,
    ).reshape(len(FAMILIES), len(vocabulary))


def _entities_per_family(
    names: _Names, keys: Array, entity: Array, owners: Array, size: int
) -> Array:
    """How many entities of each family have a key in a name: [family, key]."""
    family = np.array(names.families, dtype=np.uint8)[owners]
    counts = [
        np.diff(_postings(keys[family == index], entity[family == index], size)[0])
        for index in range(len(FAMILIES))
    ]
    return np.stack(counts)


def _gram_postings(vocabulary: list[str]) -> tuple[Array, Array]:
    codes, owners = _gram_windows(vocabulary)
    return _postings(codes, owners, _GRAM_CODES)


def _name_weights(
    names: _Names,
    vocabulary: list[str],
    own: Array,
    seen: Array,
    entities: int,
    rows: Array,
) -> Array:
    """Total token weight of each name under the default policy; used to rank candidates only."""
    policy = Policy()
    shares = seen.tolist()
    table = np.zeros((len(FAMILIES), len(vocabulary)), dtype=np.float32)
    for index, family in enumerate(FAMILIES):
        for token in np.flatnonzero(own[index]).tolist():
            rare = rarity(shares[index][token], entities)
            table[index, token] = weigh(vocabulary[token], family, rare, policy).weight
    family_of = np.array(names.families, dtype=np.int64)
    counts = np.array([len(tokens) for tokens in names.tokens], dtype=np.int64)
    owners = np.repeat(np.arange(len(counts)), counts)
    weights = np.bincount(owners, table[family_of[owners], rows], minlength=len(counts))
    return weights.astype(np.float32)


def _name_initials(vocabulary: list[str], rows: Array, owners: Array, size: int) -> Array:
    """A bit per first letter of each name's tokens, for queries that give an initial."""
    bits = np.array(
        [1 << (ord(token[0]) - 97) if "a" <= token[0] <= "z" else 0 for token in vocabulary],
        dtype=np.uint32,
    )
    initials = np.zeros(size, dtype=np.uint32)
    np.bitwise_or.at(initials, owners, bits[rows])
    return initials
