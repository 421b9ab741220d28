"""What stands between a form for readers and everybody's mailboxes: without a cookie, a puzzle or a third party.

Programs are slowed down and people are never refused: whatever stands in the way is said in a sentence, with all that
was typed still in the form. docs/adr/0022 says why these forms need no proof against forgery.
"""

import hashlib
import hmac
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from network import clock, limits
from network.models import Network

HOUR, DAY = 3_600, 86_400  # seconds
FAST = 3  # seconds: nobody reads a form and fills it in within that
MOST_FROM_ONE_PLACE = 12  # an hour; many people can share one network address
MOST_ABOUT_ONE_PIECE = 40  # an hour
MOST_FROM_ONE_ADDRESS = 6  # a day: each is a letter that we send to somebody who may not have asked for it
FORBIDDEN, TOO_MANY = 403, 429
ELSEWHERE = "This came from a page that is not ours. It is all below: look at it, and send it from here."
FROM_YOUR_PLACE = (
    "Many letters have come from your network within an hour. Yours is still below: send it a little later."
)
ABOUT_THE_PIECE = "Many letters about this piece have come within an hour. Yours is still below: send it in an hour."
FROM_YOUR_ADDRESS = (
    "Several letters have been sent with this address today. Yours is still below: send it tomorrow, or mail it to "
    "{desk}."
)
FROM_EVERYWHERE = (
    "More letters have come within this hour than we can take in. Yours is still below: send it in an hour, or mail it "
    "to {desk}."
)


class Refusal(NamedTuple):
    sentence: str
    status: int


def opened(room: str) -> str:
    """Says when a form was opened. It is asked how old it is, never whether it is too old."""
    return _signer(room).sign(str(int(clock.now().timestamp())))


def seconds_open(token: str, room: str) -> int | None:
    """For how long a form has been open; None where its word is not ours."""
    try:
        return int(clock.now().timestamp()) - int(_signer(room).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def _signer(room: str) -> signing.Signer:
    return signing.Signer(salt=f"editorial.intake.{room}")


def refusal(request: HttpRequest, *, email: str, piece: int | None = None) -> Refusal | None:
    """Why a letter is not taken in just now, or nothing. Asking counts it."""
    if is_from_elsewhere(request):
        return Refusal(ELSEWHERE, FORBIDDEN)
    desk = Network.load().contact
    if limits.is_over("letter-from", limits.place(request), most=MOST_FROM_ONE_PLACE, seconds=HOUR):
        return Refusal(FROM_YOUR_PLACE, TOO_MANY)
    if piece and limits.is_over("letter-about", piece, most=MOST_ABOUT_ONE_PIECE, seconds=HOUR):
        return Refusal(ABOUT_THE_PIECE, TOO_MANY)
    if limits.is_over("letter-as", limits.veiled(_mailbox(email)), most=MOST_FROM_ONE_ADDRESS, seconds=DAY):
        return Refusal(FROM_YOUR_ADDRESS.format(desk=desk), TOO_MANY)
    if limits.is_over("letters", "all", most=settings.LETTERS_AN_HOUR, seconds=HOUR):
        return Refusal(FROM_EVERYWHERE.format(desk=desk), TOO_MANY)
    return None


def _mailbox(email: str) -> str:
    """Where a letter to an address arrives, as far as one can tell: what stands behind a plus is for its owner."""
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Sent by another site's page, as the browser says. One that says nothing of it is believed: without a cookie a
    foreign page gains nothing here that its own server could not do."""
    if came_by := request.headers.get("Sec-Fetch-Site"):
        return came_by not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] not in {
        request.get_host(),
        urlsplit(settings.SITE_URL).netloc,
    }


def digest(*parts: object) -> str:
    """By which the same letter is known when it comes again, and by nobody without our key."""
    words = "\0".join(" ".join(str(part).split()).casefold() for part in parts)
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()
