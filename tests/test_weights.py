"""The weights are TF-IDF as scikit-learn computes it, then fields added up and saturated."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from chatbot import Chatbot, rebuild
from chatbot.index.search import candidates
from chatbot.index.weights import FIELDS, Postings, Weighting, saturate, weigh

PLAIN = Weighting(body=1.0, heading=0.0, title=0.0, context=0.0, k1=math.inf, b=0.0)
TERM = st.sampled_from(["bread", "dough", "crust", "loaf", "oven", "naïve", "𝒜", "中", "x" * 64, "saddle"])
TERMS = st.lists(TERM, max_size=12)
PASSAGES = st.lists(TERMS, min_size=1, max_size=9).filter(any)


def dense(found: Postings, passages: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return each term's weights over all passages."""
    out = {}
    for number, term in enumerate(found.terms):
        row = np.zeros(passages)
        here = slice(int(found.starts[number]), int(found.starts[number + 1]))
        assert np.all(np.diff(found.passages[here]) > 0), "passages ascend within a term"
        row[found.passages[here]] = found.weights[here]
        out[term] = row
    return out


@given(PASSAGES)
def test_without_saturation_it_is_scikit_learns_tfidf(passages: list[list[str]]) -> None:
    found = weigh([{"body": terms} for terms in passages], PLAIN)
    reference = TfidfVectorizer(analyzer=lambda terms: terms, norm=None)
    expected = reference.fit_transform(passages).toarray()
    names = reference.get_feature_names_out()
    assert sorted(found.terms) == sorted(names)
    ours = dense(found, len(passages))
    for column, name in enumerate(names):
        np.testing.assert_allclose(ours[name], expected[:, column], rtol=1e-6)
    idf = dict(zip(found.terms, found.idf.tolist(), strict=True))
    np.testing.assert_allclose([idf[name] for name in names], reference.idf_, rtol=1e-6)


@given(PASSAGES, PASSAGES, st.floats(0.5, 20.0), st.floats(0.0, 1.0))
def test_with_saturation_it_is_the_formula_written_out(
    bodies: list[list[str]], titles: list[list[str]], k1: float, b: float
) -> None:
    size = min(len(bodies), len(titles))
    fields = [
        {"body": body, "title": title} for body, title in zip(bodies[:size], titles[:size], strict=True)
    ]
    if not any(field["body"] or field["title"] for field in fields):
        return
    found = weigh(fields, Weighting(body=1.0, title=0.5, k1=k1, b=b))
    mean = max(1.0, sum(len(field["body"]) for field in fields) / size)
    ours = dense(found, size)
    assert set(ours) == {term for field in fields for terms in field.values() for term in terms}
    for term, row in ours.items():
        holding = sum(term in field["body"] or term in field["title"] for field in fields)
        idf = math.log((1 + size) / (1 + holding)) + 1
        for field, weight in zip(fields, row, strict=True):
            tf = field["body"].count(term) + 0.5 * field["title"].count(term)
            length = len(field["body"]) / mean
            expected = idf * (k1 + 1) * tf / (k1 * (1 - b + b * length) + tf) if tf else 0.0
            assert weight == pytest.approx(expected, rel=1e-5)


def test_terms_are_sorted_by_their_bytes() -> None:
    words = ["𝒜", "ｚ", "z", "é", "Z", "中", "\ufffd"]
    assert weigh([{"body": words}], PLAIN).terms == sorted(words, key=str.encode)


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_counts_by_its_weight(name: str) -> None:
    none = dict.fromkeys(FIELDS, 0.0)
    weighting = Weighting(**{**none, name: 2.5}, k1=math.inf, b=0.0)
    found = weigh([{name: ["crust", "crust"]}, {"body": ["loaf"]}], weighting)
    expected = 2 * 2.5 * (math.log(3 / 2) + 1)
    assert dense(found, 2)["crust"][0] == pytest.approx(expected, rel=1e-6)


