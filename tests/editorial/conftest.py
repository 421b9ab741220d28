"""A byline that is shared, for all who tell of it."""

import pytest

from articles.models import Article
from authors.models import Author
from editorial.models import BylineInvitation
from tests import factories
from tests.editorial.test_byline import ask


@pytest.fixture
def asked(cast, draft) -> BylineInvitation:
    """Ana has asked Bo."""
    return ask(draft, cast.ana)


@pytest.fixture
def shared(cast) -> Article:
    """A draft of Ana's and Bo's, all questions answered."""
    return factories.make_piece(cast.ana, cast.section, cast.bo)


@pytest.fixture
def edit_author(cast) -> Author:
    """Edda, an editor, has an author record as well."""
    return factories.make_author("Edda Storm", cast.edda)
