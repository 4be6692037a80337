"""Earlier saves, reset, handing in from the lab, and the notebook on a plain page; no Hub runs."""

import json
from base64 import b64encode

import pytest
from django.urls import reverse

from labs.backends import get_backend
from labs.cells import PNG, answers_in, read_cells
from labs.domain import saves
from labs.domain.workspaces import release_files, workspace_of
from labs.models import Launch, Submission, Workspace
from labs.setup import prepare_hub
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import every_organisation
from tests.labs.notebooks import handed_in
from tests.labs.test_submissions import RIGHT

DOT = PNG + b"a dot"


@pytest.fixture
def hub(db, settings):
    settings.LABS_HUB_API_URL = "http://127.0.0.1:9/hub/api"  # nothing listens there
    return prepare_hub()


@pytest.fixture
def learner(client, enrolment):
    client.force_login(enrolment.user)
    return client


@pytest.fixture
def workspace(hub, enrolment, lab):
    with subtree_scope(enrolment.organisation):
        workspace = workspace_of(enrolment, lab.key, lab.release)
        Launch.objects.create(workspace=workspace)
    identity = workspace.identity
    get_backend().seed(
        identity.lab_id, identity.pk, workspace.folder, release_files(workspace.release)
    )
    return workspace


@pytest.fixture
def at(enrolment, lab):
    """The address of the lab's page `name`."""
    return lambda name, *more: reverse(f"labs:{name}", args=[enrolment.pk, lab.key, *more])


def file_of(workspace):
    home = get_backend().hub.homes / workspace.identity.lab_id
    return home / workspace.notebook_path


def write(workspace, text, **cell):
    notebook = handed_in(workspace.release.notebook, {"late": text})
    notebook["cells"][-1] |= cell
    file_of(workspace).write_text(json.dumps(notebook))
    with subtree_scope(workspace.enrolment.organisation):
        return saves.keep_present(workspace)


def present(workspace):
    release = workspace.release.notebook
    return answers_in(read_cells(file_of(workspace).read_bytes()), release)["late"]


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_save_is_looked_at_and_brought_back(learner, workspace, at):
    first = write(workspace, "my first idea")
    write(workspace, "my second idea")

    assert text_of(learner.get(at("save_list"))).count("1 of 1") == 2
    page = text_of(learner.get(at("save", first.pk)))
    assert "my first idea" in page
    assert "<textarea" not in page
    answer = learner.post(at("restore", first.pk), follow=True)
    assert "The earlier save is back" in text_of(answer)
    assert present(workspace) == "my first idea"


def test_there_may_be_no_save_yet(learner, workspace, at):
    file_of(workspace).unlink()

    assert "There is no copy yet" in text_of(learner.get(at("save_list")))


@pytest.mark.parametrize("count", [1, 3])
def test_saves_are_listed_in_as_many_queries_as_one(
    learner, workspace, at, count, django_assert_num_queries
):
    for number in range(count):
        write(workspace, f"idea {number}")
    with django_assert_num_queries(8):
        learner.get(at("save_list"))


def test_a_reset_asks_first(learner, workspace, at):
    write(workspace, "mine")
    page = text_of(learner.get(at("reset")))

    assert "requests.csv" in page
    assert "with 1 of 1 answers" in page
    assert present(workspace) == "mine"
    assert "as it was given out" in text_of(learner.post(at("reset"), follow=True))
    assert present(workspace) != "mine"


def test_a_picture_is_shown_by_itself(learner, workspace, at):
    outputs = [{"output_type": "display_data", "data": {"image/png": b64encode(DOT).decode()}}]
    save = write(workspace, "mine", outputs=outputs)
    cell = len(workspace.release.notebook["cells"]) - 1
    address = at("picture", save.pk, cell, 0)

    assert address in text_of(learner.get(at("notebook")))
    answer = learner.get(address)
    assert (answer.content, answer["Content-Type"]) == (DOT, "image/png")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert learner.get(at("picture", save.pk, 0, 0)).status_code == 404


def test_jupyterlabs_button_leads_to_handing_in(learner, workspace, at):
    path = {"path": f"{workspace.folder}/{workspace.release.file_name}"}
    assert learner.get(reverse("labs:from_lab"), path).url == at("submit")
    assert learner.get(reverse("labs:from_lab"), {"path": "elsewhere/x"}).status_code == 404

    assert "Some answers are still empty" in text_of(learner.get(at("submit")))
    write(workspace, "mine")
    page = text_of(learner.get(at("submit")))
    assert "Answered: 1 of 1." in page
    assert "still empty" not in page


