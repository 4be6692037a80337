"""Data for lab A1-a, *Spotting duplicates*: a made-up register of 3,000 rows.

Synthetic, seeded, standard library only; every run writes the same two files. No person in it
exists; the telephone numbers begin with 019, which no network in Kenya uses.

* ``people.csv``: pid, given, other_names, sex, birth_date, phone, county, ward, source,
  registered_on.
* ``gold_pairs.csv``: pid_a, pid_b: the pairs that two clerks found to be one person.

Planted:

* **180 rows in 3,000 (6 %) are a second record of somebody**, 36 of each kind: a name spelt
  otherwise (Mohamed, Mohammed, Mohamud), given and other names in swapped order, a phone without
  its leading zero, the birth date given as 1 January of the right year, and a new phone number.
  Half of them are registered in another ward, and one in six in another county.
* **50 pairs of twins, who are not duplicates**: mother's phone, birth date, ward and other names
  are the same, the given names are not. Eight of them are a boy and a girl whose names differ in
  one letter (Ochieng and Achieng).
* **160 families share a phone**: parents and children, with different birth dates.
* **40 pairs of namesakes**: all names alike, different phone and birth date. Five more pairs of
  namesakes were even born on one day, in different counties: no rule on these columns can know.
* One row in eight has 1 January as its birth date, because the day was not known.
* Phones are written in five ways, one in twenty-five is missing.
"""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20262
ROWS = 3000
OF_EACH_KIND = 36
KINDS = ["spelling", "swapped", "lost_zero", "first_january", "new_phone"]
TWINS, BOY_AND_GIRL, FAMILIES, NAMESAKES, ONE_DAY = 42, 8, 160, 40, 5
ALIKE = [("Ochieng", "Achieng"), ("Otieno", "Atieno"), ("Odhiambo", "Adhiambo")]

GIVEN = {
    "F": [
        "Achieng", "Akinyi", "Amina", "Asha", "Atieno", "Chebet", "Chepkoech", "Dhahabo", "Ekai",
        "Esther", "Fatuma", "Grace", "Habiba", "Halima", "Jane", "Jerop", "Kadzo", "Kemunto",
        "Khadija", "Kwamboka", "Mary", "Mercy", "Moraa", "Mumbua", "Mwende", "Nafula", "Naliaka",
        "Nanjala", "Naserian", "Ndanu", "Njeri", "Nyambura", "Rehema", "Riziki", "Ruth", "Saida",
        "Sharifa", "Wairimu", "Wambui", "Wanjiku",
    ],
    "M": [
        "Abdi", "Ahmed", "Ali", "Baraka", "Barasa", "Brian", "Chege", "Daniel", "Ekiru", "Farah",
        "Galgalo", "Hamisi", "Hassan", "Ibrahim", "Isaack", "James", "John", "Juma", "Kamau",
        "Karisa", "Kazungu", "Kiprono", "Kiptoo", "Lekishon", "Lokwawi", "Mohamed", "Musyoka",
        "Mutiso", "Mwangi", "Ochieng", "Odhiambo", "Omondi", "Ombati", "Otieno", "Peter",
        "Rotich", "Salim", "Simiyu", "Wafula", "Yusuf",
    ],
}  # fmt: skip
OTHER = [
    "Abdullahi", "Achola", "Adan", "Ali", "Aruwa", "Barasa", "Bett", "Charo", "Chelimo", "Diba",
    "Ekal", "Gitau", "Githinji", "Hassan", "Hussein", "Ibrahim", "Jelle", "Juma", "Kahindi",
    "Kariuki", "Kibet", "Kilonzo", "Kimani", "Kipkemboi", "Kirui", "Kisilu", "Koech", "Lentoijoni",
    "Lokol", "Maina", "Makokha", "Makori", "Mbugua", "Mohamed", "Muli", "Muriithi", "Musa",
    "Mutua", "Mwakio", "Mwaura", "Mwinyi", "Ndegwa", "Ng'ang'a", "Ng'eno", "Njoroge", "Nyongesa",
    "Nzomo", "Obonyo", "Ogutu", "Okello", "Omar", "Onyango", "Osman", "Ouma", "Owino", "Saitoti",
    "Sankale", "Shikuku", "Wako", "Wanyama", "Were", "Yusuf",
]  # fmt: skip
SPELLINGS = {
    "Mohamed": ["Mohammed", "Mohamud"],
    "Yusuf": ["Yussuf", "Yusufu"],
    "Hassan": ["Hasan"],
    "Hussein": ["Hussain"],
    "Ibrahim": ["Ibrahimu"],
    "Isaack": ["Isaac"],
    "Fatuma": ["Fatma"],
    "Khadija": ["Hadija"],
    "Abdullahi": ["Abdulahi"],
    "Osman": ["Othman"],
    "Halima": ["Haleema"],
    "Nyambura": ["Nyamubra"],
    "Wanjiku": ["Wanjiko"],
    "Njeri": ["Njery"],
    "Achieng": ["Acheng"],
    "Odhiambo": ["Odiambo"],
    "Wafula": ["Wafulla"],
    "Ng'ang'a": ["Nganga"],
    "Ng'eno": ["Ngeno"],
    "Njoroge": ["Njoroje"],
    "Kariuki": ["Kariuky"],
}
WARDS = {
    "Mombasa": ["Bamburi", "Likoni", "Tudor"],
    "Kilifi": ["Tezo", "Ganda", "Mariakani"],
    "Garissa": ["Iftin", "Township", "Galbet"],
    "Marsabit": ["Sagante", "Karare", "Maikona"],
    "Machakos": ["Mua", "Kalama", "Muvuti"],
    "Nyeri": ["Rware", "Gatitu", "Karatina"],
    "Turkana": ["Kanamkemer", "Kalokol", "Lokichar"],
    "Uasin Gishu": ["Kapsoya", "Langas", "Huruma"],
    "Kajiado": ["Dalalekutuk", "Purko", "Kaputiei"],
    "Kakamega": ["Shirere", "Butali", "Lurambi"],
    "Kisumu": ["Kondele", "Nyalenda", "Manyatta"],
    "Kisii": ["Bobaracho", "Nyatieko", "Kiogoro"],
    "Nairobi City": ["Mathare", "Umoja", "Kibra"],
}
SOURCES = ["chief", "dispensary", "huduma", "school"]
COLUMNS = [
    "pid", "given", "other_names", "sex", "birth_date", "phone", "county", "ward", "source",
    "registered_on",
]  # fmt: skip


