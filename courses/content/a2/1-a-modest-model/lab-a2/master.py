# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab A2: Counter demand
#
# How many people will come to the counters for an identity card next year, and how many officers must stand there? You have five years of made-up figures, month by month, for 47 counties.
#
# In each answer cell:
#
# 1. write what is asked, in the marked place;
# 2. delete the line `raise NotImplementedError()`;
# 3. press **Shift + Enter**, then run the test cell below it.
#
# No message under a test cell means that the visible part passed. When you hand in, your functions are also tried on **other counters** that you have not seen: with other peaks, and with a future that was changed to see whether you had looked at it.

# %% nbgrader={"grade": false, "grade_id": "start", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
import math

import numpy as np
import pandas as pd

demand = pd.read_csv("demand.csv", dtype={"county_code": str})  # as text: 001 is a code
months = sorted(demand["month"].unique())
wide = demand.pivot(index="month", columns="county_code", values="requests")
series = {code: wide[code].astype(float).tolist() for code in wide.columns}
print(len(series), "counties,", len(months), "months, from", months[0], "to", months[-1])

# %% [markdown]
# ## Part 1. See before you compute (3 points)
#
# Three views. The first: an average year, all counties together; 1.00 is an ordinary month.

# %% nbgrader={"grade": false, "grade_id": "views", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
by_year = wide.groupby(wide.index.str[:4]).sum().sum(axis=1)
index = pd.Series(
    {
        f"{month:02d}": np.mean(
            [wide.loc[f"{year}-{month:02d}"].sum() / by_year[year] * 12 for year in by_year.index]
        )
        for month in range(1, 13)
    }
)
print("An average year")
for month, value in index.items():
    print(f"month {month}  {value:.2f}  {'#' * round(value * 20)}")

print("\nCounties with months in which nobody came")
for code in wide:
    empty = [month for month in months if wide.loc[month, code] == 0]
    if empty:
        print("county", code, "in", ", ".join(empty))

half = wide.groupby(wide.index.str[:4] + np.where(wide.index.str[5:] > "06", " b", " a")).sum()
change = (half.loc["2025 a"] / half.loc["2024 a"] - 1) * 100
before = (half.loc["2023 b"] / half.loc["2022 b"] - 1) * 100
print("\nFirst half of 2025 against first half of 2024, the largest changes in per cent")
print("(beside it: second half of 2023 against second half of 2022)")
for code in change.sort_values().index[[0, 1, 2, -3, -2, -1]]:
    print(f"county {code}  {change[code]:6.1f}  {before[code]:6.1f}")

# %% [markdown]
# A county's own five years: change the code and run the cell again.

# %%
code = "047"
year_table = pd.DataFrame({year: wide.loc[f"{year}-01":f"{year}-12", code].tolist() for year in range(2021, 2026)}, index=[f"month {m:02d}" for m in range(1, 13)])  # fmt: skip
print(year_table.to_string())

# %% [markdown]
# The same for four counties as lines. Whoever cannot see them reads the tables: nothing stands in the chart that is not in them.

# %%
chart = wide[["001", "022", "023", "047"]].plot(
    figsize=(9, 4), title="Requests a month in four counties", xlabel="month", ylabel="requests"
)

# %% [markdown]
# Fill in what you saw:
#
# - `peak_months`: the two months, as numbers 1 to 12, in which most people come;
# - `outage_county`: the county in which demand did not vanish, the *line* did;
# - `split_from` and `split_to`: the county whose requests fell when a new counter opened next door, and the one that counts them now;
# - `turned_county`: the county that grew for years and has been falling since the start of 2024, without any such reason in the offices.
#
# County codes are text of three digits, for example `"001"`.

# %% nbgrader={"grade": false, "grade_id": "seen", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
peak_months = []
outage_county = ""
split_from, split_to = "", ""
turned_county = ""
### BEGIN SOLUTION
peak_months = [1, 6]
outage_county = "023"
split_from, split_to = "022", "021"
turned_county = "047"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_seen", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
assert len(peak_months) == 2 and all(1 <= month <= 12 for month in peak_months), (
    "peak_months holds two numbers from 1 to 12."
)
for name in (outage_county, split_from, split_to, turned_county):
    assert name in series, f"'{name}' is not the code of a county. Codes are text: \"001\"."
### BEGIN HIDDEN TESTS
assert sorted(peak_months) == sorted(int(month) for month in index.nlargest(2).index)
assert wide[outage_county].min() == 0
assert (split_from, split_to) == ("022", "021")
assert turned_county == "047"
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. A baseline, and a measure (3 points)
#
# `seasonal_naive(history, ahead)`: the plainest honest forecast. Each of the next `ahead` months is what the **same month one year before** was. `history` is a list of numbers, the last month last. If `ahead` is more than 12, the last known year is used again.
#
# `mae(actual, forecast)`: the mean absolute error: by how many requests a forecast is off in an ordinary month, whether above or below.


