"""What settings mean: the sentences under their fields in the source, so that they are written down once.

Read when somebody looks at the settings. A sentence in here would be a second one: there is none.
"""

import ast
import inspect
import textwrap
from collections.abc import Mapping


def meanings_of(kind: type) -> Mapping[str, str]:
    """The docstring under each field of the struct `kind`; empty where the source is not there to be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError, SyntaxError):  # a frozen program has no source
        return {}
    found: dict[str, str] = {}
    field = ""
    (owner,) = tree.body
    for statement in owner.body if isinstance(owner, ast.ClassDef) else ():
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                field = name
            case ast.Expr(value=ast.Constant(value=str(text))) if field:
                found[field] = " ".join(text.split())
                field = ""
            case _:
                field = ""
    return found