class Maker:
    """Makes people, one after another, with numbers that nobody else has."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.phones = set()
        self.names = set()

    def new_phone(self):
        while True:
            phone = f"019{self.rng.randrange(10**7):07d}"
            if phone not in self.phones:
                self.phones.add(phone)
                return phone

    def birth_date(self, first=1948, last=2006):
        day = date(first, 1, 2) + timedelta(days=self.rng.randrange((last - first) * 365))
        return date(day.year, 1, 1) if self.rng.random() < 1 / 8 else day

    def person(self, **facts):
        rng = self.rng
        while True:
            sex = facts.get("sex") or rng.choice("FM")
            given = facts.get("given") or rng.choice(GIVEN[sex])
            other = facts.get("other_names") or " ".join(rng.sample(OTHER, 2))
            names = frozenset([given, *other.split()])
            if names not in self.names and given not in other.split():
                break
        self.names.add(names)
        county = facts.get("county") or rng.choice(list(WARDS))
        return {
            "given": given,
            "other_names": other,
            "sex": sex,
            "birth_date": facts.get("birth_date") or self.birth_date(),
            "phone": facts.get("phone") or self.new_phone(),
            "county": county,
            "ward": facts.get("ward") or rng.choice(WARDS[county]),
        }


def _twins(maker, names=None):
    boy, girl = names or (None, None)
    born = maker.birth_date(1990, 2006)
    first = maker.person(birth_date=born, given=boy, sex="M" if boy else None)
    shared = {name: first[name] for name in ("other_names", "phone", "county", "ward")}
    return [first, maker.person(birth_date=born, given=girl, sex="F" if girl else None, **shared)]


def _family(maker):
    """A parent and one or two children who use the parent's phone."""
    parent = maker.person(birth_date=maker.birth_date(1955, 1982))
    shared = {name: parent[name] for name in ("phone", "county", "ward")}
    family = [parent]
    for _child in range(maker.rng.choice([1, 1, 2])):
        other = f"{parent['other_names'].split()[0]} {maker.rng.choice(OTHER)}"
        if len(set(other.split())) == 2:
            born = maker.birth_date(1990, 2006)
            family.append(maker.person(other_names=other, birth_date=born, **shared))
    return family


def _namesakes(maker, *, born_on_one_day=False):
    first = maker.person()
    second = maker.person()
    second |= {name: first[name] for name in ("given", "other_names", "sex")}
    if born_on_one_day:
        first["birth_date"] = date(maker.rng.randint(1960, 2000), 4, maker.rng.randint(2, 28))
        return [first, second | {"birth_date": first["birth_date"]}]
    while second["birth_date"].year == first["birth_date"].year:
        second["birth_date"] = maker.birth_date()
    return [first, second]


