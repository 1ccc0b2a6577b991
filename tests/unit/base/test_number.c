/* Numbers and JSON as text: what is written reads back, in every locale; what is no number and no
 * JSON is refused with its line. */
#include <locale.h>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "support/failing.h"
#include "support/fixtures.h"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state ^ *state >> 29;
}

static void same(double a, double b, const char *text)
{
    if (memcmp(&a, &b, sizeof a) != 0) {
        fail_msg("%s: %.17g and %.17g", text, a, b);
    }
}

/* Any double, by its bits: denormals, both ends, all exponents. */
static void doubles_read_back(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&seed);
        double value, back;
        char text[DDNI_NUMBER_BYTES];
        bits &= i % 5 == 0 ? UINT64_C(0x800fffffffffffff) : UINT64_MAX;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            ddni_number_write(value, text);
            assert_int_equal(ddni_number_read(text, (int64_t)strlen(text), &back), strlen(text));
            same(back, value, text);
        }
    }
}

/* Decimals with more digits than a double has, and ties, as the C library reads them. */
static void decimals_are_rounded_once(void **state)
{
    (void)state;
    static const char *const hard[] = {
        "9007199254740993",
        "9007199254740993.00000000000000000000000000001",
        "2.2250738585072011e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e400",
        "1e-400",
        "0",
        "-0",
        "0.0000000000000000000000000000000000000000000000000000000000001",
        "123456789012345678901234567890123456789012345678901234567890123456789012345",
        "1e0000000023",
        "8.5e22",
        "6.0221407600000000000000000e+23",
        "5e-324",
        "0e999999999",
        "1E5"};
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        double value = -1;
        assert_int_equal(ddni_number_read(hard[i], (int64_t)strlen(hard[i]), &value),
                         strlen(hard[i]));
        same(value, strtod(hard[i], NULL), hard[i]);
    }
    uint64_t seed = 2;
    for (int i = 0; i < 50000; i++) {
        char text[80];
        double value;
        snprintf(text, sizeof text, "%s%llu.%llu%llue%d", i % 2 ? "-" : "",
                 (unsigned long long)(next_random(&seed) >> (i % 60)),
                 (unsigned long long)next_random(&seed), (unsigned long long)next_random(&seed),
                 (int)(next_random(&seed) % 700) - 360);
        assert_int_equal(ddni_number_read(text, (int64_t)strlen(text), &value), strlen(text));
        same(value, strtod(text, NULL), text);
    }
}

/* Exponents that no integer holds are those of 0 and infinity. */
static void exponents_without_end(void **state)
{
    (void)state;
    static const char *const huge = "1e99999999999999999999", *const tiny =
                                                                  "1e-99999999999999999999";
    double value = 7;
    assert_int_equal(ddni_number_read(huge, (int64_t)strlen(huge), &value), strlen(huge));
    assert_true(value == INFINITY);
    assert_int_equal(ddni_number_read(tiny, (int64_t)strlen(tiny), &value), strlen(tiny));
    assert_true(value == 0);
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "-",     "+1",  ".5",  "1.", "1e",   "1e+",
                                      "01", "-01.5", "nan", "inf", "x",  "0x10", " 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 7;
        int64_t taken = ddni_number_read(bad[i], (int64_t)strlen(bad[i]), &value);
        assert_true(taken < (int64_t)strlen(bad[i]) || taken == 0);
    }
    double value;
    assert_int_equal(ddni_number_read("12,5", 4, &value), 2);
    assert_int_equal(ddni_number_read("125", 2, &value), 2); /* length is the end */
    assert_true(value == 12);
}

/* Where the host has set a locale with a decimal comma. */
static void the_locale_does_not_matter(void **state)
{
    (void)state;
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    const char *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof comma / sizeof *comma; i++) {
        found = setlocale(LC_NUMERIC, comma[i]);
    }
    char text[DDNI_NUMBER_BYTES];
    double value;
    ddni_number_write(-0.5, text);
    assert_string_equal(text, "-0.5");
    assert_int_equal(ddni_number_read(text, 4, &value), 4);
    assert_true(value == -0.5);
    setlocale(LC_NUMERIC, "C");
    ddni_number_write(NAN, text);
    assert_string_equal(text, "nan");
    ddni_number_write(-INFINITY, text);
    assert_string_equal(text, "-inf");
}

/* ---- JSON ---- */

static ddn_status skip_all(ddn_context *ctx, const char *text)
{
    ddni_json json = {ctx, "some text", text, text + strlen(text), 1};
    ddn_status status = ddni_json_skip(&json);
    return status == DDN_OK ? ddni_json_end(&json) : status;
}

