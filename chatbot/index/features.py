"""What speaks for a passage and for each of its sentences: numbers that a linear model weighs.

Every number is a share (0 to 1) or a logarithm, so that the same weights serve corpora of any size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt

from chatbot.index.following import FOLLOWING_FEATURES, following
from chatbot.index.format import ROLES
from chatbot.index.ranking import Numbered, Ranking, unknown_idf
from chatbot.index.reader import Index
from chatbot.index.reading import HEADED, OWN, SENTENCES, TITLE, Meant, Reading
from chatbot.index.weights import Float32
from chatbot.question.asked import answered_below, named_bits
from chatbot.question.query import Group, Query
from chatbot.question.shapes import bits
from chatbot.question.vectors import uncommon

Int64 = npt.NDArray[np.int64]

DEFINES = bits(("definition",))
QUESTION = bits(("question",))
LEADS = bits(("question", "pointer"))
"""Sentences that lead to an answer, here or elsewhere."""
TOPICS = bits(
    (
        "cause",
        "treatment",
        "diagnosis",
        "symptom",
        "outlook",
        "inheritance",
        "research",
        "prevention",
        "stage",
    )
)
"""What a question in a text may ask for instead of what the visitor asks."""

SUMMARY = named_bits("summary")
STORY = 14
"""A question of more words tells a story: what is special to these documents is what it is about."""
_SPENT = 0.8
_ASKED = 0.3
"""What words count that only say what kind of thing is asked, and those that its answers say."""
_FAINTEST = 0.01

SENTENCE_FEATURES = (
    "said",  # the share of what is asked that it says, headings counting a little
    "near",  # the same, words that have to do with it counting too
    "alike",  # the cosine of its vector and the question's
    "shape",  # whether it has the shape of an answer to what is asked
    "shape_more",  # how much more that shape answers than others
    "defines",  # whether it begins with what is to be defined
    "leads",  # whether it is itself a question, or leads elsewhere
    "opening",  # whether it is the first of its passage
    "close",  # the share of what was typed that it says nearly
    "precise",  # the share of what it says that is asked
    "joint",  # the share of what was typed that it and the sentence before say, related words counting
    "joint_headed",  # the same, and its headings
    "fresh",  # the share of what was typed that it says and its headings do not, related words counting
)

_EVERYWHERE = (
    "first",  # the logarithm of its score in the first ranking against the best
    "heading",  # the share of what was typed that its own heading says
    "heading_precise",  # the share of its own heading that is asked
    "heading_fit",  # both together, where the heading does not ask for something else
    "heading_same",  # whether its heading says what was typed and nothing else
    "title",
    "title_precise",
    "rarest",  # the share of the most telling words that it or its headings say
    "all",  # the share of what was typed that it or its headings say
    "all_near",
    "near",  # the share of what is asked that the passage says, related words counting
    "close",
    "alike",  # the cosine of its vector and the question's
    "heading_alike",
    "heading_near",
    "said_any",  # what the words in it say, its headings counting half
    "near_mean",  # the mean over its sentences
    "best_said",  # of its best sentence
    "best_near",
    "best_alike",
    "best_shape",
    "best_shape_more",
    "best_defines",
    "most_alike",  # over its sentences
    "most_close",
    "most_precise",
    "joint_said",
    "joint_near",
    "kind",  # whether its heading asks for the kind of thing asked
    "first_below",  # whether it is the first below its heading
    "subject",  # whether its document is about what is asked
    "beyond",  # whether it is a caption, byline or source that was not asked for
    "role",  # whether it is the part of a page that was asked for
    "nearby",  # the logarithm of what its place beside what was read before counts; a follow-up has features of its own
    "length",
    "opening",  # whether it opens its document
    "shaped",  # the share of its sentences that have the shape asked
    "asks_other",  # whether it asks something else itself
    "leads",  # the share of its sentences that lead elsewhere
    "asked_sentence",  # the share of the words of the kind of thing asked that a sentence says
    "subject_shaped",  # how much of the subject a sentence of the shape asked says or stands below
    "kind_context",  # whether its heading asks for it, and the share of what was typed that title and headings say
    "other_context",  # the same where its heading asks for another kind
    "kind_read",  # whether its heading asks for it, in the document that was read before
    "other_read",  # the same where its heading asks for another kind
    "named_said",  # the share of what is named, not asked for, that it or its headings say
    "summary",  # whether it stands in a summary that was not asked for
)

SUBJECT_FEATURES = (
    "most_precise",
    "most_alike",
    "alike",
    "close",
    "most_close",
    "near",
    "shaped",
    "asked_sentence",
    "best_shape",
    "best_shape_more",
    "opening",
    "best_defines",
    "first",
    "leads",
)
"""Features that count otherwise below no heading in a document about what is asked: there a passage need not repeat
its subject, and what kind of thing it says is all that tells it from the others."""

ABOUT = ", about the subject"
PASSAGE_FEATURES = (*_EVERYWHERE, *(name + ABOUT for name in SUBJECT_FEATURES), *FOLLOWING_FEATURES)
_SUBJECT_PLACES = [_EVERYWHERE.index(name) for name in SUBJECT_FEATURES]


@dataclass(frozen=True, slots=True)
class Features:
    """`passages` (C, PASSAGE_FEATURES), `sentences` (S, SENTENCE_FEATURES), and each passage's best sentence,
    counted from its first, as the sentence weights choose it (C)."""

    passages: Float32
    sentences: Float32
    best: Int64


def importance(index: Index, query: Query, numbered: Numbered, meant: Meant) -> Float32:
    """Return what each group of a query counts (G): its weight, how much it tells, what it is there for."""
    groups = query.groups
    story = sum(1 for group in groups if not group.asked) > STORY
    return np.asarray(
        [
            _counts(index, group, numbers, rarity, story)
            for group, numbers, rarity in zip(groups, numbered, meant.rarity.tolist(), strict=True)
        ],
        np.float32,
    )


def _counts(
    index: Index, group: Group, numbers: list[tuple[tuple[int, ...], float]], rarity: float, story: bool
) -> float:
    known = [number for found, _ in numbers[:1] for number in found]
    idf = max((float(index.idf[number]) for number in known), default=unknown_idf(index))
    weight = group.weight
    if story and not group.asked and known and group.alternatives[0].origin == "typed":
        weight = max(weight, 0.7 * max(float(index.affinity[number]) for number in known))
    elif not group.needed:
        weight *= _ASKED if group.asked else _SPENT
    return weight * idf * uncommon(rarity)


def features(
    index: Index,
    query: Query,
    ranking: Ranking,
    passages: Int64,
    reading: Reading,
    counts: Float32,
    sentence_weights: Float32,
) -> Features:
    """Return the features of some passages; `counts` (G) is what each group of the query counts."""
    asked = np.asarray([group.asked for group in query.groups], bool)
    needed = np.asarray([group.needed for group in query.groups], bool)
    share = _normal(counts)
    typed = _normal(np.where(asked, np.float32(0.0), counts))
    of_kind = _normal(asked.astype(np.float32))
    first, many = reading.first, reading.counts
    subject = (
        ranking.about[index.passage_documents[passages]]
        if ranking.about is not None
        else np.zeros(len(passages), bool)
    )

    def each(values: Float32) -> Float32:  # of passages, for each of their sentences
        return np.repeat(values, many, axis=-1)

    def most(values: npt.NDArray[np.floating]) -> Float32:  # of sentences, for each passage
        return cast(Float32, np.maximum.reduceat(values, first, axis=-1))

    def mean(values: Float32) -> Float32:
        return cast(Float32, np.add.reduceat(values, first, axis=-1) / many)

    said, near, close = (of[SENTENCES] for of in (reading.said, reading.near, reading.close))
    head, head_near = reading.said[HEADED], reading.near[HEADED]
    own, title = reading.said[OWN], reading.said[TITLE]
    shapes = reading.shapes
    bonus = np.zeros(len(shapes), np.float32)
    wanted = 0
    for shape, more in query.shapes:
        wanted |= shape
        bonus = np.maximum(bonus, np.where(shapes & shape, np.float32(more), np.float32(0.0)))
    bonus[(shapes & QUESTION) != 0] = 0.0
    leads = ((shapes & LEADS) != 0).astype(np.float32)
    opening = np.zeros(len(shapes), np.float32)
    opening[first] = 1.0
    said_before, near_before = _before(said, first), _before(near, first)
    inherited = each(np.where(subject, np.float32(0.9), np.float32(0.25)) * head)
    headed_near = each(head_near)
    inherited_near = each(np.where(subject, np.float32(0.8), np.float32(0.4)) * head_near)
    joint_near = cast(Float32, typed @ np.maximum(near, 0.8 * near_before))
    precise = reading.asked[SENTENCES] / np.maximum(reading.telling[SENTENCES], 1e-6)
    sentences = np.empty((len(shapes), len(SENTENCE_FEATURES)), np.float32)
    for place, values in enumerate(
        (
            share @ np.maximum(said, inherited),
            share @ np.maximum(near, inherited_near),
            reading.alike[SENTENCES],
            np.minimum(bonus, 1.0),
            np.maximum(bonus - 1.0, 0.0),
            _defines(index, query, passages, reading),
            leads,
            opening,
            typed @ np.maximum(close, 0.3 * each(head)),
            precise,
            joint_near,
            typed @ np.maximum(np.maximum(near, 0.8 * near_before), 0.9 * headed_near),
            typed @ (near * (1.0 - headed_near)),
        )
    ):
        sentences[:, place] = values
    column = {name: sentences[:, place] for place, name in enumerate(SENTENCE_FEATURES)}
    best = _best(sentences @ sentence_weights, first, many)
    at = first + best
    all_said, all_near, all_close = most(said), most(near), most(close)
    somewhere = np.maximum(np.maximum(all_said, head), title)
    rare = (typed >= 0.75 * typed.max(initial=0.0)) & (typed > 0)
    heading_share = typed @ own
    heading_precise = reading.asked[OWN] / np.maximum(reading.telling[OWN], 1e-6)
    sections = index.section_rows[index.passage_rows["section"][passages]]
    kinds = sections["kinds"]
    fit = (kinds & query.kinds) != 0
    another = (query.kinds != 0) & (kinds != 0) & ((kinds & answered_below(query.kinds)) == 0)
    other = another | (heading_precise < 0.9) if query.defines else another
    roles = index.roles[passages]
    plain = _role_flags(query.roles | {"body"})[roles]
    topics = np.where((shapes & QUESTION) != 0, shapes & TOPICS, 0)
    asks_other = ((topics != 0) & ((topics & wanted) == 0)).astype(np.float32) * (wanted != 0)
    of_subject = _normal(np.where(needed, counts, np.float32(0.0))) if needed.any() else typed
    naming = needed & ~np.asarray([group.asks for group in query.groups], bool)
    named = _normal(np.where(naming, counts, np.float32(0.0))) if naming.any() else typed
    above = np.maximum(reading.close[TITLE], reading.close[HEADED])
    in_context = np.maximum(np.maximum(close, 0.6 * _before(close, first)), each(np.float32(0.7) * above))
    scores = ranking.scores[passages]
    top = max(float(ranking.scores.max(initial=0.0)), 1e-9)
    in_title = typed @ _above(reading)
    read = _in_document_read(index, query, passages)
    columns: dict[str, npt.NDArray[np.generic]] = {
        "first": np.log(np.maximum(scores / top, _FAINTEST)),
        "heading": heading_share,
        "heading_precise": heading_precise,
        "heading_fit": np.where(other, 0.0, np.maximum(0.0, heading_share * heading_precise - 0.3) / 0.7),
        "heading_same": (heading_share * heading_precise) ** 4,
        "title": typed @ title,
        "title_precise": reading.asked[TITLE] / np.maximum(reading.telling[TITLE], 1e-6),
        "rarest": np.add.reduce(somewhere[rare], axis=0) / max(1, np.count_nonzero(rare)),
        "all": typed @ somewhere,
        "all_near": typed @ np.maximum(somewhere, np.maximum(all_near, 0.8 * head_near)),
        "near": share @ np.maximum(all_near, 0.6 * head_near),
        "close": typed @ all_close,
        "alike": reading.passage_alike,
        "heading_alike": reading.alike[HEADED],
        "heading_near": typed @ head_near,
        "said_any": share @ np.maximum(all_said, 0.5 * head),
        "near_mean": mean(column["near"]),
        "best_said": column["said"][at],
        "best_near": column["near"][at],
        "best_alike": column["alike"][at],
        "best_shape": column["shape"][at],
        "best_shape_more": column["shape_more"][at],
        "best_defines": column["defines"][at],
        "most_alike": most(column["alike"]),
        "most_close": most(column["close"]),
        "most_precise": most(precise),
        "joint_said": most(cast(Float32, typed @ np.maximum(said, 0.8 * said_before))),
        "joint_near": most(joint_near),
        "kind": fit,
        "first_below": (sections["passage"] == passages) & (reading.telling[OWN] > 0),
        "subject": subject,
        "beyond": ~plain,
        "role": _role_flags(query.roles)[roles],
        "nearby": _nearby(query, passages),
        "length": np.log1p(np.add.reduceat(reading.telling[SENTENCES] > 0, first) + many) / 5.0,
        "opening": _opens_document(index, passages),
        "shaped": mean(((shapes & wanted) != 0).astype(np.float32)),
        "asks_other": most(asks_other),
        "leads": mean(leads),
        "asked_sentence": most(of_kind @ close),
        "subject_shaped": most(of_subject @ in_context * np.minimum(bonus, 1.0)),
        "named_said": named @ np.maximum(all_close, above),
        "summary": ((kinds & SUMMARY) != 0) & ((query.kinds & SUMMARY) == 0),
        "kind_context": fit * in_title,
        "other_context": another * in_title,
        "kind_read": fit & read,
        "other_read": another & read,
    }
    table = np.empty((len(PASSAGE_FEATURES), len(passages)), np.float32)
    for place, name in enumerate(_EVERYWHERE):
        table[place] = columns[name]
    bare = subject & (reading.telling[OWN] == 0)
    ends = len(_EVERYWHERE) + len(SUBJECT_FEATURES)
    table[len(_EVERYWHERE) : ends] = table[_SUBJECT_PLACES] * bare
    table[ends:] = following(index, query, passages, counts, reading)
    return Features(np.ascontiguousarray(table.T), sentences, best)


def _normal(counts: Float32) -> Float32:
    total = float(counts.sum())
    return counts / np.float32(total) if total else counts


def _before(values: Float32, first: Int64) -> Float32:
    """Return what the sentence before each has (G, S); the first of a passage has none before it."""
    shifted = np.empty_like(values)
    shifted[:, 1:] = values[:, :-1]
    shifted[:, first] = 0.0
    return shifted


def _best(values: Float32, first: Int64, many: Int64) -> Int64:
    """Return the place of the highest value of each run, the first of equals."""
    highest = np.repeat(np.maximum.reduceat(values, first), many)
    places = np.where(values >= highest, np.arange(len(values)), len(values))
    return np.minimum.reduceat(places, first) - first


def _above(reading: Reading) -> Float32:
    """Return how far the title and the headings above a passage's own say each group of the query (G, C)."""
    own, headed = reading.close[OWN], reading.close[HEADED]
    return np.maximum(reading.close[TITLE], np.where(headed > own, headed, np.float32(0.0)))


