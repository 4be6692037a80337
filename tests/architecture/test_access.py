"""Every address there is, and who may use it. A new one that is not in the table fails."""

from functools import partial
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessments.domain.starting import start_attempt
from assessments.models import Attempt
from courses.domain.cohorts import add_cohort
from courses.domain.enrolment import enrol
from courses.models import Enrolment
from lms.messaging.domain.preferences import opt_out_token
from lms.messaging.models import Campaign, Message
from lms.organisations.scoping import every_organisation
from practicals.domain.booking import book
from practicals.domain.sheets import make_sheet
from practicals.domain.tokens import step_at, token_of
from practicals.models import Booking
from rosters.models import RosterImport
from tests import factories

ANYONE, SIGNED_IN, OWNER, STAFF, TRAINER = "anyone", "signed in", "owner", "staff", "trainer"
API_OWNER = "owner, told by a status instead of a sign-in page"

# name → who gets through; everyone else is sent to sign in, or told 403 or 404
ACCESS = {
    "courses:catalogue": ANYONE,
    "courses:course": ANYONE,
    "courses:enrol": SIGNED_IN,
    "courses:programme": ANYONE,
    "courses:dashboard": SIGNED_IN,
    "courses:pending": OWNER,
    "courses:run": OWNER,
    "courses:activity": OWNER,
    "courses:lesson_position": OWNER,
    "assessments:service_worker": ANYONE,
    "assessments:attempt": OWNER,
    "assessments:file_upload": OWNER,
    "assessments:file": OWNER,
    "assessments:answer_file": OWNER,
    "assessments:overview": OWNER,
    "assessments:submit": OWNER,
    "assessments:review": OWNER,
    "assessments:quiz_list": STAFF,
    "assessments:quiz_statistics": STAFF,
    "assessments:statistics_refresh": STAFF,
    "assessments:answers_alike": STAFF,
    "assessments:item_statistics": STAFF,
    "assessments:marking_list": STAFF,
    "assessments:mark_next": STAFF,
    "assessments:mark_second": STAFF,
    "assessments:marked_file": STAFF,
    "assessments:quiz_run": STAFF,
    "assessments:allowance_end": STAFF,
    "assessments:attempt_detail": STAFF,
    "assessments:answer_file_upload": STAFF,
    "assessments:regrade_new": STAFF,
    "assessments:regrade_list": STAFF,
    "assessments:regrade": STAFF,
    "admissions:run_list": STAFF,
    "admissions:seat_list": STAFF,
    "admissions:nomination_list": STAFF,
    "admissions:selection": STAFF,
    "admissions:criteria": STAFF,
    "admissions:invite": STAFF,
    "admissions:nomination_withdraw": STAFF,
    "admissions:nomination_substitute": STAFF,
    "courses:run_list": STAFF,
    "courses:run_link": STAFF,
    "courses:due_dates": STAFF,
    "courses:holiday_list": STAFF,
    "courses:holiday_edit": STAFF,
    "courses:holiday_remove": STAFF,
    "courses:adaptation_list": STAFF,
    "courses:adaptation_detail": STAFF,
    "courses:enrolment_detail": STAFF,
    "courses:gradebook": STAFF,
    "rosters:cohort_list": STAFF,
    "rosters:template": STAFF,
    "rosters:cohort": STAFF,
    "rosters:invite": STAFF,
    "rosters:import_new": STAFF,
    "rosters:import": STAFF,
    "rosters:columns": STAFF,
    "rosters:report": STAFF,
    "rosters:apply": STAFF,
    "rosters:undo": STAFF,
    "rosters:forget": STAFF,
    "accounts:profile": SIGNED_IN,
    "accounts:confirm": SIGNED_IN,
    "accounts:address": SIGNED_IN,
    "accounts:address_confirm": SIGNED_IN,
    "accounts:password": SIGNED_IN,
    "accounts:organisation_sign_in": ANYONE,
    "accounts:identities": SIGNED_IN,
    "accounts:identity_connect": SIGNED_IN,
    "accounts:identity_disconnect": SIGNED_IN,
    "accounts:second_step": SIGNED_IN,
    "accounts:sessions_end": SIGNED_IN,
    "accounts:sentmessage_list": STAFF,
    "organisations:portal": ANYONE,
    "organisations:portal_colours": ANYONE,
    "organisations:portal_edit": STAFF,
    "organisations:news_delete": STAFF,
    "organisations:agreement_list": STAFF,
    "organisations:rename": STAFF,
    "organisations:permission_list": STAFF,
    "organisations:people_list": STAFF,
    "organisations:role_give": STAFF,
    "organisations:provider_list": STAFF,
    "organisations:provider_new": STAFF,
    "organisations:provider_edit": STAFF,
    "organisations:recovery_list": STAFF,
    "organisations:recovery_new": STAFF,
    "organisations:recovery_decide": STAFF,
    "organisations:recovery_complete": ANYONE,
    "organisations:duplicate_list": STAFF,
    "organisations:merge": STAFF,
    "organisations:merge_undo": STAFF,
    "organisations:role_end": STAFF,
    "messaging:inbox": SIGNED_IN,
    "messaging:mark_read": SIGNED_IN,
    "messaging:preference": SIGNED_IN,
    "messaging:stop": ANYONE,  # who has the signed link
    "messaging:report": ANYONE,  # who knows the secret
    "messaging:incoming": ANYONE,  # who knows the secret
    "messaging:outbox": STAFF,
    "messaging:texts": STAFF,
    "messaging:resolve": STAFF,
    "messaging:campaign_new": STAFF,
    "messaging:campaign_list": STAFF,
    "messaging:campaign": STAFF,
    "reports:home": STAFF,
    "reports:learner_list": STAFF,
    "reports:progress_grid": STAFF,
    "reports:progress_summary": STAFF,
    "reports:pace_list": STAFF,
    "reports:pace_detail": STAFF,
    "reports:styleguide": ANYONE,
    "health_live": ANYONE,
    "health_ready": ANYONE,
    "set_language": ANYONE,
    "api:openapi-json": ANYONE,
    "api:api-root": ANYONE,
    "api:list_courses": ANYONE,
    "api:get_course": ANYONE,
    "api:open_on_device": API_OWNER,
    "api:append_events": API_OWNER,
    "api:lab_grant": ANYONE,  # who has the Hub's token
    "labs:open": OWNER,
    "labs:wait": OWNER,
    "labs:submit": OWNER,
    "labs:in_browser": OWNER,
    "labs:file": OWNER,
    "labs:submission": OWNER,
    "labs:submission_state": OWNER,
    "labs:submission_list": OWNER,
    "labs:state": OWNER,
    "labs:stop": OWNER,
    "labs:notebook": OWNER,
    "labs:reset": OWNER,
    "labs:save_list": OWNER,
    "labs:save": OWNER,
    "labs:restore": OWNER,
    "labs:picture": OWNER,
    "labs:from_lab": SIGNED_IN,
    "labs:line": OWNER,
    "labs:leave": OWNER,
    "labs:fleet": STAFF,
    "labs:session_stop": STAFF,
    "labs:session_log": STAFF,
    "labs:usage": STAFF,
    "labs:quota_list": STAFF,
    "labs:quota_edit": STAFF,
    "labs:class_new": STAFF,
    "labs:class_cancel": STAFF,
    "labs:lab_list": STAFF,
    "labs:board": STAFF,
    "labs:hand_marking": STAFF,
    "labs:hand_mark_next": STAFF,
    "labs:hand_mark": STAFF,
    "labs:submission_read": STAFF,
    "labs:comment_edit": STAFF,
    "labs:remark_list": STAFF,
    "labs:remark": STAFF,
    "practicals:calendar_file": OWNER,
    "practicals:feed_address": SIGNED_IN,
    "practicals:feed": ANYONE,
    "practicals:check_in_offline": ANYONE,
    "practicals:check_in": OWNER,
    "practicals:session_list": STAFF,
    "practicals:session_new": STAFF,
    "practicals:session": STAFF,
    "practicals:session_edit": STAFF,
    "practicals:session_cancel": STAFF,
    "practicals:session_release": STAFF,
    "practicals:booking_decide": STAFF,
    "practicals:export": STAFF,
    "practicals:sheet_make": STAFF,
    "practicals:sheet": STAFF,
    "practicals:sheet_type": STAFF,
    "practicals:day_list": STAFF,
    "practicals:day_ticks": STAFF,
    "practicals:screen": STAFF,
    "practicals:screen_join": STAFF,
    "certification:verify": ANYONE,
    "certification:award": ANYONE,
    "certification:scanned": ANYONE,
    "certification:mine": SIGNED_IN,
    "certification:download": OWNER,
    "certification:release_list": STAFF,
    "certification:release_prepare": STAFF,
    "certification:release_detail": STAFF,
    "certification:release": STAFF,
    "certification:release_back": STAFF,
    "certification:award_list": STAFF,
    "certification:award_void": STAFF,
    "certification:award_replace": STAFF,
}
# whole trees that guard themselves: Wagtail's admin and documents, allauth's pages and provider
GUARDED_ELSEWHERE = ("cms/", "documents/", "accounts/", "identity/", ".well-known/", "media/")


