"""From a stranger to an account: what the network wants, the form to apply, and the address in an invitation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from authors.models import Agreement, Invitation
from editorial import accounts, intake, joining
from editorial.forms.joining import ApplicationForm
from network import limits, markup
from network.models import Network

HOUR, DAY = 3_600, 86_400  # seconds
MOST_FROM_ONE_PLACE = 10  # an hour; many people can share one network address
MOST_FROM_ONE_ADDRESS = 3  # a day
WAYS = {"passkey": "account_signup_by_passkey", "password": "account_signup"}
TOO_MANY = "Many applications have come from your network within an hour. Yours is still below: send it a little later."


@csrf_exempt
def write_for_us(request: HttpRequest) -> HttpResponse:
    """A reader's page, the same for everybody and without a cookie. Its form needs no proof against forgery: it acts
    for nobody, and asks nothing of whoever is signed in. It may stay open for days; nothing in it runs out."""
    network = Network.load()
    form = ApplicationForm(request.POST or None) if network.takes_applications else None
    status = 200
    if form and request.method == "POST" and form.is_valid():
        if intake.is_from_elsewhere(request):
            form.add_error(None, intake.ELSEWHERE)
            status = intake.FORBIDDEN
        elif limits.is_over("apply-from", limits.place(request), most=MOST_FROM_ONE_PLACE, seconds=HOUR):
            form.add_error(None, TOO_MANY)
            status = 429
        else:
            _apply(form)
            return redirect("applied")
    agreement = Agreement.objects.in_force()
    context = {
        "form": form,
        "call": markup.render(network.call, doc_id="call"),
        "agreement": agreement,
        "terms": markup.render(agreement.text, doc_id="agreement") if agreement else "",
    }
    return render(request, "joining/write_for_us.html", context, status=status)


def _apply(form: ApplicationForm) -> None:
    """Beyond the limit of one mail address nothing is kept, and the page says the same: it tells nobody's secrets."""
    said = form.said()
    if not limits.is_over("apply-as", limits.veiled(said["email"].lower()), most=MOST_FROM_ONE_ADDRESS, seconds=DAY):
        joining.apply(**said)


def applied(request: HttpRequest) -> HttpResponse:
    return render(request, "joining/applied.html")


@never_cache
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Looking uses nothing up: programs open every address in a mail. The button takes the invitation along into the
    sign-in library's own pages, which are closed without it."""
    invitation = Invitation.objects.by_key(key)
    if invitation is None:
        return render(request, "joining/closed.html", status=410)
    is_taken = joining.account_of(invitation.email) is not None
    if request.method == "POST" and not (request.user.is_authenticated or is_taken):
        accounts.keep(request, invitation)
        return redirect(WAYS.get(request.POST.get("way", ""), WAYS["password"]))
    return render(request, "joining/join.html", {"invitation": invitation, "is_taken": is_taken})
