"""What a roster's people would change: who is found, who is new, what may be written; nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils import timezone

from courses.domain.enrolment import facts_of_people, seats_left, slugs_above
from courses.eligibility import PersonFacts, unmet
from courses.models import Cohort, CourseRun, Enrolment
from lms.accounts.models import User
from lms.accounts.validators import HOME_REGION
from lms.organisations.agreements import country_of
from lms.organisations.models import Membership, Organisation, Role
from lms.organisations.scoping import every_organisation
from rosters.domain.checking import Bodies, Fault, Person, RowReader, fingerprint
from rosters.domain.identifiers import StaffNumber, holders_of
from rosters.domain.names import may_be_one, same_person
from rosters.formats.cells import Note
from rosters.messages import RefusalCode as Code
from rosters.models import Outcome, RosterImport, RosterPerson, RosterRow

CONTACTS = ["email", "phone"]
OF_USER = ["full_name", "email", "phone", "language"]
OF_MEMBERSHIP = ["unit", "grade_scheme", "grade"]


class Cohorting:
    """What is the same for all rows of an import: the cohort's run, its bodies and its country."""

    def __init__(self, cohort: Cohort):
        self.cohort = cohort
        self.organisation: Organisation = cohort.organisation
        self.country = country_of(self.organisation) or self.organisation
        self.region = self.organisation.country_code or self.country.country_code or HOME_REGION
        self.run = CourseRun.objects.select_related("programme").get(pk=cohort.run_id)

    @cached_property
    def bodies(self) -> Bodies:
        below = Organisation.objects.filter(path__startswith=self.organisation.path)
        return Bodies(self.organisation, below.select_related("successor"), timezone.localdate())

    @cached_property
    def slugs(self) -> dict[str, frozenset[str]]:
        """By the path of each body, what eligibility calls it and those above it."""
        below = Organisation.objects.filter(path__startswith=self.organisation.path)
        return slugs_above(below.values_list("path", flat=True))

    def is_home(self, path: str) -> bool:
        """Whether a body is in the country that sends the list."""
        return path.startswith(self.country.path)


@dataclass
class Known:
    """A person who is in the database, and what of theirs concerns the import."""

    user: User
    memberships: list[Membership] = field(default_factory=list)
    record: RosterPerson | None = None
    enrolment: Enrolment | None = None
    is_email_verified: bool = False
    facts: PersonFacts = field(default_factory=PersonFacts)

    def is_ours(self, cohorting: Cohorting) -> bool:
        """Whether the country knows this person: by a role of theirs there, or because an import made the account."""
        if self.record:
            return not self.record.is_stranger
        return any(cohorting.is_home(row.organisation.path) for row in self.memberships)

    def is_protected(self, cohorting: Cohorting) -> bool:
        """Whether name and addresses are not the country's to change."""
        abroad = any(not cohorting.is_home(row.organisation.path) for row in self.memberships)
        return abroad or not self.is_ours(cohorting)

    def is_verified(self, name: str) -> bool:
        """Whether the person has shown that the address is theirs."""
        return self.is_email_verified if name == "email" else self.user.is_phone_verified

    def membership_in(self, body: Organisation) -> Membership | None:
        return next(
            (
                row
                for row in self.memberships
                if row.organisation_id == body.pk
                and row.role == Role.LEARNER
                and row.until_at is None
            ),
            None,
        )


@dataclass
class Plan:
    """What taking a row in would write."""

    person: Person
    body: Organisation
    known: Known | None = None
    user_values: dict[str, str] = field(default_factory=dict)
    membership: Membership | None = None
    membership_values: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    is_stranger: bool = False

    @property
    def needs_place(self) -> bool:
        return self.known is None or self.known.enrolment is None

    @property
    def outcome(self) -> str:
        if self.known is None:
            return Outcome.CREATED.value
        is_same = self.membership and not self.needs_place
        if is_same and not self.user_values and not self.membership_values:
            return Outcome.UNCHANGED.value
        return Outcome.UPDATED.value

    @property
    def grade(self) -> tuple[str, str]:
        """Scheme and grade as they will stand at the body; empty where there is none."""
        values = {
            name: self.membership_values.get(name, getattr(self.membership, name, ""))
            for name in ("grade_scheme", "grade")
        }
        return values["grade_scheme"], values["grade"]

    def facts(self, slugs: frozenset[str]) -> PersonFacts:
        """What eligibility may ask once the row is taken in; `slugs` are those of the body and above."""
        facts = self.known.facts if self.known else PersonFacts()
        grades = facts.grades
        if self.membership and "grade" in self.membership_values:
            grades -= {(self.membership.grade_scheme, self.membership.grade)}
        if self.grade[1]:
            grades |= {self.grade}
        return replace(facts, organisations=facts.organisations | slugs, grades=grades)

    @property
    def hashes(self) -> dict[str, str]:
        """What is remembered of the values that are written."""
        of_user = {name: fingerprint(name, value) for name, value in self.user_values.items()}
        return of_user | {
            f"{name}@{self.body.pk}": fingerprint(name, value)
            for name, value in self.membership_values.items()
        }


