"""The questions that pages ask of the store. They read; `store/record.py` writes."""
