"""The notation of the tool's templates, for what only Spark knows: {NAME} stands for a value, {{ and }} for a brace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyspark.sql.types import StructType

from restsrc.errors import OptionError

OF_A_ROW = ("url", "query", "header", "data")  # options that may name the columns of a row

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


def columns(what: str, schema: StructType, given: Mapping[str, str], also: Iterable[str] = ()) -> StructType:
    """Those of the columns that requests are made of, by the options `given`, and those that the paths `also` name.

    `what` makes the requests. OptionError where there is no such column, or none is named.
    """
    named = {(option, name) for option in OF_A_ROW for name in names_in(option, given.get(option, ""))}
    if not named:
        raise OptionError(f"{what} needs a {{COLUMN}} in url, query, header or data, for what a row has there")
    wanted = {_column(schema, path) for path in also}
    for option, name in named:
        column = _column(schema, name)
        if column not in schema.names:
            raise OptionError(f"the option {option} has {{{name}}}, but there is no column {column}")
        wanted.add(column)
    return StructType([field for field in schema.fields if field.name in wanted])


def _column(schema: StructType, path: str) -> str:
    return path if path in schema.names else path.split(".")[0]


def names_in(option: str, text: str) -> set[str]:
    """The names in an option of a row. In JSON only strings have templates; braces of its objects are none."""
    if option != "data":
        return names(option, text) if "{" in text else set()
    return {name for piece in text.split('"')[1::2] for name in names(option, piece)}
