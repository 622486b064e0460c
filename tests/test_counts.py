"""How many rows an answer has, whatever its values are made of and however it is cut into pieces."""

from __future__ import annotations

import random
from io import BytesIO

import pytest

from onrecord.counts import SYNTAXES, Counted
from onrecord.store import RESULT_FORMATS, Store

HOSTILE = {
    "braces": "}},{",
    "braces before a quote": '}},{"',
    "a row of JSON": '"}},{"x":{"type":"literal","value":"',
    "rows without values in JSON": "[{},{},{}]",
    "a row of XML": "</result><result>",
    "line ends": "\r\n\n\r\r\n",
    "line ends between quotes": '"\r\n"',
    "quotes": '"""',
    "a backslash": "\\",
    "backslashes before a quote": '\\\\"\\"',
    "nothing": "",
}
PIECES = ['"', "\\", "{", "}", "[", "]", ",", "\n", "\r", "}},{", '":{"', "<result>", "a", "\t", ":", "é"]


def written(text: str) -> str:
    """A literal as SPARQL has it."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def count(media_type: str, rows: list[tuple[str, str]], size: int) -> int:
    """The number that is counted of rows whose answer comes in pieces of a size."""
    values = " ".join(f"({first} {second})" for first, second in rows)
    answer = Store().answer(f"SELECT ?x ?y {{}} VALUES (?x ?y) {{ {values} }}", {}, "a:", [media_type])
    out = BytesIO()
    counted = Counted(out, SYNTAXES[media_type])
    body = answer.body
    for start in range(0, len(body), size):
        counted.write(body[start : start + size])
    assert out.getvalue() == body
    return counted.rows


def test_the_rows_of_every_format_are_counted() -> None:
    assert set(SYNTAXES) == set(RESULT_FORMATS)


@pytest.mark.parametrize("media_type", SYNTAXES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_values_that_look_like_rows_are_none(text: str, media_type: str) -> None:
    value = written(text)
    for rows in ([(value, value)], [(value, "UNDEF"), ("<a:b>", value), (f"{value}@en", f"{value}^^<a:c>")]):
        assert {count(media_type, rows, size) for size in (1, 2, 3, 5, 8_192)} == {len(rows)}


@pytest.mark.parametrize("media_type", SYNTAXES)
def test_rows_without_values_are_rows_and_no_rows_are_none(media_type: str) -> None:
    assert [count(media_type, [("UNDEF", "UNDEF")] * many, 8_192) for many in (0, 1, 2)] == [0, 1, 2]


@pytest.mark.parametrize("media_type", SYNTAXES)
def test_values_made_at_random_change_no_count(media_type: str) -> None:
    chance = random.Random(5)
    for _ in range(300):
        texts = ["".join(chance.choices(PIECES, k=chance.randrange(8))) for _ in range(2 * chance.randrange(5))]
        rows = [(written(one), written(other)) for one, other in zip(texts[::2], texts[1::2], strict=True)]
        assert count(media_type, rows, chance.choice((1, 2, 7, 8_192))) == len(rows)
