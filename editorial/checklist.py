"""What an editor vouches for when approving a piece."""

from typing import NamedTuple


class Item(NamedTuple):
    key: str
    words: str


CHECKLIST = (
    Item("facts", "Facts and quotations have a source, or the author has shown one."),
    Item("headline", "The headline is borne out by the text."),
    Item("libel", "Nobody is accused of anything the piece cannot support, and who is criticised could reply."),
    Item("links", "Every link leads where it says."),
    Item("disclosure", "The disclosure line is right for this piece."),
    Item("pictures", "The pictures may be used, and are described and credited."),
    Item("ai", "What the author says about AI fits what I read."),
)
