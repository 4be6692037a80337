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
# # Lab M1-a: Audit a screening model
#
# A county bursary fund bought a model. It scores each application; from 0.50 on the applicant is shortlisted. The supplier writes: *"79 % of decisions right. The model does not use the county."* Months later everybody was visited at home, so for once we know who needed the bursary (`later_verified_need`).
#
# You audit the model and write to the principal secretary.
#
# In each answer cell:
#
# 1. write what is asked, in the marked place;
# 2. delete the line `raise NotImplementedError()`;
# 3. press **Shift + Enter**, then run the test cell below it.
#
# No message under a test cell means that the visible part passed. When you hand in, your functions are also tried on **another programme's** decisions, and your figures are worked out once more.
#
# All applications are made up. `asal` is short for the arid and semi-arid lands. All shares are in **per cent**.

# %% nbgrader={"grade": false, "grade_id": "start", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
import math
import re

import numpy as np
import pandas as pd

pd.set_option("display.width", 160)
pd.set_option("display.max_columns", 20)

applications = pd.read_csv("applications.csv")
print(len(applications), "applications")
print(applications.head(6).drop(columns="id").to_string(index=False))

# %% [markdown]
# ## Part 1. The supplier's figure, and the one beside it (2 points)
#
# - `accuracy`: in what per cent of all applications does the decision agree with the need found later?
# - `shortlisted`: what per cent of all applicants were shortlisted?
# - `missed`: of those who **needed** the bursary, what per cent were refused?
#
# *Helpful:* `(a == b).mean() * 100` is the share, in per cent, in which two columns agree. `applications[applications["later_verified_need"] == 1]` keeps those in need.

# %% nbgrader={"grade": false, "grade_id": "overall", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
accuracy = -1
shortlisted = -1
missed = -1
### BEGIN SOLUTION
agrees = applications["decision"] == applications["later_verified_need"]
accuracy = float(agrees.mean() * 100)
shortlisted = float(applications["decision"].mean() * 100)
in_need = applications[applications["later_verified_need"] == 1]
missed = float((in_need["decision"] == 0).mean() * 100)
### END SOLUTION
counts = pd.crosstab(
    applications["later_verified_need"].map({1: "in need", 0: "not in need"}),
    applications["decision"].map({1: "shortlisted", 0: "refused"}),
    margins=True,
    margins_name="all",
)
print(counts.to_string(), "\n")
print(
    f"right {accuracy:.1f} %, shortlisted {shortlisted:.1f} %, missed {missed:.1f} % of those in need"
)

# %% nbgrader={"grade": true, "grade_id": "test_overall", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
for value in (accuracy, shortlisted, missed):
    assert 1 < value < 100, "Fill in all three, in per cent: 79.1, for example, and not 0.791."
### BEGIN HIDDEN TESTS
need, taken = applications["later_verified_need"] == 1, applications["decision"] == 1
assert abs(accuracy - (need == taken).mean() * 100) < 0.11
assert abs(shortlisted - taken.mean() * 100) < 0.11
assert abs(missed - (~taken)[need].mean() * 100) < 0.11
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. Group by group (6 points)
#
# Complete `audit(table, by)`. For each group it makes one row:
#
# | Column | What |
# |---|---|
# | `group` | which group (given) |
# | `people` | how many people are in it |
# | `needy` | how many of them needed the bursary |
# | `shortlisted` | per cent of its **people** who were shortlisted |
# | `accuracy` | per cent of its people on whom the decision was right |
# | `missed` | per cent of its **needy** who were refused; `float("nan")` where nobody was needy |
# | `small` | `True` if there are **fewer than 30** people in it: its shares may be chance |
#
# *Helpful:* `part["decision"].mean() * 100` · `(part["decision"] == part["later_verified_need"])` · `(needy["decision"] == 0)` · `len(part) < 30`
#
# *(4 points for the figures, 2 for the flag and the list below)*


