"""What answers say of the snapshot that gave them: version, lists and their age, settings."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache

from api.ports import Meta
from casework.model import ListVersion, SearchQuery
from cuibono.version import __version__
from entity_resolution.evidence import Policy, hash_config
from graph.dates import from_day, parse_span
from graph.network import Budget, Filters, HubPolicy
from graph.snapshot import DatasetEntry, Manifest


def make_meta(manifest: Manifest) -> Meta:
    """What answers say of a snapshot; `stale` is settled at the time of asking."""
    now = datetime.now(UTC)
    return Meta(
        version=__version__,
        snapshot=manifest.id,
        config_hash=_hash_defaults(),
        sources=tuple(_from_manifest(entry, now) for entry in manifest.datasets),
    )


@cache
def _hash_defaults() -> str:
    """Names the settings that shape an answer when the question does not."""
    defaults = (Filters(), HubPolicy(), Budget(), SearchQuery(q="x"))
    shapes = [json.loads(each.model_dump_json()) for each in defaults]
    text = json.dumps([__version__, hash_config(Policy()), *shapes], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _from_manifest(entry: DatasetEntry, now: datetime) -> ListVersion:
    return ListVersion(
        dataset=entry.dataset,
        title=entry.title,
        version=entry.version,
        published=entry.published,
        retrieved_at=entry.retrieved_at,
        files=entry.files,
        licence=entry.licence or None,
        records=entry.entities,
        stale=is_stale(entry.published, entry.retrieved_at, entry.refresh_hours, now),
    )


def is_current(meta: Meta) -> bool:
    """Whether there are lists and none is known to be older than its publisher's rhythm."""
    return bool(meta.sources) and not any(source.stale for source in meta.sources)


def is_stale(
    published: str | None, retrieved_at: str, refresh_hours: int | None, now: datetime
) -> bool | None:
    """Whether a list is older than its publisher's rhythm; None when nobody set one.

    The age counts from the end of the day of publication, or from retrieval when the publisher does
    not say. A stale list may still be the newest: it says that somebody should look.
    """
    if refresh_hours is None:
        return None
    day = from_day(parse_span(published).latest)
    if day is not None:
        known = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)
    else:
        known = datetime.fromisoformat(retrieved_at)
    return now - known > timedelta(hours=refresh_hours)
