"""Every setting once: its name, default and help. Options win over the environment, that over chatbot.toml."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
class Rate:
    """At most `count` requests in so many seconds."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process; SETTINGS says what each is."""

    index: str = "index"
    corpus: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    heading: str = "Questions and answers"
    emergency_numbers: tuple[HelpLine, ...] = ()
    crisis_lines: tuple[HelpLine, ...] = ()
    contact: tuple[HelpLine, ...] = ()
    admin_token: str | None = None
    rate_limit: tuple[Rate, ...] = (Rate(60, 60),)
    trusted_proxies: int = 0
    allowed_origins: tuple[str, ...] = ()
    public_url: str | None = None
    database_url: str | None = None
    retention_days: int = 30
    log: str = "errors"


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
    wanted = (
        'a list like [{"name": "Emergency", "phone": "112"}] is wanted (name, and phone, url or hours); '
        f'in {FILE} it is written [{{name = "Emergency", phone = "112"}}]'
    )
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else []
        except ValueError as error:
            raise ValueError(wanted) from error
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


_RATE = re.compile(r"(\d{1,6}) ?(?:/|per) ?(?:(\d{1,6}) ?)?(second|minute|hour|day)s?", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


def _rates(value: Any) -> tuple[Rate, ...]:
    wanted = "a rate like 60 per minute is wanted (several with ; between them, empty: off)"
    if not isinstance(value, str):
        raise ValueError(wanted)
    rates = []
    for part in value.split(";") if value.strip() else ():
        read = _RATE.fullmatch(part.strip())
        if read is None:
            raise ValueError(wanted)
        rate = Rate(int(read[1]), int(read[2] or 1) * _SECONDS[read[3].lower()])
        if rate.count < 1 or rate.seconds < 1:
            raise ValueError(wanted)
        rates.append(rate)
    return tuple(rates)


def _origins(value: Any) -> tuple[str, ...]:
    wanted = "sites like https://example.org are wanted, without a path, with commas between them"
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list) or not all(isinstance(origin, str) for origin in value):
        raise ValueError(wanted)
    return tuple(origin if origin == "*" else _web_address(origin, wanted, path=False) for origin in value)


def _public_url(value: Any) -> str:
    return _web_address(value, "an address like https://example.org/answers is wanted", path=True)


def _web_address(value: Any, wanted: str, *, path: bool) -> str:
    """Return an address as browsers write it in `Origin`, with its path where one is allowed."""
    address = _text(value).rstrip("/")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(wanted) from error
    if parts.scheme not in {"http", "https"} or not host or not re.fullmatch(r"[\w.:-]+", host, re.ASCII):
        raise ValueError(wanted)
    if parts.username is not None or parts.query or parts.fragment or re.search(r"[\s\"'<>\\]", address):
        raise ValueError(wanted)
    if parts.path and (not path or "//" in parts.path):
        raise ValueError(wanted)
    usual = {"http": 80, "https": 443}[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != usual else "") + parts.path


def _database_url(value: Any) -> str:
    url = _text(value)
    if not re.match(r"[a-z][\w+]*:/", url, re.ASCII):
        # the value may hold a password and is not repeated
        raise ValueError("an address like sqlite:///feedback.db is wanted")
    return url


def _choice(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)} is wanted")
        return str(value)

    return read


def _or(default: Any, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Take an empty text for the default."""
    return lambda value: default if value == "" else read(value)


_SECRET = {"admin_token", "database_url"}
"""Settings whose wrong values are not repeated in an error."""

SETTINGS = (
    Setting("index", "the folder that holds the index", _text),
    Setting(
        "corpus",
        "the folder of documents that a rebuild reads; none: corpus/ or the shipped one, over HTTP the live version's",
        _or(None, _text),
    ),
    Setting("host", "the address to serve on", _text),
    Setting("port", "the port to serve on", _number(1, 65535)),
    Setting("workers", "how many processes serve", _number(1, 64)),
    Setting("heading", "what the chat page and the widget are headed", _text),
    Setting("emergency_numbers", "whom to call in an emergency; none: worldwide advice", _help_lines),
    Setting("crisis_lines", "whom to call in a crisis; none: worldwide advice", _help_lines),
    Setting("contact", "whom to ask about a personal case", _help_lines),
    Setting("admin_token", "the bearer token of administration; none: it answers 401", _or(None, _text)),
    Setting("rate_limit", "how much one client may ask, such as 60 per minute; empty: no limit", _rates),
    Setting("trusted_proxies", "how many proxies in front may name the client", _or(0, _number(0, 10))),
    Setting("allowed_origins", "sites that may embed the widget, such as https://example.org", _origins),
    Setting("public_url", "the address that visitors use; none: the request's own", _or(None, _public_url)),
    Setting(
        "database_url",
        "where feedback and unanswered questions go; none: nothing is kept",
        _or(None, _database_url),
    ),
    Setting("retention_days", "for how many days they are kept", _or(30, _number(1, 3_650))),
    Setting(
        "log",
        "what the server writes to its log: errors, or requests too",
        _or("errors", _choice("errors", "requests")),
    ),
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
        given = "" if setting.name in _SECRET else f", not {value!r}"
        raise SettingError(f"{where}: {error}{given}") from None
