"""Names and phones as spreadsheets leave them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosters.domain.names import may_be_one, proper_case, same_person
from rosters.domain.phones import PhoneFault, read_phone


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("WANJIRU NG'ENO", "Wanjiru Ng'eno"),
        ("NJERI MURANG\u2019A", "Njeri Murang\u2019a"),
        ("MARY O'BRIEN", "Mary O'Brien"),
        ("KOFFI N'GUESSAN", "Koffi N'Guessan"),
        ("DANIEL ARAP MOI", "Daniel arap Moi"),
        ("KENNETH OLE NTUTU", "Kenneth ole Ntutu"),
        ("NGUGI WA THIONG'O", "Ngugi wa Thiong'o"),
        ("HAWA BINTI ALI", "Hawa binti Ali"),
        ("JEAN-BAPTISTE DE LA CROIX", "Jean-Baptiste de la Croix"),
        ("DE SOUZA MARIA", "De Souza Maria"),
        ("J.K. MCDONALD", "J.K. McDonald"),
        ("HENRY KIPRONO III", "Henry Kiprono III"),
        ("NDIZÈYE ÉLOI", "Ndizèye Éloi"),
        ("Wanjiru Ng'eno", "Wanjiru Ng'eno"),
        ("otieno", "otieno"),
        ("J. K.", "J. K."),
    ],
)
def test_names_in_capitals_are_proposed_as_people_write_them(name, proposal):
    assert proper_case(name) == proposal


@given(st.text())
def test_only_the_case_of_letters_ever_changes(name):
    proposal = proper_case(name)

    assert len(proposal) == len(name)
    assert proposal.casefold() == name.casefold()


@given(st.text(alphabet="ABCDEÉÑWXYZŒ' -.’", max_size=40))  # noqa: RUF001  as people type it
def test_a_proposal_is_not_proposed_anew(name):
    assert proper_case(proper_case(name)) == proper_case(name)


def test_names_are_compared_by_their_words():
    assert same_person("Grace Wanjiru Ng'eno", "NGENO Wanjiru")
    assert not same_person("Mary Otieno", "John Otieno")
    assert may_be_one("Mary Otieno", "Mary Were")
    assert may_be_one("Wanjru", "Wanjiru")
    assert not may_be_one("Mary Otieno", "Halima Abdi")


@pytest.mark.parametrize(
    ("value", "region", "phone", "is_restored"),
    [
        ("0712345678", "KE", "+254712345678", False),
        ("0110 345 678", "KE", "+254110345678", False),
        ("712345678", "KE", "+254712345678", True),
        ("712345678.0", "KE", "+254712345678", True),
        ("254712345678", "KE", "+254712345678", False),
        ("+254 (712) 345-678", "KE", "+254712345678", False),
        ("00254712345678", "KE", "+254712345678", False),
        ("2.54712345678E+11", "KE", "+254712345678", False),
        ("2,54712345678E+11", "KE", "+254712345678", False),
        ("Tel: 0712345678", "KE", "+254712345678", False),
        ("'0712345678", "KE", "+254712345678", False),
        ("788123456", "RW", "+250788123456", True),
        ("+254712345678", "RW", "+254712345678", False),
        ("77831001", "DJ", "+25377831001", False),
    ],
)
def test_phones_are_read_by_the_country(value, region, phone, is_restored):
    assert read_phone(value, region) == (phone, is_restored)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2.54E+11", "phone_rounded"),
        ("2.54713E+11", "phone_rounded"),
        ("071234", "phone_short"),
        ("07123456789", "phone_long"),
        ("ask at the gate", "phone_malformed"),
        ("0712-CALL-ME", "phone_malformed"),
        ("000000000", "phone_malformed"),
        ("0712345678/0722345678", "phone_several"),
        ("0712345678 or 0722345678", "phone_several"),
        ("+1 23", "phone_malformed"),
    ],
)
def test_what_is_wrong_with_a_phone_is_told(value, code):
    with pytest.raises(PhoneFault) as fault:
        read_phone(value, "KE")

    assert fault.value.code == code


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_a_phone(value):
    with suppress(PhoneFault):
        phone, _is_restored = read_phone(value, "KE")

        assert phone.startswith("+")


@given(st.integers(712_000_000, 712_999_999))
def test_all_ways_to_write_a_phone_are_one(number):
    ways = [f"0{number}", str(number), f"254{number}", f"+254{number}", f"{number}.0"]

    assert {read_phone(way, "KE")[0] for way in ways} == {f"+254{number}"}