class Directory:
    """The people in the database whom some rows may mean; a constant number of queries."""

    def __init__(self, people: Sequence[Person], cohorting: Cohorting):
        self.cohorting = cohorting
        self.staff = {
            person.number: StaffNumber(cohorting.region, person.staff_scheme, person.staff_number)
            for person in people
            if person.staff_number
        }
        self.holders = holders_of(self.staff.values()) if self.staff else {}
        emails = [person.email for person in people if person.email]
        phones = [person.phone for person in people if person.phone]
        users = User.objects.filter(
            Q(email__in=emails) | Q(phone__in=phones) | Q(pk__in=self.holders.values())
        )
        self.by_id = {user.pk: Known(user) for user in users}
        self.by_email = {each.user.email: each for each in self.by_id.values() if each.user.email}
        self.by_phone = {each.user.phone: each for each in self.by_id.values() if each.user.phone}
        if self.by_id:
            self._read()

    def _read(self) -> None:
        ids = list(self.by_id)
        rows = Membership.objects.current().filter(user__in=ids).select_related("organisation")
        for membership in rows:
            self.by_id[membership.user_id].memberships.append(membership)
        verified = EmailAddress.objects.filter(user__in=ids, verified=True)
        for user_id, email in verified.values_list("user_id", "email"):
            known = self.by_id[user_id]
            known.is_email_verified |= email.lower() == known.user.email
        organisation = self.cohorting.organisation
        for record in RosterPerson.objects.filter(user__in=ids, organisation=organisation):
            self.by_id[record.user_id].record = record
        with every_organisation():  # a person has one place in a run, whoever sends them
            places = Enrolment.objects.filter(user__in=ids, run=self.cohorting.run)
            for enrolment in places.select_related("organisation"):
                self.by_id[enrolment.user_id].enrolment = enrolment
        if self.cohorting.run.eligibility:
            facts = facts_of_people([known.user for known in self.by_id.values()])
            for user_id, known in self.by_id.items():
                known.facts = facts[user_id]

    def find(self, person: Person) -> Known | None:
        """The person whom a row means: by staff number, else e-mail, else phone. Raises Fault; never merges."""
        number = self.staff.get(person.number)
        by_number = self.by_id.get(self.holders.get(number, 0)) if number else None
        by_email, by_phone = self.by_email.get(person.email), self.by_phone.get(person.phone)
        if by_number:
            return self._by_number(person, by_number, [by_email, by_phone])
        if by_email and by_phone and by_email is not by_phone:
            raise Fault(Code.TWO_ACCOUNTS, "phone")
        if by_email:
            return self._by_email(person, by_email)
        return self._by_phone(person, by_phone) if by_phone else None

    def _by_number(self, person: Person, known: Known, at: Sequence[Known | None]) -> Known:
        """The holder of the staff number, unless the row's addresses `at` or its name are somebody else's."""
        others = [each for each in at if each]
        if all(each is known for each in others) and (
            others or may_be_one(person.full_name, known.user.full_name)
        ):
            return known
        raise Fault(Code.IDENTIFIER_TAKEN, "staff_number")

    def _by_email(self, person: Person, known: Known) -> Known:
        if known.is_ours(self.cohorting):
            if may_be_one(person.full_name, known.user.full_name):
                return known
        elif known.is_email_verified:
            return known
        raise Fault(Code.EMAIL_TAKEN, "email")

    def _by_phone(self, person: Person, known: Known) -> Known:
        """Phones are shared more than e-mail: the names must agree, and for a stranger nothing else is known."""
        if known.is_ours(self.cohorting):
            if same_person(person.full_name, known.user.full_name):
                return known
        elif known.user.is_phone_verified and not person.email:
            return known
        raise Fault(Code.PHONE_TAKEN, "phone")


