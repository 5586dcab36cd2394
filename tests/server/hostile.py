# ruff: noqa: E501 - a table of files
"""A corpus written by somebody who means harm: markup, scripts, tricks in names and links, and sheer size.

Each document asks about a word of its own ("What is a zarb07?"), so that it can be found by asking.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECRET = "the-secret-beside-the-corpus"
"""What stands in a file outside the corpus folder."""
RAN = "window.__ran"
"""What a script counts that runs."""
RUN = f"{RAN}=({RAN}||0)+1"
EVERYTHING = f"""<script>{RUN}</script><img src=x onerror="{RUN}"><svg onload={RUN}></svg><svg><script>{RUN}</script></svg>
<iframe srcdoc="<script>parent.{RUN}</script>"></iframe><body onload={RUN}><details open ontoggle={RUN}>
<input autofocus onfocus={RUN}><math><mtext><style><img src=x onerror={RUN}></style></mtext></math>
<meta http-equiv="refresh" content="0;url=javascript:{RUN}"><base href="//evil.example/"><style>*{{display:none}}</style>
<object data="javascript:{RUN}"></object><form action="javascript:{RUN}"><button>b</button></form>"><b x=' y=` z</b>
</p></main></body></html> --> ]]> </title></textarea></script>{{{{ 7*7 }}}} {{% include "/etc/passwd" %}} ${{7*7}} #{{7*7}}"""
LINKS = f"""[one](javascript:{RUN}) [two](JaVaScRiPt:{RUN}) [three](  javascript:{RUN}  "t") [four](java&#115;cript:{RUN})
[five](&#x6A;avascript:{RUN}) [six](data:text/html,<script>{RUN}</script>) [seven](vbscript:x) <javascript:{RUN}>
[eight][ref] ![nine](javascript:{RUN}) ![ten](https://evil.example/pixel.png) [eleven](//evil.example/x)
[twelve](../../../../etc/passwd) [thirteen](file:///etc/passwd) ![fourteen](file:///etc/passwd)
[fifteen](https://a.example/"onmouseover="{RUN}) [sixteen](https://a.example 'x" onclick="{RUN}')
[seventeen](<https://a.example/><img src=x onerror={RUN}>) [eighteen](\x01javascript:{RUN}) [nineteen](java\tscript:{RUN})
[twenty](https://ok.example/fine) [twenty-one](mailto:x@example.org?subject=<script>)

[ref]: javascript:{RUN} "onload={RUN}"
"""


def about(number: int, body: str, *, above: str = "") -> str:
    """Return a document about a word of its own."""
    return f"{above}# Hostile {number:02}\n\n## What is a zarb{number:02}?\n\nA zarb{number:02} is a thing. {body}\n"


@dataclass(frozen=True)
class Hostile:
    """A file: its name, what is in it, and why it is refused (None: it is indexed)."""

    name: str | bytes
    data: str | bytes
    refused: str | None = None


def _names(start: int) -> list[Hostile]:
    """Documents whose harm is their name."""
    names = (
        "x..%2f..%2f..%2fetc%2fpasswd.md",
        "<img src=x onerror=window.__ran=1>.md",
        '"onmouseover="window.__ran=1" x=".txt',
        "line\nbreak\r.md",
        "a?b=c#d&e;f.md",
        "%00.md",
        "back\\..\\slash.md",
        "  spaces  .md",
        "\u202egpj.exe\u202c.md",
        "{{7*7}}{%x%}.md",
        "a..;/b…/x.md",
        "a" * 240 + ".md",
    )
    return [Hostile(name, about(start + place, "Its name is its harm.")) for place, name in enumerate(names)]


