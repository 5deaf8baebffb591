"""The client's side of SMTP (RFC 5321): bytes in, values out. `session.py` says how it goes."""
