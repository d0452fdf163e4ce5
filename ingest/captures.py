"""Captures: the bytes of pages and documents behind evidence rows, kept in the archive.

A capture is a file under its SHA-256, as every archived file is, and an entry of the register,
`captures/<sha256>.json`, that ties it to the addresses it was taken from. What a quotation is
found in is these bytes and nothing else: a page that changes later changes no answer.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml
from lxml import etree
from lxml import html as lxml_html

from graph.errors import ConfigurationError, ParseError
from ingest.archive import Archive, hash_file, write_atomically
from ingest.quotations import normalise

MAX_BYTES = 64 * 2**20  # a page or a document; more is no page that somebody quotes
TREASURY = "https://home.treasury.gov"  # whose releases name their address without the host
HTML, MARKDOWN, TEXT, PDF = "text/html", "text/markdown", "text/plain", "application/pdf"
OTHER = "application/octet-stream"
SEARCHABLE = frozenset((HTML, MARKDOWN, TEXT))
SUFFIXES = {
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".pdf": PDF,
}

_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HIDDEN = ("script", "style", "noscript", "template", "svg")
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "mark", "q", "s",
     "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Capture:
    """A kept page or document, and where it was taken from."""

    sha256: str
    urls: tuple[str, ...]
    media_type: str
    captured_at: str  # ISO 8601, UTC
    title: str

    @property
    def searchable(self) -> bool:
        """Whether quotations can be looked for in it."""
        return self.media_type in SEARCHABLE


@dataclass(frozen=True, slots=True)
class Page:
    """What a file says of itself: its address and title, where it does, and its text."""

    media_type: str
    url: str
    title: str
    text: str  # plain, not normalised; empty when it cannot be read
    date: str = ""  # YYYY-MM-DD, of a release with front matter


class Captures:
    """The register of captures of one archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._folder = archive.root / "captures"
        self._by_address: dict[str, list[Capture]] | None = None
        self._texts: dict[str, str] = {}

    def add(self, path: Path, url: str | None = None, *, now: datetime | None = None) -> Capture:
        """Keep a file and tie it to an address; the same bytes may be tied to several.

        Args:
            path: HTML, Markdown, text or PDF.
            url: Where it was taken from; by default what the file says of itself.
            now: Time of the capture; by default now.

        Raises:
            ParseError: When the file is empty, too large or names no address.
        """
        page = read_page(path)
        address = check_address(url or page.url, path)
        sha256 = hash_file(path)
        known = self._read(sha256)
        moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        capture = Capture(
            sha256=sha256,
            urls=tuple(dict.fromkeys((*(known.urls if known else ()), address))),
            media_type=page.media_type,
            captured_at=known.captured_at if known else moment,
            title=page.title,
        )
        if capture != known:
            self._archive.keep(path)
            text = json.dumps(asdict(capture), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            write_atomically(self._place(sha256), text.encode())
            self._by_address = None
        return capture

    def list_all(self) -> list[Capture]:
        """Every capture, by SHA-256."""
        paths = sorted(self._folder.glob("[!.]*.json"))
        return [_read_capture(path) for path in paths]

    def find(self, url: str) -> list[Capture]:
        """The captures of an address, newest first; empty when there is none."""
        if self._by_address is None:
            self._by_address = {}
            for capture in sorted(self.list_all(), key=_age, reverse=True):
                for address in capture.urls:
                    self._by_address.setdefault(address_key(address), []).append(capture)
        return self._by_address.get(address_key(url), [])

    def text(self, capture: Capture) -> str:
        """The normalised text of a searchable capture.

        Raises:
            ConfigurationError: When the archive has lost it.
        """
        if capture.sha256 not in self._texts:
            path = self._archive.file(capture.sha256)
            page = make_page(path.read_bytes(), capture.media_type)
            self._texts[capture.sha256] = normalise(f"{page.title}\n\n{page.text}")
        return self._texts[capture.sha256]

    def _read(self, sha256: str) -> Capture | None:
        path = self._place(sha256)
        return _read_capture(path) if path.is_file() else None

    def _place(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.json"


def _age(capture: Capture) -> tuple[str, str]:
    return capture.captured_at, capture.sha256


def _read_capture(path: Path) -> Capture:
    try:
        stated = json.loads(path.read_text("utf-8"))
        names = ("sha256", "media_type", "captured_at", "title")
        return Capture(urls=tuple(stated["urls"]), **{name: str(stated[name]) for name in names})
    except (ValueError, KeyError, TypeError) as exc:
        raise ConfigurationError(
            f"The register of captures is damaged at {path.as_posix()!r} ({exc}); restore it from "
            "a backup, or remove it and add the capture again."
        ) from exc


def find_pages(location: Path) -> list[Path]:
    """The file itself, or the pages and documents in a folder and below, sorted.

    Raises:
        ParseError: When there is none.
    """
    if location.is_file():
        return [location]
    found = sorted(
        path
        for path in location.rglob("*")
        if path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )
    if not found:
        raise ParseError(
            f"{location.as_posix()!r} holds no page; give an HTML, Markdown, text or PDF file, or "
            "a folder of such.",
            locator=location.as_posix(),
        )
    return found


def check_address(url: str, path: Path) -> str:
    """An http or https address.

    Raises:
        ParseError: When it is none; names the file.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.netloc)
    except ValueError:
        good = False
    if not good or re.search(r"\s", url):
        said = f"{url!r} is no http or https address" if url else "the file names no address"
        raise ParseError(f"{path.name}: {said}; give the page's own with --url.", locator=path.name)
    return url


def address_key(url: str) -> str:
    """One form for addresses of one page: without scheme, www, fragment and last slash.

    Example:
        >>> address_key("http://www.Example.org/a/?page=2#top")
        'example.org/a?page=2'
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    host = parts.netloc.lower().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


# -- what a file says --------------------------------------------------------------------------


def read_page(path: Path) -> Page:
    """Read a page; a document that cannot be read as text has an empty one.

    Raises:
        ParseError: When the file is empty or too large.
    """
    size = path.stat().st_size
    if not size or size > MAX_BYTES:
        raise ParseError(
            f"{path.name} holds {size:,} bytes; a capture has 1 to {MAX_BYTES:,}.",
            locator=path.name,
        )
    content = path.read_bytes()
    return make_page(content, find_media_type(path, content))


def find_media_type(path: Path, content: bytes) -> str:
    """What the bytes are: by their beginning, then by the name of the file."""
    head = content[:1024].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return PDF
    if head.startswith((b"<!doctype html", b"<html")):
        return HTML
    if b"\0" in content[:65536]:
        return OTHER
    named = SUFFIXES.get(path.suffix.lower(), TEXT)
    return TEXT if named == PDF else named


def make_page(content: bytes, media_type: str) -> Page:
    """A page from its bytes."""
    if media_type == HTML:
        return _read_html(content)
    if media_type == MARKDOWN:
        return _read_markdown(_decode(content))
    return Page(media_type, "", "", _decode(content) if media_type == TEXT else "")


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_html(content: bytes) -> Page:
    try:
        content.decode("utf-8-sig")
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    except UnicodeDecodeError:
        parser = lxml_html.HTMLParser(no_network=True)  # the page's own declaration
    try:
        root: Any = lxml_html.document_fromstring(content, parser=parser)
    except (etree.ParserError, ValueError):  # nothing but blanks or comments
        return Page(HTML, "", "", "")
    named = [
        *root.xpath("//link[@rel='canonical']/@href"),
        *root.xpath("//meta[@property='og:url']/@content"),
    ]
    title = root.findtext(".//title") or ""
    etree.strip_elements(root, *_HIDDEN, etree.Comment, with_tail=False)
    return Page(HTML, str(named[0]) if named else "", _one_line(title), _gather_text(root))


def _gather_text(root: Any) -> str:
    """The text of a tree: what stands in a block of its own is apart from its neighbours."""
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        inline = element.tag in _INLINE
        if event == "start":
            parts += [] if inline else ["\n"]
            parts.append(element.text or "")
        else:
            parts += [] if inline else ["\n"]
            parts.append(element.tail or "")
    return "".join(parts)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _read_markdown(text: str) -> Page:
    front = _FRONT.match(text)
    stated = _read_front(front[1]) if front else {}
    body = text[front.end() :] if front else text
    address = stated.get("url", "")
    url = urljoin(TREASURY, address) if address.startswith("/news/") else address
    return Page(
        media_type=MARKDOWN,
        url=url,
        title=_one_line(stated.get("title", "")),
        text=strip_markdown(body),
        date=stated.get("date", "")[:10],
    )


def _read_front(text: str) -> Mapping[str, str]:
    """The front matter's plain values as written: no dates and numbers are made of them."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return {}
    if not isinstance(root, yaml.MappingNode):
        return {}
    return {
        str(key.value): str(value.value)
        for key, value in root.value
        if isinstance(value, yaml.ScalarNode)
    }


def strip_markdown(text: str) -> str:
    """The words of Markdown without its marks; paragraphs stay apart.

    Example:
        >>> strip_markdown("## **Tajco** [Ltd](https://example.org) &amp; sons.")
        'Tajco Ltd & sons.'
    """
    text = re.sub(r"!\[[^\]\n]*\]\([^)\n]*\)", " ", text)
    text = re.sub(r"\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    text = re.sub(r"(?m)^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-+*][ \t]+)", "", text)
    text = re.sub(r"(?i)<br\s*/?>|</?(?:p|div|li|td|tr|table|h[1-6])\b[^>\n]*>", "\n", text)
    text = re.sub(r"</?[a-zA-Z][^>\n]*>", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!&|~>-])", r"\1", text.replace("*", ""))
    return html.unescape(text)


def check_all(paths: Iterable[Path]) -> None:
    """Refuse a folder before anything of it is kept.

    Raises:
        ParseError: For the first page that names no address.
    """
    for path in paths:
        check_address(read_page(path).url, path)
