"""Every quotation of evidence against the archived copy of its source.

Done when a snapshot is built, from the archive alone: a quotation is *verified* when its words are
in a capture of the row's address, *not found* when there are captures and none has them, and *no
copy* when there is none to look in. Rows of a list or registry were read from the publisher's own
file, which the archive holds: they are looked up only where somebody captured their address.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from graph.model import CASE_PREFIX, Quotation
from graph.statements import read_column
from graph.tables import EVIDENCE
from ingest.captures import Captures
from ingest.quotations import find_quotation


class Verdict(NamedTuple):
    """What the archive says of a quotation, and the SHA-256 of the copy that it was sought in."""

    quotation: Quotation
    capture: str | None


class Verifier:
    """Looks quotations up in the captures of one archive."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self._known: dict[tuple[str, str], Verdict] = {}

    def check(self, quote: str, url: str) -> Verdict:
        """What becomes of one quotation.

        The newest copy that has the words is named; of several that have not, the newest. A copy
        that cannot be read as text (a PDF) is named, too, and is no copy to look in.
        """
        if (quote, url) not in self._known:
            self._known[quote, url] = self._look_up(quote, url)
        return self._known[quote, url]

    def _look_up(self, quote: str, url: str) -> Verdict:
        copies = self._captures.find(url)
        readable = [each for each in copies if each.searchable]
        for each in readable:
            if find_quotation(quote, self._captures.text(each)):
                return Verdict("verified", each.sha256)
        if readable:
            return Verdict("not found", readable[0].sha256)
        return Verdict("no copy", copies[0].sha256 if copies else None)

    def annotate(self, dataset: str, evidence: pa.Table) -> pa.Table:
        """The evidence of a dataset with verdicts; the very table when there are none to add."""
        by_people = dataset.startswith(CASE_PREFIX)
        if not by_people and not self._any_captured(evidence):
            return evidence
        found: list[Verdict | None] = []
        rows = zip(read_column(evidence, "quote"), read_column(evidence, "source_url"), strict=True)
        for quote, url in rows:
            sought = quote and url and (by_people or self._captures.find(url))
            found.append(self.check(quote, url) if sought else None)
        if not any(found):
            return evidence
        columns = {
            "quotation": [each.quotation if each else None for each in found],
            "capture": [each.capture if each else None for each in found],
        }
        for name, values in columns.items():
            place = EVIDENCE.get_field_index(name)
            column = pa.array(values, pa.string()).dictionary_encode()
            evidence = evidence.set_column(place, EVIDENCE.field(name), column)
        return evidence

    def _any_captured(self, evidence: pa.Table) -> bool:
        addresses = pc.unique(evidence["source_url"].cast(pa.string())).to_pylist()
        return any(address and self._captures.find(address) for address in addresses)
