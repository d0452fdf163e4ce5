"""What owners of the register of people with significant control hold, as relations."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from graph.model import Percentage
from graph.statements import Assertion, RowOrigins, StatementWriter
from ingest.columns import Batch, join_texts, keep_where, parse_days, prefix_texts
from ingest.sources.gb_psc.natures import Holding, parse_natures
from ingest.sources.gb_psc.owners import Owners
from ingest.tally import Tally

TITLE = "Register of people with significant control, Companies House"
_SITE = "https://find-and-update.company-information.service.gov.uk"
_BAND = "The band is of what is held directly or indirectly."
_SHARE = ("minimum", "maximum", "minimum_open", "maximum_open")


def write_holdings(writer: StatementWriter, batch: Batch, owners: Owners, tally: Tally) -> None:
    """State what each owner of a batch holds.

    An entry is read once for each distinct set of natures: there are some hundreds in all.
    """
    natures = batch.column("data.natures_of_control")
    bare = pc.and_(natures.is_null(), pc.not_equal(owners.sorts, "super-secure"))
    tally.see_where("no-nature", "an entry states no nature of control: a Control of its kind",
                    batch, bare)  # fmt: skip
    stated = pc.coalesce(prefix_texts("natures ", natures), batch.column("data.kind"))
    encoded = pc.fill_null(stated, "").dictionary_encode()
    days = _Days(batch, writer.version.published, tally)
    read = [_read(text) for text in encoded.dictionary.to_pylist()]
    for place in range(max(map(len, read))):
        nth = [each[place] if place < len(each) else None for each in read]
        for schema in sorted({each.schema for each in nth if each}):
            chosen = [each if each and each.schema == schema else None for each in nth]
            held = _Held(batch, owners, encoded.indices, chosen, days)
            held.tell_unknown(tally)
            held.write(writer, schema)


def _read(text: str) -> tuple[Holding, ...]:
    is_stated, _, natures = text.partition("natures ")
    return parse_natures((), is_stated) if is_stated else parse_natures(tuple(natures.split()), "")


class _Held:
    """One holding of each of some entries of a batch."""

    def __init__(
        self,
        batch: Batch,
        owners: Owners,
        indices: pa.Array,
        holdings: list[Holding | None],
        days: _Days,
    ) -> None:
        """Choose the entries whose set of natures has a holding here."""
        self.batch, self.owners, self.days = batch, owners, days
        has = pa.array([each is not None for each in holdings]).take(indices)
        self.at = pc.indices_nonzero(has)
        self.codes = self._take(indices)
        self.holdings = holdings

    def write(self, writer: StatementWriter, schema: str) -> None:
        """State them."""
        owners = self.owners
        entry_ids = self._take(owners.entry_ids)
        rows = RowOrigins(entry_ids, self._take(self.batch.locators), owners.rows.sha256)
        roles = self._spread([each and each.role for each in self.holdings])
        keys = self._spread([each and each.key for each in self.holdings])
        days = self.days
        note = self._take(days.note)
        bands = self._spread([_BAND if each and each.share else None for each in self.holdings])
        link = self._take(self.batch.column("data.links.self"))
        ids = pc.binary_join_element_wise(entry_ids, keys, "-")
        writer.add_relation_columns(
            schema,
            {"id": ids, "source": self._take(owners.ids), "role": roles,
             "target": self._take(owners.company_ids), "start": self._take(days.start),
             "end": self._take(days.end), **self._shares()},
            Assertion(by="Companies House", on=writer.version.published, source_title=TITLE,
                      standing=True),
            rows,
            stated={"quote": roles, "source_url": prefix_texts(_SITE, link),
                    "note": join_texts(" ", bands, note)},
        )  # fmt: skip

    def _take(self, column: pa.StringArray) -> pa.StringArray:
        """What a column says of the chosen entries; most sets of natures have a first holding."""
        return column if len(self.at) == len(column) else column.take(self.at)

    def _spread(self, values: list[str | None]) -> pa.StringArray:
        """For each entry, what is said of its set of natures."""
        return pa.array(values, pa.string()).take(self.codes)

    def _shares(self) -> dict[str, pa.Array]:
        shares: list[Percentage | None] = [each and each.share for each in self.holdings]
        return {
            f"percentage_{name}": pa.array(
                [share and getattr(share, name) for share in shares],
                pa.bool_() if name.endswith("open") else pa.float64(),
            ).take(self.codes)
            for name in _SHARE
        }

    def tell_unknown(self, tally: Tally) -> None:
        """Natures that are not of the published vocabulary, one by one."""
        for code, holding in enumerate(self.holdings):
            if holding and not holding.known:
                places = self.at.filter(pc.equal(self.codes, code))
                tally.see("unknown-nature", f"the nature {holding.role[:80]!r} is not known; it is "
                          "a link of this role", self.batch.locators[places[0].as_py()].as_py(),
                          len(places))  # fmt: skip


class _Days:
    """From when to when, for each entry of a batch, and what of it is not understood."""

    def __init__(self, batch: Batch, published: str | None, tally: Tally) -> None:
        """Read the days; a year like 9999 is a typing error."""
        days, notes = [], []
        for name in ("notified_on", "ceased_on"):
            column = batch.column(f"data.{name}")
            made = parse_days(column)
            tally.see_unmapped("unclean-value", f"data.{name}, a day,", batch, column, made)
            notes.append(prefix_texts(f"{name}: ", keep_where(made.is_null(), column)))
            days.append(made)
        self.start, self.end = days
        tally.see_where("ends-before-start", "an entry ceased before it was notified; both days "
                        "are kept", batch,
                        pc.fill_null(pc.less(self.end, self.start), False))  # fmt: skip
        ceased = pc.or_(
            batch.column("data.ceased").is_valid(), batch.column("data.ceased_on").is_valid()
        )
        undated = pc.and_(ceased, self.end.is_null())
        words = pa.repeat("Ceased; the day is not known.", len(batch))
        self.note = join_texts("; ", *notes, keep_where(undated, words))
        latest = pa.scalar(f"[..{published}]" if published else None, pa.string())
        self.end = pc.if_else(undated, latest, self.end)
