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
# # Lab F2-a: Sorting requests
#
# A county desk receives requests and sends them to eight desks: *land, boundary, water, roads, health, bursary, identity, payments*. You follow a sorter from the first label to the line at which a person looks.
#
# **The code is given.** You run it, read what it prints and fill in your answers. In each answer cell:
#
# 1. fill in the marked places;
# 2. delete the line `raise NotImplementedError()`;
# 3. press **Shift + Enter**, then run the test cell below it.
#
# All requests are made up. `en` is English, `sw` Kiswahili, `mix` both in one message.

# %% nbgrader={"grade": false, "grade_id": "start", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

pd.set_option("display.width", 160)
pd.set_option("display.max_columns", 20)
pd.set_option("display.max_colwidth", 120)

requests = pd.read_csv("requests.csv")
cards = pd.read_csv("to_label.csv")
colleague = pd.read_csv("colleague.csv")
print(len(requests), "requests,", len(cards), "cards to label")

# %% [markdown]
# ## Part 1. Label twenty cards, blind (4 points)
#
# Run the cell, read each card and decide which desk it should go to. Do not look at anybody else's labels yet.
#
# *Tie rule:* where a neighbour stands on the other side of the quarrel, choose `boundary`; where only an office can solve it, choose `land`. On some cards you will still hesitate. Choose, and remember which ones.

# %% nbgrader={"grade": false, "grade_id": "show_cards", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
for row in cards.itertuples():
    print(f"{row.card:>2}  {row.text}")

# %% [markdown]
# Write one of these words for each card: `land` `boundary` `water` `roads` `health` `bursary` `identity` `payments`. For example `1: "water",`.

