"""One turn, top to bottom: triage, understand, search, decide, reply."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from chatbot import analysis, wording
from chatbot.citing import cited_text, passage_of
from chatbot.confidence import model
from chatbot.explanation import confidence_told, explained, triage_told
from chatbot.found import Found, find
from chatbot.index.judging import Weights
from chatbot.index.ranking import Scoring
from chatbot.index.reader import Index
from chatbot.index.search import Hit, search
from chatbot.index.versions import live_folder
from chatbot.index.weights import SPECIAL_TITLE
from chatbot.question.followup import complete
from chatbot.question.language import language_of
from chatbot.question.links import asks_of_it, asks_on, asks_source, wants_more, without_opening
from chatbot.question.nearness import read_on
from chatbot.question.query import Group, Query
from chatbot.question.several import questions_of
from chatbot.question.steps import ALL, Steps
from chatbot.question.topic import exchanges_of, names_subject, spoken_of
from chatbot.question.understand import Question, Understanding
from chatbot.reply import IndexVersion, Kind, Passage, Reply, Turn, turns
from chatbot.safety import LISTED, Triage, reads_as_verdict, triage
from chatbot.settings import Settings

LONGEST_MESSAGE = 2_000
"""Characters of a message that are read."""
_SUGGESTIONS = 3
_UNSURE = 0.4
"""An answer less likely right than this is said to be the nearest that was found."""
_SUBJECTS = 8
"""So many titles are named where it is asked what the documents are about; "…" stands for the others."""
_WORTH_ADDING = 0.005
"""A further passage is shown where its score is at least this share of the first's."""
_TIE = 0.25
"""A passage of another subject that scores at least this share of the first's may be what is meant as well."""
_NO_QUERY = Query(())
# The language of the documents is told by the beginnings of so many, each of so many characters.
_DOCUMENTS_TOLD = 50
_BEGINNING = 4_000


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
        return [passage_of(self.index, hit) for hit in hits]

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
        told: dict[str, Any] | None = {"triage": triage_told(seen)} if explain else None
        spoken = bool(past) and asks_of_it(message) and spoken_of(past, self.index, self._understanding)
        asks = spoken or (bool(past) and asks_on(message))
        asks = asks or language_of(message) not in {None, *wording.LANGUAGES}
        if seen.label == "smalltalk" and seen.confidence < LISTED and not asks:
            asks = names_subject(self.index, self._understanding.understand(message))
        if seen.label in {"emergency", "crisis"} or (seen.label == "smalltalk" and not asks):
            return self._own_words(message, seen, told)
        question = self.understood(message, past)
        found = self._found(question, limit)
        hits = found.hits
        explanation = None
        if told is not None:
            if found.evidence:
                told["confidence"] = confidence_told(found.evidence, found.answered, found.sure)
            explanation = told | explained(question, hits, self.index, self._weights)
        if past and seen.label != "personal_advice" and (asks_source(message) or wants_more(message)):
            exchanges = exchanges_of(past, self.index, self._understanding)
            read = next((exchange.shown[0] for exchange in reversed(exchanges) if exchange.shown), None)
            if read is not None and asks_source(message):
                return self._source(read, question, hits, limit, seen, explanation)
            ahead = read_on(self.index, exchanges)
            if ahead is not None:
                return self._answer(question, [Hit(ahead, 0.0, 0, 0.0, ())], 1.0, limit, seen, explanation)
        if seen.label == "personal_advice":
            return self._refusal(question, found, limit, seen, explanation)
        if each := self._of_each(message, past, limit):
            return self._answer_each(question, each, limit, explanation)
        who = asks_source(message) and bool(hits) and self.index.role(hits[0].passage) in question.query.roles
        if not found.answers and not who:
            return self._no_answer(message, question, found, seen, explanation)
        if choices := self._choices(question, hits):
            said = wording.words(seen.language)["clarify"]["text"]
            return self._reply("clarify", said, (), question, explanation, suggestions=choices)
        return self._answer(question, hits, found.sure, limit, seen, explanation)

    def _found(self, question: Question, limit: int) -> Found:
        """Search for a question, and weigh how sure its answer is."""
        return find(self.index, question, limit, self._scoring, self._weights)

    def _of_each(self, message: str, past: Sequence[Turn], limit: int) -> list[Found]:
        """Return what is found for each question of a message, where it has several and each has an answer of its own.

        A question goes on about what the ones before it name.
        """
        questions = questions_of(message)
        if len(questions) == 1:
            return []
        each: list[Found] = []
        for place, asked in enumerate(questions):
            before = [*past, *(Turn("user", earlier) for earlier in questions[:place])]
            question = self.understood(asked, before)
            found = self._found(question, limit)
            if not found.answers or found.sure < _UNSURE:
                return []
            each.append(found)
        return each if len({found.hits[0].passage for found in each}) == len(each) else []

    def understood(self, message: str, past: Sequence[Turn] = ()) -> Question:
        """Return what is understood of a message and what came before it."""
        question = self._understanding.understand(without_opening(message) if past else message)
        return complete(message, question, past, self.index, self._understanding)[0]

    @cached_property
    def _languages(self) -> tuple[str, ...]:
        """The languages of the documents, as far as their beginnings show."""
        numbers = range(min(self.index.document_count(), _DOCUMENTS_TOLD))
        texts = (self.index.document_text(self.index.document(number)) for number in numbers)
        found = (language_of(text[:_BEGINNING]) for text in texts)
        return tuple(dict.fromkeys(language for language in found if language is not None))

    @cached_property
    def _subjects(self) -> tuple[str, ...]:
        """What the titles of the documents name: the first few, then "…". A file's name is no title."""
        numbers = range(min(self.index.document_count(), _DOCUMENTS_TOLD))
        documents = (self.index.document(number) for number in numbers)
        named = [analysis.subject_of(each.title) for each in documents if each.title != Path(each.name).stem]
        subjects = tuple(dict.fromkeys(named))
        return subjects[:_SUBJECTS] + ("…",) * (len(subjects) > _SUBJECTS)

    # ------------------------------------------------------------------ the kinds of reply

    def _answer(
        self,
        question: Question,
        hits: list[Hit],
        sure: float,
        limit: int,
        seen: Triage,
        explanation: Mapping[str, Any] | None,
    ) -> Reply:
        passages = self._worth_showing(hits, limit)
        text = cited_text(passages[:1])
        if sure < _UNSURE:
            text = f"{wording.words(seen.language)['answer']['unsure']}\n\n{text}"
        return self._reply(
            "answer",
            text,
            passages,
            question,
            explanation,
            sure=round(sure, 4),
            suggestions=self._beside(hits),
        )

    def _answer_each(
        self, question: Question, each: list[Found], limit: int, explanation: Mapping[str, Any] | None
    ) -> Reply:
        """Quote the first passage of what was found for each of several questions, in their order in the text."""
        quoted = [passage_of(self.index, found.hits[0]) for found in each][:limit]
        passages = tuple(sorted(quoted, key=lambda passage: -passage.score))
        sure = round(min(found.sure for found in each), 4)
        return self._reply("answer", cited_text(quoted), passages, question, explanation, sure=sure)

    def _source(
        self,
        read: int,
        question: Question,
        hits: list[Hit],
        limit: int,
        seen: Triage,
        explanation: Mapping[str, Any] | None,
    ) -> Reply:
        """Tell where the passage just read is from: what its page says of that, else where it stands."""
        document = self.index.passage_documents[read]
        told = [
            hit
            for hit in hits
            if self.index.passage_documents[hit.passage] == document
            and self.index.role(hit.passage) in question.query.roles
        ]
        if told:
            return self._answer(question, told, 1.0, limit, seen, explanation)
        passages = (passage_of(self.index, Hit(read, 0.0, 0, 0.0, ())),)
        said = wording.words(seen.language)["answer"]["source"]
        return self._reply(
            "answer", f"{said}\n\n{cited_text(passages)}", passages, question, explanation, sure=1.0
        )

    def _refusal(
        self,
        question: Question,
        found: Found,
        limit: int,
        seen: Triage,
        explanation: Mapping[str, Any] | None,
    ) -> Reply:
        said = wording.words(seen.language)["refusal"]
        parts = [said["text"]]
        if self.settings.contact:
            parts.append(f"{said['contact']}\n{wording.help_lines(self.settings.contact)}")
        shown = self._worth_showing(found.hits, limit) if found.sure >= model().general_floor else ()
        # What the documents tell their readers to do is no hint for this one; without the best the rest say little.
        passages = tuple(passage for passage in shown if not reads_as_verdict(passage.text))
        if passages[:1] != shown[:1]:
            passages = ()
        near = () if passages or not found.answers else self._headings(found.hits)
        near = tuple(heading for heading in near if not reads_as_verdict(heading))
        if passages:
            parts.append(f"{said['general']}\n{cited_text(passages[:1])}")
        if near:
            parts.append(wording.listed(said["sections"], near))
        return self._reply("refusal", "\n\n".join(parts), passages, question, explanation, suggestions=near)

    def _no_answer(
        self,
        message: str,
        question: Question,
        found: Found,
        seen: Triage,
        explanation: Mapping[str, Any] | None,
    ) -> Reply:
        asked_in = language_of(message)
        if asked_in is not None and self._languages and asked_in not in self._languages:
            text = wording.other_language(asked_in, self._languages)
            return self._reply("no_answer", text, (), question, explanation)
        said = wording.words(seen.language)["no_answer"]
        asked = any(group.needed for group in question.query.groups)
        far = not any(self._headed(group) for group in question.query.groups if group.needed)
        near = (self._subjects if far else self._headings(found.hits)) if asked else ()
        text = said["text"] if asked else said["nothing_asked"]
        if near:
            text += f"\n\n{wording.listed(said['about' if far else 'nearest'], near)}"
        return self._reply("no_answer", text, (), question, explanation, suggestions=near[:_SUGGESTIONS])

    def _own_words(self, message: str, seen: Triage, explanation: Mapping[str, Any] | None) -> Reply:
        lines = self.settings.emergency_numbers if seen.label == "emergency" else self.settings.crisis_lines
        kind: Kind
        if seen.label == "smalltalk":
            kind = "smalltalk"
            talk = seen.smalltalk or "greeting"
            text = wording.small_talk(talk, seen.language, self._subjects, self.settings)
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
            titles.setdefault(analysis.subject_of(self.index.document(number).title))
        asked = question.text.rstrip(" ?.!")
        return tuple(f"{asked} ({title})?" for title in titles)[:_SUGGESTIONS] if len(titles) > 1 else ()

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
        return tuple(passage_of(self.index, hit) for hit in chosen)

    def _beside(self, hits: list[Hit]) -> tuple[str, ...]:
        """Suggest the headings of other sections that were nearly as good."""
        own = self.index.section(hits[0].passage)
        return tuple(heading for heading in self._headings(hits[1:]) if heading not in own)[:_SUGGESTIONS]

    def _headed(self, group: Group) -> bool:
        """Say whether a title or a heading has a word, or what may stand for it."""
        terms = (term for alternative in group.alternatives for term in alternative.terms)
        return any(self.index.term(term) in self.index.heading_terms for term in terms)

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
