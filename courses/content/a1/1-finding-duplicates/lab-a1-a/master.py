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
# # Lab A1-a: Spotting duplicates
#
# A county programme has one register, written by four kinds of office: chiefs, dispensaries, huduma centres and schools. Some people are in it **twice**. You find them, without merging two people into one.
#
# In each answer cell:
#
# 1. write what is asked, in the marked place;
# 2. delete the line `raise NotImplementedError()`;
# 3. press **Shift + Enter**, then run the test cell below it.
#
# No message under a test cell means that the visible part passed. When you hand in, your functions are also tried on **other people** that you have not seen; a list of answers copied from somewhere will not do.
#
# Nobody in this register exists. Names were put together by chance, and no network uses numbers that begin with 019.

# %% nbgrader={"grade": false, "grade_id": "start", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
import re
from difflib import SequenceMatcher
from itertools import combinations

import pandas as pd

pd.set_option("display.width", 160)
pd.set_option("display.max_columns", 20)

people = pd.read_csv("people.csv", dtype=str)  # as text: a phone is not a number to add up
gold = pd.read_csv("gold_pairs.csv", dtype=str)
print(len(people), "rows,", len(gold), "pairs that two clerks found to be one person")
print(people.head(8).to_string(index=False))

# %% [markdown]
# ## Part 1. Look before you clean (3 points)
#
# Three numbers, on the register as it came:
#
# - `missing_phones`: how many rows have no phone?
# - `january_percent`: what per cent of all rows have a birth date on **1 January**? (If days were as they come, it would be 0.3 %.)
# - `lost_zeros`: how many phones have lost their first zero, so that only nine digits beginning with 1 are left?
#
# *Helpful:* `people["phone"].isna()` · `people["birth_date"].str.endswith("-01-01")` · `people["phone"].str.fullmatch(r"1[0-9]{8}")`, which is true where the whole text fits · `.sum()` counts what is true, `.mean()` gives its share.

# %% nbgrader={"grade": false, "grade_id": "profile", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
missing_phones = -1
january_percent = -1
lost_zeros = -1
### BEGIN SOLUTION
missing_phones = int(people["phone"].isna().sum())
january_percent = float(people["birth_date"].str.endswith("-01-01").mean() * 100)
lost_zeros = int(people["phone"].str.fullmatch(r"1[0-9]{8}").sum())
### END SOLUTION
print(
    f"missing phones {missing_phones}, 1 January {january_percent:.1f} %, lost zeros {lost_zeros}"
)

# %% nbgrader={"grade": true, "grade_id": "test_profile", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
assert missing_phones >= 0 and january_percent >= 0 and lost_zeros >= 0, (
    "Fill in all three numbers."
)
assert 1 < january_percent < 100, (
    "january_percent is in per cent of all rows: 12.5, for example, and not 0.125."
)
### BEGIN HIDDEN TESTS
assert missing_phones == people["phone"].isna().sum()
assert abs(january_percent - people["birth_date"].str.endswith("-01-01").mean() * 100) < 0.11
assert lost_zeros == people["phone"].str.fullmatch(r"1[0-9]{8}").sum()
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. One way to write a phone (2 points)
#
# Write `clean_phone(text)`. It returns a Kenyan mobile number as `+254` and nine digits that begin with 7 or 1, whichever of these ways it was written in:
#
# `0712345678` · `712345678` (the zero is lost) · `254712345678` · `+254712345678` · `0712 345 678` · `0712-345-678`
#
# For anything else it returns `None`: an empty field, too few digits, another country's number, or what a spreadsheet makes of a phone (`2.54E+11`). **Better no phone than a wrong one.**
#
# *Helpful:* `re.sub(r"[ -]", "", text)` takes out spaces and dashes. `re.fullmatch(r"(?:a|b)?(c)", text)` fits a text that may begin with a or b and then has c; what is in the last brackets is its `[1]`. A missing value is not text: `isinstance(text, str)` tells.


# %% nbgrader={"grade": false, "grade_id": "clean_phone", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def clean_phone(text):
    """The mobile number as +254 and nine digits, or None."""
    ### BEGIN SOLUTION
    if not isinstance(text, str):
        return None
    found = re.fullmatch(r"(?:\+?254|0)?([17][0-9]{8})", re.sub(r"[ -]", "", text))
    return f"+254{found[1]}" if found else None
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_clean_phone", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
for text in ["0191234567", "191234567", "+254191234567", "0191 234 567"]:
    assert clean_phone(text) == "+254191234567", f"{text} should become +254191234567"
