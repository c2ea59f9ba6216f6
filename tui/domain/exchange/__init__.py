"""The backlog in other programs' formats, and in its own for a copy that is whole: text in, items out, and back."""
