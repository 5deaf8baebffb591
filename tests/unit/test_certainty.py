"""Only an address's own fault, said by more than a mere code, sets it aside; and we say how sure we are."""

from typing import get_args

import pytest
from django.utils.translation import override

from bienrecu.domain.certainty import Certainty, sets_aside
from bienrecu.domain.reason import Reason, facts
from bienrecu.wording import certainty as words


@pytest.mark.parametrize("reason", Reason)
def test_what_a_guess_says_sets_nobody_aside(reason: Reason) -> None:
    assert not sets_aside(reason, "guess")
    assert [sets_aside(reason, one) for one in ("sure", "likely", None)] == [facts(reason).suppresses] * 3


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_certainty_is_said_in_words_of_its_own(language: str) -> None:
    with override(language):
        said = {words.words(Reason.MAILBOX_FULL, one) for one in get_args(Certainty)}
    assert len(said) == 3 and all(said)


def test_that_a_guess_spares_the_address_is_said_where_it_would_have_been_set_aside() -> None:
    with override("fr"):
        assert words.words(Reason.ADDRESS_UNKNOWN, "guess").endswith("Cela seul ne met aucune adresse de côté.")
        assert "de côté" not in words.words(Reason.MAILBOX_FULL, "guess") + words.words(Reason.ADDRESS_UNKNOWN, "sure")


@pytest.mark.parametrize(
    ("reason", "certainty"), [(None, "sure"), (Reason.UNDETERMINED, "guess"), (Reason.EXPIRED, None)]
)
def test_where_nothing_was_judged_nothing_is_said(reason: Reason | None, certainty: Certainty | None) -> None:
    assert words.words(reason, certainty) == ""
