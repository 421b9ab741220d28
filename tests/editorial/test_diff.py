"""Differences by words, and which change is minor."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editorial import diff
from network import markup

REMOVED, SAME, ADDED = -1, 0, 1
LINK = {
    "preposition": "on",
    "shown": "Twitter @ana",
    "site": "Twitter",
    "handle": "@ana",
    "address": "https://twitter.com/ana",
}
ANA = {
    "author": 1,
    "name": "Ana Ruiz",
    "role": "Poet",
    "bio": "Ana writes.",
    "first_name": "Ana",
    "links": [LINK],
    "disclosure": "Ana declares no relevant interests.",
}
PICTURE = {
    "reference": "abc",
    "sha256": "0" * 64,
    "width": 640,
    "height": 400,
    "lead": True,
    "alt": "A harbour",
    "decorative": False,
    "caption": "At six",
    "credit": "Ana Ruiz",
    "licence": "own work",
}
FILLER = "and so the gulls went on and on over the quiet water " * 60
PACKAGE = {
    "headline": "Gulls at six",
    "dek": "A morning in the harbour.",
    "label": "opinion",
    "body": FILLER,
    "images": [PICTURE],
    "byline": [ANA],
    "disclosure": "Ana declares no relevant interests.",
}


def package(**changed) -> dict:
    return PACKAGE | changed


def before(parts) -> str:
    return "".join(text for sign, text in parts if sign != ADDED)


def after(parts) -> str:
    return "".join(text for sign, text in parts if sign != REMOVED)


PIECES = st.text(alphabet="ab’'-. \n\u00e9\ue000\uf8ff\U000f0000\u4e2d1“”", max_size=60)


@given(PIECES | st.text(max_size=80), PIECES | st.text(max_size=80))
def test_difference_holds_both_texts_exactly(old, new):
    parts = diff.by_words(old, new)

    assert (before(parts), after(parts)) == (old, new)
    assert all(text for _, text in parts)


@given(st.lists(st.sampled_from("the gull sang at six, and nobody told it.".split()), max_size=40), st.data())
def test_difference_never_cuts_a_word(words, data):
    kept = data.draw(st.lists(st.sampled_from([*words, "told", "again"]), max_size=40))
    old, new = " ".join(words), " ".join(kept)

    parts = diff.by_words(old, new)

    tokens = [token for sign, text in parts if sign != ADDED for token in diff.TOKEN.findall(text)]
    assert tokens == diff.TOKEN.findall(old)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            "The gulls sang.",
            "The gulls slept.",
            [(SAME, "The gulls "), (REMOVED, "sang"), (ADDED, "slept"), (SAME, ".")],
        ),
        ("They sang.", "They sang loudly.", [(SAME, "They sang"), (ADDED, " loudly"), (SAME, ".")]),
        ("It can’t be.", "It can be.", [(SAME, "It "), (REMOVED, "can’t"), (ADDED, "can"), (SAME, " be.")]),
        ("well-known", "well-meant", [(REMOVED, "well-known"), (ADDED, "well-meant")]),
        ("same", "same", [(SAME, "same")]),
        ("", "new", [(ADDED, "new")]),
        ("old", "", [(REMOVED, "old")]),
        ("", "", []),
    ],
)
def test_difference_moves_whole_words(old, new, parts):
    found = diff.by_words(old, new)

    assert found == parts


def test_difference_tells_apart_more_words_than_one_private_plane_holds():
    words = [f"w{number}" for number in range(9_000)]
    old, new = " ".join(words), " ".join(word for word in words if word != "w8500") + " w9001"

    parts = diff.by_words(old, new)

    assert (before(parts), after(parts)) == (old, new)
    assert [text.split() for sign, text in parts if sign != SAME] == [["w8500"], ["w9001"]]
    assert len({diff._character(number) for number in range(70_000)}) == 70_000


@pytest.mark.parametrize("share", [50, 3, 1])
def test_difference_of_20_000_words_is_found_in_two_seconds(share):
    source = random.Random(share)
    words = [f"w{source.randrange(8_000)}" for _ in range(20_000)]
    old = " ".join(words)
    new = " ".join(f"x{number}" if number % share == 0 else word for number, word in enumerate(words))
    started = time.process_time()

    parts = diff.by_words(old, new)

    assert time.process_time() - started < 2
    assert (before(parts), after(parts)) == (old, new)


# Packages


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"headline": "Gulls at seven"}, "Headline"),
        ({"dek": "An evening."}, "Dek"),
        ({"label": "essay"}, "Label"),
        ({"body": "Another text."}, "Text"),
        ({"byline": [ANA | {"name": "Ana R."}]}, "Byline"),
        ({"byline": [ANA | {"role": "Pilot"}]}, "Byline"),
        ({"byline": [ANA | {"bio": "Ana sings."}]}, "Byline"),
        ({"byline": [ANA | {"links": []}]}, "Byline"),
        ({"byline": [ANA, ANA | {"author": 2, "name": "Bo"}]}, "Byline"),
        ({"disclosure": "Ana was paid for this."}, "Disclosure"),
        ({"images": []}, "Pictures"),
        ({"images": [PICTURE | {"sha256": "1" * 64}]}, "Pictures"),
        ({"images": [PICTURE | {"alt": "A ship"}]}, "Pictures"),
        ({"images": [PICTURE | {"alt": "", "decorative": True}]}, "Pictures"),
        ({"images": [PICTURE | {"caption": "At seven"}]}, "Pictures"),
        ({"images": [PICTURE | {"credit": "Bo"}]}, "Pictures"),
        ({"images": [PICTURE | {"licence": "CC BY 4.0"}]}, "Pictures"),
        ({"images": [PICTURE | {"lead": False}]}, "Pictures"),
        ({"images": [PICTURE, PICTURE | {"reference": "def"}]}, "Pictures"),
    ],
)
def test_between_names_the_part_that_changed(changed, title):
    found = diff.between(PACKAGE, package(**changed))

    assert [name for name, _ in found] == [title]


def test_between_equal_packages_finds_nothing():
    assert diff.between(PACKAGE, package()) == []


# Minor or not


def reasons(old: str, new: str) -> list[str]:
    """Why a change of one sentence in a long text is not minor."""
    return diff.why_not_minor(package(body=f"{old}\n\n{FILLER}"), package(body=f"{new}\n\n{FILLER}"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("they sang", "they sang"),
        ("they sang", "they sung"),
        ("they sang.", "they sang,"),
        ("they sang all day", "they sang"),
        ("in 2024 they sang", "in 2024, they sang"),
        ("they said “we sang” again", "they repeated “we sang” again"),
        ("read [the report](/report) now", "read [the report](/report) today"),
        ("it’s theirs", "its theirs"),
        ("*they* sang", "they sang"),
        (" ".join(["gull"] * 15), " ".join(["bird"] * 15)),
    ],
)
def test_small_change_of_plain_words_is_minor(old, new):
    assert reasons(old, new) == []


NUMBER, CAPITAL, NEGATION = "a number changed", "a capitalised word changed", "a negation changed"
QUOTATION, ADDRESS = "a quotation changed", "a link changed"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("there were 3 gulls", "there were 4 gulls", NUMBER),
        ("there were 3 gulls", "there were gulls", NUMBER),
        ("it cost 1,000 in all", "it cost 1.000 in all", NUMBER),
        ("it cost 3.5 in all", "it cost 35 in all", NUMBER),
        ("it rose by 10% a year", "it rose by 10 a year", NUMBER),
        ("it rose by 10 % a year", "it rose by 10 a year", NUMBER),
        ("it cost $5 a day", "it cost €5 a day", NUMBER),
        ("it was -5 at noon", "it was 5 at noon", NUMBER),
        ("there were ten gulls", "there were two gulls", NUMBER),
        ("there were twenty-one gulls", "there were twenty-two gulls", NUMBER),
        ("there were hundreds of gulls", "there were thousands of gulls", NUMBER),
        ("on 3/4 it rained", "on 4/3 it rained", NUMBER),
        ("in May it rained", "in June it rained", CAPITAL),
        ("they met Ana there", "they met Bo there", CAPITAL),
        ("they met there", "They met there", CAPITAL),
        ("it did not rain", "it did rain", NEGATION),
        ("it can’t rain", "it can rain", NEGATION),
        ("it didn't rain", "it did rain", NEGATION),
        ("it cannot rain", "it can rain", NEGATION),
        ("no-one sang", "everyone sang", NEGATION),
        ("it was non-violent", "it was violent", NEGATION),
        ("they went nowhere", "they went everywhere", NEGATION),
        ("they said “we sang” again", "they said “we hummed” again", QUOTATION),
        ('they said "we sang" again', 'they said "we hummed" again', QUOTATION),
        ("they said ‘we don’t sing’ again", "they said ‘we don’t hum’ again", QUOTATION),
        ("they said 'we sang' again", "they said 'we hummed' again", QUOTATION),
        ("they said «we sang» again", "they said «we hummed» again", QUOTATION),
        ("they said “we sang” again", "they said we sang again", QUOTATION),
        ("> we sang", "> we hummed", QUOTATION),
        ("> we sang\nand slept", "> we sang\nand woke", QUOTATION),
        ("“we sang\n\n“and slept”", "“we hummed\n\n“and slept”", QUOTATION),
        ("read [this](/one) now", "read [this](/two) now", ADDRESS),
        ("read [this](/one) now", "read this now", ADDRESS),
        ("read [this](/one) now", "read [that](/one) now", ADDRESS),
        ("read [this](/wiki/one_(two)) now", "read [that](/wiki/one_(two)) now", ADDRESS),
        ("read <https://one.example> now", "read <https://two.example> now", ADDRESS),
        ("read https://one.example now", "read https://two.example now", ADDRESS),
        ("write <mailto:a@one.example> now", "write <mailto:b@one.example> now", ADDRESS),
        ("read [this][a] now", "read [this][b] now", ADDRESS),
        ("[a]: /one", "[a]: /two", ADDRESS),
    ],
)
def test_small_change_of_a_weighty_word_is_not_minor(old, new, reason):
    assert reason in reasons(old, new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("there were 3 gulls", "there were 4 gulls", [NUMBER]),
        ("it did not rain", "it did rain", [NEGATION]),
        ("they met Ana there", "they met Bo there", [CAPITAL]),
        ("they said “we sang” again", "they said “we hummed” again", [QUOTATION]),
        ("read [this](/here) now", "read [this](/there) now", [ADDRESS]),
    ],
)
def test_reasons_name_nothing_but_what_changed(old, new, expected):
    assert reasons(old, new) == expected


@pytest.mark.parametrize("count", [15, 16])
@pytest.mark.parametrize(("old", "new"), [("gull", "bird"), ("gull", ""), ("", "bird")])
def test_more_than_15_words_are_not_minor(old, new, count):
    found = reasons(" ".join(["so", *[old] * count]), " ".join(["so", *[new] * count]))

    assert found == ([f"{count} words changed, more than 15"] if count > 15 else [])


@pytest.mark.parametrize(("changed", "expected"), [(3, []), (4, ["more than 3 % of the words changed"])])
def test_more_than_3_percent_of_the_words_are_not_minor(changed, expected):
    """The headline and the dek count with the text: 3 and 5 words, and 92 of the body."""
    old = package(body=" ".join(["gull"] * 92))
    new = package(body=" ".join(["gull"] * (92 - changed) + ["bird"] * changed))

    assert diff.why_not_minor(old, new) == expected


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"label": "essay"}, "the label changed"),
        ({"byline": [ANA | {"bio": "Ana sings."}]}, "the byline changed"),
        ({"disclosure": "Ana was paid."}, "the disclosure changed"),
        ({"images": [PICTURE | {"alt": "a harbour"}]}, "the pictures changed"),
    ],
)
def test_change_outside_the_text_is_not_minor(changed, reason):
    assert diff.why_not_minor(PACKAGE, package(**changed)) == [reason]


@pytest.mark.parametrize(("part", "text"), [("headline", "Gulls at dawn"), ("dek", "A morning in the port.")])
def test_small_change_of_headline_or_dek_is_judged_by_its_words(part, text):
    assert diff.why_not_minor(PACKAGE, package(**{part: text})) == ([NUMBER] if part == "headline" else [])


@pytest.mark.parametrize("mark", ["“", "‘", '"', " 'a", "[", "[](", "> ", "$ 1", "<a:"])
def test_reasons_are_found_in_time_in_a_text_of_nothing_but_marks(mark):
    body = mark * (20_000 // len(mark))
    started = time.process_time()

    diff.why_not_minor(package(body=body), package(body=body + " gull"))

    assert time.process_time() - started < 4


@pytest.mark.parametrize(("old", "new"), [("a b ", "b a "), ("a ", "a a b "), ("a b c ", "c b a ")])
def test_words_that_come_again_and_again_take_no_time(old, new):
    longest = markup.LIMIT // max(len(old), len(new))
    began = time.process_time()

    parts = diff.by_words(old * longest, new * longest)

    assert "".join(text for sign, text in parts if sign != diff.ADDED) == old * longest
    assert time.process_time() - began < 5


def test_a_text_of_open_brackets_takes_no_time():
    began = time.process_time()

    assert diff.LINK.findall("[a\n" * 10_000) == []

    assert time.process_time() - began < 1
