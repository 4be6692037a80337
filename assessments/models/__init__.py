"""Quizzes as authored, and the ledger of attempts at them."""

from assessments.models.assessments import QuizPage
from assessments.models.attempts import Attempt, AttemptState, Outcome, Response

__all__ = ["Attempt", "AttemptState", "Outcome", "QuizPage", "Response"]
