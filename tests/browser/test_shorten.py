"""A shortened script does what the script did, in a real browser; the widget's own is what all other tests here use."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from chatbot.server.shorten import shorten

pytestmark = pytest.mark.browser

SCRIPTS = {
    "closures and shadows": """
        const outer = 1;
        function first(value, other = value + outer) {
          const inner = [outer, value, other];
          { const value = "shadow"; inner.push(value); }
          const add = (outer) => outer + value;
          return inner.concat(add(10));
        }
        return [first(2), first(2, 3), outer];
    """,
    "patterns": """
        const take = ({ name, age: years = 7, ...rest }, [one, , two = one] = [4], ...others) =>
          ({ name, years, rest, one, two, others });
        const { length: size, 0: start } = "word";
        let last;
        for ({ last } of [{ last: 1 }, { last: 2 }]);
        for (const [key, value] of Object.entries({ a: 1 })) last += key + value;
        return [take({ name: "n", extra: 1 }), take({ age: 1 }, [1, 2, 3], 5), size, start, last];
    """,
    "classes": """
        class Base {
          #hidden = 1;
          static made = 0;
          static { Base.made = 5; }
          get hidden() { return this.#hidden; }
          set hidden(value) { this.#hidden = value; }
          async #later(value) { return value * this.#hidden; }
          later(value) { return this.#later(value); }
          has(other) { return #hidden in other; }
        }
        class Child extends Base { hidden = super.hidden + 1; made = () => this.hidden; }
        const child = new Child();
        child.hidden = 9;
        return child.later(3).then((product) => [product, child.made(), Base.made, child.has({}), child.has(child)]);
    """,
    "texts and patterns": r"""
        const count = 2, word = /** @type {string} */ ("word" && `word`), list = /** @type {any} */ (word).split("r");
        const text = `a ${count} \n\n${word}  ${`inner ${count + 1} `}  // no comment /* nor here */`;
        const found = "a-b/c".match(/[/\-]\w/g).concat("x" .replace(/x/, "const let true"));
        /* a comment */ // and another
        return [text, found, list, 'single "quotes"', "aé\u{1F600}", "a\
b"];
    """,
    "operators that must not run together": """
        let one = 1, two = 2;
        const plus = one + +two, minus = one - -two, more = one++ + ++two, less = two-- - --one;
        const half = two / /1/.source, is = "a" in { a: 1 }, kind = typeof one, not = !(one instanceof Object);
        delete one.x; void 0;
        const LIMIT = 3;
        return [plus, minus, more, less, half, is, kind, not, LIMIT.toFixed(1)];
    """,
    "statements": """
        const seen = [];
        outer: for (let index = 0; index < 5; index += 1) {
          switch (index) {
            case 1: continue outer;
            case 3: break outer;
            default: { const index = "in"; seen.push(index); }
          }
          seen.push(index);
        }
        do { seen.push("once"); } while (false);
        try { throw new TypeError("thrown"); } catch ({ message }) { seen.push(message); } finally { seen.push("end"); }
        if (seen.length) seen.push(true); else seen.push(false);
        var hoisted = late();
        function late() { return arguments.length; }
        return [...seen, hoisted, seen?.[0]?.length ?? 0, seen.missing?.()];
    """,
    "names that browsers know": """
        const e = 1, t = 2;
        const name = "own", event = { status: 1, name };
        return [e + t, name, event, typeof window.closed, [1, 2, 3].map((n) => n * e), Math.max(e, t)];
    """,
    "constants put where they are used": r"""
        const ONCE = "text", PAUSE = 1000;
        const TWICE = 5;
        const SPACE = /\s+/;
        const ALL = /a/g;
        const nested = () => TWICE + TWICE + ONCE.length;
        return [nested(), "a b  c".split(SPACE), [ALL.test("aa"), ALL.test("aa"), ALL.test("aa")], PAUSE, { ONCE }];
    """,
}  # fmt: skip


@pytest.fixture(scope="module")
def evaluate(chromium: Browser) -> Any:
    page = chromium.new_page()
    page.set_content("<p>")
    yield lambda script: page.evaluate(f"async () => JSON.stringify(await {script})")
    page.close()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_shortened_script_gives_what_the_script_gave(evaluate: Any, name: str) -> None:
    script = f'(() => {{ "use strict"; {SCRIPTS[name]} }})()'
    shorter = shorten(script)
    assert len(shorter) < len(script)
    assert evaluate(shorter) == evaluate(script)
    assert shorten(shorter) == shorten(shorten(shorter))


def test_what_others_know_it_by_keeps_its_name() -> None:
    script = 'const secret = 1; class Own { shown = secret; #kept = "secret"; get(key) { return this.#kept[key]; } }'
    shorter = shorten(script)
    assert "shown" in shorter
    assert '"secret"' in shorter
    assert "get(" in shorter
    assert not {"Own", "#kept", "key"} & set(shorter.replace("(", " ").replace(")", " ").split())


def test_a_script_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be parsed"):
        shorten("const = ;")


@pytest.mark.parametrize(
    "script", ["let one = 1\nlet two = 2;", "one()\ntwo();", "class A { one = 1\n two = 2; }"]
)
def test_a_statement_that_ends_with_its_line_alone_is_named(script: str) -> None:
    with pytest.raises(ValueError, match=r"needs its semicolon: .*one"):
        shorten(script)
