"""What is refused in a mapping file, with the line and the remedy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import ParseError
from ingest.table.mapping import EntityRule, parse_mapping
from tests.ingest.table_files import MAPPING

ENTITY = "schema: Company, key: n"
LINK = """
x:
  queries:
    - csv_url: a.csv
      entities:
        p: {schema: Person, key: a}
        c: {schema: Company, key: b}
        o: {schema: Ownership, keys: [a, b], properties: {owner: {entity: p}, asset: {entity: c}}%s}
"""


def query(text: str) -> str:
    return f"x:\n  queries:\n    - {text}\n"


def entity(text: str) -> str:
    return query(f"{{csv_url: a.csv, entities: {{c: {{{text}}}}}}}")


def prop(text: str, name: str = "name") -> str:
    return entity(f"{ENTITY}, properties: {{{name}: {{{text}}}}}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no mapping file"),
        ("[1]", "no mapping file"),
        ("a: [", r"line 1: the YAML is damaged .*Mend it here"),
        ("a: {queries: []}\nb: {queries: []}", "holds a, b instead of one dataset"),
        ("x: {querys: []}", r"'querys' is no key of a dataset\. Did you mean .*'queries'"),
        ("x: {queries: []}", "'x' has no queries"),
        ("x:\n  queries: [text]", "a query is no mapping"),
        ("x:\n  queries:\n    - csv_url: a\n      csv_url: b", "line 4: .* stands here twice"),
        (query("{database: sqlite:///x, table: y}"), "a database is not read.*Export"),
        (query("{csv_urll: a.csv}"), r"line 3: 'csv_urll' is no key of a query\. Did you mean"),
        (query("{entities: {}}"), "names no file"),
        (query("{csv_url: a.csv}"), "has no entities"),
        (query("{csv_url: a.csv, entities: {c: text}}"), "'c' is no mapping"),
        (query("{csv_url: a.csv, filters: {b: null}, entities: {c: {schema: Person, key: n}}}"),
         r"Write `\[null\]`"),
        (entity("key: n"), "'c' has no schema"),
        (entity("schema: Compny, key: n"), r"no schema is called 'Compny'\. .*'Company'"),
        (entity("schema: company, key: n"), r"no schema is called 'company'\. .*'Company'"),
        (entity("schema: Interest, key: n"), r"Interest is abstract.*Ownership"),
        (entity("schema: Company"), "neither `keys` nor `id_column`"),
        (entity("schema: Company, key: n, id_column: n"), "both `keys` and `id_column`"),
        (entity(f"{ENTITY}, kee: x"), r"'kee' is no key of the entity 'c'\. Did you mean 'key'"),
        (entity(f"{ENTITY}, key: {{a: b}}"), "stands here twice"),
        (entity("schema: Company, key: [[a]]"), "nested"),
        (prop("column: n", "nmae"), r"Company has no property 'nmae'\. Did you mean 'name'"),
        (prop("column: n", "directorshipOrganization"), r"other side of Directorship:organization"),
        (prop("colum: n"), r"'colum' is no key of the property 'name'\. Did you mean 'column'"),
        (prop("required: true"), "says not where its values come from"),
        (prop("column: n, required: maybe"), "Write true or false"),
        (prop("column: n, split: ''"), "`split` is empty"),
        (prop("column: n, format: '%Q'", "incorporationDate"), "no format of a date.*strptime"),
        (prop("column: n, format: dmy", "incorporationDate"), "no format of a date"),
        (prop("column: n, format: leii", "leiCode"), r"no format of a identifier\. .*'lei'"),
        (prop("column: n, format: narnia", "phone"), "no format of a phone.*code of the country"),
        (prop("column: n, format: x"), "no format of a name. Leave it out"),
        (prop("entity: d", "parent"), "no entity of the query is called 'd'"),
        (LINK.replace("entity: c", "entity: p") % "", r"asset takes a Asset; 'p' is a Person"),
        (LINK % ", cuibono: {percent: {}}", r"'percent' is no key of .*'percentage'"),
        (LINK % ", cuibono: {percentage: {min: a}}", r"'min' is no key .*'minimum'"),
        (LINK % ", cuibono: {percentage: {minimum_inclusive: no}}", "neither `minimum` nor"),
        (LINK % ", cuibono: {status: {column: a}}", "lacks `column` or `ended`"),
        (LINK % ", cuibono: {topics: {column: a}}", "has no topics"),
        (entity(f"{ENTITY}, cuibono: {{status: {{column: a, ended: b}}}}"), "is no link"),
        (entity(f"{ENTITY}, cuibono: {{topics: {{column: a, values: {{b: sanctoin}}}}}}"),
         r"no topic is called 'sanctoin'\. Did you mean 'sanction'"),
        ("x: {cuibono: {published: 1.2.2024}, queries: [{csv_url: a.csv, entities: {c: "
         f"{{{ENTITY}}}}}}}]}}", "'1.2.2024' is no day. Write it as YYYY-MM-DD"),
        (query(f"{{csv_url: a.csv, cuibono: {{encoding: utf-9}}, entities: {{c: {{{ENTITY}}}}}}}"),
         "no encoding is called 'utf-9'"),
        (query(f"{{csv_url: a.csv, cuibono: {{encoding: zip}}, entities: {{c: {{{ENTITY}}}}}}}"),
         "no encoding is called 'zip'"),
        (query(f"{{csv_url: a.csv, cuibono: {{delimiter: ab}}, entities: {{c: {{{ENTITY}}}}}}}"),
         "cannot stand between cells"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_remedy(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse_mapping(text)
    assert caught.value.locator.startswith("mapping.yml:")


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ("http://example.org/a.csv", "an address, and nothing is fetched"),
        ("HTTPS://example.org/a.csv", "an address"),
        ("file:///etc/passwd", "an address"),
        ("s3://bucket/a.csv", "an address"),
        ("data:text/csv,a", "an address"),
        ("C:/lists/a.csv", "leads out"),
        ("/etc/passwd", "leads out"),
        ("../a.csv", "leads out"),
        ("lists/../../a.csv", "leads out"),
        ("..\\a.csv", "leads out"),
        ("$DATA/a.csv", "a variable"),
        ("mapping.yml", "names no table"),
        (".", "names no table"),
    ],
)
def test_only_files_of_the_mappings_folder_are_read(place: str, fault: str) -> None:
    text = f"x:\n  queries:\n    - csv_url: '{place}'\n      entities: {{c: {{{ENTITY}}}}}\n"
    with pytest.raises(ParseError, match=fault) as caught:
        parse_mapping(text)
    assert caught.value.locator == "mapping.yml:3"


def test_a_circle_of_entities_is_refused() -> None:
    text = """