# %% nbgrader={"grade": false, "grade_id": "baseline", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def seasonal_naive(history, ahead=12):
    """The same months of the last known year."""
    ### BEGIN SOLUTION
    return [history[-12 + place % 12] for place in range(ahead)]
    ### END SOLUTION


def mae(actual, forecast):
    """The mean of the distances between what came and what was forecast."""
    ### BEGIN SOLUTION
    return float(np.mean(np.abs(np.asarray(actual) - np.asarray(forecast))))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_baseline", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
two_years = [float(n) for n in range(1, 25)]
assert list(seasonal_naive(two_years)) == two_years[12:], (
    "After two years 1 … 24 the next year is forecast as 13 … 24: January as last January."
)
assert abs(mae([10, 20], [12, 18]) - 2) < 1e-9, "Two too many and two too few: off by 2 on average."
### BEGIN HIDDEN TESTS
odd = [5.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]
assert list(seasonal_naive(odd)) == odd[-12:]
assert list(seasonal_naive(odd, 3)) == odd[-12:-9]
assert list(seasonal_naive(odd, 15)) == odd[-12:] + odd[-12:-9]
assert list(seasonal_naive([99.0] * 40 + odd[-12:])) == odd[-12:]
assert abs(mae([100, 0, 50], [70, 40, 50]) - 70 / 3) < 1e-9
assert abs(mae([3, 3], [0, 6]) - 3) < 1e-9  # errors above and below do not cancel out
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3. A modest model (4 points)
#
# The baseline knows the season and no growth. Write `model(history)`: the next **12** months, from `history` and nothing else. One way that is good enough:
#
# 1. **Season.** For each month of the calendar: its value divided by the mean of its own year, averaged over the years.
# 2. **Level and growth.** `level` is the mean of the last 12 months; `growth` is that divided by the mean of the 12 months before them. Keep it between 0.8 and 1.25, so that one odd year does not run away.
# 3. **Forecast.** `level * growth` times the season of the month.
#
# `history` always holds whole years, January first, at least two. **A month with 0 is an outage: leave it out of every mean** (`np.nan` in its place, and `np.nanmean`). No forecast is below 0.


