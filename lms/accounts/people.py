"""Finding a person by the address they are reached at, and adding one whom somebody else names."""

from lms.accounts.models import User
from lms.accounts.validators import read_contact


def person_at(contact: str) -> User | None:
    """The active person whose e-mail or phone is `contact`, or None."""
    channel, address = read_contact(contact)
    people = User.objects.filter(is_active=True)
    if channel == "email":
        return people.filter(email__iexact=address).first()
    return people.filter(phone=address).first()


def find_or_add_person(contact: str, full_name: str, language: str = "") -> User:
    """The person reached at `contact`, added without a password if there is none; a known name stays."""
    found = person_at(contact)
    if found:
        return found
    channel, address = read_contact(contact)
    person = User(full_name=" ".join(full_name.split()), language=language, **{channel: address})
    person.set_unusable_password()
    person.save()
    return person
