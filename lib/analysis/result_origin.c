/* Where results come from: kind, clock, version, seed, oracle, schedule, data and all settings, as
 * fields of every result that the library makes; and what may be done with a result of which kind
 * and clock. */
#include <string.h>

#include <diffdyn/version.h>

#include "analysis/result_impl.h"
#include "base/check.h"
#include "base/message.h"
#include "base/number.h"
#include "dataset/dataset_impl.h"
#include "oracle/oracle_impl.h"
#include "schedule/schedule_impl.h"

/* The value in a row of the table of options. A real one that follows something else until it is
 * set is NaN. */
static void value_text(const ddn_options *o, int64_t i, char text[DDNI_NUMBER_BYTES])
{
    if (o->table[i].type == DDN_TYPE_I64) {
        ddni_say(text, DDNI_NUMBER_BYTES, "%lld", (long long)o->values[i].i);
    } else if (isnan(o->values[i].f)) {
        ddni_say(text, DDNI_NUMBER_BYTES, "preset");
    } else {
        ddni_number_write(o->values[i].f, text);
    }
}

/* All settings; seed: only that, as a field of its own. */
static ddn_status set_options(ddn_context *ctx, ddn_result *r, const ddn_options *o, int seed)
{
    for (int64_t i = 0; i < ddn_options_count(o); i++) {
        static const char tail[] = "_SEED"; /* no name is shorter: they begin with "DDN_" */
        char text[DDNI_NUMBER_BYTES];
        const char *name = ddn_options_name(o, ddn_options_key(o, i));
        value_text(o, i, text);
        if (!seed || strcmp(name + strlen(name) - strlen(tail), tail) == 0) {
            DDNI_TRY(ddni_result_set_field(ctx, r, seed ? "seed" : name, "%s", text));
        }
    }
    return DDN_OK;
}

static ddn_status set_data(ddn_context *ctx, ddn_result *r, const char *name, const ddn_dataset *ds)
{
    int64_t classes = ddn_dataset_class_count(ds);
    char labels[40] = "";
    uint64_t digest = 0;
    DDNI_TRY(ddni_dataset_digest(ctx, ds, &digest));
    if (classes > 0) {
        ddni_say(labels, sizeof labels, ", %lld classes", (long long)classes);
    }
    const char *weighted = ddn_dataset_is_weighted(ds) ? ", weighted" : "";
    return ddni_result_set_field(ctx, r, name, "%s [%lld][%lld]%s%s, digest %016llx",
                                 ddni_type_name(ddn_dataset_type(ds)), (long long)ddn_dataset_n(ds),
                                 (long long)ddn_dataset_d(ds), labels, weighted,
                                 (unsigned long long)digest);
}

static ddn_status set_objects(ddn_context *ctx, ddn_result *r, const ddni_origin *from)
{
    const ddn_dataset *ds = from->ds != NULL ? from->ds : ddni_oracle_set(from->oracle);
    const ddn_schedule *sch = from->sch != NULL ? from->sch : ddn_oracle_schedule(from->oracle);
    int64_t n = ds != NULL ? ddn_dataset_n(ds) : ddn_oracle_components(from->oracle);
    int64_t d = ds != NULL ? ddn_dataset_d(ds) : ddn_oracle_d(from->oracle);
    if (from->oracle != NULL) {
        DDNI_TRY(ddni_result_set_field(ctx, r, "oracle", "%s", ddn_oracle_kind(from->oracle)));
    }
    if (sch != NULL) {
        DDNI_TRY(ddni_result_set_field(ctx, r, "schedule", "%s", ddni_schedule_text(sch)));
    }
    if (ds != NULL) {
        DDNI_TRY(set_data(ctx, r, "data", ds));
    }
    if (n > 0) {
        DDNI_TRY(ddni_result_set_field(ctx, r, "n", "%lld", (long long)n));
    }
    if (d > 0) {
        DDNI_TRY(ddni_result_set_field(ctx, r, "d", "%lld", (long long)d));
    }
    if (from->test != NULL) {
        DDNI_TRY(set_data(ctx, r, "test", from->test));
    }
    if (from->points != NULL) {
        DDNI_TRY(set_data(ctx, r, "points", from->points));
    }
    return from->classifier ? ddni_result_set_field(ctx, r, "classifier", "given") : DDN_OK;
}

