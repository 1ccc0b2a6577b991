/* How good are the errors of the identities? For sets of points and times: the spread of the values
 * over many seeds divided by the standard error that is reported, and how many of the 95 %
 * intervals hold the truth. The truth is a run of its own with very many samples.
 *
 *     coverage_identities [SEEDS [SAMPLES [TRUTH [NEIGHBOURS]]]]
 *
 * Ends with 1 if a ratio is not in [0.9, 1.1] or a coverage not in [92, 98] %, as far as so many
 * seeds can tell, where the spread can be seen at all. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

enum {
    N = 200,
    D = 20,
    TIMES = 6,
    COLUMNS = 6,
    SETS = 6
};

static const double times[TIMES] = {0.02, 0.1, 0.3, 1, 2, 4};
static const char *const names[COLUMNS] = {"f", "phi", "phi_C", "w_max", "mmse", "log_p"};
static const char *const sets[SETS] = {"balanced",    "unbalanced", "close pairs",
                                       "heavy tails", "two points", "weights"};

static ddn_context *ctx;

static void try(ddn_status status)
{
    if (status != DDN_OK) {
        printf("%s\n", ddn_context_message(ctx));
        exit(2);
    }
}

/* Two Gaussians with means +-1 in all coordinates; 9 : 1; ten pairs at a distance of 1e-3;
 * Student's t with two degrees of freedom; two points; the first set with weights from 1e-4 to 1.
 */
static ddn_oracle *make_set(int which)
{
    static double x[N * D], z[2 * N];
    static int32_t label[N];
    const int64_t n = which == 4 ? 2 : N;
    try(ddn_noise_draw(ctx, 77, 100, which, 0, 0, N * D, x));
    try(ddn_noise_draw(ctx, 77, 101, which, 0, 0, 2 * N, z));
    for (int64_t i = 0; i < n; i++) {
        const double chi2 = (z[2 * i] * z[2 * i] + z[2 * i + 1] * z[2 * i + 1]) / 2;
        label[i] = which == 1 ? i % 10 == 0 : i % 2 != 0;
        for (int64_t j = 0; j < D; j++) {
            double *at = &x[i * D + j];
            *at = which == 3 ? *at / sqrt(chi2) : *at;
            *at += label[i] ? 1 : -1;
            if (which == 2 && i < 20 && i % 2 == 1) {
                *at = x[(i - 1) * D + j] + (j == 0 ? 1e-3 : 0);
            }
        }
        if (which == 2 && i < 20) {
            label[i] = (int32_t)(i / 2 % 2);
        }
    }
    ddn_dataset *points = NULL, *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    try(ddn_dataset_create(ctx, DDN_TYPE_F64, n, D, x, D, &points));
    if (which == 5) {
        double weight[N];
        ddn_dataset *weighted = NULL;
        for (int64_t i = 0; i < n; i++) {
            weight[i] = pow(10, -4 * (double)((i * 37) % N) / N);
        }
        try(ddn_dataset_create_weighted(ctx, points, n, weight, &weighted));
        ddn_dataset_destroy(points);
        points = weighted;
    }
    try(ddn_dataset_create_labelled(ctx, points, n, label, &ds));
    try(ddn_schedule_create_ou(ctx, &ou));
    try(ddn_oracle_create_empirical(ctx, ds, ou, &oracle));
    ddn_dataset_destroy(points);
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(ou);
    return oracle;
}

static void measure(ddn_analysis *an, const ddn_oracle *oracle, int64_t seed, int64_t samples,
                    double out[COLUMNS][4][TIMES])
{
    static const char *const parts[4] = {"", "_se", "_low", "_high"};
    ddn_result *r = NULL;
    try(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, seed));
    try(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, samples));
    try(ddn_analysis_identities(an, oracle, TIMES, times, &r));
    for (int c = 0; c < COLUMNS; c++) {
        for (int p = 0; p < 4; p++) {
            char name[64];
            snprintf(name, sizeof name, "%s%s", names[c], parts[p]);
            try(ddn_result_column(ctx, r, name, TIMES, out[c][p]));
        }
    }
    ddn_result_destroy(r);
}

/* Sums over the seeds: deviations from the truth, their squares, those of the errors; hits. */
typedef struct tally {
    double sum, sum2, error2, held;
} tally;

/* One cell of the table; 1 if it is out of what is promised. */
static int print_cell(const tally *t, double truth, double seeds)
{
    const double mean = t->sum / seeds, error = sqrt(t->error2 / seeds);
    const double spread = sqrt(fmax(t->sum2 / seeds - mean * mean, 0) * seeds / (seeds - 1));
    const double ratio = spread / error, held = t->held / seeds;
    const double free = 3 / sqrt(2 * seeds);
    const double off = 3 * sqrt(0.05 * 0.95 / seeds);
    if (!(spread > 1e-14 * fabs(truth))) {
        printf(" exact |");
        return 0;
    }
    const int bad = ratio < 0.9 - free || ratio > 1.1 + free || held < 0.92 - off;
    const char *bold = bad ? "**" : "";
    printf(" %s%.2f, %.1f%s |", bold, ratio, 100 * held, bold);
    return bad;
}

int main(int argc, char **argv)
{
    const int64_t seeds = argc > 1 ? atoll(argv[1]) : 400,
                  samples = argc > 2 ? atoll(argv[2]) : 1024;
    const int64_t many = argc > 3 ? atoll(argv[3]) : 400000;
    static double truth[COLUMNS][4][TIMES], got[COLUMNS][4][TIMES];
    static tally tallies[COLUMNS][TIMES];
    int bad = 0;
    try(ddn_context_create(&ctx));
    ddn_analysis *an = NULL;
    try(ddn_analysis_create(ctx, &an));
    try(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_BATCH, 1024));
    if (argc > 4) {
        try(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_NEIGHBOURS, atoll(argv[4])));
    }
    printf("| quantity | points | t = 0.02 | 0.1 | 0.3 | 1 | 2 | 4 "
           "|\n|---|---|---|---|---|---|---|---|\n");
    for (int set = 0; set < SETS; set++) {
        ddn_oracle *oracle = make_set(set);
        memset(tallies, 0, sizeof tallies);
        measure(an, oracle, -1, many, truth);
        for (int64_t seed = 0; seed < seeds; seed++) {
            measure(an, oracle, seed, samples, got);
            for (int c = 0; c < COLUMNS; c++) {
                for (int k = 0; k < TIMES; k++) {
                    tally *t = &tallies[c][k];
                    const double off = got[c][0][k] - truth[c][0][k];
                    t->sum += off;
                    t->sum2 += off * off;
                    t->error2 += got[c][1][k] * got[c][1][k];
                    t->held += truth[c][0][k] >= got[c][2][k] && truth[c][0][k] <= got[c][3][k];
                }
            }
        }
        for (int c = 0; c < COLUMNS; c++) {
            printf("| %s | %s |", names[c], sets[set]);
            for (int k = 0; k < TIMES; k++) {
                bad += print_cell(&tallies[c][k], truth[c][0][k], (double)seeds);
            }
            printf("\n");
        }
        ddn_oracle_destroy(oracle);
    }
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
    printf("\n%lld seeds, %lld samples. exact: all digits of a double.\n", (long long)seeds,
           (long long)samples);
    fprintf(stderr, "%d out of bounds\n", bad);
    return bad > 0;
}
