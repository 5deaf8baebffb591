"""A draft until it is sent: kept as it is typed, advised on, checked, its files and whom it is for."""
