"""The comparison with other search: it ranks what it says it ranks, and names what is missing or wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest_plugins = ("fixtures_bot",)

QUALITY = Path(__file__).parents[1] / "benchmarks" / "quality"
CHAIN = {"document": "chains.md", "span": "A chain is a loop of metal links"}
PUNCTURE = {"document": "wheels/tyres.md", "span": "A puncture is a hole in the inner tube"}
REPAIR = {"document": "wheels/tyres.md", "span": "Find the hole by holding the pumped tube under water."}
WORN = {"document": "chains.md", "span": "A chain lasts for about 3,000 kilometres."}
THIN = {"document": "wheels/tyres.md", "span": "A tyre lasts for about 5,000 kilometres."}
BAR = {"document": "wheels/tyres.md", "span": "A road tyre needs a pressure of about 6 bar."}
QUESTIONS = [
    {"question": "what is a chain?", "style": "direct", "gold": [CHAIN]},
    {"question": "punctre definition", "style": "typo", "gold": [PUNCTURE]},
    {"question": "what is a chain?", "style": "wrong", "gold": [PUNCTURE, REPAIR]},
    {"question": "what is the capital of France?", "kind": "no_answer"},
    {"id": "d", "turns": [{"user": "what is a chain?", "gold": [CHAIN]}]},
]
OURS_AND_TFIDF = ("--engines", "chatbot search,chatbot reply,scikit-learn TF-IDF")


def run(script: str, *arguments: str | Path, hidden: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script of the benchmark, one module as if it were not installed."""
    start = (
        f"import runpy, sys; sys.path[:0] = [{str(QUALITY)!r}]; sys.argv = sys.argv[1:]; "
        + (f"sys.modules[{hidden!r}] = None; " if hidden else "")
        + "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", start, QUALITY / script, *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)


def write(path: Path, lines: Sequence[object]) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


def rows(printed: str) -> dict[tuple[str, str], list[str]]:
    """Return the cells of a Markdown table by style and engine."""
    cells = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in printed.splitlines()
        if "|" in line
    ]
    return {(style, engine): rest for style, engine, *rest in cells[2:]}


def test_ours_and_a_peer_rank_the_same_passages(bicycles: Path, tmp_path: Path) -> None:
    done = run("compare.py", bicycles, write(tmp_path / "q.jsonl", QUESTIONS), *OURS_AND_TFIDF)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 documents, ")
    assert "3 questions" in done.stdout
    assert "Left out: 2 dialogues and questions that expect no answer." in done.stdout
    table = rows(done.stdout)
    assert len(table) == 3 * 4
    assert table["direct", "chatbot search"][:2] == ["1", "100.0 % (20.7–100.0)"]
    assert table["direct", "scikit-learn TF-IDF"][1].startswith("100.0 %")
    assert table["typo", "chatbot search"][1].startswith("100.0 %")
    assert table["typo", "scikit-learn TF-IDF"][1].startswith("0.0 %")  # it corrects no spelling
    assert table["wrong", "chatbot reply"][1].startswith("0.0 %")
    assert table["all", "chatbot search"][:2] == ["3", "66.7 % (20.8–93.9)"]
    assert float(table["all", "chatbot search"][4]) > 0


def test_documents_are_ranked_by_their_best_passage(bicycles: Path, tmp_path: Path) -> None:
    lines = [
        {"question": "how is a chain cleaned?", "gold": [{"document": "chains.md"}]},
        {
            "question": "how is a chain cleaned?",
            "gold": [{"document": "saddles.txt"}, {"document": "chains.md"}],
        },
        {"question": "the rubbing of the saddle, and a flat tyre", "gold": [{"document": "wheels/tyres.md"}]},
    ]
    done = run("compare.py", bicycles, write(tmp_path / "q.jsonl", lines), "--engines", "chatbot search")
    assert done.returncode == 0, done.stderr
    (figures,) = rows(done.stdout).values()
    assert figures[1].startswith("66.7 %")
    assert figures[2].startswith("100.0 %")  # all passages of a document count as one place
    assert figures[3].startswith("0.833")


