"""What a refusal means, for whoever pastes one: a server's reply, or a whole mail that came back."""
