"""The names of the languages that a piece may be written in."""

from network import languages


def test_name_keeps_its_capitals_and_begins_with_one():
    names = [languages.NAMES[code] for code in ("en-gb", "id", "fr")]

    assert names == ["British English", "Bahasa Indonesia", "Français"]
