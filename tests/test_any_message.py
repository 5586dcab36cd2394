"""Whatever is written, and however long it is, gets a valid reply."""

from __future__ import annotations

from dataclasses import asdict, fields

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from replies import assert_valid, without_id

from chatbot import Chatbot, Reply
from chatbot.bot import LONGEST_MESSAGE

pytest_plugins = ("fixtures_bot",)

CALM = {"answer", "no_answer", "clarify"}


@settings(max_examples=120)
@given(
    st.text(max_size=120) | st.text("what is a chan puncture?'’-—.,ﾞ\u0301 \n", max_size=120),
    st.integers(1, 10),
)
@example("ﾞ", 3)
@example("chain ﾞ-ﾟ puncture", 3)
@example("\ud83d chain\udfff", 3)
@example("ﷺ ǅ İ ŉ ᾳ ½ ² ٣٫٥ 1,000 a’b’s x--y ‐", 3)
@example("\u202echain\u202c\x00", 1)
def test_any_message_gets_a_valid_reply(bicycle_bot: Chatbot, message: str, limit: int) -> None:
    reply = bicycle_bot.reply(message, limit=limit)
    assert_valid(reply, limit)
    assert set(asdict(reply)) == {field.name for field in fields(Reply)}
    assert len(bicycle_bot.search(message, 100)) <= 100


LONG = {
    "one word": "z" * 2000,
    "a question over and over": "what is a chain? " * 118,
    "unknown words": " ".join(f"zq{chr(97 + i % 26)}{chr(97 + i // 26)}vx" for i in range(300)),
    "one compound": "chain-" * 333,
    "blanks": "what is" + " " * 1980 + "a chain",
    "marks": "?!. " * 500,
    "emoji": "🚲" * 2000,
    "combining marks": "e" + "\u0301" * 1999,
    "lines": "chain\n" * 333,
    "a story": "the rider rode along the road to the town and met a friend there " * 30 + "what is a chain?",
}


@pytest.mark.parametrize("name", LONG)
def test_a_message_of_two_thousand_characters_is_answered(bicycle_bot: Chatbot, name: str) -> None:
    message = LONG[name][:LONGEST_MESSAGE]
    reply = bicycle_bot.reply(message, [{"role": "user", "content": message}] * 20)
    assert reply.kind in CALM
    assert_valid(reply)


def test_what_comes_after_two_thousand_characters_is_not_read(bicycle_bot: Chatbot) -> None:
    message = "what is a chain? " + "and " * 600
    assert without_id(bicycle_bot.reply(message[:2000] + " puncture " * 50)) == without_id(
        bicycle_bot.reply(message[:2000])
    )
