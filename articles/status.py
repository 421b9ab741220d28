"""Where a piece is. Two columns, and no third place may disagree with them; see docs/workflow.md."""

from django.db import models


class Stage(models.TextChoices):
    """Where the working text is."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    PROOF = "proof", "Proof with the author"
    READY = "ready", "Ready"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    KILLED = "killed", "Killed"


class Standing(models.TextChoices):
    """What the public sees."""

    UNPUBLISHED = "unpublished", "Unpublished"
    LIVE = "live", "Live"
    UNDER_REVIEW = "under_review", "Under review"
    RETRACTED = "retracted", "Retracted"
    REMOVED = "removed", "Removed"


class Label(models.TextChoices):
    """The genre, as readers see it."""

    OPINION = "opinion", "Opinion"
    ANALYSIS = "analysis", "Analysis"
    ESSAY = "essay", "Essay"
    RESPONSE = "response", "Response"
    LETTER = "letter", "Letter"


class ResponseKind(models.TextChoices):
    """What a response does with the piece it answers."""

    RESPONDS = "responds", "Responds to it"
    REBUTS = "rebuts", "Argues against it"
    EXTENDS = "extends", "Carries it further"


WITH_AUTHOR = frozenset({Stage.DRAFT, Stage.CHANGES_REQUESTED})
AT_DESK = frozenset({Stage.SUBMITTED, Stage.IN_REVIEW, Stage.PROOF, Stage.READY, Stage.SCHEDULED})
APPROVED = frozenset({Stage.READY, Stage.SCHEDULED})
CLOSED = frozenset({Stage.DECLINED, Stage.WITHDRAWN, Stage.KILLED})
OPEN = AT_DESK | {Stage.CHANGES_REQUESTED}
UNFINISHED = WITH_AUTHOR | AT_DESK
READABLE = frozenset({Standing.LIVE, Standing.UNDER_REVIEW, Standing.RETRACTED})


class Place(models.TextChoices):
    """Where an author looks for a piece. Every stage has one, and each place says whose turn it is."""

    YOU = "you", "With you"
    DESK = "desk", "With the desk"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    CLOSED = "closed", "Closed"


STAGES_AT = {
    Place.YOU: WITH_AUTHOR | {Stage.PROOF},
    Place.DESK: frozenset({Stage.SUBMITTED, Stage.IN_REVIEW, Stage.READY}),
    Place.SCHEDULED: frozenset({Stage.SCHEDULED}),
    Place.PUBLISHED: frozenset({Stage.PUBLISHED}),
    Place.CLOSED: CLOSED,
}
