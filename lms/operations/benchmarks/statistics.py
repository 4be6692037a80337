"""How long the calibration of a bank takes."""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from assessments.statistics.irt import fit

PEOPLE, QUESTIONS = 5_000, 100


def measure_calibration():
    """Seconds of processor time for 100 questions that 5,000 people answered, on one thread."""
    chance = np.random.default_rng(1)
    a, b = np.exp(chance.normal(0, 0.3, QUESTIONS)), chance.normal(0, 1, QUESTIONS)
    p = 1 / (1 + np.exp(-a * (chance.standard_normal((PEOPLE, 1)) - b)))
    answers = (chance.random((PEOPLE, QUESTIONS)) < p).astype(float)
    with threadpool_limits(1):
        begun = time.process_time()
        fit(answers)
        seconds = time.process_time() - begun
    return {"calibration_100x5000_cpu_seconds": round(seconds, 3)}
