"""Questions of a file in a bank: created, updated, left alone, told twice, or refused with their line."""

import base64
import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from wagtail.images import get_image_model

from assessments.formats.exporting import export_items
from assessments.formats.importing import import_items, run_import
from assessments.formats.writing import FORMATS, write_items
from assessments.models import Item, ItemBank, ItemImport, Stimulus
from tests import factories
from tests.assessments.formats.examples import BODIES, FILES, example, png
from tests.assessments.formats.meaning import meaning

GIFT = b"""$CATEGORY: Devolution

// [id:capital] [tag:counties]
::Capital::What is the capital of Kenya? {=Nairobi ~Mombasa ~Kisumu}

::Broken::How many counties are there? {#forty}

::A note::Read chapter 11 first.
"""


@pytest.fixture
def bank(db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return ItemBank.objects.create(name="Law", slug="law", organisation=factories.organisation())


def rows(report, part):
    return [(row["identifier"], row["line"]) for row in report.as_json()[part]]


def test_a_file_is_taken_in_with_a_reason_and_a_line_for_what_is_not(bank):
    report = import_items(bank, "law.gift", GIFT)

    assert rows(report, "read") == [("capital", 4)]
    assert rows(report, "unsupported") == [("A-note", 8)]
    assert rows(report, "refused") == [("Broken", 6)]
    assert report.read[0].reason == "created"
    assert "“forty” is no number" in report.refused[0].reason
    item = bank.items.get(identifier="capital")
    assert (item.live, item.kind, sorted(item.tags.names())) == (
        True,
        "choice",
        ["Devolution", "counties"],
    )
    assert bank.items.get(identifier="A-note").live is False


def test_a_dry_run_reports_the_same_and_writes_nothing(bank):
    dry = import_items(bank, "law.gift", GIFT, dry_run=True)

    assert Item.objects.count() == 0
    assert import_items(bank, "law.gift", GIFT).as_json() == dry.as_json()


def test_the_same_file_twice_changes_nothing(bank):
    import_items(bank, "law.gift", GIFT)

    assert import_items(bank, "law.gift", GIFT, dry_run=True).read[0].reason.startswith("unchanged")
    assert import_items(bank, "law.gift", GIFT).read[0].reason.startswith("unchanged")
    assert bank.items.count() == 2


def test_a_changed_question_becomes_the_next_version(bank):
    import_items(bank, "law.gift", GIFT)
    changed = GIFT.replace(b"~Kisumu", b"~Nakuru")

    assert (
        import_items(bank, "law.gift", changed, dry_run=True).read[0].reason.startswith("updated")
    )
    assert import_items(bank, "law.gift", changed).read[0].reason.startswith("updated")
    assert bank.items.get(identifier="capital").current.number == 2


def test_the_same_question_under_another_name_is_not_stored_again(bank):
    import_items(bank, "law.gift", GIFT)
    report = import_items(bank, "law.gift", GIFT.replace(b"[id:capital]", b"[id:seat]"))

    assert report.read[0].reason.startswith(
        "duplicate: the same question is in the bank as capital"
    )
    assert not bank.items.filter(identifier="seat").exists()


def test_a_picture_of_two_questions_is_stored_once_in_the_bank_s_collection(bank):
    inline = base64.b64encode(png()).decode().replace("=", "\\=")
    image = f'<img src\\="data\\:image/png;base64,{inline}" alt\\="Map">'
    text = f"::One::[html]{image} Where is it? {{T}}\n\n::Two::[html]{image} What is it? {{=A =B}}"
    import_items(bank, "pictures.gift", text.encode())

    [stored] = get_image_model().objects.all()
    assert (stored.collection.name, stored.width, stored.height) == ("Law", 40, 30)
    for item in bank.items.all():
        assert f'id="{stored.pk}"' in item.current.content["prompt"]


def test_a_shared_text_is_stored_once(bank):
    table = "identifier,prompt,right,option_1,option_2,stimulus\na,First?,1,x,y,<p>Read</p>\nb,Second?,2,x,y,<p>Read</p>\n"
    import_items(bank, "shared.csv", table.encode())

    assert [stimulus.text for stimulus in Stimulus.objects.all()] == ["<p>Read</p>"]
    assert bank.items.filter(stimulus__isnull=False).count() == 2


@pytest.mark.parametrize("name", BODIES)
def test_every_kind_goes_through_the_bank_and_comes_out_the_same(bank, name):
    item = example(name)
    written = write_items("qti3", [item], FILES.by_key)
    assert import_items(bank, "in.zip", written.data).refused == []

    [stored] = bank.items.all()
    out = export_items(bank, "qti3")
    other = ItemBank.objects.create(name="Other", slug="other", organisation=bank.organisation)
    assert import_items(other, "out.zip", out.data).refused == []
    [again] = other.items.all()
    assert meaning(again.kind, _whole(again)) == meaning(stored.kind, _whole(stored))


def _whole(item):
    from assessments.domain.items import bodies

    return bodies([item.current])[item.current_id].model_dump(mode="json")


def test_an_author_s_file_is_read_first_and_taken_in_when_told(bank):
    by = factories.user(is_superuser=True)
    found = ItemImport.objects.create(
        bank=bank, name="law.gift", file=SimpleUploadedFile("law.gift", GIFT), by=by
    )
    run_import(found)
    assert (found.state, bank.items.count()) == (ItemImport.State.READ, 0)
    run_import(found)
    assert bank.items.count() == 0

    found.state = ItemImport.State.IMPORTING
    found.save()
    run_import(found)
    assert (found.state, bank.items.count()) == (ItemImport.State.IMPORTED, 2)
    assert set(found.report) == {"read", "unsupported", "refused"}


def test_the_command_reports_row_by_row_and_as_json(bank, tmp_path):
    (tmp_path / "law.gift").write_bytes(GIFT)
    said = StringIO()
    call_command(
        "import_items", tmp_path / "law.gift", bank="law", report=tmp_path / "out.json", stdout=said
    )

    assert said.getvalue().splitlines()[-1] == "1 read, 1 not supported, 1 refused."
    assert said.getvalue().splitlines()[0] == "read\t4\tchoice\tcapital\tcreated"
    report = json.loads((tmp_path / "out.json").read_text())
    assert {name: [set(row) for row in part] for name, part in report.items()} == {
        part: [{"identifier", "kind", "line", "reason"}]
        for part in ("read", "unsupported", "refused")
    }


def test_the_command_fails_where_nothing_was_read(bank, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    said = StringIO()
    with pytest.raises(CommandError, match="No question was read"):
        call_command("import_items", tmp_path / "empty.txt", bank="law", stdout=said)

    assert "The file is empty" in said.getvalue()


def test_the_command_names_the_banks_there_are(bank, tmp_path):
    with pytest.raises(CommandError, match="There are: law"):
        call_command("import_items", tmp_path / "x", bank="tax")


@pytest.mark.parametrize("form", FORMATS)
def test_the_export_command_writes_a_file_and_tells_what_is_lost(bank, tmp_path, form):
    import_items(
        bank,
        "in.zip",
        write_items("qti3", [example("choice"), example("hottext")], FILES.by_key).data,
    )
    told = StringIO()
    call_command("export_items", "law", format=form, output=tmp_path / "out", stderr=told)

    assert (tmp_path / "out").stat().st_size > 100
    assert ("hottext: left out" in told.getvalue()) == (form not in {"qti21", "qti3"})
