/* Result files: what is written comes back, bit for bit and word for word; damaged files are
 * refused, with the line. */
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/failing.h"
#include "support/files.h"
#include "support/fixtures.h"
#include "support/toy.h"

enum {
    ROWS = 5,
    MOST = 65536
};
static const double curve[ROWS] = {0.1, NAN, INFINITY, -INFINITY, -0.0};
static const double grid[ROWS] = {1e-300, 4.9406564584124654e-324, 1 / 3.0, 1e22,
                                  1.7976931348623157e308};

static ddn_result *example(ddn_context *ctx)
{
    ddn_result *r = NULL;
    OK(ctx, ddn_result_create(ctx, "example", DDN_CLOCK_SCHEDULE, ROWS, &r));
    OK(ctx, ddn_result_set_field(ctx, r, "note", "quotes \" and \\ and \xe2\x88\x91, all"));
    OK(ctx, ddn_result_set_field(ctx, r, "empty", ""));
    OK(ctx, ddn_result_add_column(ctx, r, "t", "schedule time", "the \"times\", in order", grid));
    OK(ctx, ddn_result_add_column(ctx, r, "y", NULL, "a curve # with, commas", curve));
    OK(ctx, ddn_result_add_column(ctx, r, "y_se", "1", "", curve));
    OK(ctx, ddn_result_add_scalar(ctx, r, "s", "nats", "a number", -1 / 3.0, NAN));
    OK(ctx, ddn_result_add_scalar(ctx, r, "inf", "1", "not finite", INFINITY, -INFINITY));
    OK(ctx, ddn_result_set_pooling(ctx, r, "t", DDN_POOLING_SAME, 0));
    OK(ctx, ddn_result_set_pooling(ctx, r, "y", DDN_POOLING_MEAN, 7));
    OK(ctx, ddn_result_set_pooling(ctx, r, "y_se", DDN_POOLING_PART, 0));
    return r;
}

static size_t read_file(const char *path, char *bytes)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t count = fread(bytes, 1, MOST, f);
    assert_true(count > 0 && count < MOST);
    fclose(f);
    bytes[count] = '\0';
    return count;
}

/* Written, read, written again: the same bytes, so the poolings came along too. */
static void comes_back(ddn_context *ctx, const ddn_result *r, const char *name)
{
    static char one[MOST], two[MOST];
    ddn_result *back = NULL;
    OK(ctx, ddn_result_write(ctx, r, test_path(name), DDN_RESULT_FORMAT_AUTO));
    size_t count = read_file(test_path(name), one);
    OK(ctx, ddn_result_open(ctx, test_path(name), DDN_RESULT_FORMAT_AUTO, &back));
    test_same_texts(ctx, r, back);
    OK(ctx, ddn_result_write(ctx, back, test_path(name), DDN_RESULT_FORMAT_AUTO));
    assert_int_equal(read_file(test_path(name), two), count);
    assert_memory_equal(one, two, count);
    FAILS(ctx, ddn_result_set_field(ctx, back, "x", "y"), DDN_E_STATE, "complete");
    ddn_result_destroy(back);
}

