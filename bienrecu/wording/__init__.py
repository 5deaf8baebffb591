"""Status, reason, event → sentences, in French and in English (gettext)."""
