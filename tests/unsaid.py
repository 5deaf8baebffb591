"""Words that no page may say."""

# Never said, wherever it stands; and what only pages about the DNS may say.
NEVER = r"\b(bounc\w*|rebond\w*|hard|soft|ndr|smtp|dsn|smarthost|4xx|5xx|4yz|5yz)\b"
JARGON = rf"{NEVER}|\b(mx|spf|dkim|dmarc|dns|blacklist\w*|listes? noires?|spam\w*)\b"
# An e-mail's traces prove neither reading nor identity, nor are they a registered letter.
CLAIMS = (
    r"accusé de réception|preuve de réception|recommandé|certifié|valeur légale|opposable|a pris connaissance"
    r"|proof of receipt|registered|certified|legal value"
)
# A missing image is no sign of anything.
NOT_OPENED = r"\b(non|pas|jamais) (ouvert|lu)e?s?\b|\b(not|never|un)[ -]?(opened|read)\b"
