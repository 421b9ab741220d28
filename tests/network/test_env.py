import pytest
from django.core.exceptions import ImproperlyConfigured

from network import env

NAME = "TEST_ENV_VARIABLE"


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    monkeypatch.delenv(NAME, raising=False)


@pytest.mark.parametrize("value", [None, "", "   ", "\t\n"])
@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (lambda: env.text(NAME, "plain"), "plain"),
        (lambda: env.text(NAME, ""), ""),
        (lambda: env.flag(NAME, True), True),
        (lambda: env.flag(NAME, False), False),
        (lambda: env.number(NAME, 7), 7),
        (lambda: env.listing(NAME, ()), []),
        (lambda: env.listing(NAME, ("a", "b")), ["a", "b"]),
    ],
)
def test_unset_or_blank_variable_gives_the_default(monkeypatch, value, read, expected):
    if value is not None:
        monkeypatch.setenv(NAME, value)

    found = read()

    assert found == expected


@pytest.mark.parametrize("value", [None, "", "  "])
@pytest.mark.parametrize("read", [env.text, env.listing])
def test_unset_variable_without_default_is_refused_by_name_with_an_example(monkeypatch, read, value):
    if value is not None:
        monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read(NAME, example="example.org")

    assert str(refusal.value) == f"The environment variable {NAME} is not set. Set it, as in {NAME}=example.org."


def test_text_loses_the_blanks_around_it_and_keeps_those_inside(monkeypatch):
    monkeypatch.setenv(NAME, "  two words\n")

    found = env.text(NAME)

    assert found == "two words"


@pytest.mark.parametrize(
    ("values", "expected"),
    [(["1", "true", "Yes", " ON "], True), (["0", "false", "No", "off"], False)],
)
def test_flag_understands_the_usual_words(monkeypatch, values, expected):
    found = []

    for value in values:
        monkeypatch.setenv(NAME, value)
        found.append(env.flag(NAME, not expected))

    assert found == [expected] * len(values)


@pytest.mark.parametrize("value", ["2", "maybe", "truee", "-1"])
def test_flag_refuses_any_other_word(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is '{value}', .* as in {NAME}=1 or {NAME}=0\."):
        env.flag(NAME, True)


@pytest.mark.parametrize(("value", "expected"), [("0", 0), ("42", 42), (" 007 ", 7)])
def test_number_reads_whole_numbers(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    found = env.number(NAME, 3)

    assert found == expected


@pytest.mark.parametrize("value", ["ten", "1.5", "1_000", "1e3", "٣", "²", "--1", "-"])
def test_number_refuses_what_is_not_a_whole_number(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is .* not a whole number\. Set it, as in {NAME}=3\."):
        env.number(NAME, 3)


def test_number_below_the_least_is_refused_with_the_least(monkeypatch):
    monkeypatch.setenv(NAME, "0")

    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is 0, and the least it can be is 1\."):
        env.number(NAME, 3, least=1)


def test_number_may_be_negative_where_the_least_says_so(monkeypatch):
    monkeypatch.setenv(NAME, "-2")

    found = env.number(NAME, 0, least=-5)

    assert found == -2


def test_listing_splits_at_commas_and_drops_what_is_empty(monkeypatch):
    monkeypatch.setenv(NAME, " example.org, www.example.org ,,")

    found = env.listing(NAME, ("elsewhere",))

    assert found == ["example.org", "www.example.org"]


@pytest.mark.parametrize("value", ["example.org www.example.org", ",", " , "])
def test_listing_without_its_commas_or_parts_is_refused(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is not a list .* as in {NAME}=one,two\."):
        env.listing(NAME)


def test_refused_text_is_not_repeated_in_the_refusal(monkeypatch):
    monkeypatch.setenv(NAME, "hunter2 hunter3")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.listing(NAME)

    assert "hunter" not in str(refusal.value)
