"""Two texts that grew out of one."""

import re

from hypothesis import given
from hypothesis import strategies as st

from editorial.merging import Conflict, joined, merge

BASE = "The harbour was quiet that morning, and nobody had told the gulls.\n\nSo they sang.\n\nThen it rained on all of them."


def merged(mine: str, theirs: str, base: str | None = BASE) -> str:
    parts = merge(base, mine, theirs)
    assert not [part for part in parts if isinstance(part, Conflict)]
    return joined(parts)


def conflicts(mine: str, theirs: str, base: str | None = BASE) -> list[Conflict]:
    return [part for part in merge(base, mine, theirs) if isinstance(part, Conflict)]


def test_merge_takes_both_changes_to_different_paragraphs():
    mine, theirs = BASE.replace("quiet", "loud"), BASE.replace("rained", "snowed")

    assert merged(mine, theirs) == BASE.replace("quiet", "loud").replace("rained", "snowed")


def test_merge_takes_both_changes_to_one_paragraph_that_stand_apart():
    mine, theirs = BASE.replace("The harbour", "A harbour"), BASE.replace("the gulls", "the terns")

    assert merged(mine, theirs) == BASE.replace("The harbour", "A harbour").replace("the gulls", "the terns")


def test_merge_asks_where_both_changed_the_same_word():
    found = conflicts(BASE.replace("quiet", "loud"), BASE.replace("quiet", "dark"))

    assert [("loud" in one.mine, "dark" in one.theirs) for one in found] == [(True, True)]


def test_merge_asks_where_two_changes_are_too_close_to_stand_apart():
    base = "The harbour was not quiet that day."

    found = conflicts(base.replace("not ", ""), base.replace("quiet", "loud"), base)

    assert [(one.mine, one.theirs) for one in found] == [
        ("The harbour was quiet that day.", "The harbour was not loud that day.")
    ]


def test_merge_keeps_what_both_added_at_the_same_place():
    found = conflicts(BASE + "\n\nMine.", BASE + "\n\nTheirs.")

    assert [(one.base, one.mine, one.theirs) for one in found] == [("", "Mine.", "Theirs.")]


def test_merge_takes_the_side_that_changed_something():
    assert merged(BASE, BASE + "\n\nMore.") == BASE + "\n\nMore."
    assert merged("Less.", BASE) == "Less."
    assert merged("Same.", "Same.") == "Same."


def test_merge_without_a_base_loses_no_paragraph_of_either():
    parts = merge(None, "One.\n\nTwo.\n\nThree.", "One.\n\nThree.\n\nFour.")

    assert joined([part for part in parts if isinstance(part, str)]) == "One.\n\nTwo.\n\nThree.\n\nFour."


words = st.lists(st.sampled_from("gull tern harbour rain sang quiet , .".split()), max_size=8).map(" ".join)
texts = st.lists(words, max_size=5).map("\n\n".join)


@given(st.none() | texts, texts, texts, st.data())
def test_merge_never_loses_an_inserted_word(base, mine, theirs, data):
    mine = insert(mine, ["mine1", "mine2"], data)
    theirs = insert(theirs, ["theirs1", "theirs2"], data)

    parts = merge(base, mine, theirs)

    told = " ".join(part if isinstance(part, str) else f"{part.mine} {part.theirs}" for part in parts)
    assert {"mine1", "mine2", "theirs1", "theirs2"} <= set(told.split())


def insert(text: str, new: list[str], data) -> str:
    for word in new:
        at = data.draw(st.sampled_from([0, len(text), *(place.start() for place in re.finditer(r"\s", text))]))
        text = f"{text[:at]} {word} {text[at:]}"
    return text
