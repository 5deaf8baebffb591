"""The seal of a record: whose it is, and that nothing has changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.proof import seal
from bienrecu.proof.seal import Found

OURS, THEIRS = b"a secret of ours, long enough for anybody", b"a secret of theirs, long enough for all"


def sealed(content: bytes) -> bytes:
    file = bytearray(content + seal.blank(OURS))
    seal.close(file, OURS)
    return bytes(file)


@given(st.binary(max_size=300))
def test_what_was_sealed_here_is_recognised_by_us_alone(content: bytes) -> None:
    file = sealed(content)
    assert seal.check(file, OURS) is Found.UNCHANGED
    assert seal.check(file, THEIRS) is Found.NOT_OURS


@given(st.binary(min_size=1, max_size=60), st.data())
def test_whatever_bit_changes_is_noticed(content: bytes, data: st.DataObject) -> None:
    file = bytearray(sealed(content))
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= 1 << data.draw(st.integers(0, 7))
    assert seal.check(bytes(file), OURS) is not Found.UNCHANGED


@given(st.binary(max_size=60), st.binary(min_size=1, max_size=9))
def test_what_is_added_at_the_end_or_the_beginning_is_noticed(content: bytes, more: bytes) -> None:
    file = sealed(content)
    assert seal.check(file + more, OURS) is Found.NOT_OURS
    assert seal.check(more + file, OURS) is Found.CHANGED


def test_a_changed_content_is_told_apart_from_a_file_of_others() -> None:
    assert seal.check(sealed(b"one").replace(b"one", b"two"), OURS) is Found.CHANGED
    assert seal.check(b"anything", OURS) is seal.check(b"", OURS) is Found.NOT_OURS


def test_the_code_in_capitals_is_another_file() -> None:
    file = sealed(b"content")
    assert seal.check(file[:-64] + file[-64:].upper(), OURS) is Found.NOT_OURS


def test_only_a_file_with_a_blank_seal_can_be_closed() -> None:
    with pytest.raises(ValueError, match="blank"):
        seal.close(bytearray(b"content"), OURS)
