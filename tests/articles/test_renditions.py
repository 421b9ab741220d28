"""Renditions: made once, in the background, and shown to whoever may see the picture."""

import io
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from PIL import Image

from articles import renditions
from articles.models import Picture, Rendition
from articles.models.picture import LEASE, MOST_TRIES
from articles.models.rendition import Shape, Shown
from editorial import writing
from network import clock
from tests.network.test_renditions import has_dot, with_dot


def take_in(piece, by, image, kind="JPEG", **words):
    file = io.BytesIO()
    image.save(file, kind)
    values = {"alt": "A harbour", "credit": "Ana Ruiz", "licence": "own work", "made": "camera"} | words
    return Picture.objects.take_in(file, article=piece, by=by, **values)


@pytest.fixture
def large(cast, draft):
    """A large picture at the head of Ana's draft, with a dot near its left edge."""
    picture = take_in(draft, cast.ana, with_dot((2000, 1000), (100, 500)))
    writing.save(draft, {"lead": picture}, by=cast.ana)
    return picture


@pytest.fixture
def lead(cast, draft):
    """The same, small enough to be quick."""
    picture = take_in(draft, cast.ana, with_dot((700, 350), (60, 175)))
    writing.save(draft, {"lead": picture}, by=cast.ana)
    return picture


def fresh(picture):
    return Picture.objects.get(pk=picture.pk)


def shown(picture):
    """Every rendition, decoded again."""
    images = {}
    for made in picture.renditions.all():
        with made.file.open("rb") as file:
            image = Image.open(io.BytesIO(file.read()))
            image.load()
        images[made.shape, made.width, made.format] = (made, image)
    return images


def test_large_picture_has_four_widths_in_three_formats_and_its_cuts(large):
    assert renditions.make_next()

    images = shown(large)
    wide = {shape: {width for kind, width, _ in images if kind == shape} for shape in Shape}
    assert wide == {
        "whole": {480, 800, 1200, 1600},
        "card": {240, 480, 800, 1200},
        "square": {1000},
        "standard": {1200},
        "wide": {1200},
    }
    assert {kind for shape, _, kind in images if shape in ("whole", "card")} == {"avif", "webp", "jpeg"}
    assert {kind for shape, _, kind in images if shape not in ("whole", "card")} == {"jpeg"}
    for made, image in images.values():
        assert (made.width, made.height) == image.size
        assert made.bytes == default_storage.size(made.file.name)
        assert image.format.lower() == made.format
    assert fresh(large).renditions_due_at is None
    assert not renditions.make_next()


def test_what_pages_offer_is_what_is_made(large):
    renditions.make(large)
    picture = fresh(large)

    offered = {
        (one.shape, width)
        for one in (Shown(picture.reference, Shape.WHOLE, (2000, 1000)), picture.as_card)
        for width in one.widths
    }

    there = set(picture.renditions.filter(format="avif").values_list("shape", "width"))
    assert offered == there
    assert {one.width for one in picture.renditions.filter(shape="whole")} == {480, 800, 1200, 1600}
    assert picture.renditions.get(shape="card", width=1200, format="avif").height == picture.as_card.height


def test_small_picture_is_never_enleadd(cast, draft):
    picture = take_in(draft, cast.ana, Image.new("RGB", (90, 60), "teal"))

    renditions.make(picture)

    assert {one.width for one in picture.renditions.filter(shape__in=("whole", "card"))} == {90}
    assert max(one.width for one in picture.renditions.all()) == 90


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_odd_picture_has_renditions_too(cast, draft, size):
    picture = take_in(draft, cast.ana, Image.new("RGB", size, "teal"))

    assert renditions.make(picture)

    assert all(one.width <= size[0] and one.height <= size[1] for one in picture.renditions.all())


def test_picture_that_shines_through_has_png_for_old_browsers(cast, draft):
    picture = take_in(draft, cast.ana, Image.new("RGBA", (600, 400), (0, 90, 90, 80)), "PNG")

    renditions.make(picture)

    images = shown(picture)
    assert {kind for shape, _, kind in images if shape == "whole"} == {"avif", "webp", "png"}
    assert images["whole", 480, "png"][1].mode in ("RGBA", "P")
    assert images["wide", 600, "jpeg"][1].mode == "RGB"


def test_making_again_makes_nothing(lead):
    renditions.make(lead)
    before = list(lead.renditions.values_list("pk", "sha256"))

    Picture.objects.update(renditions_due_at=clock.now())
    renditions.make(lead)

    assert list(lead.renditions.values_list("pk", "sha256")) == before