def documents() -> list[Hostile]:
    """Return the documents."""
    everything_in_front = "".join(
        f"{key}: '{EVERYTHING.splitlines()[0]}'\n" for key in ("title", "publisher", "author")
    )
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{one}: &{one} [{','.join([f'*{before}'] * 9)}]\n"
        for before, one in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return [
        Hostile("01-markup.md", about(1, EVERYTHING)),
        Hostile("02-markup.txt", about(2, EVERYTHING)),
        Hostile("03-links.md", about(3, LINKS)),
        Hostile("04-links.txt", about(4, LINKS)),
        Hostile("05-headings.md", f"# <img src=x onerror={RUN}> [x](javascript:{RUN})\n\n## What is a zarb05? <b>{RUN}</b>\n\n"
                f"A zarb05 is a thing.\n\n### </h3><script>{RUN}</script>\n\nMore of the zarb05.\n"),
        Hostile("06-code.md", about(6, f"\n\n```html\n{EVERYTHING}\n```\n\n`<script>{RUN}</script>` &#60;script&#62;{RUN}&#60;/script&#62;\n\n"
                f"    <script>{RUN}</script>\n\n<!-- <script>{RUN}</script> -->\n\n<script\n>{RUN}</script>\n")),
        Hostile("07-front-matter.md", about(7, "x", above=f"---\n{everything_in_front}url: javascript:{RUN}\nreviewed: <b>\n---\n")),
        Hostile("08-laughs.md", about(8, "x", above=f"---\n{laughs}title: *i\n---\n")),
        Hostile("09-python.md", about(9, "x", above="---\ntitle: !!python/object/apply:os.system ['touch ran']\n---\n")),
        Hostile("10-fences.md", about(10, "x", above="---\ntitle: [\n---\n---\ntitle: <script>\n---\n---\n") + "\n---\ntitle: late\n---\n"),
        Hostile("11-controls.md", about(11, "".join(map(chr, (*range(1, 32), *range(127, 160)))) + "\x1b[2J\x1b]0;x\x07 end.")),
        Hostile("12-nul.txt", about(12, "a\0b"), "NUL"),
        Hostile("13-late-nul.md", about(13, "word " * 50_000 + "\0 end.")),
        Hostile("14-bidi.md", about(14, "\u202eevitcepsrep\u202c \u2066\u2067x\u2069 \u200f\u061c (\u202d10 mg\u202c).",
                above="---\ntitle: '\u202eeltit\u2066'\npublisher: '\u202ex'\n---\n")),
        Hostile("15-invisible.md", about(15, "\u200b\u200d\ufeff\u00ad\U000e0041\U000e0042\ufffe\uffff\U0010ffff\ue000 a" + "\u0301" * 3_000)),
        Hostile("16-long-word.md", about(16, "a" * 100_000 + " " + "ü" * 20_000)),
        Hostile("17-headings.md", about(17, "x\n\n" + "".join(f"{'#' * (1 + n % 6)} h{n % 500}\n" for n in range(100_000)) + "end.\n")),
        Hostile("18-headings.txt", about(18, "x\n\n" + "".join(f"Is {n} so?\n\nYes.\n\n" for n in range(1_000)))),
        Hostile("19-deep-list.md", about(19, "\n\n" + "".join("  " * n + "- deeper\n" for n in range(800)))),
        Hostile("20-deep-quote.md", about(20, "\n\n" + ">" * 20_000 + " deep\n\n" + "- " * 5_000 + "deep\n")),
        Hostile("21-brackets.md", about(21, "\n\n" + "[" * 20_000 + "\n\n" + "*a **a " * 8_000 + "\n\n" + "`" * 9_999 + "a" + "``" * 5_000
                + "\n\n" + "![[](" * 5_000 + "\n\n" + "<a " * 5_000)),
        Hostile("22-long-line.md", about(22, "A sentence of it stands here. " * 1_000 + "and it goes on " * 5_000)),
        Hostile("23-line-ends.txt", about(23, "\r\r\n\u2028\u2029\x0b\x0c\x85" * 1_000 + "\n" * 20_000 + "end.").replace("\n\n", "\r\r")),
        Hostile("24-utf-16.md", about(24, EVERYTHING).encode("utf-16")),
        Hostile("25-utf-32.txt", about(25, EVERYTHING).encode("utf-32")),
        Hostile("26-utf-7.txt", about(26, f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-")),
        Hostile("27-latin-1.txt", about(27, "Größe, naïveté, señor, über, façade. " * 20).encode("latin-1")),
        Hostile("28-overlong.txt", about(28, "x").encode() + b"\xc0\xbcscript\xc0\xbe \xed\xa0\x80\xed\xb0\x80 \xf5\x80\x80\x80 \xff\xfe", "encoding"),
        Hostile("29-binary.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, "not text"),
        Hostile("30-empty.md", "", "empty"),
        Hostile("31-mark-only.md", "\ufeff", "empty"),
        Hostile("32-large.txt", about(32, "large " * 1_700_000), "bytes, more than"),
        Hostile("33-table.md", about(33, "\n\n" + "|a" * 3_000 + "|\n" + "|-" * 3_000 + "|\n" + ("|b" * 3_000 + "|\n") * 3)),
        Hostile("34-references.md", about(34, "\n\n" + "".join(f"[r{n}]: https://a.example/{n}\n" for n in range(1_000)) + "\n[r1] [r2][r3]\n")),
        Hostile("35-include.md", about(35, "{{ config }} {% include '../secret.txt' %} <!--#include file='../secret.txt'--> "
                "<?php readfile('../secret.txt') ?> %(x)s {0.__class__} $(cat ../secret.txt) `cat ../secret.txt` "
                "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y; ![](../secret.txt) {{#include ../secret.txt}}")),
        Hostile("36-sidecar.md", about(36, "x")),
        Hostile("37-numbers.md", about(37, "9" * 50_000 + " 1e999 -0 NaN " + "1." * 20_000)),
        *_names(40),
        Hostile(b"60-\xff\xfe.md", about(60, "x"), "not UTF-8"),
    ]  # fmt: skip


EXECUTED = "ran"
"""A file that is there once something of a document was executed by the program."""


def write_corpus(folder: Path) -> Mapping[str, str | None]:
    """Write the corpus and what lies beside it. Returns why each file is refused, by name (None: it is indexed)."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (folder / "secret.txt").write_text(f"# Secret\n\n{SECRET} is {SECRET}.\n", "utf-8")
    (folder / "secret.toml").write_text(f'title = "{SECRET}"\n', "utf-8")
    (folder / "outside").mkdir()
    (folder / "outside" / "page.md").write_text(f"# Secret\n\n{SECRET} is {SECRET}.\n", "utf-8")
    expected: dict[str, str | None] = {}
    for document in documents():
        data = document.data.encode() if isinstance(document.data, str) else document.data
        name = os.fsdecode(document.name)
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        expected[name.encode("utf-8", "replace").decode()] = document.refused
    (corpus / "36-sidecar.md.meta.toml").write_text(
        f'title = """{EVERYTHING}"""\nurl = "data:text/html,x"\n', "utf-8"
    )
    for link, target, refused in (
        ("70-link-out.txt", folder / "secret.txt", "leads out of the corpus folder"),
        ("71-link-up.md", Path("../secret.txt"), "leads out of the corpus folder"),
        ("72-passwd.txt", Path("/etc/passwd"), "leads out of the corpus folder"),
        ("73-folder", folder / "outside", "link to a folder"),
        ("74-loop.md", Path("74-loop.md"), "link to nothing"),
        ("75-nothing.md", Path("nowhere.md"), "link to nothing"),
        ("76-memory.txt", Path("/proc/self/environ"), "leads out of the corpus folder"),
    ):
        (corpus / link).symlink_to(target)
        expected[link] = refused
    (corpus / "77-folder.md").mkdir()
    expected["77-folder.md"] = "folder, not a document"
    os.mkfifo(corpus / "78-pipe.txt")
    expected["78-pipe.txt"] = "not a regular file"
    (corpus / "79-sidecar-out.md").write_text(about(79, "x"), "utf-8")
    (corpus / "79-sidecar-out.md.meta.toml").symlink_to(folder / "secret.toml")
    expected["79-sidecar-out.md"] = "sidecar"
    return expected