assert clean_phone("") is None, "An empty field gives None."
assert clean_phone("2.54E+11") is None, "What a spreadsheet left of a phone gives None."
### BEGIN HIDDEN TESTS
for text in ["0700000021", "700000021", "254700000021", "0700-000-021", "+254 700 000 021"]:
    assert clean_phone(text) == "+254700000021"
for text in ["07000", "+256700000021", "0200000021", "07000000210", "none", None, float("nan")]:
    assert clean_phone(text) is None
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3. One way to write a name (3 points)
#
# One office writes *Mohammed Hassan, Ali*, another *Ali Mohamud, Hassan*. Write `name_key(given, other_names)`: a **tuple** of all the names of a person, such that these two get the same key. So the key
#
# 1. is in small letters, without the apostrophes ' and ’ (*Ng'ang'a*, *Ng’ang’a* and *Nganga* are one);
# 2. has each name in the spelling of the office's list, `SPELLINGS` (a name that is not on it stays as it is);
# 3. does not depend on the order of the names.
#
# You do not change the register: the key stands **beside** the names as they were written.
#
# *Helpful:* `text.lower()` · `text.replace("'", "")` · `text.split()` · `SPELLINGS.get(name, name)` · `tuple(sorted(names))`

# %% nbgrader={"grade": false, "grade_id": "spellings", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
SPELLINGS = {
    "mohammed": "mohamed",
    "mohamud": "mohamed",
    "muhammad": "mohamed",
    "yussuf": "yusuf",
    "yusufu": "yusuf",
    "hasan": "hassan",
    "hussain": "hussein",
    "ibrahimu": "ibrahim",
    "isaac": "isaack",
    "fatma": "fatuma",
    "hadija": "khadija",
    "abdulahi": "abdullahi",
    "othman": "osman",
    "haleema": "halima",
}


# %% nbgrader={"grade": false, "grade_id": "name_key", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def name_key(given, other_names):
    """All names of a person, in one spelling and in no particular order."""
    ### BEGIN SOLUTION
    text = f"{given} {other_names}".lower().replace("'", "").replace("’", "")
    return tuple(sorted(SPELLINGS.get(name, name) for name in text.split()))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_name_key", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
assert name_key("Mohammed", "Hassan Ali") == name_key("Ali", "Mohamud Hassan"), (
    "Another spelling and another order, but the same person: the keys should be equal."
)
assert name_key("Njeri", "Ng'ang'a Maina") == name_key("Njeri", "Nganga Maina"), (
    "An apostrophe makes no other person."
)
assert name_key("Wanjiku", "Maina Kamau") != name_key("Wairimu", "Maina Kamau"), (
    "These are two people: their keys should differ."
)
### BEGIN HIDDEN TESTS
assert name_key("FATMA", "Yussuf Othman") == name_key("Osman", "Fatuma Yusuf")
assert name_key("Otieno", "Ng’eno Ouma") == name_key("Ouma", "Ngeno Otieno")
assert name_key("Mohamed", "Ali Adan") != name_key("Mohamed", "Ali Omar")
assert name_key("Achieng", "Okello Were") != name_key("Achieng", "Okello Wako")
assert len(name_key("Ali", "Hassan Omar")) == 3
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4. The evidence, and your decision (7 points)
#
# 3,000 rows make 4.5 million pairs. So we compare only rows that share **something**: the phone, the birth date or the name key. That is called *blocking*, and it is given below, together with the evidence on each pair:
#
# | Evidence | Values |
# |---|---|
# | `names` | 0 to 1: how alike the two **least** alike of their names are; 1 is the same, a slip of the pen about 0.8 to 0.95, another name below 0.75 |
# | `phone` | `"same"`, `"different"`, or `"missing"` when one of them has none |
# | `birth` | `"same"`; `"different"`; `"one unknown"`: same year, and in one of them 1 January; `"both unknown"`: both 1 January of the same year |
# | `sex` | `"same"` or `"different"` |


