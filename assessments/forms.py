"""The form of one item, as learners and authors meet it, and forms around an attempt."""

import json
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.domain.items import authored, bodies
from assessments.domain.quizzes import FrozenQuiz
from assessments.domain.recording import Event
from assessments.domain.scoring import Standing, is_empty, score_body, seed_of
from assessments.interactions import KINDS
from assessments.interactions.shapes import Body
from assessments.interactions.variables import instantiate
from assessments.models import Allowance, Attempt, AttemptItem, Item, ResponseType, Sitting


def fingerprint(standing: Standing) -> str:
    """What a page shows of an item, in short: a page that was left open elsewhere must not undo newer answers."""
    shown = [standing.value, standing.certainty, standing.is_flagged]
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:12]


IMPORT_MEGABYTES = 50
ANSWER_FILE_BYTES = 2 * 1024 * 1024
CERTAINTY = [("1", _("not sure")), ("2", _("fairly sure")), ("3", _("certain"))]


class ItemForm(forms.Form):
    """Asks one item; its fields' names begin with `q` and the item's position."""

    def __init__(
        self,
        data=None,
        *,
        kind: str,
        body: Body,
        seed: str,
        position: int,
        standing: Standing | None = None,
        has_certainty: bool = False,
    ):
        standing = standing or Standing()
        initial = {"value": standing.value, "certainty": standing.certainty}
        super().__init__(data, initial=initial, prefix=f"q{position}", auto_id="id_%s")
        self.kind, self.body, self.position = KINDS[kind], body, position
        self._asked = {
            "kind": kind,
            "body": body,
            "seed": seed,
            "position": position,
            "has_certainty": has_certainty,
        }
        self.fields["value"] = self.kind.field(body, seed)
        self.fields["value"].label = self.kind.instruction
        if not self.fields["value"].widget.use_fieldset:  # one box: the question is its name
            self.fields["value"].widget.attrs["aria-labelledby"] = f"prompt-{position}"
        self.fields["was"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=fingerprint(standing)
        )
        if has_certainty and self.kind.scored_by == "machine":
            self.fields["certainty"] = forms.TypedChoiceField(
                label=_("How sure are you?"),
                choices=CERTAINTY,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )

    def bound_to(self, data: QueryDict) -> "ItemForm":
        """The same form with what was sent."""
        return ItemForm(data, **self._asked)

    @property
    def remark(self):
        """A sentence on what was kept but will not score as it stands."""
        return self.kind.remark(self.body, self.initial["value"])


def item_forms(
    attempt: Attempt,
    items: Iterable[AttemptItem],
    standings: dict[int, Standing],
    quiz: FrozenQuiz,
    data: QueryDict | None = None,
) -> dict[int, ItemForm]:
    """Return {position: form} of an attempt's items, filled with what counts so far; one query at most."""
    items = list(items)
    found = bodies(item.version for item in items)
    forms_ = {}
    for item in items:
        seed = seed_of(attempt.seed, item.position)
        forms_[item.position] = ItemForm(
            data,
            kind=item.version.kind,
            body=instantiate(found[item.version_id], seed),
            seed=seed,
            position=item.position,
            standing=standings.get(item.pk),
            has_certainty=quiz.rules.has_certainty,
        )
    return forms_


def form_events(
    forms_: dict[int, ItemForm], data: QueryDict, client_id: UUID, checked: int | None = None
) -> list[Event]:
    """Return what a posted page changed since it was rendered: answers, flags, and the one to check.

    Each has an id of its own that the page's `client_id` gives, so that the same page sent twice is stored once.
    """
    events = []
    for position, form in forms_.items():
        value, certainty = form.cleaned_data["value"], form.cleaned_data.get("certainty")
        value = None if is_empty(value) else value
        is_flagged = f"q{position}-flag" in data
        now = Standing(value, certainty, is_flagged=is_flagged)
        is_check = position == checked
        if not is_check and fingerprint(now) == form.cleaned_data["was"]:
            continue
        answer, flag = (uuid5(client_id, f"{position}:{what}") for what in ("answer", "flag"))
        type_ = ResponseType.CHECK if is_check else ResponseType.ANSWER
        events.append(Event(0, type_, position, value, certainty, client_id=answer))
        events.append(Event(0, ResponseType.FLAG, position, is_flagged, client_id=flag))
    return events