x:
  queries:
    - csv_url: a.csv
      entities:
        a: {schema: Company, key: a, properties: {parent: {entity: b}}}
        b: {schema: Company, key: b, properties: {parent: {entity: a}}}
"""
    with pytest.raises(ParseError, match="a, b name each other in a circle"):
        parse_mapping(text)


@pytest.mark.parametrize(
    "text",
    [
        "x: &x [*x]",
        "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
            f"{after}: &{after} [{', '.join(['*' + before] * 9)}]"
            for before, after in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "x: " + "[" * 3000 + "]" * 3000,
        "x: !!python/object/apply:os.system [ls]",
    ],
)  # fmt: skip
def test_yaml_that_unfolds_or_runs_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_mapping(text)


def read_entity(text: str) -> EntityRule:
    return parse_mapping(text).queries[0].entities[0]


def test_texts_are_read_as_they_are_written() -> None:
    rule = read_entity(prop("literals: [NO, 010, 2006-03-01, 1.50, yes, null]"))
    assert rule.properties[0].literals == ("NO", "010", "2006-03-01", "1.50", "yes")


def test_anchors_and_merge_keys_work_as_in_followthemoney() -> None:
    text = """
x:
  queries:
    - csv_url: a.csv
      entities:
        a: &base {schema: Company, key: a, key_literal: one}
        b: {<<: *base, key_literal: two}
"""
    first, second = parse_mapping(text).queries[0].entities
    assert (first.key_literal, second.key_literal, second.keys) == ("one", "two", ("a",))


def test_the_title_of_the_dataset_speaks_when_no_publisher_is_stated() -> None:
    about = parse_mapping(MAPPING).about
    assert (about.by, about.published) == ("Registrar of Ghostland", "2024-03-01")
    assert parse_mapping(entity(ENTITY)).about.by == "x"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_mapping(text)
    except ParseError as exc:
        assert exc.locator  # noqa: PT017  either outcome is good
