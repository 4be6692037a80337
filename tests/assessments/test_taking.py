"""Taking a quiz as plain forms: what a learner without JavaScript meets."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessments.domain.answer_files import read_answer_file
from assessments.models import Attempt, Response, Sitting
from courses.domain.enrolment import enrol
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from lms.organisations.scoping import every_organisation
from tests import factories

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def taking(client, everywhere):
    """A learner with a run whose only activity is a quiz of these entries."""
    client.force_login(everywhere.learner)

    def begin(*entries, **values):
        run = factories.quiz_run(*entries, **values)
        enrolment = enrol(everywhere.learner, run, everywhere.nyeri)
        address = reverse("courses:activity", args=[enrolment.pk, run.edition.activities[0]["key"]])
        return Sitter(client, enrolment, address)

    return begin


class Sitter:
    """Fills in the page of an attempt as a browser without JavaScript would."""

    def __init__(self, client, enrolment, address):
        self.client, self.enrolment, self.address = client, enrolment, address

    def start(self, **data):
        return self.client.post(self.address, data)

    @property
    def attempt(self):
        return Attempt.objects.filter(enrolment=self.enrolment).order_by("-number")[0]

    def url(self, name, *more):
        return reverse(f"assessments:{name}", args=[self.enrolment.pk, self.attempt.uuid, *more])

    def page(self):
        return self.client.get(self.url("attempt"))

    def fields(self):
        """What the page's form would send as it stands."""
        response = self.page()
        data = {"client_id": response.context["page_form"]["client_id"].value()}
        for row in response.context["questions"]:
            form = row["form"]
            data[f"q{row['item'].position}-was"] = form["was"].value()
            if isinstance(form["value"].value(), str):
                data[f"q{row['item'].position}-value"] = form["value"].value()
            if row["standing"].is_flagged:
                data[f"q{row['item'].position}-flag"] = "1"
        return data

    def save(self, position=1, button="save", **answers):
        data = self.fields() | answers | {button: str(position)}
        return self.client.post(self.url("attempt"), data)


def test_the_quiz_page_says_what_it_asks(taking):
    sitter = taking(time_limit=20, consequence="Passing opens the practical.")

    page = sitter.client.get(sitter.address).content.decode()

    for words in ("20 minutes", "70 %", "Passing opens the practical.", "Your best try counts."):
        assert words in page


def test_a_quiz_is_taken_with_plain_forms(taking):
    sitter = taking()
    response = sitter.start()
    assert response["Location"] == sitter.url("attempt")

    sitter.save(1, **{"q1-value": "A"})
    response = sitter.save(2, **{"q2-value": "A"})
    assert response["Location"] == sitter.url("attempt") + "#question-3"
    response = sitter.save(3, **{"q3-value": "A"})
    assert response["Location"] == sitter.url("overview")

    sitter.client.post(sitter.url("submit"))
    review = sitter.client.get(sitter.url("review"))
    assert "100 %" in review.content.decode()
    assert sitter.attempt.receipt in review.content.decode()


def test_a_receipt_waits_in_the_outbox_for_the_worker(taking):
    sitter = taking()
    sitter.start()
    for _ in range(2):
        sitter.client.post(sitter.url("submit"))

    assert mail.outbox == []  # nobody waits for a mail server
    with every_organisation():  # whoever looks
        rows = Message.objects.filter(key="assessments.receipt", person=sitter.enrolment.user)
        letters = {row.channel: render(row) for row in rows}
    assert set(letters) == {"in_app", "email"}
    assert sitter.attempt.receipt in letters["email"].subject
    assert sitter.url("review") in letters["email"].body
    assert letters["email"].sms == ""


def test_a_page_left_open_elsewhere_undoes_nothing(taking):
    sitter = taking()
    sitter.start()
    stale = sitter.fields()
    sitter.save(1, **{"q1-value": "A"})

    sitter.client.post(sitter.url("attempt"), stale | {"q2-value": "B", "save": "2"})

    assert Response.objects.filter(item__position=1, type="answer").count() == 1
    assert sitter.fields()["q1-value"] == "A"


def test_the_same_page_sent_twice_is_stored_once(taking):
    sitter = taking()
    sitter.start()
    data = sitter.fields() | {"q1-value": "A", "save": "1"}

    for _ in range(2):
        sitter.client.post(sitter.url("attempt"), data)

    assert Response.objects.filter(type="answer").count() == 1


def test_flags_come_back_and_show_in_the_overview(taking):
    sitter = taking()
    sitter.start()
    sitter.save(1, **{"q1-flag": "1"})

    assert sitter.page().context["questions"][0]["standing"].is_flagged
    assert sitter.client.get(sitter.url("overview")).context["flagged"] == 1


def test_an_option_that_does_not_exist_is_refused_with_a_sentence(taking):
    sitter = taking()
    sitter.start()

    response = sitter.save(1, **{"q1-value": "Z"})

    assert response.status_code == 422
    assert Response.objects.count() == 0


def test_nothing_of_the_key_is_in_the_page(taking):
    secret = "SECRET-FEEDBACK"
    pool = factories.bank()
    factories.item(pool, body=factories.choice_body(feedback=f"<p>{secret}</p>", hints=[secret]))
    sitter = taking(factories.draw(pool))
    sitter.start()

    page = sitter.page().content.decode()

    assert secret not in page
    assert "About A" not in page


