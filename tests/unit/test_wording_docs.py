from bienrecu.domain.reason import Reason
from tools import statuses_doc


def test_the_page_about_statuses_says_what_the_program_says() -> None:
    assert statuses_doc.PATH.read_text("utf-8") == statuses_doc.document(), "run: python tools/statuses_doc.py"


def test_every_reason_has_its_place_on_the_page_to_link_to() -> None:
    page = statuses_doc.document()
    assert [reason for reason in Reason if f"\n### {reason}\n" not in page] == []
