"""The one row that names the network."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from network.models import Network


def test_load_makes_the_row_with_neutral_words(db):
    network = Network.load()

    assert (network.pk, network.name, network.answer_days) == (1, "Contributor Network", 5)
    assert Network.objects.get() == network


def test_load_finds_the_row_that_is_there(network):
    assert Network.load() == network
    assert Network.load().name == "The Signal"
    assert Network.objects.count() == 1


def test_saving_another_row_writes_over_the_one(network):
    Network(name="The Noise").save()

    assert Network.objects.get().name == "The Noise"


def test_second_row_is_refused_by_the_database(network):
    with pytest.raises(IntegrityError), transaction.atomic():
        Network.objects.create(name="The Noise")
    with pytest.raises(IntegrityError, match="network_is_one_row"), transaction.atomic():
        Network.objects.bulk_create([Network(pk=2, name="The Noise")])
    with pytest.raises(IntegrityError, match="network_is_one_row"), transaction.atomic():
        Network.objects.update(id=2)

    assert [(row.pk, row.name) for row in Network.objects.all()] == [(1, "The Signal")]


@pytest.mark.parametrize(
    ("column", "value"), [("name", ""), ("host", ""), ("contact", "nobody"), ("contact", ""), ("answer_days", 0)]
)
def test_row_without_what_readers_need_is_refused_in_words(network, column, value):
    setattr(network, column, value)

    with pytest.raises(ValidationError) as refusal:
        network.full_clean()

    assert list(refusal.value.message_dict) == [column]


def test_network_is_called_by_its_name(network):
    assert str(network) == "The Signal"
