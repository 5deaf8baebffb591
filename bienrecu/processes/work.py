"""`bienrecu work`: what takes longer than a page may, one thing after the other. So far: records for an audit."""

import hashlib
import signal
import threading

import structlog
from django.db import DatabaseError, close_old_connections

from bienrecu.proof.make import CannotBeMade, make
from bienrecu.proof.queue import Claim, ClaimLost, Stopped, claim

log = structlog.get_logger()

_LOOK_EVERY = 1.0  # seconds
_AFTER_TROUBLE = 10.0


def run() -> None:
    """Until SIGTERM or SIGINT: what is being made then is given back, for the next worker."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("worker started")
    pause = 0.0
    while not stop.wait(pause):
        try:
            close_old_connections()
            pause = 0.0 if work_once(stop) else _LOOK_EVERY
        except DatabaseError:
            log.exception("the database does not do what is needed")
            pause = _AFTER_TROUBLE


def work_once(stop: threading.Event) -> bool:
    """Makes one record, if one waits; whether one did."""
    mine = claim()
    if mine is None:
        return False
    try:
        _make(mine, stop)
    except Stopped:
        mine.release()
    except ClaimLost:
        log.warning("another worker makes this record", export=mine.id)
    except DatabaseError:
        raise  # it stays claimed, and is made once the database is back
    except CannotBeMade as why:
        mine.finish(problem=str(why))
    except Exception:
        log.exception("a record could not be made", export=mine.id)
        mine.finish(problem="failed")
    return True


def _make(mine: Claim, stop: threading.Event) -> None:
    def step(count: int) -> None:
        if stop.is_set():
            raise Stopped
        mine.step(count)

    with mine.kept():
        made = make(mine.export, mine.total, step)
    digest = hashlib.sha256(made.content).hexdigest()
    mine.finish(file_name=made.file_name, content=made.content, sha256=digest)
    log.info("record made", export=mine.id, octets=len(made.content))
