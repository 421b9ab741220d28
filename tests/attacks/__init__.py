"""Texts that attack whoever reads them: one on each line of texts.txt, ⏎ standing for the end of a line."""

from pathlib import Path

TEXTS = [line.replace("⏎", "\n") for line in Path(__file__).with_name("texts.txt").read_text().split("\n") if line]