def test_fields_add_up_before_they_are_saturated() -> None:
    weighting = Weighting(body=1.0, heading=2.0, title=0.5, context=0.25, k1=1.2, b=0.0)
    together = weigh([{name: ["crust"] for name in FIELDS}, {"body": ["loaf"]}], weighting)
    tf = 1.0 + 2.0 + 0.5 + 0.25
    expected = (math.log(3 / 2) + 1) * 2.2 * tf / (1.2 + tf)
    assert dense(together, 2)["crust"][0] == pytest.approx(expected, rel=1e-6)


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    weights = dense(weigh([{"body": ["loaf", "crust"]}, {"body": ["loaf", "oven"]}], Weighting()), 2)
    assert weights["crust"][0] > weights["loaf"][0] > 0


def test_a_longer_passage_weighs_less() -> None:
    weights = dense(weigh([{"body": ["loaf"]}, {"body": ["loaf"] + ["oven"] * 30}], Weighting(b=0.5)), 2)
    assert weights["loaf"][0] > weights["loaf"][1]


def test_passages_without_a_single_term_are_weighed_all_the_same() -> None:
    found = weigh([{"body": []}, {}], Weighting())
    assert int(found.starts[-1]) == 0
    assert len(found.starts) == len(found.terms) + 1


# ---------------------------------------------------------------------- saturation

COUNTS = np.array([0.0, 0.5, 1.0, 2.0, 10.0, 1e6])
ONES = np.ones_like(COUNTS)


def test_an_infinite_k1_leaves_counts_as_they_are() -> None:
    np.testing.assert_array_equal(saturate(COUNTS, ONES * 3, math.inf, 0.7), COUNTS)
    np.testing.assert_allclose(saturate(COUNTS[:5], ONES[:5], 1e9, 0.0), COUNTS[:5], rtol=1e-6)


def test_a_k1_of_nothing_tells_only_whether_it_is_there() -> None:
    np.testing.assert_allclose(saturate(COUNTS[1:], ONES[1:], 1e-12, 0.0), ONES[1:], rtol=1e-6)


@given(st.floats(0.01, 100.0), st.floats(0.0, 1.0), st.floats(0.0, 10.0))
def test_saturated_counts_rise_and_stay_below_the_limit(k1: float, b: float, length: float) -> None:
    saturated = saturate(COUNTS, ONES * length, k1, b)
    assert saturated[0] == 0.0 or k1 * (1 - b + b * length) == 0
    assert np.all(np.diff(saturated[1:]) >= 0)
    assert np.all(saturated[1:] <= k1 + 1 + 1e-9)
    assert saturated[-1] == pytest.approx(k1 + 1, rel=1e-2)


def test_a_count_of_one_at_the_mean_length_stays_one() -> None:
    for b in (0.0, 0.5, 1.0):
        assert saturate(np.ones(1), np.ones(1), 1.2, b)[0] == pytest.approx(1.0)


def test_without_length_normalisation_the_length_does_not_matter() -> None:
    np.testing.assert_array_equal(saturate(COUNTS, ONES, 1.2, 0.0), saturate(COUNTS, ONES * 9, 1.2, 0.0))


def test_a_document_is_about_what_stands_before_the_colon_of_its_title(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    rust = "# Rust: signs, causes and removal\n\nIron turns brown in the rain.\n"
    (tmp_path / "corpus" / "rust.md").write_text(rust)
    (tmp_path / "corpus" / "oil.md").write_text("# Oil\n\nOil floats.\n")
    rebuild(tmp_path / "corpus", tmp_path / "index")
    bot = Chatbot.open(tmp_path / "index")
    found = candidates(bot.index, bot.understood("what is rust?").query)
    assert found is not None
    assert found.ranking.about is not None
    assert [bot.index.document(n).name for n in np.flatnonzero(found.ranking.about).tolist()] == ["rust.md"]