# %% nbgrader={"grade": false, "grade_id": "evidence", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
def least_alike(key, other):
    """Compare name with name; the likeness of the two that are least alike."""
    if key == other:
        return 1.0
    left, right, least = list(key), list(other), 1.0
    for name in key:
        if name in right:
            left.remove(name)
            right.remove(name)
    if len(left) != len(right):
        return 0.0
    for name in left:
        likeness = {r: SequenceMatcher(None, name, r).ratio() for r in right}
        best = max(likeness, key=likeness.get)
        least = min(least, likeness[best])
        right.remove(best)
    return round(least, 2)


def compare_births(first, second):
    if first == second:
        return "both unknown" if first.endswith("-01-01") else "same"
    same_year = first[:4] == second[:4]
    unknown = first.endswith("-01-01") or second.endswith("-01-01")
    return "one unknown" if same_year and unknown else "different"


def compare_phones(first, second):
    if not isinstance(first, str) or not isinstance(second, str):
        return "missing"
    return "same" if first == second else "different"


def candidates(rows):
    """The pairs of row numbers that share a phone, a birth date or a name key."""
    found = set()
    for field in ("phone", "birth_date", "key"):
        blocks = {}
        for place, value in enumerate(rows[field]):
            if isinstance(value, (str, tuple)):
                blocks.setdefault(value, []).append(place)
        for block in blocks.values():
            if len(block) < 200:
                found.update(combinations(block, 2))
    return sorted(found)


# %% [markdown]
# Now decide. `decide(names, phone, birth, sex)` returns one of three words:
#
# - `"same"`: merge these two without anyone looking at them;
# - `"review"`: a clerk looks;
# - `"different"`: leave them alone.
#
# **A wrong merge is worse than a missed pair**: one person loses her record to another. Before you write, think of
#
# - **twins**: one phone (their mother's), one birth date, and two given names. The names can be very near: *Ochieng* and *Achieng* are a boy and a girl, and 0.86 alike;
# - **a family** that shares one phone: different birth dates;
# - **namesakes**: all names alike, and nothing else;
# - a woman who **bought a new line**: names and birth date are the same;
# - two rows in which nobody knew the **day** of birth: 1 January of the same year proves little.
#
# *(4 points for `decide`.)*


# %% nbgrader={"grade": false, "grade_id": "decide", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def decide(names, phone, birth, sex):
    """Return "same", "review" or "different"."""
    ### BEGIN SOLUTION
    if names < 0.8:
        return "different"  # another name is another person: twins, families
    if sex == "different":
        return "review"  # a boy and a girl, or a slip of the pen
    if birth == "same":
        return "same"
    if birth in ("one unknown", "both unknown"):
        return "same" if phone == "same" else "review"
    return "review" if phone == "same" else "different"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_decide", "locked": true, "points": 4, "schema_version": 3, "solution": false, "cell_type": "code"}
WORDS = ["same", "review", "different"]
for case in [
    (1.0, "same", "same", "same"),
    (0.3, "different", "different", "different"),
    (1.0, "missing", "one unknown", "same"),
]:
    assert decide(*case) in WORDS, f"decide{case} should return one of {WORDS}."
assert decide(1.0, "same", "same", "same") == "same", (
    "Everything agrees: nobody need look at this pair."
)
assert decide(0.9, "same", "same", "same") == "same", (
    "A slip of the pen in one name, and all else agrees: this is the same person."
)
assert decide(0.3, "different", "different", "same") == "different", (
    "Nothing agrees here but the sex."
)
### BEGIN HIDDEN TESTS
for names in (0.0, 0.35, 0.6):  # twins, and families with one phone
    for birth in ("same", "both unknown", "different"):
        assert decide(names, "same", birth, "same") != "same"
assert decide(0.86, "same", "same", "different") != "same"  # Ochieng and Achieng
assert decide(1.0, "different", "different", "same") != "same"  # namesakes
assert decide(1.0, "missing", "different", "same") != "same"
assert decide(1.0, "same", "different", "same") != "same"  # a father and a son of one name
assert decide(1.0, "different", "both unknown", "same") != "same"  # two days that nobody knew
assert decide(1.0, "missing", "both unknown", "same") != "same"
assert decide(1.0, "different", "same", "same") != "different"  # a new line
assert decide(1.0, "same", "one unknown", "same") != "different"
### END HIDDEN TESTS

# %% [markdown]
# The next cell uses your three functions to find the pairs. Delete the line `raise NotImplementedError()` and run it; you need not change anything else, and you may. *(3 points: found on other people, too.)*


