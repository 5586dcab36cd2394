"""The command `chatbot`."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import NoReturn

from chatbot.bot import Chatbot
from chatbot.documents.corpus import default_corpus
from chatbot.errors import ChatbotError, DamagedIndex, NoIndex, UsageError
from chatbot.index import versions
from chatbot.index.format import read_manifest, verify
from chatbot.index.rebuild import Rebuilt, rebuild_index
from chatbot.reply import Turn
from chatbot.settings import Settings, load
from chatbot.terminal import SIGNS, Bar, Terminal, counted, shown, some, tell_rebuilt


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see: {self.prog} --help")


def run() -> NoReturn:
    """Run the command of this process and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.stdout.isatty():
        encoding = sys.stdout.encoding
        sys.stdout = Terminal(sys.stdout.buffer, encoding, errors="replace", line_buffering=True)
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code: 0 done, 1 the answer is no, 2 wrong usage, 3 the machine."""
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except ChatbotError as error:
        print(f"chatbot: {error}".translate(SIGNS), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="chatbot", description="Answers questions only by quoting your own documents.")
    parser.add_argument("--version", action="version", version=f"chatbot {metadata.version('chatbot')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, does: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=does)
        made.add_argument("--index", metavar="DIR", help="the folder that holds the index (default: index)")
        return made

    add = command("rebuild", _rebuild, "read a folder of documents and publish an index of it")
    add.add_argument("corpus", nargs="?", metavar="CORPUS", help="the folder (default: corpus)")
    add.add_argument(
        "--force", action="store_true", help="publish though nothing changed or a test question turned wrong"
    )
    add = command("serve", _serve, "serve the chat page, the widget and the API")
    add.add_argument("--host", metavar="H", help="the address to serve on (default: 127.0.0.1)")
    add.add_argument("--port", metavar="P", help="the port to serve on (default: 8000)")
    add.add_argument("--workers", metavar="N", help="how many processes serve (default: 2)")
    add = command("ask", _ask, "answer one question")
    add.add_argument("question", metavar="QUESTION")
    add.add_argument("--json", action="store_true", help="print the reply as JSON")
    add.add_argument("--explain", action="store_true", help="say how the answer was found")
    command("chat", _chat, "have a conversation; an empty line or Ctrl-D ends it")
    add = command("versions", _versions, "list the published versions of an index")
    add.add_argument("--verify", action="store_true", help="check every hash")
    add = command("rollback", _rollback, "go back to a published version")
    add.add_argument("version", nargs="?", metavar="VERSION", help="which (default: the one before)")
    add = command("evaluate", _evaluate, "run a file of questions with expected answers")
    add.add_argument("files", metavar="FILE", nargs="+", help="JSON lines")
    add.add_argument("--html", metavar="FILE", help="write a page with plots")
    add.add_argument("--min-right", metavar="RATE", help="exit with 1 where fewer are right (0 to 1)")
    add.add_argument(
        "--misses",
        action=argparse.BooleanOptionalAction,
        help="list what went wrong (with --safety it is listed unless --no-misses is given)",
    )
    add.add_argument(
        "--safety", action="store_true", help="the file holds labelled messages; --index also asks the bot"
    )
    add = command("report", _report, "tell what was asked, and what was not answered")
    add.add_argument("--html", metavar="FILE", help="write a page with plots")
    command("mcp", _mcp, "serve the Model Context Protocol on standard input and output")
    return parser


def _settings(options: argparse.Namespace, *names: str) -> Settings:
    given = {name: getattr(options, name) for name in ("index", *names)}
    return load(given, warn=lambda text: print(f"chatbot: {text}", file=sys.stderr))


def _corpus(named: str | None) -> Path:
    return Path(named).expanduser() if named else default_corpus()


def _rebuild(options: argparse.Namespace) -> int:
    settings = _settings(options)
    corpus = _corpus(options.corpus or settings.corpus)
    tell_rebuilt(corpus, _build(corpus, Path(settings.index), options.force), settings.index)
    return 0


def _build(corpus: Path, index: Path, force: bool) -> Rebuilt:
    from chatbot.evaluation import ask_editors_questions

    with Bar() as bar:
        return rebuild_index(corpus, index, force=force, progress=bar.tell, check=ask_editors_questions)


def _serve(options: argparse.Namespace) -> int:
    from chatbot.server.serve import serve

    settings = _settings(options, "host", "port", "workers")
    index = Path(settings.index)
    corpus = _corpus(settings.corpus)
    why = ""
    try:
        read_manifest(versions.live_folder(index))
    except NoIndex:
        if options.index:
            raise
        why = "There is no index yet"
    except DamagedIndex as error:
        if error.older and settings.corpus:  # of what else it was made nobody knows
            why = "The index is of an older program"
    if why:
        print(f"{why}: indexing {corpus}.", flush=True)
        # in a process of its own: what serves never imports scikit-learn
        command = [sys.executable, "-m", "chatbot", "rebuild", str(corpus), "--index", settings.index]
        code = subprocess.run(command, check=False).returncode  # noqa: S603
        if code:
            return code
    serve(settings)
    return 0


def _ask(options: argparse.Namespace) -> int:
    settings = _settings(options)
    question = _sendable(options.question)
    reply = Chatbot.open(settings.index, settings).reply(question, explain=options.explain)
    if options.json:
        body = asdict(reply)
        if reply.explanation is None:
            del body["explanation"]
        print(json.dumps(body, ensure_ascii=False, indent=1))
        return 0
    print(shown(reply))
    if options.explain:
        print(json.dumps(reply.explanation, ensure_ascii=False, indent=1))
    return 0


def _sendable(question: str) -> str:
    """Check a question as the endpoint does."""
    text = question.encode("utf-8", "replace").decode()
    if not text.strip():
        raise UsageError("the question is empty; ask something in quotes")
    if len(text) > 2_000:
        raise UsageError(f"the question has {len(text):,} characters; at most 2,000 are read")
    return text


def _chat(options: argparse.Namespace) -> int:
    settings = _settings(options)
    bot = Chatbot.open(settings.index, settings)
    history: list[Turn] = []
    while True:
        try:
            message = input("> ")
        except EOFError:
            print()
            return 0
        if not message.strip():
            return 0
        try:
            message = _sendable(message)
        except UsageError as error:
            print(f"chatbot: {error}", file=sys.stderr)
            continue
        reply = bot.reply(message, history)
        print(f"\n{shown(reply)}\n")
        quoted = tuple(passage.id for passage in reply.passages)
        history += [Turn("user", message), Turn("assistant", reply.text, quoted)]


def _versions(options: argparse.Namespace) -> int:
    index = Path(_settings(options).index)
    pointer = versions.read_pointer(index)
    damaged = 0
    for name in pointer.published:
        folder = versions.version_folder(index, name)
        live = " (live)" if name == pointer.version else ""
        try:
            manifest = (verify if options.verify else read_manifest)(folder)
        except DamagedIndex as error:
            damaged += 1
            print(f"{name}{live}: {error}")
            continue
        counts = manifest.counts
        checked = ", every hash holds" if options.verify else ""
        print(
            f"{name}{live}: built {manifest.built_at}, {counted(counts['documents'], 'document')}, "
            f"{counted(counts['passages'], 'passage')}{checked}"
        )
    return 1 if damaged else 0


def _rollback(options: argparse.Namespace) -> int:
    index = Path(_settings(options).index)
    print(f"Version {versions.rollback(index, options.version)} of {index} is live.")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from chatbot.evaluation import Figures, misses, read_files, run, strange_documents, table
    from chatbot.report.evaluation_page import evaluation_page
    from chatbot.report.templates import check_place

    least = _rate(options.min_right)
    if options.html:
        check_place(Path(options.html))
    if options.safety:
        return _evaluate_safety(options, least)
    settings = _settings(options)
    items = read_files(map(Path, options.files))
    bot = Chatbot.open(settings.index, settings)
    if strange := strange_documents(items, bot.index):
        print(
            f"chatbot: not in {settings.index}: {some(strange)}; is it the index that is meant?",
            file=sys.stderr,
        )
    outcomes = list(run(bot, items))
    print(table(outcomes))
    if options.misses:
        print(f"\n{misses(outcomes)}")
    if options.html:
        _write_page(options.html, evaluation_page(outcomes, options.files, datetime.now(UTC)))
    return _passed(Figures(outcomes).right1, least)


def _evaluate_safety(options: argparse.Namespace, least: float | None) -> int:
    from chatbot.report.evaluation_page import safety_page
    from chatbot.safety_evaluation import misses, read_messages, run, share_right, table

    settings = _settings(options)
    messages = [message for file in options.files for message in read_messages(Path(file))]
    bot = Chatbot.open(settings.index, settings) if options.index else None
    seen = run(messages, bot)
    print(table(seen, indexed=bot is not None))
    if options.misses is not False and (missed := misses(seen)):
        print(f"\n{missed}")
    if options.html:
        _write_page(options.html, safety_page(seen, bot is not None, options.files, datetime.now(UTC)))
    return _passed(share_right(seen), least)


def _write_page(html: str, page: str) -> None:
    from chatbot.report.templates import write_page

    write_page(Path(html), page)
    print(f"\nThe page with plots is {html}.")


def _passed(right: float, least: float | None) -> int:
    if least is None or right >= least:
        return 0
    print(f"chatbot: {right:.3f} are right, at least {least:g} is asked", file=sys.stderr)
    return 1


def _report(options: argparse.Namespace) -> int:
    from chatbot.report import report

    print(report(_settings(options), Path(options.html) if options.html else None))
    return 0


def _mcp(options: argparse.Namespace) -> int:
    from chatbot.mcp_server import serve

    serve(_settings(options))
    return 0


def _rate(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"--min-right {text}: a rate from 0 to 1 is wanted")
    return value