static void json_is_taken_strictly(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const char *const good[] = {"{}",
                                       "[]",
                                       " [1, -2.5e3, null, true, false, \"a\\\"\\u00e9\"]\n",
                                       "{\"a\": {\"b\": [[], {}]}, \"c\": \"\"}",
                                       "1",
                                       "\"\\\\\""};
    static const char *const bad[] = {
        "",          "{",      "[",       "]",   "[1,]", "{\"a\":1,}", "[1 2]",
        "{\"a\" 1}", "{a: 1}", "{1: 1}",  "tru", "\"a",  "\"a\nb\"",   "[1]]",
        "01",        "'a'",    "// x\n1", "nan", "[,1]", "{,}",        "\"\\"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        OK(ctx, skip_all(ctx, good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (skip_all(ctx, bad[i]) != DDN_E_FORMAT) {
            fail_msg("'%s' was taken", bad[i]);
        }
        assert_non_null(strstr(ddn_context_message(ctx), "some text, line "));
    }
    FAILS(ctx, skip_all(ctx, "[1,\n\n2,\n x]"), DDN_E_FORMAT, "line 4");
    char deep[101] = "";
    memset(deep, '[', 100);
    FAILS(ctx, skip_all(ctx, deep), DDN_E_FORMAT, "nested deeper than 32");
    memset(deep + DDNI_JSON_DEPTH, ']', DDNI_JSON_DEPTH);
    deep[2 * DDNI_JSON_DEPTH] = '\0';
    OK(ctx, skip_all(ctx, deep));
    ddn_context_destroy(ctx);
}

static void json_strings(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    char text[16];
    static const struct {
        const char *json, *want;
    } good[] = {{"\"\"", ""},
                {" \"a\\/b\"", "a/b"},
                {"\"\\u00e9\\u20AC\"", "\xc3\xa9\xe2\x82\xac"},
                {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
                {"\"\xc3\xa9\"", "\xc3\xa9"},
                /* the first and last of each length, and those beside the surrogates */
                {"\"\xe0\xa0\x80\xef\xbf\xbf\"", "\xe0\xa0\x80\xef\xbf\xbf"},
                {"\"\xed\x9f\xbf\xee\x80\x80\"", "\xed\x9f\xbf\xee\x80\x80"},
                {"\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
                {"\"\\u0041\\ue000\"", "A\xee\x80\x80"}};
    static const char *const bad[] = {"\"\\u0000\"",
                                      "\"\\ud83d\"",
                                      "\"\\ude00\"",
                                      "\"\\ud83dx\"",
                                      "\"\\ud83d\\u0041\"",
                                      "\"\\x\"",
                                      "\"\\u12g4\"",
                                      "\"\xff\"",
                                      "\"\xc3\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xc0\xaf\"",
                                      "\"\\n\"",
                                      "\"0123456789abcdef\"",
                                      "abc",
                                      "\"a",
                                      "\"\\ud83d\\ud83d\"",
                                      "\"\\ud83d\\ue000\"",
                                      "\"\\ud83d\\uffff\"",
                                      "\"\\ud83d\\n\"",
                                      "\"\\ud83d\\u12g4\"",
                                      "\"\\u12G4\"",
                                      "\"\\u12",
                                      "\"\\",
                                      "\"\xe0\x9f\xbf\"",
                                      "\"\xf0\x8f\xbf\xbf\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\"\xf5\x80\x80\x80\""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ddni_json json = {ctx, "t", good[i].json, good[i].json + strlen(good[i].json), 1};
        OK(ctx, ddni_json_string(&json, text, sizeof text));
        assert_string_equal(text, good[i].want);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ddni_json json = {ctx, "t", bad[i], bad[i] + strlen(bad[i]), 1};
        if (ddni_json_string(&json, text, sizeof text) != DDN_E_FORMAT) {
            fail_msg("%s was taken", bad[i]);
        }
    }
    static const char *const counts[] = {"-1", "1.5", "9007199254740994", "1e400"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int64_t count;
        ddni_json json = {ctx, "t", counts[i], counts[i] + strlen(counts[i]), 1};
        FAILS(ctx, ddni_json_count(&json, &count), DDN_E_FORMAT, "");
    }
    ddn_context_destroy(ctx);
}

/* Texts with everything that must be escaped, and numbers that JSON does not have. */
static void json_reads_what_is_written(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddni_text text = {.ctx = ctx};
    ddni_text_add(&text, "[");
    ddni_text_json_string(&text, "say \"\\\" \xc3\xa9");
    ddni_text_add(&text, ", ");
    ddni_text_json_string(&text, "\x01\n\x1f");
    static const double values[] = {NAN, INFINITY, -INFINITY, -0.0, 0.1};
    for (int i = 0; i < 5; i++) {
        ddni_text_add(&text, ", ");
        ddni_text_json_number(&text, values[i]);
    }
    ddni_text_add(&text, "]");
    OK(ctx, text.status);
    ddni_json json = {ctx, "t", text.bytes, text.bytes + text.count, 1};
    char back[32];
    int first = 1, more;
    OK(ctx, ddni_json_take(&json, '['));
    OK(ctx, ddni_json_next(&json, ']', &first, &more));
    OK(ctx, ddni_json_string(&json, back, sizeof back));
    assert_string_equal(back, "say \"\\\" \xc3\xa9");
    static const char control[] =
        ", \"\\u0001\\u000a\\u001f\""; /* which is no text, so is not read */
    assert_memory_equal(json.at, control, sizeof control - 1);
    json.at += sizeof control - 1;
    for (int i = 0; i < 5; i++) {
        double value;
        OK(ctx, ddni_json_next(&json, ']', &first, &more));
        OK(ctx, ddni_json_number(&json, &value));
        assert_true(i == 0 ? isnan(value)
                           : value == values[i] && signbit(value) == signbit(values[i]));
    }
    OK(ctx, ddni_json_next(&json, ']', &first, &more));
    assert_int_equal(more, 0);
    OK(ctx, ddni_json_end(&json));
    ddni_text_free(&text);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_read_back),
        cmocka_unit_test(decimals_are_rounded_once),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(exponents_without_end),
        cmocka_unit_test(the_locale_does_not_matter),
        cmocka_unit_test(json_is_taken_strictly),
        cmocka_unit_test(json_strings),
        cmocka_unit_test(json_reads_what_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