# %% nbgrader={"grade": false, "grade_id": "model", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def model(history):
    """The next 12 months."""
    ### BEGIN SOLUTION
    values = np.array(history, dtype=float)
    values[values == 0] = np.nan
    years = values.reshape(-1, 12)
    season = np.nanmean(years / np.nanmean(years, axis=1, keepdims=True), axis=0)
    level = np.nanmean(years[-1] / season)
    growth = np.clip(level / np.nanmean(years[-2] / season), 0.8, 1.25)
    return [float(value) for value in np.maximum(0, level * growth * season)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_model", "locked": true, "points": 4, "schema_version": 3, "solution": false, "cell_type": "code"}
made = [float(x) for x in model(series["001"])]
assert len(made) == 12, "model returns 12 numbers, one for each month."
assert all(math.isfinite(value) and value >= 0 for value in made), (
    "Each number is finite and not below 0. Is there a mean of nothing in it?"
)
growing = [100 * (1 + 0.1 * (place // 12)) for place in range(48)]
assert mae([140] * 12, model(growing)) < mae([140] * 12, growing[-12:]), (
    "On a counter that grows by 10 a year, the model should be nearer than last year's figures."
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(4711)
shape = np.array([0.8, 0.9, 1.6, 1.0, 0.9, 0.8, 0.9, 1.0, 1.5, 0.9, 0.9, 0.8])
of_model, of_naive = [], []
for _ in range(12):  # other counters, whose peaks are in March and September
    level, growth = rng.uniform(200, 900), rng.uniform(1.08, 1.16)
    whole = [
        float(level * growth ** (place / 12) * shape[place % 12] * rng.normal(1, 0.03))
        for place in range(60)
    ]
    of_model.append(mae(whole[48:], model(whole[:48])))
    of_naive.append(mae(whole[48:], whole[36:48]))
assert np.mean(of_model) < 0.75 * np.mean(of_naive)
steady = [float(400 * value) for value in shape] * 4
gap = list(steady)
gap[40:43] = [0.0, 0.0, 0.0]
before = list(gap)
assert mae(steady[:12], model(gap)) < 25  # an outage is no demand of 0
assert gap == before  # and the list that came in is as it was
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4. A test that does not cheat (5 points)
#
# Would you have been right last year? `backtest(values)` takes 60 months, **forecasts the last 12 from the first 48 alone**, and returns a dictionary of three lists of 12 numbers: `{"actual": …, "baseline": …, "model": …}`.
#
# Whatever is computed from the last 12 months, a season or a mean, must not reach the forecast. When you hand in, we change the last year and look whether your forecast of it changes. *(3 points)*


# %% nbgrader={"grade": false, "grade_id": "backtest", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def backtest(values):
    """What came in the last 12 months, and what would have been forecast before them."""
    ### BEGIN SOLUTION
    known, actual = values[:-12], values[-12:]
    return {
        "actual": list(actual),
        "baseline": list(seasonal_naive(known)),
        "model": list(model(known)),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_backtest", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
tried = backtest(series["001"])
for part in ("actual", "baseline", "model"):
    assert part in tried, f"The dictionary lacks '{part}'."
    assert len(tried[part]) == 12, f"'{part}' should hold 12 numbers."
assert list(tried["actual"]) == series["001"][48:], (
    "'actual' is what really came in the last 12 months."
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(815)
for code in ("009", "022", "047"):
    values = list(series[code])
    changed = values[:48] + [float(x) for x in rng.uniform(0, 5000, 12)]
    first, second = backtest(values), backtest(changed)
    for part in ("baseline", "model"):
        assert np.allclose(first[part], second[part]), "the future reached the forecast"
    assert list(second["actual"]) == changed[48:]
    assert np.allclose(first["baseline"], values[36:48])
    earlier = [value * 2 for value in values[:48]] + values[48:]
    assert not np.allclose(backtest(earlier)["model"], first["model"], rtol=0.2)
### END HIDDEN TESTS

# %% [markdown]
# The next cell tests all 47 counties.

# %%
rows = []
for code, values in series.items():
    tried = backtest(values)
    rows.append(
        {
            "county_code": code,
            "mean": round(float(np.mean(tried["actual"]))),
            "baseline_mae": round(mae(tried["actual"], tried["baseline"]), 1),
            "model_mae": round(mae(tried["actual"], tried["model"]), 1),
        }
    )
table = pd.DataFrame(rows)
print(table.to_string(index=False))
print("\nAll counties: baseline off by", round(table["baseline_mae"].mean(), 1), "and model by", round(table["model_mae"].mean(), 1))  # fmt: skip

# %% [markdown]
# Fill in:
#
# - `baseline_off` and `model_off`: the mean of the two columns over all counties, as printed;
# - `model_wins`: in how many of the 47 counties is the model's error **smaller**? (`(table["model_mae"] < table["baseline_mae"]).sum()`) Report it also when it is not flattering;
# - `one_in`: the model's error in county `"001"`, in a manager's words: *off by about 1 case in …*. A whole number: the county's mean divided by its model error.
#
# *(2 points)*

# %% nbgrader={"grade": false, "grade_id": "report", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
baseline_off = -1
model_off = -1
model_wins = -1
one_in = -1
### BEGIN SOLUTION
baseline_off = float(round(table["baseline_mae"].mean(), 1))
model_off = float(round(table["model_mae"].mean(), 1))
model_wins = int((table["model_mae"] < table["baseline_mae"]).sum())
mombasa = table.set_index("county_code").loc["001"]
one_in = round(float(mombasa["mean"] / mombasa["model_mae"]))
### END SOLUTION
print(f"model better in {model_wins} of 47 counties; county 001 off by about 1 in {one_in}")

# %% nbgrader={"grade": true, "grade_id": "test_report", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert min(baseline_off, model_off, model_wins, one_in) >= 0, "Fill in all four numbers."
assert model_wins <= 47, "There are 47 counties."
### BEGIN HIDDEN TESTS
naive = {code: mae(values[48:], values[36:48]) for code, values in series.items()}
assert abs(baseline_off - np.mean(list(naive.values()))) < 0.2
own = {code: mae(values[48:], backtest(values)["model"]) for code, values in series.items()}
assert abs(model_off - np.mean(list(own.values()))) < 0.2
assert abs(model_wins - sum(own[code] < naive[code] for code in own)) <= 1
assert abs(one_in - np.mean(series["001"][48:]) / own["001"]) <= 1
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5. Not one number but two (3 points)
#
# Write `interval(history)`: two lists of 12 numbers, `low` and `high`, between which the next months should fall **about 8 times in 10**. It uses `history` alone, at least 48 months of it. One way:
#
# 1. Forecast the last 12 known months from those before them, and the 12 before them likewise. That gives 24 pairs of forecast and truth.
# 2. Divide each truth by its forecast; leave out months with 0. Take the values below which 1 in 10 and 9 in 10 of these lie (`np.quantile(ratios, [0.1, 0.9])`).
# 3. Multiply the forecast of the next 12 months by the lower one and by the upper one.
#
# An interval that holds everything says nothing; one that holds half of what comes says too much.


# %% nbgrader={"grade": false, "grade_id": "interval", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def interval(history):
    """Two lists of 12 numbers: between them the next months should fall 8 times in 10."""
    ### BEGIN SOLUTION
    ratios = []
    for end in (len(history) - 12, len(history)):
        truth, made = np.array(history[end - 12 : end]), np.array(model(history[: end - 12]))
        ratios += list((truth / made)[truth > 0])
    lower, upper = np.quantile(ratios, [0.1, 0.9])
    ahead = np.array(model(history))
    return [float(x) for x in ahead * lower], [float(x) for x in ahead * upper]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_interval", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
low, high = interval(series["001"])
assert len(low) == 12 and len(high) == 12, "interval returns two lists of 12 numbers."
assert all(0 <= a <= b for a, b in zip(low, high)), (
    "In each month low is not above high, nor below 0."
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(99)
shape = np.array([1.3, 1.0, 0.9, 0.9, 1.0, 1.3, 1.0, 0.9, 1.0, 1.0, 0.9, 0.8])
inside, widths = [], []
for spread in (0.04, 0.08, 0.12) * 12:
    level, growth = rng.uniform(200, 2000), rng.uniform(0.99, 1.06)
    whole = [
        float(level * growth ** (place / 12) * shape[place % 12] * rng.normal(1, spread))
        for place in range(72)
    ]
    low, high = (np.asarray(part, dtype=float) for part in interval(whole[:60]))
    truth = np.array(whole[60:])
    inside += list((low <= truth) & (truth <= high))
    widths.append((spread, float(np.mean((high - low) / truth))))
assert 0.65 <= np.mean(inside) <= 0.95, "not about 8 in 10"
calm = np.mean([width for spread, width in widths if spread == 0.04])
wild = np.mean([width for spread, width in widths if spread == 0.12])
assert wild > 1.5 * calm  # where months differ more, the interval is wider
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. A rota, and what to say (2 points)
#
# An officer serves 22 people a day, on 20 days a month: **440 requests a month**. A queue round the building costs more than an officer with an hour to spare, so the rota goes by the **upper** end of the interval.
#
# 1. `officers(requests)`: for a list of requests a month, the list of whole officers that can serve **all** of them; at least one, for the door is open.
# 2. `rota`: the twelve months of 2026 in county `"001"`, by the upper end of its interval. *(1 point for both)*
# 3. `manager_note`, at least 40 words with at least two figures: by how much the forecast is usually off, how many officers in the peak months, and **one county for which you would not use this forecast**, and why. *(1 point)*


# %% nbgrader={"grade": false, "grade_id": "rota", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def officers(requests):
    """How many officers serve so many requests a month."""
    ### BEGIN SOLUTION
    return [max(1, math.ceil(number / 440)) for number in requests]
    ### END SOLUTION


rota = []
manager_note = ""
### BEGIN SOLUTION
rota = officers(interval(series["001"])[1])
manager_note = (
    f"For county 001 the forecast is off by about 1 case in {one_in}, as tested on 2025. I propose "
    f"{rota[0]} officers in January and {rota[5]} in June, which are the peaks, and {min(rota)} in quiet months. "
    "I would not use it for 022, because since July 2024 a new office next door counts part of its "
    "people; it needs two more seasons or the figures of both offices together."
)
### END SOLUTION
print("County 001 in 2026: low end, forecast and high end of each month")
low_end, high_end = interval(series["001"])
for place, expected in enumerate(model(series["001"])):
    print(f"month {place + 1:02d}  {low_end[place]:5.0f}  {expected:5.0f}  {high_end[place]:5.0f}")
print("Rota:", rota)

# %% nbgrader={"grade": true, "grade_id": "test_rota", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
assert len(rota) == 12, "The rota has twelve months."
assert list(officers([440, 450])) == [1, 2], (
    "440 need one officer; 450 need two, for half an officer serves nobody."
)
### BEGIN HIDDEN TESTS
assert list(officers([0, 1, 439.5, 440.5, 880, 881, 1500])) == [1, 1, 1, 2, 2, 3, 4]
assert list(rota) == list(officers(interval(series["001"])[1]))
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_note", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
import re

note = str(manager_note)
assert len(note.split()) >= 40, "Write at least 40 words to your manager."
assert len(re.findall(r"[0-9]+", note)) >= 2, "Use at least two figures."
### BEGIN HIDDEN TESTS
assert set(re.findall(r"\b0[0-4][0-9]\b", note)) & {"021", "022", "023", "047"} or re.search(
    r"murang|kiambu|turkana|nairobi", note.lower()
)
assert len(set(note.lower().split())) >= 25
### END HIDDEN TESTS

# %% [markdown]
# ## Before you close
#
# Save with **Ctrl + S**. And look at county 023 once more: the baseline forecasts its outage again for 2025. It is not foolish. It was told that nobody came.
