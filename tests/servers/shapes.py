"""What the APIs of apis.py share: a table of them, and how parameters are read and answers made."""

import base64
import json
import re
from urllib.parse import urlencode, urlsplit

from scenario import Answer, Refused
from styles import render

LISTS, SHAPES = {}, {}


def api(name, shape=lambda i, row: row):
    """Registers the function that answers for a list; shape(i, row) is its record i."""

    def register(function):
        LISTS[name], SHAPES[name] = function, shape
        return function

    return register


def answer(tree, status=200, **headers):
    return Answer(status, render(tree), {name.replace("_", "-"): value for name, value in headers.items()})


def refuse(http_status, **members):
    return Refused(Answer(http_status, json.dumps(members).encode()))


def text(value):
    return json.dumps(value).encode()


def array(rows):
    return b"[" + b",".join(rows) + b"]"


def params(r, *known, unknown=lambda name: refuse(400, message=f"unknown parameter {name}")):
    """The query's parameters, each given once and known."""
    for name, values in r.query.items():
        if name not in known or len(values) != 1:
            raise unknown(name)
    return {name: values[0] for name, values in r.query.items()}


def whole(
    p,
    name,
    default,
    least=0,
    most=None,
    clip=True,
    refusal=lambda name: refuse(400, message=f"invalid value of {name}"),
):
    """A whole number; above `most` it is clipped or refused."""
    value = str(p.get(name, default))
    if not value.isdigit() or int(value) < least or (most and int(value) > most and not clip):
        raise refusal(name)
    return min(int(value), most) if most else int(value)


def require(r, header, pattern, refusal):
    if not re.fullmatch(pattern, r.headers.get(header, "")):
        raise refusal


def link(r, **query):
    return f"http://{r.headers['Host']}{urlsplit(r.path).path}?{urlencode(query)}"


def links(**urls):
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in urls.items() if url)


def opaque(place):
    return base64.b64encode(f"place:{place}".encode()).decode()


def place_of(token, refusal):
    try:
        kind, place = base64.b64decode(token, validate=True).decode().split(":")
    except ValueError:
        raise refusal from None
    if kind != "place":
        raise refusal
    return int(place)


def page_links(r, page, size, n, name):
    last = max(1, -(-n // size))
    to = {"prev": page - 1 if page > 1 else 0, "next": page + 1 if page < last else 0, "last": last, "first": 1}
    return links(
        **{relation: link(r, **{name: size, "page": number}) if number else None for relation, number in to.items()}
    ), last