def _respelt(rng, row):
    """The row's names with one of them spelt otherwise."""
    given, others = row["given"], row["other_names"].split()
    places = [i for i, name in enumerate([given, *others]) if name in SPELLINGS]
    place = rng.choice(places)
    names = [given, *others]
    names[place] = rng.choice(SPELLINGS[names[place]])
    return {"given": names[0], "other_names": " ".join(names[1:])}


def _second_record(maker, row, kind):
    """The same person once more, as another office wrote it down."""
    rng = maker.rng
    copy = dict(row)
    if kind == "spelling":
        copy |= _respelt(rng, row)
    elif kind == "swapped":
        first, last = row["other_names"].split()
        copy |= {"given": last, "other_names": f"{first} {row['given']}"}
    elif kind == "first_january":
        copy["birth_date"] = date(row["birth_date"].year, 1, 1)
    elif kind == "new_phone":
        copy["phone"] = maker.new_phone()
    if rng.random() < 1 / 6:
        copy["county"] = rng.choice([county for county in WARDS if county != row["county"]])
        copy["ward"] = rng.choice(WARDS[copy["county"]])
    elif rng.random() < 0.4:
        copy["ward"] = rng.choice(WARDS[row["county"]])
    return copy


def _written(rng, phone):
    """A phone as some office writes it; one in twenty-five is missing."""
    local = phone[1:]
    return rng.choices(
        ["", phone, f"+254{local}", f"254{local}", f"{phone[:4]} {phone[4:7]} {phone[7:]}", local],
        weights=[4, 48, 20, 12, 12, 4],
    )[0]


def build():
    """Return the register, the gold pairs, the kind of each gold pair, and the pairs of twins."""
    maker = Maker(SEED)
    rng = maker.rng
    groups = [_twins(maker) for _ in range(TWINS)]
    groups += [_twins(maker, maker.rng.choice(ALIKE)) for _ in range(BOY_AND_GIRL)]
    groups += [_family(maker) for _ in range(FAMILIES)]
    groups += [_namesakes(maker) for _ in range(NAMESAKES)]
    groups += [_namesakes(maker, born_on_one_day=True) for _ in range(ONE_DAY)]
    people = [person for group in groups for person in group]
    single = [maker.person() for _ in range(ROWS - len(people) - OF_EACH_KIND * len(KINDS))]
    people += single

    def fits(row, kind):
        if kind == "spelling":
            return any(name in SPELLINGS for name in [row["given"], *row["other_names"].split()])
        if kind == "first_january":
            return (row["birth_date"].month, row["birth_date"].day) != (1, 1)
        return True

    twice = []
    free = list(single)
    for kind in KINDS:
        chosen = rng.sample([row for row in free if fits(row, kind)], OF_EACH_KIND)
        taken = {id(row) for row in chosen}
        free = [row for row in free if id(row) not in taken]
        twice += [(row, _second_record(maker, row, kind), kind) for row in chosen]
    rows = people + [copy for _row, copy, _kind in twice]
    for row in rows:
        day = date(2025, 1, 6) + timedelta(days=rng.randrange(500))
        row |= {"source": rng.choice(SOURCES), "registered_on": day.isoformat()}
    order = list(rows)
    rng.shuffle(order)
    for number, row in enumerate(order, start=1):
        row["pid"] = f"P{number:04d}"
    pairs = sorted((*sorted([row["pid"], copy["pid"]]), kind) for row, copy, kind in twice)
    without_zero = {copy["pid"] for _row, copy, kind in twice if kind == "lost_zero"}
    for row in order:
        phone = row["phone"]
        lost = row["pid"] in without_zero
        row["phone"] = phone[1:] if lost else _written(rng, phone)
        row["birth_date"] = row["birth_date"].isoformat()
    register = [{name: row[name] for name in COLUMNS} for row in order]
    gold = [{"pid_a": first, "pid_b": second} for first, second, _kind in pairs]
    twins = [sorted(row["pid"] for row in pair) for pair in groups[: TWINS + BOY_AND_GIRL]]
    return register, gold, [kind for _first, _second, kind in pairs], twins


def generate(folder: Path) -> None:
    """Write ``people.csv`` and ``gold_pairs.csv`` into ``folder``."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    register, gold, _kinds, _twins = build()
    for name, rows in {"people.csv": register, "gold_pairs.csv": gold}.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    generate(Path(__file__).parent)
