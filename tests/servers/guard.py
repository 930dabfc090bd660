#!/usr/bin/env python3
"""A list behind credentials, and a token URL, that misbehave on demand. A real OAuth 2 server is in oauth_server.py.

    guard.py [--port N] [--until-eof] [--cert FILE --key FILE]

It starts, ends and is addressed like fault.py and knows its words and paths. Besides:

    POST /SCENARIO/token          RFC 6749: client_credentials and refresh_token
    GET  /SCENARIO/links          the list by next links, which repeat the query that was sent
    GET  /SCENARIO/_issued        how many tokens were issued

    more=FILE                     more words, one a line: what is not to stand in a URL
Words about credentials: without them 401 (need=query: 403)
    need=bearer:TOKEN, need=basic:NAME:PASSWORD, need=header:NAME:VALUE, need=query:NAME:VALUE
    need=token                    an access token of this scenario's token URL
    sigv4=KEY:SECRET:REGION:SERVICE   AWS Signature Version 4, computed anew (403)
Words about the token URL
    client=ID:SECRET              who may ask (any client)
    client-auth=basic|body        how it must show its secret
    form=NAME:VALUE               what the form must hold
    expires=S, no-expiry          how long a token lasts (3600); as text with expires-text
    lives=N                       a token is good for N requests
    refresh=TOKEN                 the grant must be refresh_token, with this one, or the latest one with:
    rotate                        each use replaces the refresh token
    token-fail=STATUS:COUNT       the first COUNT answers (retry-after=... as in fault.py); STATUS drop: unanswered
    token-say=TEXT                the body of every answer; token-status=STATUS: its status
    token-hang                    waits for the client to leave
    token-delay=S                 waits S seconds first
    token-echo                    refuses with everything that was sent
Words about answers
    say=COUNT:NAME:VALUE          a header on the first COUNT answers about the list
    echo=error[:STATUS[:PAD]]     a refusal that repeats credentials behind PAD letters
    echo=text                     the same as plain text
    echo=redirect:BASE            to BASE, with the query and the credentials
    links=BASE                    where next links lead (here)
"""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from fault import Handler, serve
from gates import retry_after
from scenario import Answer, Drop, Refused, Scenario, error, ndjson


class Guard(Scenario):
    """A scenario with the tokens it issued."""

    def __init__(self, text):
        super().__init__(text)
        for name in self.words.pop("more", ()):
            with open(name) as lines:
                for line in lines:
                    key, _, value = line.rstrip("\n").partition("=")
                    self.words.setdefault(key, []).append(value)
        self.tokens, self.issued = {}, 0  # token: [requests left, when it ends]
        self.refresh = self.get("refresh")

    def issue(self):
        with self.lock:
            self.issued += 1
            digest = hashlib.sha256(str(self.words).encode()).hexdigest()
            token = f"issued-{self.get('id', '')}-token-{self.issued}-{digest}"
            self.tokens[token] = [self.number("lives", 1 << 30), time.time() + float(self.get("expires", 3600))]
            if "rotate" in self.words:
                self.refresh = f"rotated-{self.issued}-{self.get('refresh')}"
            return token

    def takes(self, token):
        with self.lock:
            left = self.tokens.get(token)
            if not left or left[0] <= 0 or left[1] < time.time():
                return False
            left[0] -= 1
            return True


# Credentials.


def basic(request):
    """(name, password) of HTTP Basic, as sent."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return tuple(base64.b64decode(value).decode().partition(":")[::2]) if kind == "Basic" else (None, None)


def has(s, request, kind, value):
    if kind == "bearer":
        return request.headers.get_all("Authorization") == [f"Bearer {value}"]
    if kind == "basic":
        return basic(request) == tuple(value.partition(":")[::2])
    if kind == "token":
        return s.takes(request.headers.get("Authorization", "")[7:])
    name, _, value = value.partition(":")
    return request.headers.get_all(name) == [value] if kind == "header" else request.query.get(name) == [value]


def gate_need(s, request):
    for kind, value in s.pairs("need"):
        if not has(s, request, kind, value):
            return error(403 if kind == "query" else 401, f"{kind} credentials are missing or wrong")


def signing_key(secret, *scope):
    key = ("AWS4" + secret).encode()
    for part in (*scope, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def canonical(request, names):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html;
    the path as it is sent, encoded once more."""
    parts = urlsplit(request.path)
    query = sorted(
        (quote(k, safe="-_.~"), quote(v, safe="-_.~"))
        for k, v in parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    )
    headers = "".join(f"{name}:{' '.join(','.join(request.headers.get_all(name)).split())}\n" for name in names)
    return "\n".join(
        [
            request.command,
            quote(parts.path, safe="/-_.~"),
            "&".join("=".join(pair) for pair in query),
            headers,
            ";".join(names),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )


def signature(request, secret, names, date, region, service):
    stamp = request.headers["X-Amz-Date"]
    digest = hashlib.sha256(canonical(request, names).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, f"{date}/{region}/{service}/aws4_request", digest])
    return hmac.new(signing_key(secret, date, region, service), text.encode(), hashlib.sha256).hexdigest()


def gate_sigv4(s, request):
    for key, secret, region, service in s.parts("sigv4"):
        kind, _, rest = request.headers.get("Authorization", "").partition(" ")
        given = dict(part.strip().partition("=")[::2] for part in rest.split(","))
        scope = given.get("Credential", "").split("/")
        if kind != "AWS4-HMAC-SHA256" or scope[:1] + scope[2:] != [key, region, service, "aws4_request"]:
            return error(403, "not signed, or for something else")
        if not all(map(request.headers.get_all, given["SignedHeaders"].split(";"))):
            return error(403, "a header is signed that was not sent")
        if (
            signature(request, secret, given["SignedHeaders"].split(";"), scope[1], region, service)
            != given["Signature"]
        ):
            return error(403, "the signature does not match")


