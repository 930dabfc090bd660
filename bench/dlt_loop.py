"""What one writes with dlt: python dlt_loop.py URL PAGE >records.ndjson"""

import json
import sys

from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator

url, page = sys.argv[1], int(sys.argv[2])
client = RESTClient(base_url=url, paginator=OffsetPaginator(limit=page, total_path="total"))
for records in client.paginate("", data_selector="results"):
    for record in records:
        sys.stdout.write(json.dumps(record))
        sys.stdout.write("\n")
