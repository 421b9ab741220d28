from editorial.models.announcement import Announcement
from editorial.models.buffer import Buffer
from editorial.models.byline_invitation import Answer, BylineInvitation
from editorial.models.checklist import ChecklistItem, Part, RiskMark, State, Tick
from editorial.models.checkout import CheckOut
from editorial.models.comment import Comment
from editorial.models.correspondence import CorrectionRequest, Correspondence, Message, Outcome, Side
from editorial.models.disclosure import Disclosure
from editorial.models.event import Event
from editorial.models.letter import Letter
from editorial.models.letter_template import LetterKind, LetterTemplate
from editorial.models.override import Override
from editorial.models.proposal import Proposal
from editorial.models.recusal import BrokenGlass, Recusal
from editorial.models.review import Decision, Review, SignOff
from editorial.models.saved_filter import SavedFilter
from editorial.models.submission import Priority, Submission

__all__ = [
    "Announcement",
    "Answer",
    "BrokenGlass",
    "Buffer",
    "BylineInvitation",
    "CheckOut",
    "ChecklistItem",
    "Comment",
    "CorrectionRequest",
    "Correspondence",
    "Decision",
    "Disclosure",
    "Event",
    "Letter",
    "LetterKind",
    "LetterTemplate",
    "Message",
    "Outcome",
    "Override",
    "Part",
    "Priority",
    "Proposal",
    "Recusal",
    "Review",
    "RiskMark",
    "SavedFilter",
    "Side",
    "SignOff",
    "State",
    "Submission",
    "Tick",
]
