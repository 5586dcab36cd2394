"""What is compared: this project's search and replies, and peers over the very same passages."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from asked import Found

from chatbot import Chatbot
from chatbot.errors import MachineError, UsageError
from chatbot.index.reader import Index

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

Engine = Callable[[str, int], Iterable[Found]]
"""Takes a question and how many passages are wanted, gives them best first."""
Ranker = Callable[[str, int], Iterable[int]]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SURE = re.compile(r"\w")


def passages_of(index: Index) -> list[tuple[Found, str]]:
    """Return every passage as it is cited, and as peers index it: title, headings, list introduction, text."""
    gathered = []
    for number in range(len(index)):
        stored = index.passage(number)
        document = index.document(stored.document)
        context = stored.context[0] if stored.context else ""
        whole = "\n".join(filter(None, (document.title, *stored.section, context, stored.text)))
        gathered.append((Found(document.name, stored.text), whole))
    return gathered


def search(bot: Chatbot) -> Engine:
    """Search alone: no triage, no abstention."""
    return lambda question, count: [
        Found(hit.citation.document, hit.text) for hit in bot.search(question, limit=count)
    ]


def reply(bot: Chatbot) -> Engine:
    """The whole bot: what it does not answer is not right."""

    def ask(question: str, count: int) -> list[Found]:
        said = bot.reply(question, limit=count)
        shown = said.passages if said.kind == "answer" else ()
        return [Found(passage.citation.document, passage.text) for passage in shown]

    return ask


def bm25s_ranker(texts: Sequence[str]) -> Ranker:
    """BM25 of bm25s: Lucene's variant, English stop words, a Snowball stemmer, as its guide recommends."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")

    def tokens(of: list[str], **options: bool) -> object:
        return bm25s.tokenize(of, stopwords="en", stemmer=stemmer, show_progress=False, **options)

    ranker = bm25s.BM25()
    ranker.index(tokens(list(texts)), show_progress=False)

    def rank(question: str, count: int) -> list[int]:
        asked = tokens([question], return_ids=False)
        places, scores = ranker.retrieve(asked, k=min(count, len(texts)), show_progress=False)
        return [int(place) for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    return rank


def tfidf_ranker(texts: Sequence[str]) -> Ranker:
    """TF-IDF of scikit-learn: words and pairs of words, logarithmic counts, the cosine."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
    columns = vectorizer.fit_transform(texts).T.tocsc()

    def rank(question: str, count: int) -> list[int]:
        scores = (vectorizer.transform([question]) @ columns).toarray()[0]
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(place) for place in best if scores[place] > 0]

    return rank


def haystack_ranker(texts: Sequence[str]) -> Ranker:
    """BM25 of Haystack's in-memory document store, as it is set out of the box."""
    from haystack import Document
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore(shared=False)
    store.write_documents([Document(id=str(number), content=text) for number, text in enumerate(texts)])

    def rank(question: str, count: int) -> list[int]:
        if not SURE.search(question):
            return []
        return [int(document.id) for document in store.bm25_retrieval(question, top_k=count)]

    return rank


PEERS: dict[str, tuple[tuple[str, ...], Callable[[Sequence[str]], Ranker]]] = {
    "bm25s": (("bm25s", "Stemmer"), bm25s_ranker),
    "scikit-learn TF-IDF": (("sklearn",), tfidf_ranker),
    "Haystack BM25": (("haystack",), haystack_ranker),
}
"""By name: the modules that a peer needs, and what makes it of texts."""
OURS: dict[str, Callable[[Chatbot], Engine]] = {"chatbot search": search, "chatbot reply": reply}
NAMES = (*OURS, *PEERS)


def chosen(names: str | None) -> list[str]:
    """Return the engines asked for, all where none is named.

    Raises UsageError for an unknown one, MachineError where one is not installed.
    """
    wanted = [name.strip() for name in names.split(",")] if names else list(NAMES)
    for name in wanted:
        if name not in NAMES:
            raise UsageError(f"--engines: “{name}” is none of {', '.join(NAMES)}")
    missing = [
        name
        for name in wanted
        if name in PEERS and any(importlib.util.find_spec(module) is None for module in PEERS[name][0])
    ]
    if missing:
        place = REQUIREMENTS.relative_to(Path(__file__).parents[2])
        raise MachineError(
            f"{', '.join(missing)}: not installed; run: .venv/bin/python -m pip install -r {place} "
            "(or name the engines to measure with --engines)"
        )
    return wanted


def make(names: Sequence[str], bot: Chatbot) -> dict[str, Engine]:
    """Return the engines over the passages of a bot's index."""
    passages = passages_of(bot.index)
    texts = [whole for _, whole in passages]
    engines: dict[str, Engine] = {}
    for name in names:
        engines[name] = OURS[name](bot) if name in OURS else _over(PEERS[name][1](texts), passages)
    return engines


def _over(ranker: Ranker, passages: Sequence[tuple[Found, str]]) -> Engine:
    return lambda question, count: [passages[place][0] for place in ranker(question, count)]
