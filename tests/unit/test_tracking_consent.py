from itertools import product

from bienrecu.tracking.consent import carries_image, load_counts
from bienrecu.tracking.pixel import GIF, HEADERS


def test_the_image_goes_in_only_where_the_organisation_turned_it_on_and_the_person_agreed() -> None:
    allowed = [
        (organisation, person)
        for organisation, person in product([False, True], repeat=2)
        if carries_image(organisation_tracks=organisation, person_agrees=person)
    ]
    assert allowed == [(True, True)]


def test_a_withdrawal_holds_for_emails_already_sent() -> None:
    assert load_counts(carried_image=True, organisation_tracks=True, person_agrees=True)
    assert not load_counts(carried_image=True, organisation_tracks=True, person_agrees=False)


def test_an_organisation_that_turns_tracking_off_learns_nothing_more_from_emails_already_sent() -> None:
    assert not load_counts(carried_image=True, organisation_tracks=False, person_agrees=True)


def test_an_agreement_does_not_reach_back_to_emails_that_left_without_the_image() -> None:
    assert not load_counts(carried_image=False, organisation_tracks=True, person_agrees=True)


def test_the_image_is_one_transparent_pixel() -> None:
    assert len(GIF) == 43
    assert GIF.startswith(b"GIF89a\x01\x00\x01\x00")
    assert GIF.endswith(b"\x3b")
    assert b"\x21\xf9\x04\x01" in GIF  # the transparency flag of its graphic control extension


def test_the_image_is_never_kept_and_may_be_shown_by_webmail() -> None:
    assert "no-store" in HEADERS["cache-control"]
    assert HEADERS["content-type"] == "image/gif"
    assert HEADERS["content-length"] == "43"
    assert HEADERS["cross-origin-resource-policy"] == "cross-origin"