# Answers.


def sent(request):
    """Everything that could be a credential."""
    values = [
        v for k, v in request.headers.items() if k.lower() in ("authorization", "cookie") or k.lower().startswith("x-")
    ]
    name, password = basic(request)
    form = [v for vs in parse_qs(request.body.decode(errors="replace")).values() for v in vs]
    return values + [v for vs in request.query.values() for v in vs] + ([password, name] if name else []) + form


def gate_echo(s, request):
    for part in s.parts("echo"):
        text = " and ".join(sent(request))
        if part[0] == "error":
            return error(
                int(part[1] if len(part) > 1 else 400), "x" * int(part[2] if len(part) > 2 else 0) + f" not with {text}"
            )
        if part[0] == "text":
            return Answer(400, f"not with {text}".encode(), type="text/plain")
        if part[0] == "redirect" and "/moved" not in request.path:
            to = ":".join(part[1:]) or "//" + request.headers["Host"]
            where = to + request.path.replace("/items", "/moved", 1)
            return Answer(302, headers={"Location": where + ("&" if "?" in where else "?") + "seen=" + quote(text)})


def links(s, request):
    """A page of ten with a link to the next."""
    at = int(request.query.get("at", [0])[0])
    rows = s.rows[at : min(at + 10, s.n)]
    query = [(k, v) for k, vs in request.query.items() for v in vs if k != "at"]
    base = ":".join(s.parts("links")[0]) if "links" in s.words else "http://" + request.headers["Host"]
    following = f"{base}{urlsplit(request.path).path}?{urlencode([*query, ('at', at + 10)])}" if at + 10 < s.n else None
    return Answer(body=b'{"results":[' + b",".join(rows) + b'],"next":' + json.dumps(following).encode() + b"}")


# The token URL.


def check_client(s, request, form):
    shown = {
        "basic": tuple(parse_qs(f"v={part or ''}", keep_blank_values=True)["v"][0] for part in basic(request)),
        "body": (form.get("client_id"), form.get("client_secret")),
    }
    way = s.get("client-auth") or ("basic" if basic(request)[0] else "body")
    if "client-auth" in s.words and any(shown["body" if way == "basic" else "basic"]):
        raise Refused(error(400, "the client shows its secret in another way"))
    if "client" in s.words and shown[way] != tuple(s.get("client").split(":", 1)):
        raise Refused(Answer(401, b'{"error":"invalid_client"}'))


def check_grant(s, form):
    if form.get("grant_type") != ("refresh_token" if "refresh" in s.words else "client_credentials"):
        raise Refused(Answer(400, b'{"error":"unsupported_grant_type"}'))
    if "refresh" in s.words and form.get("refresh_token") != s.refresh:
        raise Refused(Answer(400, b'{"error":"invalid_grant","error_description":"this refresh token has been used"}'))
    for name, value in s.pairs("form"):
        if form.get(name) != value:
            raise Refused(
                Answer(400, json.dumps({"error": "invalid_request", "error_description": f"{name} is wrong"}).encode())
            )


def trouble(s, request):
    """What the token URL does instead of its work."""
    time.sleep(float(s.get("token-delay", 0)))
    if "token-hang" in s.words:
        raise Refused(Answer(stop=-1, then="hang"))
    for status, count in s.parts("token-fail"):
        if s.first(("token-fail", status), count):
            if status == "drop":
                raise Drop
            raise Refused(Answer(int(status), b'{"error":"temporarily_unavailable"}', headers=retry_after(s)))
    if "token-echo" in s.words:
        raise Refused(error(400, "not with " + " and ".join(sent(request))))


def answer_token(s, request):
    trouble(s, request)
    if "token-say" in s.words:
        return Answer(s.number("token-status", 200), s.get("token-say", "").encode())
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    check_client(s, request, form)
    check_grant(s, form)
    answer = {"access_token": s.issue(), "token_type": "Bearer"}
    if "no-expiry" not in s.words:
        lasts = float(s.get("expires", 3600))
        answer["expires_in"] = str(lasts) if "expires-text" in s.words else lasts
    if "rotate" in s.words:
        answer["refresh_token"] = s.refresh
    return Answer(body=json.dumps(answer).encode(), headers={"Cache-Control": "no-store"})


class GuardHandler(Handler):
    scenarios, made_of = {}, Guard

    def own(self, s, rest):
        if rest == "_issued":
            return ndjson([b"%d" % s.issued])
        return super().own(s, rest)

    def make(self, s, rest):
        try:
            if rest == "token":
                return answer_token(s, self) if self.command == "POST" else error(405)
            if rest == "links":
                return self.dress(s, self.gate_credentials(s) or links(s, self))
        except Refused as refused:
            return refused.answer
        return super().make(s, rest)

    def gate_credentials(self, s):
        return gate_need(s, self) or gate_sigv4(s, self) or gate_echo(s, self)

    def gate(self, s):
        return self.gate_credentials(s) or super().gate(s)

    def dress(self, s, answer):
        for count, name, *value in s.parts("say"):
            if s.first(("say", name, *value), count):
                answer.headers[name] = ":".join(value)
        return super().dress(s, answer)


if __name__ == "__main__":
    serve(GuardHandler, __doc__)
