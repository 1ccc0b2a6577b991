/* Where a stopped run is, as bytes.
 *
 * Header, history arrays [m][d], row state [m]; a fingerprint of oracle, method, options and grid
 * refuses a buffer that belongs to another run, a checksum one that was damaged. */
#include <string.h>

#include "integrator/integrator_impl.h"

static const char MAGIC[8] = "ddnrun1";

typedef struct header {
    char magic[8];
    uint64_t fingerprint, checksum; /* the checksum covers all that follows */
    int64_t size, m, index, observed, remembered;
    int64_t evaluations, accepted, rejected;
    double history_time[DDNI_HISTORY];
} header;

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *byte = data;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

static const uint64_t SEED = UINT64_C(14695981039346656037);

static uint64_t fingerprint(const ddn_integrator *it, const double *times)
{
    const char *oracle = ddn_oracle_kind(it->oracle), *schedule = ddn_schedule_kind(it->schedule);
    const int64_t shape[4] = {it->method->id, it->d, ddn_oracle_components(it->oracle),
                              it->path_count};
    uint64_t hash = mix(SEED, shape, sizeof shape);
    hash = mix(hash, oracle, strlen(oracle));
    hash = mix(hash, schedule, strlen(schedule));
    hash = mix(hash, it->values, (size_t)it->options.count * sizeof *it->values);
    hash = mix(hash, times, (size_t)ddni_integrator_count(it) * sizeof *times);
    return it->paths == NULL ? hash
                             : mix(hash, it->paths, (size_t)it->path_count * sizeof *it->paths);
}

static int64_t state_bytes(const ddn_integrator *it, int64_t m, int64_t remembered)
{
    int64_t numbers = remembered * m * it->d + (it->method->row_state ? m : 0);
    return (int64_t)sizeof(header) + numbers * (int64_t)sizeof(double);
}

static uint64_t checksum(const char *buffer, int64_t size)
{
    size_t skipped = offsetof(header, size);
    return mix(SEED, buffer + skipped, (size_t)size - skipped);
}

ddn_status ddn_integrator_save(ddn_integrator *it, void *buffer, int64_t capacity, int64_t *size)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_CHECK_PTR(it->ctx, size);
    DDNI_CHECK(it->ctx, it->phase == DDNI_STOPPED, DDN_E_STATE, "there is no stopped run to save");
    *size = state_bytes(it, it->m, it->remembered);
    DDNI_CHECK_CAPACITY(it->ctx, capacity, *size);
    DDNI_CHECK_PTR(it->ctx, buffer);
    header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, MAGIC, sizeof h.magic);
    h.fingerprint = fingerprint(it, it->times);
    h.size = *size;
    h.m = it->m;
    h.index = it->index;
    h.observed = it->observed;
    h.remembered = it->remembered;
    h.evaluations = it->evaluations;
    h.accepted = it->accepted;
    h.rejected = it->rejected;
    memcpy(h.history_time, it->history_time, sizeof h.history_time);
    char *out = (char *)buffer + sizeof h;
    size_t array = (size_t)(it->m * it->d) * sizeof(double);
    for (int64_t i = 0; i < it->remembered; i++, out += array) {
        memcpy(out, it->history[i], array);
    }
    if (it->method->row_state) {
        memcpy(out, it->row_state, (size_t)it->m * sizeof(double));
    }
    memcpy(buffer, &h, sizeof h);
    h.checksum = checksum(buffer, *size);
    memcpy(buffer, &h, sizeof h);
    return DDN_OK;
}

/* The header is sane for this integrator and the buffer is whole. */
static ddn_status check_header(ddn_integrator *it, const header *h, const void *buffer,
                               int64_t size)
{
    ddn_context *ctx = it->ctx;
    DDNI_CHECK(ctx, memcmp(h->magic, MAGIC, sizeof h->magic) == 0, DDN_E_FORMAT,
               "the buffer does not hold a saved run");
    DDNI_CHECK(ctx,
               h->size == size && h->m >= 0 && h->m <= INT64_C(1) << 40 && h->remembered >= 0 &&
                   h->remembered <= it->method->history,
               DDN_E_FORMAT, "the saved run has %lld bytes, the buffer %lld", (long long)h->size,
               (long long)size);
    double arrays = (double)h->m * (double)it->d * (double)h->remembered; /* cannot overflow */
    DDNI_CHECK(ctx, arrays <= (double)size && size == state_bytes(it, h->m, h->remembered),
               DDN_E_FORMAT, "the saved run is damaged: its size does not fit m = %lld",
               (long long)h->m);
    DDNI_CHECK(ctx, h->checksum == checksum(buffer, size), DDN_E_FORMAT,
               "the saved run is damaged: its checksum is wrong");
    return DDN_OK;
}

ddn_status ddn_integrator_restore(ddn_integrator *it, const void *buffer, int64_t size)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    ddn_context *ctx = it->ctx;
    header h;
    DDNI_CHECK(ctx, it->phase != DDNI_RUNNING, DDN_E_STATE, "the integrator is running");
    DDNI_CHECK_PTR(ctx, buffer);
    DDNI_CHECK(ctx, size >= (int64_t)sizeof h, DDN_E_FORMAT,
               "argument size = %lld is less than %lld, the least of a saved run", (long long)size,
               (long long)sizeof h);
    memcpy(&h, buffer, sizeof h);
    DDNI_TRY(check_header(it, &h, buffer, size));
    int64_t count = ddni_integrator_count(it);
    it->phase = DDNI_IDLE;
    DDNI_TRY(ddni_reserve(ctx, "times", count, (int64_t)sizeof *it->times, &it->times));
    DDNI_TRY(ddni_integrator_fill_times(it, it->times));
    DDNI_CHECK(ctx, h.fingerprint == fingerprint(it, it->times), DDN_E_FORMAT,
               "the saved run has another oracle, method, grid or options");
    DDNI_CHECK(ctx, h.index >= 0 && h.index < count, DDN_E_FORMAT,
               "the saved run is damaged: it is at time number %lld of %lld", (long long)h.index,
               (long long)count);
    DDNI_TRY(ddni_integrator_reserve(it, h.m));
    const char *in = (const char *)buffer + sizeof h;
    size_t array = (size_t)(h.m * it->d) * sizeof(double);
    for (int64_t i = 0; i < h.remembered; i++, in += array) {
        memcpy(it->history[i], in, array);
    }
    if (it->method->row_state) {
        memcpy(it->row_state, in, (size_t)h.m * sizeof(double));
    }
    it->count = count;
    it->m = h.m;
    it->index = h.index;
    it->observed = h.observed != 0;
    it->remembered = h.remembered;
    it->evaluations = h.evaluations;
    it->accepted = h.accepted;
    it->rejected = h.rejected;
    memcpy(it->history_time, h.history_time, sizeof h.history_time);
    it->phase = DDNI_STOPPED;
    return DDN_OK;
}
