"""The same list in another wrapping says the same, and is the same version."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from ingest.catalog import OWN, READERS
from tests.ingest.hostile.place import Place
from tests.ingest.hostile.samples import MAKERS, encode, kind_of

BOM = b"\xef\xbb\xbf"


def _zip(name: str, content: bytes, **more: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        for other, body in more.items():
            archive.writestr(other, body)
    return stream.getvalue()


def test_every_format_has_a_sample() -> None:
    missing = {*READERS, *OWN} - set(MAKERS)
    assert not missing, f"no sample for format {', '.join(sorted(missing))}"
    assert set(MAKERS) == {*READERS, *OWN}


def test_the_sample_is_valid_and_its_first_party_is_there(place: Place) -> None:
    loaded = place.load(place.sample.files)
    assert loaded.refusal is None
    assert loaded.told == []
    said = [*loaded.statements, *loaded.evidence]
    assert any(place.sample.name in str(row) for row in said)


@pytest.mark.parametrize("packing", ["gzip", "zip"])
def test_a_packed_list_is_the_same_version(place: Place, packing: str) -> None:
    first = place.load(place.sample.files)
    packed = {}
    for name, body in place.sample.files.items():
        content = encode(body)
        if name == "mapping.yml" or (packing == "zip" and place.kind == "evidence"):
            packed[name] = content  # a case is written by a person: plain or gzipped
        elif packing == "gzip":
            packed[f"{name}.gz"] = gzip.compress(content, mtime=0)
        else:
            packed[f"{name}.zip"] = _zip(name, content)
    # A workbook is written anew by each sample, with the time of day in it.
    if kind_of(place.sample.first, place.sample.files[place.sample.first]) == "xlsx":
        assert place.load(packed).facts() == first.facts()
        return
    again = place.load(packed)
    assert again.refusal is None
    assert again.report is not None
    assert first.report is not None
    assert (again.report.new, again.report.version) == (False, first.report.version)


@pytest.mark.parametrize("form", ["bom", "crlf", "lf", "no-last-break"])
def test_marks_and_line_breaks_change_nothing(place: Place, form: str) -> None:
    first = place.load(place.sample.files)
    files = {}
    for name, body in place.sample.files.items():
        content = encode(body)
        if isinstance(body, str) and name != "mapping.yml":
            plain = content.removeprefix(BOM).replace(b"\r\n", b"\n")
            content = {"bom": BOM + content.removeprefix(BOM), "lf": plain,
                       "crlf": plain.replace(b"\n", b"\r\n"),
                       "no-last-break": content.rstrip(b"\r\n")}[form]  # fmt: skip
        files[name] = content
    again = place.load(files)
    if form == "no-last-break" and place.kind == "eu_journal_csv":
        # Its last cell is not quoted: what breaks off in it looks the same.
        assert "breaks off inside this row" in str(again.refusal)
        return
    assert again.refusal is None
    assert again.facts() == first.facts()
    assert again.told == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_another_encoding_is_refused_or_says_the_same(place: Place, encoding: str) -> None:
    first = place.load(place.sample.files)
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str):
        pytest.skip("a workbook is no text")
    text = body.replace('encoding="UTF-8"', 'encoding="UTF-16"', 1)
    text = text.replace('encoding="utf-8"', 'encoding="UTF-16"', 1)
    if encoding == "utf-32":
        text = text.replace("UTF-16", "UTF-32", 1)
    again = place.load({**place.sample.files, place.sample.first: text.encode(encoding)})
    if again.refusal is None:
        assert again.facts() == first.facts()


def test_another_namespace_changes_nothing_and_another_root_is_refused(place: Place) -> None:
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str) or not body.startswith("<"):
        pytest.skip("no XML")
    first = place.load(place.sample.files)
    head, _, rest = body.partition("\n")
    tag = rest[1:].split(">", 1)[0].split()[0]
    attributes = rest[1 + len(tag) :].split(">", 1)[0]
    plain = " ".join(part for part in attributes.split() if not part.startswith("xmlns="))
    inner = rest.split(">", 1)[1]
    moved = f'{head}\n<{tag} xmlns="urn:elsewhere:9.9" {plain}>{inner}'
    again = place.load({**place.sample.files, place.sample.first: moved})
    assert again.refusal is None
    assert again.facts() == first.facts()
    other = f"{head}\n<page {plain}>{inner.replace(f'</{tag}>', '</page>')}"
    refused = place.load({**place.sample.files, place.sample.first: other})
    assert refused.refusal is not None
