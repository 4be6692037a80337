"""Suggested marks for short typed answers, learned from those that people gave. A person confirms each.

Pooled ridge regression on similarity to the model answer, the marks of the nearest marked answers, length and the
question's mean mark (assessments design, section 5: r = .69 with the human mark where two people agree at .60).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

MARKED_AT_LEAST = 10
NEAREST = 3
UNLIKE = 0.1  # less similar than this to every marked answer: like nothing that was marked


@dataclass(frozen=True)
class Suggestion:
    """`fraction` of the points, its usual `error`, and the nearest marked answers as (text, fraction)."""

    fraction: Decimal
    error: float
    nearest: list[tuple[str, float]]
    is_unlike: bool


def _features(similar: np.ndarray, model: np.ndarray, words: np.ndarray, marks: np.ndarray):
    """One row for each answer: `similar` is answers by marked ones, with -1 where an answer meets itself."""
    order = np.argsort(-similar, axis=1)[:, :NEAREST]
    weights = np.clip(np.take_along_axis(similar, order, axis=1), 0.01, None)
    near = (weights * marks[order]).sum(axis=1) / weights.sum(axis=1)
    return np.column_stack([model, near, np.log1p(words), np.full(len(model), marks.mean())])


def suggest_mark(
    answer: str, marked: Sequence[tuple[str, float]], model_answer: str = ""
) -> Suggestion | None:
    """Return what a person might give `answer`, or None while fewer than ten answers are marked.

    `marked` holds (text, fraction) of answers to the same question.
    """
    # heavy, and needed only by markers who ask for suggestions
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    if len(marked) < MARKED_AT_LEAST or not answer.strip():
        return None
    texts = [text for text, _fraction in marked]
    marks = np.array([fraction for _text, fraction in marked])
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    vectors = vectoriser.fit_transform([*texts, model_answer or " ".join(texts), answer])
    known, model, asked = vectors[: len(texts)], vectors[len(texts)], vectors[len(texts) + 1]
    among = np.asarray((known @ known.T).todense())
    np.fill_diagonal(among, -1)
    words = np.array([len(text.split()) for text in [*texts, answer]], dtype=float)
    to_model = np.asarray((vectors @ model.T).todense()).ravel()
    train = _features(among, to_model[: len(texts)], words[:-1], marks)
    regression = Ridge(alpha=1.0).fit(train, marks)
    similar = np.asarray((asked @ known.T).todense())
    row = _features(similar, to_model[-1:], words[-1:], marks)
    guess = float(np.clip(regression.predict(row)[0], 0, 1))
    error = float(np.sqrt(np.mean((regression.predict(train) - marks) ** 2)))
    nearest = np.argsort(-similar[0])[:NEAREST]
    return Suggestion(
        Decimal(str(round(guess, 2))),
        error,
        [(texts[place], float(marks[place])) for place in nearest],
        bool(similar.max() < UNLIKE),
    )
