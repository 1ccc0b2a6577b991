/* Schedules with any parameters, at any times: a status, or numbers that are finite and agree with
 * each other; a callback of a custom one writes what it likes; nothing takes long.
 *
 * The bytes are a schedule, then calls with it. */
#include "fuzz/driver.h"

#include <math.h>

const char *const fuzz_target = "schedules";
const int fuzz_seconds = 10;

enum {
    MOST_CALLS = 24,
    MOST_COUNT = 64
};

/* What a call may take; a loop that grows with a number takes far longer. */
static const double LONGEST = 0.5;

/* What the callback of a custom schedule does. */
typedef struct custom {
    double p, q;
    int32_t result;
    int how;
    ddn_context *ctx;
    const ddn_schedule *self;
} custom;

static int64_t schedules[10], good, refused;
static double longest;

void fuzz_report(void)
{
    printf("reached: schedules: %lld ou, %lld vp_linear, %lld ddpm, %lld cosine, %lld edm, %lld "
           "custom, %lld flow, %lld scaled_linear, %lld table, %lld zero_snr; calls: %lld good, "
           "%lld refused; longest call %.1f ms\n",
           (long long)schedules[0], (long long)schedules[1], (long long)schedules[2],
           (long long)schedules[3], (long long)schedules[4], (long long)schedules[5],
           (long long)schedules[6], (long long)schedules[7], (long long)schedules[8],
           (long long)schedules[9], (long long)good, (long long)refused, 1e3 * longest);
}

/* Ends the measurement of a call; whether it was DDN_OK. */
static int ended(ddn_context *ctx, double start, ddn_status status)
{
    double seconds = fuzz_clock() - start;
    longest = seconds > longest ? seconds : longest;
    fuzz_demand(seconds < LONGEST, "takes too long", ctx);
    fuzz_demand(status == DDN_OK || status == DDN_STOPPED || status == DDN_E_RANGE ||
                    status == DDN_E_NONFINITE || status == DDN_E_KEY || status == DDN_E_SHAPE ||
                    status == DDN_E_CALLBACK || status == DDN_E_NOMEM || status == DDN_E_NULL ||
                    status == DDN_E_CONVERGENCE,
                ddn_status_name(status), ctx);
    good += status == DDN_OK;
    refused += status != DDN_OK;
    return status == DDN_OK;
}

/* ---- Schedules ----------------------------------------------------------------------------- */

static int32_t levels(void *user, double t, double *a, double *s, double *da, double *ds)
{
    custom *c = user;
    double lost = c->how == 1 ? NAN : 1;
    *a = lost * exp(-t);
    *s = sqrt(-expm1(-2 * t)) * c->p;
    *da = -exp(-t);
    *ds = c->how == 2 ? c->q : c->p * exp(-2 * t) / *s;
    if (c->how == 3) {
        *a = c->q;
    } else if (c->how == 4) {
        *s = c->q;
    } else if (c->how == 5 && c->self != NULL) { /* asks itself, once */
        const ddn_schedule *self = c->self;
        double x, y;
        c->self = NULL;
        ddn_schedule_eval(c->ctx, self, t / 2, &x, &y);
        c->self = self;
    }
    return c->result;
}

/* Mostly usual parameters, at times any. */
static double parameter(fuzz_bytes *b, double usual)
{
    return fuzz_u8(b) % 4 == 0 ? fuzz_any_real(b) : usual * (double)(1 + fuzz_u8(b)) / 64;
}

/* Numbers that mostly rise or fall within (0, 1), as those of one of the kinds do. */
static ddn_status make_table(ddn_context *ctx, fuzz_bytes *b, ddn_schedule **out)
{
    double values[MOST_COUNT], at = 1;
    int64_t count = fuzz_up_to(b, MOST_COUNT + 1);
    int32_t kind = (int32_t)fuzz_up_to(b, 4);
    for (int64_t i = 0; i < count; i++) {
        uint8_t byte = fuzz_u8(b);
        at *= (double)byte / 256;
        values[i] = byte % 32 == 31 ? fuzz_any_real(b) : at;
    }
    return ddn_schedule_create_table(ctx, kind, count, values, out);
}

