"""How many messages a core signs in a second, beside dkimpy: rsa-2048, a message of 10 KiB.

`python -m benchmarks.dkim` takes about five seconds. Rounds are
short and alternate, and count what the processor gave us, so that a busy machine slows both alike."""

from collections.abc import Callable
from time import process_time

import dkim

from bienrecu.protocol.dkim import load_key, make_key, sign

ROUND_SECONDS = 0.25
ROUNDS = 10
LINE = b"Bonjour, votre  formation =C3=A0 Lyon commence lundi \xe0 9 h. \r\n"
HEADER = (
    b"From: contact@of.example\r\nTo: jean@example.org\r\nSubject: Convocation\r\nMessage-ID: <a@of.example>\r\n\r\n"
)
MESSAGE = (HEADER + LINE * 200)[: 10 * 1024 - 2] + b"\r\n"


def main() -> None:
    pem = make_key("rsa")
    keys = [load_key(pem, "of.example", "s")]
    ours, theirs = measure(
        lambda: sign(MESSAGE, b"", keys, now=1_767_600_000),
        lambda: dkim.sign(MESSAGE, b"s", b"of.example", pem, canonicalize=(b"relaxed", b"relaxed")),
    )
    print(f"DKIM, rsa-2048, 10 KiB: {ours:,.0f}/s, dkimpy {theirs:,.0f}/s, ratio {ours / theirs:.1f}")


def measure(*contenders: Callable[[], object]) -> list[float]:
    """Calls per second of each contender, over all rounds."""
    calls, seconds = [0] * len(contenders), [0.0] * len(contenders)
    for turn in range(ROUNDS * len(contenders)):
        index, began = turn % len(contenders), process_time()
        while (spent := process_time() - began) < ROUND_SECONDS:
            contenders[index]()
            calls[index] += 1
        seconds[index] += spent
    return [count / time for count, time in zip(calls, seconds, strict=True)]


if __name__ == "__main__":
    main()
