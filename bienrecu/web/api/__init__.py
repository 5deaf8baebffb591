"""REST, for programs: what they ask with a key of their organisation. docs/api.md tells it."""
