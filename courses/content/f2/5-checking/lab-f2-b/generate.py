"""Data for lab F2-b, *Check the draft*: six machine-style replies and one fact sheet.

Everything is synthetic. Mlimani County, its offices, fees and people do not exist. There is
nothing random here, so every run writes the same two files.

Planted: each reply has exactly one serious problem, and every other claim in it agrees with
the fact sheet.

* Reply 1: the fee for a certified copy is wrong (the sheet has a lower one).
* Reply 2: an invented circular, with number, year and paragraph, is quoted as the basis.
  The rule beside it is right; only the reference has no source. The circular is FICTIONAL.
* Reply 3: the citizen is sent to the wrong county office; room and street belong to another.
* Reply 4: every fact is right and the tone is contemptuous.
* Reply 5: a refusal that is correct and kind and does not mention the right to a review.
* Reply 6: personal data is repeated: the ID number, the phone number, the illness of a
  member of the family and a neighbour's debt. Name and file reference may stay.
"""

import csv
from pathlib import Path

FACTS = [
    ("F1", "A certified copy of a market stall agreement costs KES 200."),
    ("F2", "The certified copy is ready in five working days."),
    ("F3", "For a certified copy, bring your original ID and the stall number."),
    ("F4", "Market stall matters: Sub-County Trade Office, Kilimo Road, Soko Town."),
    ("F5", "Copies of survey plans: Land Survey Office, Bondeni House, Room 4, Soko Town."),
    ("F6", "A copy of a survey plan costs KES 500 and is ready on the same day."),
    ("F7", "Stall applications are free. The market committee decides on them once a month."),
    (
        "F8",
        "A water bill in dispute: the meter is read again free of charge within three working days.",
    ),
    ("F9", "Water is reconnected within two working days after payment."),
    ("F10", "A bursary refusal must state the reason."),
    (
        "F11",
        "After a bursary refusal the applicant may ask for a review at the Bursary Desk, "
        "in person or in writing, within 30 days of the letter, free of charge.",
    ),
    ("F12", "Replies to the public may quote this fact sheet (1 July 2026) and no other document."),
    (
        "F13",
        "Replies carry the person's name and file reference. No ID or phone numbers, no health "
        "or family matters, nothing about other people.",
    ),
    ("F14", "Replies are respectful. They do not blame, and they say what to do next."),
]

REPLIES = [
    (
        1,
        "How do I get a copy of my stall agreement?",
        "Dear Ms Naliaka, thank you for writing. A certified copy of your market stall agreement "
        "costs KES 350. It is ready in five working days. Please bring your original ID and your "
        "stall number to the Sub-County Trade Office, Kilimo Road, Soko Town. You are welcome.",
    ),
    (
        2,
        "When will I hear about my stall application?",
        "Dear Mr Kiptoo, thank you for your question. Your application is free of charge. Under Trade "
        "Circular No. 17 of 2024, paragraph 4(b), the market committee decides on applications once "
        "a month. You can ask about yours at the Sub-County Trade Office, Kilimo Road, Soko Town.",
    ),
    (
        3,
        "Where can I buy a copy of the survey plan for my plot?",
        "Dear Mrs Achieng, thank you for your message. A copy of a survey plan costs KES 500 and is "
        "ready on the same day. Please come to the Sub-County Trade Office, Kilimo Road, Soko Town. "
        "We shall be glad to help you.",
    ),
    (
        4,
        "My water bill is three times the usual one. Please help.",
        "Dear Mr Mutua, as any careful customer would have noticed, bills depend on what you consume, "
        "and it is hardly our fault if you do not watch your own taps. If you insist on disputing the "
        "bill, the meter will be read again free of charge within three working days.",
    ),
    (
        5,
        "I have not received a bursary for my daughter. Why?",
        "Dear Mrs Wairimu, thank you for your letter about the bursary. We are sorry to tell you that "
        "the application was refused, because the school's admission letter was not attached. We know "
        "how hard you work for her and wish her well in her studies.",
    ),
    (
        6,
        "I have paid. When will my water be reconnected?",
        "Dear Mr Barasa (file MW/0214, ID No. 00000000, phone 0700 000 000), thank you for your payment. "
        "We understand that it was late because of your wife's kidney illness. Unlike your neighbour at "
        "plot 12, who still owes for eight months, you have now cleared your bill. Your water will be "
        "reconnected within two working days. If it is not, please reply with your file reference.",
    ),
]


def _write(path: Path, header: list[str], rows: list[tuple]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def generate(folder: Path) -> None:
    """Write ``fact_sheet.csv`` and ``replies.csv`` into ``folder``."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "fact_sheet.csv", ["line", "fact"], FACTS)
    _write(folder / "replies.csv", ["reply", "question", "text"], REPLIES)


if __name__ == "__main__":
    generate(Path(__file__).parent)
