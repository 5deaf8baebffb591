"""Where settings are read and the parts are put together."""