def test_moved_focus_makes_the_cuts_anew_and_nothing_else(lead):
    renditions.make(lead)
    whole = set(lead.renditions.filter(shape="whole").values_list("pk", flat=True))
    old = set(lead.renditions.exclude(shape="whole").values_list("file", flat=True))
    assert not has_dot(shown(lead)["square", 350, "jpeg"][1])

    assert Picture.objects.filter(pk=lead.pk).aim(5, 50) == 1
    with transaction.atomic():
        assert renditions.make_next()

    images = shown(lead)
    assert set(lead.renditions.filter(shape="whole").values_list("pk", flat=True)) == whole
    assert all(has_dot(image) for made, image in images.values() if made.shape != "wide")
    assert all((made.focus_x, made.focus_y) == (5, 50) for made, _ in images.values() if made.shape != "whole")
    assert len(images) == 18
    assert old


@pytest.mark.django_db(transaction=True)
def test_files_of_an_earlier_focus_are_dropped(lead):
    renditions.make(lead)
    old = set(lead.renditions.exclude(shape="whole").values_list("file", flat=True))

    Picture.objects.filter(pk=lead.pk).aim(5, 50)
    renditions.make_next()

    kept = set(lead.renditions.values_list("file", flat=True))
    assert not any(default_storage.exists(name) for name in old - kept)
    assert all(default_storage.exists(name) for name in kept)


def test_same_focus_again_is_no_news(lead):
    renditions.make(lead)

    assert Picture.objects.filter(pk=lead.pk).aim(50, 50) == 0
    assert not renditions.make_next()


def test_broken_file_is_given_up(lead, caplog):
    with default_storage.open(lead.file.name, "wb") as file:
        file.write(b"\xff\xd8\xff broken")
    now = clock.now()

    for number in range(MOST_TRIES):
        with clock.at(now + number * (LEASE + timedelta(seconds=1))):
            assert renditions.make_next()
    with clock.at(now + timedelta(days=30)):
        assert not renditions.make_next()

    assert fresh(lead).rendition_tries == MOST_TRIES
    assert not Rendition.objects.exists()
    assert lead.reference in caplog.text


def test_missing_file_leaves_the_worker_running(lead):
    default_storage.delete(lead.file.name)

    assert renditions.make_next()

    assert not Rendition.objects.exists()


def test_picture_in_hand_is_nobody_elses_work(lead):
    assert Picture.objects.claim(lead)

    assert not renditions.make_next()
    assert not renditions.make(lead)

    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        assert renditions.make_next()
    assert lead.renditions.count() == 18


def test_half_written_file_of_a_killed_worker_is_written_again(lead):
    renditions.make(lead)
    names = list(lead.renditions.values_list("file", flat=True))
    Rendition.objects.all().delete()
    for name in names[:3]:
        with default_storage.open(name, "wb") as file:
            file.write(b"half")
    Picture.objects.update(renditions_due_at=clock.now())

    renditions.make(lead)

    assert set(lead.renditions.values_list("file", flat=True)) == set(names)
    assert len(shown(lead)) == 18


KILLED = """
import os, signal
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
settings.MEDIA_ROOT = os.environ["TEST_MEDIA"]
from articles import renditions
from network import pictures
before, count = pictures.rendition, iter(range(100))
def dying(*words, **more):
    if next(count) == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return before(*words, **more)
pictures.rendition = dying
renditions.make_next()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other process opens the same file")
def test_killed_worker_leaves_no_half_row(lead):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "network.settings",
        "DEBUG": "1",
        "TEST_NAME": str(connection.settings_dict["NAME"]),
        "TEST_MEDIA": str(settings.MEDIA_ROOT),
    }
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, cwd=settings.BASE_DIR, check=False)

    assert killed.returncode == -signal.SIGKILL
    assert not Rendition.objects.exists()
    assert fresh(lead).rendition_tries == 1
    assert not renditions.make_next()
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        assert renditions.make_next()
    assert len(shown(lead)) == 18


def test_one_file_of_a_kind_at_a_width(lead):
    renditions.make(lead)
    made = lead.renditions.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        Rendition.objects.bulk_create(
            [Rendition(**{f.name: getattr(made, f.name) for f in Rendition._meta.fields if f.name != "id"})]
        )


def test_command_makes_all_that_wait(lead, capsys):
    call_command("make_renditions")

    assert "Made the renditions of 1 of 1 pictures." in capsys.readouterr().out
    assert lead.renditions.count() == 18


def test_command_tries_again_what_was_given_up(lead, capsys):
    Picture.objects.update(rendition_tries=MOST_TRIES)

    call_command("make_renditions")
    assert not lead.renditions.exists()
    call_command("make_renditions", "--again")

    assert lead.renditions.count() == 18
    assert "0 of 0" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_worker_makes_them(lead):
    call_command("run_worker", "--once")

    assert lead.renditions.count() == 18
