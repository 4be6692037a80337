"""The REST interface: what anyone may read."""

import json

import pytest

from lms.api.api import api


def test_the_catalogue_lists_what_is_open(client, world):
    (course,) = client.get("/api/v1/courses").json()

    assert course["code"] == world.run.course.code
    assert course["url"] == f"/courses/{world.run.course.slug}/"


def test_a_course_has_its_outline_without_keys_of_answers(client, world):
    answer = client.get(f"/api/v1/courses/{world.run.course.slug}")

    titles = [
        activity["title"]
        for module in answer.json()["modules"]
        for activity in module["activities"]
    ]
    assert titles == [entry["title"] for entry in world.entries]
    assert "correct" not in answer.content.decode()


def test_a_missing_course_is_404(client, db):
    assert client.get("/api/v1/courses/none").status_code == 404


def test_the_contract_names_its_paths():
    schema = json.loads(json.dumps(api.get_openapi_schema()))

    assert sorted(schema["paths"]) == [
        "/api/v1/attempts/{uuid}/events",
        "/api/v1/attempts/{uuid}/open",
        "/api/v1/courses",
        "/api/v1/courses/{slug}",
        "/api/v1/labs/grants/{lab_id}",
    ]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_catalogue_is_read_only(method, client, db):
    assert getattr(client, method)("/api/v1/courses").status_code == 405
