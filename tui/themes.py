"""makerhour's own themes: one dark, one light. Every contrast of text is at least 4.5 to 1."""

from textual.theme import Theme


def _theme(name: str, *, dark: bool, tokens: dict[str, str]) -> Theme:
    named = ("primary", "secondary", "accent", "success", "warning", "error")
    variables = {f"text-{token}": tokens[token] for token in named}
    variables |= {
        "text": tokens["foreground"],
        "text-muted": tokens["muted"],
        "text-disabled": tokens["faint"],
        "border": tokens["accent"],
        "border-blurred": tokens["frame"],
        "block-cursor-background": tokens["cursor"],
        "block-cursor-foreground": tokens["cursor-text"],
        "block-cursor-text-style": "none",
        "input-cursor-background": tokens["foreground"],
        "input-selection-background": tokens["cursor"],
        "scrollbar": tokens["frame"],
        "scrollbar-hover": tokens["muted"],
        "scrollbar-active": tokens["accent"],
        "footer-key-foreground": tokens["accent"],
    }
    return Theme(
        name=name,
        dark=dark,
        background=tokens["background"],
        surface=tokens["background"],
        panel=tokens["panel"],
        foreground=tokens["foreground"],
        primary=tokens["primary"],
        secondary=tokens["secondary"],
        accent=tokens["accent"],
        success=tokens["success"],
        warning=tokens["warning"],
        error=tokens["error"],
        variables=variables,
    )


DARK = _theme(
    "makerhour-dark",
    dark=True,
    tokens={
        "background": "#16181b",
        "panel": "#24282d",
        "frame": "#3a4048",
        "foreground": "#d8d5cf",
        "muted": "#9a9791",
        "faint": "#82807b",
        "cursor": "#2f4a63",
        "cursor-text": "#f2efe9",
        "primary": "#7aa2c9",
        "secondary": "#b08d57",
        "accent": "#e0a458",
        "success": "#8fb573",
        "warning": "#e0c158",
        "error": "#d9736a",
    },
)
LIGHT = _theme(
    "makerhour-light",
    dark=False,
    tokens={
        "background": "#f6f3ec",
        "panel": "#e9e4d8",
        "frame": "#c4bcab",
        "foreground": "#22262a",
        "muted": "#5d5f5f",
        "faint": "#6f706e",
        "cursor": "#cfdfee",
        "cursor-text": "#10151a",
        "primary": "#2f5f8f",
        "secondary": "#7a5a22",
        "accent": "#a05a00",
        "success": "#3d6b22",
        "warning": "#806000",
        "error": "#a8322a",
    },
)
OWN = (DARK, LIGHT)


def suited(theme: Theme, *, few_colors: bool) -> str:
    """The name of the theme for this terminal: with 16 colours, the terminal's own instead of one of ours, which would
    come out as two greys."""
    if not few_colors or theme not in OWN:
        return theme.name
    return "ansi-dark" if theme.dark else "ansi-light"
