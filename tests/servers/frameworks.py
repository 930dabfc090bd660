"""What lists look like that come out of frameworks, and some that are hard to see through.
None refuses what it does not know."""

import time

from shapes import answer, api, array, link, opaque, place_of, refuse, text


def number(r, name, default):
    value = r.query.get(name, [""])[0]
    return int(value) if value.isdigit() else default


@api("drf-fixed")
def drf_fixed(r, rows):
    """Django REST Framework's PageNumberPagination as it comes: nobody can ask for another page size."""
    page, size = number(r, "page", 1), 20
    if (page - 1) * size >= len(rows) > 0:
        raise refuse(404, detail="Invalid page.")
    after = link(r, page=page + 1) if page * size < len(rows) else None
    return answer(
        {
            "count": b"%d" % len(rows),
            "next": text(after),
            "previous": b"null",
            "results": array(rows[(page - 1) * size : page * size]),
        }
    )


@api("spring")
def spring(r, rows):
    """Spring Data's Page: numbered from 0, no links."""
    page, size = number(r, "page", 0), min(number(r, "size", 20), 2000)
    return answer(
        {
            "content": array(rows[page * size : (page + 1) * size]),
            "number": b"%d" % page,
            "size": b"%d" % size,
            "totalElements": b"%d" % len(rows),
            "totalPages": b"%d" % -(-len(rows) // size),
            "last": text((page + 1) * size >= len(rows)),
        }
    )


@api("laravel")
def laravel(r, rows):
    """Laravel's API resources: numbered from 1, page size fixed unless the code reads it from the request."""
    page, size = number(r, "page", 1), 15
    last = -(-len(rows) // size)
    return answer(
        {
            "data": array(rows[(page - 1) * size : page * size]),
            "links": {
                "first": text(link(r, page=1)),
                "last": text(link(r, page=last)),
                "prev": b"null",
                "next": text(link(r, page=page + 1) if page < last else None),
            },
            "meta": {
                "current_page": b"%d" % page,
                "last_page": b"%d" % last,
                "per_page": b"%d" % size,
                "total": b"%d" % len(rows),
            },
        }
    )


@api("jsonapi")
def jsonapi(r, rows):
    """JSON:API with page[offset] and page[limit]."""
    start, size = number(r, "page[offset]", 0), min(number(r, "page[limit]", 10), 50)
    after = link(r, **{"page[offset]": start + size, "page[limit]": size}) if start + size < len(rows) else None
    return answer(
        {
            "data": array(rows[start : start + size]),
            "meta": {"total": b"%d" % len(rows)},
            "links": {"next": text(after)},
        }
    )


@api("airtable")
def airtable(r, rows):
    """A cursor that is called offset; absent at the end."""
    size = min(number(r, "pageSize", 100), 100)
    start = (
        place_of(r.query["offset"][0], refuse(422, error="LIST_RECORDS_ITERATOR_NOT_AVAILABLE"))
        if "offset" in r.query
        else 0
    )
    return answer(
        {
            "records": array(rows[start : start + size]),
            **({"offset": text(opaque(start + size))} if start + size < len(rows) else {}),
        }
    )


@api("volatile")
def volatile(r, rows):
    """Records with a member that changes from answer to answer."""
    start, size = number(r, "offset", 0), number(r, "limit", 100)
    now = [b'{"id":%d,"seen":%d}' % (i, time.time_ns()) for i in range(len(rows))]
    return answer({"total": b"%d" % len(rows), "results": array(now[start : start + size])})


@api("shuffled")
def shuffled(r, rows):
    """No order of its own: it begins elsewhere with each request."""
    turn = len(r.scenario_log) * 7 % len(rows)
    return answer({"items": array((rows[turn:] + rows[:turn])[:50]), "total": b"%d" % len(rows)})


@api("paged-offset")
def paged_offset(r, rows):
    """Its offset counts pages: read as an offset it would give wrong records."""
    page, size = number(r, "offset", 0), number(r, "limit", 50)
    return answer({"total": b"%d" % len(rows), "results": array(rows[page * size : (page + 1) * size])})
