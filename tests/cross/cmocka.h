/* As much of cmocka as test_kernels.c uses, for a cross build without the real one: the first
 * failure ends the program with status 1. */
#ifndef TEST_CROSS_CMOCKA_H
#define TEST_CROSS_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define print_message printf
#define print_error(...) fprintf(stderr, __VA_ARGS__)
#define _fail(file, line) (fprintf(stderr, "%s:%d: failure\n", (file), (line)), exit(1))
#define fail() _fail(__FILE__, __LINE__)
#define assert_true(c) ((c) ? (void)0 : _fail(__FILE__, __LINE__))
#define assert_null(p) assert_true((p) == NULL)
#define assert_non_null(p) assert_true((p) != NULL)
#define assert_int_equal(a, b) assert_true((a) == (b))
#define assert_string_equal(a, b) assert_true(strcmp((a), (b)) == 0)

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};
#define cmocka_unit_test(f)                                                                        \
    {                                                                                              \
#f, f                                                                                      \
    }

static inline int run_all(const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state = NULL;
        tests[i].run(&state);
        printf("ok - %s\n", tests[i].name);
    }
    return 0;
}
#define cmocka_run_group_tests(tests, up, down) run_all((tests), sizeof(tests) / sizeof((tests)[0]))

#endif
