"""Every conversation of tests/dialogues, as the session must hold it."""

import pytest

from bienrecu.protocol.smtp.events import BodyWanted, Finished, Opened, OpeningFailed, SessionEvent
from bienrecu.protocol.smtp.opening import StartTls
from bienrecu.protocol.smtp.session import Session
from bienrecu.protocol.smtp.transcript import Transcript
from tests.dialogues.dialogue import (
    HELLO,
    Act,
    Dialogue,
    Expected,
    Said,
    Verdict,
    all_dialogues,
    verdict_on,
    verdict_on_failure,
)

DIALOGUES = {dialogue.name: dialogue for dialogue in all_dialogues()}


def now() -> float:
    return 0.0


class Player:
    def __init__(self, dialogue: Dialogue, piece: int) -> None:
        self.dialogue = dialogue
        self.piece = piece
        self.to_come = dialogue.messages
        self.verdicts: list[str] = []
        self.log = Transcript(now)
        self.session = Session(HELLO, self.log, now, starttls=_starttls(dialogue), login=dialogue.login)

    def play(self) -> None:
        for turn in self.dialogue.turns:
            match turn:
                case Said(data):
                    for start in range(0, len(data), self.piece):
                        self._act_on(self.session.receive(data[start : start + self.piece]))
                case Expected(data):
                    self._begin()
                    assert self.session.data_to_send() == data
                case Act(name):
                    self._do(name)
                case Verdict(words):
                    self._compare(words)
        assert self.session.data_to_send() == b""

    def _do(self, act: str) -> None:
        match act:
            case "tls":
                self.session.tls_started("TLSv1.3 TLS_AES_256_GCM_SHA384")
            case "closes":
                self._act_on(self.session.receive(b""))
            case _:
                self._act_on(self.session.line_died(act))

    def _compare(self, words: str) -> None:
        if words.endswith("usable"):
            assert ("usable" if self.session.is_ready else "not usable") == words
            return
        self._begin()
        assert self.verdicts.pop(0) == words

    def _begin(self) -> None:
        """The next message, if it is its turn."""
        if self.to_come and self.session.is_ready and not self.verdicts:
            self.to_come -= 1
            self._act_on(self.session.begin(self.dialogue.transaction))

    def _act_on(self, events: list[SessionEvent]) -> None:
        for event in events:
            match event:
                case Opened() if not self.dialogue.messages:
                    self.verdicts.append("opened")
                case OpeningFailed(stage, reply):
                    self.verdicts.append(verdict_on_failure(stage, reply))
                case BodyWanted() if "not ours" in self.dialogue.options:
                    self._act_on(self.session.abandon("told not to"))
                case BodyWanted():
                    self.session.send_body()
                case Finished(_, result):
                    self.verdicts.append(verdict_on(result))


def _starttls(dialogue: Dialogue) -> StartTls:
    if "tls required" in dialogue.options:
        return StartTls.REQUIRED
    return StartTls.NEVER if "tls never" in dialogue.options else StartTls.WHEN_OFFERED


@pytest.mark.parametrize("name", DIALOGUES)
def test_the_session_holds_this_conversation(name: str) -> None:
    Player(DIALOGUES[name], piece=1 << 20).play()


@pytest.mark.parametrize("name", DIALOGUES)
def test_the_session_holds_this_conversation_byte_by_byte(name: str) -> None:
    Player(DIALOGUES[name], piece=1).play()
