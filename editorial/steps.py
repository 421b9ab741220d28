"""The table of steps: from where, who, what must be there, what each does, and what will happen, in words.

docs/workflow.md says the same in prose. `editorial.workflow.take` is what carries a step out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from articles.models import Article
from articles.status import APPROVED, AT_DESK, CLOSED, READABLE, UNFINISHED, WITH_AUTHOR, Stage, Standing
from editorial import aftermath, announcing, assignment, checkout, effects, guards, permissions
from editorial.effects import Outcome
from editorial.guards import Guard

Predicate = Callable[[Any, Article], bool]


@dataclass(frozen=True)
class Step:
    """One row of the table: where from, who, what must be there, what it does and what will happen, in words."""

    name: str
    label: str
    sources: frozenset[Stage]
    may: Predicate
    effect: Callable[..., Outcome]
    will: str
    guards: tuple[Guard, ...] = ()
    standings: frozenset[Standing] = field(default_factory=lambda: frozenset(Standing))
    needs_note: str = ""
    is_offered: bool = True

    def is_legal_from(self, piece: Article) -> bool:
        return piece.stage in self.sources and piece.standing in self.standings


UNPUBLISHED, LIVE = frozenset({Standing.UNPUBLISHED}), frozenset({Standing.LIVE})
OPEN_TO_PUBLISHING = UNPUBLISHED | LIVE
PUBLIC = READABLE | {Standing.REMOVED}
EVERYWHERE = frozenset(Stage)

_TABLE = (
    Step(
        "submit",
        "Submit",
        WITH_AUTHOR,
        permissions.can_submit,
        effects.submit,
        "The desk gets your piece as it is now, and you get a receipt with the day by which you will hear.",
        guards.SUBMIT,
        OPEN_TO_PUBLISHING,
    ),
    Step(
        "claim",
        "Claim",
        frozenset({Stage.SUBMITTED}),
        permissions.can_decide,
        effects.claim,
        "You become the editor of this piece, and others see that you have it.",
    ),
    Step(
        "release",
        "Release",
        frozenset({Stage.IN_REVIEW}),
        permissions.can_decide,
        effects.release,
        "The piece goes back to the queue for another editor.",
    ),
    Step(
        "hand_over",
        "Hand over",
        AT_DESK - {Stage.SUBMITTED},
        permissions.can_decide,
        assignment.hand_over,
        "Another editor has the piece from then on, and gets a letter with your note. Its stage stays as it is.",
    ),
    Step(
        "assign",
        "Set due day and priority",
        AT_DESK,
        permissions.can_decide,
        assignment.assign,
        "The list of pieces shows both. The promise to the author stands, and the stage stays as it is.",
    ),
    Step(
        "lapse",
        "Put back in the queue",
        frozenset({Stage.IN_REVIEW}),
        permissions.is_clock,
        assignment.lapse,
        "The claim has lapsed.",
        is_offered=False,
    ),
    Step(
        "ask_changes",
        "Ask for changes",
        frozenset({Stage.IN_REVIEW}),
        permissions.can_ask_changes,
        effects.ask_changes,
        "The author gets a letter with your open comments and can change the text again.",
        (guards.has_shared_comment,),
    ),
    Step(
        "decline",
        "Decline",
        frozenset({Stage.SUBMITTED, Stage.IN_REVIEW, Stage.CHANGES_REQUESTED}),
        permissions.can_decide,
        effects.decline,
        "The author gets your letter, and is free to offer the piece elsewhere.",
        standings=UNPUBLISHED,
        needs_note="Write the letter to the author: say why the piece is declined.",
    ),
    Step(
        "approve",
        "Approve",
        frozenset({Stage.IN_REVIEW, Stage.READY}),
        permissions.can_decide,
        effects.approve,
        "You put your name to exactly this text with the disclaimer in force. If the author has not signed it yet, "
        "it goes to them as a proof.",
        guards.APPROVAL,
    ),
    Step(
        "sign",
        "Sign the proof",
        frozenset({Stage.PROOF}),
        permissions.can_sign,
        effects.sign,
        "You accept exactly this text. Nothing in it changes after this without your signature.",
    ),
    Step(
        "suggest",
        "Suggest a change",
        frozenset({Stage.PROOF}),
        permissions.can_sign,
        effects.suggest,
        "Your editor gets your suggestion and the piece is in review again.",
        needs_note="Say what you would like to change.",
    ),
    Step(
        "edit",
        "Edit the text",
        APPROVED,
        permissions.can_edit,
        effects.edit,
        "The approval is void, and the piece is in review again with you.",
        is_offered=False,
    ),
    Step(
        "check_in",
        "End the check-out",
        APPROVED | {Stage.IN_REVIEW},
        permissions.can_check_in,
        checkout.check_in,
        "The text is free for another editor. Whoever has it now reads your reason, and cannot save before they have "
        "taken the text again; what they typed and did not save is kept for them.",
        needs_note="Say why it cannot wait. Whoever has the text now reads it.",
    ),
    Step(
        "schedule",
        "Schedule",
        frozenset({Stage.READY}),
        permissions.can_publish,
        effects.schedule,
        "Readers see the piece from that moment on.",
        guards.PUBLICATION_BUT_CLOCK,
        OPEN_TO_PUBLISHING,
    ),
    Step(
        "unschedule",
        "Unschedule",
        frozenset({Stage.SCHEDULED}),
        permissions.can_publish,
        effects.unschedule,
        "The piece is ready again, and is not published by itself.",
    ),
    Step(
        "announce",
        "Tell the author the notice",
        AT_DESK - {Stage.SUBMITTED, Stage.SCHEDULED},
        permissions.speaks_for_desk,
        announcing.announce,
        "The author gets a letter with these words, and sees them beside the proof. The change is published with "
        "exactly these words, or announced anew.",
        standings=LIVE,
    ),
    Step(
        "publish",
        "Publish",
        frozenset({Stage.READY}),
        permissions.can_publish,
        effects.publish,
        "Readers see this text at once, with the disclaimer in force pinned to it.",
        guards.PUBLICATION,
        OPEN_TO_PUBLISHING,
    ),
    Step(
        "fire",
        "Publish on time",
        frozenset({Stage.SCHEDULED}),
        permissions.is_clock,
        effects.fire,
        "The scheduled moment has come.",
        standings=OPEN_TO_PUBLISHING,
        is_offered=False,
    ),
    Step(
        "withdraw",
        "Withdraw",
        UNFINISHED,
        permissions.can_withdraw,
        effects.withdraw,
        "The piece is yours again and is not published. You can reopen it later.",
        standings=UNPUBLISHED,
    ),
    Step(
        "reopen",
        "Reopen",
        CLOSED,
        permissions.can_write,
        effects.reopen,
        "The piece is a draft again. What happened before stays in its trail.",
        standings=UNPUBLISHED,
    ),
    Step(
        "amend",
        "Amend",
        frozenset({Stage.PUBLISHED}),
        permissions.can_amend,
        effects.amend,
        "A change to the published piece is opened. Readers go on seeing the published text until the change is "
        "approved, signed and published.",
        standings=LIVE,
    ),
    Step(
        "discard",
        "Discard the amendment",
        UNFINISHED,
        permissions.can_discard,
        effects.discard,
        "The working text returns to what readers see. Readers notice nothing.",
        standings=PUBLIC,
    ),
    Step(
        "recuse",
        "Declare a conflict",
        EVERYWHERE,
        permissions.can_recuse,
        effects.recuse,
        "The piece leaves your queue, with its text and all that is written about it from now on. If you had it, it "
        "goes back to the queue for another editor. This cannot be taken back.",
        needs_note="Say what binds you. The desk sees it; the author does not.",
    ),
    Step(
        "break_glass",
        "Judge it all the same",
        EVERYWHERE,
        permissions.can_break_glass,
        effects.break_glass,
        "You are the last editor left. You judge the piece in spite of your conflict, and its public page says so.",
        needs_note="Say what binds you, and why the piece cannot wait. Readers see it.",
        is_offered=False,
    ),
    Step(
        "kill",
        "Drop it",
        frozenset({Stage.PROOF, Stage.READY, Stage.SCHEDULED}),
        permissions.can_decide,
        effects.kill,
        "The accepted piece is dropped. Its author gets your letter, and is free to offer it elsewhere.",
        standings=UNPUBLISHED,
        needs_note="Write the letter to the author: say why the accepted piece is dropped.",
    ),
    Step(
        "override",
        "Sign in the author's place",
        frozenset({Stage.PROOF}),
        permissions.can_hold,
        effects.override,
        "You stand in for the authors who have not answered two reminders. Readers see that you did, and why.",
        (guards.reminded_twice, guards.overridable),
        needs_note="Say why the piece cannot wait for its author. Readers see the reason.",
    ),
    Step(
        "challenge",
        "Put under review",
        EVERYWHERE,
        permissions.can_hold,
        aftermath.challenge,
        "Readers go on seeing the piece, with your note above it. It is in no listing until the review is closed.",
        standings=LIVE,
    ),
    Step(
        "clear",
        "Close the review",
        EVERYWHERE,
        permissions.can_hold,
        aftermath.clear,
        "The piece is listed again, and your note says what was found.",
        standings=frozenset({Standing.UNDER_REVIEW}),
    ),
    Step(
        "retract",
        "Retract",
        EVERYWHERE,
        permissions.can_take_back,
        aftermath.retract,
        "With a second person: the piece stays at its address, marked as retracted, and is in no listing.",
        standings=LIVE | {Standing.UNDER_REVIEW},
    ),
    Step(
        "reinstate",
        "Reinstate",
        EVERYWHERE,
        permissions.can_take_back,
        aftermath.reinstate,
        "With a second person: the retraction is taken back, and the piece is listed again.",
        standings=frozenset({Standing.RETRACTED}),
    ),
    Step(
        "remove",
        "Remove",
        EVERYWHERE,
        permissions.can_take_back,
        aftermath.remove,
        "With a second person: for law, safety or privacy. Its address says only that it is gone, and why.",
        standings=READABLE,
    ),
    Step(
        "merge",
        "Merge into another piece",
        EVERYWHERE,
        permissions.can_take_back,
        aftermath.merge,
        "With a second person: whoever opens this piece's address is led to the other piece, for good.",
        standings=READABLE,
    ),
    Step(
        "recall",
        "Take the proposal back",
        EVERYWHERE,
        permissions.can_recall,
        aftermath.recall,
        "What is proposed for this piece is not done.",
    ),
)
STEPS: dict[str, Step] = {step.name: step for step in _TABLE}