# %% nbgrader={"grade": false, "grade_id": "audit", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def audit(table, by):
    """One row for each group of people that are alike in the columns `by`."""
    rows = []
    for values, part in table.groupby(by):
        group = " / ".join(str(value) for value in values)
        needy = part[part["later_verified_need"] == 1]
        # rows.append({"group": group, "people": len(part), ...}) with all seven columns
        ### BEGIN SOLUTION
        rows.append(
            {
                "group": group,
                "people": len(part),
                "needy": len(needy),
                "shortlisted": part["decision"].mean() * 100,
                "accuracy": (part["decision"] == part["later_verified_need"]).mean() * 100,
                "missed": (needy["decision"] == 0).mean() * 100 if len(needy) else float("nan"),
                "small": len(part) < 30,
            }
        )
        ### END SOLUTION
    return pd.DataFrame(rows)


print(audit(applications, ["county_type"]).round(1).to_string(index=False), "\n")
print(audit(applications, ["sex"]).round(1).to_string(index=False), "\n")
print(audit(applications, ["county_type", "disability_declared"]).round(1).to_string(index=False))

# %% nbgrader={"grade": true, "grade_id": "test_audit", "locked": true, "points": 4, "schema_version": 3, "solution": false, "cell_type": "code"}
made = audit(applications, ["county_type"])
for column in ("group", "people", "needy", "shortlisted", "accuracy", "missed", "small"):
    assert column in made.columns, f"The column {column} is not there."
assert sorted(made["group"]) == ["asal", "rural", "urban"], "One row for each county type."
assert made["people"].sum() == len(applications), "Each applicant is in one group."
### BEGIN HIDDEN TESTS
other = pd.DataFrame(
    {
        "region": ["north"] * 40 + ["south"] * 50 + ["lake"] * 10,
        "later_verified_need": [1] * 20 + [0] * 20 + [1] * 10 + [0] * 40 + [0] * 10,
        "decision": [1] * 5 + [0] * 30 + [1] * 5 + [1] * 9 + [0] * 37 + [1] * 4 + [0] * 10,
    }
)
made = audit(other, ["region"]).set_index("group")
assert (made["people"].to_dict()) == {"north": 40, "south": 50, "lake": 10}
assert (made["needy"].to_dict()) == {"north": 20, "south": 10, "lake": 0}
assert abs(made["shortlisted"]["north"] - 25) < 0.1 and abs(made["shortlisted"]["south"] - 26) < 0.1
assert abs(made["accuracy"]["north"] - 50) < 0.1 and abs(made["accuracy"]["south"] - 90) < 0.1
assert abs(made["missed"]["north"] - 75) < 0.1 and abs(made["missed"]["south"] - 10) < 0.1
assert made["missed"].isna()["lake"]
both = audit(applications, ["sex", "device"])
assert both["people"].sum() == len(applications) and len(both) == 8
### END HIDDEN TESTS

# %% [markdown]
# Which groups in the third table are too small to judge? Write their names as `group` writes them.

# %% nbgrader={"grade": false, "grade_id": "small_groups", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
small_groups = []
### BEGIN SOLUTION
pairs = audit(applications, ["county_type", "disability_declared"])
small_groups = list(pairs[pairs["small"]]["group"])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_small", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert len(small_groups) > 0, "There is at least one. Look at the column people."
assert all(" / " in str(group) for group in small_groups), (
    "Write the names as the table does: 'urban / no'."
)
### BEGIN HIDDEN TESTS
counts = applications.groupby(["county_type", "disability_declared"]).size()
assert sorted(small_groups) == sorted(" / ".join(key) for key in counts[counts < 30].index)
sized = pd.DataFrame({"ward": ["a"] * 29 + ["b"] * 30 + ["c"] * 31, "decision": 1})
flags = audit(sized.assign(later_verified_need=1), ["ward"]).set_index("group")["small"]
assert [bool(flags[ward]) for ward in "abc"] == [True, False, False]
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3. The model does not use the county. Does it? (3 points)
#
# The score is made from five columns: `device`, `distance_km`, `income_band`, `docs_complete` and `sex`. A **proxy** is a column that (a) stands for the group, (b) moves the score, and (c) says nothing about what the decision is for.
#
# The first table shows (a): how each column differs between county types. The second shows (b) and (c) among people of the **same income** (bands 1 and 2): how many were shortlisted, and how many were really in need.

