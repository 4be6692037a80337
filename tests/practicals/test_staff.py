"""What staff meet: planning, who is booked, the list, the screen, paper sheets and exports."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lms.organisations.scoping import every_organisation
from practicals.models import Attendance, Booking, PaperSheet, PracticalSession
from tests import factories


def address(name, *args, place="centre"):
    return reverse(f"practicals:{name}", args=[place, *args])


@pytest.fixture
def booking(practice, client):
    client.force_login(practice.world.trainer)
    with every_organisation():  # the learner's own
        return practice.book(practice.enrolment, needs=["large_print"])


@pytest.fixture
def begun(practice, booking):
    practice.begin()
    return booking


def notes():
    with every_organisation():  # what was kept
        return list(Attendance.objects.values_list("how", "is_present", "is_current"))


def planned(practice, **values):
    start = timezone.localdate() + timedelta(days=30)
    return {
        "practical": f"{practice.run.pk}:{practice.key}",
        "title": "Kigali, July",
        "time_zone": "Africa/Kigali",
        "venue": "Online",
        "joining_link": "https://meet.example/umahiri",
        "capacity": "25",
        "days_needed": "2",
        "opens_at": "2026-01-01T08:00",
        "closes_at": f"{start:%Y-%m-%d}T09:00",
        "cancel_until": f"{start:%Y-%m-%d}T09:00",
        "days-TOTAL_FORMS": "3",
        "days-INITIAL_FORMS": "0",
        "days-0-on": f"{start:%Y-%m-%d}",
        "days-0-begins": "09:00",
        "days-0-ends": "16:00",
        "days-1-on": f"{start + timedelta(days=1):%Y-%m-%d}",
        "days-1-begins": "09:00",
        "days-1-ends": "15:00",
        **values,
    }


def test_a_session_is_planned_in_its_own_zone_and_changed(client, practice):
    client.force_login(practice.world.registrar)
    new = address("session_new")
    assert "Choose a practical" in client.get(new).content.decode()
    few = client.post(new, planned(practice, days_needed="3")).content.decode()
    assert "The session has fewer days than that." in few

    client.post(new, planned(practice))

    made = PracticalSession.objects.get(title="Kigali, July")
    first, _second = made.days.all()
    assert (made.starts_at, first.starts_at.hour, made.days_needed) == (first.starts_at, 7, 2)
    edit = address("session_edit", made.pk)
    shown = client.get(edit).content.decode()
    assert 'value="09:00"' in shown
    data = planned(practice, title="Kigali, in July") | {
        "days-INITIAL_FORMS": "2",
        "days-0-day": first.pk,
        "days-0-DELETE": "on",
        "days_needed": "1",
    }
    data["days-1-day"] = made.days.last().pk
    client.post(edit, data)
    made.refresh_from_db()
    assert (made.title, made.days.count(), made.sequence) == ("Kigali, in July", 1, 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"days-0-on": "", "days-0-begins": "", "days-0-ends": "", "days-1-on": "", "days-1-begins": "", "days-1-ends": ""}, "Say on which day"),
        ({"days-0-ends": "08:00"}, "A day ends after it begins."),
        ({"closes_at": "2025-01-01T08:00"}, "Booking closes after it opens."),
        ({"time_zone": "Nairobi"}, "is no time zone"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(client, practice, values, sentence):
    client.force_login(practice.world.registrar)

    response = client.post(address("session_new"), planned(practice, **values))

    assert sentence in response.content.decode()


def test_a_country_plans_for_its_own_people(client, practice):
    trainer = factories.member(practice.world.rwanda, "instructor")
    client.force_login(trainer)
    client.post(address("session_new", place="rwanda"), planned(practice))

    made = PracticalSession.objects.get(title="Kigali, July")
    assert made.organisation == practice.world.rwanda
    client.force_login(practice.world.kenyan_coordinator)
    assert client.get(address("session", made.pk, place="kenya")).status_code == 404


def test_a_country_s_staff_see_their_own_people_and_all_counts(client, practice, booking):
    with every_organisation():  # a Rwandan's
        practice.book(practice.learner(practice.world.rwanda))
    client.force_login(practice.world.kenyan_coordinator)

    shown = client.get(address("session", practice.session.pk, place="kenya")).content.decode()

    assert "Wambui Njoroge" in shown and "Akinyi Were" not in shown
    assert "2 of 2" in shown and "large print" in shown
    assert "Change time" not in shown
    day = practice.day.pk
    for name, args in (
        ("day_list", [day]),
        ("screen", [day]),
        ("session_edit", [practice.session.pk]),
    ):
        assert client.get(address(name, *args, place="kenya")).status_code == 403


def test_lists_cost_the_same_for_many(client, practice, booking, django_assert_num_queries):
    detail, listing = address("session", practice.session.pk), address("session_list")
    PracticalSession.objects.update(capacity=9)
    for address_of, queries in ((detail, 17), (listing, 7)):
        for people in (1, 3):
            with every_organisation():  # what is listed
                while Booking.objects.count() < people:
                    practice.book()
            with django_assert_num_queries(queries):
                client.get(address_of)


def test_a_session_is_cancelled_with_a_reason(client, practice, booking):
    cancel = address("session_cancel", practice.session.pk)

    client.post(cancel, {"reason": ""})
    with every_organisation():  # the test's own
        booking.refresh_from_db()
    assert booking.state == "booked"
    client.post(cancel, {"reason": "No power at the venue."})
    shown = client.get(address("session", practice.session.pk)).content.decode()
    assert "No power at the venue." in shown


def test_the_list_works_as_a_plain_form(client, practice, begun):
    day = address("day_list", practice.day.pk)
    assert "0 present" in client.get(day).content.decode()

    client.post(day, {f"tick-{begun.pk}": "present"})
    client.post(day, {f"tick-{begun.pk}": "present"})

    assert notes() == [("list", True, True)]
    assert "1 present" in client.get(day).content.decode()
    assert "No person matches" in client.get(day, {"q": "nobody"}).content.decode()


def test_the_list_costs_the_same_for_many(client, practice, begun, django_assert_num_queries):
    PracticalSession.objects.update(capacity=9)
    for people in (1, 3):
        with every_organisation():  # what is listed
            while Booking.objects.count() < people:
                practice.book()
        with django_assert_num_queries(11):
            client.get(address("day_list", practice.day.pk))


def test_ticks_kept_without_a_line_come_once_whatever_is_sent_twice(client, practice, begun):
    ticks = address("day_ticks", practice.day.pk)
    one = {
        "id": str(uuid4()),
        "booking": begun.pk,
        "is_present": True,
        "at": timezone.now().isoformat(),
    }
    data = json.dumps({"ticks": [one, {**one, "id": "x", "booking": 0}]})

    answers = [client.post(ticks, data, content_type="application/json").json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0]["received"] == [one["id"]]
    assert answers[0]["refused"] == {"x": "This person is not on the list."}
    assert answers[0]["counts"]["present"] == 1
    assert notes() == [("list", True, True)]
    for bad in ("", "{}", '{"ticks": [{"id": ""}]}'):
        assert client.post(ticks, bad, content_type="application/json").status_code == 400


def test_the_screen_shows_a_code_and_gives_those_to_come(client, practice, begun):
    screen = address("screen", practice.day.pk)

    shown = client.get(screen)
    codes = client.get(screen, {"from": "0"}).json()["codes"]

    assert "<svg" in shown.content.decode()
    assert 'http-equiv="refresh"' in shown.content.decode()
    assert len(codes) == 90
    sizes = {(len(rows), len(row)) for rows in codes.values() for row in rows}
    assert len(sizes) == 1
    assert len({"".join(rows) for rows in codes.values()}) == 90


def test_the_screen_reads_back_as_a_check_in(client, practice, begun):
    import zxingcpp
    from PIL import Image

    rows = next(
        iter(client.get(address("screen", practice.day.pk), {"from": "0"}).json()["codes"].values())
    )
    size, scale, border = len(rows), 6, 4
    picture = Image.new("L", ((size + 2 * border) * scale,) * 2, 255)
    for y, row in enumerate(rows):
        for x, bit in enumerate(row):
            if bit == "1":
                box = [(x + border) * scale, (y + border) * scale]
                picture.paste(0, (*box, box[0] + scale, box[1] + scale))
    (found,) = zxingcpp.read_barcodes(picture)
    client.force_login(practice.world.learner)

    assert (
        "You are checked in"
        in client.get(found.text.removeprefix("http://127.0.0.1:8000")).content.decode()
    )


def test_who_has_no_phone_joins_at_the_screen(client, practice, begun):
    join = address("screen_join", practice.day.pk)

    assert (
        "is noted as present"
        in client.post(join, {"typed": begun.code.lower()}, follow=True).content.decode()
    )
    assert notes() == [("group", True, True)]
    unknown = client.post(join, {"typed": "nobody@example.org"}, follow=True).content.decode()
    assert "No account has this address." in unknown
    with every_organisation():  # one more
        comer = practice.learner()
    shown = client.post(join, {"typed": comer.user.email}, follow=True).content.decode()
    assert "has no seat yet" in shown
    door = client.get(address("session", practice.session.pk)).content.decode()
    assert "At the door" in door
    with every_organisation():  # theirs
        asked = Booking.objects.get(enrolment=comer)
    client.post(address("booking_decide", asked.pk), {"let_in": "1"})
    with every_organisation():  # theirs
        asked.refresh_from_db()
    assert asked.state == "attended"


def test_a_booking_is_ended_and_seats_are_freed(client, practice, begun):
    with every_organisation():  # another
        other = practice.book()
    decide = address("booking_decide", other.pk)
    client.post(decide, {"reason": ""})
    client.post(decide, {"reason": "Sent home ill"})
    with every_organisation():  # the other's
        other.refresh_from_db()
    assert (other.state, other.reason) == ("cancelled", "Sent home ill")

    shown = client.post(address("session_release", practice.session.pk), follow=True)
    assert "1 seat is free again." in shown.content.decode()


def test_a_paper_sheet_is_printed_and_typed_in(client, practice, begun):
    client.post(address("sheet_make", practice.session.pk))
    with every_organisation():  # what was made
        sheet = PaperSheet.objects.get()
    printed = client.get(address("sheet", sheet.code)).content.decode()
    assert "Wambui Njoroge" in printed and sheet.code in printed
    typing = address("sheet_type", sheet.code)
    data = {"day": practice.day.pk, "rows": "1", "others_absent": "on"}

    assert "is not among them" in client.post(typing, data | {"rows": "7"}).content.decode()
    assert "Compare this with the sheet" in client.post(typing, data).content.decode()
    assert notes() == []
    client.post(typing, data | {"is_checked": "1"})
    assert notes() == [("paper", True, True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_attendance_goes_out_as_a_file(client, practice, begun, kind):
    client.post(address("day_list", practice.day.pk), {f"tick-{begun.pk}": "present"})

    response = client.get(address("export", practice.session.pk), {"format": kind})

    if kind == "csv":
        row = b"".join(response.streaming_content).decode().splitlines()[1].split(",")
    else:
        sheet = load_workbook(BytesIO(response.content)).active
        row = [str(cell.value) for cell in sheet[2]]
    assert row[0] == "Wambui Njoroge"
    assert row[-2:] == ["present (list)", "1"]


def test_the_export_of_a_country_holds_its_own_people(client, practice, booking):
    with every_organisation():  # a Rwandan's
        practice.book(practice.learner(practice.world.rwanda))
    client.force_login(practice.world.rwandan_coordinator)

    response = client.get(address("export", practice.session.pk, place="rwanda"))

    assert "Wambui Njoroge" not in b"".join(response.streaming_content).decode()
