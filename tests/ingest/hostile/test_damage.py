"""What is no list, or no longer a whole one, is refused, and harms nothing that is there."""

from __future__ import annotations

import gzip
import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

from ingest import unpack
from tests.ingest.hostile.place import Place
from tests.ingest.hostile.samples import SECOND, Sheet, encode, kind_of

TABLES = ("table", "agents")  # a person's own
PAGE = b"<!DOCTYPE html>\n<html><head><title>503</title></head><body>Unavailable</body></html>\n"
XML_PAGE = b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>"


NOT_LISTS = {
    "empty": b"", "blank": b" \r\n\t\n", "mark": b"\xef\xbb\xbf", "nul": b"\0" * 4096,
    "ff": b"\xff" * 4096, "html": PAGE, "xml": XML_PAGE, "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "object": b"{}", "array": b"[]", "json": b'{"error": "quota"}\n', "null": b"null",
    "text": b"Too many requests\n", "binary": b"\x7fELF" + bytes(range(256)) * 8,
}  # fmt: skip


def _refused(place: Place, content: bytes, why: str, name: str = "") -> str:
    """The message with which the sample is refused when one of its files has this content."""
    loaded = place.load({**place.sample.files, name or place.sample.first: content})
    assert loaded.refusal is not None, (why, loaded.told)
    return str(loaded.refusal)


def test_what_is_no_list_is_refused(place: Place) -> None:
    place.load(place.sample.files)
    for why, content in NOT_LISTS.items():
        _refused(place, content, why)


def test_each_file_of_a_list_is_looked_at(place: Place) -> None:
    place.load(place.sample.files)
    for name in place.sample.files.keys() - {place.sample.first}:
        for why in ("empty", "html", "ff"):
            _refused(place, NOT_LISTS[why], f"{name} {why}", name)


def _headed(place: Place) -> str | Sheet:
    """The list without parties."""
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str):
        return body[:2] if place.kind == "il_nbctf_xlsx" else body[:1]
    if body.startswith("<"):
        head, _, rest = body.partition("\n")
        tag = rest.split(">", 1)[0]
        return f"{head}\n{tag}></{tag[1:].split()[0]}>"
    if place.kind == "us_ofac_csv":
        return "\x1a"
    lines = body.splitlines(keepends=True)
    if body.startswith("{"):
        return lines[-1] if place.kind == "gb_psc_jsonl" else ""
    return "".join(lines[: 2 if place.kind in ("gb_fcdo_csv", "gb_ofsi_csv") else 1])


def test_a_list_of_nobody_is_refused(place: Place) -> None:
    if place.kind == "icij_csv":
        pytest.skip("its other tables hold parties")
    place.load(place.sample.files)
    _refused(place, encode(_headed(place)), "header alone")


def test_a_broken_download_is_refused_or_told(place: Place) -> None:
    """Cut anywhere in the last party; a comma-separated file that ends in a row may be a whole."""
    first = place.load(place.sample.files)
    body = place.sample.files[place.sample.first]
    content = encode(body)
    last = content.find(SECOND.encode()) if isinstance(body, str) else len(content) // 2
    last = last if last > 0 else len(content) * 2 // 3
    kind = kind_of(place.sample.first, body)
    for at in range(last + 3, len(content) - 2, max(1, (len(content) - last) // 12)):
        cut = place.load({**place.sample.files, place.sample.first: content[:at]})
        if cut.refusal is None:
            assert kind == "csv", f"cut at {at} of {len(content)}"
            if place.kind in TABLES:
                continue  # of a person's own table nobody says how its last line ends
            lost = first.facts() - cut.facts()
            assert not lost or cut.told, f"cut at {at}: {content[at - 30 : at]!r} lost {lost}"


def test_bytes_that_are_no_text_are_refused_or_told(place: Place) -> None:
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str):
        pytest.skip("a workbook is no text")
    place.load(place.sample.files)
    name = place.sample.name.encode()
    for byte in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", b"\xf5\x80\x80\x80"):
        content = body.encode().replace(name, name[:3] + byte + name[3:])
        loaded = place.load({**place.sample.files, place.sample.first: content})
        if place.kind in TABLES and byte == b"\0":  # what old programs pad with is left out
            assert place.sample.name in {row["value"] for row in loaded.statements}
        else:
            assert loaded.refusal is not None or loaded.told, byte


def _entity(body: str, declared: str, used: str = "&a;") -> str:
    head, _, rest = body.partition("\n")
    tag = rest[1:].split(">", 1)[0].split()[0]
    return f"{head}\n<!DOCTYPE {tag} [{declared}]>\n{rest}".replace(SECOND, used, 1)


_LAUGHS = '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10)
) + '<!ENTITY a "&a9;">'  # fmt: skip


DECLARED = {
    "file": '<!ENTITY a SYSTEM "file:///etc/passwd">',
    "http": '<!ENTITY a SYSTEM "http://127.0.0.1:9/x">',
    "parameter": '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;',
    "laughs": _LAUGHS, "harmless": '<!ENTITY a "b">', "long": f'<!ENTITY a "{"x" * 60_000}">',
}  # fmt: skip


