"""Panes and small widgets: values come in as attributes, messages go out. Nothing here does I/O."""
