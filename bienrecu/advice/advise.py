"""All rules over one message."""

from collections.abc import Callable, Collection, Iterator

from bienrecu.advice import attachments, form, links, people, subject, variables
from bienrecu.advice.letter import Letter
from bienrecu.domain.advice import Advice

_RULES: tuple[Callable[[Letter], Iterator[Advice]], ...] = (
    subject.advice,
    variables.advice,
    people.about_sender,
    people.about_recipients,
    links.advice,
    form.advice,
    attachments.advice,
)


def advise(letter: Letter, failed: Collection[str] = ()) -> list[Advice]:
    """The worst first, each rule once. `failed` are the recipients whose last e-mail did not arrive."""
    found: dict[str, Advice] = {}
    for rules in _RULES:
        for advice in rules(letter):
            found.setdefault(advice.rule, advice)
    for advice in people.that_failed(failed):
        found.setdefault(advice.rule, advice)
    return sorted(found.values(), key=lambda advice: advice.rank)
