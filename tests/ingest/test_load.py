"""Loading: all of it or nothing, once, with what changed."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.errors import AssertionFailed, ConfigurationError, CuibonoError, ParseError
from ingest import load as loading
from ingest.archive import Archive
from ingest.catalog import Bounds, Fill, read_catalog
from ingest.delta import Change, compare
from ingest.load import LoadReport, load, restage
from ingest.sources.us_ofac.csv import OfacSource
from tests.ingest.ofac_files import CLOCK, address, alias, content, party, write_list

DATASET = "us_ofac_sdn"
PARTIES = [party(number, f"GHOST {number}", remarks="DOB 1963.") for number in range(1, 11)]
ALIASES = [alias(number, number, "aka", f"SPECTRE {number}") for number in range(1, 11)]
ADDRESSES = [address(number, number, f"Elm Row {number}") for number in range(1, 11)]


class Place:
    """An archive, a staging folder and a folder for lists."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.monkeypatch = monkeypatch
        self.archive = Archive(root / "archive")
        self.staging = root / "staging"
        self.source = OfacSource(DATASET)

    def load(self, location: Path, **options: Any) -> LoadReport:
        options.setdefault("clock", lambda: CLOCK)
        return load(self.archive, self.source, location, staging=self.staging, **options)

    def staged(self, report: LoadReport) -> Path:
        return self.staging / DATASET / report.version

    def state(self) -> dict[str, bytes]:
        """Every file under archive and staging."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for folder in (self.archive.root, self.staging)
            for path in folder.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    entry = read_catalog()[DATASET].model_copy(
        update={"expected": {"Sanction": Bounds(minimum=2, maximum=50)}, "filled": {}}
    )
    monkeypatch.setattr(loading, "read_catalog", lambda: {DATASET: entry})
    return Place(tmp_path, monkeypatch)


def test_a_load_archives_files_stages_tables_and_records_the_version(place: Place) -> None:
    report = place.load(write_list(place.root / "list-2023-12-28", PARTIES))
    assert (report.new, report.published, report.published_from) == (True, "2023-12-28", "name")
    assert report.counts["schemata"]["Organization"] == 10
    assert report.issues == {"misplaced-remark": 10}
    assert report.previous is None
    assert not report.delta
    (version,) = place.archive.versions(DATASET)
    assert version.retrieved_at == "2024-01-02T03:04:05+00:00"
    assert set(version.files) == {"sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"}
    for sha in version.files.values():
        place.archive.file(sha, verify=True)
    names = {path.name for path in place.staged(report).iterdir()}
    assert names == {"statements.parquet", "relations.parquet", "evidence.parquet", "issues.jsonl",
                     "version.json"}  # fmt: skip
    issues = (place.staged(report) / "issues.jsonl").read_text("utf-8").splitlines()
    assert json.loads(issues[0])["code"] == "misplaced-remark"


def test_the_same_list_again_changes_nothing_plain_or_gzipped(place: Place) -> None:
    folder = write_list(place.root / "list", PARTIES)
    first = place.load(folder, published="2023-01-01")
    before = place.state()
    packed = place.root / "packed"
    packed.mkdir()
    for path in folder.iterdir():
        (packed / f"{path.name.upper()}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    for location in (folder, packed):
        again = place.load(location, published="2023-01-01")
        assert (again.new, again.version, again.counts) == (False, first.version, first.counts)
        assert again.issues == first.issues
        assert not again.delta
        assert again.warnings == ()
    assert place.state() == before


def test_another_publication_day_for_a_known_version_is_not_taken_over(place: Place) -> None:
    folder = write_list(place.root / "list", PARTIES)
    assert place.load(folder).published is None
    again = place.load(folder, published="2024-01-01")
    assert again.published is None
    assert "2024-01-01 is not taken over" in again.warnings[0]


@pytest.mark.parametrize(
    "given",
    ["28.12.2023", "2023", "2023-12", "20231228", "2023-02-30", "2024-01-03", "2023-01-01 "],
)
def test_a_publication_day_is_a_plain_day_not_in_the_future_known_or_not(
    place: Place, given: str
) -> None:
    folder = write_list(place.root / "list", PARTIES)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=r"day of publication .*; give "):
            place.load(folder, published=given)
        place.load(folder, published="2024-01-02")  # today is not the future


def test_a_day_in_a_name_that_is_to_come_is_no_publication(place: Place) -> None:
    assert place.load(write_list(place.root / "list-2024-01-03", PARTIES)).published is None


def test_an_older_version_says_which_one_stands_over_it_and_how_to_change_that(
    place: Place,
) -> None:
    old = write_list(place.root / "a", PARTIES)
    place.load(old, published="2023-01-01")
    newer = write_list(place.root / "b", [*PARTIES, party(11, "GHOST 11")])
    stands = place.load(newer, published="2023-02-01")
    assert stands.warnings == ()
    (warning,) = place.load(old).warnings
    assert f"Version {stands.version} (published 2023-02-01) stands over this one" in warning
    (name,) = [word for word in warning.split() if word.startswith("archive/")]
    assert name == f"archive/datasets/{DATASET}/{stands.version}.json"
    (place.root / name).unlink()
    assert place.load(old).warnings == ()


def _leave(place: Place, name: str, age_s: float) -> Path:
    left = place.staging / DATASET / name
    left.mkdir(parents=True)
    (left / "statements.parquet").touch()
    moment = CLOCK.timestamp() - age_s
    os.utime(left, (moment, moment))
    return left


def test_what_killed_loads_left_is_removed_and_what_others_work_in_is_not(place: Place) -> None:
    _leave(place, ".partial-old", 61)
    _leave(place, ".partial-young", 59)  # its owner may not have locked it yet
    held = os.open(_leave(place, ".partial-held", 100_000), os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    report = place.load(write_list(place.root / "list", PARTIES))
    names = {path.name for path in (place.staging / DATASET).iterdir()}
    assert names == {".partial-young", ".partial-held", report.version}
    os.close(held)
    place.load(write_list(place.root / "list", PARTIES))
    names = {path.name for path in (place.staging / DATASET).iterdir()}
    assert names == {".partial-young", report.version}


def test_half_copied_files_of_killed_loads_are_removed(place: Place) -> None:
    folder = place.archive.root / "files"
    folder.mkdir(parents=True)
    for name, age in ((".old.partial", 3601), (".young.partial", 3599)):
        (folder / name).touch()
        moment = CLOCK.timestamp() - age
        os.utime(folder / name, (moment, moment))
    place.load(write_list(place.root / "list", PARTIES))
    assert {path.name for path in folder.glob(".*")} == {".young.partial"}


class Dated(OfacSource):
    """A list whose files state a day."""

    stated: str | None = None

    def published(self, files: Mapping[str, Path]) -> str | None:
        assert set(files) == {"sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"}
        return self.stated


def _dated(place: Place, stated: str | None) -> None:
    place.source = Dated(DATASET)
    place.source.stated = stated


def test_what_the_file_states_stands_over_its_name_and_under_what_is_given(place: Place) -> None:
    _dated(place, "2023-11-30")
    folder = write_list(place.root / "list-2023-12-28", PARTIES)
    report = place.load(folder)
    assert (report.published, report.published_from) == ("2023-11-30", "file")
    assert report.warnings == ()
    folder = write_list(place.root / "list-2023-12-29", PARTIES[1:])
    report = place.load(folder, published="2023-12-01")
    assert (report.published, report.published_from) == ("2023-12-01", "given")
    assert "The file itself says that it was published 2023-11-30" in report.warnings[0]


def test_a_file_that_states_no_day_leaves_it_to_its_name(place: Place) -> None:
    _dated(place, None)
    report = place.load(write_list(place.root / "list-2023-12-28", PARTIES))
    assert (report.published, report.published_from) == ("2023-12-28", "name")


@pytest.mark.parametrize("stated", ["2023", "2023-11", "2024-01-03"])
def test_the_precision_of_the_file_is_kept_and_tomorrow_is_a_time_zone(
    place: Place, stated: str
) -> None:
    _dated(place, stated)
    assert place.load(write_list(place.root / "list", PARTIES)).published == stated


@pytest.mark.parametrize("stated", ["2024-01-04", "2025", "2024-02"])
def test_a_file_that_says_it_is_of_the_future_is_refused_unless_a_day_is_given(
    place: Place, stated: str
) -> None:
    _dated(place, stated)
    folder = write_list(place.root / "list", PARTIES)
    with pytest.raises(ParseError, match=r"says that it was published .* in the future"):
        place.load(folder)
    assert place.archive.datasets() == []
    assert place.load(folder, published="2023-01-01").published == "2023-01-01"


@pytest.mark.parametrize("stated", ["", "28.12.2023", "2023-02-30", "2023-12-28T00:00", "20231228"])
def test_a_stated_day_that_is_no_date_is_said_and_not_taken(place: Place, stated: str) -> None:
    _dated(place, stated)
    report = place.load(write_list(place.root / "list", PARTIES))
    assert (report.published, report.published_from) == (None, "unknown")
    assert f"{stated!r}, which is no date" in report.warnings[0]


def test_progress_is_told_in_bytes_of_the_files(place: Place) -> None:
    told: list[tuple[str, int, int]] = []
    folder = write_list(place.root / "list", PARTIES)
    place.load(folder, progress=lambda *each: told.append(each))
    size = sum(path.stat().st_size for path in folder.iterdir())
    for stage in ("checking files", "reading"):
        done = [each for each in told if each[0] == stage]
        assert done[0] == (stage, 0, size)
        assert done[-1] == (stage, size, size)
        assert done == sorted(done)
    assert [stage for stage, _, total in told if not total] == [
        "writing tables", "counting", "archiving"
    ]  # fmt: skip


def _expect(place: Place, **filled: Fill) -> None:
    shares = {name.replace("_", "."): fill for name, fill in filled.items()}
    entry = read_catalog()[DATASET].model_copy(update={"expected": {}, "filled": shares})
    place.monkeypatch.setattr(loading, "read_catalog", lambda: {DATASET: entry})


def test_a_list_of_which_too_few_have_a_property_is_refused_and_too_many_reported(
    place: Place,
) -> None:
    people = [party(number, f"GHOST {number}", "individual", remarks="DOB 1963.")
              for number in range(1, 10)]  # fmt: skip
    folder = write_list(place.root / "a", [*people, party(10, "GHOST 10", "individual")])
    _expect(place, Person_birthDate=Fill(minimum=0.91))
    with pytest.raises(AssertionFailed, match=r"9 of 10 entities of Person \(90.0%\)") as caught:
        place.load(folder)
    assert (caught.value.metric, caught.value.actual) == ("Person.birthDate", 0.9)
    assert place.archive.datasets() == []
    _expect(place, Person_birthDate=Fill(minimum=0.9, maximum=0.9))
    assert place.load(folder).warnings == ()
    _expect(place, Person_birthDate=Fill(maximum=0.89))
    (warning,) = place.load(write_list(place.root / "b", [*people, party(11, "X", "individual")]),
                            published="2023-01-01").warnings[:1]  # fmt: skip
    assert "at most 89.0% expected" in warning


def test_a_property_that_vanished_since_the_version_before_is_refused_unless_accepted(
    place: Place,
) -> None:
    def write(name: str, known: int) -> Path:
        genders = ["Gender Male." if number < known else None for number in range(20)]
        return write_list(place.root / name, [
            party(number + 1, f"GHOST {number}", "individual", remarks=gender)
            for number, gender in enumerate(genders)
        ])  # fmt: skip

    _expect(place)
    first = place.load(write("a", 20), published="2023-01-01")
    assert first.counts["filled"]["Person.gender"] == 20
    assert place.load(write("b", 16), published="2023-01-02").new
    before = place.state()
    with pytest.raises(AssertionFailed, match=r"stood in 80.0% .* now in 10.0%.*--accept-shrink"):
        place.load(write("c", 2), published="2023-01-03")
    assert place.state() == before
    report = place.load(write("c", 2), published="2023-01-03", accept_shrink=True)
    assert any("gender stood in 80.0%" in warning for warning in report.warnings)


@pytest.mark.parametrize("name", ["sdn.csv", "alt.csv", "add.csv"])
def test_a_missing_end_mark_is_a_warning_of_the_load_each_time(place: Place, name: str) -> None:
    folder = write_list(place.root / "list", PARTIES, ALIASES, ADDRESSES)
    (folder / name).write_bytes((folder / name).read_bytes().removesuffix(b"\x1a"))
    for _ in range(2):
        (warning,) = place.load(folder).warnings
        assert warning.startswith(f"{name} does not end in")


def test_a_new_version_reports_what_changed_by_property(place: Place) -> None:
    first = place.load(write_list(place.root / "a", PARTIES), published="2023-01-01")
    changed = [*PARTIES[1:9], party(10, "GHOST 10", remarks="Linked To: GHOST 9."),
               party(11, "GHOST 11")]  # fmt: skip
    folder = write_list(place.root / "b", changed, [alias(2, 1, "aka", "SPECTRE")],
                        [address(3, 7, "Elm Row 1")])  # fmt: skip
    report = place.load(folder, published="2023-02-01")
    assert report.previous == first.version
    assert set(report.delta.added) == {
        "ofac-11", "ofac-11-sdn", "ofac-addr-7", "ofac-linked-10-9"
    }  # fmt: skip
    assert report.delta.removed == ("ofac-1", "ofac-1-sdn")
    assert report.delta.changed == ("ofac-10", "ofac-2", "ofac-3")
    assert Change("ofac-2", "alias", (), ("SPECTRE",)) in report.delta.changes
    assert Change("ofac-10", "notes", ("DOB 1963",), ()) in report.delta.changes
    back = compare(place.staged(report), place.staged(first))
    assert back.added == report.delta.removed


def test_an_older_list_loaded_later_is_compared_with_its_own_predecessor(place: Place) -> None:
    old = place.load(write_list(place.root / "a", PARTIES[:5]), published="2020-01-01")
    place.load(write_list(place.root / "b", PARTIES), published="2023-01-01")
    middle = place.load(write_list(place.root / "c", PARTIES[:6]), published="2021-01-01")
    assert middle.previous == old.version
    assert middle.delta.added == ("ofac-6", "ofac-6-sdn")


def test_two_versions_of_one_second_keep_their_order(place: Place) -> None:
    moments = [CLOCK, CLOCK.replace(microsecond=1), CLOCK.replace(microsecond=2)]
    loaded = [
        place.load(
            write_list(place.root / str(number), PARTIES[number:]), clock=lambda now=now: now
        )
        for number, now in enumerate(moments)
    ]
    names = [version.version for version in place.archive.versions(DATASET)]
    assert names == [report.version for report in loaded]
    assert [report.previous for report in loaded] == [None, *names[:2]]


def test_a_list_that_shrank_by_more_than_a_fifth_is_refused_unless_accepted(place: Place) -> None:
    place.load(write_list(place.root / "a", PARTIES), published="2023-01-01")
    before = place.state()
    folder = write_list(place.root / "b", PARTIES[:7])
    with pytest.raises(AssertionFailed, match=r"shrank from .*--accept-shrink") as caught:
        place.load(folder, published="2023-02-01")
    assert caught.value.dataset == DATASET
    assert place.state() == before
    report = place.load(folder, published="2023-02-01", accept_shrink=True)
    assert report.new
    assert any("accepted" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    ("kept", "metric"),
    [((0, 10, 10), "alias"), ((5, 10, 10), "alias"), ((10, 0, 10), "Address"),
     ((10, 10, 0), "lines of sdn_comments.csv")],
)  # fmt: skip
def test_a_list_of_which_one_file_was_emptied_or_cut_is_refused(
    place: Place, kept: tuple[int, int, int], metric: str
) -> None:
    parties = [*PARTIES, *(party(number, f"SPIRIT {number}") for number in range(20, 120))]
    comments = [f'{number},"more"' for number in range(1, 11)]

    def write(name: str, aliases: int, addresses: int, notes: int) -> Path:
        return write_list(place.root / name, parties, ALIASES[:aliases], ADDRESSES[:addresses],
                          comments[:notes])  # fmt: skip

    expected = {"Sanction": Bounds(minimum=2, maximum=500)}
    entry = read_catalog()[DATASET].model_copy(update={"expected": expected})
    place.monkeypatch.setattr(loading, "read_catalog", lambda: {DATASET: entry})
    place.load(write("a", 10, 10, 10), published="2023-01-01")
    cut = write("b", *kept)
    with pytest.raises(AssertionFailed, match=r"shrank from 1. to .*--accept-shrink") as caught:
        place.load(cut, published="2023-02-01")
    assert caught.value.metric == metric
    assert place.load(cut, published="2023-02-01", accept_shrink=True).new


def test_a_first_load_without_its_aliases_or_addresses_is_refused(place: Place) -> None:
    bounds = {name: Bounds(minimum=8, maximum=50) for name in ("alias", "Address")}
    entry = read_catalog()[DATASET].model_copy(update={"expected": bounds})
    place.monkeypatch.setattr(loading, "read_catalog", lambda: {DATASET: entry})
    folder = write_list(place.root / "a", PARTIES, (), ADDRESSES)
    with pytest.raises(AssertionFailed, match="has 0 values of alias, at least 8"):
        place.load(folder)
    folder = write_list(place.root / "b", PARTIES, ALIASES, ADDRESSES[:7])
    with pytest.raises(AssertionFailed, match="has 7 entities of Address, at least 8"):
        place.load(folder)
    assert place.load(write_list(place.root / "c", PARTIES, ALIASES, ADDRESSES)).new


def test_a_loss_of_exactly_a_fifth_is_loaded(place: Place) -> None:
    place.load(write_list(place.root / "a", PARTIES), published="2023-01-01")
    assert place.load(write_list(place.root / "b", PARTIES[:8]), published="2023-02-01").new


def test_fewer_entries_than_the_minimum_are_refused_more_than_the_maximum_reported(
    place: Place,
) -> None:
    with pytest.raises(AssertionFailed, match=r"at least 2 are expected; .*download them again"):
        place.load(write_list(place.root / "a", PARTIES[:1]))
    assert place.archive.datasets() == []
    many = [party(number, f"GHOST {number}") for number in range(1, 60)]
    report = place.load(write_list(place.root / "b", many))
    assert "at most 50 expected" in report.warnings[0]


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _write(name: str, text: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(text)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (_remove("add.csv"), r"add\.csv is missing; add it"),
    "empty": (_write("alt.csv", b""), r"alt\.csv, line 1: the file is empty.*again"),
    "html": (_write("sdn.csv", b"<html>Oops</html>"), r"sdn\.csv, line 1: .*web page.*again"),
    "truncated": (
        _write("sdn.csv", content(PARTIES)[:-20]), r"sdn\.csv, line 10: .*columns.*again"
    ),
    "open quote": (
        _write("sdn.csv", content(PARTIES)[:-12]), r"sdn\.csv, line 10: .*not closed.*again"
    ),
    "wrong encoding": (
        _write("alt.csv", '1,1,"aka","Señor",-0- \r\n\x1a'.encode("cp1252")),
        r"alt\.csv, line 1: byte 0xf1 is not UTF-8.*again",
    ),
    "NUL": (_write("add.csv", b'1,1,"a\0",-0- ,-0- ,-0- \r\n\x1a'), r"add\.csv, line 1: .*NUL"),
    "wrong file": (
        _write("alt.csv", content(PARTIES)), r"alt\.csv, line 1: .*12 columns instead of 5"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_and_leaves_everything_as_it_was(place: Place, case: str) -> None:
    place.load(write_list(place.root / "good", PARTIES), published="2023-01-01")
    before = place.state()
    folder = write_list(place.root / "bad", PARTIES)
    spoil, message = BAD[case]
    spoil(folder)
    with pytest.raises(ParseError, match=message):
        place.load(folder, published="2023-02-01")
    assert place.state() == before
    assert not list(place.staging.rglob(".partial*"))


@pytest.mark.parametrize("step", ["_archive", "_rename"])
def test_a_load_that_dies_at_any_step_records_nothing_and_can_be_repeated(
    place: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = write_list(place.root / "list", PARTIES)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loading, step, die)
        with pytest.raises(KeyboardInterrupt):
            place.load(folder)
    assert place.archive.datasets() == []
    assert place.load(folder).new


def test_a_staged_directory_without_a_record_is_replaced(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_list(place.root / "list", PARTIES)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "record", die)
        with pytest.raises(KeyboardInterrupt):
            place.load(folder)
    report = place.load(folder)
    assert report.new
    assert [path.name for path in place.staged(report).parent.iterdir()] == [report.version]


def test_restaging_from_the_archive_gives_the_same_bytes(place: Place) -> None:
    folder = write_list(place.root / "list", PARTIES, [alias(1, 1, "aka", "SPECTRE")])
    report = place.load(folder, published="2023-01-01")
    before = place.state()
    for path in place.staged(report).iterdir():
        path.unlink()
    place.staged(report).rmdir()
    for path in folder.iterdir():
        path.unlink()
    (version,) = place.archive.versions(DATASET)
    assert restage(place.archive, place.source, version, place.staging) == place.staged(report)
    assert place.state() == before


def test_a_lost_staged_directory_comes_back_with_the_next_load(place: Place) -> None:
    folder = write_list(place.root / "list", PARTIES)
    report = place.load(folder)
    before = place.state()
    for path in place.staged(report).iterdir():
        path.unlink()
    place.staged(report).rmdir()
    assert not place.load(folder).new
    assert place.state() == before


def test_impossible_dates_in_names_are_not_taken(place: Place) -> None:
    folder = write_list(place.root / "list-2023-13-45", PARTIES)
    report = place.load(folder)
    assert (report.published, report.published_from) == (None, "unknown")


def test_a_file_replaced_while_it_is_read_is_noticed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_list(place.root / "list", PARTIES)
    keep = Archive.keep

    def replaced(self: Archive, path: Path) -> str:
        return keep(self, path)[::-1]

    monkeypatch.setattr(Archive, "keep", replaced)
    with pytest.raises(CuibonoError, match="was replaced while it was read"):
        place.load(folder)
    assert place.archive.datasets() == []
