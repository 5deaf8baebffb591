"""The people an organisation writes to: contacts, sessions, and the files they come in."""
