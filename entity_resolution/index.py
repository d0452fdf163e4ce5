"""Names index: candidates for one query, in memory-mapped arrays of a snapshot.

Every search and screening goes through it. The bytes depend on the set of records only, not on
their order; nothing is pickled. Tokens are compared with the vocabulary first (consonant skeleton,
rarity-weighted 3-grams, compounds), names are reached through the postings of the tokens found,
and candidates are cut by the weight of what they share, never by their place in the list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from entity_resolution.compare import SAME_WORD, WeightedToken, compare_tokens
from entity_resolution.evidence import Facts, MatchResult, Policy, Query
from entity_resolution.features import (
    CandidateName,
    NameEvidence,
    PreparedName,
    families,
    prepare_query,
    weigh,
)
from entity_resolution.index_build import (
    FAMILIES,
    SHORT_SHARE,
    Array,
    NameRecord,
    build_index,
    gram_codes,
    hash_text,
    rarity,
)
from entity_resolution.normalise.names import NORMALISER_VERSION, Family, TokenKind, skeleton
from entity_resolution.normalise.romanise import BARE
from entity_resolution.score import Scorer, log_odds_of
from graph.errors import StoreUnavailable

__all__ = ["NameRecord", "NamesIndex", "build_index"]

# Postings read per query token; the commonest vocabulary is left out first (1 M names: 2 ms).
_POSTING_BUDGET = 200_000
_GRAM_SHARE = 0.34  # of a token's 3-gram weight that a similar word must hold
_SIMILAR_WORDS = 48
_NAMES_COMPARED = 40
# The least that an unmatched token costs, so that a rank is never below what a score can reach.
_LEAST_COST = np.float32(0.25)


class NamesIndex:
    """A built index, opened read-only. Opening maps files; it reads no names."""

    def __init__(self, arrays: Mapping[str, Array], meta: Mapping[str, object]):
        self._arrays = arrays
        self._meta = meta
        self._names = int(str(meta["names"]))
        self._schemata = _strings(meta, "schemata")
        self._properties = _strings(meta, "properties")
        self._datasets = _strings(meta, "datasets")
        self._scopes = _strings(meta, "scopes")
        self._forms = _strings(meta, "legal_forms")
        self._entities = int(str(meta["entities"]))
        self._texts = {
            table: (arrays[f"{table}_offsets"], arrays[f"{table}_blob"].data)
            for table in ("entity", "text", "token")
        }
        self._lists = {
            table: (arrays[f"{table}_ptr"], arrays[f"{table}_rows"])
            for table in ("gram", "name", "skeleton", "token")
        }

    @classmethod
    def open(cls, directory: Path) -> NamesIndex:
        """Open a directory that `build_index` wrote.

        Raises:
            StoreUnavailable: When it is absent, or was built by another normaliser.
        """
        try:
            meta = json.loads((directory / "names.json").read_text("utf-8"))
        except (OSError, ValueError) as exc:
            raise StoreUnavailable(f"No names index at {directory.name!r}; build one.") from exc
        if meta["normaliser"] != NORMALISER_VERSION:
            raise StoreUnavailable(
                f"The names index was built by {meta['normaliser']!r}, this is "
                f"{NORMALISER_VERSION!r}; rebuild the snapshot."
            )
        arrays = {
            # A plain view of the mapped memory: np.memmap's own indexing costs four times as much.
            name: np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r", allow_pickle=False))
            for name in meta["arrays"]
        }
        return cls(arrays, meta)

    def __len__(self) -> int:
        return self._entities

    def entity_id(self, ordinal: int) -> str:
        """The id of an entity ordinal."""
        return self._text("entity", ordinal)

    def schema(self, ordinal: int) -> str:
        """The schema of an entity ordinal."""
        return self._schemata[int(self._arrays["entity_schema"][ordinal])]

    def _text(self, table: str, index: int) -> str:
        offsets, blob = self._texts[table]
        return str(blob[offsets.item(index) : offsets.item(index + 1)], "utf-8")

    def rarity(self, token: str, family: Family) -> float:
        """How rare the spelling class of a token is, in nats (-ln of its share of entities)."""
        side = FAMILIES.index(family)
        known = self._find_token(token)
        if known is not None:
            return rarity(float(self._arrays["token_entities"][side, known]), self._entities)
        bones = skeleton(token)
        row = self._find("skeleton_hash", bones)
        seen = 0.0 if row is None else float(self._arrays["skeleton_entities"][side, row])
        return rarity(seen * (SHORT_SHARE if len(bones) < 3 else 1.0), self._entities)

    def _find(self, table: str, text: str) -> int | None:
        hashes = self._arrays[table]
        key = np.uint64(hash_text(text))
        row = int(hashes.searchsorted(key))
        return row if row < len(hashes) and hashes[row] == key else None

    def _slice(self, table: str, row: int) -> Array:
        pointers, rows = self._lists[table]
        return rows[pointers.item(row) : pointers.item(row + 1)]

    def _similar_tokens(self, token: WeightedToken) -> dict[int, float]:
        """Vocabulary rows of tokens like this one, with their similarity."""
        rows: set[int] = set()
        if token.kind in (TokenKind.NAME, TokenKind.GENERIC):
            bones = skeleton(token.text)
            row = self._find("skeleton_hash", bones) if len(bones) > 1 else None
            if row is not None:
                rows.update(self._slice("skeleton", row).tolist())
            rows.update(self._gram_rows(token.text))
        exact = self._find_token(token.text)
        if exact is not None:
            rows.add(exact)
        found = {}
        for row in rows:
            alike, _ = compare_tokens(token.text, self._text("token", row))
            if alike >= SAME_WORD:
                found[row] = alike
        return found

    def _find_token(self, text: str) -> int | None:
        row = self._find("token_hash", text)
        return None if row is None else int(self._arrays["token_by_hash"][row])

    def _gram_rows(self, text: str) -> list[int]:
        codes = gram_codes(text)
        if not codes or text.startswith(BARE):
            return []
        vocabulary = len(self._arrays["token_hash"])
        weights = np.zeros(vocabulary, dtype=np.float32)
        total = 0.0
        for code in codes:
            rows = self._slice("gram", code)
            weight = math.log((vocabulary + 1.0) / (len(rows) + 1.0))
            total += weight
            weights[rows] += weight
        rows = np.flatnonzero(weights >= _GRAM_SHARE * total)
        if len(rows) > _SIMILAR_WORDS:
            # All ties at the cut stay, so that the order of the list never decides.
            least = np.partition(weights[rows], len(rows) - _SIMILAR_WORDS)[-_SIMILAR_WORDS]
            rows = rows[weights[rows] >= least]
        found: list[int] = rows.tolist()
        return found

    def _compound_rows(self, tokens: Sequence[WeightedToken]) -> list[tuple[int, int, float]]:
        """(token position, vocabulary row, share) for words written apart or together."""
        found = []
        for index, token in enumerate(tokens):
            if index + 1 < len(tokens):
                row = self._find_token(token.text + tokens[index + 1].text.lstrip(BARE))
                if row is not None:
                    found += [(index, row, 0.95), (index + 1, row, 0.95)]
            if token.kind is TokenKind.NAME and len(token.text) > 4:
                for cut in range(2, len(token.text) - 1):
                    first = self._find_token(token.text[:cut])
                    second = self._find_token(token.text[cut:]) if first is not None else None
                    if first is not None and second is not None:
                        found += [(index, first, 0.5), (index, second, 0.5)]
        return found

    def _shared_weight(self, query: PreparedName) -> Array:
        """For each name, the weight of the query's tokens that it answers."""
        shared = np.zeros(self._names, dtype=np.float32)
        compounds = self._compound_rows(query.tokens)
        for index, token in enumerate(query.tokens):
            if token.kind is TokenKind.PARTICLE or token.kind is TokenKind.HONORIFIC:
                continue
            similar = self._similar_tokens(token)
            for position, row, share in compounds:
                if position == index:
                    similar[row] = max(share, similar.get(row, 0.0))
            best = self._best_per_name(similar)
            if token.kind is TokenKind.INITIAL and token.text.isascii():
                bit = np.uint32(1 << (ord(token.text) - 97)) if token.text.isalpha() else 0
                has = (self._arrays["name_initials"] & np.uint32(bit)) != 0
                best = np.maximum(best, has.astype(np.float32) * np.float32(0.65))
            shared += np.float32(token.weight) * best
        return shared

    def _best_per_name(self, similar: Mapping[int, float]) -> Array:
        best = np.zeros(self._names, dtype=np.float32)
        ordered = sorted(similar.items(), key=lambda item: (item[1], item[0]))
        pointers = self._arrays["token_ptr"]
        sizes = {row: int(pointers[row + 1]) - int(pointers[row]) for row in similar}
        budget = _POSTING_BUDGET
        kept: set[int] = set()
        for row in sorted(similar, key=lambda row: (sizes[row], row)):
            if sizes[row] <= budget or not kept:
                budget -= sizes[row]
                kept.add(row)
        for row, alike in ordered:  # ascending: the best similarity is written last
            if row in kept:
                best[self._slice("token", row)] = alike
        return best

    def _rank_names(self, query: PreparedName, limit: int) -> tuple[Array, Array]:
        """Name ordinals that share most with a query, best first."""
        shared = self._shared_weight(query)
        family = np.uint8(FAMILIES.index(query.family))
        rows = np.flatnonzero((shared > 0) & (self._arrays["name_family"] == family))
        own = sum(token.weight for token in query.tokens)
        held = shared[rows]
        missing = (self._arrays["name_weight"][rows] - held).clip(min=0)
        rank = held - _LEAST_COST * (missing + (np.float32(own) - held))
        if len(rows) > limit:
            least = np.partition(rank, len(rows) - limit)[-limit]
            keep = rank >= least
            rows, rank = rows[keep], rank[keep]
        order = np.lexsort((rows, -rank))
        return rows[order], rank[order]

    def _prepare(self, query: Query, policy: Policy) -> list[PreparedName]:
        prepared = (
            prepare_query(query.name, family, self.rarity, policy)
            for family in families(query.schema_)
        )
        return [each for each in prepared if each.tokens]

    def candidates(self, query: Query, limit: int = 50, policy: Policy | None = None) -> list[int]:
        """Entity ordinals worth comparing, best first; more than `limit` only at a tie."""
        found: dict[int, float] = {}
        for prepared in self._prepare(query, policy or Policy()):
            rows, ranks = self._rank_names(prepared, 3 * limit)
            for entity, rank in zip(
                self._arrays["name_entity"][rows].tolist(), ranks.tolist(), strict=True
            ):
                found[entity] = max(rank, found.get(entity, -math.inf))
        ordered = sorted(found, key=lambda entity: (-found[entity], entity))
        if len(ordered) <= limit:
            return ordered
        least = found[ordered[limit - 1]]
        return [entity for entity in ordered if found[entity] >= least]

    def _candidate_name(self, row: int, policy: Policy) -> CandidateName:
        arrays = self._arrays
        side = int(arrays["name_family"][row])
        family = FAMILIES[side]
        tokens = []
        for token in self._slice("name", row).tolist():
            text = self._text("token", token)
            entities = float(arrays["token_entities"][side, token])
            tokens.append(weigh(text, family, rarity(entities, self._entities), policy))
        forms = self._forms[int(arrays["name_forms"][row])]
        return CandidateName(
            PreparedName(self._text("text", row), family, tuple(tokens), tuple(forms.split())),
            self._properties[int(arrays["name_property"][row])],
            self._datasets[int(arrays["name_dataset"][row])],
            self._scopes[int(arrays["name_scope"][row])] or None,
        )

    def search(
        self,
        query: Query,
        *,
        limit: int = 10,
        threshold: float = 0.7,
        cutoff: float = 0.5,
        facts: Callable[[list[str]], Mapping[str, Facts]] | None = None,
        policy: Policy | None = None,
    ) -> list[MatchResult]:
        """Entities whose names and attributes fit a query, best first.

        A result is a reason to look, not an identification. Ties in evidence keep the order of
        entity ids.

        Args:
            query: What is looked for.
            limit: Results at most.
            threshold: Score from which a result is a match; strictly between 0 and 1.
            cutoff: Score below which nothing is shown.
            facts: Fetches attributes of candidates by entity id; None compares names only.
            policy: Weights and switches; the default policy without.
        """
        policy = policy or Policy()
        scorer = Scorer(policy, threshold)
        attributes = policy.country_shared + policy.birth_date_equal if facts else 0.0
        names = max(_NAMES_COMPARED, 3 * limit)
        best = self._best_evidence(query, scorer, names, cutoff, attributes)
        ids = {entity: self.entity_id(entity) for entity in best}
        known = facts(sorted(ids.values())) if facts and ids else {}
        results = [
            scorer.score(
                query, prepared, (ids[entity], self.schema(entity)), evidence,
                known.get(ids[entity]),
            )
            for entity, (prepared, evidence) in best.items()
        ]  # fmt: skip
        shown = [result for result in results if result.score >= cutoff]
        shown.sort(key=lambda result: (-result.log_odds, result.entity_id))
        return shown[:limit]

    def _best_evidence(
        self, query: Query, scorer: Scorer, limit: int, cutoff: float, attributes: float
    ) -> dict[int, tuple[PreparedName, NameEvidence]]:
        """The best name evidence of each entity that can still reach the cutoff."""
        policy = scorer.policy
        best: dict[int, tuple[PreparedName, NameEvidence]] = {}
        beyond = (
            policy.complete_bonus
            + policy.exact_bonus
            + policy.identical_bonus
            + policy.legal_form_equal
            + policy.scope_agreed
        )
        floor = log_odds_of(cutoff) - policy.prior - attributes - beyond
        for prepared in self._prepare(query, policy):
            rows, ranks = self._rank_names(prepared, limit)
            for row, rank in zip(rows.tolist(), ranks.tolist(), strict=True):
                if rank < floor:
                    break
                entity = int(self._arrays["name_entity"][row])
                evidence = scorer.compare(prepared, self._candidate_name(row, policy))
                known = best.get(entity)
                if known is None or evidence.log_odds > known[1].log_odds:
                    best[entity] = (prepared, evidence)
        return best


def _strings(meta: Mapping[str, object], key: str) -> tuple[str, ...]:
    values = meta[key]
    if not isinstance(values, list):
        raise StoreUnavailable(f"The names index states no {key}; rebuild the snapshot.")
    return tuple(map(str, values))
