"""What is exported and imported again means the same, or the export says what it loses."""

import pytest

from assessments.formats.reading import read_package
from assessments.formats.writing import FORMATS, write_items
from tests.assessments.formats.examples import BODIES, FILES, example
from tests.assessments.formats.meaning import meaning

LOSES = {  # what a format cannot carry, which the export must say; all else comes back as it was
    "gift": {
        "choices_all", "choices_marks", "text_pattern", "number_significant", "number_units", "gaps", "gap_match",
        "match_kprim", "match_many", "order", "order_all", "hottext", "hotspot", "hotspot_points", "graphic_gap_match", "essay",
        "upload", "scale", "scale_grid",
    },
    "moodlexml": {
        "choices_all", "text_pattern", "number_significant", "match_many", "hottext", "hotspot", "hotspot_points",
        "scale", "scale_grid",
    },
    "qti21": {"number_units", "match_kprim"},
    "qti3": {"number_units", "match_kprim"},
    "csv": {
        "number", "text_pattern", "number_significant", "number_units", "gaps", "gap_match", "match_kprim",
        "match_many", "hottext", "hotspot", "hotspot_points", "graphic_gap_match", "scale_grid",
    },
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", BODIES)
def test_an_item_that_is_exported_and_imported_means_the_same_or_its_loss_is_told(form, name):
    item = example(name)
    written = write_items(form, [item], FILES.by_key)
    package = read_package(f"bank.{written.suffix}", written.data)

    if name in LOSES[form]:
        assert {identifier for identifier, _reason in written.lost} == {item.identifier}
        return
    reasons = [reason for _identifier, reason in written.lost if "feedback" not in reason]
    assert reasons == []
    assert [refused.reason for refused in package.refused] == []
    [read] = package.items
    assert meaning(read.kind, read.data) == meaning(item.kind, item.data)
    assert read.identifier == item.identifier
    assert sorted(read.tags) == sorted(item.tags)
