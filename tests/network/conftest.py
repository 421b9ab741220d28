from collections.abc import Iterator

import pytest

from articles.models import Article
from network.models import Edition
from tests.network.ready import Site


@pytest.fixture
def site(cast) -> Iterator[Site]:
    Edition.objects.get_or_create(pk=1)
    site = Site()
    yield site
    site.close()


@pytest.fixture
def published(site, at_stage) -> Article:
    return at_stage("published")