def _walk(resolver, path="", namespace=()):
    for pattern in resolver.url_patterns:
        here = path + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = namespace + ((pattern.namespace,) if pattern.namespace else ())
            yield from _walk(pattern, here, inner)
        elif isinstance(pattern, URLPattern) and not here.startswith(GUARDED_ELSEWHERE):
            yield ":".join([*namespace, pattern.name or here])


def our_views():
    return set(_walk(get_resolver()))


def test_every_view_states_who_may_use_it():
    assert our_views() == set(ACCESS)


def arguments(name, world):
    """Arguments that name `world`'s own records."""
    if name.startswith("certification:"):
        return certification_arguments(name, world)
    if name.startswith("rosters:"):
        return roster_arguments(name, world)
    if name.startswith("practicals:"):
        return practical_arguments(name, world)
    attempt = started_attempt(world)
    lesson, quiz = world.entry("lesson")["key"], world.entry("quiz")["key"]
    return {
        "courses:course": [world.run.course.slug],
        "api:get_course": [world.run.course.slug],
        "courses:enrol": [world.run.course.slug],
        "courses:programme": ["none-of-that-name"],
        "courses:run": [world.enrolment.pk],
        "courses:pending": [world.enrolment.pk],
        "courses:run_link": ["kenya", world.run.pk],
        "courses:due_dates": ["kenya", world.run.pk],
        "courses:holiday_list": ["kenya"],
        "courses:holiday_edit": ["kenya", 1],
        "courses:holiday_remove": ["kenya", 1],
        "courses:adaptation_list": ["kenya"],
        "courses:adaptation_detail": ["kenya", 1],
        "courses:enrolment_detail": ["kenya", world.enrolment.pk],
        "courses:activity": [world.enrolment.pk, lesson],
        "courses:lesson_position": [world.enrolment.pk, lesson],
        "assessments:attempt": [world.enrolment.pk, attempt],
        "assessments:file_upload": [world.enrolment.pk, attempt, 1],
        "assessments:file": [world.enrolment.pk, attempt, "0" * 64],
        "assessments:answer_file": [world.enrolment.pk, attempt],
        "api:open_on_device": [attempt],
        "api:append_events": [attempt],
        "assessments:overview": [world.enrolment.pk, attempt],
        "assessments:submit": [world.enrolment.pk, attempt],
        "assessments:review": [world.enrolment.pk, attempt],
        "assessments:quiz_list": ["kenya"],
        "assessments:quiz_statistics": ["kenya", quiz],
        "assessments:statistics_refresh": ["kenya", quiz],
        "assessments:answers_alike": ["kenya", quiz],
        "assessments:item_statistics": ["kenya", quiz, 1],
        "assessments:marking_list": ["kenya"],
        "assessments:mark_next": ["kenya", 1],
        "assessments:mark_second": ["kenya"],
        "assessments:marked_file": ["kenya", 1, "0" * 64],
        "assessments:quiz_run": ["kenya", world.run.pk, world.entry("quiz")["key"]],
        "assessments:allowance_end": ["kenya", 1],
        "assessments:attempt_detail": ["kenya", attempt],
        "assessments:answer_file_upload": ["kenya"],
        "assessments:regrade_new": ["kenya", 1],
        "assessments:regrade_list": ["kenya"],
        "assessments:regrade": ["kenya", 1],
        "admissions:run_list": ["kenya"],
        "admissions:seat_list": ["kenya", world.run.pk],
        "admissions:nomination_list": ["kenya", world.run.pk],
        "admissions:selection": ["kenya", world.run.pk],
        "admissions:criteria": ["kenya", world.run.pk],
        "admissions:invite": ["kenya", world.run.pk],
        "admissions:nomination_withdraw": ["kenya", world.enrolment.pk],
        "admissions:nomination_substitute": ["kenya", world.enrolment.pk],
        "courses:run_list": ["kenya"],
        "courses:gradebook": ["kenya", world.run.pk],
        "accounts:address": ["email"],
        "organisations:portal": ["kenya"],
        "organisations:portal_colours": ["kenya"],
        "organisations:portal_edit": ["kenya"],
        "organisations:news_delete": ["kenya", 1],
        "organisations:agreement_list": ["kenya"],
        "organisations:rename": ["kenya"],
        "organisations:permission_list": ["kenya"],
        "organisations:people_list": ["kenya"],
        "organisations:role_give": ["kenya"],
        "organisations:provider_list": ["kenya"],
        "organisations:provider_new": ["kenya"],
        "organisations:provider_edit": ["kenya", 1],
        "accounts:identity_connect": [1],
        "accounts:identity_disconnect": [1],
        "organisations:recovery_list": ["kenya"],
        "organisations:recovery_new": ["kenya"],
        "organisations:recovery_decide": ["kenya", 1],
        "organisations:recovery_complete": [uuid4()],
        "organisations:duplicate_list": ["kenya"],
        "organisations:merge": ["kenya", world.learner.pk, world.kenyan_coordinator.pk],
        "organisations:merge_undo": ["kenya", 1],
        "organisations:role_end": ["kenya", world.learner.memberships.get().pk],
        "reports:learner_list": ["kenya"],
        "messaging:stop": [opt_out_token(world.learner)],
        "messaging:report": ["not-the-secret"],
        "messaging:incoming": ["not-the-secret"],
        "messaging:outbox": ["kenya"],
        "messaging:texts": ["kenya"],
        "messaging:resolve": ["kenya", 1],
        "messaging:campaign_new": ["kenya"],
        "messaging:campaign_list": ["kenya"],
        "messaging:campaign": ["kenya", 1],
        "reports:progress_grid": ["kenya", world.run.pk],
        "reports:progress_summary": ["kenya", world.run.pk],
        "reports:pace_list": ["kenya"],
        "reports:pace_detail": ["kenya", 1],
        "api:lab_grant": ["l0123456789ab"],
        "labs:open": [world.enrolment.pk, lesson],
        "labs:wait": [world.enrolment.pk, lesson],
        "labs:submit": [world.enrolment.pk, lesson],
        "labs:in_browser": [world.enrolment.pk, lesson],
        "labs:file": [world.enrolment.pk, lesson],
        "labs:submission": [1],
        "labs:submission_state": [1],
        "labs:submission_list": [world.enrolment.pk, lesson],
        "labs:state": [world.enrolment.pk, lesson],
        "labs:stop": [world.enrolment.pk, lesson],
        "labs:notebook": [world.enrolment.pk, lesson],
        "labs:reset": [world.enrolment.pk, lesson],
        "labs:save_list": [world.enrolment.pk, lesson],
        "labs:save": [world.enrolment.pk, lesson, 1],
        "labs:restore": [world.enrolment.pk, lesson, 1],
        "labs:picture": [world.enrolment.pk, lesson, 1, 0, 0],
        "labs:line": [world.enrolment.pk, lesson],
        "labs:leave": [world.enrolment.pk, lesson],
        "labs:fleet": ["kenya"],
        "labs:session_stop": ["kenya", 1],
        "labs:session_log": ["kenya", 1],
        "labs:usage": ["kenya"],
        "labs:quota_list": ["kenya"],
        "labs:quota_edit": ["kenya", "cohort"],
        "labs:class_new": ["kenya"],
        "labs:class_cancel": ["kenya", 1],
        "labs:lab_list": ["kenya"],
        "labs:board": ["kenya", world.run.pk, lesson],
        "labs:hand_marking": ["kenya", world.run.pk, lesson],
        "labs:hand_mark_next": ["kenya", world.run.pk, lesson, "why"],
        "labs:hand_mark": ["kenya", 1, "why"],
        "labs:submission_read": ["kenya", 1],
        "labs:comment_edit": ["kenya", 1],
        "labs:remark_list": ["kenya", world.run.pk, lesson],
        "labs:remark": ["kenya", 1],
    }.get(name, [])


