"""An organisation's own domains: set up, looked at, believed as long as they hold."""
