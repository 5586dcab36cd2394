"""Put the widget's modules together into the one classic script that a page loads."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'import \{ (?P<names>\w+(?:, \w+)*) \} from "\./(?P<file>[\w.-]+\.js)";')
_NAMED = re.compile(r"(?P<export>export )?(?:async )?(?:function\*?|class|const|let|var) (?P<name>\w+)")
_MODULE_WORD = re.compile(r"(?:import|export)\b")
_STYLES = re.compile(r"(?<=^const STYLES = `).*?(?=`;$)", re.DOTALL | re.MULTILINE)


def assemble(folder: Path, entry: str = "faq-chat.js") -> str:
    """Join `entry` and what it imports, depth first, into one classic script.

    The rules that the modules keep stand in the widget's README. Raises ValueError naming what breaks one.
    """
    parts: dict[str, str] = {}
    exported: dict[str, set[str]] = {}
    owners: dict[str, str] = {}

    def visit(file: str, above: tuple[str, ...]) -> None:
        if file in above:
            raise ValueError(f"{file}: imports itself by way of {' > '.join((*above, file))}")
        if file in parts:
            return
        path = folder / file
        if not path.is_file():
            raise ValueError(f"{above[-1] if above else folder}: {file} is not there")
        lines: list[str] = []
        names: set[str] = set()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if wanted := _IMPORT.fullmatch(line):
                if any(lines):
                    raise ValueError(f"{file}:{number}: an import after other code")
                visit(wanted["file"], (*above, file))
                if missing := set(wanted["names"].split(", ")) - exported[wanted["file"]]:
                    raise ValueError(
                        f"{file}:{number}: {wanted['file']} does not export {', '.join(sorted(missing))}"
                    )
                continue
            if named := _NAMED.match(line):
                name = named["name"]
                if name in owners:
                    raise ValueError(f"{file}:{number}: {name} is also a name of {owners[name]}")
                owners[name] = file
                if named["export"]:
                    names.add(name)
                    line = line.removeprefix("export ")
            elif _MODULE_WORD.match(line):
                raise ValueError(
                    f"{file}:{number}: an import or export of a kind that cannot be joined: {line}"
                )
            lines.append(line)
        exported[file] = names
        parts[file] = "\n".join(lines).strip()

    visit(entry, ())
    script = '(() => {\n"use strict";\n\n' + "\n\n".join(parts.values()) + "\n})();\n"
    return _STYLES.sub(lambda styles: _squeezed(styles[0]), script)


def _squeezed(styles: str) -> str:
    """Say the same in a style sheet with fewer bytes; no minifier of scripts looks into it."""
    styles = re.sub(r"\s*([{};,>]|!(?=important))\s*", r"\1", styles)
    styles = re.sub(r"(?<=:) |;(?=\})|(?<=\*) (?=\+)|(?<=\+) (?=\*)", "", styles)
    styles = re.sub(r'(?<==)"([\w-]+)"(?=\])', r"\1", styles)
    # Properties that a page may set keep their names, and so does what a name only begins with.
    own = dict.fromkeys(re.findall(r"(?<=[{;])--(?!faq-chat)[\w-]+", styles))
    for number, name in enumerate(own):
        styles = re.sub(rf"{name}(?![\w-])", f"--{chr(ord('a') + number)}", styles)
    return styles.strip()
