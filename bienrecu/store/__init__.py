"""What is kept. `record` is the only writer of events and of the status they prove; `queries` holds the questions
that pages and commands ask."""
