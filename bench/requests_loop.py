"""What one writes without restsrc: python requests_loop.py URL TOTAL PAGE >records.ndjson"""

import json
import sys

import requests

url, total, page = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
session = requests.Session()
for offset in range(0, total, page):
    answer = session.get(url, params={"offset": offset, "limit": page})
    answer.raise_for_status()
    for record in answer.json()["results"]:
        sys.stdout.write(json.dumps(record))
        sys.stdout.write("\n")
