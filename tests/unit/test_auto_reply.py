"""Whether a machine wrote a mail: `bienrecu/returns/auto_reply.py`."""

import pytest

from bienrecu.protocol.message.parse import parse
from bienrecu.returns.auto_reply import is_automatic, says_moved


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated (by a robot)", True),
        ("Auto-Submitted: no", False),
        ("X-Autoreply: yes", True),
        ("X-Auto-Response-Suppress: All", True),
        ("X-Auto-Response-Suppress: None", False),
        ("Precedence: auto_reply", True),
        ("Precedence: bulk\nIn-Reply-To: <a@of.example>", True),
        ("Precedence: bulk", False),  # a letter to many, and no answer to anybody
        ("Precedence: list\nIn-Reply-To: <a@of.example>", False),
        ("Subject: Out of the office until Monday", True),
        ("Subject: Re: Absence du bureau", True),
        ("Subject: Re: Votre convocation", False),
        ("Subject: Liste d'absence", False),
        ("Subject: ", False),
    ],
)
def test_a_machine_is_known_by_its_header(header: str, expected: bool) -> None:
    assert is_automatic(parse(f"From: paul@client.example\n{header}\n\nBonjour\n".encode())) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Paul no longer works here.", True),
        ("Paul a quitté notre société.", True),
        ("Cette adresse n'est plus utilisée.", True),
        ("Je suis en congé jusqu'au 12 janvier.", False),
        ("I have left for lunch.", False),
    ],
)
def test_who_has_left_is_told_from_who_is_away(words: str, expected: bool) -> None:
    raw = f"Auto-Submitted: auto-replied\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
    assert says_moved(parse(raw.encode())) is expected
