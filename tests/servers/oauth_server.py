#!/usr/bin/env python3
"""A real OAuth 2 server (Authlib, Flask): a token URL and a list that takes its tokens.

    oauth_server.py [--port N] [--until-eof]

It starts and ends like fault.py. Client "basic" shows its secret by HTTP Basic, client "body" in the form; both secrets
are "s3cret: /%é". Client "basic" may also refresh: the first refresh token is "first-refresh", and each use
replaces it.

    POST /token                   client_credentials, refresh_token; scope items:read
    GET  /items?offset=&limit=    needs a token with that scope; 100 records
    GET  /issued                  the tokens issued so far: client, scope, grant
"""

import argparse
import os
import signal
import sys
import threading
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

SECRET = "s3cret: /%é"


class Client(ClientMixin):
    def __init__(self, name, way):
        self.client_id, self.way = name, way

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word == "items:read")

    def check_client_secret(self, secret):
        return secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.way

    def check_grant_type(self, grant):
        return grant in ("client_credentials", "refresh_token")


class Token(TokenMixin):
    def __init__(self, fields, client, grant):
        self.fields, self.client, self.grant, self.made, self.revoked = fields, client, grant, time.time(), False

    def check_client(self, client):
        return client.client_id == self.client

    def get_scope(self):
        return self.fields.get("scope", "")

    def get_expires_in(self):
        return self.fields.get("expires_in", 3600)

    def is_expired(self):
        return time.time() > self.made + self.get_expires_in()

    def is_revoked(self):
        return self.revoked

    def get_user(self):
        return "user"

    def get_client(self):
        return CLIENTS[self.client]


CLIENTS = {"basic": Client("basic", "client_secret_basic"), "body": Client("body", "client_secret_post")}
TOKENS = [
    Token({"access_token": "never given", "refresh_token": "first-refresh", "scope": "items:read"}, "basic", "made up")
]


class ClientGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class RefreshGrant(grants.RefreshTokenGrant):
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        return next((t for t in TOKENS if t.fields.get("refresh_token") == refresh_token and not t.revoked), None)

    def authenticate_user(self, credential):
        return credential.get_user()

    def revoke_old_credential(self, credential):
        credential.revoked = True


class Validator(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return next((t for t in TOKENS if t.fields["access_token"] == token_string), None)


def make_app():
    app = Flask(__name__)
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    server = AuthorizationServer(
        app,
        query_client=CLIENTS.get,
        save_token=lambda fields, r: TOKENS.append(Token(dict(fields), r.client.client_id, r.payload.grant_type)),
    )
    server.register_grant(ClientGrant)
    server.register_grant(RefreshGrant)
    protect = ResourceProtector()
    protect.register_token_validator(Validator())

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.get("/items")
    @protect("items:read")
    def items():
        offset, limit = (int(request.args.get(name, 10)) for name in ("offset", "limit"))
        return jsonify(total=100, results=[{"i": i} for i in range(100)[offset : offset + limit]])

    @app.get("/issued")
    def issued():
        return jsonify([{"client": t.client, "grant": t.grant, "scope": t.get_scope()} for t in TOKENS[1:]])

    return app


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--until-eof", action="store_true")
    options = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server = make_server("127.0.0.1", options.port, make_app(), threaded=True)
    if options.until_eof:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # werkzeug's request log
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
