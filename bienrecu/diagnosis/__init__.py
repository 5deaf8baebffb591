"""From a server's reply to a reason. The rules are data: tables over codes, sentences, operators' codes."""