def events_of(attempt: Attempt, forms_: dict[int, ItemForm], rows: Iterable[dict]) -> list[Event]:
    """Read what a device's outbox sent: [{"seq", "type", "position", "inputs": [[name, value]], "value", "claimed_at"}].

    Answers come as the inputs of their form, and pass it as any form does. One that does not pass keeps its number
    and says why.
    """
    return [_event_of(attempt, forms_, row) for row in rows]


def only_stored(attempt: Attempt, value):
    """An answer of files without those that this attempt never took in: the list comes from a page."""
    stored = {
        row.sha256: {
            "name": row.name,
            "sha256": row.sha256,
            "bytes": row.bytes,
            "media_type": row.media_type,
        }
        for row in attempt.files.all()
    }
    return [stored[row["sha256"]] for row in value or [] if row["sha256"] in stored] or None


def _event_of(attempt: Attempt, forms_: dict[int, ItemForm], row: dict) -> Event:
    common = {"seq": row["seq"], "type": row["type"], "claimed_at": row["claimed_at"]}
    position = row["position"]
    if row["type"] not in {ResponseType.ANSWER, ResponseType.CHECK}:
        return Event(**common, position=position, value=row["value"])
    asked = forms_.get(position)
    if asked is None:
        return Event(**common, problem=gettext("This question is not part of your attempt."))
    data = QueryDict(mutable=True)
    for name, value in row["inputs"]:
        data.appendlist(name, value)
    form = asked.bound_to(data)
    if not form.is_valid():
        sentence = next(iter(form.errors.values()))[0]
        return Event(**common, position=position, problem=sentence)
    value = form.cleaned_data["value"]
    if form.kind.name == "upload":
        value = only_stored(attempt, value)
    return Event(
        **common,
        position=position,
        value=None if is_empty(value) else value,
        certainty=form.cleaned_data.get("certainty"),
    )


class PageForm(forms.Form):
    """What every page of an attempt carries: an id for each rendering."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class StartForm(forms.Form):
    """What a learner says before an attempt."""

    pin = forms.CharField(
        label=_("PIN of this sitting"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
        error_messages={"required": _("Write the PIN that the trainer tells in the room.")},
    )
    honesty = forms.BooleanField(
        label=_("I answer by myself, without help from other people."),
        error_messages={"required": _("Say that you answer by yourself, then start.")},
    )

    def __init__(self, *args, quiz: FrozenQuiz, **kwargs):
        super().__init__(*args, **kwargs)
        if not quiz.has_pin:
            del self.fields["pin"]
        if not quiz.honesty:
            del self.fields["honesty"]


def sample_form(item: Item, data=None, position: int = 1) -> ItemForm | None:
    """The form of an item as its author has it now, or None where there is nothing to show yet."""
    there = authored(item)
    if there is None:
        return None
    kind, body = there
    return ItemForm(
        data, kind=kind, body=instantiate(body, "preview"), seed="preview", position=position
    )


def try_form(item: Item, data):
    """Return (form, verdict) of an author's own try: `verdict` is None until one was sent."""
    is_sent = "try" in data
    form = sample_form(item, data if is_sent else None)
    if form is None or not is_sent or not form.is_valid():
        return form, None
    value = form.cleaned_data["value"]
    score = score_body(form.kind.name, form.body, value)
    return form, {
        "score": score,
        "lines": form.kind.explain(form.body, value),
        "solution": form.kind.solution(form.body),
        "remark": form.kind.remark(form.body, value),
    }


