from pathlib import Path

from babel.messages.catalog import Catalog

from tools import messages


def catalogue(**french: str) -> Catalog:
    made = messages.French()
    for english, translation in french.items():
        made.add(english, translation)
    return made


def test_english_is_found_in_code_and_in_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "code.py").write_text('say(_("One"))\nngettext("{n} try", "{n} tries", n)\npgettext("verb", "Sent")\n')
    (tmp_path / "templates/page.html").write_text(
        '  {% translate "Two" %}\n    <p title="{{ _(\'Three\')|upper }}">it\'s (odd\n'
        "{% blocktranslate trimmed count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
    )
    (tmp_path / "page.html").write_text('{% translate "Not a template" %}')
    assert set(messages.collect(tmp_path)) == {
        (None, "One"),
        (None, ("{n} try", "{n} tries")),
        ("verb", "Sent"),
        (None, "Two"),
        (None, "Three"),
        (None, ("%(n)s row", "%(n)s rows")),
    }


def test_translations_stay_and_what_is_wanted_no_longer_goes() -> None:
    merged = messages.merge([(None, "Kept"), (None, "New")], catalogue(Kept="Gardé", Gone="Parti"))
    assert {message.id: message.string for message in merged if message.id} == {"Kept": "Gardé", "New": ""}


def test_what_lacks_french_is_named_with_its_place() -> None:
    made = catalogue(Lost="", Found="Trouvé")
    assert messages.flaws(made, {(None, "Lost"): "bienrecu/web/views.py"}) == [
        "bienrecu/web/views.py: no French for “Lost”"
    ]


def test_french_that_forgets_or_invents_a_name_is_a_flaw() -> None:
    assert messages.flaws(catalogue(**{"{name} left": "Quelqu'un est parti"}), {})
    assert messages.flaws(catalogue(**{"{name} left": "{nom} est parti"}), {})
    assert not messages.flaws(catalogue(**{"{name}'s box": "La boîte {de_name}"}), {})


def test_punctuation_never_starts_a_line_in_french() -> None:
    assert messages.spaced_as_in_french("Motif : « plein » ; sûr ?") == "Motif\xa0: «\xa0plein\xa0»\xa0; sûr\xa0?"
    assert messages.spaced_as_in_french("à 09:14, voir a:b") == "à 09:14, voir a:b"


def test_the_files_do_not_change_with_the_day_or_the_machine() -> None:
    made = catalogue(Sent="Envoyé", Received="Reçu")
    assert messages.as_po(made) == messages.as_po(messages.merge([(None, "Received"), (None, "Sent")], made))
    header = messages.as_po(made).decode()
    assert "Date" not in header
    assert "Babel" not in header
    assert b"Babel" not in messages.as_mo(made)
