"""Answer files: what a phone kept, signed, brought by hand."""

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.domain.answer_files import FORMAT, device_key, read_answer_file, signature
from assessments.domain.recording import open_attempt
from assessments.models import Response
from lms.core.errors import Refused


def file_of(attempt, device, events, **changes):
    inner = {
        "format": FORMAT,
        "attempt": str(attempt.uuid),
        "device": str(device),
        "events": events,
    }
    payload = json.dumps(inner)
    return json.dumps(
        {"payload": payload, "signature": signature(payload, device_key(attempt, device))} | changes
    )


def event(seq, value="A", position=1):
    return {
        "seq": seq,
        "type": "answer",
        "position": position,
        "inputs": [[f"q{position}-value", value]],
        "claimed_at": "2026-11-20T08:00:00Z",
    }


@pytest.fixture
def kept(started):
    """An attempt, and a phone that opened it and then lost its line."""
    attempt, device = started(), uuid4()
    open_attempt(attempt, device)
    return attempt, device


def bring(client, text):
    address = reverse("assessments:answer_file_upload", args=["centre"])
    return client.post(address, {"file": SimpleUploadedFile("answers.json", text.encode())})


def test_a_trainer_brings_a_phone_s_answers_once(kept, everywhere, client):
    attempt, device = kept
    client.force_login(everywhere.trainer)
    text = file_of(attempt, device, [event(1, "B"), event(2, "A"), event(3, "C", position=2)])

    page = bring(client, text).content.decode()
    again = bring(client, text).content.decode()

    assert "3 entries were new" in page
    assert "0 entries were new" in again
    assert [(row.item.position, row.value) for row in Response.objects.all()] == [
        (1, "B"),
        (1, "A"),
        (2, "C"),
    ]


def test_a_changed_file_is_refused_whole(kept):
    attempt, device = kept
    text = file_of(attempt, device, [event(1, "B")])

    with pytest.raises(Refused) as refusal:
        read_answer_file(text.replace('\\"B\\"', '\\"A\\"'))

    assert refusal.value.code == "wrong_signature"


def test_a_file_of_another_country_is_unknown(kept, everywhere, client):
    attempt, device = kept
    client.force_login(everywhere.trainer)
    address = reverse("assessments:answer_file_upload", args=["rwanda"])
    text = file_of(attempt, device, [event(1)])

    response = client.post(address, {"file": SimpleUploadedFile("answers.json", text.encode())})

    assert response.status_code == 409
    assert Response.objects.count() == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.one_of(st.text(), st.recursive(st.none() | st.text(), st.lists).map(json.dumps)))
def test_whatever_is_not_an_answer_file_gets_a_sentence(everywhere, text):
    with pytest.raises(Refused) as refusal:
        read_answer_file(text)

    assert refusal.value.code == "not_an_answer_file"
