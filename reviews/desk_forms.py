"""What a reviewer fills in: one form an act, prepared from the file it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.models import Document, RegistryAnswer
from exports.drafting import TERMS
from exports.errors import DomainError, ReasonNeeded
from exports.fleet import FACTS
from exports.models import Line
from exports.wording import explain, say
from reviews.casefile import CaseFile
from reviews.checks import CHECKS
from reviews.comparison import GRAVE
from reviews.decisions import Question
from reviews.discretion import for_exporter
from reviews.explaining import NO_LETTER, follows_no_letter
from reviews.history import FIELDS
from reviews.models import Finding, Reason

TOO_YOUNG: Final = "AGE-01"
MISSING_DATE: Final = "RC03"
DIFFERS: Final = "RC04"
MISSING_PAPER: Final = "RC01"
MOST_VERSIONS: Final = 999_999_999
MOST_EVENTS: Final = 2**63 - 1
LETTER: Final = Document.Kind.CONFIRMATION
# What mends each check: a field of vehicle or application, a kind of paper, or words alone.
CURES: Final[dict[str, tuple[str, str]]] = {
    "VIN-01": ("vin", ""),
    "VIN-02": ("maker_name", ""),
    "VIN-03": ("produced_on", ""),
    "REG-01": ("registered_on", ""),
    "REG-02": ("transferred_on", ""),
    "REG-03": ("owner_name", ""),
    "REG-04": ("model", ""),
    "REG-05": ("registered_on", ""),
    "AGE-01": ("", LETTER),
    "AGE-02": ("transferred_on", ""),
    **dict.fromkeys((f"CNF-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 10)), ("", LETTER)),
    **dict.fromkeys((f"DOC-{number:02}" for number in (1, 2, 3, 4, 5, 6)), ("", LETTER)),
    "EXP-03": ("consignor_name", ""),
    "DST-01": ("destination", ""),
    "ZKM-01": ("", Document.Kind.INSPECTION),
}
ANSWER: Final = (
    "source",
    "registered_on",
    "transferred_on",
    "owner_name",
    "owner_uscc",
    "brand",
    "model",
    "mortgaged",
    "seized",
    "stolen",
    "open_violations",
)


@dataclass(frozen=True)
class Proposal:
    """A point worth asking about, drawn from a finding."""

    key: str
    label: str
    question: Question
    preset: bool


class ActForm(forms.Form):
    """The least an act needs: the version of the case it was decided on.

    ``seen`` is the last event its page showed, from where on a refused act tells what happened.
    """

    version = forms.IntegerField(min_value=0, max_value=MOST_VERSIONS, widget=forms.HiddenInput)
    seen = forms.IntegerField(
        min_value=0, max_value=MOST_EVENTS, required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, file: CaseFile, action: str) -> None:
        """Prepare the form for one act on one case."""
        initial = {"version": file.case.version, "seen": file.seen}
        super().__init__(data, auto_id=f"{action}_%s", initial=initial)
        self.action = action
        self.file = file
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the case; plain acts have nothing."""

    def renewed(self, file: CaseFile) -> "ActForm":
        """Return the form as it was sent, but to go on from the case as *file* shows it now."""
        data: Any = self.data  # a QueryDict, or what a caller made do with
        data = data.copy()
        data.update({"version": file.case.version, "seen": file.seen})
        return type(self)(data, file=file, action=self.action)

    @property
    def seen_before(self) -> int | None:
        """Return the last event that the page it was filled in on showed, if it said so."""
        sent = str(self.data.get("seen", ""))
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else None

    def refuse(self, refusal: DomainError) -> None:
        """Say why the service refused, in place of whatever else was said."""
        self.errors.clear()
        self.add_error(None, explain(refusal))


class NoteForm(ActForm):
    """An act with a remark, if one likes."""

    note = forms.CharField(
        label=_("Note (internal)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class WhyForm(ActForm):
    """An act that needs words why."""

    note = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))