def started_attempt(world):
    """The uuid of an attempt of the learner whose things they are."""
    if hasattr(world, "attempt"):
        return world.attempt.uuid
    with every_organisation():  # the table's own attempt
        return start_attempt(world.enrolment, world.entry("quiz"), "en").uuid


def practical_arguments(name, world):
    place = ["kenya"]
    if name in {"practicals:feed_address", "practicals:check_in_offline"}:
        return []
    if name == "practicals:feed":
        return ["unknown"]
    booking = booked_seat(world)
    session = booking.session
    with every_organisation():  # the table's own sheet
        sheet = session.sheets.first() or make_sheet(
            session, world.kenya, by=world.kenyan_coordinator
        )
    day = session.days.get().pk
    return {
        "practicals:calendar_file": [booking.enrolment_id, session.activity_key],
        "practicals:check_in": [day, token_of(day, step_at(timezone.now()))],
        "practicals:session_list": place,
        "practicals:session_new": place,
        "practicals:booking_decide": [*place, booking.pk],
        "practicals:sheet": [*place, sheet.code],
        "practicals:sheet_type": [*place, sheet.code],
        "practicals:day_list": [*place, day],
        "practicals:day_ticks": [*place, day],
        "practicals:screen": [*place, day],
        "practicals:screen_join": [*place, day],
    }.get(name, [*place, session.pk])


