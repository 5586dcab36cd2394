"""The public door, the tree of errors, and the rules that the code keeps to."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import chatbot
from chatbot import errors

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "chatbot"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ERRORS = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, Exception) and value.__module__ == errors.__name__
]


def test_everything_public_is_listed_in_order() -> None:
    assert chatbot.__all__ == sorted(chatbot.__all__)
    imported = {
        name
        for name, value in vars(chatbot).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert set(chatbot.__all__) == imported


@pytest.mark.parametrize("name", chatbot.__all__)
def test_everything_public_says_what_it_is(name: str) -> None:
    value = getattr(chatbot, name)
    assert value.__module__.startswith("chatbot")
    doc = inspect.getdoc(value)
    assert doc
    assert not doc.startswith(f"{name}("), "a docstring that a dataclass made of its fields says nothing"


def test_what_the_readme_shows_of_python_is_public() -> None:
    shown = re.findall(r"^from chatbot import (.+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert shown
    for names in shown:
        assert set(re.findall(r"\w+", names)) <= set(chatbot.__all__)


def test_opening_the_door_does_not_load_what_only_some_need() -> None:
    code = "import sys, chatbot; print(sorted({'flask', 'sklearn', 'scipy', 'gunicorn', 'tqdm'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# ---------------------------------------------------------------------- errors


def test_there_are_errors() -> None:
    assert len(ERRORS) >= 11


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_knows_its_exit_code_status_and_title(error: type[errors.ChatbotError]) -> None:
    assert issubclass(error, errors.ChatbotError)
    assert error.exit_code in (1, 2, 3)
    assert 400 <= error.status < 600
    assert error.title
    assert error.title[0].isupper()
    assert "\n" not in error.title
    assert not error.title.endswith(".")
    assert error.__doc__


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_stands_in_the_tree_below_its_parent(error: type[errors.ChatbotError]) -> None:
    assert errors.__doc__
    tree = [re.match(r"([│ ├└─]*)([A-Z]\w+)(.*)", line) for line in errors.__doc__.splitlines()[2:]]
    above: list[tuple[int, str]] = []
    parents: dict[str, str] = {}
    exits: dict[str, int] = {}
    for line in tree:
        if line is None:
            continue
        depth, name, told = len(line[1]), line[2], re.search(r"exit (\d)", line[3])
        above = [(d, n) for d, n in above if d < depth]
        parents[name] = above[-1][1] if above else "Exception"
        exits[name] = int(told[1]) if told else exits.get(parents[name], errors.ChatbotError.exit_code)
        above.append((depth, name))
    assert parents[error.__name__] == error.__bases__[0].__name__
    assert exits[error.__name__] == error.exit_code


# ---------------------------------------------------------------------- rules


def test_the_rules_of_imports_are_kept() -> None:
    run = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))",
    ]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    kept = re.search(r"(\d+) kept, 0 broken", done.stdout)
    assert kept
    assert int(kept[1]) >= 2


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 400
    doc = ast.get_docstring(ast.parse(text))
    assert doc
    assert doc[0].isupper() or doc[0] == "`"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_is_public_in_a_file_says_what_it_does(path: Path) -> None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [path for path in SOURCES if drawers & {path.stem, path.parent.name}] == []


def test_nothing_in_an_index_can_be_executed_and_nothing_prints_but_the_command() -> None:
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            module = node.module if isinstance(node, ast.ImportFrom) else None
            assert not {"pickle", "joblib", "marshal", "shelve", "dill"} & {*names, module}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, path
                assert node.func.id != "print" or path.name in {"cli.py", "serve.py", "terminal.py"}, path


def test_nothing_in_the_code_knows_the_subject_of_the_shipped_corpus() -> None:
    assert [path for path in SOURCES if "myoclon" in path.read_text("utf-8").lower()] == []
