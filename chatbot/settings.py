"""Every setting once: its name, default and help. Options win over the environment, that over chatbot.toml."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from chatbot.errors import SettingError

PREFIX = "CHATBOT_"
FILE = "chatbot.toml"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Somebody to turn to."""

    name: str
    phone: str | None = None
    url: str | None = None
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process; SETTINGS says what each is."""

    index: str = "index"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    heading: str = "Questions and answers"
    emergency_numbers: tuple[HelpLine, ...] = ()
    crisis_lines: tuple[HelpLine, ...] = ()
    contact: tuple[HelpLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `read` takes a text from the environment or a value from the file."""

    name: str
    help: str
    read: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is wanted")
    return value.strip()


def _number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        try:
            number = int(str(value))
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most} is wanted")
        return number

    return read


def _help_lines(value: Any) -> tuple[HelpLine, ...]:
    wanted = 'a list like [{"name": "Emergency", "phone": "112"}] is wanted (name, and phone, url or hours)'
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except ValueError as error:
            raise ValueError(f"{wanted}, as JSON") from error
    if not isinstance(value, list):
        raise ValueError(wanted)
    allowed = {field.name for field in fields(HelpLine)}
    lines = []
    for entry in value:
        if (
            not isinstance(entry, dict)
            or not set(entry) <= allowed
            or not isinstance(entry.get("name"), str)
            or not all(isinstance(text, str) for text in entry.values())
        ):
            raise ValueError(wanted)
        lines.append(HelpLine(**entry))
    return tuple(lines)


SETTINGS = (
    Setting("index", "the folder that holds the index", _text),
    Setting("host", "the address to serve on", _text),
    Setting("port", "the port to serve on", _number(1, 65535)),
    Setting("workers", "how many processes serve", _number(1, 64)),
    Setting("heading", "what the chat page and the widget are headed", _text),
    Setting("emergency_numbers", "whom to call in an emergency; none: worldwide advice", _help_lines),
    Setting("crisis_lines", "whom to call in a crisis; none: worldwide advice", _help_lines),
    Setting("contact", "whom to ask about a personal case", _help_lines),
)


def load(
    options: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    warn: Callable[[str], None] | None = None,
) -> Settings:
    """Gather the settings; what an option or a variable leaves out stands in the file or is the default.

    An unknown CHATBOT_ variable is told to `warn`. Raises SettingError where a value is wrong, or a name in
    the file is unknown.
    """
    environment = os.environ if environment is None else environment
    known = {setting.name: setting for setting in SETTINGS}
    found: dict[str, Any] = {}
    path = (folder or Path()) / FILE
    for name, value in _file(path).items():
        if name not in known:
            raise SettingError(f"{path}: there is no setting “{name}”; there are {', '.join(sorted(known))}")
        found[name] = _value(known[name], value, f"{path}: {name}")
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in known:
            found[name] = _value(known[name], text, variable)
        elif warn:
            warn(f"{variable} is not a setting of this program and is left out")
    for name, value in (options or {}).items():
        if value is not None:
            found[name] = _value(known[name], value, f"--{name.replace('_', '-')}")
    return Settings(**found)


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path}: cannot be read as TOML ({error})") from error


def _value(setting: Setting, value: Any, where: str) -> Any:
    try:
        return setting.read(value)
    except ValueError as error:
        raise SettingError(f"{where}: {error}, not {value!r}") from error