static ddn_schedule *make(ddn_context *ctx, fuzz_bytes *b, custom *c)
{
    static const int32_t results[] = {0, 0, 0, 0, 0, DDN_STOPPED, 7, DDN_E_CALLBACK};
    ddn_schedule *sch = NULL;
    ddn_status status;
    int kind = (int)fuzz_up_to(b, 10);
    int64_t steps = fuzz_u8(b) % 4 == 0 ? fuzz_any_integer(b) : 1 + fuzz_up_to(b, 1024);
    int linear = kind == 2 || kind == 7 || kind == 9;
    double p = parameter(b, linear ? 1e-4 : 0.1), q = parameter(b, linear ? 0.02 : 20);
    ddn_schedule *base = NULL;
    steps = steps > 1 << 16 && steps <= 1 << 24 ? steps >> 8 : steps; /* that much work is asked */
    fuzz_doing = "create";
    double start = fuzz_clock();
    switch (kind) {
    case 0:
        status = ddn_schedule_create_ou(ctx, &sch);
        break;
    case 1:
        status = ddn_schedule_create_vp_linear(ctx, p, q, &sch);
        break;
    case 2:
        status = ddn_schedule_create_ddpm(ctx, p, q, steps, &sch);
        break;
    case 3:
        status = ddn_schedule_create_cosine(ctx, steps, p, fuzz_u8(b) % 2 ? 0.999 : q, &sch);
        break;
    case 4:
        status = ddn_schedule_create_edm(ctx, &sch);
        break;
    case 6:
        status = ddn_schedule_create_flow(ctx, &sch);
        break;
    case 7:
        status = ddn_schedule_create_scaled_linear(ctx, p, q, steps, &sch);
        break;
    case 8:
        status = make_table(ctx, b, &sch);
        break;
    case 9:
        status = ddn_schedule_create_ddpm(ctx, p, q, steps, &base);
        status = status == DDN_OK ? ddn_schedule_create_zero_snr(ctx, base, &sch) : status;
        ddn_schedule_destroy(base);
        break;
    default:
        *c = (custom){.p = p, .q = q, .how = fuzz_u8(b) % 12, .ctx = ctx};
        c->p = fuzz_u8(b) % 4 == 0 ? p : 1;
        c->result = results[fuzz_up_to(b, 8)];
        status = ddn_schedule_create_custom(ctx, fuzz_u8(b) % 4 == 0 ? fuzz_any_real(b) : 0.01,
                                            parameter(b, 1), levels, c, NULL, &sch);
        c->self = sch;
        break;
    }
    int made = ended(ctx, start, status);
    fuzz_demand(made == (sch != NULL), "a schedule and its status", ctx);
    schedules[kind] += made;
    return sch;
}

/* ---- Calls --------------------------------------------------------------------------------- */

/* A time within the range, near its ends, or any. */
static double some_time(fuzz_bytes *b, double low, double high)
{
    double share = (double)fuzz_u8(b) / 255;
    switch (fuzz_u8(b) % 4) {
    case 0:
        return fuzz_any_real(b);
    case 1:
        return fuzz_u8(b) % 2 ? low : high;
    default:
        high = isfinite(high) ? high : 100;
        return low + share * (high - low);
    }
}

static void levels_agree(ddn_context *ctx, const ddn_schedule *sch, double t)
{
    double a = NAN, s = NAN, f = NAN, g2 = NAN, tau = NAN, back = NAN, start = fuzz_clock();
    fuzz_doing = "eval";
    if (ended(ctx, start, ddn_schedule_eval(ctx, sch, t, &a, &s))) {
        fuzz_demand(isfinite(a) && a >= 0 && isfinite(s) && s >= 0, "levels", ctx);
    }
    fuzz_doing = "rates";
    start = fuzz_clock();
    if (ended(ctx, start, ddn_schedule_rates(ctx, sch, t, &f, &g2))) {
        fuzz_demand(isfinite(f) && isfinite(g2) && g2 >= 0, "rates", ctx);
    }
    fuzz_doing = "to_ou";
    start = fuzz_clock();
    if (ended(ctx, start, ddn_schedule_to_ou(ctx, sch, t, &tau))) {
        fuzz_demand((isfinite(tau) || a == 0) && tau >= 0, "OU time", ctx);
        fuzz_doing = "from_ou";
        start = fuzz_clock();
        if (ended(ctx, start, ddn_schedule_from_ou(ctx, sch, tau, &back))) {
            fuzz_demand(isfinite(back), "time back", ctx);
        }
    }
}

