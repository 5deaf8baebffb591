"""The sink that benchmarks deliver to: it must count and record rightly, whatever way the bytes come."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiosmtplib
import pytest

from benchmarks.sink import Sink

TRANSACTION = (
    b"MAIL FROM:<a@b.test>\r\nRCPT TO:<one@c.test>\r\nRCPT TO:<two@c.test>\r\nDATA\r\n"
    b"Subject: x\r\nMessage-ID: <1@b.test>\r\n\r\n..dot\r\n.\r\n"
)


@contextlib.asynccontextmanager
async def sink(record: str = "") -> AsyncIterator[tuple[Sink, int]]:
    started = Sink(record)
    try:
        yield started, await started.start()
    finally:
        started.stop()


async def test_a_mail_library_delivers_to_it(tmp_path: Path) -> None:
    record = tmp_path / "taken"
    async with sink(str(record)) as (taken, port):
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="test", start_tls=False) as client:
            for number in range(3):
                content = f"Message-ID: <{number}@b.test>\r\n\r\nBonjour\r\n"
                await client.sendmail("a@b.test", [f"r{number}@c.test"], content)
        assert taken.count == 3
    assert record.read_text() == "r0@c.test\t<0@b.test>\nr1@c.test\t<1@b.test>\nr2@c.test\t<2@b.test>\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
async def test_it_reads_the_same_however_the_bytes_are_cut(tmp_path: Path, size: int) -> None:
    record = tmp_path / "taken"
    said = b"EHLO x\r\n" + TRANSACTION * 2 + b"QUIT\r\n"
    async with sink(str(record)) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for start in range(0, len(said), size):
            writer.write(said[start : start + size])
            await asyncio.sleep(0)
        answers = [line[:4] for line in (await reader.read()).split(b"\r\n")]
        writer.close()
    assert answers[-12:] == [*[b"250 ", b"250 ", b"250 ", b"354 ", b"250 "] * 2, b"221 ", b""]
    assert record.read_text() == "one@c.test\t<1@b.test>\ntwo@c.test\t<1@b.test>\n" * 2


async def test_what_was_answered_is_already_recorded(tmp_path: Path) -> None:
    record = tmp_path / "taken"
    async with sink(str(record)) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(TRANSACTION)
        await reader.readuntil(b"250 2.0.0 Ok\r\n")
        assert record.read_text().count("\n") == 2
        writer.close()


async def test_an_empty_message_is_a_message() -> None:
    async with sink() as (taken, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"MAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n.\r\nQUIT\r\n")
        await reader.read()
        writer.close()
        assert taken.count == 1


async def test_recipients_of_an_abandoned_transaction_are_forgotten(tmp_path: Path) -> None:
    record = tmp_path / "taken"
    async with sink(str(record)) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"MAIL FROM:<>\r\nRCPT TO:<gone@b.test>\r\nRSET\r\nDATA\r\n" + TRANSACTION + b"QUIT\r\n")
        answered = await reader.read()
        writer.close()
    assert b"503 " in answered
    assert "gone" not in record.read_text()


async def test_the_program_says_where_it_listens_and_how_many_it_took(tmp_path: Path) -> None:
    record = tmp_path / "taken"
    program = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "benchmarks.sink", "--record", str(record)], stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout
    host, _, port = (await program.stdout.readline()).decode().strip().rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(TRANSACTION + b"QUIT\r\n")
    await reader.read()
    writer.close()
    program.send_signal(signal.SIGTERM)
    assert (await program.communicate())[0] == b"1\n"
    assert record.read_text() == "one@c.test\t<1@b.test>\ntwo@c.test\t<1@b.test>\n"