class ReasonedForm(ActForm):
    """A recommendation with coded reasons; which ones are needed, the service says."""

    use = ""
    needs: Promise = _("Tick at least one reason.")
    reasons = forms.MultipleChoiceField(
        label=_("Reasons"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Grounds"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        """Offer the reasons of this use, those behind a failed check ticked."""
        self.offered = {r.code: r for r in self.file.reasons if r.use == self.use}
        failed = {f.check_id for f in self.file.exceptions if f.outcome == Finding.Outcome.FAIL}
        field = self.fields["reasons"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, spelled(reason)) for code, reason in self.offered.items()]
        field.initial = [
            code for code, reason in self.offered.items() if failed.intersection(reason.checks)
        ]
        if self.use == Reason.Use.REFUSAL or failed:
            begin_at(field)

    def refuse(self, refusal: DomainError) -> None:
        """Say a missing reason at the reasons, where it is mended."""
        super().refuse(refusal)
        if isinstance(refusal, ReasonNeeded):
            self.errors.clear()
            self.add_error("reasons", str(self.needs))

    def clean_reasons(self) -> list[Reason]:
        """Return the reasons themselves."""
        return [self.offered[code] for code in self.cleaned_data["reasons"]]


class RefusalForm(ReasonedForm):
    """Recommend a refusal."""

    use = Reason.Use.REFUSAL


class OverrideForm(ReasonedForm):
    """Recommend an issue; over a failed check it takes an override reason and words."""

    use = Reason.Use.OVERRIDE
    needs = _("Tick at least one reason and write the grounds: a check failed.")


class RequestForm(ActForm):
    """Ask the exporter, point by point; what failed is ticked, nothing need be typed."""

    items = forms.MultipleChoiceField(
        label=_("Ask about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.ChoiceField(label=_("Reason of the further question"), required=False)
    document_kind = forms.ChoiceField(
        label=_("Paper it asks for"),
        required=False,
        choices=[("", _("none")), *Document.Kind.choices],
    )
    question = forms.CharField(
        label=_("A further question"),
        required=False,
        help_text=_("The exporter reads this as you write it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=_("Note (internal)"), required=False, widget=forms.Textarea(attrs={"rows": 1})
    )

    def prepare(self) -> None:
        """Offer a point for every finding that fails or wants a look."""
        self.reasons = {
            reason.code: reason
            for reason in self.file.reasons
            if reason.use == Reason.Use.CORRECTION
        }
        self.proposals = {
            proposal.key: proposal for proposal in proposals(self.file, list(self.reasons.values()))
        }
        items, reason = self.fields["items"], self.fields["reason"]
        assert isinstance(items, forms.MultipleChoiceField)
        assert isinstance(reason, forms.ChoiceField)
        items.choices = [(key, proposal.label) for key, proposal in self.proposals.items()]
        items.initial = [key for key, proposal in self.proposals.items() if proposal.preset]
        reason.choices = [(code, spelled(each)) for code, each in self.reasons.items()]
        begin_at(items if self.proposals else reason)
        if not self.proposals:
            del self.fields["items"]

    def questions(self) -> list[Question]:
        """Return what is asked."""
        chosen = self.cleaned_data.get("items", [])
        asked = [self.proposals[key].question for key in chosen]
        text, kind = self.cleaned_data["question"].strip(), self.cleaned_data["document_kind"]
        if (text or kind) and self.cleaned_data["reason"]:
            reason = self.reasons[self.cleaned_data["reason"]]
            asked.append(Question(reason=reason, document_kind=kind, text=text))
        return asked


class RegistryForm(ActForm):
    """Record what the registration authority answered about one vehicle."""

    vin = forms.CharField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Take the fields from the answer itself; the vehicle is the one the page is open at."""
        dates: dict[str, type[forms.Widget] | forms.Widget] = {
            name: forms.DateInput(attrs={"type": "date"})
            for name in ("registered_on", "transferred_on")
        }
        self.fields |= forms.fields_for_model(RegistryAnswer, fields=ANSWER, widgets=dates)
        self.initial["vin"] = self.file.line.vin


def begin_at(field: forms.Field) -> None:
    """Let whoever opens the form begin at *field*: nothing can be sent before it is chosen."""
    field.widget.attrs["data-start"] = ""


def proposals(file: CaseFile, reasons: list[Reason]) -> list[Proposal]:
    """Return what is worth asking, failed checks first; a check of the whole batch comes once."""
    lines = {tile.line.pk: tile.line for tile in file.tiles}
    proposed: dict[str, Proposal] = {}
    open_ones = [found for found in file.exceptions if reasons and is_open_to_exporter(found)]
    without = {found.line_id for found in open_ones if found.check_id == NO_LETTER}
    # Of a car without its letter one asks for the letter once: neither for its days as well nor
    # for all that the letter would have to say.
    askable = [
        found
        for found in open_ones
        if not follows_no_letter(found)
        and (found.check_id != TOO_YOUNG or found.line_id not in without)
    ]
    for finding in sorted(askable, key=lambda each: each.outcome != "fail"):
        check = CHECKS.get(finding.check_id)
        line = lines[finding.line_id] if check and check.subject == "vehicle" else None
        key = f"{finding.check_id}:{line.vin if line else ''}"
        if key not in proposed:
            proposed[key] = proposal_of(finding, key=key, line=line, reasons=reasons)
    return list(proposed.values())


def is_open_to_exporter(finding: Finding) -> bool:
    """Tell whether *finding* rests on the exporter's own papers, so that it may be asked about."""
    return for_exporter(finding).outcome in GRAVE


def proposal_of(
    finding: Finding, *, key: str, line: Line | None, reasons: Iterable[Reason]
) -> Proposal:
    """Turn one finding into a question tied to the field or paper that would mend it."""
    field, kind = CURES.get(finding.check_id, ("", ""))
    reason = reason_for(finding.check_id, field=field, line=line, reasons=list(reasons))
    target = str(FIELDS[field]) if field else str(Document.Kind(kind).label) if kind else ""
    label = " · ".join(
        filter(None, [line.vin if line else "", target, say(finding.sentence), reason.code])
    )
    question = Question(
        reason=reason,
        line=line if field in FACTS or kind else None,
        field=field if field in (*FACTS, *TERMS) else "",
        document_kind=kind,
        check_id=finding.check_id,
        text=in_both_languages(finding),
    )
    return Proposal(key, label, question, preset=finding.outcome == Finding.Outcome.FAIL)


def reason_for(check_id: str, *, field: str, line: Line | None, reasons: list[Reason]) -> Reason:
    """Return the coded reason behind a check, or the nearest general one."""
    by_code = {reason.code: reason for reason in reasons}
    if field.endswith("_on") and line and getattr(line.vehicle, field) is None:
        return by_code.get(MISSING_DATE, reasons[0])
    named = [r for r in reasons if check_id in r.checks and r.code != MISSING_DATE]
    general = by_code.get(DIFFERS if field else MISSING_PAPER, reasons[0])
    return named[0] if named else general


def in_both_languages(finding: Finding) -> str:
    """Return what was found and what mends it, in Chinese and English, as the exporter is told."""
    told = for_exporter(finding)
    said = [told.sentence, *([told.cure] if told.cure else [])]
    return "".join(part.zh for part in said) + "\n" + " ".join(part.en for part in said)


def spelled(reason: Reason) -> str:
    """Return a reason with its code and clause."""
    clause = say(reason.clause)
    return f"{reason.code} {say(reason.text)}" + (f" — {clause}" if clause else "")