# %% nbgrader={"grade": false, "grade_id": "pairs", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def find_pairs(table, word="same"):
    """The pairs (pid_a, pid_b) on which `decide` says `word`."""
    rows = pd.DataFrame(
        {
            "pid": list(table["pid"]),
            "phone": [clean_phone(text) for text in table["phone"]],
            "birth_date": list(table["birth_date"]),
            "sex": list(table["sex"]),
            "key": [name_key(g, o) for g, o in zip(table["given"], table["other_names"])],
        }
    )
    pid, phone, birth, sex, key = (list(rows[name]) for name in rows)
    found = []
    for a, b in candidates(rows):
        said = decide(
            least_alike(key[a], key[b]),
            compare_phones(phone[a], phone[b]),
            compare_births(birth[a], birth[b]),
            "same" if sex[a] == sex[b] else "different",
        )
        if said == word:
            found.append(tuple(sorted([pid[a], pid[b]])))
    return sorted(found)


### BEGIN SOLUTION
### END SOLUTION
pairs = pd.DataFrame(find_pairs(people), columns=["pid_a", "pid_b"])
review = pd.DataFrame(find_pairs(people, "review"), columns=["pid_a", "pid_b"])
pairs.to_csv("pairs.csv", index=False)
print(len(pairs), "pairs to merge,", len(review), "pairs for a clerk to look at")

# %% nbgrader={"grade": true, "grade_id": "test_pairs", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
assert list(pairs.columns) == ["pid_a", "pid_b"], "The columns are pid_a and pid_b."
assert (pairs["pid_a"] < pairs["pid_b"]).all(), "In each pair the smaller pid comes first."
assert not pairs.duplicated().any(), "Each pair is there once."
assert set(pairs["pid_a"]) | set(pairs["pid_b"]) <= set(people["pid"]), (
    "Each pid is in the register."
)
assert 100 <= len(pairs) <= 300, (
    f"You merge {len(pairs)} pairs. About six rows in a hundred are second records: look at decide again."
)
### BEGIN HIDDEN TESTS
really = {tuple(sorted(pair)) for pair in gold.itertuples(index=False, name=None)}
merged = {tuple(pair) for pair in pairs.itertuples(index=False, name=None)}
assert len(merged & really) >= 0.7 * len(really)
assert len(merged & really) >= 0.92 * len(merged)
fresh = pd.DataFrame(
    [
        # swapped names, another spelling
        ("X01", "Mohamed", "Ali Wario", "M", "1980-04-03", "0700000001"),
        ("X02", "Wario", "Mohammed Ali", "M", "1980-04-03", "0700 000 001"),
        # a zero that was lost
        ("X03", "Chebet", "Koskei Rono", "F", "1991-09-19", "0700000002"),
        ("X04", "Chebet", "Koskei Rono", "F", "1991-09-19", "700000002"),
        # twins
        ("X05", "Kiplagat", "Bett Cheruiyot", "M", "2003-02-11", "0700000003"),
        ("X06", "Kipsang", "Bett Cheruiyot", "M", "2003-02-11", "0700000003"),
        # a boy and a girl
        ("X07", "Omondi", "Oloo Were", "M", "2001-10-21", "0700000008"),
        ("X08", "Amondi", "Oloo Were", "F", "2001-10-21", "0700000008"),
        # mother and daughter with one phone
        ("X09", "Nduku", "Mutinda Muia", "F", "1970-12-30", "0700000004"),
        ("X10", "Syombua", "Mutinda Mbithi", "F", "1996-05-25", "0700000004"),
        # namesakes
        ("X11", "Anyango", "Oloo Ojwang", "F", "1959-08-08", "0700000005"),
        ("X12", "Anyango", "Oloo Ojwang", "F", "1988-03-14", "0700000006"),
        # the day was not known in one office
        ("X13", "Lelei", "Sang Tanui", "M", "1975-01-01", "0700000007"),
        ("X14", "Lelei", "Sang Tanui", "M", "1975-06-23", "+254700000007"),
        # two people whose days nobody knew, and who have no phone
        ("X15", "Ekitela", "Lomuria Nakali", "M", "1960-01-01", None),
        ("X16", "Ekitela", "Lomuria Nakali", "M", "1960-01-01", None),
    ],
    columns=["pid", "given", "other_names", "sex", "birth_date", "phone"],
)
sure = {("X01", "X02"), ("X03", "X04")}
found = {tuple(pair) for pair in find_pairs(fresh)}
assert sure <= found <= sure | {("X13", "X14")}
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5. How good is it? (3 points)
#
# Two clerks went through the register by hand; what they agreed on is in `gold`. Write `precision_recall(found, really)`. Both are lists of pairs of pids, in which `("P1", "P2")` and `("P2", "P1")` are **the same pair**. It returns two numbers between 0 and 1:
#
# - **precision**: of the pairs that were found, the share that is right;
# - **recall**: of the pairs that there really are, the share that was found.
#
# When nothing was found, both are 0.
#
# *Helpful:* `{frozenset(pair) for pair in found}` is a set of pairs without order; `a & b` is what is in both.


