"""How fast one set of servers wants it, learnt from its answers. Pure: times are seconds of a monotonic clock."""

FIRST_PAUSE = 10.0
LONGEST_PAUSE = 900.0
# What is refused after so many pauses in a row is not a moment's crowd: the messages get waits of their own.
_PATIENT_STRIKES = 6
# One refusal may be about one message; so many with nothing passing in between are about us.
_SUSPICIONS = 3
# So many messages that pass win one connection back; twice as many after each new trouble, since a server that
# bears two connections would otherwise be tried with three for ever.
_FIRST_STEP = 10
_LONGEST_STEP = 1000
# Nothing is known of a server at first: a guess that lets one message per connection be claimed.
_UNKNOWN_SECONDS = 30.0
# Work for so long is claimed ahead, and no more than so many messages.
_AHEAD_SECONDS = 30.0
_MOST_AHEAD = 100


class Pace:
    """The connections one set of servers bears now, at most `limit`, and the pauses it asks for."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._strikes = 0
        self._suspicions = 0
        self._passed = 0
        self._step = _FIRST_STEP
        self._paused_until = float("-inf")
        self._is_down = False
        self._seconds_per_message = _UNKNOWN_SECONDS
        self.connections = limit

    @property
    def in_doubt(self) -> bool:
        return self._strikes > 0

    def is_paused(self, now: float) -> bool:
        return now < self._paused_until

    def is_down(self, now: float) -> bool:
        """Paused with no hope that what is due can go as soon as the pause ends."""
        return self._is_down and self.is_paused(now)

    def is_forgotten(self, now: float) -> bool:
        """Whether old troubles no longer matter."""
        return not self.in_doubt or now > self._paused_until + 4 * LONGEST_PAUSE

    def passed(self, seconds: float) -> None:
        """The server took `seconds` over a message, whatever it said of it. Trust comes back step by step."""
        self._seconds_per_message = (self._seconds_per_message + max(seconds, 0.001)) / 2
        self._is_down = False
        self._suspicions = 0
        self._passed += 1
        if self._passed >= self._step:
            self._passed = 0
            self._strikes = max(0, self._strikes - 1)
            self.connections = min(self._limit, self.connections + 1)

    def too_fast(self, now: float, jitter: float) -> float:
        """The server asks to slow down. Returns the seconds of the pause that begins, 0 when none does."""
        pause = self._strike(now, jitter)
        self.connections = max(1, self.connections // 2)
        self._is_down = self._is_down or self._strikes > _PATIENT_STRIKES
        return pause

    def suspicious(self, now: float, jitter: float) -> float:
        """What a server does that has had enough of us, but not only then. Returns as `too_fast`."""
        self._suspicions += 1
        return self.too_fast(now, jitter) if self._suspicions >= _SUSPICIONS else 0.0

    def unreachable(self, now: float, jitter: float) -> float:
        """No server of the set could be talked to. Returns the seconds of the pause that begins, 0 when none does."""
        pause = self._strike(now, jitter)
        self.connections = 1
        self._is_down = True
        return pause

    def _strike(self, now: float, jitter: float) -> float:
        # Five connections that are thrown out in the same second tell one thing, not five.
        if self.is_paused(now):
            return 0.0
        pause = min(FIRST_PAUSE * 2.0**self._strikes, LONGEST_PAUSE) * (1 + 0.2 * jitter)
        # Beyond this the pause does not grow; without a bound its doubling would overflow one day.
        self._strikes = min(self._strikes + 1, 2 * _PATIENT_STRIKES)
        self._suspicions = self._passed = 0
        self._step = min(2 * self._step, _LONGEST_STEP)
        self._paused_until = now + pause
        return pause

    def appetite(self, connections: int) -> int:
        """How many messages `connections` can start within half a minute, going by the latest ones."""
        return max(1, min(_MOST_AHEAD, int(connections * _AHEAD_SECONDS / self._seconds_per_message)))