class Planner:
    """Plans rows of one import, chunk after chunk."""

    def __init__(
        self,
        roster: RosterImport,
        cohorting: Cohorting,
        reader: RowReader,
        entries: Iterable[Person | Fault],
    ):
        self.roster, self.cohorting, self.reader = roster, cohorting, reader
        people = people_of(entries)
        self.rows_of_email = {person.email: person.number for person in people if person.email}
        self.rows_of_phone = {person.phone: person.number for person in people if person.phone}

    def plan(
        self, people: Sequence[Person], *, places_taken: int = 0
    ) -> tuple[list[Plan], list[Fault]]:
        """Return what to write for each of `people`, and who is refused.

        `places_taken` is the number of seats that a dry run has given away before.
        """
        directory = Directory(people, self.cohorting)
        claimed = self._claimed(directory)
        left = seats_left(self.cohorting.run)
        if left is not None:
            left = max(0, left - places_taken)
        plans: list[Plan] = []
        faults: list[Fault] = []
        for person in people:
            try:
                plan = self._plan(person, directory, claimed)
                if plan.needs_place:
                    self._demand_eligible(plan)
                if plan.needs_place and left is not None:
                    left = self._take_place(left)
            except Fault as fault:
                fault.number = person.number
                if fault.column:
                    fault.column = self.reader.title(fault.column)
                faults.append(fault)
                continue
            if plan.known:
                claimed[plan.known.user.pk] = person.number
            plans.append(plan)
        return plans, faults

    def _demand_eligible(self, plan: Plan) -> None:
        run = self.cohorting.run
        if not run.eligibility:
            return
        rules = unmet(run.eligibility, plan.facts(self.cohorting.slugs[plan.body.path]))
        if rules:
            # which rule a stranger does not meet is theirs to tell
            told = run.eligibility if plan.is_stranger else rules
            raise Fault(Code.NOT_ELIGIBLE, "", {"run": run.code, "rules": told})

    def _take_place(self, left: int) -> int:
        if left == 0:
            run = self.cohorting.run
            raise Fault(Code.FULL, "", {"seats": run.capacity, "run": run.code})
        return left - 1

    def _claimed(self, directory: Directory) -> dict[int, int]:
        """Rows of this import that meant a person already."""
        rows = RosterRow.objects.filter(roster=self.roster, user__in=list(directory.by_id))
        return dict(rows.values_list("user_id", "number")) if directory.by_id else {}

    def _plan(self, person: Person, directory: Directory, claimed: dict[int, int]) -> Plan:
        body = self.cohorting.bodies.find(person.organisation, "organisation")
        known = directory.find(person)
        if known is None:
            return self._new(person, body)
        if known.user.pk in claimed:
            raise Fault(Code.ROW_TWICE, "full_name", {"other": claimed[known.user.pk]})
        if not known.user.is_active:
            raise Fault(Code.ACCOUNT_CLOSED)
        plan = Plan(person, body, known, notes=[*person.notes])
        plan.is_stranger = not known.is_ours(self.cohorting)
        self._place(plan, known)
        if plan.is_stranger:
            plan.notes = [["has_account", {}]]
        self._update_user(plan, known)
        self._update_membership(plan, known)
        return plan

    def _new(self, person: Person, body: Organisation) -> Plan:
        user_values = {name: value for name in OF_USER if (value := getattr(person, name))}
        membership = {name: value for name in OF_MEMBERSHIP if (value := getattr(person, name))}
        return Plan(
            person,
            body,
            user_values=user_values,
            membership_values=membership,
            notes=[*person.notes],
        )

    def _place(self, plan: Plan, known: Known) -> None:
        if known.enrolment is None:
            return
        sender = known.enrolment.organisation
        if not sender.path.startswith(self.cohorting.organisation.path):
            raise Fault(Code.ENROLLED_ELSEWHERE)
        if known.enrolment.state != Enrolment.State.INVITED:
            plan.notes.append(["in_run", {"state": known.enrolment.state}])

    def _update_user(self, plan: Plan, known: Known) -> None:
        for name in OF_USER:
            value, current = getattr(plan.person, name), getattr(known.user, name) or ""
            if not value or value == current:
                continue
            if self._may_write(known, name, current):
                if other := self._wants(name, current, plan.person):
                    told = {"column": self.reader.title(name), "other": other}
                    plan.notes.append(["wanted", told])
                else:
                    plan.user_values[name] = value
            elif not plan.is_stranger:
                plan.notes.append(["kept", {"column": self.reader.title(name)}])

    def _wants(self, name: str, current: str, person: Person) -> int:
        """The row of another person who has the address that this one would give up; 0 where there is none.

        Given up and taken by one file, an address would be refused at first and taken by a second import.
        """
        rows = {"email": self.rows_of_email, "phone": self.rows_of_phone}.get(name, {})
        other = rows.get(current, person.number)
        return 0 if other == person.number else other

    def _may_write(self, known: Known, name: str, current: str) -> bool:
        """Whether a value of a person's own is the import's to write: it wrote the one before, or made the account."""
        if known.is_protected(self.cohorting) or known.record is None:
            return False
        if name in CONTACTS and known.is_verified(name):
            return False
        imported = known.record.hashes.get(name)
        if imported:
            return fingerprint(name, current) == imported
        is_unused = "full_name" in known.record.hashes and known.user.last_login is None
        return not current and is_unused

    def _update_membership(self, plan: Plan, known: Known) -> None:
        plan.membership = known.membership_in(plan.body)
        hashes = known.record.hashes if known.record else {}
        for name in OF_MEMBERSHIP:
            value = getattr(plan.person, name)
            current = getattr(plan.membership, name) if plan.membership else ""
            if not value or value == current:
                continue
            imported = hashes.get(f"{name}@{plan.body.pk}")
            is_ours = imported is not None and fingerprint(name, current) == imported
            may_write = is_ours or (imported is None and not current)
            if may_write:
                plan.membership_values[name] = value
            else:
                plan.notes.append(["kept", {"column": self.reader.title(name)}])


def people_of(entries: Iterable[Person | Fault]) -> list[Person]:
    return [entry for entry in entries if isinstance(entry, Person)]