static void what_is_written_comes_back(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 20, 2, 1.5, 1);
    ddn_analysis *an = NULL;
    const double times[3] = {0.1, 0.5, 2};
    ddn_result *all[8] = {example(ctx)};
    OK(ctx, ddn_analysis_create(ctx, &an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, 20));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATHS, 20));
    OK(ctx, ddn_analysis_regimes(an, oracle, 3, 2, times, times, &all[1]));
    OK(ctx, ddn_analysis_spectrum(an, ddn_oracle_dataset(oracle), &all[2]));
    OK(ctx, ddn_analysis_uturn(an, oracle, NULL, 3, times, &all[3]));
    OK(ctx, ddn_analysis_crossings(an, oracle, all[1], &all[4]));
    OK(ctx, ddn_result_create(ctx, "none", DDN_CLOCK_NONE, 0, &all[5]));
    OK(ctx, ddn_result_create(ctx, "rows", DDN_CLOCK_OU, 0, &all[6]));
    OK(ctx, ddn_result_add_column(ctx, all[6], "t", NULL, "no rows", NULL));
    OK(ctx, ddn_result_create(ctx, "columns", DDN_CLOCK_OU, 1000, &all[7])); /* has none */
    for (int i = 0; i < 8; i++) {
        comes_back(ctx, all[i], "result.csv");
        comes_back(ctx, all[i], "result.json");
        ddn_result_destroy(all[i]);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Where the host's locale writes numbers with a comma (if this machine has such a one). */
static void in_another_locale(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = example(ctx);
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") != NULL || setlocale(LC_NUMERIC, "de_DE") != NULL) {
        print_message("# decimal comma\n");
    }
    comes_back(ctx, r, "locale.csv");
    comes_back(ctx, r, "locale.json");
    setlocale(LC_NUMERIC, "C");
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

static void numpy_arrays(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = example(ctx), *back = NULL, *empty = NULL;
    char bytes[MOST];
    OK(ctx, ddn_result_write(ctx, r, test_path("r.npy"), DDN_RESULT_FORMAT_AUTO));
    size_t count = read_file(test_path("r.npy"), bytes);
    assert_memory_equal(bytes, "\x93NUMPY\2\0", 8);
    assert_non_null(strstr(bytes + 12, "{'descr': [('t', '<f8'), ('y', '<f8'), ('y_se', '<f8')], "
                                       "'fortran_order': False, 'shape': (5,), }"));
    assert_int_equal(count % 64, 3 * ROWS * 8 % 64);
    OK(ctx, ddn_result_open(ctx, test_path("r.npy"), DDN_RESULT_FORMAT_AUTO, &back));
    assert_string_equal(ddn_result_field(back, "kind"), "table");
    assert_int_equal(ddn_result_clock(back), DDN_CLOCK_NONE);
    assert_int_equal(ddn_result_scalar_count(back), 0);
    for (int64_t k = 0; k < ROWS; k++) {
        const double want[2] = {grid[k], curve[k]};
        const double got[2] = {test_element(ctx, back, "t", k), test_element(ctx, back, "y", k)};
        assert_memory_equal(want, got, sizeof want);
    }
    ddn_result_destroy(back);
    OK(ctx, ddn_result_create(ctx, "none", DDN_CLOCK_NONE, 0, &empty));
    FAILS(ctx, ddn_result_write(ctx, empty, test_path("e.npy"), DDN_RESULT_FORMAT_AUTO),
          DDN_E_UNSUPPORTED, "without columns");
    /* As NumPy writes it (version 1), and what is another array. */
    static const struct {
        const char *header, *part;
    } cases[] = {
        {"{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': (1,), }", NULL},
        {"{'descr': [('a', '<f8'), ('b', '<f8'),], 'shape': (1,), 'fortran_order': False}", NULL},
        {"{\"descr\": [(\"a\", \"<f8\"), ('b', '<f8')], 'fortran_order': False, 'shape': (1,)}",
         NULL},
        {"{descr: [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "a string is missing"},
        {"{'shape': (1,), 'shape': (1,), }", "has 'shape', or has it twice"},
        {"{'type': False, }", "has 'type'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "no named columns"},
        {"{'descr': [('a', '<f4'), ('b', '<f8')], 'fortran_order': False, 'shape': (1,), }", "<f4"},
        {"{'descr': [('a', '<f8'), ('a', '<f8')], 'fortran_order': False, 'shape': (1,), }",
         "twice"},
        {"{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': True, 'shape': (1,), }",
         "Fortran"},
        {"{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': (2,), }",
         "2 rows of 2 columns"},
        {"{'descr': [('a', '<f8'), ('b', '<f8')], 'fortran_order': False, 'shape': (1,2), }",
         "expected"},
        {"{'descr': [], 'fortran_order': False, 'shape': (0,), }", "0 columns"},
        {"{'fortran_order': False, 'shape': (1,), }", "not complete"},
        {"{'descr': [('a b', '<f8')], 'fortran_order': False, 'shape': (2,), }", "name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = test_write_npy("x.npy", cases[i].header, grid, 16);
        if (cases[i].part == NULL) {
            OK(ctx, ddn_result_open(ctx, path, DDN_RESULT_FORMAT_NPY, &back));
            CLOSE(test_element(ctx, back, "b", 0), grid[1], 0, 0);
            ddn_result_destroy(back);
        } else {
            FAILS(ctx, ddn_result_open(ctx, path, DDN_RESULT_FORMAT_NPY, &back), DDN_E_FORMAT,
                  cases[i].part);
        }
    }
    /* A header that ends in the word, which the data go on with. */
    static const char cut[] = "\x93NUMPY\1\0\x13\0{'fortran_order': False}";
    FAILS(ctx,
          ddn_result_open(ctx, test_write_file("cut.npy", cut, sizeof cut - 1),
                          DDN_RESULT_FORMAT_NPY, &back),
          DDN_E_FORMAT, "Fortran");
    ddn_result_destroy(empty);
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

/* CSV files of other programs. */
static void plain_tables(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = NULL;
    static const char good[] = "# anything\nt, y ,z\r\n1,nan,\n-2.5e3 \t,\tInf,-inf\t\n";
    OK(ctx, ddn_result_open(ctx, test_write_file("t.csv", good, sizeof good - 1),
                            DDN_RESULT_FORMAT_AUTO, &r));
    assert_string_equal(ddn_result_field(r, "kind"), "table");
    assert_int_equal(ddn_result_rows(r), 2);
    assert_true(test_element(ctx, r, "t", 1) == -2500 && isnan(test_element(ctx, r, "y", 0)));
    assert_true(isnan(test_element(ctx, r, "z", 0)) && test_element(ctx, r, "y", 1) == INFINITY);
    assert_true(test_element(ctx, r, "z", 1) == -INFINITY);
    ddn_result_destroy(r);
    static const char notes[] = "a,b\n1,2\n# between\n3,4\n# command: [\"x\", \"y\"]\n# end\n";
    OK(ctx, ddn_result_open(ctx, test_write_file("t.csv", notes, sizeof notes - 1),
                            DDN_RESULT_FORMAT_AUTO, &r));
    assert_int_equal(ddn_result_rows(r), 2);
    assert_true(test_element(ctx, r, "a", 1) == 3 && test_element(ctx, r, "b", 0) == 2);
    ddn_result_destroy(r);
    /* Without a last end of line; a cell of blanks; a file that is one letter, or blanks. */
    OK(ctx, ddn_result_open(ctx, test_write_file("t.dat", "  a,b\n 1, \t ", 12),
                            DDN_RESULT_FORMAT_AUTO, &r));
    assert_true(test_element(ctx, r, "a", 0) == 1 && isnan(test_element(ctx, r, "b", 0)));
    ddn_result_destroy(r);
    OK(ctx, ddn_result_open(ctx, test_write_file("t.dat", "x", 1), DDN_RESULT_FORMAT_AUTO, &r));
    assert_true(ddn_result_rows(r) == 0 && ddn_result_column_count(r) == 1);
    ddn_result_destroy(r);
    FAILS(ctx, ddn_result_open(ctx, test_write_file("t.dat", " \n", 2), DDN_RESULT_FORMAT_AUTO, &r),
          DDN_E_FORMAT, "line 1");
    FAILS(ctx, ddn_result_open(ctx, test_write_file("t.dat", "\0", 1), DDN_RESULT_FORMAT_AUTO, &r),
          DDN_E_FORMAT, "line 1");
    FAILS(
        ctx,
        ddn_result_open(ctx, test_write_file("t.dat", " \t\r\n{}", 6), DDN_RESULT_FORMAT_AUTO, &r),
        DDN_E_FORMAT, "missing"); /* it is JSON */
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"a,b\n1,2\n3\n", "line 3: there are 1 numbers for 2 columns"},
        {"a\n1234567890123456789012345678901234567890x\n",
         "line 2: '1234567890123456789012345678901234567890' is no number"},
        {"a\n1,\n,\n,,\n", "numbers for 1 columns"},
        {"a,b,c,d,e,f\n1\n\n\n\n\n", "too short for 6 columns"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n# rows x\na\n1\n",
         "line 4"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n"
         "# column \"a\": {}\n# column \"b\": {}\na\n1\n",
         "line 6: there are 1 columns, 2 are described"},
        {"a,b\n1,2\n3,4x\n", "line 3: '4x' is no number"},
        {"a,b\n1,2\n\n", "line 3"},
        {"a,a\n1,2\n", "line 1: 'a' stands twice"},
        {"a b\n1\n", "line 1: 'a b' cannot be a name"},
        {"\n", "no columns"},
        {"a,\n1,2\n", "cannot be a name"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\na\n1\n", "clock"},
        {"# diffdyn result 1\n# field \"kind\": \"k\" x\na\n1\n", "line 2"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"kind\": \"k\"\na\n1\n",
         "line 3: 'kind' stands twice"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n"
         "# column \"b\": {}\na\n1\n",
         "line 5: column 1 is 'a', not as described"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n"
         "# column \"a\": {\"pooling\": \"mean\"}\na\n1\n",
         "no count"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n"
         "# column \"a\": {\"pooling\": \"other\"}\na\n1\n",
         "no pooling"},
        {"# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": \"ou\"\n# column \"a\": "
         "{}",
         "line of names is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", bad[i].text, bad[i].text[0] == '#' ? "\n# end\n" : "");
        const char *path = test_write_file("b.csv", text, strlen(text));
        FAILS(ctx, ddn_result_open(ctx, path, DDN_RESULT_FORMAT_CSV, &r), DDN_E_FORMAT,
              bad[i].part);
        assert_null(r);
    }
    /* An end that is one of ours, after any ends of lines; and less than that. */
    static const char whole[] = "# diffdyn result 1\n# field \"kind\": \"k\"\n# field \"clock\": "
                                "\"ou\"\n# rows 1\na\n1\r\n# end\r\n\n\r\n";
    OK(ctx, ddn_result_open(ctx, test_write_file("e.csv", whole, sizeof whole - 1),
                            DDN_RESULT_FORMAT_AUTO, &r));
    assert_true(ddn_result_rows(r) == 1 && test_element(ctx, r, "a", 0) == 1);
    ddn_result_destroy(r);
    FAILS(ctx,
          ddn_result_open(ctx, test_write_file("e.csv", "# diffdyn result 1\n\n\n\n", 22),
                          DDN_RESULT_FORMAT_AUTO, &r),
          DDN_E_FORMAT, "cut");
    ddn_context_destroy(ctx);
}

/* A byte 0 ends no word, number or name of a file. */
static void bytes_that_are_zero(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = NULL;
    static const struct {
        const char text[16];
        size_t size;
        const char *part;
    } bad[] = {
        {"a,b\n1,nan\0\n", 11, "line 2: 'nan' is no number"},
        {"a,b\n1,nan\0\0\0\n", 13, "line 2: 'nan' is no number"},
        {"a,b\n1,inf\0\n", 11, "line 2: 'inf' is no number"},
        {"a,b\n1,-inf\0\n", 12, "line 2: '-inf' is no number"},
        {"a,b\n1,2\0\n", 9, "line 2: '2' is no number"},
        {"a,b\0c\n1,2\n", 10, "line 1: the name of column 2"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *path = test_write_file("z.csv", bad[i].text, bad[i].size);
        FAILS(ctx, ddn_result_open(ctx, path, DDN_RESULT_FORMAT_CSV, &r), DDN_E_FORMAT,
              bad[i].part);
        assert_null(r);
    }
    static const char npy[] = "\x93NUMPY\1\0\x47\0{'descr': [('a\0b', '<f8')], 'fortran_order': "
                              "False, 'shape': (0,), }  \n";
    FAILS(ctx,
          ddn_result_open(ctx, test_write_file("z.npy", npy, sizeof npy - 1), DDN_RESULT_FORMAT_NPY,
                          &r),
          DDN_E_FORMAT, "byte 0");
    ddn_context_destroy(ctx);
}

static void bad_json(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = NULL;
#define HEAD "{\"format\": \"diffdyn result\", \"version\": 1, \"fields\": {\"kind\": \"k\", "
#define FIELDS HEAD "\"clock\": \"ou\"}, \"scalars\": {}, "
    static const char good[] = FIELDS "\"rows\": 2, \"new\": [{\"x\": [1]}],\n"
                                      " \"columns\": {\"a\": {\"values\": [1, null], \"z\": {}}}}";
    OK(ctx, ddn_result_open(ctx, test_write_file("g.json", good, sizeof good - 1),
                            DDN_RESULT_FORMAT_AUTO, &r));
    assert_true(test_element(ctx, r, "a", 0) == 1 && isnan(test_element(ctx, r, "a", 1)));
    ddn_result_destroy(r);
    /* A scalar has no values: they are skipped as anything new. */
    static const char scalar[] =
        HEAD "\"clock\": \"ou\"}, \"scalars\": {\"s\": {\"values\": [7, \"x\"], "
             "\"value\": 3, \"definition\": \"of a host\"}}, \"rows\": 1, \"columns\": {}}";
    OK(ctx, ddn_result_open(ctx, test_write_file("s.json", scalar, sizeof scalar - 1),
                            DDN_RESULT_FORMAT_AUTO, &r));
    CLOSE(test_scalar(ctx, r, "s"), 3, 0, 0);
    ddn_result_destroy(r);
    static const struct {
        const char *text, *part;
    } bad[] = {
        {FIELDS "\"rows\": 2, \"columns\": {\"a\": {\"values\": [1]}}}", "1 values, not 2"},
        {FIELDS "\"rows\": 1, \"columns\": {\"a\": {\"values\": [1], \"values\": [1]}}}",
         "no values"},
        {HEAD "\"clock\": \"ou\"}, \"scalars\": {\"a\": {}}, \"rows\": 1, \"columns\": {\"a\": "
              "{\"values\": [1]}}}",
         "'a' stands twice"},
        {HEAD "\"clock\": \"ou\"}, \"scalars\": {\"a\": {\"pooling\": \"share\", \"of\": \"b\"}}, "
              "\"rows\": 0, \"columns\": {}}",
         "'a' has no count"},
        {FIELDS "\"rows\": 1, \"columns\": {\"a\": {\"values\": [1, 2]}}}", "more than 1 values"},
        {FIELDS "\"rows\": 1, \"columns\": {\"a\": {}}}", "no values"},
        {FIELDS "\"columns\": {}, \"rows\": 1}", "must come before"},
        {FIELDS "\"rows\": 1e15, \"columns\": {}}", "more than the file can have"},
        {FIELDS "\"rows\": -1, \"columns\": {}}", "not a count"},
        {FIELDS "\"rows\": 0, \"rows\": 0, \"columns\": {}}", "stands twice"},
        {FIELDS "\"rows\": 0}", "missing"},
        {FIELDS "\"rows\": 0, \"columns\": {}} x", "the end expected"},
        {HEAD "\"clock\": \"moon\"}, \"scalars\": {}, \"rows\": 0, \"columns\": {}}", "'moon'"},
        {HEAD "\"clock\": \"ouch\"}, \"scalars\": {}, \"rows\": 0, \"columns\": {}}", "'ouch'"},
        {HEAD "\"clock\": \"ou:vp\"}, \"scalars\": {}, \"rows\": 0, \"columns\": {}}", "'ou:vp'"},
        {HEAD "\"clock\": \"schedules\"}, \"scalars\": {}, \"rows\": 0, \"columns\": {}}",
         "'schedules'"},
        {"{\"format\": \"other\"}", "'other'"},
        {"{\"format\": \"diffdyn result\", \"version\": 2}", "version 2"},
        {"{\n\"format\": \"diffdyn result\",\n\"version\": x}", "line 3"},
        {HEAD "\"a\": 3}}", "a string expected"},
        {"[]", "'{' expected"},
        {"{}", "missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *path = test_write_file("b.json", bad[i].text, strlen(bad[i].text));
        FAILS(ctx, ddn_result_open(ctx, path, DDN_RESULT_FORMAT_JSON, &r), DDN_E_FORMAT,
              bad[i].part);
        assert_null(r);
    }
    ddn_context_destroy(ctx);
}

/* Any beginning of a file, any changed byte: refused or read, but never a crash (under sanitizers),
 * and never half a result. */
static void damaged_files(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = example(ctx);
    static const char *const names[3] = {"d.csv", "d.json", "d.npy"};
    static char bytes[MOST];
    for (int f = 0; f < 3; f++) {
        OK(ctx, ddn_result_write(ctx, r, test_path(names[f]), DDN_RESULT_FORMAT_AUTO));
        size_t count = read_file(test_path(names[f]), bytes);
        int64_t refused = 0;
        for (size_t i = 1; i < 2 * count; i++) {
            ddn_result *back = NULL;
            size_t at = i < count ? i : i - count;
            char old = bytes[at];
            bytes[at] ^= (char)(i < count ? 0 : 1 << (i % 8));
            const char *path = test_write_file("x", bytes, i < count ? i : count);
            ddn_status status = ddn_result_open(ctx, path, f + 1, &back);
            assert_true(status == DDN_OK || status == DDN_E_FORMAT);
            assert_true((status == DDN_OK) == (back != NULL));
            refused += status != DDN_OK;
            ddn_result_destroy(back);
            bytes[at] = old;
        }
        assert_true(refused > (int64_t)count * 3 / 4);
    }
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

/* Wherever a file is cut: rows are not lost and numbers not shortened without a word. */
static void cut_tables(void **state)
{
    (void)state;
    static char bytes[MOST];
    ddn_context *ctx = test_context(1);
    ddn_result *r = example(ctx), *back = NULL;
    OK(ctx, ddn_result_write(ctx, r, test_path("cut.csv"), DDN_RESULT_FORMAT_AUTO));
    size_t count = read_file(test_path("cut.csv"), bytes);
    for (size_t i = strlen("# diffdyn result"); i + 1 < count; i++) {
        const char *path = test_write_file("part.csv", bytes, i);
        assert_int_equal(ddn_result_open(ctx, path, DDN_RESULT_FORMAT_CSV, &back), DDN_E_FORMAT);
        assert_null(back);
    }
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

/* A link stays one and its target is written; the permissions of a file stay; what is no file is
 * refused and stays. */
static void only_files_are_replaced(void **state)
{
    (void)state;
    char target[1024], link_path[1024];
    struct stat st;
    ddn_context *ctx = test_context(1);
    ddn_result *r = example(ctx);
    snprintf(target, sizeof target, "%s", test_path("target.csv"));
    snprintf(link_path, sizeof link_path, "%s", test_path("link.csv"));
    OK(ctx, ddn_result_write(ctx, r, target, DDN_RESULT_FORMAT_AUTO));
    assert_int_equal(chmod(target, 0600), 0);
    off_t full = stat(target, &st) == 0 ? st.st_size : 0;
    assert_int_equal(truncate(target, 1), 0);
    assert_int_equal(symlink("target.csv", link_path), 0);
    OK(ctx, ddn_result_write(ctx, r, link_path, DDN_RESULT_FORMAT_AUTO));
    assert_int_equal(lstat(link_path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat(target, &st), 0);
    assert_true(S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0600 && st.st_size == full);
    unlink(link_path);
    unlink(target);
    const char *fifo = test_path("fifo.csv");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    FAILS(ctx, ddn_result_write(ctx, r, fifo, DDN_RESULT_FORMAT_AUTO), DDN_E_IO,
          "not a regular file");
    assert_int_equal(lstat(fifo, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    unlink(fifo);
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

static void calls_that_cannot_write(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *small = NULL, *none = NULL;
    OK(ctx, ddn_result_create(ctx, "small", DDN_CLOCK_NONE, 0, &small));
    FAILS(ctx, ddn_result_write(ctx, small, test_path("no/such.csv"), DDN_RESULT_FORMAT_AUTO),
          DDN_E_IO, "no/such.csv");
    FAILS(ctx, ddn_result_write(ctx, small, test_path(""), DDN_RESULT_FORMAT_CSV), DDN_E_IO, "");
    FAILS(ctx, ddn_result_write(ctx, small, test_path("x.txt"), DDN_RESULT_FORMAT_AUTO), DDN_E_KEY,
          ".csv");
    FAILS(ctx, ddn_result_write(ctx, small, test_path("x.csv"), 9), DDN_E_KEY, "format = 9");
    FAILS(ctx, ddn_result_write(ctx, NULL, test_path("x.csv"), 1), DDN_E_NULL, "result");
    FAILS(ctx, ddn_result_write(ctx, small, NULL, 1), DDN_E_NULL, "path");
    FAILS(ctx, ddn_result_open(ctx, test_path("none.csv"), 0, &none), DDN_E_IO, "none.csv");
    ddn_result_destroy(small);
    ddn_context_destroy(ctx);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    const char *path = arg;
    ddn_result *r = NULL, *back = NULL;
    ddn_status status = ddn_result_create(ctx, "k", DDN_CLOCK_OU, ROWS, &r);
    if (status == DDN_OK) {
        status = ddn_result_add_column(ctx, r, "y", "", "", curve);
    }
    if (status == DDN_OK) {
        status = ddn_result_write(ctx, r, path, DDN_RESULT_FORMAT_AUTO);
    }
    if (status == DDN_OK) {
        status = ddn_result_open(ctx, path, DDN_RESULT_FORMAT_AUTO, &back);
    }
    ddn_result_destroy(back);
    ddn_result_destroy(r);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const names[3] = {"m.csv", "m.json", "m.npy"};
    for (int i = 0; i < 3; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s", test_path(names[i]));
        assert_true(test_every_allocation(whole_life, path) > 8);
    }
}

/* A name without a folder, a long one that is cut inside a character for the temporary one, a link
 * to nothing; files that cannot be found for other reasons. */
static void names_of_files(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = example(ctx), *back = NULL;
    char here[1024], name[300];
    struct stat st;
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(test_path("")), 0);
    OK(ctx, ddn_result_write(ctx, r, "plain.csv", DDN_RESULT_FORMAT_AUTO));
    OK(ctx, ddn_result_open(ctx, "plain.csv", DDN_RESULT_FORMAT_AUTO, &back));
    test_same_results(ctx, r, back);
    ddn_result_destroy(back);
    for (int64_t before = 0; before < 3; before++) { /* one of them cuts a character */
        memset(name, 'x', 3);
        for (int64_t i = 0; i < 50; i++) {
            memcpy(name + before + 3 * i, "\xe2\x82\xac", 3);
        }
        strcpy(name + before + 150, ".csv");
        OK(ctx, ddn_result_write(ctx, r, name, DDN_RESULT_FORMAT_AUTO));
        assert_int_equal(stat(name, &st), 0);
        unlink(name);
    }
    memset(name, 0x80, 150); /* bytes that begin no character */
    strcpy(name + 150, ".csv");
    OK(ctx, ddn_result_write(ctx, r, name, DDN_RESULT_FORMAT_AUTO));
    assert_int_equal(stat(name, &st), 0);
    unlink(name);
    assert_int_equal(chdir(here), 0);
    const char *nothing = test_path("nothing.csv");
    assert_int_equal(symlink("no such file", nothing), 0);
    FAILS(ctx, ddn_result_write(ctx, r, nothing, DDN_RESULT_FORMAT_AUTO), DDN_E_IO, "cannot write");
    assert_int_equal(lstat(nothing, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    ddn_result_destroy(r);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_files),
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(in_another_locale),
        cmocka_unit_test(numpy_arrays),
        cmocka_unit_test(plain_tables),
        cmocka_unit_test(bytes_that_are_zero),
        cmocka_unit_test(bad_json),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(cut_tables),
        cmocka_unit_test(only_files_are_replaced),
        cmocka_unit_test(calls_that_cannot_write),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}
