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


@dataclass(frozen=True)
class Marked:
    """Answers to one question that people marked, as (text, fraction), and its model answer."""

    answers: Sequence[tuple[str, float]]
    model_answer: str = ""


class _Question:
    """One question's marked answers as vectors of letter groups."""

    def __init__(self, marked: Marked):
        # heavy, and needed only by markers who ask for suggestions
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.texts = [text for text, _fraction in marked.answers]
        self.marks = np.array([fraction for _text, fraction in marked.answers])
        model = marked.model_answer or " ".join(self.texts)
        self.vectoriser = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True
        ).fit([*self.texts, model])
        self.known = self.vectoriser.transform(self.texts)
        self.model = self.vectoriser.transform([model])

    def similar(self, vectors) -> np.ndarray:
        return np.asarray((vectors @ self.known.T).todense())

    def rows(self, vectors, similar: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        to_model = np.asarray((vectors @ self.model.T).todense()).ravel()
        words = np.array([len(text.split()) for text in texts], dtype=float)
        return _features(similar, to_model, words, self.marks)

    def training(self) -> np.ndarray:
        """The features of the marked answers, each compared with the others alone."""
        among = self.similar(self.known)
        np.fill_diagonal(among, -1)
        return self.rows(self.known, among, self.texts)


def suggest_mark(answer: str, marked: Marked, others: Sequence[Marked] = ()) -> Suggestion | None:
    """Return what a person might give `answer`, or None while fewer than ten answers are marked.

    The features are pooled over `others`, further questions with ten marked answers or more: a regression on one
    question alone is weak.
    """
    from sklearn.linear_model import Ridge  # as above

    if len(marked.answers) < MARKED_AT_LEAST or not answer.strip():
        return None
    question = _Question(marked)
    pool = [question] + [
        _Question(other) for other in others if len(other.answers) >= MARKED_AT_LEAST
    ]
    train = np.vstack([each.training() for each in pool])
    marks = np.concatenate([each.marks for each in pool])
    regression = Ridge(alpha=1.0).fit(train, marks)
    asked = question.vectoriser.transform([answer])
    similar = question.similar(asked)
    guess = float(np.clip(regression.predict(question.rows(asked, similar, [answer]))[0], 0, 1))
    error = float(np.sqrt(np.mean((regression.predict(train) - marks) ** 2)))
    nearest = np.argsort(-similar[0])[:NEAREST]
    return Suggestion(
        Decimal(str(round(guess, 2))),
        error,
        [(question.texts[place], float(question.marks[place])) for place in nearest],
        bool(similar.max() < UNLIKE),
    )
