"""A small world to rehearse in: recipients' mail servers on loopback that behave as their address says.

`Simulator` is in `server`, its settings in `settings`, the table of behaviours in `behaviours`. Nothing here ever
reaches further than two places, both given in the settings: our receiver of returns and our public site."""
