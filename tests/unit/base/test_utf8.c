/* Texts that a terminal can take: what is escaped, and what is not. */
#include "base/utf8.h"
#include <string.h>

#include "support/fixtures.h"

static const struct {
    const char *text, *shown;
} cases[] = {
    {"", ""},
    {"plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80",
     "plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"\x1b[31m", "\\x1b[31m"},
    {"a\nb\rc\td\x7f", "a\\x0ab\\x0dc\\x09d\\x7f"},
    {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa0"},
    {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf",
     "\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xae\xe2\x80\xaf"},
    {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa",
     "\xe2\x81\xa5\\xe2\\x81\\xa6\\xe2\\x81\\xa9\xe2\x81\xaa"},
    {"\xe9 \xc0\x80 \xed\xa0\x80", "\\xe9 \\xc0\\x80 \\xed\\xa0\\x80"},
    {"\xe2\x82", "\\xe2\\x82"}, /* cut */
};

static void test_clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", cases[i].text);
        assert_int_equal(ddni_text_is_clean(text), strcmp(cases[i].text, cases[i].shown) == 0);
        ddni_text_clean(text, sizeof text);
        assert_string_equal(text, cases[i].shown);
        assert_true(ddni_text_is_clean(text));
    }
}

/* With less room the whole characters and escapes that fit, and never a byte beyond. */
static void test_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t length = strlen(cases[i].text);
        for (size_t capacity = length + 1; capacity < 60; capacity++) {
            char text[64];
            memset(text, '#', sizeof text);
            memcpy(text, cases[i].text, length + 1);
            ddni_text_clean(text, (int64_t)capacity);
            assert_true(strlen(text) < capacity);
            assert_memory_equal(text, cases[i].shown, strlen(text));
            assert_true(strlen(text) + 4 >= capacity || strcmp(text, cases[i].shown) == 0);
            assert_int_equal(text[capacity], '#');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_clean), cmocka_unit_test(test_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
