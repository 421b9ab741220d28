"""Who may do what: every predicate for every role, as one table."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from articles.status import Stage
from authors.models import Author, Status
from editorial import permissions, workflow
from tests import factories

ON_PIECE = (
    "can_write can_submit can_sign can_withdraw can_edit can_decide can_ask_changes can_publish can_amend can_discard "
    "can_hold can_check_in can_take_back can_recall can_recuse can_break_glass is_clock"
).split()
OF_PERSON = "can_contribute is_on_desk can_invite can_repin".split()
AUTHOR = "can_contribute can_write can_submit can_sign can_withdraw can_amend"
EDITOR = "is_on_desk can_invite can_recuse can_edit can_decide can_amend can_discard"

# The piece is Ana's and Bo's, in review with Edda. What a row does not name, that person may not do.
TABLE = {
    "nobody": "is_clock",
    "anonymous": "",
    "stranger": "",
    "another contributor": "can_contribute",
    "author": AUTHOR,
    "co-author": AUTHOR,
    "author and editor, of another's piece": f"can_contribute {EDITOR} can_publish can_check_in",
    "author and editor, of their own piece": f"{AUTHOR} is_on_desk can_invite",
    "editor who has it": f"{EDITOR} can_ask_changes",
    "another editor": EDITOR,
    "publisher": "is_on_desk can_recuse can_publish can_check_in",
    "standards": "is_on_desk can_repin can_recuse can_hold can_check_in can_take_back",
    "superuser without groups": "",
    "superuser who is an author": AUTHOR,
    "inactive author": "",
    "inactive editor": "",
    "barred author": "can_contribute can_withdraw",
}


@pytest.fixture
def piece(cast):
    piece = workflow.take("submit", factories.make_piece(cast.ana, cast.section, cast.bo), by=cast.ana)
    return workflow.take("claim", piece, by=cast.edda)


def person(role: str, cast, piece):
    """The account that plays a role, made what the role says it is."""
    accounts = {
        "nobody": None,
        "anonymous": AnonymousUser(),
        "author": cast.ana,
        "co-author": cast.bo,
        "author and editor, of another's piece": cast.axel,
        "editor who has it": cast.edda,
        "another editor": cast.emil,
        "publisher": cast.pia,
        "standards": cast.sten,
        "superuser without groups": cast.root,
    }
    return accounts[role] if role in accounts else _changed(role, cast, piece)


def _changed(role: str, cast, piece) -> User:
    if role == "stranger":
        return factories.make_user("stranger")
    if role == "another contributor":
        return factories.make_contributor("cy", "Cy Other")
    if role == "author and editor, of their own piece":
        piece.bylines.create(author=cast.axel.author, position=2, printed_name="Axel Both")
        return cast.axel
    if role == "superuser who is an author":
        User.objects.filter(pk=cast.ana.pk).update(is_superuser=True, is_staff=True)
    if role.startswith("inactive"):
        User.objects.filter(username__in=["ana", "edda"]).update(is_active=False)
    if role == "barred author":
        Author.objects.filter(user=cast.ana).update(status=Status.SUSPENDED)
    return User.objects.get(username="edda" if role.endswith("editor") else "ana")


def allowed(user, piece) -> set[str]:
    names = {name for name in ON_PIECE if getattr(permissions, name)(user, piece)}
    return names | {name for name in OF_PERSON if user is not None and getattr(permissions, name)(user)}


@pytest.mark.parametrize("role", TABLE)
def test_predicates_allow_a_role_what_the_table_says(role, cast, piece):
    user = person(role, cast, piece)

    found = allowed(user, piece)

    assert found == set(TABLE[role].split())


def test_predicates_cover_every_question_of_the_module():
    asked = {name for name in vars(permissions) if name.startswith("can_")}

    assert asked <= {*ON_PIECE, *OF_PERSON}


@pytest.mark.parametrize("username", ["ana", "axel", "edda", "pia", "sten", "root"])
def test_predicates_never_read_the_stage(username, cast, at_stage):
    user = getattr(cast, username)
    at_stage(Stage.PUBLISHED)
    pieces = [at_stage(stage) for stage in (Stage.DRAFT, Stage.SUBMITTED, Stage.PROOF, Stage.READY, Stage.DECLINED)]

    answers = [allowed(user, piece) - {"can_ask_changes"} for piece in pieces]

    assert answers == [answers[0]] * len(pieces)


def test_can_ask_changes_follows_the_claim(cast, piece):
    released = workflow.take("release", piece, by=cast.edda)

    assert not permissions.can_ask_changes(cast.edda, released)

    claimed = workflow.take("claim", released, by=cast.emil)

    assert permissions.can_ask_changes(cast.emil, claimed)
    assert not permissions.can_ask_changes(cast.edda, claimed)


def test_can_discard_is_for_the_author_who_opened_the_amendment(cast):
    piece = factories.make_piece(cast.ana, cast.section, cast.bo)
    for step, by in (("submit", cast.ana), ("claim", cast.edda)):
        piece = workflow.take(step, piece, by=by)
    piece = workflow.take("sign", factories.approve(piece, cast.edda), by=cast.bo)
    piece = workflow.take("amend", workflow.take("publish", piece, by=cast.pia), by=cast.ana)

    answers = {
        name: permissions.can_discard(getattr(cast, name), piece) for name in ("ana", "bo", "emil", "pia", "root")
    }

    assert answers == {"ana": True, "bo": False, "emil": True, "pia": False, "root": False}


def test_somebody_who_left_the_byline_is_no_author_of_it(cast, piece):
    piece.bylines.filter(author=cast.bo.author).delete()

    assert allowed(cast.bo, piece) == {"can_contribute"}


@pytest.mark.parametrize(
    "username, role",
    [
        (None, "clock"),
        ("ana", "author"),
        ("axel", "editor"),
        ("edda", "editor"),
        ("pia", "publisher"),
        ("sten", "standards"),
        ("root", "account"),
    ],
)
def test_role_of_names_the_part_a_person_plays(username, role, cast, piece):
    user = getattr(cast, username) if username else None

    assert permissions.role_of(user, piece) == role


def test_each_step_says_for_whom_it_is():
    assert {step.may for step in workflow.STEPS.values()} <= set(permissions.WHO)
