"""What simulated recipients read: commands, mails, pages. All of it a stranger's."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.simulator.commands import Path, Refusal, reply_lines
from bienrecu.simulator.first_tries import FirstTries
from bienrecu.simulator.letter import Letter
from bienrecu.simulator.page import Form, Link, Page
from bienrecu.simulator.site import Site

MAIL = (
    b"From: =?utf-8?q?Formation_=C3=89xemple?= <contact@formation-exemple.test>\r\n"
    b"Subject: =?utf-8?q?Votre_convocation_=C3=A0_la_formation?=\r\n"
    b"Message-ID: <r1@formation-exemple.test>\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="outer"\r\n'
    b"\r\n"
    b"--outer\r\n"
    b'Content-Type: multipart/alternative; boundary="inner"\r\n'
    b"\r\n"
    b"--inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhttps://mail.example.org/in-text\r\n"
    b"--inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b'<p><a href=3D"https://mail.example.org/c/1"><b>Confirmer</b> la r=C3=A9ception</a>'
    b'<img src=3D"https://mail.example.org/p/1.gif">\r\n'
    b"--inner--\r\n"
    b"--outer\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n"
    b'<img src="https://mail.example.org/attached.gif">\r\n'
    b"--outer--\r\n"
)


def test_a_mail_gives_the_links_and_images_of_its_html_part() -> None:
    letter = Letter.read(MAIL)
    assert letter.links == (Link("https://mail.example.org/c/1", "Confirmer la réception"),)
    assert letter.images == ("https://mail.example.org/p/1.gif",)


def test_a_mail_s_fields_are_decoded_and_its_answer_goes_to_the_author() -> None:
    letter = Letter.read(MAIL)
    assert letter.subject == "Votre convocation à la formation"
    assert letter.message_id == "<r1@formation-exemple.test>"
    assert letter.reply_to == "contact@formation-exemple.test"
    assert letter.receipt_to == ""


def test_the_answer_goes_where_the_author_asked_for_it() -> None:
    assert Letter.read(b"Reply-To: Dupont <dupont@example.org>\r\n" + MAIL).reply_to == "dupont@example.org"


def test_links_are_found_in_plain_text_where_there_is_no_html() -> None:
    letter = Letter.read(b"Subject: x\r\n\r\nSee https://mail.example.org/confirm/1 please\r\n")
    assert letter.links == (Link("https://mail.example.org/confirm/1"),)


def test_a_small_message_is_returned_whole_and_a_large_one_by_its_header() -> None:
    assert Letter.read(MAIL).original == MAIL
    large = Letter.read(MAIL + b"x" * 60_000)
    assert not large.is_whole
    assert large.original == MAIL.partition(b"\r\n\r\n")[0] + b"\r\n"


def test_a_message_nested_a_thousand_times_is_read_by_its_header_only() -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(1000)
    )
    letter = Letter.read(b"Subject: deep\r\n" + nested + b"\r\n<img src=https://mail.example.org/p>")
    assert (letter.subject, letter.images) == ("deep", ())


MAIL_WORDS = [
    *[b"Content-Type: ", b"text/html", b"multipart/mixed; boundary=b", b"; charset=", b"utf-7", b"unknown-8bit"],
    *[b"Content-Transfer-Encoding: ", b"base64", b"uuencode", b"quoted-printable", b"=?utf-8?b?", b"?=", b"=?x?q?"],
    *[b"--b", b"\r\n", b"\n", b"\r\n\r\n", b"Subject: ", b"From: ", b"Content-Disposition: attachment; filename*=x''%"],
    *[b"<img src=", b"<a href=", b"<![", b"<!--", b"<form method=post", b">", b"\x00", b"\xff", b"@", b"&#x", b"<?"],
]


@given(st.lists(st.sampled_from(MAIL_WORDS) | st.binary(max_size=8), max_size=40).map(b"".join))
def test_whatever_is_in_a_mail_reading_it_raises_nothing(content: bytes) -> None:
    letter = Letter.read(content)
    assert letter.subject.isprintable() and letter.reply_to.isprintable() and letter.message_id.isprintable()


@given(st.text(st.sampled_from("<>![]-/?=\"' &;#") | st.characters(), max_size=300))
def test_whatever_is_in_a_page_reading_it_raises_nothing(html: str) -> None:
    assert len(Page.read(html).links) <= 50


def test_a_form_is_sent_as_a_browser_would_when_its_first_button_is_pressed() -> None:
    page = Page.read(
        "<form method=get action=/search><input name=q></form>"
        '<form method="POST" action="/confirm/1"><input type=hidden name=csrf value="a&amp;b">'
        "<input type=checkbox name=no><input type=checkbox name=yes value=1 checked><input name=note>"
        "<button name=do value=confirm>Confirmer</button><button name=do value=cancel>Annuler</button></form>"
    )
    fields = (("csrf", "a&b"), ("yes", "1"), ("note", ""), ("do", "confirm"))
    assert page.forms == (Form("/confirm/1", fields),)


def test_a_first_button_without_a_name_keeps_the_second_from_being_pressed() -> None:
    page = Page.read("<form method=post><button>Oui</button><button name=do value=no>Non</button></form>")
    assert page.forms == (Form("", ()),)


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.test:8000/p",
        "https://site.test:8000/p",
        "http://site.test/p",
        "http://site.test:8001/p",
        "http://site.test:8000@elsewhere.test/p",
        "http://elsewhere.test@site.test:8000/p",
        "http://site.test.elsewhere.test:8000/p",
        "//site.test:8000/p",
        "/p",
        "ftp://site.test:8000/p",
        "javascript:alert(1)",
        "http://site.test:port/p",
        "http://[/p",
        "",
    ],
)
def test_a_link_of_another_origin_is_not_the_site_s(url: str) -> None:
    assert not Site("http://site.test:8000/").has(url)


@pytest.mark.parametrize("url", ["http://site.test:8000", "HTTP://SITE.test:8000/p?q=1#f", "http://site.test:8000?x"])
def test_a_link_of_the_same_origin_is_the_site_s(url: str) -> None:
    assert Site("http://site.test:8000").has(url)


def test_the_usual_port_may_be_left_out() -> None:
    assert Site("https://site.test").has("https://site.test:443/p")


@pytest.mark.parametrize("url", ["", "site.test", "ftp://site.test", "http://"])
def test_a_site_address_that_is_none_is_refused_with_words(url: str) -> None:
    with pytest.raises(ValueError, match="Unexpected site address"):
        Site(url)


def test_an_address_and_its_parameters_are_read_from_a_command() -> None:
    path = Path.recipient("To: <a@simulator.invalid> NOTIFY=SUCCESS,DELAY orcpt=rfc822;a@b.test")
    assert path.address == "a@simulator.invalid"
    assert path.parameters == {"NOTIFY": "SUCCESS,DELAY", "ORCPT": "rfc822;a@b.test"}


def test_the_null_sender_is_a_sender_and_no_recipient() -> None:
    assert Path.sender("FROM:<>").address == ""
    with pytest.raises(Refusal, match="501"):
        Path.recipient("TO:<>")


@pytest.mark.parametrize(
    "argument",
    [
        *["", "FROM:", "FROM:<", "FROM:>", "FROM:a@b.test", "FROM:<a b@c.test>", "FROM:<<a@b.test>>", "TO:<a@b.test>"],
        *["FROM:<a>", "FROM:<@b.test>", "FROM:<a\rb@c.test>", "FROM:<" + "a" * 400 + "@b.test>"],
        *["FROM:<a@b.test> SIZE=many", "FROM:<a@b.test> SIZE=" + "9" * 5000, "FROM:<a@b.test> AUTH=<>"],
    ],
)
def test_a_malformed_command_is_refused_as_such(argument: str) -> None:
    with pytest.raises(Refusal, match=r"^5[05][15] 5"):
        Path.sender(argument)


@given(st.text(st.sampled_from("<>@= :\r\n\x00") | st.sampled_from(string.ascii_letters) | st.characters()))
def test_any_command_is_read_or_refused(text: str) -> None:
    for argument in (text, f"FROM:{text}", f"FROM:<{text}"):
        try:
            assert Path.sender(argument).address.isprintable()
        except Refusal as refusal:
            assert str(refusal).isascii()


def test_each_line_of_a_long_reply_carries_its_codes() -> None:
    assert reply_lines("550 5.1.1 one\ntwo\nthree") == b"550-5.1.1 one\r\n550-5.1.1 two\r\n550 5.1.1 three\r\n"
    assert reply_lines("250 mx.simulator.invalid\nDSN") == b"250-mx.simulator.invalid\r\n250 DSN\r\n"
    assert reply_lines("354 Go on") == b"354 Go on\r\n"


def test_who_knocked_first_is_forgotten_first() -> None:
    tries = FirstTries()
    assert tries.age(("ip", "s", "first"), 0.0) is None
    assert tries.age(("ip", "s", "first"), 7.0) == 7.0
    for number in range(10_000):
        tries.age(("ip", "s", str(number)), 8.0)
    assert tries.age(("ip", "s", "first"), 9.0) is None
    assert tries.age(("ip", "s", "9999"), 9.0) == 1.0