static void grid(ddn_context *ctx, const ddn_schedule *sch, fuzz_bytes *b, double t, double u)
{
    double times[MOST_COUNT];
    int32_t kind = (int32_t)fuzz_up_to(b, 10) - 1;
    int64_t count = fuzz_u8(b) % 8 == 0 ? 0 : fuzz_up_to(b, MOST_COUNT + 1);
    double start = fuzz_clock();
    fuzz_doing = "grid";
    if (ended(ctx, start, ddn_schedule_grid(ctx, sch, kind, t, u, count, times))) {
        int leading = kind == DDN_GRID_LEADING; /* reaches its clean end */
        fuzz_demand(times[0] == t || (leading && u < t), "first end of the grid", ctx);
        fuzz_demand(times[count - 1] == u || (leading && u > t), "last end of the grid", ctx);
        for (int64_t k = 1; k < count; k++) {
            fuzz_demand(isfinite(times[k]), "a time of the grid", ctx);
            fuzz_demand((times[k] > times[k - 1]) == (u > t), "order of the grid", ctx);
        }
    }
}

static void forward(ddn_context *ctx, const ddn_schedule *sch, fuzz_bytes *b, double t, double u)
{
    double x[12];
    int64_t m = fuzz_up_to(b, 4), d = 1 + fuzz_up_to(b, 3);
    for (int i = 0; i < 12; i++) {
        x[i] = fuzz_u8(b) % 16 == 0 ? fuzz_any_real(b) : 1;
    }
    int64_t seed = fuzz_any_integer(b), path = fuzz_any_integer(b), step = fuzz_any_integer(b);
    double start = fuzz_clock();
    fuzz_doing = "forward";
    if (ended(ctx, start, ddn_schedule_forward(ctx, sch, t, u, seed, path, step, m, d, x, d))) {
        for (int64_t i = 0; i < m * d; i++) {
            fuzz_demand(isfinite(x[i]), "a state", ctx);
        }
    }
}

static void without_schedule(ddn_context *ctx, fuzz_bytes *b)
{
    double z[MOST_COUNT], value = fuzz_any_real(b), level = NAN;
    int32_t from = (int32_t)fuzz_up_to(b, 7), to = (int32_t)fuzz_up_to(b, 7);
    double start = fuzz_clock();
    fuzz_doing = "time_convert";
    if (ended(ctx, start, ddn_time_convert(ctx, from, to, value, &level))) {
        fuzz_demand(isfinite(level), "a noise level", ctx);
    }
    int64_t seed = fuzz_any_integer(b), path = fuzz_any_integer(b), step = fuzz_any_integer(b);
    int64_t first = fuzz_any_integer(b), count = fuzz_up_to(b, MOST_COUNT + 1);
    int32_t stream = (int32_t)fuzz_any_integer(b);
    start = fuzz_clock();
    fuzz_doing = "noise_draw";
    if (ended(ctx, start, ddn_noise_draw(ctx, seed, stream, path, step, first, count, z))) {
        for (int64_t i = 0; i < count; i++) {
            fuzz_demand(isfinite(z[i]) && fabs(z[i]) < 40, "a normal deviate", ctx);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_memory memory;
    custom c = {.how = 0};
    double low = 0, high = 1;
    fuzz_bytes b = {data, size};
    ddn_context *ctx = fuzz_context(&memory);
    ddn_schedule *sch = make(ctx, &b, &c);
    if (sch != NULL) {
        fuzz_demand(ddn_schedule_range(ctx, sch, &low, &high) == DDN_OK && low < high, "range",
                    ctx);
    }
    for (int k = 0; k < MOST_CALLS && b.left > 0; k++) {
        double t = some_time(&b, low, high), u = some_time(&b, low, high);
        int which = fuzz_u8(&b) % 4;
        if (which == 0 || sch == NULL) {
            without_schedule(ctx, &b);
        } else if (which == 1) {
            levels_agree(ctx, sch, t);
        } else {
            (which == 2 ? grid : forward)(ctx, sch, &b, t, u);
        }
    }
    ddn_schedule_destroy(sch);
    fuzz_context_end(ctx, &memory);
    return 0;
}