# %% nbgrader={"grade": false, "grade_id": "columns", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
plain = applications.assign(
    distance=pd.cut(
        applications["distance_km"], [-1, 10, 30, 999], labels=["near", "middle", "far"]
    ),
    income=applications["income_band"].map(lambda band: "band 1-2" if band <= 2 else "band 3-5"),
    papers=applications["docs_complete"].map({1: "complete", 0: "not complete"}),
)
print("(a) per cent of each county type")
for column in ("device", "distance", "income", "papers", "sex"):
    shares = pd.crosstab(plain[column], plain["county_type"], normalize="columns") * 100
    for value, row in shares.iterrows():
        print(
            f"{column:<9} {value:<13} urban {row['urban']:3.0f}   rural {row['rural']:3.0f}   asal {row['asal']:3.0f}"
        )

print("\n(b) and (c) among the people of income bands 1 and 2, per cent")
poor = plain[plain["income_band"] <= 2]
for column in ("device", "distance", "papers", "sex"):
    for value, part in poor.groupby(column, observed=True):
        taken, needed = part["decision"].mean() * 100, part["later_verified_need"].mean() * 100
        print(f"{column:<9} {value:<13} shortlisted {taken:3.0f}   in need {needed:3.0f}")

# %% [markdown]
# Name the columns that work as proxies for ASAL, as they are called in the data (`distance_km`, not `distance`).

# %% nbgrader={"grade": false, "grade_id": "proxies", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
proxies = []
### BEGIN SOLUTION
proxies = ["device", "distance_km"]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_proxies", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
INPUTS = {"device", "distance_km", "income_band", "docs_complete", "sex"}
assert len(proxies) > 0, "The list is still empty."
assert set(proxies) <= INPUTS, f"Use the names of the model's inputs: {sorted(INPUTS)}"
assert set(proxies) != INPUTS, (
    "Without any input there is no model. Which of them stand for ASAL and not for need?"
)
### BEGIN HIDDEN TESTS
assert set(proxies) == {"device", "distance_km"}
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4. Without the proxies (2 points)
#
# We do not have the supplier's program, but we can take a column's part **out of the score**: a regression finds how much each value of a column moves the score, and everybody then gets the average of it. The function is given. Who is shortlisted? As many as before, from the top of the new score.


# %% nbgrader={"grade": false, "grade_id": "score_without", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
def score_without(table, columns):
    """The score, as it would be if `columns` were the same for everybody."""
    inputs = pd.get_dummies(
        table[["device", "income_band", "docs_complete", "sex"]].astype(str), dtype=float
    )
    inputs["distance_km"] = table["distance_km"].clip(upper=90)
    logit = np.log(table["score"].clip(0.001, 0.999) / (1 - table["score"].clip(0.001, 0.999)))
    centred = inputs - inputs.mean()
    weights = np.linalg.lstsq(centred.to_numpy(), (logit - logit.mean()).to_numpy(), rcond=None)[0]
    out = [any(name.startswith(column) for column in columns) for name in inputs]
    changed = logit - centred.to_numpy()[:, out] @ weights[out]
    return 1 / (1 + np.exp(-changed))


def decide_top(score, places):
    """1 for the `places` highest scores, 0 for the others."""
    return (score.rank(ascending=False, method="first") <= places).astype(int)


# %% [markdown]
# `asal_before` and `asal_after`: of the needy ASAL applicants, what per cent are missed with the proxies, and without them at the same number of places? Four steps: the number of places is `applications["decision"].sum()`; the new score is `score_without(applications, proxies)`; the new decisions are `decide_top(…)` of the two; and `applications.assign(decision=…)` is the table for your `audit`.

# %% nbgrader={"grade": false, "grade_id": "dropped", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
asal_before = -1
asal_after = -1
### BEGIN SOLUTION
places = int(applications["decision"].sum())
fairer = applications.assign(decision=decide_top(score_without(applications, proxies), places))
before = audit(applications, ["county_type"]).set_index("group")
after = audit(fairer, ["county_type"]).set_index("group")
asal_before = float(before["missed"]["asal"])
asal_after = float(after["missed"]["asal"])
print("With the proxies")
print(before.round(1).to_string(), "\n")
print("Without them, with as many places")
print(after.round(1).to_string())
print(f"\nright in all: {(fairer['decision'] == fairer['later_verified_need']).mean() * 100:.1f} %")
### END SOLUTION
print(f"ASAL, missed of those in need: {asal_before:.1f} % before, {asal_after:.1f} % after")

