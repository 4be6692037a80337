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
# # Lab F2-b: Check the draft
#
# Six machine-written replies, one fact sheet. In each reply **one thing is seriously wrong**. You find it, mark it and mend it.
#
# You do not need to know Python. In each answer cell:
#
# 1. type your answer between the quotation marks `" "`;
# 2. delete the line `raise NotImplementedError()`;
# 3. press **Shift + Enter**, then run the test cell below it.
#
# Everything here is made up: Mlimani County, its people, its fees and any circular.
#
# Run the next cell first. It opens the two files.

# %% nbgrader={"grade": false, "grade_id": "start", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
import csv
import textwrap


def read(name):
    with open(name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


facts = read("fact_sheet.csv")
replies = read("replies.csv")


def show(title, text):
    print(title)
    print(textwrap.fill(text, 88))
    print()


print("MLIMANI COUNTY FACT SHEET, valid from 1 July 2026\n")
for row in facts:
    print(textwrap.fill(f"{row['line']:<4} {row['fact']}", 88, subsequent_indent="     "))

# %% [markdown]
# Read the sheet **twice**. Then run the next cell to see the replies.

# %% nbgrader={"grade": false, "grade_id": "replies", "locked": true, "schema_version": 3, "solution": false, "cell_type": "code"}
for row in replies:
    show(f"REPLY {row['reply']}   (the question was: {row['question']})", row["text"])

# %% [markdown]
# ## Part 1. What is wrong with each reply? (6 points)
#
# Use each of these six words once:
#
# | Word | Meaning |
# |---|---|
# | `fee` | an amount is wrong |
# | `circular` | a document is quoted that has no source |
# | `office` | the person is sent to the wrong place |
# | `tone` | the facts are right, the manner is not |
# | `appeal` | a way out that the person has is missing |
# | `personal` | personal details are repeated that should not be there |
#
# For example, if you think that the tone of reply 1 is wrong, write `1: "tone",`.

# %% nbgrader={"grade": false, "grade_id": "main_problem", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
main_problem = {
    1: "",
    2: "",
    3: "",
    4: "",
    5: "",
    6: "",
}
### BEGIN SOLUTION
main_problem = {1: "fee", 2: "circular", 3: "office", 4: "tone", 5: "appeal", 6: "personal"}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_words", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
WORDS = {"fee", "circular", "office", "tone", "appeal", "personal"}
for n in range(1, 7):
    answer = str(main_problem.get(n, "")).strip().lower()
    assert answer, (
        f"Reply {n} has no answer yet. Type one of the six words between its quotation marks."
    )
    assert answer in WORDS, (
        f"Reply {n}: '{answer}' is not one of the six words. Check the spelling in the table."
    )
given_words = [str(main_problem[n]).strip().lower() for n in range(1, 7)]
assert len(set(given_words)) == 6, (
    "Each word fits exactly one reply. At least one word is used twice: compare those two replies again."
)

# %% nbgrader={"grade": true, "grade_id": "test_facts", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
answers = {n: str(main_problem.get(n, "")).strip().lower() for n in [1, 2, 3]}
assert all(answers.values()), "Fill in replies 1, 2 and 3 first."
### BEGIN HIDDEN TESTS
expected = {1: "fee", 2: "circular", 3: "office"}
hints = {
    1: "lay every number next to the fact sheet.",
    2: "which claim can you not find on the sheet at all?",
    3: "lay every place name next to the fact sheet, and ask what that place is for.",
}
for n in expected:
    assert answers[n] == expected[n], f"Look again at reply {n}: {hints[n]}"
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_manner", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
answers = {n: str(main_problem.get(n, "")).strip().lower() for n in [4, 5, 6]}
assert all(answers.values()), "Fill in replies 4, 5 and 6 first."
### BEGIN HIDDEN TESTS
expected = {4: "tone", 5: "appeal", 6: "personal"}
hints = {
    4: "read it aloud as if the man stood before you.",
    5: "ask the five questions about what is not there.",
    6: "who is mentioned, and does the reader need it?",
}
for n in expected:
    assert answers[n] == expected[n], f"Look again at reply {n}: {hints[n]}"
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2. Mark ten claims (4 points)
#
# Here are ten claims from replies 1, 2 and 3. Give each a mark:
#
# - `ok`: found on the fact sheet, and it agrees
# - `wrong`: the fact sheet says something else
# - `none`: no source on the fact sheet
#
# | Claim | Reply | What it says |
# |---|---|---|
# | a | 1 | The copy costs KES 350 |
# | b | 1 | It is ready in five working days |
# | c | 1 | Bring your original ID and stall number |
# | d | 1 | The place is the Sub-County Trade Office, Kilimo Road |
# | e | 2 | The application is free |
# | f | 2 | Trade Circular No. 17 of 2024, paragraph 4(b), says so |
# | g | 2 | The committee decides once a month |
# | h | 3 | A survey plan copy costs KES 500 |
# | i | 3 | It is ready on the same day |
# | j | 3 | The place is the Sub-County Trade Office |

# %% nbgrader={"grade": false, "grade_id": "marks", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
marks = {
    "a": "",
    "b": "",
    "c": "",
    "d": "",
    "e": "",
    "f": "",
    "g": "",
    "h": "",
    "i": "",
    "j": "",
}
### BEGIN SOLUTION
marks = {
    "a": "wrong",
    "b": "ok",
    "c": "ok",
    "d": "ok",
    "e": "ok",
    "f": "none",
    "g": "ok",
    "h": "ok",
    "i": "ok",
    "j": "wrong",
}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_marks", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
for letter in "abcdefghij":
    mark = str(marks.get(letter, "")).strip().lower()
    assert mark in {"ok", "wrong", "none"}, (
        f"Claim {letter}: write ok, wrong or none between the quotation marks."
    )
### BEGIN HIDDEN TESTS
right = dict(zip("abcdeghij", ["wrong", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "wrong"]))
for letter, mark in right.items():
    assert str(marks[letter]).strip().lower() == mark, (
        f"Look again at claim {letter}: find the line of the fact sheet that speaks of this, "
        "and ask whether it agrees, disagrees or is silent."
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_no_source", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
given_marks = {letter: str(marks.get(letter, "")).strip().lower() for letter in "abcdefghij"}
assert all(given_marks.values()), "Mark all ten claims first."
assert "none" in given_marks.values(), "There is a claim on which the sheet says nothing at all."
### BEGIN HIDDEN TESTS
# what has no source is not thereby false, and what is false has a source that says otherwise
assert [letter for letter, mark in given_marks.items() if mark == "none"] == ["f"]
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3. Which line settles it? (3 points)
#
# For each reply, which line of the fact sheet (F1 to F14) shows you the problem? Where a reply leaves something out, name the line that tells you it should be there. For example `1: "F2",`.

# %% nbgrader={"grade": false, "grade_id": "deciding_line", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
deciding_line = {
    1: "",
    2: "",
    3: "",
    4: "",
    5: "",
    6: "",
}
### BEGIN SOLUTION
deciding_line = {1: "F1", 2: "F12", 3: "F5", 4: "F14", 5: "F11", 6: "F13"}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_lines", "locked": true, "points": 3, "schema_version": 3, "solution": false, "cell_type": "code"}
lines = {n: str(deciding_line.get(n, "")).strip().upper() for n in range(1, 7)}
allowed = {f"F{k}" for k in range(1, 15)}
for n in range(1, 7):
    assert lines[n] in allowed, f"Reply {n}: write a line of the fact sheet, from F1 to F14."
### BEGIN HIDDEN TESTS
settles = {1: {"F1"}, 2: {"F12"}, 3: {"F5"}, 4: {"F14"}, 5: {"F11"}, 6: {"F13"}}
for n in range(1, 7):
    assert lines[n] in settles[n], (
        f"Reply {n}: {lines[n]} is not the line that settles this one. Which line would you show to the person who signs?"
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Part 4. Put two things right (2 points)
#
# What is the correct fee in reply 1? Write the number only, without KES and without quotation marks. And where should Mrs Achieng of reply 3 go? Write the **name** of the office.

# %% nbgrader={"grade": false, "grade_id": "corrections", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
right_fee = 0
right_office = ""
### BEGIN SOLUTION
right_fee = 200
right_office = "Land Survey Office, Bondeni House, Room 4"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_corrections", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
assert isinstance(right_fee, (int, float)) and not isinstance(right_fee, bool), (
    "Write the fee as a plain number, for example 75, without quotation marks."
)
assert right_fee > 0, "The fee is still 0. Look it up on the fact sheet."
assert len(str(right_office).strip()) > 5, (
    "Write the name of the office between the quotation marks."
)
### BEGIN HIDDEN TESTS
assert right_fee == 200, (
    "Look again at the fee: put one finger on the line of the sheet about certified copies."
)
assert "survey" in str(right_office).lower(), (
    "Look again at the office: which office does the sheet name for survey plans?"
)
assert "trade" not in str(right_office).lower(), "Name only the office where she should go."
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5. What must come out of reply 6? (2 points)
#
# Write the letters of everything that must be **taken out**, between the square brackets, each in quotation marks with commas between. For example: `take_out = ["x", "y"]`
#
# | Letter | Detail |
# |---|---|
# | a | The name, Mr Barasa |
# | b | The file reference, MW/0214 |
# | c | The ID number |
# | d | The phone number |
# | e | The illness of his wife |
# | f | The neighbour's debt |
# | g | Reconnection within two working days |

# %% nbgrader={"grade": false, "grade_id": "take_out", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
take_out = []
### BEGIN SOLUTION
take_out = ["c", "d", "e", "f"]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_take_out", "locked": true, "points": 2, "schema_version": 3, "solution": false, "cell_type": "code"}
chosen = {str(x).strip().lower() for x in take_out}
assert chosen, "The list is still empty. Put the letters between the square brackets."
assert chosen <= set("abcdefg"), "Use only the letters a to g from the table."
### BEGIN HIDDEN TESTS
assert not chosen & {"a", "b", "g"}, (
    "You have taken out something that the reader needs. Line F13 says what replies do carry."
)
assert chosen == set("cdef"), (
    "Something is still in the reply that should not be there. Think of Mr Barasa, of his family and of other people."
)
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6. Three sentences of your own (3 points)
#
# 1. `appeal_sentence`: the sentence that is missing in reply 5. Say **what** she may ask for, **where** and **by when**.
# 2. `kind_sentence`: what you would write to Mr Mutua in place of the first sentence of reply 4. At least eight words, respectful, and about what happens to the *meter*.
# 3. `disclosure_line`: one line for the foot of these letters, in at most 45 words: what the machine did, who checked, how to reach a person.

# %% nbgrader={"grade": false, "grade_id": "sentences", "locked": false, "schema_version": 3, "solution": true, "cell_type": "code"}
appeal_sentence = ""
kind_sentence = ""
disclosure_line = ""
### BEGIN SOLUTION
appeal_sentence = (
    "If you disagree, you may ask for a review at the Bursary Desk, in person or in writing, "
    "within 30 days of this letter, free of charge."
)
kind_sentence = (
    "Thank you for telling us; a bill like this is a worry, and we will read your meter again, "
    "free of charge, within three working days."
)
disclosure_line = (
    "This letter was first drafted with a computer tool and checked by the officer who signed it. "
    "If anything is wrong, please call us or come to the office."
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_appeal_sentence", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
appeal_text = str(appeal_sentence).lower()
assert len(appeal_text.split()) >= 8, (
    "The appeal sentence is too short to tell her what, where and by when."
)
### BEGIN HIDDEN TESTS
assert any(w in appeal_text for w in ("review", "appeal", "look again", "reconsider")), (
    "Say what she may ask for."
)
assert "bursary desk" in appeal_text, "Say where she can ask. The fact sheet names the place."
assert "30" in appeal_text or "thirty" in appeal_text, "Say by when. The fact sheet gives the days."
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_kind_sentence", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
kind_text = str(kind_sentence).lower()
assert len(kind_text.split()) >= 8, "Write at least eight words to Mr Mutua."
### BEGIN HIDDEN TESTS
assert "meter" in kind_text, "Tell him what happens to the meter."
for blame in (
    "careful customer",
    "your fault",
    "our fault",
    "insist",
    "hardly",
    "obviously",
    "as already",
):
    assert blame not in kind_text, (
        "One expression in your sentence still blames him. Read it aloud."
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "test_disclosure_line", "locked": true, "points": 1, "schema_version": 3, "solution": false, "cell_type": "code"}
line_text = str(disclosure_line).lower()
assert 8 <= len(line_text.split()) <= 45, "The line should have between 8 and 45 words."
### BEGIN HIDDEN TESTS
import re

words = set(re.findall(r"[a-z]+", line_text))
assert words & {"computer", "tool", "ai", "machine", "software"}, "Say that a machine took part."
assert words & {"checked", "reviewed", "read", "verified", "corrected"}, (
    "Say who checked, in a word that means checking."
)
assert words & {
    "call",
    "phone",
    "ring",
    "come",
    "visit",
    "reply",
    "write",
    "ask",
    "contact",
    "speak",
    "talk",
    "tell",
}, "Say how to reach a person."
### END HIDDEN TESTS

# %% [markdown]
# ## Before you close
#
# Save with **Ctrl + S**. Then think for a minute: which of the six would you have signed on a busy Friday? Most people name reply 5. Nothing in it is false.