static ddn_status set_origin(ddn_context *ctx, ddn_result *r, const ddni_origin *from)
{
    const ddn_schedule *sch = from->sch != NULL ? from->sch : ddn_oracle_schedule(from->oracle);
    r->clock = from->clock;
    DDNI_TRY(ddni_result_set_field(ctx, r, "kind", "%s", from->kind));
    DDNI_TRY(ddni_result_set_field(ctx, r, "clock", "%s%s%s", ddni_clock_name(r->clock),
                                   r->clock == DDN_CLOCK_SCHEDULE && sch != NULL ? ":" : "",
                                   r->clock == DDN_CLOCK_SCHEDULE ? ddn_schedule_kind(sch) : ""));
    DDNI_TRY(ddni_result_set_field(ctx, r, "library", "%s", DDN_VERSION_STRING));
    DDNI_TRY(set_options(ctx, r, from->options, 1));
    DDNI_TRY(set_objects(ctx, r, from));
    return set_options(ctx, r, from->options, 0);
}

ddn_status ddni_result_start(ddn_context *ctx, const ddni_origin *origin, int64_t rows,
                             ddn_result **out)
{
    DDNI_TRY(ddni_result_create(ctx, rows, out));
    ddn_status status = set_origin(ctx, *out, origin);
    if (status != DDN_OK) {
        ddn_result_destroy(*out);
        *out = NULL;
    }
    return status;
}

/* ---- Clocks and kinds ---- */

const char *ddni_clock_name(ddn_clock clock)
{
    return clock == DDN_CLOCK_OU         ? "ou"
           : clock == DDN_CLOCK_SCHEDULE ? "schedule"
           : clock == DDN_CLOCK_NONE     ? "none"
                                         : NULL;
}

int32_t ddni_clock_of(const char *text, ddn_clock *clock)
{
    static const ddn_clock clocks[] = {DDN_CLOCK_NONE, DDN_CLOCK_OU, DDN_CLOCK_SCHEDULE};
    for (int i = 0; i < 3; i++) {
        const char *name = ddni_clock_name(clocks[i]);
        size_t length = strlen(name);
        int same = strncmp(text, name, length) == 0;
        *clock = clocks[i];
        if (same &&
            (text[length] == '\0' || (clocks[i] == DDN_CLOCK_SCHEDULE && text[length] == ':'))) {
            return 1;
        }
    }
    return 0;
}

ddn_status ddni_result_check_kind(ddn_context *ctx, const ddn_result *result,
                                  const char *const *kinds, const ddn_schedule *sch)
{
    const char *kind = ddni_result_text(result, "kind");
    const char *its = ddni_result_text(result, "schedule");
    int known = 0;
    for (int i = 0; kinds[i] != NULL; i++) {
        known |= strcmp(kind, kinds[i]) == 0;
    }
    DDNI_CHECK(ctx, known, DDN_E_MISMATCH, "a result of kind '%s' is not one of kind '%s'%s", kind,
               kinds[0], kinds[1] != NULL ? " or a similar one" : "");
    DDNI_CHECK(ctx, result->clock == DDN_CLOCK_SCHEDULE, DDN_E_MISMATCH,
               "the clock of the result is '%s', not that of a schedule",
               ddni_result_text(result, "clock"));
    DDNI_CHECK(ctx, sch == NULL || its[0] == '\0' || strcmp(its, ddni_schedule_text(sch)) == 0,
               DDN_E_MISMATCH,
               "the times of the result are of schedule %s, those of the oracle of %s", its,
               ddni_schedule_text(sch));
    return DDN_OK;
}
