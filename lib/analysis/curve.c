/* Columns of results as curves that cross levels. */
#include "analysis/curve.h"

#include <math.h>
#include <string.h>

double *ddni_result_part(const ddn_result *result, const char *name, const char *ending)
{
    char full[DDNI_NAME_BYTES];
    ddni_part_name(name, ending, full);
    const ddni_entry *e = ddni_result_find_column(result, full);
    return e == NULL ? NULL : e->values;
}

/* Times with samples of their own: those of clones, U-turns and branches. */
static int32_t is_apart(const ddn_result *r, const ddni_entry *y)
{
    const char *kind = ddni_result_text(r, "kind");
    return y->pooling == DDN_POOLING_SHARE || strcmp(kind, "clones") == 0 ||
           strcmp(kind, "uturn") == 0 || strcmp(kind, "branch") == 0;
}

/* Excess entropy towards small t, divergences towards large t: to 0 exponentially. */
static int32_t decays(const char *name)
{
    return strcmp(name, "f_over_alpha") == 0 || strcmp(name, "kl_noise") == 0 ||
           strcmp(name, "kl_gaussian") == 0;
}

/* Probabilities are not above 1. */
static double top(const char *name)
{
    static const char *const list[] = {"phi", "phi_C", "same_class", "returned"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, list[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

int32_t ddni_result_curve(const ddn_result *result, const char *name, ddni_curve *out)
{
    const ddni_entry *t = ddni_result_find_column(result, "t");
    const ddni_entry *y = ddni_result_find_column(result, name);
    const double *error = ddni_result_part(result, name, "_se");
    if (t == NULL || y == NULL || error == NULL) {
        return 0;
    }
    *out = (ddni_curve){.rows = result->rows,
                        .t = t->values,
                        .y = y->values,
                        .error = error,
                        .rho = ddni_result_part(result, name, "_rho"),
                        .apart = is_apart(result, y),
                        .top = top(name),
                        .decays = decays(name)};
    return 1;
}

int32_t ddni_result_is_measured(const ddn_result *result, const char *name)
{
    const ddni_entry *y = name == NULL ? NULL : ddni_result_find_column(result, name);
    for (int64_t k = 0; y != NULL && k < result->rows; k++) {
        if (!isnan(y->values[k])) {
            return 1;
        }
    }
    return 0;
}
