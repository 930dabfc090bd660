/* passing: refusals for a reason that passes. */
#include "json/passing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

/* In whatever case. */
static const char *const reasons[] = {
    "throttl",                           /* ThrottlingException, THROTTLED */
    "rate limit",                        /* in words, */
    "ratelimit",                         /* Slack, Google, */
    "rate_limit",                        /* and many others */
    "too many requests",                 /* 429 in words */
    "toomanyrequests",                   /* AWS, Azure */
    "provisionedthroughputexceeded",     /* Kinesis, DynamoDB */
    "requestlimitexceeded",              /* DynamoDB, EC2; Salesforce: REQUEST_LIMIT_EXCEEDED is by the day */
    "slow down",                         /* S3 */
    "slowdown",                          /* the same as a code */
    "internalfailure",                   /* Kinesis: to be sent again, its manual says */
    "internalerror",                     /* SQS, SNS */
    "internalexception",                 /* EventBridge */
    "serviceunavailable",                /* Firehose: ServiceUnavailableException */
    "service unavailable",               /* 503 in words */
    "temporarily",                       /* temporarily unavailable */
    "try again",                         /* in words */
    "try later",                         /* the same */
    "rejected_execution_exception",      /* OpenSearch, Elasticsearch (es_rejected_...): the queue is full */
    "circuit_breaking_exception",        /* both: memory */
    "unavailable_shards_exception",      /* both */
    "resource_exhausted",                /* gRPC */
    "backenderror",                      /* Google */
    "\"unavailable\"",                   /* FCM; gRPC's UNAVAILABLE */
    "\"stopped\"",                       /* BigQuery: not stored because another row of the request is bad */
    "unable_to_lock_row",                /* Salesforce */
    "all_or_none_operation_rolled_back", /* Salesforce: as BigQuery's stopped */
    "processing_halted",                 /* Salesforce composite: the same */
    "50003",                             /* Kafka REST: an error that passes */
    "not the leader",                    /* Kafka */
    "overloaded",                        /* 529 in words */
    "deadlock",                          /* databases */
    "\"senderfault\":false",             /* AWS batches: it is not our fault */
    "\"retryable\":true",                /* says so itself */
    "\"transient\":true",                /* the same */
};

bool passing_is(struct slice part, long status)
{
    bool passes = status == 429 || status == 503 || status == 529 || status == 424;
    char *text = mem_text(part.text ? part.text : "", part.len);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons && !passes; i++)
        passes = strcasestr(text, reasons[i]);
    free(text);
    return passes;
}

/* Retry-After, retry_after_ms, retryAfterSeconds, RetryAfterMilliseconds, retryDelay ("3s") */
static double seconds(struct slice key, struct slice value)
{
    char name[40];
    size_t n = 0;
    for (size_t i = 0; i < key.len && n < sizeof name - 1; i++)
        if (isalpha((unsigned char)key.text[i]))
            name[n++] = (char)tolower((unsigned char)key.text[i]);
    name[n] = '\0';
    if ((strncmp(name, "retryafter", 10) && strcmp(name, "retrydelay")) || value_is_container(value))
        return 0;
    double s = 0;
    const char *text = value.text + value_is_text(value), *unit = text + number_decimal(text, &s);
    if (value_is_text(value) && *unit != '"' && *unit != 's' && *unit != ' ') /* a date, 5m */
        return 0;
    s = strstr(name, "ms") || strstr(name, "milli") ? s / 1000 : s;
    return s > 0 && s < 1e9 ? s : 0;
}

double passing_pause(struct slice part)
{
    struct slice key, value;
    double longest = 0;
    if (!value_is_container(part))
        return 0;
    for (size_t at = 0; value_next(part, &at, &key, &value);) {
        double s = key.text ? seconds(key, value) : 0;
        s = s > 0 ? s : passing_pause(value);
        longest = s > longest ? s : longest;
    }
    return longest;
}
