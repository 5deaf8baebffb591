"""Advice before sending: each rule of shared form, on the message that it is for and not on its neighbour."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.advice import File, Letter, advise, read_letter
from bienrecu.advice.colour import BLACK, WHITE, contrast, read_colour
from bienrecu.advice.subject import mended
from bienrecu.domain.advice import Rule, Severity

SENTENCES = (
    "<p>Bonjour Jeanne,</p><p>Vous êtes inscrite à la formation Sauveteur secouriste du travail, qui aura lieu le 12 "
    "janvier à Lyon. Merci de vous présenter à l'accueil à 8 h 45, avec une pièce d'identité. Le déjeuner est pris en "
    "commun ; dites-nous si vous suivez un régime. Votre convocation est jointe à cet e-mail, avec le plan d'accès et "
    "le règlement intérieur. Pour toute question, répondez simplement à ce message, nous vous lirons.</p>"
)


def letter(subject: str = "Votre convocation", html: str = SENTENCES, **known: object) -> Letter:
    given = {"author": ("Formation Exemple", "contact@of.example"), "text": None}
    made = Letter(subject=subject, html=html, **given | known)  # type: ignore[arg-type]
    return made if "text" in known else Letter(subject=subject, html=html, **given | known | {"text": made.page.text})  # type: ignore[arg-type]


def rules(of: Letter) -> dict[str, str]:
    return {advice.rule.value: advice.severity.value for advice in advise(of)}


def html(body: str) -> dict[str, str]:
    return rules(letter(html=SENTENCES + body))


def test_nothing_is_said_of_an_ordinary_convocation() -> None:
    assert rules(letter()) == {}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("", {"subject_missing": "blocking"}),
        ("  ", {"subject_missing": "blocking"}),
        ("x" * 50, {}),
        ("x" * 51, {"subject_long": "info"}),
        ("x" * 71, {"subject_long": "warning"}),
        ("x" * 121, {"subject_long": "strong"}),
        ("VOTRE CONVOCATION", {"subject_capitals": "strong"}),
        ("VOTRE CONVOCATION est arrivée, IMPORTANT", {"subject_capitals": "warning"}),
        ("Formation SST et CACES à Lyon", {}),
        ("SST", {}),
        ("Dernier rappel !!", {"subject_punctuation": "warning"}),
        ("Dernier rappel !", {}),
        ("Vous venez ?!", {"subject_punctuation": "warning"}),
        ("Votre avis sur la formation ?", {}),
        ("Voir https://of.example/a", {"subject_link": "strong"}),
        ("Voir www.of.example", {"subject_link": "strong"}),
        ("Re: votre convocation", {"subject_fake_reply": "warning"}),
        ("TR : votre convocation", {"subject_fake_reply": "warning"}),
        ("Remise des attestations", {}),
        ("Facture de 300 €", {"subject_currency": "info"}),
    ],
)
def test_subject(subject: str, expected: dict[str, str]) -> None:
    assert rules(letter(subject)) == expected


def test_a_true_reply_may_say_so() -> None:
    header = frozenset({"references", "date", "from", "to", "message-id"})
    assert rules(letter("Re: votre convocation", header=header)) == {}


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (Rule.SUBJECT_FAKE_REPLY, "Re: votre convocation", "Votre convocation"),
        (Rule.SUBJECT_PUNCTUATION, "Dernier rappel !!", "Dernier rappel !"),
        (Rule.SUBJECT_PUNCTUATION, "Vous venez ?!", "Vous venez ?"),
        (Rule.SUBJECT_CAPITALS, "VOTRE CONVOCATION SST À LYON", "Votre convocation SST à LYON"),
        (Rule.SUBJECT_CAPITALS, "CONVOCATION POUR {{ prenom }}", "Convocation pour {{ prenom }}"),
        (Rule.SUBJECT_LONG, "x" * 200, None),
        (Rule.SUBJECT_FAKE_REPLY, "Re:", None),
    ],
)
def test_what_a_button_does_to_the_subject(rule: Rule, before: str, after: str | None) -> None:
    assert mended(rule, before) == after


@given(st.text(max_size=150), st.sampled_from([Rule.SUBJECT_FAKE_REPLY, Rule.SUBJECT_PUNCTUATION]))
def test_a_mended_subject_is_not_empty(subject: str, rule: Rule) -> None:
    better = mended(rule, subject)
    assert better is None or better.strip()


@pytest.mark.parametrize(
    "left", ["{{ prenom }}", "{% if x %}", "[[nom]]", "%PRENOM%", "VAR[nom]", "*|FNAME|*", "${nom}", "[object Object]"]
)
def test_a_variable_that_was_not_filled_in_blocks(left: str) -> None:
    assert html(f"<p>Chez {left}</p>") == {"variable_unresolved": "blocking"}
    assert rules(letter(f"Pour {left}"))["variable_unresolved"] == "blocking"


@pytest.mark.parametrize("fine", ["50 % de réussite et 20 % de plus", "https://of.example/%C3%A9t%C3%A9", "[1]", "{x}"])
def test_what_only_looks_like_a_variable_does_not(fine: str) -> None:
    assert html(f"<p>{fine}</p>") == {}


@pytest.mark.parametrize("greeting", ["Bonjour ,", "Bonjour None,", "Cher ,", "Dear,", "Bonjour Mme ,", "Hello null!"])
def test_a_greeting_without_its_name_blocks(greeting: str) -> None:
    assert rules(letter(html=SENTENCES.replace("Bonjour Jeanne,", greeting))) == {"greeting_empty": "blocking"}


@pytest.mark.parametrize(
    "greeting", ["Bonjour,", "Bonjour !", "Bonjour Madame,", "Cher Monsieur,", "Chère Jeanne,", "Bonjour Noneda,"]
)
def test_a_greeting_that_says_enough_does_not(greeting: str) -> None:
    assert rules(letter(html=SENTENCES.replace("Bonjour Jeanne,", greeting))) == {}


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="https://of.example/a">Le programme</a>', {}),
        ('<a href="https://www.of.example/a">of.example</a>', {}),
        ('<a href="https://liens.of.example/a">https://www.of.example/programme</a>', {}),
        ('<a href="https://autre.example/a">www.banque.fr</a>', {"link_text_differs": "strong"}),
        ('<a href="https://autre.example/a">https://banque.fr/compte</a>', {"link_text_differs": "strong"}),
        ('<a href="https://autre.example/a">banque.fr</a>', {"link_text_differs": "strong"}),
        ('<a href="https://autre.example/a">programme.pdf</a>', {}),
        ('<a href="mailto:contact@of.example">of.example</a>', {}),
        ('<a href="http://192.0.2.1/a">Le programme</a>', {"link_to_number": "strong"}),
        ('<a href="http://[2001:db8::1]/a">Le programme</a>', {"link_to_number": "strong"}),
        ('<a href="http://3221225985/a">Le programme</a>', {"link_to_number": "strong"}),
        ('<a href="https://banque.fr@autre.example/">Le programme</a>', {"link_with_user": "strong"}),
        ('<a href="https://of.example:8081/">Le programme</a>', {"link_odd_port": "warning"}),
        ('<a href="https://of.example:99999/">Le programme</a>', {"link_odd_port": "warning"}),
        ('<a href="https://bit.ly/abc">Le programme</a>', {"link_shortened": "warning"}),
        ('<a href="https://www.urlz.fr/abc">Le programme</a>', {"link_shortened": "warning"}),
        ('<a href="https://b\u0430nque.fr/">Le programme</a>', {"link_lookalike": "strong"}),
        ('<a href="https://xn--bnque-5ve.fr/">Le programme</a>', {"link_lookalike": "strong"}),
        ('<a href="https://[broken/">Le programme</a>', {}),
    ],
)
def test_links(link: str, expected: dict[str, str]) -> None:
    assert html(f"<p>{link}</p>") == expected


def test_links_are_found_in_plain_text_too() -> None:
    text = letter().page.text + "\nhttp://192.0.2.1/a"
    assert rules(Letter("Votre convocation", text, None)) == {"link_to_number": "strong"}


def test_many_links_for_little_text() -> None:
    links = "".join(f'<a href="https://of.example/{n}">Page {n}</a> ' for n in range(7))
    assert rules(letter(html=f"<p>Voici nos pages.</p>{links}")) == {"text_short_for_links": "warning"}


def test_hardly_more_than_a_link() -> None:
    assert rules(letter(html='<a href="https://of.example/1">Cliquez ici</a>')) == {"link_only": "strong"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<img src="https://of.example/a.png" width="600" height="800" alt="">', {"image_only": "strong"}),
        (
            '<p>Notre nouveau catalogue est arrivé, venez le voir.</p><img src="a.png" width="600" height="800">',
            {"text_short_for_images": "warning"},
        ),
        ('<p>Notre nouveau catalogue est arrivé, venez le voir.</p><img src="a.png" width="150" height="50">', {}),
        ('<p>Notre nouveau catalogue est arrivé, venez le voir.</p><img src="a.png" width="1" height="1">', {}),
        (SENTENCES * 2 + '<img src="a.png" width="600" height="800">', {}),
    ],
)
def test_images_and_text(body: str, expected: dict[str, str]) -> None:
    assert rules(letter(html=body)) == expected


UNSEEN = "gagnez gagnez gagnez gagnez gagnez"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("color:#fff", {"text_hidden": "strong"}),
        ("color:white", {"text_hidden": "strong"}),
        ("color:#fff;background:#1a56db", {}),
        ("color:#fff;background-color:rgb(26, 86, 219)", {}),
        ("color:#fff;background:url(a.png)", {}),
        ("font-size:0", {"text_hidden": "strong"}),
        ("font-size:3px", {"text_tiny": "warning"}),
        ("font-size:12px", {}),
        ("color:#e0e0e0", {"text_faint": "warning"}),
        ("color:#767676", {}),
        ("display:none", {}),  # short: the line that lists of e-mails show
    ],
)
def test_text_that_is_hard_to_see(style: str, expected: dict[str, str]) -> None:
    assert html(f'<p style="{style}">{UNSEEN}</p>') == expected


def test_colours_of_what_is_around_count() -> None:
    assert html(f'<table bgcolor="#000"><tr><td><font color="#000">{UNSEEN}</font></td></tr></table>') == {
        "text_hidden": "strong"
    }
    assert html(f'<div style="background:#000"><p style="color:#fff">{UNSEEN}</p></div>') == {}


def test_much_hidden_text_is_no_preview() -> None:
    assert html(f'<div style="display:none">{UNSEEN * 20}</div>') == {"text_hidden": "strong"}


@pytest.mark.parametrize("element", ["<script>x()</script>", "<form></form>", '<iframe src="https://a.example">'])
def test_what_mail_programs_refuse(element: str) -> None:
    assert html(element) == {"html_active": "strong"}


def test_style_from_elsewhere() -> None:
    assert html('<link rel="stylesheet" href="https://a.example/a.css">') == {"html_active": "warning"}


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(89 * 1024, {}), (90 * 1024, {"html_heavy": "warning"}), (100 * 1024, {"html_heavy": "strong"})],
)
def test_weight(weight: int, expected: dict[str, str]) -> None:
    assert rules(letter(html_weight=weight)) == expected


def test_plain_text_part() -> None:
    assert rules(letter(text=None)) == {"text_part_missing": "warning"}
    assert rules(letter(text="Votre programme de messagerie ne lit pas le HTML.")) == {"text_part_differs": "warning"}


def zipped(*names: str, content: bytes = b"x") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (File("convocation.pdf", 3, "application/pdf", b"%PDF-1.7"), {}),
        (File("convocation.pdf", 3, "application/pdf", b"%PDF-1.7 /Encrypt 5 0 R"), {"attachment_risky": "warning"}),
        (File("Photo.JPG.exe", 3), {"attachment_forbidden": "blocking"}),
        (File("a.docm", 3), {"attachment_forbidden": "blocking"}),
        (File("a.docx", 3, "", zipped("word/vbaProject.bin")), {"attachment_forbidden": "blocking"}),
        (File("a.docx", 3, "", zipped("word/document.xml")), {}),
        (File("a.zip", 3, "", zipped("photo.jpg")), {}),
        (File("a.zip", 3, "", zipped("a/setup.exe")), {"attachment_forbidden": "blocking"}),
        (File("a.zip", 3, "", zipped("b.zip")), {"attachment_forbidden": "blocking"}),
        (File("a.zip", 3, "", b"PK\x03\x04broken"), {}),
        (File("a.scr.xz", 3), {"attachment_forbidden": "blocking"}),
        (File("a.zip.gz", 3), {"attachment_forbidden": "blocking"}),
        (File("a.tar.gz", 3), {}),
        (File("Plan 1.2.pdf", 3), {}),
        (File("sans-suffixe", 3), {}),
        (File("photos.zip", 3, "", b"Rar!"), {"attachment_risky": "warning"}),
        (File("page.html", 3), {"attachment_risky": "warning"}),
        (File("a.pdf", 5_000_000), {}),
        (File("a.pdf", 5_000_001), {"attachments_heavy": "info"}),
        (File("a.pdf", 7_000_001), {"attachments_heavy": "warning"}),
        (File("a.pdf", 18_000_001), {"attachments_heavy": "blocking"}),
    ],
)
def test_attachments(file: File, expected: dict[str, str]) -> None:
    assert rules(letter(files=[file])) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"author": ("OF", "of@gmail.com")}, {"from_mailbox_provider": "strong"}),
        ({"author": ("OF", "of@sfr.fr"), "reply_to": "a@sfr.fr"}, {"from_mailbox_provider": "strong"}),
        ({"reply_to": "of@orange.fr"}, {"replies_to_mailbox_provider": "warning"}),
        ({"reply_to": "direction@of.example"}, {}),
        ({"author": ("contact@client.example", "a@of.example")}, {"address_in_sender_name": "strong"}),
        ({"author": ("a@of.example", "a@of.example")}, {}),
        (
            {"reply_to": "a@autre.example", "recipients": ["paul@of.example"]},
            {"replies_leave_domain": "strong"},
        ),
        ({"recipients": ["paul@gmial.com"]}, {"recipient_mistyped": "warning"}),
        ({"recipients": ["paul@gmail.com"]}, {}),
        ({"header": frozenset({"date", "from", "to"})}, {"header_incomplete": "warning"}),
    ],
)
def test_people(known: dict[str, object], expected: dict[str, str]) -> None:
    assert rules(letter(**known)) == expected


def test_recipients_whose_last_e_mail_failed() -> None:
    found = advise(letter(), failed=["b@x.example", "a@x.example"])
    assert [(one.rule, one.facts) for one in found] == [
        (Rule.RECIPIENTS_FAILED_BEFORE, {"n": 2, "address": "a@x.example"})
    ]


def test_the_worst_comes_first() -> None:
    found = advise(letter("Facture de 300 €", html=SENTENCES + '<a href="https://bit.ly/x">ici</a> {{ nom }}'))
    assert [one.severity for one in found] == [Severity.BLOCKING, Severity.WARNING, Severity.INFO]


def test_a_message_as_it_travels_is_taken_apart() -> None:
    raw = (
        b"From: =?utf-8?q?contact=40of=2Eexample?= <a@gmail.com>\r\nTo: Paul <paul@gmial.com>\r\n"
        b"Subject: =?utf-8?b?UmXDp3UgISE=?=\r\nDate: x\r\nMessage-ID: <a@b>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour ,</p>\r\n"
        b"--b\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''rapport%2Eexe\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"AAAA\r\n--b--\r\n"
    )
    read = read_letter(raw)
    assert read.subject == "Reçu !!"
    assert [(file.name, file.size) for file in read.files] == [("rapport.exe", 3)]
    assert set(rules(read)) == {
        *("greeting_empty", "attachment_forbidden", "from_mailbox_provider", "address_in_sender_name"),
        *("subject_punctuation", "text_part_missing", "recipient_mistyped"),
    }


@given(st.binary(max_size=2000))
def test_whatever_comes_is_read(raw: bytes) -> None:
    advise(read_letter(raw))
    advise(read_letter(b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + raw))


@given(st.text(max_size=500))
def test_whatever_is_written_is_weighed(text: str) -> None:
    advise(Letter(text, text, f'<a href="http://{text}">{text}</a><p style="{text}">{text}', files=[File(text, 1)]))


def test_a_very_deep_page_is_read() -> None:
    assert html("<div>" * 50_000 + UNSEEN) is not None


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, (118, 118, 118)) == pytest.approx(4.54, abs=0.01)
    assert read_colour("#FFF") == read_colour("rgb(255, 255,255)") == read_colour("white") == WHITE
