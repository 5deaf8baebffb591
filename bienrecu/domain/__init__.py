"""The words of the product: plain values and pure functions. No clock, no dice, no framework."""
