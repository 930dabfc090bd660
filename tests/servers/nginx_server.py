#!/usr/bin/env python3
"""nginx in front of another test server: TLS with certificates good and bad, client certificates, HTTP/2, limit_req.

    nginx_server.py FOLDER UPSTREAM [--until-eof]

FOLDER takes the configuration, the log and what a client needs: ca.pem, client.pem, client.key, other.pem and other.key
(a client certificate of another authority). UPSTREAM is the URL of the server behind, such as fault.py. It prints the
URL of the plain server when all listen. FOLDER/urls holds shell variables with all of them:

    tls, mtls                       certificates for localhost and 127.0.0.1; mtls wants one of the client
    expired, wrong_host, unknown    certificates that are over, for other.example, by an unknown authority
    old                             TLS 1.1 at most
    plain                           http; /limited/ passes 20 requests a second (and 2 that are early); others get 429

FOLDER/access.log: JSON, one object a request: protocol, server port, status, request, client (the certificate's
subject), traceparent, time.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("tls", "mtls", "expired", "wrong_host", "unknown", "old", "plain")

CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    log_format json escape=json
        '{{"protocol":"$server_protocol","port":"$server_port","status":$status,"request":"$request",'
        '"client":"$ssl_client_s_dn","traceparent":"$http_traceparent","time":$msec}}';
    access_log {folder}/access.log json;
    client_body_temp_path {folder}/temp; proxy_temp_path {folder}/temp; fastcgi_temp_path {folder}/temp;
    uwsgi_temp_path {folder}/temp; scgi_temp_path {folder}/temp;
    limit_req_zone $server_port zone=all:1m rate=20r/s;
    limit_req_status 429;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    ssl_session_cache none;
    {servers}
}}
"""
TLS = """
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {folder}/{name}.pem; ssl_certificate_key {folder}/{name}.key;
        {more}
        location / {{ proxy_pass {upstream}; }}
    }}
"""
PLAIN = """
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {upstream}; }}
        location /limited/ {{ limit_req zone=all burst=2 nodelay; proxy_pass {upstream}/; }}
    }}
"""
MORE = {
    "mtls": "ssl_verify_client on; ssl_client_certificate {folder}/ca.pem;",
    "old": "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;",
}


# Certificates.


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"openssl {' '.join(arguments)}: {done.stderr}")


def key(folder, name):
    openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key")


def authority(folder, name):
    key(folder, name)
    openssl(
        folder,
        "req",
        "-x509",
        "-new",
        "-key",
        f"{name}.key",
        "-out",
        f"{name}.pem",
        "-days",
        "2",
        "-subj",
        f"/CN={name} of a test",
    )


def certificate(folder, name, hosts, signer="ca", days="2"):
    key(folder, name)
    (folder / f"{name}.ext").write_text(f"subjectAltName={hosts}\n")
    openssl(folder, "req", "-new", "-key", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    openssl(
        folder,
        "x509",
        "-req",
        "-in",
        f"{name}.csr",
        "-out",
        f"{name}.pem",
        "-CA",
        f"{signer}.pem",
        "-CAkey",
        f"{signer}.key",
        "-CAcreateserial",
        "-days",
        days,
        "-extfile",
        f"{name}.ext",
    )


def certificates(folder):
    here = "DNS:localhost,IP:127.0.0.1"
    for name in ("ca", "stranger"):
        authority(folder, name)
    for name in ("tls", "mtls", "old"):
        certificate(folder, name, here)
    certificate(folder, "expired", here, days="-1")
    certificate(folder, "wrong_host", "DNS:other.example")
    certificate(folder, "unknown", here, "stranger")
    certificate(folder, "client", "DNS:client")
    certificate(folder, "other", "DNS:other", "stranger")


# nginx.


def find_nginx():
    """nginx from PATH, or as ./bootstrap unpacked it."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", str(ROOT / ".bootstrap/nginx/usr/sbin")])
    return shutil.which("nginx", path=path) or sys.exit("no nginx: ./bootstrap unpacks one")


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def listens(port, server):
    """Wait until the server takes connections; False when it ended instead."""
    while server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(0.01)
    return False


def configure(folder, upstream, ports):
    common = {"folder": folder, "upstream": upstream}
    servers = [
        TLS.format(name=name, port=ports[name], more=MORE.get(name, "").format(**common), **common)
        for name in SERVERS[:-1]
    ]
    servers.append(PLAIN.format(port=ports["plain"], **common))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(CONFIGURATION.format(user=user, servers="".join(servers), **common))
    urls = [f"{name}={'http' if name == 'plain' else 'https'}://127.0.0.1:{ports[name]}" for name in SERVERS]
    (folder / "urls").write_text("\n".join(urls) + "\n")


def start(folder, upstream):
    """nginx takes no port 0, so another process may get a port first: then try others."""
    for _ in range(10):
        ports = dict(zip(SERVERS, free_ports(len(SERVERS))))
        configure(folder, upstream, ports)
        server = subprocess.Popen(
            [find_nginx(), "-p", folder, "-e", "stderr", "-c", "nginx.conf"], stdin=subprocess.DEVNULL
        )
        if all(listens(port, server) for port in ports.values()):
            return server, ports
    sys.exit("nginx did not start; its message is above")


def main():
    folder, upstream = Path(sys.argv[1]).resolve(), sys.argv[2]
    (folder / "temp").mkdir(parents=True)
    certificates(folder)
    server, ports = start(folder, upstream)

    def end(*_):
        server.terminate()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    if "--until-eof" in sys.argv:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), end()), daemon=True).start()
    print(f"http://127.0.0.1:{ports['plain']}", flush=True)
    server.wait()


if __name__ == "__main__":
    main()
