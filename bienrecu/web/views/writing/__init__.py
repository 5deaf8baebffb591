"""The pages where an e-mail is written, looked at and sent."""
