from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from articles import search
from articles.models import Article


class Command(BaseCommand):
    help = "Build the search anew from what readers have. It is kept by itself; this is for after a repair."

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Article.objects.listed().count(), unit=" pieces", disable=None) as bar:
            count = search.rebuild(bar.update)
        self.stdout.write(f"{count} piece{'' if count == 1 else 's'} can be found.")
