"""Downloads the files of a dataset from its publisher into a folder.

The only module that makes an outbound connection, and only when asked to. All files of a dataset
are fetched before the first one is put in place, so that a folder never mixes two publications
because a connection broke. What the files hold is checked by the load.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from graph.errors import DownloadError

TIMEOUT_S = 60.0
ATTEMPTS = 3
PAUSE_S = 2.0  # before the second attempt; doubled before each further one
MAX_BYTES = 1 << 30
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def fetch(
    dataset: str,
    urls: Mapping[str, str],
    target: Path,
    *,
    base_url: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Path]:
    """Download each file of a dataset.

    Args:
        dataset: Name of the dataset, for messages.
        urls: Canonical file name -> URL, as in the catalog.
        target: Folder; made when absent. A file of the same name is replaced.
        base_url: A mirror; the last part of each URL is looked for there instead.
        sleep: Waits between attempts.

    Returns:
        Canonical file name -> path.

    Raises:
        DownloadError: When a file cannot be had whole; the folder is as before.
    """
    target.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=target, prefix=".partial-"))
    try:
        timeout = httpx.Timeout(TIMEOUT_S)
        with httpx.Client(timeout=timeout, follow_redirects=True, max_redirects=5) as client:
            for name, url in urls.items():
                if base_url:
                    url = f"{base_url.rstrip('/')}/{urlsplit(url).path.rpartition('/')[2]}"
                _fetch_file(client, url, partial / name, dataset, sleep)
        return {name: (partial / name).replace(target / name) for name in urls}
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fetch_file(
    client: httpx.Client, url: str, path: Path, dataset: str, sleep: Callable[[float], None]
) -> None:
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"{url!r} is neither http nor https; give such a URL.", url=url,
                            retryable=False, dataset=dataset)  # fmt: skip
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _download(client, url, path, dataset)
        except DownloadError as exc:
            if not exc.retryable or attempt == ATTEMPTS:
                raise
            sleep(PAUSE_S * 2 ** (attempt - 1))
        else:
            return


def _download(client: httpx.Client, url: str, path: Path, dataset: str) -> None:
    def failed(fault: str, *, retryable: bool) -> DownloadError:
        remedy = "try again later" if retryable else "check the URL in the publisher's site"
        message = f"{url} {fault}; {remedy}, or download it by hand and use `cuibono load --from`."
        return DownloadError(message, url=url, retryable=retryable, dataset=dataset)

    try:
        with client.stream("GET", url) as response:
            status = response.status_code
            if status != httpx.codes.OK:
                retryable = status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR
                raise failed(f"answered {status}", retryable=retryable)
            received = 0
            with path.open("wb") as stream:
                for block in response.iter_bytes():
                    received += len(block)
                    if received > MAX_BYTES:
                        raise failed(f"is larger than {MAX_BYTES} bytes", retryable=False)
                    stream.write(block)
            announced = response.headers.get("content-length", "")
            if announced.isdigit() and int(announced) != response.num_bytes_downloaded:
                fault = f"sent {response.num_bytes_downloaded} of {announced} bytes"
                raise failed(fault, retryable=True)
            if not received:
                raise failed("sent an empty file", retryable=True)
    except httpx.TooManyRedirects as exc:
        raise failed("redirects in a circle", retryable=False) from exc
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as exc:
        raise failed(f"cannot be requested ({exc})", retryable=False) from exc
    except httpx.HTTPError as exc:
        raise failed(f"could not be read ({type(exc).__name__})", retryable=True) from exc