# %% nbgrader={"grade": true, "grade_id": "test_dropped", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert 1 < asal_before < 100 and 1 < asal_after < 100, "Both are in per cent."
assert asal_after < asal_before, "Without the proxies fewer needy ASAL applicants should be missed."
### BEGIN HIDDEN TESTS
asal = (applications["county_type"] == "asal") & (applications["later_verified_need"] == 1)
anew = decide_top(
    score_without(applications, ["device", "distance_km"]), int(applications["decision"].sum())
)
assert abs(asal_before - (applications["decision"][asal] == 0).mean() * 100) < 0.6
assert abs(asal_after - (anew[asal] == 0).mean() * 100) < 0.6
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5. Or move the line? (4 points)
#
# The supplier offers another way: keep the model, lower the line. Write `at_line(table, line)`: what would happen if everybody with a score of `line` **or more** were shortlisted? It returns a dictionary:
#
# - `"shortlisted"`: per cent of all applicants,
# - `"accuracy"`: per cent of all decisions that are right,
# - `"missed"`: a dictionary from each county type to the per cent of its needy who are refused.
#
# `table` stays as it is. *(2 points)*


# %% nbgrader={"grade": false, "grade_id": "at_line", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def at_line(table, line):
    """What the line `line` would do."""
    ### BEGIN SOLUTION
    moved = table.assign(decision=(table["score"] >= line).astype(int))
    groups = audit(moved, ["county_type"])
    return {
        "shortlisted": float(moved["decision"].mean() * 100),
        "accuracy": float((moved["decision"] == moved["later_verified_need"]).mean() * 100),
        "missed": {group: float(share) for group, share in zip(groups["group"], groups["missed"])},
    }
    ### END SOLUTION


for line in [0.50, 0.45, 0.40, 0.35, 0.30, 0.28, 0.26, 0.25, 0.20]:
    result = at_line(applications, line)
    print(
        f"line {line:.2f}  shortlisted {result['shortlisted']:.1f}  right {result['accuracy']:.1f}"
        f"  missed: urban {result['missed']['urban']:.1f}, rural {result['missed']['rural']:.1f},"
        f" asal {result['missed']['asal']:.1f}"
    )

# %% nbgrader={"grade": true, "grade_id": "test_at_line", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
now = at_line(applications, 0.5)
for part in ("shortlisted", "accuracy", "missed"):
    assert part in now, f"The dictionary lacks '{part}'."
