/* What the library is made of, as texts: each room says its own. The functions are declared in
 * base.h, where a program looks first; they live here because they ask rooms that base may not see.
 */
#include <string.h>

#include <diffdyn/base.h>

#include "dataset/formats/format.h"
#include "dataset/formats/picture.h"
#include "kernels/kernels.h"
#include "numerics/blas.h"
#include "oracle/empirical/ways.h"

typedef struct feature {
    const char *name;
    const char *(*text)(void);
} feature;

static const char *compiler(void)
{
#if defined(__clang__)
    return __VERSION__; /* has the name */
#else
    return "gcc " __VERSION__;
#endif
}

static const char *threads(void)
{
    return "pthreads";
}

static const feature features[] = {
    {"version", ddn_version_string},
    {"compiler", compiler},
    {"kernels", ddni_kernels_compiled},
    {"kernel", ddni_kernels_best},
    {"ways", ddni_way_names},
    {"blas", ddni_blas_config},
    {"blas_integer_bits", ddni_blas_integer_bits},
    {"blas_core", ddni_blas_core},
    {"blas_threading", ddni_blas_threading},
    {"gzip", ddni_gzip_version},
    {"formats", ddni_format_names},
    {"hdf5", ddni_hdf5_version},
    {"images", ddni_picture_readers},
    {"threads", threads},
};

enum {
    FEATURES = sizeof features / sizeof *features
};

int64_t ddn_feature_count(void)
{
    return FEATURES;
}

const char *ddn_feature_name(int64_t i)
{
    return i < 0 || i >= FEATURES ? NULL : features[i].name;
}

const char *ddn_feature(const char *name)
{
    for (int64_t i = 0; i < FEATURES && name != NULL; i++) {
        if (strcmp(features[i].name, name) == 0) {
            return features[i].text();
        }
    }
    return NULL;
}
