"""Well-known APIs, as their public documentation describes them: share/apis/NAME.conf has its address."""

import json
import re
from urllib.parse import urlsplit

from scenario import Answer, Refused
from shapes import answer, api, array, link, links, opaque, page_links, params, place_of, refuse, require, text, whole


@api("github")
def github(r, rows):
    require(
        r,
        "User-Agent",
        ".+",
        refuse(
            403,
            message="Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ),
    )
    require(r, "Accept", "|.*([*]/[*]|json).*", refuse(415, message="Unsupported 'Accept' header"))
    require(r, "X-GitHub-Api-Version", "|2022-11-28|2026-03-10", refuse(400, message="unsupported version"))
    p = params(r, "page", "per_page", "state")
    size, page = whole(p, "per_page", 30, 1, 100), whole(p, "page", 1, 1)
    told, last = page_links(r, page, size, len(rows), "per_page")
    return answer(array(rows[(page - 1) * size : page * size]), **({"Link": told} if last > 1 else {}))


@api("gitlab")
def gitlab(r, rows):
    p = params(r, "page", "per_page", "pagination", "order_by", "sort", "id_after", "state")
    size, page = whole(p, "per_page", 20, 1, 100), whole(p, "page", 1, 1)
    if p.get("pagination") == "keyset":
        after = whole(p, "id_after", 0)
        more = after + size < len(rows)
        return answer(
            array(rows[after : after + size]),
            **({"Link": links(next=link(r, **{**p, "id_after": after + size}))} if more else {}),
        )
    told, last = page_links(r, page, size, len(rows), "per_page")
    return answer(
        array(rows[(page - 1) * size : page * size]),
        Link=told,
        X_Page=page,
        X_Per_Page=size,
        X_Total=len(rows),
        X_Total_Pages=last,
        X_Next_Page=page + 1 if page < last else "",
    )


@api("stripe", lambda i, row: b'{"id":"ch_%06d","object":"charge","row":%s}' % (i, row))
def stripe(r, rows):
    def problem(code, name):
        return refuse(
            400, error={"type": "invalid_request_error", "code": code, "param": name, "message": f"{code}: {name}"}
        )

    p = params(
        r,
        "limit",
        "starting_after",
        "ending_before",
        "created",
        unknown=lambda name: problem("parameter_unknown", name),
    )
    size = whole(p, "limit", 10, 1, 100, clip=False, refusal=lambda name: problem("parameter_invalid_integer", name))
    start = 0
    if "starting_after" in p:
        found = re.fullmatch(r"ch_(\d{6})", p["starting_after"])
        if not found or int(found[1]) >= len(rows):
            raise problem("resource_missing", "starting_after")
        start = int(found[1]) + 1
    return answer(
        {
            "object": b'"list"',
            "url": b'"/v1/charges"',
            "has_more": text(start + size < len(rows)),
            "data": array(rows[start : start + size]),
        }
    )


@api("slack", lambda i, row: b'{"id":"C%08d","name":"channel-%d","row":%s}' % (i, i, row))
def slack(r, rows):
    def problem(code):
        return Refused(answer({"ok": b"false", "error": text(code)}))  # with status 200

    require(r, "Authorization", "Bearer xoxb-.+", problem("not_authed"))
    p = params(r, "cursor", "limit", "types", unknown=lambda name: problem("invalid_arguments"))
    size = whole(p, "limit", 100, 1, 1000, clip=False, refusal=lambda name: problem("invalid_limit"))
    start = place_of(p["cursor"], problem("invalid_cursor")) if p.get("cursor") else 0
    after = start + size
    return answer(
        {
            "ok": b"true",
            "channels": array(rows[start:after]),
            "response_metadata": {"next_cursor": text(opaque(after) if after < len(rows) else "")},
        }
    )


@api(
    "salesforce",
    lambda i, row: (
        b'{"attributes":{"type":"Account","url":"/services/data/v63.0/sobjects/Account/001%012d"},"row":%s}' % (i, row)
    ),
)
def salesforce(r, rows):
    options = re.fullmatch(r"batchSize=(\d+)", r.headers.get("Sforce-Query-Options", "batchSize=2000"))
    size = min(max(int(options[1]), 200), 2000)
    path, more = urlsplit(r.path).path.rstrip("/"), None
    found = re.fullmatch(r"(.*)/01gRO0000016PIAYA2-(\d+)", path)
    if found:
        params(r)
    elif not params(r, "q").get("q", "").upper().startswith("SELECT "):
        raise Refused(Answer(400, b'[{"message":"unexpected token","errorCode":"MALFORMED_QUERY"}]'))
    start = int(found[2]) if found else 0
    if start + size < len(rows):
        more = f"{found[1] if found else path}/01gRO0000016PIAYA2-{start + size}"
    return answer(
        {
            "totalSize": b"%d" % len(rows),
            "done": text(not more),
            **({"nextRecordsUrl": text(more)} if more else {}),
            "records": array(rows[start : start + size]),
        }
    )


@api("odata")
def odata(r, rows):
    p = params(
        r,
        "$count",
        "$filter",
        "$orderby",
        "$select",
        "$top",
        "$skip",
        "$skiptoken",
        unknown=lambda name: refuse(400, error={"code": "", "message": f"the query option {name} is not supported"}),
    )
    asked = re.search(r"odata\.maxpagesize=(\d+)", r.headers.get("Prefer", ""))
    size, start = min(int(asked[1]) if asked else 100, 100), whole(p, "$skip", 0)
    rows = rows[: start + int(p["$top"])] if "$top" in p else rows
    if "$skiptoken" in p:
        start = place_of(p["$skiptoken"], refuse(400, error={"code": "", "message": "invalid skip token"}))
    tree = {"@odata.context": b'"$metadata#Items"', "value": array(rows[start : start + size])}
    if p.get("$count") == "true":
        tree["@odata.count"] = b"%d" % len(rows)
    if start + size < len(rows):
        more = link(r, **{**p, "$skiptoken": opaque(start + size)})
        tree["@odata.nextLink"] = text(
            more if start else more[more.rindex("/") + 1 :]
        )  # SAP's are relative, Microsoft's are not; both may be
    return answer(tree)


@api("postgrest")
def postgrest(r, rows):
    p = params(
        r,
        "select",
        "order",
        "offset",
        "limit",
        unknown=lambda name: refuse(400, code="42703", message=f"column items.{name} does not exist"),
    )
    start, size = whole(p, "offset", 0), whole(p, "limit", len(rows))
    asked = re.fullmatch(r"(\d+)-(\d*)", r.headers.get("Range", ""))
    if asked:
        start, size = int(asked[1]), int(asked[2]) - int(asked[1]) + 1 if asked[2] else size
    counted = "count=exact" in r.headers.get("Prefer", "")
    if counted and start and start >= len(rows):
        raise Refused(
            answer(
                {"code": b'"PGRST103"', "message": b'"Requested range not satisfiable"'},
                416,
                Content_Range=f"*/{len(rows)}",
            )
        )
    page = rows[start : start + size]
    span = f"{start}-{start + len(page) - 1}" if page else "*"
    return answer(
        array(page),
        206 if counted and len(page) < len(rows) else 200,
        Range_Unit="items",
        Content_Range=f"{span}/{len(rows) if counted else '*'}",
    )


@api(
    "elasticsearch",
    lambda i, row: (
        b'{"_index":"items","_id":"%d","_score":null,"_source":%s,"sort":[%d,"%d"]}'
        % (i, row, 1385252000000 + i // 3, i)
    ),
)
def elasticsearch(r, rows):
    def problem(reason):
        return refuse(400, error={"type": "illegal_argument_exception", "reason": reason}, status=400)

    def unrecognized(name):
        return problem(f"request [{r.path}] contains unrecognized parameter: [{name}]")

    p = params(r, "from", "size", "q", "track_total_hits", "allow_partial_search_results", unknown=unrecognized)
    if r.body:
        require(
            r,
            "Content-Type",
            "application/json.*",
            refuse(406, error="Content-Type header is not supported", status=406),
        )
    body = {
        **{name: json.loads(value) for name, value in p.items() if name in ("from", "size", "track_total_hits")},
        **json.loads(r.body or b"{}"),
    }
    for name in set(body) - {"size", "from", "query", "sort", "search_after", "track_total_hits"}:
        raise problem(f"unknown key [{name}]")
    size, start, after = body.get("size", 10), body.get("from", 0), body.get("search_after")
    if size + start > 10000:
        raise problem("Result window is too large, from + size must be less than or equal to: [10000]")
    if after is not None:
        if not isinstance(after, list) or len(after) != len(body.get("sort", [])):
            raise problem("search_after has another number of values than sort")
        start = 1 + next(i for i, row in enumerate(rows) if json.loads(row)["sort"] == after)
    exact = body.get("track_total_hits") is True or len(rows) <= 10000
    hits = [row if "sort" in body else row[: row.rindex(b',"sort"')] + b"}" for row in rows[start : start + size]]
    return answer(
        {
            "took": b"1",
            "timed_out": b"false",
            "_shards": b'{"total":1,"successful":1,"skipped":0,"failed":0}',
            "hits": {
                "total": {
                    "value": b"%d" % min(len(rows), len(rows) if exact else 10000),
                    "relation": b'"eq"' if exact else b'"gte"',
                },
                "max_score": b"null",
                "hits": array(hits),
            },
        }
    )


@api("jira")
def jira(r, rows):
    p = params(r, "startAt", "maxResults", "orderBy", "query")
    start, size = whole(p, "startAt", 0), whole(p, "maxResults", 50, most=50)
    page = rows[start : start + size]
    return answer(
        {
            "self": text(link(r, **p)),
            "maxResults": b"%d" % size,
            "startAt": b"%d" % start,
            "total": b"%d" % len(rows),
            "isLast": text(start + size >= len(rows)),
            "values": array(page),
        }
    )


@api("jira-search")
def jira_search(r, rows):
    p = params(r, "jql", "nextPageToken", "maxResults", "fields", "expand")
    if not p.get("jql"):
        raise refuse(
            400,
            errorMessages=[
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            ],
            errors={},
        )
    size = whole(p, "maxResults", 50, most=100)
    start = (
        place_of(p["nextPageToken"], refuse(400, errorMessages=["The provided next page token is invalid or expired."]))
        if "nextPageToken" in p
        else 0
    )
    more = start + size < len(rows)
    return answer(
        {
            "issues": array(rows[start : start + size]),
            "isLast": text(not more),
            **({"nextPageToken": text(opaque(start + size))} if more else {}),
        }
    )


@api("hubspot")
def hubspot(r, rows):
    def problem(message):
        return refuse(400, status="error", message=message, category="VALIDATION_ERROR")

    p = params(r, "limit", "after", "properties", "archived", unknown=lambda name: problem(f"unknown parameter {name}"))
    size = whole(p, "limit", 10, 1, 100, clip=False, refusal=lambda name: problem("Page size must be at most 100"))
    start = place_of(p["after"], problem("after is invalid")) if "after" in p else 0
    more = opaque(start + size) if start + size < len(rows) else None
    return answer(
        {
            "results": array(rows[start : start + size]),
            **(
                {"paging": {"next": {"after": text(more), "link": text(link(r, limit=size, after=more))}}}
                if more
                else {}
            ),
        }
    )


@api("shopify")
def shopify(r, rows):
    if urlsplit(r.path).path.rstrip("/").endswith("/count.json"):
        return answer({"count": b"%d" % len(rows)})
    p = params(
        r,
        "limit",
        "page_info",
        "fields",
        "status",
        "since_id",
        unknown=lambda name: refuse(400, errors={name: "unknown"}),
    )
    size = whole(
        p, "limit", 50, 1, 250, clip=False, refusal=lambda name: refuse(400, errors={name: "must be 1 to 250"})
    )
    if "page_info" in p and set(p) - {"limit", "page_info", "fields"}:
        raise refuse(400, errors={"page_info": "no other parameters may be given with it"})
    start = place_of(p["page_info"], refuse(400, errors={"page_info": "Invalid value."})) if "page_info" in p else 0
    told = links(
        previous=link(r, limit=size, page_info=opaque(max(0, start - size))) if start else None,
        next=link(r, limit=size, page_info=opaque(start + size)) if start + size < len(rows) else None,
    )
    return answer({"products": array(rows[start : start + size])}, **({"Link": told} if told else {}))


@api("zendesk")
def zendesk(r, rows):
    """The last page has a next link as well: only has_more tells."""
    if urlsplit(r.path).path.rstrip("/").endswith("/count"):
        return answer({"count": {"value": b"%d" % len(rows), "refreshed_at": b'"2026-11-24T00:00:00+00:00"'}})
    p = params(
        r, "page[size]", "page[after]", "sort", unknown=lambda name: refuse(400, error="InvalidPaginationParameter")
    )
    size = whole(
        p, "page[size]", 100, 1, 100, clip=False, refusal=lambda name: refuse(400, error="InvalidPaginationParameter")
    )
    start = place_of(p["page[after]"], refuse(400, error="InvalidPaginationParameter")) if "page[after]" in p else 0
    after = opaque(min(start + size, len(rows)))
    return answer(
        {
            "tickets": array(rows[start : start + size]),
            "meta": {
                "has_more": text(start + size < len(rows)),
                "after_cursor": text(after),
                "before_cursor": text(opaque(start)),
            },
            "links": {"next": text(link(r, **{"page[size]": size, "page[after]": after})), "prev": b"null"},
        }
    )


@api("datasette")
def datasette(r, rows):
    p = params(
        r,
        "_shape",
        "_size",
        "_next",
        "_sort",
        unknown=lambda name: Refused(answer({"ok": b"true", "rows": b"[]", "filtered_table_rows_count": b"0"})),
    )
    size = whole(
        p,
        "_size",
        100,
        most=1000,
        clip=False,
        refusal=lambda name: refuse(400, ok=False, error="_size must be <= 1000", status=400),
    )
    start = int(p.get("_next", 0))
    more = start + size < len(rows)
    return answer(
        {
            "database": b'"plain"',
            "table": b'"items"',
            "rows": array(rows[start : start + size]),
            "truncated": b"false",
            "filtered_table_rows_count": b"%d" % len(rows),
            "next": text(str(start + size)) if more else b"null",
            "next_url": text(link(r, **{**p, "_next": start + size})) if more else b"null",
        }
    )


@api("directus")
def directus(r, rows):
    def problem(message):
        return refuse(400, errors=[{"message": message, "extensions": {"code": "INVALID_QUERY"}}])

    p = params(
        r,
        "limit",
        "offset",
        "page",
        "meta",
        "sort",
        "filter",
        "fields",
        unknown=lambda name: problem(f"unknown {name}"),
    )
    size, start = whole(p, "limit", 100, refusal=problem), whole(p, "offset", 0, refusal=problem)
    counts = (
        {"filter_count", "total_count"} if p.get("meta") == "*" else set(filter(None, p.get("meta", "").split(",")))
    )
    if counts - {"filter_count", "total_count"}:
        raise problem('"meta" is invalid')
    return answer(
        {
            **({"meta": {name: b"%d" % len(rows) for name in sorted(counts)}} if counts else {}),
            "data": array(rows[start : start + size]),
        }
    )


@api("strapi", lambda i, row: b'{"id":%d,"documentId":"d%023d","row":%s}' % (i + 1, i, row))
def strapi(r, rows):
    def problem(message):
        return refuse(
            400, data=None, error={"status": 400, "name": "ValidationError", "message": message, "details": {}}
        )

    known = (
        "pagination[start]",
        "pagination[limit]",
        "pagination[page]",
        "pagination[pageSize]",
        "pagination[withCount]",
        "sort",
        "populate",
    )
    p = params(r, *known, unknown=lambda name: problem(f"Invalid key {name}"))
    if {"pagination[page]", "pagination[pageSize]"} & set(p) and {"pagination[start]", "pagination[limit]"} & set(p):
        raise problem("Cannot use both page & offset pagination in the same query")
    if {"pagination[start]", "pagination[limit]"} & set(p):
        start, size = whole(p, "pagination[start]", 0), whole(p, "pagination[limit]", 25, most=100)
        told = {"start": start, "limit": size}
    else:
        page, size = whole(p, "pagination[page]", 1, 1), whole(p, "pagination[pageSize]", 25, 1, 100)
        start, told = (page - 1) * size, {"page": page, "pageSize": size, "pageCount": -(-len(rows) // size)}
    return answer(
        {
            "data": array(rows[start : start + size]),
            "meta": {"pagination": {name: b"%d" % n for name, n in {**told, "total": len(rows)}.items()}},
        }
    )


@api("pocketbase")
def pocketbase(r, rows):
    p = params(r, "page", "perPage", "sort", "filter", "expand", "fields", "skipTotal")
    page, size = max(1, whole(p, "page", 1)), whole(p, "perPage", 30, most=1000) or 30
    return answer(
        {
            "items": array(rows[(page - 1) * size : page * size]),
            "page": b"%d" % page,
            "perPage": b"%d" % size,
            "totalItems": b"%d" % len(rows),
            "totalPages": b"%d" % -(-len(rows) // size),
        }
    )


@api(
    "couchdb",
    lambda i, row: (
        b'{"id":"d %05d/\\u00e9","key":"d %05d/\\u00e9","value":{"rev":"1-%032x"},"doc":%s}' % (i, i, i, row)
    ),
)
def couchdb(r, rows):
    """The query's values are JSON text; a bare word for a key is an error. _find takes a bookmark, and gives one even
    at the end."""

    def problem(reason):
        return refuse(400, error="query_parse_error", reason=reason)

    if urlsplit(r.path).path.rstrip("/").endswith("/_find"):
        body = json.loads(r.body)
        if set(body) - {"selector", "limit", "bookmark", "fields"} or "selector" not in body:
            raise problem("invalid key")
        start = place_of(body["bookmark"], problem("invalid bookmark")) if body.get("bookmark", "nil") != "nil" else 0
        page = rows[start : start + body.get("limit", 25)]
        return answer(
            {"docs": array(page), "bookmark": text(opaque(start + len(page)) if page else body.get("bookmark", "nil"))}
        )
    known = ("limit", "skip", "startkey", "endkey", "descending", "include_docs")
    try:
        p = {
            name: json.loads(value)
            for name, value in params(r, *known, unknown=lambda name: problem(f"unknown {name}")).items()
        }
    except ValueError:
        raise problem("Invalid JSON") from None
    start = sum(json.loads(row)["key"] < p["startkey"] for row in rows) if "startkey" in p else 0
    start += p.get("skip", 0)
    return answer(
        {
            "total_rows": b"%d" % len(rows),
            "offset": b"%d" % start,
            "rows": array(rows[start : start + p.get("limit", len(rows))]),
        }
    )


@api("wordpress")
def wordpress(r, rows):
    def problem(code, message):
        return refuse(400, code=code, message=message, data={"status": 400})

    def invalid(name):
        return problem("rest_invalid_param", f"Invalid parameter(s): {name}")

    p = params(r, "page", "per_page", "offset", "order", "orderby", "search", unknown=invalid)
    page, size = whole(p, "page", 1, 1, refusal=invalid), whole(p, "per_page", 10, 1, 100, clip=False, refusal=invalid)
    pages = -(-len(rows) // size)
    if page > pages and rows:
        raise problem(
            "rest_post_invalid_page_number", "The page number requested is larger than the number of pages available."
        )
    start = whole(p, "offset", (page - 1) * size)
    told = links(
        prev=link(r, **{**p, "page": page - 1}) if page > 1 else None,
        next=link(r, **{**p, "page": page + 1}) if page < pages else None,
    )
    return answer(
        array(rows[start : start + size]),
        X_WP_Total=len(rows),
        X_WP_TotalPages=pages,
        **({"Link": told} if told else {}),
    )


def google_list(size_name, list_name, most):
    def page(r, rows):
        def problem(message):
            return refuse(400, error={"code": 400, "message": message, "status": "INVALID_ARGUMENT"})

        p = params(
            r,
            "pageToken",
            size_name,
            "fields",
            "key",
            unknown=lambda name: problem(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
            ),
        )
        size = whole(p, size_name, 50, 1, most, refusal=problem)
        start = place_of(p["pageToken"], problem("Invalid page token")) if "pageToken" in p else 0
        more = start + size < len(rows)
        return answer(
            {
                "kind": b'"a#list"',
                **({"nextPageToken": text(opaque(start + size))} if more else {}),
                list_name: array(rows[start : start + size]),
            }
        )

    return page


api("google")(google_list("maxResults", "items", 250))
api("google-aip")(google_list("pageSize", "files", 1000))
