from tools import permissions_doc


def test_the_page_about_permissions_says_what_the_tests_try() -> None:
    assert permissions_doc.PATH.read_text("utf-8") == permissions_doc.document(), "run: python tools/permissions_doc.py"
