"""Hits become cited passages, and citations become lines of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chatbot.index.reader import Index
from chatbot.index.search import Hit
from chatbot.passages import page
from chatbot.reply import Citation, Context, Passage


def passage_of(index: Index, hit: Hit) -> Passage:
    """Return a hit as a passage, cited and with the sentence that answers marked."""
    stored = index.passage(hit.passage)
    document = index.document(stored.document)
    context = Context(*stored.context) if stored.context else None
    return Passage(
        id=stored.id,
        text=stored.text,
        format="markdown" if document.format == "markdown" and _has_marks(stored.text) else "text",
        highlights=(index.sentence_place(hit.passage, hit.sentence),),
        context=context,
        score=round(math.log1p(hit.score), 4),
        citation=Citation(
            document=document.name,
            title=document.title,
            section=stored.section,
            publisher=document.facts["publisher"],
            author=document.facts["author"],
            url=document.facts["url"],
            reviewed=document.facts["reviewed"],
            page=page(document.name, stored.id),
            start=stored.start,
            end=stored.end,
        ),
    )


def cited_text(passages: Sequence[Passage]) -> str:
    """Return passages as plain text, each with where it stands."""
    return "\n\n".join(
        (f"{passage.context.text}\n" if passage.context else "")
        + f"{passage.text}\n— {source_line(passage.citation)}"
        for passage in passages
    )


def source_line(citation: Citation) -> str:
    """Return a citation as one line: title, section, publisher, when it was reviewed, address or file."""
    place = " › ".join((citation.title, *citation.section))
    facts = [citation.publisher, citation.reviewed and f"reviewed {citation.reviewed}"]
    stated = ", ".join(fact for fact in facts if fact)
    return f"{place}{f' ({stated})' if stated else ''}, {citation.url or citation.document}"


def _has_marks(text: str) -> bool:
    return any(mark in text for mark in "*_`[]#|>") or text.lstrip()[:2] in {"- ", "+ "} or "\n- " in text
