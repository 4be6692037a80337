"""The data of our own labs: made alike each time, small, and with what was planted in them."""

import re

import numpy as np
import pandas as pd

from labs.domain.loading import read_files
from tests.labs.shipped import FOLDERS, each_lab, facts_of, files_of, generator, table

LARGEST = 1 << 20


@each_lab
def test_the_data_are_made_alike_each_time_and_are_small(key):
    assert read_files(FOLDERS[key], facts_of(key)["files"]) == files_of(key)
    assert sum(map(len, files_of(key).values())) < LARGEST


def test_requests_overlap_and_urgent_kiswahili_is_rare_where_the_sorter_learns():
    requests = table("f2-a", "requests.csv")
    learned, tested = requests[:800], requests[800:]
    shared = [
        re.escape(text.split("{")[0]).lower()
        for texts in generator("f2-a")["SHARED_LAND"].values()
        for text in texts
    ]
    overlap = requests["text"].str.lower().str.contains("|".join(shared))
    of_land = requests["category"].isin(["land", "boundary"])

    assert list(requests) == [
        *("id", "received_on", "county", "channel", "language", "text", "category", "urgent")
    ]
    assert len(requests) == 1200
    assert requests["category"].nunique() == 8
    for category in ("land", "boundary"):
        assert 0.25 < overlap[requests["category"] == category].mean() < 0.5
    assert overlap[~of_land].mean() < 0.05
    urgent = learned.groupby("language")["urgent"].mean()
    assert urgent["sw"] < 0.4 * urgent["en"]
    assert tested.groupby("language")["urgent"].mean().between(0.12, 0.26).all()


def test_replies_hold_their_errors_and_are_right_otherwise():
    replies = table("f2-b", "replies.csv").set_index("reply")["text"]
    facts = table("f2-b", "fact_sheet.csv").set_index("line")["fact"]

    assert len(replies) == 6
    assert "KES 350" in replies[1]
    assert "KES 200" in facts["F1"]
    assert "Circular No. 17" in replies[2]
    assert not facts.str.contains("Circular").any()
    assert "Trade Office" in replies[3]
    assert "Land Survey Office" in facts["F5"]
    assert "hardly our fault" in replies[4]
    assert "review" not in replies[5]
    assert "review" in facts["F11"]
    assert re.search(r"ID No\..*phone.*illness.*neighbour", replies[6])
    sums = {n: set(re.findall(r"KES \d+", text)) for n, text in replies.items()}
    assert set().union(*sums.values()) == {"KES 350", "KES 500"}


def test_the_register_holds_its_duplicates_and_twins():
    _rows, _gold, kinds, twins = generator("a1-a")["build"]()
    people = table("a1-a", "people.csv").set_index("pid")
    gold = table("a1-a", "gold_pairs.csv")

    assert list(people.reset_index()) == [
        *("pid", "given", "other_names", "sex", "birth_date", "phone", "county", "ward"),
        *("source", "registered_on"),
    ]
    assert len(people) == 3000
    assert len(gold) / len(people) == 0.06
    assert pd.Series(kinds).value_counts().to_dict() == dict.fromkeys(
        ["spelling", "swapped", "lost_zero", "first_january", "new_phone"], 36
    )
    pairs = {frozenset(pair) for pair in gold.itertuples(index=False, name=None)}
    for first, second in twins:
        assert frozenset([first, second]) not in pairs
        assert people.loc[first, "birth_date"] == people.loc[second, "birth_date"]
        assert people.loc[first, "given"] != people.loc[second, "given"]
    assert len(twins) == 50
    assert 0.1 < people["birth_date"].str.endswith("-01-01").mean() < 0.17
    for kind, (first, second) in zip(kinds, gold.itertuples(index=False, name=None), strict=True):
        one, other = people.loc[first], people.loc[second]
        names = [set(f"{row['given']} {row['other_names']}".split()) for row in (one, other)]
        assert (names[0] == names[1]) == (kind != "spelling")
        assert (one["given"] == other["given"]) <= (kind != "swapped")
        assert (one["birth_date"] == other["birth_date"]) == (kind != "first_january")
    phones = people["phone"].dropna().str.replace(r"\D", "", regex=True).str[-9:]
    assert phones.str.startswith("19").all()  # a range that nobody has
    families = people.loc[phones.index].groupby(phones)["birth_date"].nunique()
    assert (families > 1).sum() > 150