def test_a_document_type_is_refused(place: Place) -> None:
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str) or not body.startswith("<"):
        pytest.skip("no XML")
    place.load(place.sample.files)
    for why, declared in DECLARED.items():
        said = _refused(place, _entity(body, declared).encode(), why)
        # The UN's file is looked for by its root, which is not read behind such a declaration.
        assert "document type" in said or place.kind == "un_sc_xml", (why, said)


def test_a_late_document_type_or_unknown_entity_is_refused(place: Place) -> None:
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str) or not body.startswith("<"):
        pytest.skip("no XML")
    place.load(place.sample.files)
    _refused(place, body.replace(place.sample.name, "&nobody;", 1).encode(), "entity")
    padding = f"<!--{'x' * 300_000}-->\n<!DOCTYPE a [<!ENTITY b 'c'>]>\n"
    head, _, rest = body.partition("\n")
    _refused(place, f"{head}\n{padding}{rest}".encode(), "late")


def test_xml_made_to_fill_the_memory_is_refused(place: Place) -> None:
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str) or not body.startswith("<"):
        pytest.skip("no XML")
    place.load(place.sample.files)
    for why, inner in (("deep", "<a>" * 5000 + "</a>" * 5000), ("wide", "x" * 11_000_000)):
        _refused(place, body.replace(place.sample.name, inner, 1).encode(), why)


def test_a_line_of_ten_megabytes_is_refused_or_read_in_time(place: Place) -> None:
    body = place.sample.files[place.sample.first]
    if not isinstance(body, str) or body.startswith("<"):
        pytest.skip("a workbook has no lines, and XML is refused (see above)")
    place.load(place.sample.files)
    began = time.monotonic()
    content = body.replace(place.sample.name, "x" * 10_500_000, 1)
    loaded = place.load({**place.sample.files, place.sample.first: content})
    assert time.monotonic() - began < 30
    if loaded.refusal is None:
        assert len(loaded.statements) > 1


def _zip(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def _patch(content: bytes, local: int, central: int, value: bytes) -> bytes:
    """Change a field of both headers of the first member."""
    patched = bytearray(content)
    at = content.index(b"PK\x01\x02")
    patched[local : local + len(value)] = value
    patched[at + central : at + central + len(value)] = value
    return bytes(patched)


_WHOLE = _zip(("x.csv", b"a,b\n" * 500))
_DIRECTORY = _WHOLE.index(b"PK\x05\x06")
PACKED: dict[str, Callable[[], bytes]] = {
    "gzip-cut": lambda: gzip.compress(b"a,b\n" * 500, mtime=0)[:-5],
    "gzip-wrong-sum": lambda: gzip.compress(b"a,b\n" * 500, mtime=0)[:-8] + b"\0" * 8,
    "gzip-bomb": lambda: gzip.compress(bytes(1 << 22), mtime=0),
    "zip-bomb": lambda: _zip(("x.csv", bytes(1 << 22))),
    "zip-cut": lambda: _WHOLE[:-30],
    "zip-path": lambda: _zip(("../../../etc/cron.d/x", b"a,b\n")),
    "zip-absolute": lambda: _zip(("/etc/cron.d/x", b"a,b\n")),
    "zip-drive": lambda: _zip(("C:\\x.csv", b"a,b\n")),
    "zip-dot": lambda: _zip((".", b"a,b\n")),
    "zip-empty": lambda: _zip(),
    "zip-in-zip": lambda: _zip(("x.zip", _WHOLE)),
    "zip-encrypted": lambda: _patch(_WHOLE, 6, 8, b"\x01"),
    "zip-version": lambda: _patch(_WHOLE, 4, 6, b"\xff\x00"),
    "zip-method": lambda: _patch(_WHOLE, 8, 10, b"\x63\x00"),
    "zip-lzma": lambda: _patch(_WHOLE, 8, 10, b"\x0e\x00"),
    "zip-offset": lambda: _WHOLE[: _DIRECTORY + 16] + struct.pack("<I", 2**31) + _WHOLE[-2:],
    "zip-member-offset": lambda: _patch(_WHOLE, 0, 42, struct.pack("<I", 2**31)),
    "zip-two": lambda: _zip(("x.csv", b"a,b\n"), ("y.csv", b"a,b\n")),
    "zip-name": lambda: _patch(_zip(("\N{SNOWMAN}.csv", b"a,b\n")), 30, 46, b"\xff\xff"),
}


def test_hostile_packing_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "_SMALL", 1 << 16)
    place.load(place.sample.files)
    for why, make in PACKED.items():
        _refused(place, make(), why)


def test_random_damage_is_refused_or_told_or_harmless(place: Place) -> None:
    """A byte here and there: never a bare exception (`Place.load` lets none through)."""
    content = encode(place.sample.files[place.sample.first])
    place.load(place.sample.files)
    for number in range(10):
        at = (number * 7919 + 13) % len(content)
        for byte in (b"<", b"\0", b'"', b"\xe9"):
            damaged = content[:at] + byte + content[at + 1 :]
            place.load({**place.sample.files, place.sample.first: damaged})
