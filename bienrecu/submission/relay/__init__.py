"""An organisation's own mail account: tried, kept, left."""
