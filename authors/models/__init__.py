from authors.models.agreement import Agreement, AgreementAcceptance, OtherText
from authors.models.author import BARRED, BIO_HOLDS, Author, Identity, Mail, OldAuthorSlug, Status
from authors.models.joining import Application, Decision, Invitation
from authors.models.letter_count import LetterCount
from authors.models.links import Site, SocialLink, follow_line
from authors.models.ties import Employment, Tie, TieKind

__all__ = [
    "BARRED",
    "BIO_HOLDS",
    "Agreement",
    "AgreementAcceptance",
    "Application",
    "Author",
    "Decision",
    "Employment",
    "Identity",
    "Invitation",
    "LetterCount",
    "Mail",
    "OldAuthorSlug",
    "OtherText",
    "Site",
    "SocialLink",
    "Status",
    "Tie",
    "TieKind",
    "follow_line",
]
