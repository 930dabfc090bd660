/* usual: what APIs call things. */
#include "json/usual.h"

#include <string.h>

/* In the order in which names are tried, and restsrc(1) gives those that are trusted. */
static const struct usual table[] = {
    {USUAL_RECORDS, true, "", NULL, NULL},
    {USUAL_RECORDS, true, "results", NULL, NULL},
    {USUAL_RECORDS, true, "data", NULL, NULL},
    {USUAL_RECORDS, true, "items", NULL, NULL},
    {USUAL_RECORDS, true, "records", NULL, NULL},
    {USUAL_RECORDS, true, "entries", NULL, NULL},
    {USUAL_RECORDS, true, "rows", NULL, NULL},
    {USUAL_RECORDS, true, "value", NULL, NULL},
    {USUAL_RECORDS, true, "values", NULL, NULL},
    {USUAL_RECORDS, true, "content", NULL, NULL},
    {USUAL_RECORDS, true, "objects", NULL, NULL},
    {USUAL_RECORDS, true, "entities", NULL, NULL},
    {USUAL_RECORDS, true, "payload", NULL, NULL},
    {USUAL_RECORDS, true, "elements", NULL, NULL},
    {USUAL_RECORDS, true, "/hits/hits", NULL, NULL},
    {USUAL_RECORDS, true, "_items", NULL, NULL},
    {USUAL_RECORDS, true, "Resources", NULL, NULL},
    {USUAL_RECORDS, true, "features", NULL, NULL},
    {USUAL_RECORDS, true, "entry", NULL, NULL},
    {USUAL_RECORDS, false, "result", NULL, NULL},
    {USUAL_RECORDS, false, "docs", NULL, NULL},
    {USUAL_RECORDS, false, "nodes", NULL, NULL},
    {USUAL_RECORDS, false, "edges", NULL, NULL},
    {USUAL_RECORDS, false, "children", NULL, NULL},
    {USUAL_RECORDS, false, "list", NULL, NULL},

    {USUAL_LINK, true, "next", NULL, NULL},
    {USUAL_LINK, true, "@odata.nextLink", NULL, NULL},
    {USUAL_LINK, false, "odata.nextLink", NULL, NULL},
    {USUAL_LINK, true, "nextLink", NULL, NULL},
    {USUAL_LINK, true, "nextRecordsUrl", NULL, NULL},
    {USUAL_LINK, true, "next_page_url", NULL, NULL},
    {USUAL_LINK, true, "next_url", NULL, NULL},
    {USUAL_LINK, false, "nextPage", NULL, NULL},
    {USUAL_LINK, false, "next_page", NULL, NULL},
    {USUAL_LINK, true, "/links/next", NULL, NULL},
    {USUAL_LINK, true, "/links/next/href", NULL, NULL},
    {USUAL_LINK, true, "/_links/next/href", NULL, NULL},
    {USUAL_LINK, false, "/_links/next", NULL, NULL},
    {USUAL_LINK, true, "/pagination/next_url", NULL, NULL},
    {USUAL_LINK, false, "/pagination/next", NULL, NULL},
    {USUAL_LINK, true, "/paging/next", NULL, NULL},
    {USUAL_LINK, true, "/meta/next", NULL, NULL},
    {USUAL_LINK, false, "/d/__next", NULL, NULL},
    {USUAL_LINK, true, "$.links[?@.rel=='next'].href", NULL, NULL},
    {USUAL_LINK, true, "$.link[?@.relation=='next'].url", NULL, NULL},
    {USUAL_LINK, false, "next_page_uri", NULL, NULL},
    {USUAL_LINK, false, "nextUri", NULL, NULL},
    {USUAL_LINK, false, "/result/_links/next", NULL, NULL},

    {USUAL_CURSOR, true, "next_cursor", "cursor", "limit"},
    {USUAL_CURSOR, true, "next_cursor", "start_cursor", "page_size"}, /* Notion */
    {USUAL_CURSOR, true, "next_cursor", "after", "limit"},
    {USUAL_CURSOR, true, "nextCursor", "cursor", "limit"},
    {USUAL_CURSOR, true, "next_page_token", "page_token", "page_size"},
    {USUAL_CURSOR, true, "next_page_token", "next_page_token", "page_size"}, /* Zoom */
    {USUAL_CURSOR, true, "nextPageToken", "pageToken", "maxResults"},
    {USUAL_CURSOR, true, "nextPageToken", "nextPageToken", "maxResults"},
    {USUAL_CURSOR, true, "/response_metadata/next_cursor", "cursor", "limit"},
    {USUAL_CURSOR, true, "/meta/next_cursor", "cursor", "limit"},
    {USUAL_CURSOR, true, "/meta/next_cursor", "after", "limit"},
    {USUAL_CURSOR, true, "/pagination/next_cursor", "cursor", "limit"},
    {USUAL_CURSOR, true, "/paging/next/after", "after", "limit"},
    {USUAL_CURSOR, false, "/meta/next_token", "pagination_token", "max_results"},
    {USUAL_CURSOR, true, "/paging/cursors/after", "after", "limit"},
    {USUAL_CURSOR, false, "/pageInfo/endCursor", "after", "first"},
    {USUAL_CURSOR, false, "nextToken", "nextToken", "maxResults"},
    {USUAL_CURSOR, false, "NextToken", "NextToken", "MaxResults"},
    {USUAL_CURSOR, false, "NextMarker", "Marker", "MaxItems"},
    {USUAL_CURSOR, false, "LastEvaluatedKey", "ExclusiveStartKey", "Limit"},           /* DynamoDB */
    {USUAL_CURSOR, false, "/pages/next/starting_after", "starting_after", "per_page"}, /* Intercom */
    {USUAL_CURSOR, false, "/data/after", "after", "limit"},                            /* Reddit */
    {USUAL_CURSOR, false, "/message/next-cursor", "cursor", "rows"},                   /* Crossref */
    {USUAL_CURSOR, false, "/pagination/cursor", "after", "first"},                     /* Twitch */
    {USUAL_CURSOR, false, "continuationToken", "continuationToken", "limit"},
    {USUAL_CURSOR, false, "/metadata/continue", "continue", "limit"}, /* Kubernetes */
    {USUAL_CURSOR, false, "offset", "offset", "pageSize"}, /* a word, as Airtable has it; a number is not one */
    {USUAL_CURSOR, true, "cursor", "cursor", "limit"},
    {USUAL_CURSOR, true, "next", "cursor", "limit"},

    {USUAL_OPENING, false, "/message/items-per-page", "cursor", "*"},             /* Crossref */
    {USUAL_OPENING, false, "$[?@.count && @.page && @.per_page]", "cursor", "*"}, /* OpenAlex */

    {USUAL_MORE, true, "has_more", NULL, NULL},
    {USUAL_MORE, true, "hasMore", NULL, NULL},
    {USUAL_MORE, true, "pageInfo.hasNextPage", NULL, NULL},
    {USUAL_MORE, true, "meta.has_more", NULL, NULL},
    {USUAL_MORE, true, "pagination.has_more", NULL, NULL},
    {USUAL_MORE, true, "!isLast", NULL, NULL},
    {USUAL_MORE, true, "!last", NULL, NULL}, /* Spring; elsewhere the number of the last page */
    {USUAL_MORE, true, "!end_of_stream", NULL, NULL},

    {USUAL_LEAD_HEADER, false, "Next-Range", "header:Range", NULL},                    /* Heroku */
    {USUAL_LEAD_HEADER, false, "x-ms-continuationtoken", "continuationToken", "$top"}, /* Azure DevOps */
    {USUAL_LEAD_HEADER, false, "x-ms-continuation-NextPartitionKey", NULL, NULL},
    {USUAL_LEAD_HEADER, false, "x-ms-continuation-NextTableName", "NextTableName", "$top"},
    {USUAL_LEAD_HEADER, false, "x-ms-continuation", "header:x-ms-continuation", NULL}, /* Cosmos DB */
    {USUAL_LEAD_HEADER, false, "X-Continuation-Token", "header:X-Continuation-Token", NULL},
    {USUAL_LEAD_HEADER, false, "X-Next-Token", "next_token", "limit"},
    {USUAL_LEAD_HEADER, false, "X-Next-Cursor", "cursor", "limit"},
    {USUAL_LEAD_HEADER, false, "X-Next-Page", "page", "per_page"},
    {USUAL_LEAD_HEADER, false, "X-Next-Page-Token", "page_token", "page_size"},
    {USUAL_LEAD_HEADER, false, "Next-Cursor", "cursor", "limit"},
    {USUAL_LEAD_HEADER, false, "Next-Page", "page", "per_page"},
    {USUAL_LEAD_HEADER, false, "opc-next-page", "page", "limit"}, /* Oracle Cloud */

    {USUAL_TOTAL_HEADER, true, "X-Total-Count", NULL, NULL},
    {USUAL_TOTAL_HEADER, false, "X-WP-Total", NULL, NULL},
    {USUAL_TOTAL_HEADER, false, "X-Total", NULL, NULL},
    {USUAL_TOTAL_HEADER, false, "Total-Count", NULL, NULL},
    {USUAL_TOTAL, true, "count", NULL, NULL},
    {USUAL_TOTAL, true, "total", NULL, NULL},
    {USUAL_TOTAL, true, "total_count", NULL, NULL},
    {USUAL_TOTAL, true, "totalItems", NULL, NULL},
    {USUAL_TOTAL, true, "totalSize", NULL, NULL},
    {USUAL_TOTAL, true, "total_rows", NULL, NULL},
    {USUAL_TOTAL, true, "filtered_table_rows_count", NULL, NULL},
    {USUAL_TOTAL, true, "@odata.count", NULL, NULL},
    {USUAL_TOTAL, true, "hits.total.value", NULL, NULL},
    {USUAL_TOTAL, false, "/meta/total", NULL, NULL},
    {USUAL_TOTAL, false, "/meta/pagination/total", NULL, NULL},
    {USUAL_TOTAL, false, "/pagination/total", NULL, NULL},
    {USUAL_TOTAL, false, "/page/totalElements", NULL, NULL},
    {USUAL_TOTAL, false, "totalElements", NULL, NULL},
    {USUAL_TOTAL, false, "totalCount", NULL, NULL},
    {USUAL_TOTAL, false, "total_results", NULL, NULL},
    {USUAL_TOTAL, false, "totalRecords", NULL, NULL},
    {USUAL_TOTAL, false, "/meta/filter_count", NULL, NULL},
    {USUAL_TOTAL, false, "/meta/total_count", NULL, NULL},
    {USUAL_TOTAL, false, "/meta/count", NULL, NULL},
    {USUAL_TOTAL, false, "/paging/total", NULL, NULL},
    {USUAL_TOTAL, false, "totalResults", NULL, NULL},
    {USUAL_TOTAL, false, "numberMatched", NULL, NULL},
    {USUAL_TOTAL, false, "/_meta/total", NULL, NULL},
    {USUAL_TOTAL, false, "/result/count", NULL, NULL},
    {USUAL_TOTAL, false, "/result/total", NULL, NULL},
    {USUAL_TOTAL, false, "/response/numFound", NULL, NULL},
    {USUAL_TOTAL, false, "/message/total-results", NULL, NULL},
    {USUAL_TOTAL, false, "/list_info/num_results", NULL, NULL},
    {USUAL_TOTAL, false, "total_items", NULL, NULL},
    {USUAL_TOTAL, false, "total_records", NULL, NULL},
    {USUAL_TOTAL, false, "totalSetSize", NULL, NULL},
    {USUAL_TOTAL, false, "/data/total", NULL, NULL},
    {USUAL_TOTAL, false, "/data/count", NULL, NULL},
    {USUAL_REMAINING, false, "remainingItemCount", NULL, NULL},
    {USUAL_REMAINING, false, "/metadata/remainingItemCount", NULL, NULL},
    {USUAL_INEXACT, false, "count_truncated", NULL, NULL}, /* Datasette */
    {USUAL_INEXACT, false, "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded", NULL, NULL},
    {USUAL_INEXACT, false, "/result/total_was_estimated", NULL, NULL}, /* CKAN */
    {USUAL_INEXACT, false, "!/response/numFoundExact", NULL, NULL},    /* Solr */
    {USUAL_INEXACT, false, "approximate", NULL, NULL},
    {USUAL_INEXACT, false, "isApproximate", NULL, NULL},
    {USUAL_INEXACT, false, "is_approximate", NULL, NULL},
    {USUAL_INEXACT, false, "estimated", NULL, NULL},
    {USUAL_INEXACT, false, "isEstimate", NULL, NULL},
    {USUAL_INEXACT, false, "is_estimate", NULL, NULL},
    {USUAL_INEXACT, false, "!exact", NULL, NULL},
    {USUAL_INEXACT, false, "!isExact", NULL, NULL},
    {USUAL_INEXACT, false, "!is_exact", NULL, NULL},
    {USUAL_UNHEEDING, false, "total_rows", "key", NULL}, /* CouchDB: startkey, endkey, keys */
    {USUAL_COUNT, true, "total", NULL, NULL},
    {USUAL_COUNT, true, "count", NULL, NULL},

    {USUAL_OFFSET, false, "offset", NULL, NULL},
    {USUAL_OFFSET, false, "skip", NULL, NULL},
    {USUAL_OFFSET, false, "start", NULL, NULL},
    {USUAL_OFFSET, false, "_start", NULL, "_limit"},
    {USUAL_OFFSET, false, "$skip", NULL, "$top"},
    {USUAL_OFFSET, false, "startAt", NULL, "maxResults"},
    {USUAL_OFFSET, false, "startIndex", NULL, "count"},
    {USUAL_OFFSET, false, "start_index", NULL, NULL},
    {USUAL_OFFSET, false, "from", NULL, "size"},
    {USUAL_OFFSET, false, "sysparm_offset", NULL, "sysparm_limit"},
    {USUAL_OFFSET, false, "start_position", NULL, "count"},
    {USUAL_OFFSET, false, "pagination[start]", NULL, NULL},
    {USUAL_OFFSET, false, "page[offset]", NULL, NULL},
    {USUAL_PAGE, false, "page", NULL, NULL},
    {USUAL_PAGE, false, "_page", NULL, NULL},
    {USUAL_PAGE, false, "pageNumber", NULL, NULL},
    {USUAL_PAGE, false, "page_number", NULL, NULL},
    {USUAL_PAGE, false, "page[number]", NULL, NULL},
    {USUAL_PAGE, false, "pagination[page]", NULL, NULL},
    {USUAL_PAGE, false, "p", NULL, NULL},
    {USUAL_LIMIT, false, "limit", NULL, NULL},
    {USUAL_LIMIT, false, "per_page", NULL, NULL},
    {USUAL_LIMIT, false, "page_size", NULL, NULL},
    {USUAL_LIMIT, false, "pageSize", NULL, NULL},
    {USUAL_LIMIT, false, "_limit", NULL, NULL},
    {USUAL_LIMIT, false, "$top", NULL, NULL},
    {USUAL_LIMIT, false, "take", NULL, NULL},
    {USUAL_LIMIT, false, "size", NULL, NULL},
    {USUAL_LIMIT, false, "count", NULL, NULL},
    {USUAL_LIMIT, false, "maxResults", NULL, NULL},
    {USUAL_LIMIT, false, "page[size]", NULL, NULL},
    {USUAL_LIMIT, false, "perPage", NULL, NULL},
    {USUAL_LIMIT, false, "_size", NULL, NULL},
    {USUAL_LIMIT, false, "max-results", NULL, NULL},
    {USUAL_LIMIT, false, "pagination[limit]", NULL, NULL},
    {USUAL_LIMIT, false, "pagination[pageSize]", NULL, NULL},
    {USUAL_LIMIT, false, "page[limit]", NULL, NULL},
    {USUAL_LIMIT, false, "sysparm_limit", NULL, NULL},
    {USUAL_LIMIT, false, "per-page", NULL, NULL},
    {USUAL_LIMIT, false, "pagelen", NULL, NULL},
    {USUAL_LIMIT, false, "rows", NULL, NULL},
    {USUAL_LIMIT, false, "PageSize", NULL, NULL},
    {USUAL_LIMIT, false, "_count", NULL, NULL},
    {USUAL_AFTER, false, "starting_after", NULL, NULL},
    {USUAL_AFTER, false, "after", NULL, NULL},
};
enum { ROWS = sizeof table / sizeof *table };

static const struct usual *from(const struct usual *row, enum usual_kind kind)
{
    for (; row < table + ROWS; row++)
        if (row->kind == kind)
            return row;
    return NULL;
}

const struct usual *usual_first(enum usual_kind kind)
{
    return from(table, kind);
}

const struct usual *usual_next(const struct usual *row)
{
    return from(row + 1, row->kind);
}

void usual_paths(struct path *p, enum usual_kind kind)
{
    const char *names[PATH_WAYS] = {NULL}, *last = NULL;
    size_t count = 0;
    for (const struct usual *u = usual_first(kind); u; u = usual_next(u)) {
        bool again = last && strcmp(last, u->name) == 0;
        if (u->trusted && !again)
            names[count++] = u->name;
        last = u->name;
    }
    path_parse_all(p, names, count);
}