def test_an_immediate_check_tells_at_once_and_locks(taking):
    sitter = taking(behaviour="immediate")
    sitter.start()

    sitter.save(1, button="check", **{"q1-value": "B"})

    page = sitter.page()
    assert "About B" in page.content.decode()
    assert page.context["questions"][0]["is_locked"]


def test_interactive_shows_hints_and_counts_down(taking):
    pool = factories.bank()
    factories.item(pool, body=factories.choice_body(hints=["First hint", "Second hint"]))
    sitter = taking(factories.draw(pool), behaviour="interactive")
    sitter.start()

    sitter.save(1, button="check", **{"q1-value": "B"})

    page = sitter.page().content.decode()
    assert "First hint" in page
    assert "Second hint" not in page
    assert "2 checks left" in page


def test_forward_only_shows_one_question_at_a_time(taking):
    sitter = taking(navigation="one_way")
    sitter.start()
    assert [row["item"].position for row in sitter.page().context["questions"]] == [1]

    sitter.save(1, **{"q1-value": "A"})
    assert [row["item"].position for row in sitter.page().context["questions"]] == [2]

    sitter.save(2)  # going on without an answer is final, too
    assert [row["item"].position for row in sitter.page().context["questions"]] == [3]
    assert sitter.save(3)["Location"] == sitter.url("overview")


def test_in_the_room_the_page_asks_for_the_pin(taking):
    sitter = taking(has_pin=True, honesty=True)
    Sitting.objects.create(
        run=sitter.enrolment.run,
        activity_key=sitter.enrolment.run.edition.activities[0]["key"],
        pin="7430",
    )

    assert sitter.start().status_code == 200
    assert sitter.start(pin="1111", honesty="on").status_code == 409
    assert sitter.start(pin="7430", honesty="on").status_code == 302


def test_before_it_opens_the_button_waits(taking):
    sitter = taking()
    Sitting.objects.create(
        run=sitter.enrolment.run,
        activity_key=sitter.enrolment.run.edition.activities[0]["key"],
        opens_at=timezone.now() + timedelta(minutes=5),
    )

    page = sitter.client.get(sitter.address).content

    assert b"<lms-start" in page
    assert b'data-spread="20"' in page
    assert sitter.start().status_code == 409


def upload_item():
    from assessments.interactions.upload.body import UploadBody

    body = UploadBody(prompt="<p>Hand in your register.</p>", accepts=["document", "picture"])
    return factories.item(kind="upload", body=body)


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def test_a_file_is_handed_in_with_a_plain_form(taking):
    sitter = taking(*factories.fixed(upload_item()))
    sitter.start()

    sitter.save(1, **{"q1-value-files": SimpleUploadedFile("register.png", PNG)})

    value = Response.objects.get(type="answer").value
    assert [row["name"] for row in value] == ["register.png"]
    response = sitter.client.get(sitter.url("file", value[0]["sha256"]))
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("content", [b"", b"MZ" + b"\0" * 99, b"<html><script>"])
def test_a_file_of_another_type_is_refused_with_a_sentence(taking, content):
    sitter = taking(*factories.fixed(upload_item()))
    sitter.start()

    response = sitter.client.post(
        sitter.url("file_upload", 1), {"file": SimpleUploadedFile("register.png", content)}
    )

    assert response.status_code == 422
    assert "register.png" in response.json()["title"]


def test_a_strangers_file_is_not_found(taking, client, everywhere):
    sitter = taking(*factories.fixed(upload_item()))
    sitter.start()
    sitter.save(1, **{"q1-value-files": SimpleUploadedFile("register.png", PNG)})
    address = sitter.url("file", Response.objects.get(type="answer").value[0]["sha256"])

    client.force_login(everywhere.stranger)

    assert client.get(address).status_code == 404


def test_the_server_gives_its_copy_signed(taking):
    sitter = taking()
    sitter.start()
    sitter.save(1, **{"q1-value": "A"})

    told = sitter.client.get(sitter.url("answer_file")).json()

    assert [event["value"] for event in json.loads(told["payload"])["events"][:1]] == ["A"]
    assert set(told) == {"payload", "signature"}
    assert read_answer_file  # a device's file is read in test_answer_files


@pytest.mark.parametrize(
    ("level", "seen", "unseen"),
    [
        ("nothing", ["Handed in."], ["0 %", "About B", "So."]),
        ("result", ["0 %"], ["About B", "So.", "Answer A"]),
        ("verdicts", ["Answer B"], ["About B", "So.", "Right answer"]),
        ("feedback", ["About B", "So."], ["Right answer"]),
        ("answers", ["About B", "So.", "Right answer", "Answer A"], []),
    ],
)
def test_a_review_shows_no_more_than_the_quiz_allows(taking, level, seen, unseen):
    sitter = taking(*factories.fixed(factories.item()), review_open=level)
    sitter.start()
    sitter.save(1, **{"q1-value": "B"})
    sitter.client.post(sitter.url("submit"))

    page = sitter.client.get(sitter.url("review")).content.decode()

    assert [words for words in seen if words not in page] == []
    assert [words for words in unseen if words in page] == []


def test_the_page_of_a_quiz_takes_the_same_queries_for_many_questions(
    taking, django_assert_num_queries
):
    counts = []
    for many in (3, 12):
        pool = factories.bank()
        for number in range(many):
            factories.item(pool, identifier=f"q{number}")
        sitter = taking(factories.draw(pool, count=many))
        sitter.start()
        sitter.page()
        with django_assert_num_queries(6):
            sitter.page()
        counts.append(len(sitter.page().context["questions"]))
    assert counts == [3, 12]