def booked_seat(world):
    """The learner's seat in a session of Kenya's."""
    if hasattr(world, "booking"):
        return world.booking
    with every_organisation():  # the table's own session and booking
        run = factories.practical_run(opens_after="nothing")
        session = factories.session(world.kenya, run)
        enrolment = enrol(world.learner, run, world.nyeri)
        enrol(world.stranger, run, world.rwanda)
        return book(enrolment, session, by=world.learner)


def certification_arguments(name, world):
    if name in {"certification:verify", "certification:mine"}:
        return []
    with every_organisation():  # the table's own certificate
        award = world.award if hasattr(world, "award") else factories.issued_award(world)
    place = ["centre"]
    return {
        "certification:award": [award.public_id],
        "certification:scanned": [award.qr],
        "certification:download": [award.public_id],
        "certification:release_detail": [*place, award.release_id],
        "certification:release": [*place, award.release_id],
        "certification:release_back": [*place, award.release_id],
        "certification:award_void": [*place, award.public_id],
        "certification:award_replace": [*place, award.public_id],
    }.get(name, place)


def roster_arguments(name, world):
    if name in {"rosters:cohort_list", "rosters:template"}:
        return ["kenya"]
    if hasattr(world, "roster"):
        roster = world.roster
    else:
        with every_organisation():  # the table's own cohort
            cohort = add_cohort(world.kenya, world.run, "Intake", by=None)
            roster = RosterImport.objects.create(cohort=cohort, name="staff.csv")
    place = ["kenya", roster.cohort.slug]
    return (
        place
        if name in {"rosters:cohort", "rosters:invite", "rosters:import_new"}
        else [*place, roster.pk]
    )


