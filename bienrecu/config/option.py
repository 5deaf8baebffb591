"""How a setting is read: from the environment, else from a TOML file, else its default; and how it is refused.

`BIENRECU_RETRY_MAX_AGE=many` in the environment is `retry_max_age = "many"` in the file."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

PREFIX = "BIENRECU_"


class SettingError(ImproperlyConfigured):
    """A setting that cannot be used; the text names it, its value and what would be right."""


@dataclass(frozen=True)
class Option:
    """One setting. `parse` raises ValueError with what would be right; `doc` is for docs/settings.md."""

    name: str
    parse: Callable[[str], Any]
    default: str
    doc: str
    secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    def read(self, raw: str) -> Any:
        try:
            return self.parse(raw)
        except ValueError as right:
            shown = "(secret)" if self.secret else repr(raw)
            raise SettingError(f"{self.variable}={shown} cannot be used: {right}.") from None


def read_all(options: tuple[Option, ...], environ: Mapping[str, str]) -> dict[str, Any]:
    """Every option's value. Raises SettingError, also for names in either place that no option has."""
    file = _read_file(environ.get(PREFIX + "CONFIG", ""))
    _refuse_unknown(options, environ, file)
    return {
        option.name: option.read(environ.get(option.variable, file.get(option.name, option.default)))
        for option in options
    }


def _read_file(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        found = tomllib.loads(Path(path).read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{PREFIX}CONFIG={path!r} cannot be read: {error}.") from None
    return {name: _as_text(value) for name, value in found.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _refuse_unknown(options: tuple[Option, ...], environ: Mapping[str, str], file: Mapping[str, str]) -> None:
    known = {option.name for option in options} | {"config"}
    given = [*file, *(name[len(PREFIX) :].lower() for name in environ if name.startswith(PREFIX))]
    for name in given:
        if name not in known:
            raise SettingError(f"{PREFIX}{name.upper()} is no setting of Bien Reçu. docs/settings.md lists them all.")
