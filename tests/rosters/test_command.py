"""`manage.py import_roster` and its report."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from lms.accounts.models import User
from lms.organisations.models import PartnerAgreement
from lms.organisations.scoping import every_organisation
from rosters.messages import RefusalCode
from rosters.models import RosterImport
from tests.rosters.conftest import dump

TEXT = "Full name,E-mail,Phone,Remarks\nAkinyi Were,a@example.org,0712345678,x\nKiprono Rono,,07,\n"


@pytest.fixture
def run(cohort, tmp_path):
    """Run the command on a file; returns its report."""

    def run(text, *arguments, slug=cohort.slug):
        file, report = tmp_path / "roster.csv", tmp_path / "report.json"
        file.write_text(text, encoding="utf-8")
        call_command("import_roster", slug, str(file), "--report", str(report), *arguments)
        return json.loads(report.read_text(encoding="utf-8"))

    return run


def test_the_report_says_of_each_row_what_became_of_it(run, cohort, capsys):
    report = run(TEXT)

    user = User.objects.get(email="a@example.org")
    assert report == {
        "file": "roster.csv",
        "cohort": cohort.slug,
        "state": "applied",
        "dry_run": False,
        "notes": ["Columns that were not read, as no agreement asks for them: Remarks."],
        "created": [{"row": 2, "person": str(user.public_id)}],
        "updated": [],
        "unchanged": [],
        "refused": [
            {
                "row": 3,
                "column": "Phone",
                "code": "phone_short",
                "message": "“07” has too few figures for Kenya, whose numbers have 9 after +254. Look it up and write it whole.",
            }
        ],
    }
    assert "1 new, 0 brought up to date, 0 unchanged, 1 refused." in capsys.readouterr().out
    assert [entry["row"] for entry in run(TEXT)["unchanged"]] == [2]


def test_a_dry_run_reports_the_same_and_writes_nothing(run, settings):
    before = dump()
    report = run(TEXT, "--dry-run")

    assert dump() == before
    assert report["dry_run"] is True
    assert report["created"] == [{"row": 2, "person": None}]
    assert [entry["code"] for entry in report["refused"]] == ["phone_short"]
    with every_organisation():  # the test's own
        assert not RosterImport.objects.exists()


def test_names_in_parts_need_an_order(run):
    text = "Surname,Other names,E-mail\nWERE,AKINYI,a@example.org\n"
    with pytest.raises(CommandError, match="--name-order"):
        run(text)

    run(text, "--name-order", "first-last", "--proper-case")

    assert User.objects.get(email="a@example.org").full_name == "Akinyi Were"


def test_what_cannot_be_done_is_refused_with_a_sentence(run):
    with pytest.raises(CommandError, match="no cohort “nowhere”"):
        run(TEXT, slug="nowhere")
    with pytest.raises(CommandError, match="not clear which columns"):
        run("A,B\n1,2\n")
    with pytest.raises(CommandError, match="names its columns"):
        run("one\ntwo\n")
    PartnerAgreement.objects.all().delete()
    with pytest.raises(CommandError, match="no data agreement with Kenya"):
        run(TEXT)


def test_the_documentation_lists_every_code():
    text = Path(django_settings.BASE_DIR, "docs/rosters.md").read_text(encoding="utf-8")
    text = text.partition("| code | sentence |")[2]

    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(RefusalCode)
