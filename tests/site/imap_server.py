"""A small IMAP server with one mailbox in memory: as much of RFC 3501 and 6851 as a reader of returns needs."""

import asyncio
import re
from dataclasses import dataclass, field


@dataclass
class Mail:
    raw: bytes
    flags: set[str] = field(default_factory=set)

    def header(self, names: list[str]) -> bytes:
        fields = self.raw.split(b"\r\n\r\n")[0].split(b"\r\n")
        return b"\r\n".join(line for line in fields if line.split(b":")[0].decode().upper() in names) + b"\r\n\r\n"


class ImapServer:
    """To be used as an asynchronous context manager. User "returns", password "secret".

    It refuses as many logins as `bad_logins` says."""

    def __init__(self, *mails: bytes, can_move: bool = True, can_create: bool = True, keywords: bool = True) -> None:
        self.inbox = dict(enumerate(map(Mail, mails), 1))
        self.folders: dict[str, list[bytes]] = {}
        self.capabilities = "IMAP4rev1 MOVE" if can_move else "IMAP4rev1"
        self.can_create, self.keywords = can_create, keywords
        self.validity = 1
        self.bad_logins = 0

    async def __aenter__(self) -> "ImapServer":
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def url(self, password: str = "secret", folder: str = "INBOX") -> str:
        return f"imap://returns:{password}@127.0.0.1:{self.port}/{folder}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, command, *rest = line.decode().strip().split(" ", 2)
            verb, said = command.lower(), rest[0] if rest else ""
            if verb == "uid":
                verb, _, said = said.partition(" ")
                verb = "uid_" + verb.lower()
            untagged, result = getattr(self, "_" + verb)(said)
            writer.write(b"".join(b"* " + answer + b"\r\n" for answer in untagged))
            writer.write(f"{tag} {result} done\r\n".encode())
        writer.close()

    def _capability(self, said: str) -> tuple[list[bytes], str]:
        return [f"CAPABILITY {self.capabilities}".encode()], "OK"

    def _login(self, said: str) -> tuple[list[bytes], str]:
        if said != '"returns" "secret"' or self.bad_logins > 0:
            self.bad_logins -= 1
            return [], "NO [AUTHENTICATIONFAILED] Authentication failed."
        return [], "OK"

    def _select(self, said: str) -> tuple[list[bytes], str]:
        if "INBOX" not in said:
            return [], "NO Mailbox does not exist"
        return [b"%d EXISTS" % len(self.inbox), b"OK [UIDVALIDITY %d] UIDs valid" % self.validity], "OK"

    def _list(self, said: str) -> tuple[list[bytes], str]:
        return [f'LIST () "." "{name}"'.encode() for name in ("INBOX", *self.folders)], "OK"

    def _create(self, said: str) -> tuple[list[bytes], str]:
        if not self.can_create:
            return [], "NO Permission denied"
        self.folders[said.strip('"')] = []
        return [], "OK"

    def _uid_search(self, said: str) -> tuple[list[bytes], str]:
        criteria = re.fullmatch(r"UNDELETED UNKEYWORD (\w+) UID (\d+):\*", said)
        assert criteria
        new = [uid for uid in self.inbox if uid >= int(criteria[2])] or list(self.inbox)[-1:]
        found = [uid for uid in new if not self.inbox[uid].flags & {criteria[1], r"\Deleted"}]
        return [b"SEARCH " + " ".join(map(str, found)).encode()], "OK"

    def _uid_fetch(self, said: str) -> tuple[list[bytes], str]:
        uids, _, what = said.partition(" ")
        answers = []
        for uid in _numbers(uids):
            if fields := re.search(r"BODY\.PEEK\[HEADER\.FIELDS \((.*?)\)\]", what):
                content = self.inbox[uid].header(fields[1].upper().split())
            else:
                content = self.inbox[uid].raw
            answers.append(b"%d FETCH (BODY[] {%d}\r\n%s UID %d)" % (uid, len(content), content, uid))
        return answers, "OK"

    def _uid_move(self, said: str) -> tuple[list[bytes], str]:
        uids, _, folder = said.partition(" ")
        self.folders[folder.strip('"')] += [self.inbox.pop(uid).raw for uid in _numbers(uids)]
        return [], "OK"

    def _uid_store(self, said: str) -> tuple[list[bytes], str]:
        uids, _, flags = said.partition(" +FLAGS ")
        wanted = set(flags.strip("()").split())
        if not self.keywords and any(not flag.startswith("\\") for flag in wanted):
            return [], "NO No keywords here"
        for uid in _numbers(uids):
            self.inbox[uid].flags |= wanted
        return [], "OK"

    def _logout(self, said: str) -> tuple[list[bytes], str]:
        return [b"BYE"], "OK"


def _numbers(uids: str) -> list[int]:
    return [int(uid) for uid in uids.split(",")]
