"""User agents of robots: none may count as a person who opened an e-mail."""

import json
from collections.abc import Iterator
from pathlib import Path

from bienrecu.domain.event import Kind
from bienrecu.tracking.verdict import verdict
from tests.standards.suite import Score, is_installed

_LONG_AFTER = 3600.0


def suites(folder: Path) -> Iterator[Score]:
    score = Score("User agents of robots", "told from people", beside="crawlerdetect", note=_NOTE)
    for robot in json.loads((folder / "user-agents/crawlers.json").read_text("utf-8")):
        for agent in robot["instances"]:
            found = verdict(method="GET", user_agent=agent, headers={}, seconds_since_accepted=_LONG_AFTER)
            score.count(
                agent, found.kind is Kind.MACHINE_LOAD, _theirs(agent) if is_installed("crawlerdetect") else None
            )
    yield score


_NOTE = "the proxies of Gmail and Yahoo are among them: people read through these, and are not taken for robots"


def _theirs(agent: str) -> bool:
    from crawlerdetect import CrawlerDetect

    return bool(CrawlerDetect().isCrawler(agent))
