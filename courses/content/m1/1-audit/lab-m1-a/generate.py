"""Data for lab M1-a, *Audit a screening model*: 5,000 made-up bursary applications.

Synthetic, seeded, standard library only; every run writes the same file. No applicant exists and no
such model was ever used.

``applications.csv``: id, county_type (urban, rural, asal), sex, disability_declared, device,
distance_km, income_band (1 lowest to 5), docs_complete, score, decision (1 from a score of 0.50 on),
later_verified_need (what home visits to everybody found, months later).

Planted:

* **The score never saw county_type, yet it refuses ASAL applicants.** It takes points off for a
  shared phone and for each kilometre to the office, and both stand for ASAL. Neither says anything
  about need: at the same income those who are far away need a bursary as often.
* **Overall accuracy hides it.** ASAL is one applicant in seven. About four in five decisions are
  right all in all, and a lower line changes that little, while the share of needy ASAL applicants
  who are refused falls by a third.
* **Income differs between county types too**, and is no proxy: it is what a bursary is about.
* **Small groups.** Disability was declared by three in a hundred; in ASAL that is fewer than 30.
* Sex and complete papers are spread alike everywhere.
"""

import csv
import math
import random
from pathlib import Path

SEED = 20264
ROWS = 5000
LINE = 0.5
COUNTY_TYPES = {"urban": 0.46, "rural": 0.40, "asal": 0.14}
INCOME = {
    "urban": [14, 22, 28, 22, 14],
    "rural": [24, 29, 26, 14, 7],
    "asal": [36, 32, 19, 9, 4],
}
NEED = {1: 0.96, 2: 0.86, 3: 0.30, 4: 0.08, 5: 0.02}
DEVICES = ["computer", "smartphone", "feature", "shared"]
DEVICE_SHARES = {
    "urban": [14, 66, 14, 6],
    "rural": [4, 46, 36, 14],
    "asal": [2, 16, 30, 52],
}
DEVICE_EFFECT = {"computer": 0.35, "smartphone": 0.3, "feature": 0.0, "shared": -0.9}
DISTANCE = {"urban": (4, 0.6), "rural": (13, 0.6), "asal": (48, 0.5)}
COLUMNS = [
    "id", "county_type", "sex", "disability_declared", "device", "distance_km", "income_band",
    "docs_complete", "score", "decision", "later_verified_need",
]  # fmt: skip


def build():
    """Return the applications."""
    rng = random.Random(SEED)
    rows = []
    for number in range(1, ROWS + 1):
        county_type = rng.choices(list(COUNTY_TYPES), list(COUNTY_TYPES.values()))[0]
        income = rng.choices([1, 2, 3, 4, 5], INCOME[county_type])[0]
        device = rng.choices(DEVICES, DEVICE_SHARES[county_type])[0]
        middle, spread = DISTANCE[county_type]
        distance = round(min(140, rng.lognormvariate(math.log(middle), spread)), 1)
        complete = int(rng.random() < 0.82)
        pull = 1.3 * (2.85 - income) + 0.7 * (complete - 0.82) + DEVICE_EFFECT[device]
        pull += 0.15 - 0.028 * min(distance, 90) + rng.gauss(0, 0.35)
        score = round(1 / (1 + math.exp(-pull)), 3)
        rows.append(
            {
                "id": f"B{number:04d}",
                "county_type": county_type,
                "sex": rng.choice("FM"),
                "disability_declared": "yes" if rng.random() < 0.03 else "no",
                "device": device,
                "distance_km": distance,
                "income_band": income,
                "docs_complete": complete,
                "score": score,
                "decision": int(score >= LINE),
                "later_verified_need": int(rng.random() < NEED[income]),
            }
        )
    return [{name: row[name] for name in COLUMNS} for row in rows]


def generate(folder: Path) -> None:
    """Write ``applications.csv`` into ``folder``."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = build()
    with (folder / "applications.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    generate(Path(__file__).parent)
