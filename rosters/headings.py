"""What people call the columns of a roster, in English, Kiswahili and French."""

import re
import unicodedata
from functools import cache

FIELDS = [
    "full_name",
    "email",
    "phone",
    "staff_scheme",
    "staff_number",
    "organisation",
    "unit",
    "grade_scheme",
    "grade",
    "language",
]
NAME_PART = "name_part"

_CALLED = {
    "full_name": """
        full name | name | names | full names | officer | officer name | name of officer | officers name
        | participant | participant name | name of participant | employee name | staff name | learner name
        | name in full | name as on certificate | student | student name
        | jina | majina | jina kamili | majina kamili | majina yote | jina la afisa | jina la mtumishi | jina la mshiriki
        | nom complet | nom et prenom | nom et prenoms | noms et prenoms | nom prenom | nom et postnom | noms
        | nom de l agent | nom du participant
        """,
    NAME_PART: """
        surname | last name | lastname | family name | familyname | first name | firstname | given name
        | given names | givenname | forename | forenames | other name | other names | othernames | middle name
        | middlename | middle names | christian name | second name | third name | fathers name | grandfathers name
        | jina la ukoo | jina la familia | jina la kwanza | jina la kati | jina la pili | jina la tatu
        | majina mengine | jina la baba | jina la babu
        | nom | nom de famille | prenom | prenoms | postnom | deuxieme prenom
        """,
    "email": """
        email | e mail | mail | email address | e mail address | email addresses | work email | official email
        | personal email | work email address | emailaddress
        | barua pepe | anwani ya barua pepe | baruapepe
        | courriel | adresse e mail | adresse email | adresse mail | adresse electronique | mel
        """,
    "phone": """
        phone | phone number | phone no | phonenumber | mobile | mobile number | mobile no | mobile phone
        | telephone | telephone number | telephone no | tel | tel no | cell | cellphone | cell phone | contact
        | contact number | contacts | msisdn | sms | phone contact
        | simu | namba ya simu | nambari ya simu | rununu | namba ya rununu | simu ya mkononi
        | numero de telephone | no de telephone | portable | gsm | numero de portable
        """,
    "staff_scheme": """
        staff number scheme | number scheme | identifier scheme | kind of staff number | staff number type
        | aina ya namba ya mtumishi | type de matricule
        """,
    "staff_number": """
        staff number | staff no | staff id | personal number | personal no | p no | pno | pf number | pf no
        | personal file number | payroll number | payroll no | upn | upn number | unified personnel number
        | employee number | employee no | employee id | file number | check number | identifier | service number
        | namba ya mtumishi | nambari ya mtumishi | namba ya utumishi | nambari ya utumishi | namba ya ajira
        | matricule | numero matricule | numero de matricule | no matricule | n matricule
        """,
    "organisation": """
        institution | organisation | organization | employer | mda | mdac | ministry | county | agency
        | state department | ministry department agency | station organisation | institution name
        | taasisi | shirika | mwajiri | wizara | kaunti | idara ya serikali
        | organisme | employeur | ministere | etablissement
        """,
    "unit": """
        unit | department | directorate | section | division | branch | office | duty station | workstation
        | work station | station
        | kitengo | idara | kurugenzi | sehemu | kituo cha kazi
        | service | direction | departement | unite | bureau | lieu d affectation
        """,
    "grade_scheme": """
        grade scheme | grading scheme | scheme of grades | mfumo wa daraja | mfumo wa ngazi | grille
        """,
    "grade": """
        grade | job group | job grade | jg | csg | salary grade | scale | job scale
        | daraja | ngazi | ngazi ya mshahara | kundi la kazi
        | echelon | categorie | grade salarial
        """,
    "language": """
        language | preferred language | lugha | lugha unayopendelea | langue | langue preferee
        """,
}


def same_words(heading: str) -> str:
    """Return a heading without accents, case and signs, so that "E-mail:" and "E MAIL" are one."""
    bare = unicodedata.normalize("NFKD", heading.replace("_", " ")).casefold()
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    bare = re.sub(r"\([^)]*\)", " ", bare)
    bare = re.sub(r"[’'`]s\b", "s", bare)  # noqa: RUF001  as people type it
    return " ".join(re.sub(r"[^\w]+", " ", bare).split())


@cache
def _fields() -> dict[str, str]:
    return {
        " ".join(name.split()): field
        for field, names in _CALLED.items()
        for name in names.replace("\n", " ").split("|")
    }


def field_of(heading: str) -> str:
    """The field that a heading most likely means; "" where nobody can say."""
    if not heading or len(heading) > 60:  # noqa: PLR2004  longer than any name of a column
        return ""
    return _fields().get(same_words(heading), "")


def guess(header: list[str]) -> list[str]:
    """The field of each column, each of them once; parts of a name only where no column has the whole."""
    found = [field_of(title) for title in header]
    if "full_name" in found:
        found = ["" if field == NAME_PART else field for field in found]
    elif found.count(NAME_PART) == 1:
        found = ["full_name" if field == NAME_PART else field for field in found]
    taken: set[str] = set()
    for index, field in enumerate(found):
        if field and field != NAME_PART and field in taken:
            found[index] = ""
        taken.add(field)
    return found
