"""The notation of the tool's templates, for what only Spark knows: {NAME} stands for a value, {{ and }} for a brace."""

from __future__ import annotations

import re
from collections.abc import Mapping

from restsrc.errors import OptionError

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def names(option: str, text: str) -> set[str]:
    """The names in `text`, which is the value of an option. OptionError for a brace without its partner."""
    pieces = list(_PIECE.finditer(text))
    if any(piece[0] in ("{", "}") or piece[1] == "" for piece in pieces):
        raise OptionError(f"the option {option} has a brace too many ({{{{ is a brace), or nothing in one: {text}")
    return {piece[1] for piece in pieces if piece[1]}


def fill(text: str, values: Mapping[str, str]) -> str:
    """With the values in place of their names, and the braces as they are meant."""
    return _PIECE.sub(lambda piece: values[piece[1]] if piece[1] else piece[0][0], text)


def fill_some(text: str, values: Mapping[str, str]) -> str:
    """The same for a text that the tool fills afterwards: other names and doubled braces stay as they are."""
    return _PIECE.sub(lambda piece: values.get(piece[1], piece[0]) if piece[1] else piece[0], text)