# %% nbgrader={"grade": false, "grade_id": "precision_recall", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
def precision_recall(found, really):
    """Return the precision and the recall of the pairs found."""
    ### BEGIN SOLUTION
    found = {frozenset(pair) for pair in found}
    really = {frozenset(pair) for pair in really}
    if not found:
        return 0.0, 0.0
    right = len(found & really)
    return right / len(found), right / len(really)
    ### END SOLUTION


# %%
precision, recall = precision_recall(pairs.values.tolist(), gold.values.tolist())
right = len(set(map(tuple, pairs.values.tolist())) & set(map(tuple, gold.values.tolist())))
print(f"really pairs {len(gold)}, merged {len(pairs)}, of these right {right}")
print(f"precision {precision:.3f}, recall {recall:.3f}")
by_clerk = pd.concat([pairs, review])
print("merged or shown to a clerk: precision %.3f, recall %.3f" % precision_recall(
    by_clerk.values.tolist(), gold.values.tolist()
))  # fmt: skip

# %% nbgrader={"grade": true, "grade_id": "test_precision_recall", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
assert tuple(precision_recall([("a", "b")], [("b", "a")])) == (1, 1), (
    "The order in a pair is no matter."
)
assert tuple(precision_recall([("a", "b"), ("a", "c")], [("a", "b"), ("d", "e")])) == (0.5, 0.5), (
    "Two found, two real ones, one in both: a half and a half."
)
### BEGIN HIDDEN TESTS
real = [(f"p{i}", f"q{i}") for i in range(120)]
some = real[:80] + [(f"x{i}", f"y{i}") for i in range(20)]
gained = precision_recall(some, real)
assert abs(gained[0] - 0.8) < 0.001 and abs(gained[1] - 0.6667) < 0.001
assert tuple(precision_recall([("q0", "p0"), ("p0", "q0")], real[:2])) == (1, 0.5)
assert tuple(precision_recall([], real)) == (0, 0)
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. For the registrar (2 points)
#
# 1. `twins_note`, at least 20 words: how does your rule keep **twins** apart, and what would have happened to them if it had gone by phone and birth date alone?
# 2. `undo_note`, at least 15 words: after a wrong **merge**, what must have been kept so that it can be undone?

# %% nbgrader={"grade": false, "grade_id": "notes", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
twins_note = ""
undo_note = ""
### BEGIN SOLUTION
twins_note = (
    "Twins share the phone of their mother and the birth date, but their given names are not alike, "
    "so the rule leaves them apart; by phone and birth date alone one twin would have lost the record."
)
undo_note = (
    "A merge only points one record to the other: both rows stay as they were written, with who "
    "merged them, when and on what evidence, so that it can be taken back."
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_notes", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
twins_words, undo_words = str(twins_note).lower().split(), str(undo_note).lower().split()
assert len(twins_words) >= 20, "Write at least 20 words on the twins."
assert len(undo_words) >= 15, "Write at least 15 words on how a merge can be undone."
assert any("twin" in word for word in twins_words), "twins_note speaks of the twins."
### BEGIN HIDDEN TESTS
assert any("name" in word for word in twins_words)
assert any(word.startswith(("merge", "record", "row", "undo", "undone")) for word in undo_words)
assert len(set(twins_words)) >= 12 and len(set(undo_words)) >= 10
### END HIDDEN TESTS

# %% [markdown]
# ## Before you close
#
# Save with **Ctrl + S**. Then look at five pairs of `review` with their rows. For each, what would you ask, and whom? That is the clerk's work which no rule can do, and the reason to keep the queue short.