def _in_document_read(index: Index, query: Query, passages: Int64) -> npt.NDArray[np.bool_]:
    """Return which passages are of the document that was read before a follow-up."""
    if query.after is None or query.after < 0:
        return np.zeros(len(passages), bool)
    return np.asarray(index.passage_documents[passages] == index.passage_documents[query.after])


def _defines(index: Index, query: Query, passages: Int64, reading: Reading) -> Float32:
    """Return which sentences begin with what is to be defined."""
    out = np.zeros(len(reading.shapes), np.float32)
    if not query.defines:
        return out
    words = {index.term(term) for term in query.defines}
    owner = np.repeat(np.arange(len(passages)), reading.counts)
    for place in np.flatnonzero(reading.shapes & DEFINES).tolist():
        position = place - int(reading.first[owner[place]])
        if words == set(index.opening(int(passages[owner[place]]), position, len(words))):
            out[place] = 1.0
    return out


@lru_cache(maxsize=256)
def _role_flags(named: frozenset[str]) -> npt.NDArray[np.bool_]:
    return np.asarray([role in named for role in ROLES], bool)


def _nearby(query: Query, passages: Int64) -> Float32:
    out = np.zeros(len(passages), np.float32)
    if query.after is not None:
        return out
    for begin, end, factor in query.nearby:
        out[(passages >= begin) & (passages < end)] += np.float32(np.log(factor))
    return out


def _opens_document(index: Index, passages: Int64) -> npt.NDArray[np.bool_]:
    documents = index.passage_documents
    before = np.maximum(passages - 1, 0)
    return np.asarray((passages == 0) | (documents[passages] != documents[before]))