assert abs(now["shortlisted"] - applications["decision"].mean() * 100) < 0.01, (
    "At 0.50 as many are shortlisted as were: the line itself is in."
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(2027)
fresh = pd.DataFrame(
    {
        "county_type": np.repeat(["urban", "rural", "asal"], [60, 50, 40]),
        "score": np.round(rng.uniform(0, 1, 150), 2),
        "decision": 0,
        "later_verified_need": rng.integers(0, 2, 150),
    }
)
kept = fresh.copy()
for line in (0.0, 0.31, 0.5, 0.77):
    said, taken = at_line(fresh, line), fresh["score"] >= line
    needy = fresh["later_verified_need"] == 1
    assert abs(said["shortlisted"] - taken.mean() * 100) < 0.01
    assert abs(said["accuracy"] - (taken == needy).mean() * 100) < 0.01
    for group in ("urban", "rural", "asal"):
        of_group = needy & (fresh["county_type"] == group)
        assert abs(said["missed"][group] - (~taken)[of_group].mean() * 100) < 0.01
assert fresh.equals(kept)
### END HIDDEN TESTS

# %% [markdown]
# - `fair_line`: the **highest** line, to two places, at which in **no** county type more than 25 % of those in need are missed;
# - `extra_places`: how many **more people** would be shortlisted than today?
#
# *(2 points)*

# %% nbgrader={"grade": false, "grade_id": "fair_line", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
fair_line = -1
extra_places = -1
### BEGIN SOLUTION
lines = [round(0.50 - 0.01 * step, 2) for step in range(50)]
fair_line = next(x for x in lines if max(at_line(applications, x)["missed"].values()) <= 25)
extra_places = int((applications["score"] >= fair_line).sum() - applications["decision"].sum())
### END SOLUTION
print(f"line {fair_line:.2f} needs {extra_places} more places")

# %% nbgrader={"grade": true, "grade_id": "test_fair_line", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert 0 < fair_line < 0.5, "The line lies below today's."
assert extra_places > 0, "A lower line needs more places."


### BEGIN HIDDEN TESTS
def worst(line):
    refused = applications[applications["later_verified_need"] == 1]
    return (refused["score"] < line).groupby(refused["county_type"]).mean().max() * 100


assert worst(fair_line) <= 25 < worst(fair_line + 0.011)
more = (applications["score"] >= fair_line).sum() - applications["decision"].sum()
assert abs(extra_places - more) <= 1
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. The memo (3 points)
#
# Write to the principal secretary, who has four minutes: about 300 words (at least 250, at most 450) in `memo`. Say
#
# - what is wrong, **for whom**, with figures of your own that can be worked out again (at least four);
# - why the supplier's figure hides it, and by which columns it comes about;
# - what you **recommend**: without the proxies, a lower line, or neither; and what it costs;
# - what you do **not** know, small groups among it, and who can say no to the machine and how an applicant can appeal.
#
# The machine looks whether these things are there. Whether they are good, people judge.

# %% nbgrader={"grade": false, "grade_id": "memo", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
memo = """
"""
### BEGIN SOLUTION
memo = f"""
To the Principal Secretary. The screening model of the bursary fund should not decide as it stands.

The supplier reports that {accuracy:.0f} % of decisions are right. That is true and hides what matters. Of the
applicants in need, {missed:.0f} % were refused; in urban counties it was {before["missed"]["urban"]:.0f} %, in rural ones {before["missed"]["rural"]:.0f} %, and in ASAL
counties {asal_before:.0f} %: one in two. ASAL applicants are only one in seven, so the overall figure hardly feels
them. The model never saw the county. It takes points off for a shared phone and for distance to the
office, and both stand for ASAL. Among people of the same income neither says anything about need, as
the home visits found.

I recommend that we take both columns out of the score and keep the number of places. The share of needy
ASAL applicants who are refused then falls from {asal_before:.0f} to {asal_after:.0f} %, and no shilling more is spent; some
applicants near towns who were shortlisted will not be. The supplier's other offer, a line at {fair_line:.2f},
would need {extra_places} more places and leaves the columns where they are. I advise against it.

What I do not know. In one group, ASAL applicants who declared a disability, there are fewer than 30
people, so its figures may be chance; please ask the county officers to look at each of those files by
hand. One year was audited. Income is what applicants told us.

Until the model is changed, a shortlisting officer reads every refused application with a complete file
from ASAL counties, may overrule the score without asking anybody, and records the reason. Every refusal
letter says that a machine took part, gives the reason, and names the desk and the 30 days in which the
applicant can appeal to a person. I shall repeat this audit each term and publish the table, with groups
under 30 withheld. If the share missed in any county type is above 25 % twice in a row, we switch the
model off.
"""
### END SOLUTION
print(len(memo.split()), "words")

# %% nbgrader={"grade": true, "grade_id": "test_memo", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
text = str(memo)
words = text.lower().split()
assert len(words) >= 250, f"The memo has {len(words)} words. Write at least 250."
assert len(words) <= 450, (
    f"The memo has {len(words)} words. The principal secretary has four minutes."
)
assert "recommend" in text.lower(), "Say what you recommend, in that word."
assert len(re.findall(r"[0-9]+", text)) >= 4, "Use at least four figures."
### BEGIN HIDDEN TESTS
assert len(set(words)) >= 110  # sentences, and not one of them many times
shares = {round(v) for v in (asal_before, asal_after, missed, accuracy)} - {0, 1}
assert (
    len({int(n) for n in re.findall(r"[0-9]+", text)} & {n + d for n in shares for d in (-1, 0, 1)})
    >= 2
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_memo_parts", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
lower = str(memo).lower()
assert len(lower.split()) >= 250, "Write the memo first."
### BEGIN HIDDEN TESTS
assert "asal" in lower or "arid" in lower
assert "distance" in lower or "kilomet" in lower
assert "phone" in lower or "device" in lower
assert re.search(r"small|few|30|thirty", lower)
assert re.search(r"appeal|review|complain|objection", lower)
assert re.search(r"officer|person|people|human", lower)
### END HIDDEN TESTS

# %% [markdown]
# ## Before you close
#
# Save with **Ctrl + S**. One question to take along: the model did what it was taught, from years of files. Who wrote those files, and what did they find easy to reach?
