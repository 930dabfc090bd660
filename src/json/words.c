/* words: what names and short texts are about. */
#include "json/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct word {
    const char *text;
    unsigned about;
};

/* Short names, for this table only. */
enum {
    BAD = WORD_BAD,
    GOOD = WORD_GOOD,
    FLAG = WORD_FLAG,
    STATUS = WORD_STATUS,
    CODE = WORD_CODE,
    NUMBER = WORD_NUMBER,
    THING = WORD_THING,
    REASON = WORD_REASON,
    ASIDE = WORD_ASIDE,
    NO = WORD_NO,
    PENDING = WORD_PENDING,
    PART = WORD_PART,
    RESULT = WORD_RESULT,
    ID = WORD_ID,
    INDEX = WORD_INDEX,
    LINE = WORD_LINE,
    ROW = WORD_ROW,
    POINTER = WORD_POINTER,
    LEFT = WORD_LEFT,
    OMITTED = WORD_OMITTED,
    STATE = WORD_STATE,
    ARRIVED = WORD_ARRIVED,
};

/* In the order of strcmp(), for bsearch(). */
static const struct word table[] = {
    {"0", NO},
    {"aborted", BAD},
    {"accepted", GOOD | FLAG | PENDING},
    {"acknowledged", GOOD | FLAG},
    {"added", GOOD},
    {"affected", GOOD},
    {"after", ASIDE},
    {"all", THING},
    {"allowed", ASIDE},
    {"any", THING},
    {"api", THING},
    {"are", THING},
    {"at", ASIDE},
    {"attempts", ASIDE},
    {"bad", STATE},
    {"batch", THING},
    {"before", ASIDE},
    {"bounced", BAD},
    {"busy", STATE},
    {"category", THING},
    {"cause", REASON},
    {"cnt", NUMBER},
    {"code", CODE},
    {"codes", CODE},
    {"conflict", BAD | OMITTED},
    {"conflicts", BAD | OMITTED},
    {"contacts", THING},
    {"count", NUMBER},
    {"counts", NUMBER},
    {"created", GOOD},
    {"data", RESULT | THING},
    {"datapath", POINTER},
    {"deleted", GOOD},
    {"delivered", GOOD},
    {"denied", BAD},
    {"description", REASON},
    {"detail", REASON},
    {"details", REASON},
    {"diagnostics", REASON},
    {"discarded", BAD | OMITTED},
    {"doc", THING},
    {"docs", THING},
    {"document", THING},
    {"documents", RESULT | THING},
    {"dropped", BAD | OMITTED},
    {"duplicate", STATE},
    {"duplicated", STATE},
    {"element", ROW | POINTER},
    {"email", ID},
    {"emails", THING},
    {"enqueued", PENDING},
    {"entries", RESULT | THING},
    {"entry", RESULT | THING | ROW},
    {"err", BAD},
    {"errno", BAD},
    {"error", BAD},
    {"errored", BAD},
    {"errors", BAD},
    {"errs", BAD},
    {"event", THING},
    {"events", THING},
    {"exceeded", STATE},
    {"exception", BAD},
    {"exceptions", BAD | OMITTED},
    {"explanation", REASON},
    {"expression", POINTER},
    {"external", ID},
    {"fail", BAD},
    {"failed", BAD},
    {"failing", BAD},
    {"fails", BAD},
    {"failure", BAD},
    {"failures", BAD},
    {"false", NO},
    {"fatal", BAD},
    {"fault", BAD},
    {"faults", BAD},
    {"field", POINTER},
    {"fields", POINTER},
    {"file", ASIDE},
    {"forbidden", STATE},
    {"found", THING},
    {"guid", ID},
    {"handle", ID},
    {"handler", ASIDE},
    {"has", THING},
    {"have", THING},
    {"hint", REASON},
    {"href", ASIDE},
    {"http", THING},
    {"httpstatus", STATUS},
    {"httpstatuscode", STATUS},
    {"i", INDEX},
    {"id", ID},
    {"identifier", ID},
    {"ids", RESULT | THING | ID},
    {"idx", INDEX},
    {"ignored", BAD | OMITTED},
    {"imported", GOOD},
    {"in", THING},
    {"index", INDEX},
    {"indexed", GOOD},
    {"indexes", INDEX},
    {"indices", INDEX},
    {"info", THING},
    {"ingested", GOOD},
    {"initiated", PENDING},
    {"inprogress", PENDING},
    {"insert", THING},
    {"inserted", GOOD},
    {"inserts", THING},
    {"instancepath", POINTER},
    {"invalid", BAD | OMITTED},
    {"is", THING},
    {"isbn", ID},
    {"issue", BAD | OMITTED | THING},
    {"issues", BAD | OMITTED | THING},
    {"item", THING | ROW},
    {"items", RESULT | THING},
    {"key", ID},
    {"keys", ID},
    {"last", ASIDE},
    {"leads", THING},
    {"limit", ASIDE},
    {"limited", STATE},
    {"limits", ASIDE},
    {"line", LINE},
    {"lineno", LINE},
    {"lines", THING},
    {"link", ASIDE},
    {"list", THING},
    {"loaded", GOOD},
    {"loc", POINTER},
    {"location", POINTER},
    {"log", THING},
    {"login", ASIDE},
    {"logins", ASIDE},
    {"logs", THING},
    {"mail", ID},
    {"mails", THING},
    {"malformed", BAD},
    {"matched", GOOD},
    {"max", ASIDE},
    {"maximum", ASIDE},
    {"members", THING},
    {"message", REASON},
    {"messages", THING},
    {"min", ASIDE},
    {"minimum", ASIDE},
    {"missing", BAD | OMITTED},
    {"mode", ASIDE},
    {"modified", GOOD},
    {"ms", ASIDE},
    {"msg", REASON},
    {"msgs", THING},
    {"mutation", THING},
    {"n", THING},
    {"name", THING | ID},
    {"nb", NUMBER},
    {"new", GOOD},
    {"nil", NO},
    {"no", NO},
    {"none", NO},
    {"not", BAD},
    {"nr", NUMBER},
    {"null", NO},
    {"num", NUMBER},
    {"number", NUMBER | ROW},
    {"object", THING},
    {"objects", RESULT | THING},
    {"of", THING},
    {"offsets", RESULT},
    {"ok", GOOD | FLAG},
    {"on", ASIDE},
    {"op", THING},
    {"operations", RESULT},
    {"ops", THING},
    {"ordinal", ROW},
    {"out", THING},
    {"outcome", STATUS},
    {"overloaded", STATE},
    {"param", POINTER},
    {"parameter", POINTER},
    {"partial", THING | PART},
    {"partially", PART},
    {"path", POINTER},
    {"pending", PENDING},
    {"persisted", GOOD},
    {"pointer", POINTER},
    {"points", THING},
    {"policy", ASIDE},
    {"pos", ROW},
    {"position", ROW},
    {"previous", ASIDE},
    {"problems", BAD | OMITTED},
    {"processed", GOOD},
    {"processing", PENDING},
    {"profiles", THING},
    {"progress", PENDING},
    {"property", POINTER},
    {"published", GOOD},
    {"put", THING},
    {"queue", ASIDE},
    {"queued", PENDING},
    {"rate", ASIDE},
    {"reason", REASON},
    {"reasons", REASON},
    {"received", ARRIVED},
    {"record", THING | ROW},
    {"records", RESULT | THING},
    {"ref", ID},
    {"reference", ID},
    {"refused", BAD},
    {"reject", BAD},
    {"rejected", BAD},
    {"rejection", BAD},
    {"rejections", BAD},
    {"rejects", BAD},
    {"replies", RESULT},
    {"report", ASIDE},
    {"request", THING},
    {"requests", THING},
    {"response", STATUS | RESULT},
    {"responses", RESULT},
    {"result", STATUS | RESULT},
    {"results", RESULT},
    {"retries", ASIDE},
    {"retry", ASIDE},
    {"rollback", STATE},
    {"rolled", STATE},
    {"row", ROW},
    {"rowcount", NUMBER},
    {"rows", THING | ROW},
    {"running", PENDING},
    {"saved", GOOD},
    {"scheduled", PENDING},
    {"severity", STATUS},
    {"since", ASIDE},
    {"skipped", BAD | OMITTED},
    {"sku", ID},
    {"slug", ID},
    {"source", POINTER},
    {"spans", THING},
    {"started", PENDING},
    {"state", STATUS},
    {"status", STATUS},
    {"statuscode", STATUS},
    {"statuses", STATUS},
    {"store", THING},
    {"stored", GOOD},
    {"strategy", ASIDE},
    {"subject", ID},
    {"submitted", PENDING},
    {"succeeded", GOOD | FLAG},
    {"success", GOOD | FLAG},
    {"successes", GOOD | FLAG},
    {"successful", GOOD | FLAG},
    {"successfully", GOOD | FLAG},
    {"summary", THING},
    {"tables", THING},
    {"target", POINTER},
    {"text", THING},
    {"the", THING},
    {"threshold", ASIDE},
    {"throttled", STATE},
    {"time", ASIDE},
    {"timed", BAD},
    {"title", REASON},
    {"topic", ASIDE},
    {"total", NUMBER},
    {"type", THING},
    {"types", THING},
    {"unauthorized", STATE},
    {"unavailable", STATE},
    {"unchanged", GOOD},
    {"undelivered", BAD},
    {"unprocessable", BAD},
    {"unprocessed", BAD | LEFT},
    {"unprocesseditems", BAD | LEFT},
    {"unsaved", BAD | LEFT},
    {"unsent", BAD | LEFT},
    {"unserviced", BAD | LEFT},
    {"unsuccessful", BAD},
    {"unwritten", BAD | LEFT},
    {"updated", GOOD},
    {"upserted", GOOD},
    {"uri", ASIDE},
    {"url", ASIDE},
    {"user", THING},
    {"username", ID},
    {"users", THING},
    {"uuid", ID},
    {"valid", GOOD | FLAG},
    {"validating", PENDING},
    {"value", RESULT | THING},
    {"values", RESULT | THING},
    {"violations", BAD | OMITTED},
    {"waiting", PENDING},
    {"without", NO},
    {"written", GOOD},
    {"zero", NO},
};

