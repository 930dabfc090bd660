"""What one writes without restsrc: python requests_post.py URL BATCH <records.ndjson"""

import json
import sys

import requests

url, size = sys.argv[1], int(sys.argv[2])
session = requests.Session()


def send(batch):
    session.post(url, json=batch).raise_for_status()


batch = []
for line in sys.stdin.buffer:
    batch.append(json.loads(line))
    if len(batch) == size:
        send(batch)
        batch = []
if batch:
    send(batch)