def preview_forms(quiz: FrozenQuiz) -> list[ItemForm]:
    """The forms of the items that a quiz names, for its preview."""
    names = [entry.item for section in quiz.sections for entry in section.entries if entry.item]
    items = Item.objects.in_bulk(names)
    rows = [
        sample_form(items[pk], position=place) for place, pk in enumerate(names, 1) if pk in items
    ]
    return [row for row in rows if row]


class TagsField(forms.CharField):
    """Words separated by commas, as a list."""

    def to_python(self, value):
        return [tag.strip() for tag in super().to_python(value).split(",") if tag.strip()]


class TagForm(forms.Form):
    add = TagsField(label=_("Add"), required=False, help_text=_("Separated by commas."))
    remove = TagsField(label=_("Take away"), required=False, help_text=_("Separated by commas."))


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File of questions"),
        help_text=_(
            "GIFT, Aiken, Moodle XML or backup, QTI 1.2 to 3.0, Common Cartridge, CSV or Excel, up to 50 MB."
        ),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > IMPORT_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                gettext("This file is larger than %(most)s MB. Export fewer questions at a time.")
                % {"most": IMPORT_MEGABYTES}
            )
        return file


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            ("gift", _("GIFT: text, for Moodle and others")),
            ("moodlexml", _("Moodle XML")),
            ("qti21", _("QTI 2.1 package: Canvas, Open edX and others")),
            ("qti3", _("QTI 3.0 package")),
            ("csv", _("CSV: our own template, for Excel")),
        ],
    )


class SittingForm(forms.ModelForm):
    """When a run takes a quiz. Times are the reader's own."""

    class Meta:
        model = Sitting
        fields = ["opens_at", "closes_at", "pin"]
        widgets = {
            name: forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            for name in ("opens_at", "closes_at")
        }

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext("It closes before it opens. Choose a later time."))
        return cleaned


class AllowanceForm(forms.ModelForm):
    """More time or tries: for one learner, a cohort, or all whom the organisation sent."""

    class Meta:
        model = Allowance
        fields = ["extra_percent", "extra_tries", "reason"]

    field_order = ["enrolment", "cohort"]

    def __init__(self, *args, enrolments, cohorts, **kwargs):
        super().__init__(*args, **kwargs)
        # made here, for records are queried only inside a scope
        self.fields["enrolment"] = forms.ModelChoiceField(
            enrolments,
            required=False,
            label=_("For the learner"),
            empty_label=gettext("not for one alone"),
        )
        self.fields["enrolment"].label_from_instance = lambda enrolment: enrolment.user.full_name
        self.fields["cohort"] = forms.ModelChoiceField(
            cohorts,
            required=False,
            label=_("For the cohort"),
            empty_label=gettext("not for a cohort alone"),
            help_text=_("Neither a learner nor a cohort: all of this organisation and below."),
        )
        self.order_fields(self.field_order)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("extra_percent") and not cleaned.get("extra_tries"):
            raise forms.ValidationError(gettext("Give more time, more tries, or both."))
        if cleaned.get("enrolment") and cleaned.get("cohort"):
            self.add_error("cohort", gettext("Choose a learner or a cohort, not both."))
        return cleaned

    def save(self, commit=True):  # noqa: FBT002  Django's signature
        self.instance.enrolment = self.cleaned_data["enrolment"]
        self.instance.cohort = self.cleaned_data["cohort"]
        return super().save(commit)

    def sender(self):
        """The organisation that sent the learner or the cohort; None where it is for neither alone."""
        sent = self.cleaned_data["enrolment"] or self.cleaned_data["cohort"]
        return sent and sent.organisation


class AnswerFileForm(forms.Form):
    file = forms.FileField(
        label=_("Answer file of a phone"),
        help_text=_("The file that a learner saved with “Save my answers as a file”."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > ANSWER_FILE_BYTES:
            raise forms.ValidationError(
                gettext("This file is too large to be one of answers. Choose another.")
            )
        try:
            return file.read().decode()
        except UnicodeDecodeError as error:
            raise forms.ValidationError(
                gettext("This is not an answer file. Choose the file that the phone saved.")
            ) from error


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Learners read it."),
    )
