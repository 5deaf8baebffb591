"""The engine: claims what is due, talks to the right server, says what became of it. It reaches the world
through the ports of `ports.py` only."""
