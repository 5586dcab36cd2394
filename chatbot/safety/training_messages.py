"""The messages that the triage is trained on: every example as it stands, with slips and with chat around it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.safety.asking import Span
from chatbot.safety.disturb import padded, slipped
from chatbot.safety.features import Features, features
from chatbot.safety.findings import danger, evidence
from chatbot.safety.matter import LONGEST_WHOLE
from chatbot.safety.model import LABELS
from chatbot.safety.network_training import SEED
from chatbot.safety.reading import Reading
from chatbot.safety.smalltalk import respelt
from chatbot.safety.training_examples import Example

FOLDS = 5
# So many words of chat at least stand before and after a message in chat.
PADDING = (*range(0, 61), *range(70, 151, 10))
# The chat about hard times is of this folder; in such a share of messages there is none of it.
HARD_CHAT = "said"
EVERYDAY = 0.5
# Of the sentences of this folder, which only tell what is beside the point, one in so many is a message of its own:
# more would say too much of what messages are mostly about.
BESIDE_THE_POINT = "chatter"
EVERY_CHAT = 4
CHAT = "chat"
# Of so many examples one is weighed in this form too.
EVERY = {"slipped": 2, "padded": 2}


@dataclass(frozen=True)
class Message:
    """A message ready to learn from: its words, features, what the rules told, what it asks, label and fold.

    `reading` is kept of long ones, of which a part is weighed. Of the kind `CHAT` are those that only tell chatter.
    """

    words: tuple[str, ...]
    features: Features
    told: tuple[str, ...]
    asked: tuple[Span, ...]
    label: int
    fold: int
    example: int
    kind: str
    reading: Reading | None = None


def prepared(examples: Sequence[Example]) -> list[Message]:
    """Return every example as it stands, with slips and with chat around it, in folds by situation."""
    chance = random.Random(SEED)
    situations = sorted({example.situation for example in examples})
    chance.shuffle(situations)
    fold_of = {name: place % FOLDS for place, name in enumerate(situations)}
    chat = chat_around(examples, fold_of)
    found = []
    for number, example in enumerate(examples):
        before, after = chance.choice(PADDING), chance.choice(PADDING)
        around = chat[example.language, fold_of[example.situation], chance.random() < EVERYDAY]
        variants = {
            "plain": example.text,
            "slipped": slipped(example.text, chance),
            "padded": padded(example.text, around, chance, before, after),
        }
        if example.folder == BESIDE_THE_POINT and number % EVERY_CHAT:
            variants = {CHAT: example.text}
        for kind, text in variants.items():
            every = EVERY.get(kind, 1)
            if kind not in {"plain", CHAT} and (text == example.text or number % every):
                continue
            # Small talk is all that is said.
            if kind == "padded" and example.label == "smalltalk":
                continue
            reading = respelt(Reading(text))
            words = tuple(reading.words)
            seen = evidence(reading, example.language, danger(reading))
            label = LABELS.index(example.label)
            fold = fold_of[example.situation]
            kept = reading if len(words) > LONGEST_WHOLE else None
            found.append(
                Message(words, features(words), seen.told, seen.asked, label, fold, number, kind, kept)
            )
    return found


def chat_around(
    examples: Sequence[Example], fold_of: Mapping[str, int]
) -> dict[tuple[str, int, bool], list[str]]:
    """Return the chat to put around a message, by language, fold and whether only everyday chat is meant.

    All of it is of the message's own fold, where there is any: what scores the message then knows the chat around it
    no better than it knows a visitor's.
    """
    chat = [example for example in examples if " chat: " in example.situation]
    found = {}
    for language in ("en", "es"):
        for everyday in (False, True):
            said = [e for e in chat if e.language == language and not (everyday and e.folder == HARD_CHAT)]
            for fold in range(FOLDS):
                own = [example.text for example in said if fold_of[example.situation] == fold]
                found[language, fold, everyday] = own or [example.text for example in said]
    return found
