from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from editorial import seeding
from network import snapshot

MOST = 1_000_000


class Command(BaseCommand):
    help = "Add published pieces by made-up authors, in made-up words, for scale. Their accounts cannot sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--articles", type=int, default=1_000, metavar="N", help="how many pieces (1,000)")
        parser.add_argument("--authors", type=int, default=100, metavar="M", help="by how many authors (100)")
        parser.add_argument("--corrected", type=int, default=40, metavar="K", help="one in so many was corrected (40)")

    def handle(self, *args: Any, **options: Any) -> None:
        articles, authors, corrected = (options[name] for name in ("articles", "authors", "corrected"))
        if not all(1 <= number <= MOST for number in (articles, authors, corrected)):
            raise CommandError("Give numbers of 1 or more, as in --articles 10000 --authors 500.")
        with tqdm(total=articles, unit=" pieces", disable=None) as bar:
            seeding.seed(articles, authors, bar.update, corrected=corrected)
        snapshot.take_stock(connection)
        self.stdout.write(f"{articles} pieces by {authors} authors are published.")