# %% nbgrader={"grade": false, "grade_id": "my_labels", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
my_labels = {
    1: "",
    2: "",
    3: "",
    4: "",
    5: "",
    6: "",
    7: "",
    8: "",
    9: "",
    10: "",
    11: "",
    12: "",
    13: "",
    14: "",
    15: "",
    16: "",
    17: "",
    18: "",
    19: "",
    20: "",
}
### BEGIN SOLUTION
my_labels = dict(
    enumerate(
        [
            "land",
            "boundary",
            "land",
            "boundary",
            "boundary",
            "health",
            "bursary",
            "payments",
            "land",
            "identity",
            "boundary",
            "land",
            "bursary",
            "water",
            "roads",
            "payments",
            "water",
            "identity",
            "health",
            "roads",
        ],
        start=1,
    )
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_labels_complete", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
DESKS = {"land", "boundary", "water", "roads", "health", "bursary", "identity", "payments"}
for n in range(1, 21):
    label = str(my_labels.get(n, "")).strip().lower()
    assert label, f"Card {n} has no label yet."
    assert label in DESKS, f"Card {n}: '{label}' is not one of the eight desks. Check the spelling."

# %% nbgrader={"grade": true, "grade_id": "test_labels_sense", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
labels = {n: str(my_labels.get(n, "")).strip().lower() for n in range(1, 21)}
assert all(labels.values()), "Label all twenty cards first."
### BEGIN HIDDEN TESTS
guide = dict(
    enumerate(
        [
            "land",
            "boundary",
            "land",
            "boundary",
            "boundary",
            "health",
            "bursary",
            "payments",
            "land",
            "identity",
            "boundary",
            "land",
            "bursary",
            "water",
            "roads",
            "payments",
            "water",
            "identity",
            "health",
            "roads",
        ],
        start=1,
    )
)
unclear = {1, 2, 9, 11}  # land and boundary both make sense here
far = [
    n
    for n in guide
    if labels[n] != guide[n] and not (n in unclear and labels[n] in ("land", "boundary"))
]
assert len(far) <= 3, f"Read these cards again, slowly, and ask who can solve the matter: {far}"
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. Compare with a colleague (3 points)
#
# Your colleague labelled the same cards, blind. The cell prints both lists side by side.

# %%
side_by_side = cards[["card", "text"]].copy()
side_by_side["you"] = [str(my_labels.get(n, "")).strip().lower() for n in side_by_side["card"]]
side_by_side["colleague"] = list(colleague["label"])
side_by_side["same"] = [
    "yes" if a == b else "NO" for a, b in zip(side_by_side["you"], side_by_side["colleague"])
]
print(side_by_side[["card", "you", "colleague", "same"]].to_string(index=False))

# %% [markdown]
# Count the cards marked *yes*. Then work out the agreement in per cent: same ÷ 20 × 100. In `difference_note`, say in at least ten words **what kind** of card you differed on (or, if you differed on none, which cards made you hesitate).

# %% nbgrader={"grade": false, "grade_id": "agreement", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
same_count = 0
agreement_percent = 0
difference_note = ""
### BEGIN SOLUTION
same_count = 16
agreement_percent = 80
difference_note = (
    "We differed mostly on land and boundary, where a message speaks of survey and fence at once; "
    "and once on a permit payment that I read differently."
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_agreement", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
theirs = [
    "boundary",
    "land",
    "land",
    "boundary",
    "boundary",
    "health",
    "bursary",
    "bursary",
    "boundary",
    "identity",
    "boundary",
    "land",
    "bursary",
    "water",
    "roads",
    "payments",
    "water",
    "identity",
    "health",
    "roads",
]
mine = [str(my_labels.get(n, "")).strip().lower() for n in range(1, 21)]
really_same = sum(a == b for a, b in zip(mine, theirs))
assert same_count > 0, "same_count is still 0. Count the cards marked yes."
assert same_count == really_same, (
    "Count again: run the comparison cell and count the cards marked yes."
)
assert abs(agreement_percent - 100 * same_count / 20) < 0.51, (
    "Agreement is the number of same cards, divided by 20, times 100."
)
assert len(str(difference_note).split()) >= 10, (
    "Say in at least ten words what kind of card you differed or hesitated on."
)

# %% [markdown]
# ## Part 3. Let a sorter learn, and read its table (3 points)
#
# The first 800 requests are for learning. The last 400 are the test: the sorter has not seen them. It turns each message into counts of words (rare words count for more) and learns which words go with which desk.

# %% nbgrader={"grade": false, "grade_id": "sorter", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
train = requests.iloc[:800]
test = requests.iloc[800:].copy()

sorter = make_pipeline(
    TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
    LogisticRegression(C=10, max_iter=1000),
)
sorter.fit(train["text"], train["category"])
test["said"] = sorter.predict(test["text"])

right = (test["said"] == test["category"]).sum()
print(f"{right} of {len(test)} sorted to the desk on the office's label\n")
table = pd.crosstab(
    test["category"], test["said"], rownames=["really was"], colnames=["sorter said"]
)
print(table.to_string())

# %% [markdown]
# Read the table. Rows: what it really was. Columns: what the sorter said.
#
# - `land_as_boundary`: how many real *land* requests went to *boundary*?
# - `boundary_as_land`: how many real *boundary* requests went to *land*?
# - `mixed_pair`: the two desks that are mixed up most, in both directions.

# %% nbgrader={"grade": false, "grade_id": "table_reading", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
land_as_boundary = -1
boundary_as_land = -1
mixed_pair = ["", ""]
### BEGIN SOLUTION
land_as_boundary = int(table.loc["land", "boundary"])
boundary_as_land = int(table.loc["boundary", "land"])
mixed_pair = ["land", "boundary"]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_table", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
assert land_as_boundary >= 0 and boundary_as_land >= 0, "Fill in both numbers from the table."
assert land_as_boundary == table.loc["land", "boundary"], (
    "Go to the row land, then along to the column boundary."
)
assert boundary_as_land == table.loc["boundary", "land"], (
    "Go to the row boundary, then along to the column land."
)
pair = {str(x).strip().lower() for x in mixed_pair}
assert len(pair) == 2 and "" not in pair, "Write two different desks in mixed_pair."
### BEGIN HIDDEN TESTS
sums = {
    frozenset([a, b]): table.loc[a, b] + table.loc[b, a]
    for a in table.index
    for b in table.columns
    if a != b
}
assert frozenset(pair) == max(sums, key=sums.get), (
    "Look again: which two desks have the largest numbers beside the diagonal, in both directions?"
)
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4. Look at five errors (3 points)
#
# Numbers do not show why. Run the cell and read the requests that were sorted wrongly.

# %% nbgrader={"grade": false, "grade_id": "errors", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
errors = test[test["said"] != test["category"]]
print(len(errors), "errors\n")
for row in errors.itertuples():
    print(f"id {row.id}: really {row.category}, said {row.said} ({row.language})\n    {row.text}")

# %% [markdown]
# Choose **five** that teach you something. Write their ids, and in `error_note` say in at least ten words what they have in common, or what kinds of error you see.

# %% nbgrader={"grade": false, "grade_id": "five_errors", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
five_errors = []
error_note = ""
### BEGIN SOLUTION
five_errors = [int(i) for i in errors["id"].head(5)]
error_note = (
    "Most are land and boundary messages that mention a survey and a fence together; "
    "others speak of two matters at once, so either desk could be right."
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_errors", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
chosen = [int(i) for i in five_errors]
assert len(set(chosen)) == 5, (
    "Write five different ids between the square brackets, with commas between."
)
outside = [i for i in chosen if i not in set(errors["id"])]
assert not outside, f"These ids are not on the list of errors: {outside}"
assert len(str(error_note).split()) >= 10, (
    "Say in at least ten words what you noticed in the errors."
)

# %% [markdown]
# ## Part 5. Urgent, and in which language? (2 points)
#
# A second sorter gives each request an **urgency score** between 0 and 1. With the line at 0.50, a request with a score of 0.50 or more is read at once.

# %% nbgrader={"grade": false, "grade_id": "urgency", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
urgency = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=2, max_iter=1000))
urgency.fit(train["text"], train["urgent"])
test["score"] = urgency.predict_proba(test["text"])[:, 1]

print("Urgent requests among those it learned from:")
print(train.groupby("language")["urgent"].agg(["sum", "count"]).to_string(), "\n")

urgent_test = test[test["urgent"] == 1]
by_language = urgent_test.groupby("language")["score"].agg(
    urgent="count", missed=lambda s: int((s < 0.50).sum())
)
by_language["missed %"] = (100 * by_language["missed"] / by_language["urgent"]).round(0)
print("Urgent requests in the test, with the line at 0.50:")
print(by_language.to_string())

# %% [markdown]
# - `worst_language`: in which language is the largest **share** of urgent requests missed? (`"en"`, `"sw"` or `"mix"`)
# - `missed_at_half`: how many urgent requests are missed in **all** languages together?
#
# Then look at the first table again. What did the sorter learn from?

# %% nbgrader={"grade": false, "grade_id": "by_language", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
worst_language = ""
missed_at_half = -1
### BEGIN SOLUTION
worst_language = "sw"
missed_at_half = int(by_language["missed"].sum())
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_language", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert str(worst_language).strip().lower() in {"en", "sw", "mix"}, "Write en, sw or mix."
assert missed_at_half >= 0, "Add up the column missed."
assert missed_at_half == by_language["missed"].sum(), (
    "Add the three numbers in the column missed once more."
)
### BEGIN HIDDEN TESTS
assert str(worst_language).strip().lower() == by_language["missed %"].idxmax(), (
    "Compare the shares (missed %), not the counts."
)
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. Set the line (4 points)
#
# The office has promised: **of all urgent requests in the test, no more than 2 % are missed.** Choose the line. Lower catches more and costs more reading.
#
# Run the next cell to try some lines. You may change the numbers in it.

# %%
for line in [0.50, 0.40, 0.30, 0.20, 0.15, 0.10, 0.08, 0.07, 0.06, 0.04, 0.02]:
    read_now = (test["score"] >= line).mean() * 100
    missed = (urgent_test["score"] < line).mean() * 100
    print(
        f"line {line:.2f}: a human reads {read_now:5.1f} % now, {missed:5.1f} % of urgent requests missed"
    )

# %% [markdown]
# Write your line as a number between 0 and 1. The lines under it work out what it costs. Keep the promise without making people read more than they must. *(2 points)*

# %% nbgrader={"grade": false, "grade_id": "threshold", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
threshold = 0.50
### BEGIN SOLUTION
threshold = 0.07
### END SOLUTION
missed_percent = (urgent_test["score"] < threshold).mean() * 100
workload_percent = (test["score"] >= threshold).mean() * 100
print(
    f"Missed: {missed_percent:.1f} % of urgent requests. Read now: {workload_percent:.1f} % of all requests."
)
missed_now = urgent_test[urgent_test["score"] < threshold]
print("Missed by language:", missed_now["language"].value_counts().to_dict())

# %% nbgrader={"grade": true, "grade_id": "test_threshold", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert 0 < threshold < 1, "The line is a number between 0 and 1."
assert (urgent_test["score"] < threshold).mean() * 100 <= 2, (
    "At this line the promise of 2 % is not kept. Which way must the line move?"
)
### BEGIN HIDDEN TESTS
assert (test["score"] >= threshold).mean() * 100 <= 66, (
    "The promise is kept, but people read more than they must. Try to raise the line a little."
)
### END HIDDEN TESTS

# %% [markdown]
# Next year there will be another sorter, with other scores, and your number will be worth nothing. **Your rule will.** The function below tries the lines 0.01, 0.02 … 0.99, from the lowest to the highest, and keeps the last one that *may be taken*. `missed` and `read` are what that line would cost, in per cent, as in the list above.
#
# When may a line be taken? Put the condition in place of `False`. (If the rule were "no more than half of everything is read", it would be `read <= 50`.) *(2 points: when you hand in, your rule is tried on other scores.)*


# %% nbgrader={"grade": false, "grade_id": "choose_line", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def choose_line(scores, urgent, promise=2):
    """The highest line at which no more than `promise` per cent of urgent requests are missed."""
    chosen = 0.0
    for step in range(1, 100):
        line = step / 100
        missed = (scores[urgent == 1] < line).mean() * 100
        read = (scores >= line).mean() * 100
        may_be_taken = False
        ### BEGIN SOLUTION
        may_be_taken = missed <= promise
        ### END SOLUTION
        if may_be_taken:
            chosen = line
    return chosen


print("Your rule chooses", choose_line(test["score"], test["urgent"]))

# %% nbgrader={"grade": true, "grade_id": "test_choose_line", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
import numpy as np

assert choose_line(test["score"], test["urgent"]) > 0, (
    "Your rule takes no line at all. Put a condition in place of False."
)


### BEGIN HIDDEN TESTS
def lines_kept(scores, urgent, promise):
    steps = [step / 100 for step in range(1, 100)]
    return [x for x in steps if (scores[urgent == 1] < x).mean() * 100 <= promise]


rng = np.random.default_rng(31)
for promise, shift in [(2, 0.25), (2, 0.45), (10, 0.3)]:
    urgent = np.array([1] * 60 + [0] * 240)
    scores = np.round(np.clip(rng.normal(0.3 + shift * urgent, 0.12), 0, 1), 3)
    kept = lines_kept(scores, urgent, promise)
    assert abs(choose_line(scores, urgent, promise) - max(kept, default=0)) < 0.001
fifty = np.array([0.005] + [0.655] * 49 + [0.305] * 150)
assert choose_line(fifty, np.array([1] * 50 + [0] * 150)) == 0.65  # one in fifty is 2 %: kept
### END HIDDEN TESTS

# %% [markdown]
# ## Part 7. Say it to the head of department (1 point)
#
# Forty requests arrive a day, and reading one takes two minutes. In at least 25 words, tell the head of department your line, what share must be read at once, and who is still most likely to be missed. Use at least one figure.

# %% nbgrader={"grade": false, "grade_id": "decision_note", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
decision_note = ""
### BEGIN SOLUTION
decision_note = (
    "I propose a line of 0.07. About 54 % of requests are then read at once, which is about 22 a day or "
    "43 minutes. We miss about 1 urgent request in 100, and it is most likely to be in Kiswahili, so "
    "those should go to a speaker for now."
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_decision", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
import re

note = str(decision_note)
assert len(note.split()) >= 25, (
    "Write at least 25 words: the line, the reading and who may be missed."
)
assert re.search(r"[0-9]", note), (
    "Use at least one figure, so that the head of department can decide."
)

# %% [markdown]
# ## Before you close
#
# Save with **Ctrl + S**. Two thoughts to take with you: no sorter can tell apart what two careful people cannot, and the line was never a technical question.