def test_a_phone_does_the_lab_without_opening_it(
    learner, hub, at, enrolment, lab, django_capture_on_commit_callbacks
):
    page = text_of(learner.get(at("notebook")))
    assert "Answered: 0 of 1" in page
    assert page.count("<textarea") == 1
    with every_organisation():
        assert not Workspace.objects.exists()

    typed = RIGHT["late"].replace("\n", "\r\n")  # as browsers send it
    saved = learner.post(at("notebook"), {"answer-0": typed, "save": ""}, follow=True)
    assert "Answered: 1 of 1" in text_of(saved)
    with every_organisation():
        workspace = Workspace.objects.get()
        assert present(workspace) == RIGHT["late"]
    sent = {"answer-0": typed, "hand_in": ""}
    with django_capture_on_commit_callbacks(execute=True):
        answer = learner.post(at("notebook"), sent)
    with every_organisation():
        assert answer.url == reverse("labs:submission", args=[Submission.objects.get().pk])

    assert "Last result: 4 of 4 points" in text_of(learner.get(at("notebook")))
    lab_page = learner.get(reverse("courses:activity", args=[enrolment.pk, lab.key]))
    assert "Marked: 4 of 4 points." in text_of(lab_page)
    assert "4 of 4 points" in text_of(learner.get(at("submission_list")))


def test_what_was_changed_elsewhere_is_said(learner, workspace, at):
    shown = write(workspace, "shown")
    write(workspace, "in the lab")
    sent = {"answer-0": "typed", "base": shown.sha256, "save": ""}

    assert "changed elsewhere" in text_of(learner.post(at("notebook"), sent, follow=True))
    assert present(workspace) == "typed"


def test_a_too_long_answer_is_refused_where_it_stands(learner, workspace, at):
    sent = {"answer-0": "x" * 70_000, "save": ""}
    page = text_of(learner.post(at("notebook"), sent))

    assert "at most 65536 characters" in page
    assert "xxx" in page
    assert "xxx" not in present(workspace)


def test_the_plain_page_shows_while_labs_are_not_set_up(learner, enrolment, lab, at):
    assert "Answered: 0 of 1" in text_of(learner.get(at("notebook")))
    answer = learner.post(at("notebook"), {"answer-0": "typed", "save": ""})
    assert answer.status_code == 409
    assert "The course goes on" in answer.content.decode()


@pytest.mark.parametrize(
    "content", ["", "no notebook", "x" * (9 << 20)], ids=["empty", "broken", "large"]
)
def test_pages_show_whatever_lies_in_the_notebooks_place(
    learner, workspace, at, content, enrolment
):
    file_of(workspace).write_text(content)
    pages = [at("notebook"), at("save_list"), at("reset"), at("submit"), at("wait")]
    pages.append(reverse("courses:activity", args=[enrolment.pk, workspace.activity_key]))

    assert [learner.get(page).status_code for page in pages] == [200] * len(pages)


def test_a_refusal_leads_back_to_where_it_came_from(learner, workspace, at):
    from_here = {"HTTP_REFERER": "http://testserver/learn/"}
    from_elsewhere = {"HTTP_REFERER": "https://elsewhere.example/"}

    assert 'href="http://testserver/learn/"' in text_of(learner.post(at("open"), **from_here))
    assert "elsewhere.example" not in text_of(learner.post(at("open"), **from_elsewhere))


def test_nobody_else_gets_in(client, workspace, at, enrolment, other_enrolment):
    save = write(workspace, "mine")
    gets = ["state", "submit", "submission_list", "notebook", "reset", "save_list"]
    addresses = [("get", at(name)) for name in gets]
    addresses += [
        ("post", at("stop")),
        ("get", at("save", save.pk)),
        ("get", at("picture", save.pk, 0, 0)),
        ("post", at("restore", save.pk)),
        ("get", f"{reverse('labs:from_lab')}?path={workspace.notebook_path}"),
    ]
    for method, address in addresses:
        assert getattr(client, method)(address).status_code == 302
    client.force_login(other_enrolment.user)
    for method, address in addresses:
        assert getattr(client, method)(address).status_code == 404
