"""One turn, top to bottom: triage, understand, search, decide, reply."""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from chatbot import wording
from chatbot.confidence import answerable, confidence, model, weigh_evidence
from chatbot.explanation import explained
from chatbot.index.judging import Weights
from chatbot.index.ranking import Scoring
from chatbot.index.reader import Index
from chatbot.index.search import Hit, search
from chatbot.index.versions import live_folder
from chatbot.index.weights import SPECIAL_TITLE
from chatbot.passages import page
from chatbot.question.followup import complete
from chatbot.question.links import without_opening
from chatbot.question.query import Query
from chatbot.question.steps import ALL, Steps
from chatbot.question.understand import Question, Understanding
from chatbot.reply import Citation, Context, IndexVersion, Kind, Passage, Reply, Turn, turns
from chatbot.safety import Triage, triage
from chatbot.settings import Settings

LONGEST_MESSAGE = 2_000
"""Characters of a message that are read."""
_CONSIDERED = 12
_SUGGESTIONS = 3
_WORTH_ADDING = 0.02
"""A further passage is shown where its score is at least this share of the first's."""


_TIE = 0.35
"""A passage of another subject that scores at least this share of the first's may be what is meant as well."""

_NO_QUERY = Query(())


class Chatbot:
    """Answers questions by quoting the documents of one index version. Safe to share between threads."""

    def __init__(
        self,
        index: Index,
        settings: Settings | None = None,
        *,
        steps: Steps = ALL,
        scoring: Scoring | None = None,
        weights: Weights | None = None,
    ) -> None:
        """Take an open index. `steps`, `scoring` and `weights` are for measuring what each step and weight does."""
        self.index = index
        self.settings = settings or Settings()
        self._understanding = Understanding(index, steps)
        self._scoring = scoring
        self._weights = weights

    @classmethod
    def open(cls, index: str | Path = "index", settings: Settings | None = None) -> Chatbot:
        """Open the live version of an index folder. Raises NoIndex, DamagedIndex."""
        return cls(Index(live_folder(Path(index))), settings)

    def search(
        self, question: str, limit: int = 10, history: Sequence[Turn | Mapping[str, Any]] = ()
    ) -> list[Passage]:
        """Return the best passages for a question, best first: no triage, no abstention."""
        understood = self.understood(question, turns(history))
        hits = search(self.index, understood.query, max(0, limit), self._scoring, self._weights)
        return [self._passage(hit) for hit in hits]

    def reply(
        self,
        message: str,
        history: Sequence[Turn | Mapping[str, Any]] = (),
        *,
        limit: int = 3,
        explain: bool = False,
    ) -> Reply:
        """Answer one message; `limit` bounds the passages. `explain` adds how the answer was found."""
        message = message[:LONGEST_MESSAGE]
        limit = max(1, limit)
        past = turns(history)
        seen = triage(message, past)
        told: dict[str, Any] = {"triage": {"label": seen.label, "confidence": seen.confidence}}
        told["triage"]["reasons"] = list(seen.reasons)
        if seen.label in {"emergency", "crisis", "smalltalk"}:
            return self._own_words(message, seen, told if explain else None)
        question = self.understood(message, past)
        hits = search(self.index, question.query, max(_CONSIDERED, limit), self._scoring, self._weights)
        answered, sure = self._sure(question, hits, told)
        explanation = told | explained(question, hits, self.index, self._weights) if explain else None
        if seen.label == "personal_advice":
            return self._refusal(question, hits, sure, limit, seen, explanation)
        if answered < model().floor:
            return self._no_answer(question, hits, seen, explanation)
        if choices := self._choices(question, hits):
            said = wording.words(seen.language)["clarify"]["text"]
            return self._reply("clarify", said, (), question, explanation, suggestions=choices)
        return self._answer(question, hits, sure, limit, explanation)

    def understood(self, message: str, past: Sequence[Turn] = ()) -> Question:
        """Return what is understood of a message and what came before it."""
        question = self._understanding.understand(without_opening(message) if past else message)
        return complete(message, question, past, self.index, self._understanding)[0]

    def _sure(self, question: Question, hits: list[Hit], told: dict[str, Any]) -> tuple[float, float]:
        """Return how likely the documents answer at all, and the first hit does."""
        if not hits:
            return 0.0, 0.0
        evidence = weigh_evidence(self.index, question.query, hits)
        answered = answerable(evidence)
        sure = min(answered, confidence(evidence))
        told["confidence"] = {
            "value": round(sure, 4),
            "answerable": round(answered, 4),
            "floor": model().floor,
            "evidence": {name: round(getattr(evidence, name), 4) for name in evidence.__dataclass_fields__},
        }
        return answered, sure

    # ------------------------------------------------------------------ the kinds of reply

    def _answer(
        self,
        question: Question,
        hits: list[Hit],
        sure: float,
        limit: int,
        explanation: Mapping[str, Any] | None,
    ) -> Reply:
        passages = self._worth_showing(hits, limit)
        return self._reply(
            "answer",
            cited_text(passages[:1]),
            passages,
            question,
            explanation,
            sure=round(sure, 4),
            suggestions=self._beside(hits),
        )

    def _refusal(
        self,
        question: Question,
        hits: list[Hit],
        sure: float,
        limit: int,
        seen: Triage,
        explanation: Mapping[str, Any] | None,
    ) -> Reply:
        said = wording.words(seen.language)["refusal"]
        parts = [said["text"]]
        if self.settings.contact:
            parts.append(f"{said['contact']}\n{wording.help_lines(self.settings.contact)}")
        passages = self._worth_showing(hits, limit) if sure >= model().general_floor else ()
        if passages:
            parts.append(f"{said['general']}\n{cited_text(passages[:1])}")
        return self._reply("refusal", "\n\n".join(parts), passages, question, explanation)

    def _no_answer(
        self, question: Question, hits: list[Hit], seen: Triage, explanation: Mapping[str, Any] | None
    ) -> Reply:
        said = wording.words(seen.language)["no_answer"]
        asked = any(group.needed for group in question.query.groups)
        near = self._headings(hits) if asked else ()
        text = said["text"] if asked else said["nothing_asked"]
        if near:
            text += f"\n\n{said['nearest']}\n" + "\n".join(f"• {heading}" for heading in near)
        return self._reply("no_answer", text, (), question, explanation, suggestions=near)

    def _own_words(self, message: str, seen: Triage, explanation: Mapping[str, Any] | None) -> Reply:
        lines = self.settings.emergency_numbers if seen.label == "emergency" else self.settings.crisis_lines
        kind: Kind
        if seen.label == "smalltalk":
            kind = "smalltalk"
            text = wording.words(seen.language)["smalltalk"][seen.smalltalk or "greeting"]
        else:
            kind = "emergency" if seen.label == "emergency" else "crisis"
            text = wording.danger(kind, lines, seen.language)
        question = Question(" ".join(message.split()), (), _NO_QUERY, (), ())
        return self._reply(kind, text, (), question, explanation)

    def _reply(
        self,
        kind: Kind,
        text: str,
        passages: tuple[Passage, ...],
        question: Question,
        explanation: Mapping[str, Any] | None,
        sure: float | None = None,
        suggestions: tuple[str, ...] = (),
    ) -> Reply:
        manifest = self.index.manifest
        return Reply(
            id=uuid.uuid4().hex,
            kind=kind,
            text=text,
            passages=passages,
            confidence=sure,
            question=question.text,
            corrections=question.corrections,
            suggestions=suggestions,
            index=IndexVersion(manifest.version, manifest.built_at),
            explanation=explanation,
        )

    def _choices(self, question: Question, hits: list[Hit]) -> tuple[str, ...]:
        """Return what a question may mean that names no subject, where different ones answer it about as well."""
        cues = {place for found in question.asked for place in found.places}
        if not cues or any(
            group.needed and group.word not in _words_at(question, cues) for group in question.query.groups
        ):
            return ()
        titles: dict[str, None] = {}
        for hit in hits:
            if hit.score < _TIE * hits[0].score:
                break
            number = int(self.index.passage_documents[hit.passage])
            if self.index.title_reach[number] < SPECIAL_TITLE:
                return ()
            titles.setdefault(self.index.document(number).title)
        asked = question.text.rstrip(" ?.!")
        return tuple(f"{asked}: {title}?" for title in titles)[:_SUGGESTIONS] if len(titles) > 1 else ()

    # ------------------------------------------------------------------ hits become passages

    def _worth_showing(self, hits: list[Hit], limit: int) -> tuple[Passage, ...]:
        """Take the first hit, and further ones that are nearly as good and quote something else."""
        least = _WORTH_ADDING * hits[0].score
        chosen: list[Hit] = []
        texts: set[str] = set()
        for hit in hits:
            if len(chosen) >= limit or (chosen and hit.score < least):
                break
            text = " ".join(self.index.passage(hit.passage).text.split())
            if text not in texts:
                texts.add(text)
                chosen.append(hit)
        return tuple(self._passage(hit) for hit in chosen)

    def _passage(self, hit: Hit) -> Passage:
        stored = self.index.passage(hit.passage)
        document = self.index.document(stored.document)
        start, end, _, _ = self.index.sentences(hit.passage)[hit.sentence]
        context = Context(*stored.context) if stored.context else None
        return Passage(
            id=stored.id,
            text=stored.text,
            format="markdown" if document.format == "markdown" and _has_marks(stored.text) else "text",
            highlights=((start, end),),
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

    def _beside(self, hits: list[Hit]) -> tuple[str, ...]:
        """Suggest the headings of other sections that were nearly as good."""
        own = self.index.section(hits[0].passage)
        return tuple(heading for heading in self._headings(hits[1:]) if heading not in own)[:_SUGGESTIONS]

    def _headings(self, hits: list[Hit]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for hit in hits:
            section = self.index.section(hit.passage)
            if section and self.index.role(hit.passage) == "body":
                found.setdefault(section[-1])
        return tuple(found)[:_SUGGESTIONS]


def _words_at(question: Question, places: Collection[int]) -> set[str]:
    words = [piece for word in question.words for piece in word.read.split()]
    return {words[place] for place in places if place < len(words)}


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
