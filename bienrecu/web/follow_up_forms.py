"""The form that notes how somebody got an e-mail another way, and the one for another hour."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_LONGEST = 500


class HandedOverForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("When"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    who = forms.CharField(label=gettext_lazy("Who handed it over"), max_length=100)
    how = forms.CharField(
        label=gettext_lazy("How, and to whom"),
        help_text=gettext_lazy("For example: handed over on paper on the first morning, against a signature."),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, who: str) -> None:
        super().__init__(data, initial={"on": timezone.localdate(), "who": who})

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come: give the day on which it was done."))
        return self.cleaned_data["on"]

    def at(self) -> datetime:
        """Now, if today; at noon of a day past, of which no hour is known."""
        day, now = self.cleaned_data["on"], timezone.localtime()
        return now if day == now.date() else timezone.make_aware(datetime.combine(day, time(12)))

    def words(self, writer: str) -> str:
        """`writer`, who notes it, stands beside it anyway."""
        who, how = self.cleaned_data["who"], self.cleaned_data["how"]
        return how if who == writer else _("{how} (by {who})").format(how=how, who=who)


class WhenForm(forms.Form):
    """Local time of the person who asks."""

    at = forms.DateTimeField(
        label=gettext_lazy("Leaves on"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self) -> datetime:
        if self.cleaned_data["at"] <= timezone.now():
            raise forms.ValidationError(_("This time is past: choose one to come."))
        return self.cleaned_data["at"]
