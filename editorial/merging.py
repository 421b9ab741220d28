"""Two texts that grew out of one: what both people changed, put together, and where they have to choose.

Paragraphs are compared first, then the words of a paragraph that both changed. A change that stands alone is taken over
by itself; where the two come closer than CLOSE words, nobody but a person can say what is meant. No word of either side
is ever dropped: it is in the merged text or in a conflict.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from diff_match_patch import diff_match_patch

from editorial.diff import SAME, TOKEN, Codes

CLOSE = 3  # words that must be the same between my change and theirs, before both are taken over by themselves
PATIENCE = 1.5  # seconds for all comparisons of one text; what is left after that is compared coarsely
LEAST = 0.02  # seconds for one comparison, even then
BETWEEN = "\n\n"
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")

Tokens = Sequence[str]
Chunk = tuple[Tokens, Tokens, Tokens]  # what it was, mine, theirs


@dataclass(frozen=True)
class Conflict:
    """A passage that both people changed, each in their own way. What only one of them changed near it is in both."""

    base: str
    mine: str
    theirs: str


Part = str | Conflict


class Patience:
    """How long there is for comparing, shared by all the comparisons of one text."""

    def __init__(self, seconds: float = PATIENCE):
        self.until = monotonic() + seconds

    def left(self) -> float:
        return max(LEAST, self.until - monotonic())


def merge(base: str | None, mine: str, theirs: str) -> list[Part]:
    """The paragraphs of the merged text, in order. Without a base, what both have in common stands for it."""
    if theirs in (mine, base):
        return [mine]
    if base == mine:
        return [theirs]
    patience = Patience()
    split = _paragraphs(mine), _paragraphs(theirs)
    common = _common(*split, patience) if base is None else _paragraphs(base)
    parts: list[Part] = []
    for chunk in _chunks(common, *split, patience=patience):
        part = _settle(*(BETWEEN.join(tokens) for tokens in chunk), patience=patience)
        parts += [part] if part != "" else []
    return parts


def joined(parts: Sequence[str]) -> str:
    """The parts of a merged text as one text again."""
    return BETWEEN.join(part for part in parts if part)


def _paragraphs(text: str) -> list[str]:
    return [part for part in BLANK_LINES.split(text.strip("\n")) if part.strip()]


def _settle(base: str, mine: str, theirs: str, *, patience: Patience) -> Part:
    """One passage: whoever left it alone gives way; where both changed it, its words decide."""
    if theirs in (mine, base):
        return mine
    if base == mine:
        return theirs
    words = (TOKEN.findall(text) for text in (base, mine, theirs))
    chunks = list(_chunks(*words, patience=patience, least=2 * CLOSE - 1))
    own, other = "".join(_side(chunks, 1)), "".join(_side(chunks, 2))
    return own if own == other else Conflict(base, own, other)


def _side(chunks: Sequence[Chunk], which: int) -> Iterator[str]:
    """One person's reading of a passage, with the other's change wherever they had left the words alone."""
    for chunk in chunks:
        base, one, other = chunk[0], chunk[which], chunk[3 - which]
        yield "".join(other if one == base else one)


def _chunks(base: Tokens, mine: Tokens, theirs: Tokens, *, patience: Patience, least: int = 1) -> Iterator[Chunk]:
    """The three texts in step: what all three share, one token or more, and what lies between."""
    in_mine, in_theirs = _places(base, mine, patience), _places(base, theirs, patience)
    at = (0, 0, 0)
    shared = [(i, in_mine[i], in_theirs[i]) for i in range(len(base)) if i in in_mine and i in in_theirs]
    for run in _runs(shared, least):
        start, end = run[0], (run[-1][0] + 1, run[-1][1] + 1, run[-1][2] + 1)
        yield base[at[0] : start[0]], mine[at[1] : start[1]], theirs[at[2] : start[2]]
        yield from ((base[i : i + 1],) * 3 for i in range(start[0], end[0]))
        at = end
    yield base[at[0] :], mine[at[1] :], theirs[at[2] :]


def _runs(places: Sequence[tuple[int, int, int]], least: int) -> Iterator[list[tuple[int, int, int]]]:
    """Stretches in which all three texts go on together, without those that are too short to part two changes."""
    run: list[tuple[int, int, int]] = []
    for place in places:
        if run and place != tuple(number + 1 for number in run[-1]):
            if len(run) >= least:
                yield run
            run = []
        run.append(place)
    if len(run) >= least:
        yield run


def _places(old: Tokens, new: Tokens, patience: Patience) -> dict[int, int]:
    """Where each token of the old text is in the new one."""
    found: dict[int, int] = {}
    i = j = 0
    for sign, length in _steps(old, new, patience):
        if sign == SAME:
            found |= {i + step: j + step for step in range(length)}
        i += length if sign <= SAME else 0
        j += length if sign >= SAME else 0
    return found


def _common(one: Tokens, other: Tokens, patience: Patience) -> list[str]:
    return [one[i] for i in _places(one, other, patience)]


def _steps(old: Tokens, new: Tokens, patience: Patience) -> Iterator[tuple[int, int]]:
    codes = Codes()
    differ = diff_match_patch()
    differ.Diff_Timeout = patience.left()
    for sign, coded in differ.diff_main(codes.of(old), codes.of(new), False):
        yield sign, len(coded)
