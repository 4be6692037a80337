"""Answers made up from a seed, and those to a public test."""

import numpy as np

# LSAT, section 6: 1,000 people, five questions (Bock & Lieberman 1970). How many gave each pattern, 00000 to 11111.
LSAT_6 = [
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15,
    10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
]  # fmt: skip


def lsat_6():
    rows = [
        [int(digit) for digit in f"{pattern:05b}"]
        for pattern, count in enumerate(LSAT_6)
        for _ in range(count)
    ]
    return np.array(rows, float)


def simulated(people, questions, seed=1, asked=1.0, shift=0.0):
    """Right and wrong answers under the model, with NaN where not asked; and the true a, b, θ."""
    chance = np.random.default_rng(seed)
    a = np.exp(chance.normal(0, 0.3, questions))
    b = chance.normal(0, 1, questions)
    theta = chance.standard_normal(people) + shift
    p = 1 / (1 + np.exp(-a * (theta[:, None] - b)))
    answers = (chance.random((people, questions)) < p).astype(float)
    answers[chance.random((people, questions)) > asked] = np.nan
    return answers, a, b, theta


def with_copies(people, questions, pairs, share, seed=3):
    """Options picked (0 is right), where the first of each pair took `share` of the answers of the second."""
    chance = np.random.default_rng(seed)
    right, _a, _b, theta = simulated(people, questions, seed)
    wrong = np.stack(
        [chance.choice(3, people, p=chance.dirichlet([1.5] * 3)) + 1 for _ in range(questions)], 1
    )
    picked = np.where(right == 1, 0, wrong)
    for pair in range(pairs):
        taken = chance.choice(questions, int(share * questions), replace=False)
        picked[2 * pair, taken] = picked[2 * pair + 1, taken]
    return picked, theta
