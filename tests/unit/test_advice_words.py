"""Every piece of advice can be said, in both languages."""

import pytest
from django.utils import translation

from bienrecu.domain.advice import Advice, Rule, Severity
from bienrecu.wording.advice import words

FACTS = {
    "length": 80,
    "shown": "{{ nom }}",
    "address": "a@of.example",
    "domain": "of.example",
    "host": "bit.ly",
    "n": 3,
    "file": "a.exe",
    "meant": "a@gmail.com",
}


@pytest.mark.parametrize("rule", Rule)
def test_each_rule_has_its_words_in_both_languages(rule: Rule) -> None:
    said = []
    for language in ("en", "fr"):
        with translation.override(language):
            found = words(Advice(rule, Severity.WARNING, FACTS))
        assert found.message
        assert found.remedy
        said.append(found.message)
    assert said[0] != said[1]


@pytest.mark.parametrize("severity", Severity)
def test_each_weight_has_its_name(severity: Severity) -> None:
    assert words(Advice(Rule.SUBJECT_MISSING, severity)).weight