def test_demand_holds_its_peaks_outage_split_and_turn():
    demand = table("a2", "demand.csv")
    wide = demand.pivot_table(index="month", columns="county_code", values="requests")
    total = wide.sum(axis=1)
    seasons = total.groupby(total.index.str[5:]).mean() / total.mean()

    assert list(demand) == ["county_code", "month", "service", "requests"]
    assert wide.shape == (60, 47)
    assert set(seasons.nlargest(2).index) == {"01", "06"}
    assert seasons["01"] > 1.25
    assert seasons["06"] > 1.15
    assert seasons.drop(["01", "06"]).max() < 1.05
    empty = [(code, month) for code in wide for month in wide.index if wide.loc[month, code] == 0]
    assert empty == [("023", "2024-05"), ("023", "2024-06"), ("023", "2024-07")]
    yearly = wide.groupby([wide.index.str[:4], wide.index.str[5:] > "06"]).sum()
    after_split = yearly.loc["2025", True] / yearly.loc["2023", True]
    assert after_split["022"] < 0.7
    assert after_split["021"] > 1.3
    both = wide["021"] + wide["022"]  # nobody moved
    assert 0.9 < both["2025-07":].sum() / both["2023-07":"2023-12"].sum() < 1.2
    turned = wide["047"].groupby(wide.index.str[:4]).sum()
    assert turned["2021"] < turned["2022"] < turned["2023"]
    assert turned["2025"] < 0.92 * turned["2024"]
    others = wide.drop(columns=["021", "022", "023", "047"])
    assert (others["2025-01":].sum() / others["2023-01":"2023-12"].sum()).min() > 0.93


def test_the_model_refuses_asal_by_proxy_and_overall_accuracy_hides_it():
    applications = table("m1-a", "applications.csv")
    need, taken = applications["later_verified_need"] == 1, applications["decision"] == 1
    group = applications["county_type"]
    missed = (~taken)[need].groupby(group).mean()
    poor = applications[applications["income_band"] <= 2]

    assert list(applications) == [
        *("id", "county_type", "sex", "disability_declared", "device", "distance_km"),
        *("income_band", "docs_complete", "score", "decision", "later_verified_need"),
    ]
    assert len(applications) == 5000
    assert (taken == (applications["score"] >= 0.5)).all()
    assert (need == taken).mean() > 0.78
    assert missed["asal"] > 3 * missed["urban"]
    # a lower line: hardly another accuracy, far fewer missed in ASAL
    lower = applications["score"] >= 0.4
    assert abs((need == lower).mean() - (need == taken).mean()) < 0.015
    assert (~lower)[need & (group == "asal")].mean() < missed["asal"] - 0.1
    # the proxies: they stand for ASAL, and at one income say nothing of need
    assert (applications["device"] == "shared").groupby(group).mean()["asal"] > 0.45
    assert applications.groupby(group)["distance_km"].median()["asal"] > 40
    for is_proxy in (poor["device"] == "shared", poor["distance_km"] > 30):
        assert poor["decision"][is_proxy].mean() < poor["decision"][~is_proxy].mean() - 0.3
        verified = poor["later_verified_need"]
        assert abs(verified[is_proxy].mean() - verified[~is_proxy].mean()) < 0.04
    # nothing else does
    assert applications.groupby(group)["docs_complete"].mean().between(0.78, 0.86).all()
    assert np.ptp(applications.groupby("sex")["decision"].mean()) < 0.03
    # the model goes by them still where income and papers are alike
    alike = applications[(applications["income_band"] == 2) & (applications["docs_complete"] == 1)]
    assert alike.groupby("county_type")["decision"].mean()["asal"] < 0.6
    sizes = applications.groupby(["county_type", "disability_declared"]).size()
    assert list(sizes[sizes < 30].index) == [("asal", "yes")]
