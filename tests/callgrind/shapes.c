/* One evaluation of a fixed shape by a forced kernel variant, to be counted by callgrind.
 * Usage: shapes VARIANT SHAPE TIMES; without arguments prints the compiler and the names of the
 * shapes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

typedef struct shape {
    const char *name;
    int64_t n, d, batch;
    ddn_type type;
    double t;
} shape;

static const shape shapes[] = {
    {"one_state_u8", 3000, 784, 1, DDN_TYPE_U8, 0.5},
    {"few_states_u8", 1000, 784, 16, DDN_TYPE_U8, 0.3},
    {"many_states_f32", 400, 256, 128, DDN_TYPE_F32, 2},
    {"on_a_line_f32", 1000, 1, 64, DDN_TYPE_F32, 0.1},
};
enum {
    SHAPES = sizeof shapes / sizeof shapes[0]
};

/* A sequence of bytes that is the same everywhere. */
static uint32_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 56);
}

static int run(const shape *s, const char *variant, int times)
{
    uint64_t state = 1;
    int64_t count = s->n * s->d;
    uint8_t *bytes = malloc((size_t)count);
    float *floats = malloc((size_t)count * sizeof *floats);
    double *x = malloc((size_t)(s->batch * s->d) * sizeof *x);
    double *score = malloc((size_t)(s->batch * s->d) * sizeof *score);
    if (!bytes || !floats || !x || !score) {
        return 1;
    }
    for (int64_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)next(&state);
        floats[i] = (float)bytes[i] / 127.5F - 1;
    }
    for (int64_t i = 0; i < s->batch * s->d; i++) {
        x[i] = (double)floats[i] + ((double)next(&state) - 127.5) / 128;
    }
    ddn_context *ctx = NULL;
    ddn_dataset *raw = NULL, *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    int bytewise = s->type == DDN_TYPE_U8;
    const void *data = bytewise ? (const void *)bytes : (const void *)floats;
    int bad =
        ddn_context_create(&ctx) || ddn_context_set_kernel(ctx, variant) ||
        ddn_dataset_create(ctx, s->type, s->n, s->d, data, s->d, &raw) ||
        ddn_dataset_create_mapped(ctx, raw, bytewise ? 1 / 127.5 : 1, bytewise ? -1 : 0, &ds) ||
        ddn_schedule_create_ou(ctx, &sch) || ddn_oracle_create_empirical(ctx, ds, sch, &oracle) ||
        ddn_query_create(ctx, oracle, &query) ||
        ddn_query_bind_f64(query, DDN_OUT_SCORE, score, s->d);
    for (int i = 0; i < times && !bad; i++) {
        bad = ddn_query_run(query, s->t, s->batch, x, s->d);
    }
    if (bad) {
        fprintf(stderr, "%s\n", ctx ? ddn_context_message(ctx) : "no context");
    } else if (strcmp(ddn_context_kernel(ctx), variant) != 0) {
        bad = 1;
    }
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(raw);
    ddn_context_destroy(ctx);
    free(bytes);
    free(floats);
    free(x);
    free(score);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        printf("compiler %s\n", ddn_feature("compiler"));
        for (int i = 0; i < SHAPES; i++) {
            printf("%s\n", shapes[i].name);
        }
        return 0;
    }
    for (int i = 0; i < SHAPES; i++) {
        if (strcmp(argv[2], shapes[i].name) == 0) {
            return run(&shapes[i], argv[1], atoi(argv[3]));
        }
    }
    return 2;
}
