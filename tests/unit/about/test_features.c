/* What the library says of itself agrees with what it does: every list is held against the objects
 * that the names are of. */
#include "support/fixtures.h"

static void names_and_texts(void **state)
{
    (void)state;
    static const char *const promised[] = {
        "version",   "compiler",       "kernels", "kernel",  "ways",    "blas", "blas_integer_bits",
        "blas_core", "blas_threading", "gzip",    "formats", "threads", "hdf5", "images"};
    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
        assert_non_null(ddn_feature(promised[i]));
        assert_true(strlen(ddn_feature(promised[i])) > 0);
    }
    assert_true(ddn_feature_count() >= (int64_t)(sizeof promised / sizeof *promised));
    for (int64_t i = 0; i < ddn_feature_count(); i++) {
        const char *name = ddn_feature_name(i);
        assert_non_null(ddn_feature(name));
        for (int64_t k = 0; k < i; k++) {
            assert_string_not_equal(name, ddn_feature_name(k));
        }
    }
    assert_null(ddn_feature_name(-1));
    assert_null(ddn_feature_name(ddn_feature_count()));
    assert_null(ddn_feature(NULL));
    assert_null(ddn_feature(""));
    assert_null(ddn_feature("kern"));
    assert_null(ddn_feature("Version"));
}

static void version(void **state)
{
    (void)state;
    assert_string_equal(ddn_feature("version"), DDN_VERSION_STRING);
    assert_string_equal(ddn_version_string(), DDN_VERSION_STRING);
    assert_int_equal(ddn_version_number(), DDN_VERSION);
    assert_int_equal(ddn_version_number(),
                     DDN_VERSION_MAJOR * 1000000 + DDN_VERSION_MINOR * 1000 + DDN_VERSION_PATCH);
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", DDN_VERSION_MAJOR, DDN_VERSION_MINOR,
             DDN_VERSION_PATCH);
    assert_string_equal(ddn_version_string(), text);
}

static void kernels(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    char all[256] = "";
    for (int32_t i = 0; ddn_kernel_name(i, NULL) != NULL; i++) {
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? "," : "",
                 ddn_kernel_name(i, NULL));
    }
    assert_string_equal(ddn_feature("kernels"), all);
    OK(ctx, ddn_context_set_kernel(ctx, "auto"));
    assert_string_equal(ddn_feature("kernel"), ddn_context_kernel(ctx));
    OK(ctx, ddn_context_set_kernel(ctx, "reference"));
    assert_non_null(strstr(all, ddn_feature("kernel"))); /* of the machine, not of a context */
    ddn_context_destroy(ctx);
}

static void ways(void **state)
{
    (void)state;
    test_setup s = test_setup_make(1);
    const double points[4] = {-1, 0, 1, 0};
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 2, 2, points, 2, &ds));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, ds, s.sch, &oracle));
    char all[256] = "";
    assert_true(ddn_oracle_way_count(oracle) > 1);
    for (int64_t i = 0; i < ddn_oracle_way_count(oracle); i++) {
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? "," : "",
                 ddn_oracle_way_name(oracle, i));
    }
    assert_string_equal(ddn_feature("ways"), all);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
}

static void blas(void **state)
{
    (void)state;
    const char *config = ddn_feature("blas"), *threading = ddn_feature("blas_threading");
    if (strcmp(config, "generic") == 0) { /* says nothing about itself */
        assert_string_equal(threading, "generic");
        return;
    }
    assert_memory_equal(config, "OpenBLAS ", 9);
    assert_string_equal(ddn_feature("blas_integer_bits"),
                        strstr(config, "USE64BITINT") != NULL ? "64" : "32");
    assert_true(strcmp(threading, "serial") == 0 || strcmp(threading, "pthreads") == 0 ||
                strcmp(threading, "openmp") == 0);
    print_message("# %s, core %s, %s, %s bits\n", config, ddn_feature("blas_core"), threading,
                  ddn_feature("blas_integer_bits"));
}

/* The refusal of a file that no format knows lists the formats as well. */
static void formats(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    char path[1024];
    ddn_dataset *ds = NULL;
    test_data_path("reference.json", path);
    assert_string_equal(ddn_feature("formats"), ".npz,.npy,IDX,CIFAR-10,CIFAR-100");
    FAILS(ctx, ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &ds), DDN_E_FORMAT,
          "neither .npy, IDX, CIFAR-10 nor CIFAR-100");
    assert_true(ddn_feature("gzip")[0] >= '1' && ddn_feature("gzip")[0] <= '9');
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_texts),
        cmocka_unit_test(version),
        cmocka_unit_test(kernels),
        cmocka_unit_test(ways),
        cmocka_unit_test(blas),
        cmocka_unit_test(formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
