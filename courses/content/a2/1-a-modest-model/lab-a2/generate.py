"""Data for lab A2, *Counter demand*: made-up requests for identity cards, 47 counties, 60 months.

Synthetic, seeded, standard library only; every run writes the same file. No figure in it was ever
counted at a counter; the county codes are the official ones.

``demand.csv``: county_code, month, service, requests, in order of county and month, January 2021
to December 2025.

Planted:

* **Peaks in January and June** in every county, before schools open and before the financial year
  ends; December is low.
* **One outage**: county 023 has no requests from May to July 2024, for its line was down. Last
  year's months, copied, would forecast it again.
* **One office split**: from July 2024 four in ten requests of county 022 are counted in 021, where
  a new counter stands.
* **One trend that turns**: county 047 grew by 1.2 % a month until the end of 2023 and falls by
  1.5 % a month since, for people apply from home.
"""

import csv
import random
from pathlib import Path

SEED = 20263
FIRST_YEAR, YEARS = 2021, 5
PEAKS = {1: 1.38, 6: 1.26}
SEASON = [1.0, 1.0, 0.98, 0.93, 1.02, 1.0, 0.98, 0.95, 1.0, 0.99, 0.96, 0.74]
OUTAGE = ("023", ["2024-05", "2024-06", "2024-07"])
SPLIT = ("022", "021", "2024-07", 0.4)
TURN = ("047", "2024-01")
SET = {"001": (1900, 0.003), "022": (2200, 0.003), "047": (2600, 0.012)}  # level, growth


def month_names():
    return [f"{FIRST_YEAR + i // 12}-{i % 12 + 1:02d}" for i in range(12 * YEARS)]


def build():
    """Return the rows, by county and month."""
    rng = random.Random(SEED)
    months = month_names()
    demand = {}
    for number in range(1, 48):
        code = f"{number:03d}"
        level = 300 * 2 ** rng.uniform(0, 3)
        growth = rng.uniform(0.0, 0.006)
        level, growth = SET.get(code, (level, growth))
        for place, month in enumerate(months):
            steps = place * growth
            if code == TURN[0] and month >= TURN[1]:
                turned = months.index(TURN[1])
                steps = turned * growth - (place - turned) * 0.015
            calendar = place % 12 + 1
            expected = level * (1 + steps) * PEAKS.get(calendar, SEASON[calendar - 1])
            demand[code, month] = max(0, round(expected * rng.gauss(1, 0.05)))
    for month in OUTAGE[1]:
        demand[OUTAGE[0], month] = 0
    source, target, since, share = SPLIT
    for month in months:
        if month >= since:
            moved = round(demand[source, month] * share)
            demand[source, month] -= moved
            demand[target, month] += moved
    return [
        {"county_code": code, "month": month, "service": "identity card", "requests": requests}
        for (code, month), requests in demand.items()
    ]


def generate(folder: Path) -> None:
    """Write ``demand.csv`` into ``folder``."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = build()
    with (folder / "demand.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    generate(Path(__file__).parent)
