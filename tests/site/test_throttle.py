"""How often something was asked for: `bienrecu/web/throttle.py`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from bienrecu.web.throttle import asked

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 1, 5, 12, tzinfo=UTC)


def test_each_name_is_counted_by_itself_through_its_stretch_and_anew_in_the_next(time_machine: Any) -> None:
    cache.clear()
    time_machine.move_to(NOON, tick=False)
    assert [asked("a", 60), asked("b", 60), asked("a", 60)] == [1, 1, 2]
    time_machine.move_to(NOON + timedelta(seconds=59), tick=False)
    assert asked("a", 60) == 3
    time_machine.move_to(NOON + timedelta(seconds=60), tick=False)
    assert asked("a", 60) == 1