def test_a_peer_that_is_not_installed_is_an_error_that_says_how(bicycles: Path, tmp_path: Path) -> None:
    done = run("compare.py", bicycles, write(tmp_path / "q.jsonl", QUESTIONS), hidden="haystack")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "Haystack BM25" in done.stderr
    assert "pip install -r benchmarks/quality/requirements.txt" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1"),
        ("[]", "line 1"),
        ('{"question": "what?"}', "“gold”"),
        ('{"question": "what?", "gold": [{"document": "cars.md"}]}', "no document cars.md"),
        (
            '{"question": "what?", "gold": [{"document": "chains.md"}, {"document": "chains.md", "span": "a"}]}',
            "either each gold has a “span”",
        ),
        ('{"question": "what?", "kind": "no_answer"}', "no question that expects an answer"),
    ],
)
def test_a_wrong_line_is_named(bicycles: Path, tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "wrong.jsonl").write_text(line, "utf-8")
    done = run("compare.py", bicycles, tmp_path / "wrong.jsonl", "--engines", "chatbot search")
    assert done.returncode == 2
    assert "wrong.jsonl" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_one_sentence(bicycles: Path, tmp_path: Path) -> None:
    for arguments, said in (
        ((bicycles,), "name the files of questions"),
        (("--engines", "tarot"), "“tarot” is none of chatbot search"),
        ((tmp_path / "nowhere", tmp_path / "q.jsonl", *OURS_AND_TFIDF), "no such folder"),
    ):
        done = run("compare.py", *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert said in done.stderr


# ---------------------------------------------------------------------- one step left out


def test_each_step_that_is_left_out_is_a_row_of_its_own(bicycles: Path, tmp_path: Path) -> None:
    last = "how many kilometres does it last for?"
    chain = [{"user": "what is a chain?", "gold": [CHAIN]}, {"user": last, "gold": [WORN]}]
    tyre = [{"user": "how much pressure does a tyre need?", "gold": [BAR]}, {"user": last, "gold": [THIN]}]
    lines = [
        {"id": "a", "question": "puncturre", "gold": [PUNCTURE]},
        {"id": "b", "turns": chain},
        {"id": "c", "turns": tyre},
        {"id": "d", "question": "what is the capital of France?", "kind": "no_answer"},
    ]
    done = run("ablation.py", bicycles, write(tmp_path / "q.jsonl", lines))
    assert done.returncode == 0, done.stderr
    head, _, *printed = done.stdout.splitlines()
    assert "on 5 questions" in head
    table = {name: cells for name, *cells in (line.strip("| ").split(" | ") for line in printed)}
    assert table["(all steps)"] == ["100.0%", "100.0%", "1.000"]
    assert table["spelling"][0] == "80.0% (-20.0)"
    assert table["spelling"][2] == "0.800 (-0.200)"
    assert table["follow-up context"][0] == "80.0% (-20.0)"  # both ask the same, of different things
    assert len(table) >= 10  # every step that is declared is one the code has


def test_the_ablation_says_what_is_wrong(bicycles: Path, tmp_path: Path) -> None:
    lines = [{"question": "what is the capital of France?", "kind": "no_answer"}]
    done = run("ablation.py", bicycles, write(tmp_path / "q.jsonl", lines))
    assert (done.returncode, done.stderr) == (2, "ablation: no question expects an answer\n")
    assert run("ablation.py", bicycles).returncode == 2


# ---------------------------------------------------------------------- MedQuAD's form

XML = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="0000001" source="S" url="http://example.org/{subject}">
<Focus>{subject}</Focus>
<QAPairs>
  <QAPair pid="1"><Question qid="1-1" qtype="information">What is {subject} ?</Question>
  <Answer>{subject} is a &quot;thing&quot;: it comes first.
{blank}
                It has a second paragraph.</Answer></QAPair>
  <QAPair pid="2"><Question qid="1-2" qtype="treatment">How to treat {subject} ?</Question>
  <Answer>{more}</Answer></QAPair>
</QAPairs>
</Document>
"""


def test_xml_becomes_documents_without_their_questions(tmp_path: Path) -> None:
    for folder, subject, more in (
        ("1_One_QA", "Gout", "Rest treats gout."),
        ("2_Two_QA", "Gout", "Ice treats gout."),
        ("3_None_QA", "Measles", ""),
    ):
        path = tmp_path / "MedQuAD" / folder / "0000001.xml"
        path.parent.mkdir(parents=True)
        path.write_text(XML.format(blank=" " * 16, subject=subject, more=more), "utf-8")
    (tmp_path / "MedQuAD" / "broken.xml").write_text("<Document>", "utf-8")
    target = tmp_path / "made"
    done = run("medquad.py", tmp_path / "MedQuAD", target)
    assert done.returncode == 0, done.stderr
    assert "broken.xml is left out" in done.stderr
    names = {path.name for path in (target / "documents").iterdir()}
    assert names == {  # the same answer about the same subject is one document
        "1_One_QA-0000001-1.md",
        "1_One_QA-0000001-2.md",
        "2_Two_QA-0000001-2.md",
        "3_None_QA-0000001-1.md",
    }
    text = (target / "documents" / "1_One_QA-0000001-1.md").read_text("utf-8")
    assert text.startswith('---\ntitle: "Gout"\nurl: "http://example.org/Gout"\n---\n\nGout is a "thing": it')
    assert "first.\n\nIt has a second" in text
    assert "What is" not in text
    questions = [json.loads(line) for line in (target / "questions.jsonl").read_text("utf-8").splitlines()]
    gold = {line["question"]: [place["document"] for place in line["gold"]] for line in questions}
    assert gold == {
        "What is Gout ?": ["1_One_QA-0000001-1.md"],
        "How to treat Gout ?": ["1_One_QA-0000001-2.md", "2_Two_QA-0000001-2.md"],
        "What is Measles ?": ["3_None_QA-0000001-1.md"],
    }
    assert [line["style"] for line in questions] == ["information", "treatment", "information"]
    done = run("compare.py", target / "documents", target / "questions.jsonl", "--engines", "chatbot search")
    assert rows(done.stdout)["all", "chatbot search"][0] == "3"
    assert run("medquad.py", tmp_path / "made", tmp_path / "more").returncode == 2