enum { LONGEST = 24 };

static int compare(const void *sought, const void *word)
{
    return strcmp(sought, ((const struct word *)word)->text);
}

static unsigned about(const char *word, size_t len)
{
    char lower[LONGEST + 1];
    if (!len || len > LONGEST)
        return 0;
    for (size_t i = 0; i < len; i++)
        lower[i] = (char)tolower((unsigned char)word[i]);
    lower[len] = '\0';
    const struct word *found = bsearch(lower, table, sizeof table / sizeof *table, sizeof *table, compare);
    return found ? found->about : 0;
}

static void take(struct words *w, unsigned meaning)
{
    w->last = meaning;
    w->any |= meaning;
    if (!w->count++)
        w->first = meaning;
}

/* Words without anything between them: errorcode. The longest first. */
static bool take_glued(struct words *w, const char *text, size_t len)
{
    for (size_t n = len; n > 1; n--) {
        struct words so_far = *w;
        unsigned meaning = about(text, n);
        if (!meaning)
            continue;
        take(w, meaning);
        if (n == len || take_glued(w, text + n, len - n))
            return true;
        *w = so_far;
    }
    return false;
}

/* HTTPStatus and failedCount are two words each. */
static size_t word_length(const char *text, size_t len)
{
    size_t n = 1;
    for (; n < len && isalnum((unsigned char)text[n]); n++) {
        bool upper = isupper((unsigned char)text[n]);
        if (upper && !isupper((unsigned char)text[n - 1]))
            break;
        if (upper && n + 1 < len && islower((unsigned char)text[n + 1]))
            break;
    }
    return n;
}

struct words words_of(const char *text, size_t len)
{
    struct words w = {0};
    for (size_t at = 0; at < len;) {
        if (!isalnum((unsigned char)text[at])) {
            at++;
            continue;
        }
        size_t n = word_length(text + at, len - at);
        unsigned meaning = about(text + at, n);
        if (meaning)
            take(&w, meaning);
        else if (!take_glued(&w, text + at, n))
            take(&w, WORD_UNKNOWN);
        at += n;
    }
    return w;
}
