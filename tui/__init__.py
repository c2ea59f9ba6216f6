"""makerhour, the application: facts in `domain`, the outside in `sources`, the screen in `screens`."""

__version__ = "0.1.0"
