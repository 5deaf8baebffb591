"""The log: one line per thing that happened, as text for people or JSON for programs. docs/log-lines.md explains
each. Secrets and the content of messages never reach it."""

import logging
import sys

import structlog
from django.conf import settings
from structlog.typing import EventDict, Processor


def begin(part: str) -> None:
    """Sets the log of this process up; every line says which `part` of the product wrote it."""
    as_json = settings.BIENRECU.log_format == "json"
    shared: list[Processor] = [
        _adding(part),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "part", "event"])
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(_level()),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(level=max(_level(), logging.WARNING), handlers=[handler], force=True)


def _adding(part: str) -> Processor:
    # No context variable: threads that libraries start would not know it.
    def add(_logger: object, _method: str, event: EventDict) -> EventDict:
        return event | {"part": part}

    return add


def _level() -> int:
    return int(logging.getLevelNamesMapping()[settings.BIENRECU.log_level.upper()])
