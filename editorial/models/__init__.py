from editorial.models.comment import Comment
from editorial.models.disclosure import Disclosure
from editorial.models.event import Event
from editorial.models.letter import Letter
from editorial.models.review import Decision, Review, SignOff
from editorial.models.submission import Submission

__all__ = ["Comment", "Decision", "Disclosure", "Event", "Letter", "Review", "SignOff", "Submission"]
