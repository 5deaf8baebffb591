"""What comes back: the signed return path, what a mail to it is, and whose events it proves."""
