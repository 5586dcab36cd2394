"""Every setting stands once, is documented, and is read from options, environment and file in that order."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import SettingError
from chatbot.settings import FILE, PREFIX, SETTINGS, HelpLine, Settings, load

README = Path(__file__).parents[1] / "README.md"
LINES = ("emergency_numbers", "crisis_lines", "contact")


def test_the_table_and_the_fields_agree() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert all(setting.help and not setting.help.endswith(".") for setting in SETTINGS)


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_the_readme_has_a_row_for_every_setting(name: str) -> None:
    assert re.search(rf"^\| `(?:{PREFIX}{name.upper()}|{name})` \|", README.read_text("utf-8"), re.MULTILINE)


def test_the_readme_has_no_row_for_a_setting_that_is_none() -> None:
    section = README.read_text("utf-8").partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(row.removeprefix(PREFIX).lower() for row in rows) == sorted(s.name for s in SETTINGS)


@pytest.mark.parametrize("name", ["index", "host", "port", "workers"])
def test_the_readme_tells_the_real_default(name: str) -> None:
    row = re.search(
        rf"^\| `(?:{PREFIX}{name.upper()}|{name})` \| `([^`]+)`", README.read_text("utf-8"), re.MULTILINE
    )
    assert row
    assert row[1] == str(getattr(Settings(), name))


def test_without_anything_the_defaults_stand(tmp_path: Path) -> None:
    assert load(None, {}, tmp_path) == Settings()


def test_options_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('index = "file"\nhost = "file"\nheading = "file"\nport = 1\n', "utf-8")
    environment = {"CHATBOT_INDEX": "variable", "CHATBOT_HOST": "variable", "CHATBOT_PORT": "2", "OTHER": "x"}
    found = load({"index": "option", "port": "3", "host": None}, environment, tmp_path)
    assert (found.index, found.host, found.heading, found.port) == ("option", "variable", "file", 3)
    assert found.workers == Settings().workers


def test_the_file_stands_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text('\ufeffheading = "Ask us"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATBOT_WORKERS", "5")
    found = load()
    assert (found.heading, found.workers) == ("Ask us", 5)


@pytest.mark.parametrize("name", LINES)
def test_people_to_turn_to_are_a_list_in_the_file_and_json_in_the_environment(
    tmp_path: Path, name: str
) -> None:
    wanted = (
        HelpLine("Ambulance", "144"),
        HelpLine("Samaritans", url="https://s.example.org", hours="always"),
    )
    variable = (
        '[{"name": "Ambulance", "phone": "144"},'
        ' {"name": "Samaritans", "url": "https://s.example.org", "hours": "always"}]'
    )
    assert getattr(load(None, {PREFIX + name.upper(): variable}, tmp_path), name) == wanted
    (tmp_path / FILE).write_text(
        f'[[{name}]]\nname = "Ambulance"\nphone = "144"\n'
        f'[[{name}]]\nname = "Samaritans"\nurl = "https://s.example.org"\nhours = "always"\n',
        "utf-8",
    )
    assert getattr(load(None, {}, tmp_path), name) == wanted
    assert getattr(load(None, {PREFIX + name.upper(): ""}, tmp_path), name) == ()


WRONG: list[tuple[str, Any]] = [
    ("port", 0), ("port", 65536), ("port", "eighty"), ("port", ""), ("port", 1.5), ("port", True), ("workers", -1),
    ("workers", "many"), ("index", ""), ("index", "  "), ("index", 7), ("host", []), ("heading", ""),
    ("contact", "call me"), ("contact", "{}"), ("contact", [{}]), ("contact", [{"name": 7}]),
    ("contact", [{"name": "x", "fax": "1"}]), ("contact", ["x"]), ("crisis_lines", '["x"]'),
    ("emergency_numbers", '[{"phone": "112"}]'), ("emergency_numbers", [{"name": "x", "phone": 112}]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_sentence_that_says_what_is_wanted(
    tmp_path: Path, name: str, value: Any
) -> None:
    with pytest.raises(SettingError, match="wanted") as caught:
        load({name: value}, {}, tmp_path)
    said = str(caught.value)
    assert said.startswith(f"--{name.replace('_', '-')}: ")
    assert "\n" not in said
    if isinstance(value, str):
        with pytest.raises(SettingError, match=f"^{PREFIX}{name.upper()}: "):
            load(None, {PREFIX + name.upper(): value}, tmp_path)


def test_a_name_that_is_no_setting_stops_in_the_file_and_is_warned_of_in_the_environment(
    tmp_path: Path,
) -> None:
    warned: list[str] = []
    load(None, {"CHATBOT_COLOUR": "red", "CHATBOTS": "x", "PATH": "x"}, tmp_path, warned.append)
    assert len(warned) == 1
    assert "CHATBOT_COLOUR" in warned[0]
    (tmp_path / FILE).write_text('colour = "red"\n', "utf-8")
    with pytest.raises(SettingError, match="“colour”") as caught:
        load(None, {}, tmp_path)
    assert FILE in str(caught.value)
    assert "heading" in str(caught.value), "what there is instead is said"


@pytest.mark.parametrize("text", [b"port = \n", b"port = '\xff'\n", b"port = 1\nport = 2\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(SettingError, match=FILE):
        load(None, {}, tmp_path)


def test_a_file_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SettingError, match=FILE):
        load(None, {}, tmp_path)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]
