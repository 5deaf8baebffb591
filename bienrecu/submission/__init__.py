"""Posting: one way in for every door (page, command, API). What is wrong is refused before anything leaves."""
