"""What a content filter says, in words: ours where we know the rule, else its own."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bienrecu.domain.advice import Severity
from bienrecu.domain.filter_verdict import FilterRule, FilterSilent, FilterVerdict
from bienrecu.wording.mark import N_

# From this part of its limit on, a filter puts messages aside.
_DOUBTS_FROM = 0.4


def severity(said: FilterVerdict | FilterSilent) -> Severity:
    if isinstance(said, FilterSilent) or said.points < said.limit * _DOUBTS_FROM:
        return Severity.INFO
    return Severity.STRONG if said.points >= said.limit else Severity.WARNING


def message(said: FilterVerdict | FilterSilent) -> str:
    """ "rspamd holds 7.1 points against this e-mail; it refuses from 15 on." """
    if isinstance(said, FilterSilent):
        return _("{filter} was not heard: {why}.").format(filter=said.filter, why=said.why)
    points, limit = _points(said.points), _points(said.limit)
    if said.filter == "rspamd":
        text = _("{filter} holds {points} points against this e-mail; it refuses from {limit} on.")
    else:
        text = _("{filter} holds {points} points against this e-mail; it calls junk what has {limit}.")
    return text.format(filter=said.filter, points=points, limit=limit)


def remedy(said: FilterVerdict | FilterSilent) -> str:
    if isinstance(said, FilterSilent):
        return _("The e-mail can be sent all the same. The administrator can check the settings.")
    if not said.held_against:
        return _("Nothing to change.")
    return _("What weighs most: {rules}.").format(rules=_("; ").join(rule(one) for one in said.held_against[:5]))


def rule(one: FilterRule) -> str:
    """ "the subject is in capitals (2.0)"."""
    known = _KNOWN.get(one.name)
    said = _(known) if known else _("“{said}”").format(said=one.said or one.name)
    return _("{said} ({points})").format(said=said, points=_points(one.points))


def _points(points: float) -> str:
    return number_format(round(points, 1), 0 if points == int(points) else 1)


# The commonest of both filters; what they call differently is one sentence here.
_CAPITALS = N_("the subject is in capitals")
_NO_SUBJECT = N_("there is no subject")
_MONEY = N_("the subject names a sum of money")
_HTML_ONLY = N_("there is no version in plain text")
_DIFFERS = N_("the two versions of the text differ")
_HIDDEN = N_("some text cannot be seen")
_IMAGES = N_("there is little text for its images")
_TRAP = N_("a link does not lead where it says")
_SHORTENED = N_("a link is shortened")
_NUMBER = N_("a link leads to a number")
_LISTED = N_("a link leads to a site that is on a blocklist")
_EXTENSION = N_("a file of a type that is refused")
_REPLIES = N_("replies go to a mailbox provider, the sender is elsewhere")
_NO_DATE = N_("there is no date")
_NO_ID = N_("there is no message number")
_BAYES = N_("its words resemble those of junk mail, for this filter")
_KNOWN = {
    "SUBJ_ALL_CAPS": _CAPITALS,
    "EMPTY_SUBJECT": _NO_SUBJECT,
    "MISSING_SUBJECT": _NO_SUBJECT,
    "SUBJECT_HAS_CURRENCY": _MONEY,
    "SUBJ_DOLLARS": _MONEY,
    "URL_IN_SUBJECT": N_("the subject holds the address of a page"),
    "LONG_SUBJ": N_("the subject is very long"),
    "SUBJECT_HAS_EXCLAIM": N_("the subject has exclamation marks"),
    "SUBJECT_ENDS_EXCLAIM": N_("the subject has exclamation marks"),
    "PLING_QUERY": N_("the subject has exclamation marks"),
    "FAKE_REPLY": N_("the subject begins like a reply, and it is none"),
    "MIME_HTML_ONLY": _HTML_ONLY,
    "MIME_MA_MISSING_TEXT": _HTML_ONLY,
    "R_PARTS_DIFFER": _DIFFERS,
    "MPART_ALT_DIFF": _DIFFERS,
    "R_WHITE_ON_WHITE": _HIDDEN,
    "ZERO_FONT": _HIDDEN,
    "MANY_INVISIBLE_PARTS": _HIDDEN,
    "HTML_FONT_LOW_CONTRAST": _HIDDEN,
    "FONT_INVIS_MSGID": _HIDDEN,
    "R_SUSPICIOUS_IMAGES": _IMAGES,
    "HTML_SHORT_LINK_IMG_1": _IMAGES,
    "HTML_SHORT_LINK_IMG_2": _IMAGES,
    "HTML_IMAGE_ONLY_04": _IMAGES,
    "HTML_IMAGE_ONLY_08": _IMAGES,
    "HTML_IMAGE_ONLY_16": _IMAGES,
    "HTML_IMAGE_RATIO_02": _IMAGES,
    "PHISHING": _TRAP,
    "HFILTER_URL_ONLY": N_("the text is hardly more than a link"),
    "HFILTER_URL_ONELINE": N_("the text is hardly more than a link"),
    "REDIRECTOR_URL": _SHORTENED,
    "URL_SHORTENER_CHAINED": _SHORTENED,
    "URL_NUMERIC_IP": _NUMBER,
    "NUMERIC_HTTP_ADDR": _NUMBER,
    "URL_HOMOGRAPH_ATTACK": N_("a link mixes letters of two alphabets"),
    "URIBL_BLACK": _LISTED,
    "URIBL_DBL_SPAM": _LISTED,
    "MIME_BAD_EXTENSION": _EXTENSION,
    "MIME_DOUBLE_BAD_EXTENSION": _EXTENSION,
    "MIME_BAD_ATTACHMENT": _EXTENSION,
    "MIME_ARCHIVE_IN_ARCHIVE": N_("an archive within an archive"),
    "MIME_ENCRYPTED_ARCHIVE": N_("an archive that needs a password"),
    "FREEMAIL_REPLYTO_NEQ_FROM": _REPLIES,
    "FREEMAIL_REPLYTO_NEQ_FROM_DOM": _REPLIES,
    "FREEMAIL_FORGED_REPLYTO": _REPLIES,
    "FROM_NEQ_DISPLAY_NAME": N_("the sender's name holds another address"),
    "SPOOF_DISPLAY_NAME": N_("the sender's name holds another address"),
    "SPOOF_REPLYTO": N_("replies leave the domain that sender and recipient share"),
    "MISSING_DATE": _NO_DATE,
    "MISSING_MID": _NO_ID,
    "DATE_IN_FUTURE": N_("the date lies in the future"),
    "CTYPE_MIXED_BOGUS": N_("it is made for attachments, and there is none"),
    "BAYES_SPAM": _BAYES,
    "BAYES_99": _BAYES,
    "BAYES_80": _BAYES,
    "GTUBE": N_("it holds the text by which filters are tried out"),
}
