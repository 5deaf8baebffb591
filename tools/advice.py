"""How much is said of ordinary mails and of bad ones, and how far we agree with rspamd, where it is installed.

    python tools/advice.py        two tables
    python tools/advice.py --all  also what is said of each mail

The mails stand beside the repository: transactional templates, filled in and composed as the product does it, and
rspamd's own test mails."""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import css_inline

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bienrecu.advice import advise, read_letter
from bienrecu.domain.address import Address
from bienrecu.domain.advice import Rule, Severity
from bienrecu.protocol.message import Draft, Mailbox, compose, text_from_html
from tests.acceptance.rspamd_as_installed import RspamdAsInstalled, is_installed

CONTENT = ROOT.parent / "shared/data/standards/content"
# What rspamd calls the same things. Its other symbols are of servers, signatures and lists, or of what we never write.
SAME = {
    Rule.SUBJECT_MISSING: ("MISSING_SUBJECT", "EMPTY_SUBJECT"),
    Rule.SUBJECT_LINK: ("URL_IN_SUBJECT",),
    Rule.SUBJECT_CURRENCY: ("SUBJECT_HAS_CURRENCY",),
    Rule.SUBJECT_CAPITALS: ("SUBJ_ALL_CAPS",),
    Rule.SUBJECT_LONG: ("LONG_SUBJ",),
    Rule.SUBJECT_FAKE_REPLY: ("FAKE_REPLY",),
    Rule.HEADER_INCOMPLETE: ("MISSING_DATE", "MISSING_FROM", "MISSING_MID", "MISSING_TO"),
    Rule.TEXT_PART_MISSING: ("MIME_HTML_ONLY", "MIME_MA_MISSING_TEXT"),
    Rule.TEXT_PART_DIFFERS: ("R_PARTS_DIFFER",),
    Rule.LINK_ONLY: ("HFILTER_URL_ONLY", "HFILTER_URL_ONELINE"),
    Rule.LINK_TEXT_DIFFERS: ("PHISHING",),
    Rule.LINK_SHORTENED: ("REDIRECTOR_URL",),
    Rule.LINK_TO_NUMBER: ("URL_NUMERIC_IP", "URL_NUMERIC_IP_USER", "URL_NUMERIC_PRIVATE_IP"),
    Rule.LINK_LOOKALIKE: ("URL_HOMOGRAPH_ATTACK",),
    # The line that lists of e-mails show before they are opened is hidden too; we leave it alone, rspamd does not.
    Rule.TEXT_HIDDEN: ("R_WHITE_ON_WHITE", "ZERO_FONT", "MANY_INVISIBLE_PARTS"),
    Rule.TEXT_SHORT_FOR_IMAGES: ("R_SUSPICIOUS_IMAGES", "HTML_SHORT_LINK_IMG_1", "HTML_SHORT_LINK_IMG_2"),
    Rule.HTML_ACTIVE: ("EXT_CSS",),
    Rule.ATTACHMENT_FORBIDDEN: (
        *("MIME_BAD_EXTENSION", "MIME_DOUBLE_BAD_EXTENSION", "MIME_BAD_ATTACHMENT", "MIME_ARCHIVE_IN_ARCHIVE"),
    ),
    Rule.ATTACHMENT_RISKY: ("PDF_ENCRYPTED", "PDF_JAVASCRIPT", "MIME_ENCRYPTED_ARCHIVE"),
    Rule.ADDRESS_IN_SENDER_NAME: ("FROM_NEQ_DISPLAY_NAME", "SPOOF_DISPLAY_NAME"),
    Rule.REPLIES_LEAVE_DOMAIN: ("SPOOF_REPLYTO",),
}

Mails = dict[str, bytes]
Said = dict[str, dict[Rule, Severity]]


def main(show_all: bool) -> None:
    if not CONTENT.is_dir():
        print(f"Skipped: the mails are not there ({CONTENT}).")
        return
    suites = {"transactional templates": dict(templates()), "rspamd's test mails": dict(samples())}
    said = {suite: {name: rules_of(raw) for name, raw in mails.items()} for suite, mails in suites.items()}
    print_rates(said)
    if show_all:
        print_each(said)
    mails = {name: raw for suite in suites.values() for name, raw in suite.items()}
    print_agreement(mails, {name: rules for suite in said.values() for name, rules in suite.items()})