POST_ONLY = {
    "courses:holiday_remove",
    "rosters:invite",
    "organisations:news_delete",
    "admissions:invite",
    "admissions:nomination_withdraw",
    "accounts:identity_connect",
    "accounts:identity_disconnect",
    "organisations:recovery_decide",
    "organisations:merge_undo",
    "accounts:sessions_end",
    "practicals:session_cancel",
    "practicals:session_release",
    "practicals:booking_decide",
    "practicals:sheet_make",
    "practicals:day_ticks",
    "practicals:screen_join",
    "organisations:role_end",
    "messaging:mark_read",
    "messaging:resolve",
    "messaging:report",
    "messaging:incoming",
    "assessments:allowance_end",
    "assessments:file_upload",
    "api:open_on_device",
    "api:append_events",
    "certification:release_prepare",
    "certification:release",
    "certification:release_back",
    "certification:award_replace",
    "courses:lesson_position",
    "assessments:submit",
    "assessments:statistics_refresh",
    "assessments:answers_alike",
    "set_language",
    "labs:open",
    "labs:file",
    "labs:stop",
    "labs:restore",
    "labs:leave",
    "labs:class_cancel",
    "rosters:apply",
    "rosters:undo",
    "rosters:forget",
}


@pytest.fixture
def ask(client, world, signing_folder):
    addresses = {}

    def ask(name):
        method = client.post if name in POST_ONLY else client.get
        if name.startswith("api:") and name in POST_ONLY:
            method = partial(
                client.post,
                data={"device": str(uuid4()), "events": []},
                content_type="application/json",
            )
        if name not in addresses:
            addresses[name] = reverse(name, args=arguments(name, world))
        return method(addresses[name])

    return ask


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_nobody_is_sent_to_sign_in_unless_the_page_is_for_anyone(name, ask):
    response = ask(name)

    if ACCESS[name] == ANYONE:
        assert response.status_code < 403 or response.status_code == 404
        assert "/accounts/" not in response.get("Location", "")
    elif ACCESS[name] == API_OWNER:
        assert response.status_code == 401
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "name", sorted(name for name in ACCESS if ACCESS[name] in {OWNER, STAFF, API_OWNER})
)
def test_a_stranger_from_another_country_gets_nothing(name, world, client, ask):
    for person in (world.stranger, world.rwandan_coordinator):
        if name == "reports:home" and person == world.rwandan_coordinator:
            continue  # a staff page of their own
        client.force_login(person)

        assert ask(name).status_code in {403, 404}


