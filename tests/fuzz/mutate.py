"""Changes that stay within a format, so that an input gets past the first check of it.

XML is changed at elements, attributes and texts; tables at cells, rows and columns; JSON at values
and keys; ZIP files (workbooks) within a member; other text at its words. What is broken already,
and one input in six, is changed as bytes.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

from lxml import etree

from tests.fuzz import bundle

Bytes = Callable[[bytes, int], bytes]  # libFuzzer's own mutation: (content, largest size)

# What real files and hostile ones have had in places where nobody expected it.
WORDS = (
    "", " ", "0", "1", "-1", "00", "0001", "99999999999999999999", "1e309", "nan", "inf", "0x10",
    "²", "①", "٣", "½", "1_000", "1,000", "1.000,5", "25%", "25-50%", ">100", "-5%", "100.01",
    "31/02/2020", "00/00/0000", "0000-00-00", "2020-13-45", "9999-99-99", "20200131", "Feb 1900",
    "circa 1944", "1951 to 1953", "12/28/2023", "2023-12-28", "2015-03-27-04:00", "10000-01-01",
    ";", ",", "|", ":", ".", "-", "--", "-0-", "()", "(", ")", "((", "[]", "]", "{", "}", "\"", "'",
    "1)", "(1) a (2) b", "a) b) c)", "a.k.a.", "Linked To: ", "(Linked To: A; Linked To: B)", "née",
    "https://[", "http://[::1", "http://a:99999999/", "//", "/", "..", "\\", "%00", "%s", "{0}",
    "İ", "ß", "ǅ", "K", "ﬁ", "\u202e", "\u200b", "\u2028", "\ufeff", "\u0085", "\u00a0", "\ufffd",
    "中文", "عربي", "קרן", "Обувь", "e\u0301", "\U0001f6a2", "\U000e0001", "a\tb", "a\nb", "a\rb",
    "true", "False", "null", "None", "yes", "Y", "N/A", "Unknown", "na", "<script>", "&amp;",
    "=1+1", "A" * 300, "((((((((((((((((((((", "a a a a a a a a a a a a a a a a a ",
    "IMO 7406784",
    "Individual", "Entity", "Vessel", "Primary Name", "ENTITY", "PERSON", "TAi.902", "QDe.001",
    "LB", "lb", "XX", "Lebanon", "CS", "EU", "529900T8BM49AURSDO55", "7707083893", "DEUTDEFF",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**30, [], {}, [[]], [None], {"": 1},
)  # fmt: skip
_SPLIT = re.compile(r"([\s;,.:()\[\]/|'\"-]+)")
_STEPS = 3


def mutate(content: bytes, limit: int, seed: int, default: str, change_bytes: Bytes) -> bytes:
    """A changed input of at most `limit` bytes.

    Args:
        default: Name of the only file of an input that is no bundle; its ending tells the format.
    """
    draw = Random(seed)  # noqa: S311
    if not content or draw.random() < 1 / 6:
        return change_bytes(content, limit)
    files = bundle.split(content, default)
    name = draw.choice(list(files))
    changed = change(files[name], name, draw)
    if changed is None or changed == files[name]:
        return change_bytes(content, limit)
    single = len(files) == 1 and not content.startswith(b"%%FILE ")
    made = changed if single else bundle.join({**files, name: changed})
    return made if len(made) <= limit else change_bytes(content, limit)


def change(content: bytes, name: str, draw: Random) -> bytes | None:
    """The content of one file changed within its format; None when it is not of that any more."""
    ending = name.lower().rpartition(".")[2]
    if content.startswith(b"PK\x03\x04"):
        return _change_zip(content, draw)
    if ending == "xml" or content.lstrip().startswith(b"<"):
        return change_xml(content, draw)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if text.lstrip().startswith(("{", "[")):
        return change_json(text, draw).encode("utf-8", "surrogatepass")
    if ending == "csv":
        return change_table(text, draw).encode()
    if ending in ("yml", "yaml"):
        return change_lines(text, draw).encode()
    return change_words(text, draw).encode()


def change_xml(content: bytes, draw: Random, *, gentle: bool = False) -> bytes | None:
    """Another document; None when this is none.

    Args:
        gentle: Mostly the texts, where nearly any other change makes the whole unreadable.
    """
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    for _ in range(draw.randint(1, _STEPS)):
        elements = list(root.iter(etree.Element))
        texts = [each for each in elements if each.text and not each.text.isspace()]
        if gentle and texts and draw.random() < 5 / 6:
            chosen = draw.choice(texts)
            chosen.text = _xml_text(_new_text(chosen.text, draw))
        else:
            _change_element(draw.choice(elements), elements, draw)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _change_element(element: Any, elements: list[Any], draw: Random) -> None:
    other, parent = draw.choice(elements), element.getparent()
    step = draw.randrange(11)
    if step <= 2:
        element.text = _xml_text(_new_text(element.text, draw))
    elif step == 3:
        element.text, other.text = other.text, element.text
    elif step == 4 and element.attrib:
        name = draw.choice(list(element.attrib))
        element.set(name, _xml_text(_new_text(element.get(name), draw)))
    elif step == 5 and element.attrib:
        del element.attrib[draw.choice(list(element.attrib))]
    elif step == 6 and parent is not None:
        parent.remove(element)
    elif step == 7 and parent is not None:
        parent.insert(draw.randint(0, len(parent)), _copy(element))
    elif step == 8 and element not in list(other.iterancestors()) and len(other) < 50:
        other.append(_copy(element))
    elif step == 9:
        element.tag = other.tag
    else:
        element.insert(0, etree.Comment(" x "))
        element[0].tail = _xml_text(draw.choice(WORDS))


def _copy(element: Any) -> Any:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _xml_text(text: str) -> str:
    """The text without what XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def change_table(text: str, draw: Random) -> str:
    """Another table with the same separator, end mark and line breaks."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    end = "\x1a" if text.endswith("\x1a") else ""
    breaks = "\r\n" if "\r\n" in text else "\n"
    try:
        rows = [
            row
            for row in csv.reader(io.StringIO(text.rstrip("\x1a").removeprefix(mark), newline=""))
            if row
        ]
    except csv.Error:
        return change_lines(text, draw)
    for _ in range(draw.randint(1, _STEPS)):
        if rows:
            _change_rows(rows, draw)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=breaks)
    if draw.random() < 1 / 3:
        writer = csv.writer(stream, lineterminator=breaks, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    return mark + stream.getvalue() + end


def _change_rows(rows: list[list[str]], draw: Random) -> None:
    # The header seldom: without it a file is none of its format.
    below = rows[1:] if len(rows) > 1 and draw.random() < 7 / 8 else rows
    row, other = draw.choice(below), draw.choice(below)
    at = draw.randrange(len(row)) if row else 0
    step = draw.randrange(9 if draw.random() < 7 / 8 else 11)
    if step <= 4 and row:
        row[at] = _new_text(row[at], draw)
    elif step == 5 and row and other:
        row[at] = draw.choice(other)
    elif step == 6 and row and at < len(other):
        row[at], other[at] = other[at], row[at]
    elif step == 7:
        rows.insert(draw.randint(0, len(rows)), list(row))
    elif step == 8:
        rows.remove(row)
    elif step == 9:
        column = draw.choice(WORDS)
        for each in rows:
            each.insert(at, column)
    else:
        for each in rows:
            del each[at : at + 1]


def change_json(text: str, draw: Random) -> str:
    """Other objects, one a line."""
    lines = text.splitlines()
    at = draw.randrange(len(lines))
    try:
        value = json.loads(lines[at])
    except (ValueError, RecursionError):
        return change_lines(text, draw)
    step = draw.randrange(8)
    if step == 0:
        lines.insert(draw.randint(0, len(lines)), lines[at])
    elif step == 1:
        del lines[at]
    else:
        for _ in range(draw.randint(1, _STEPS)):
            value = _change_value(value, draw)
        lines[at] = json.dumps(value, ensure_ascii=draw.random() < 1 / 2)
    return "\n".join(lines) + "\n"


def _change_value(value: Any, draw: Random) -> Any:
    if isinstance(value, dict) and value and draw.random() < 9 / 10:
        key = draw.choice(list(value))
        step = draw.randrange(10)
        if step == 0:
            return {name: each for name, each in value.items() if name != key}
        if step == 1:
            return {**value, draw.choice(WORDS): value[key]}
        return {**value, key: _change_value(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 9 / 10:
        at = draw.randrange(len(value))
        return [*value[:at], _change_value(value[at], draw), *value[at + draw.randint(0, 1) :]]
    if draw.random() < 1 / 3:
        return draw.choice(_VALUES)
    if draw.random() < 1 / 20:
        return "\ud800"  # half a letter: JSON can say it, UTF-8 cannot
    return _new_text(value if isinstance(value, str) else "", draw)


def change_lines(text: str, draw: Random) -> str:
    """Other lines: YAML, or a table that is none any more."""
    lines = text.split("\n")
    for _ in range(draw.randint(1, _STEPS)):
        at = draw.randrange(len(lines))
        step = draw.randrange(7)
        if step == 0 and len(lines) > 1:
            del lines[at]
        elif step == 1:
            lines.insert(at, draw.choice(lines))
        elif step == 2:
            lines[at] = draw.choice(["  ", "- ", "\t", "&a ", "*a", "!!int ", "? "]) + lines[at]
        elif step == 3:
            lines[at] = lines[at][2:]
        else:
            head, colon, value = lines[at].partition(": ")
            lines[at] = head + colon + _new_text(value, draw)
    return "\n".join(lines)


def change_words(text: str, draw: Random) -> str:
    """Other words."""
    for _ in range(draw.randint(1, _STEPS)):
        text = _new_text(text, draw)
    return text


def _new_text(text: str | None, draw: Random) -> str:
    """A word of `WORDS`, or the text with one of its words changed, doubled or taken out."""
    if not text or draw.random() < 1 / 3:
        return draw.choice(WORDS)
    parts = _SPLIT.split(text)
    at = draw.randrange(len(parts))
    step = draw.randrange(6)
    if step == 0:
        parts[at] = draw.choice(WORDS)
    elif step == 1:
        parts.insert(at, draw.choice(WORDS))
    elif step == 2:
        parts.insert(at, draw.choice(parts))
    elif step == 3:
        del parts[at]
    elif step == 4:
        parts[at] = parts[at][: draw.randint(0, len(parts[at]))]
    else:
        parts[at] = parts[at].swapcase() + draw.choice(parts)
    return "".join(parts)


def _change_zip(content: bytes, draw: Random) -> bytes | None:
    """The ZIP with one of its files changed; a sheet or its texts rather than a style."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, it is then changed as bytes
        return None
    if not members:
        return None
    cells = [name for name in members if "sheet" in name or "shared" in name]
    name = draw.choice(cells if cells and draw.random() < 9 / 10 else list(members))
    xml = name.endswith((".xml", ".rels"))
    inner = members[name]
    changed = change_xml(inner, draw, gentle=True) if xml else change(inner, name, draw)
    if changed is None:
        return None
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for each, inner in {**members, name: changed}.items():
            archive.writestr(each, inner)
    return stream.getvalue()