def samples() -> Iterator[tuple[str, bytes]]:
    for file in sorted((CONTENT / "rspamd").glob("*.eml")):
        yield file.name, file.read_bytes()


def templates() -> Iterator[tuple[str, bytes]]:
    for file in sorted((CONTENT / "postmark-templates").iterdir()):
        written = filled(file.read_text("utf-8"))
        html = written if file.suffix == ".html" else as_html(written)
        if "<style" in html:
            html = css_inline.inline(html, load_remote_stylesheets=False, keep_at_rules=True)
        yield file.name, composed(html, file.name)


def filled(template: str) -> str:
    """Each section once, each variable with a value that its name asks for."""
    text = re.sub(r"\{\{[#/^][^}]*\}\}", "", template)
    text = re.sub(r"\{\{\{?\s*(\w+)\s*\}?\}\}", lambda found: value(found[1]), text)
    return re.sub(r"\[(\w+ Name[^\]]*)\]", "Formation Exemple", text)


def value(name: str) -> str:
    if name.endswith("url"):
        return f"https://app.of.example/{name.removesuffix('_url')}/4f9c"
    if name.endswith("email") or name == "email_address":
        return "aide@of.example"
    if name.endswith("date") or name == "timestamp":
        return "12 January 2027"
    return {"total": "120.00", "amount": "120.00", "body": "Thanks for the programme, it was clear."}.get(
        name, "Jeanne"
    )


def as_html(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.replace("&", "&amp;").replace("<", "&lt;"))
    return "".join(f"<p>{paragraph.strip()}</p>\n" for paragraph in paragraphs)


def composed(html: str, name: str) -> bytes:
    draft = Draft(
        author=Mailbox("Formation Exemple", Address.parse("contact@of.example")),
        recipient=Mailbox("Jeanne Petit", Address.parse("jeanne@client.example")),
        subject=name.split("__")[2].replace("-", " ").capitalize(),
        text=text_from_html(html),
        html=html,
        message_id=f"{name.encode().hex()}@of.example",
        date=datetime.now(UTC),
    )
    whole = compose(draft, boundary="b")
    return whole.head + whole.tail


def rules_of(raw: bytes) -> dict[Rule, Severity]:
    return {advice.rule: advice.severity for advice in advise(read_letter(raw))}


def print_rates(said: dict[str, Said]) -> None:
    print(f"{'':26}{'mails':>7}{'silent':>8}{'a mail':>8}" + "".join(f"{severity:>10}" for severity in Severity))
    for suite, mails in said.items():
        weights = Counter(severity for rules in mails.values() for severity in rules.values())
        silent = sum(not rules for rules in mails.values())
        line = f"{suite:26}{len(mails):7}{silent:8}{weights.total() / len(mails):8.2f}"
        print(line + "".join(f"{weights[severity]:10}" for severity in Severity))


def print_each(said: dict[str, Said]) -> None:
    for mails in said.values():
        for name, rules in mails.items():
            print(f"  {name:70} {', '.join(rules) or '-'}")


def print_agreement(mails: Mails, said: Said) -> None:
    if not is_installed():
        print("\nAgreement with rspamd skipped: it is not installed (apt-get install rspamd).")
        return
    with ExitStack() as stack:
        filter = stack.enter_context(RspamdAsInstalled())
        symbols = {name: set(filter.symbols(raw)) for name, raw in mails.items()}
    print(f"\nOver all {len(mails)} mails{'':13}{'both':>6}{'we only':>9}{'rspamd only':>13}")
    totals = Counter[str]()
    for rule, names in SAME.items():
        row = agreement(mails, lambda name, rule=rule: rule in said[name], lambda name, of=names: symbols[name] & {*of})
        totals += row
        if row.total():
            print(f"  {rule:30}{row['both']:6}{row['ours']:9}{row['theirs']:13}")
    print(f"  {'all':30}{totals['both']:6}{totals['ours']:9}{totals['theirs']:13}")
    print(f"Of what rspamd says of these things we say {totals['both'] / (totals['both'] + totals['theirs']):.0%}.")


def agreement(mails: Iterable[str], ours, theirs) -> Counter[str]:  # type: ignore[no-untyped-def]
    found = Counter[str]()
    for name in mails:
        match bool(ours(name)), bool(theirs(name)):
            case True, True:
                found["both"] += 1
            case True, False:
                found["ours"] += 1
            case False, True:
                found["theirs"] += 1
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true", help="say what is said of each mail")
    main(parser.parse_args().all)