TEACHING = [name for name in ACCESS if name.startswith("assessments:") and ACCESS[name] == STAFF]


@pytest.mark.parametrize("name", [*TEACHING, "courses:run_list", "courses:gradebook"])
def test_a_coordinator_does_not_teach(name, world, client, ask):
    client.force_login(world.kenyan_coordinator)

    assert ask(name).status_code == 403


def test_a_country_s_coordinator_sees_that_country_alone(world, client):
    client.force_login(world.kenyan_coordinator)

    page = client.get(reverse("reports:learner_list", args=["kenya"])).content.decode()

    assert "Wambui Njoroge" in page
    assert "Uwase Marie" not in page
    assert client.get(reverse("reports:learner_list", args=["rwanda"])).status_code == 404
    assert client.get(reverse("reports:learner_list", args=["centre"])).status_code == 404


def test_the_export_holds_that_country_alone(world, client):
    client.force_login(world.rwandan_coordinator)

    response = client.get(reverse("reports:learner_list", args=["rwanda"]), {"format": "csv"})
    lines = b"".join(response.streaming_content).decode()

    assert "Uwase Marie" in lines
    assert "Wambui Njoroge" not in lines


ROLES = ["learner", "kenyan_coordinator", "rwandan_coordinator", "trainer", "stranger"]


@pytest.mark.parametrize("role", ROLES)
def test_enrolments_listed_are_the_enrolments_allowed(role, world):
    user = getattr(world, role)
    with every_organisation():  # the law is about all records
        rows = Enrolment.objects.all()
        allowed = {row for row in rows if user.has_perm("courses.view_enrolment", row)}

        assert set(Enrolment.objects.visible_to(user)) == allowed


@pytest.mark.parametrize("role", ROLES)
def test_attempts_listed_are_the_attempts_allowed(role, world):
    user = getattr(world, role)
    with every_organisation():  # the law is about all records
        for enrolment in (world.enrolment, world.foreign_enrolment):
            start_attempt(enrolment, world.entry("quiz"), "en")
        rows = Attempt.objects.all()
        allowed = {row for row in rows if user.has_perm("assessments.view_attempt", row)}

        assert set(Attempt.objects.visible_to(user)) == allowed


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", [Message, Campaign], ids=lambda model: model.__name__)
def test_messages_listed_are_the_messages_allowed(model, role, world):
    user = getattr(world, role)
    with every_organisation():  # the law is about all records
        factories.campaign(world.kenya, created_by=world.trainer)
        factories.campaign(world.rwanda, created_by=world.trainer)
        factories.message(world.learner, world.nyeri)
        factories.message(world.stranger, world.rwanda)
        permission = f"messaging.view_{model._meta.model_name}"
        allowed = {row for row in model.objects.all() if user.has_perm(permission, row)}

        assert set(model.objects.visible_to(user)) == allowed


@pytest.mark.parametrize("role", [*ROLES, "registrar", "releaser"])
def test_bookings_listed_are_the_bookings_allowed(role, world):
    user = getattr(world, role)
    with every_organisation():  # the law is about all records
        run = factories.practical_run(opens_after="nothing")
        session = factories.session(world.centre, run)
        for person, organisation in ((world.learner, world.nyeri), (world.stranger, world.rwanda)):
            book(enrol(person, run, organisation), session, by=person)
        rows = Booking.objects.all()
        allowed = {row for row in rows if user.has_perm("practicals.view_booking", row)}

        assert set(Booking.objects.visible_to(user)) == allowed
