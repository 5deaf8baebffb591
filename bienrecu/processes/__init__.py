"""The commands; where ports meet adapters."""
