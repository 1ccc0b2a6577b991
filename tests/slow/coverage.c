/* Are the reported errors right? For every quantity, data set and time: the standard deviation over
 * many seeds divided by the mean reported standard error, and how often the reported 95 % interval
 * has the true value, which comes from closed forms, exact identities with very many samples, or
 * long runs with other seeds. Prints Markdown tables; fails where a ratio is outside 0.9 ... 1.1 or
 * a coverage outside 92 ... 98 %, by more than two standard deviations of what so many seeds can
 * tell.
 *
 *     coverage_table [seeds [group [data]]]        400 seeds, all groups, all data sets
 */
#include "coverage.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

const double cover_times[COVER_TIMES] = {0.02, 0.1, 0.3, 1, 2, 4};

static const char *const data_names[] = {"balanced", "unbalanced", "duplicates", "student"};
enum {
    DATA = 4,
    PROCESSES = 2
};

/* ---- Helpers of the groups ------------------------------------------------------------------ */

void cover_try(cover_scene *s, ddn_status status)
{
    if (status != DDN_OK) {
        fprintf(stderr, "%s: %s\n", s->data, ddn_context_message(s->ctx));
        _exit(1);
    }
}

void cover_set(cover_scene *s, ddn_analysis_key key, int64_t value)
{
    cover_try(s, ddn_options_set_i64(ddn_analysis_options(s->an), key, value));
}

cover_value cover_plain(double value, double se)
{
    return (cover_value){value, se, NAN, NAN, NAN, 0};
}

double cover_element(cover_scene *s, const ddn_result *r, const char *name, int64_t row)
{
    int64_t rows = ddn_result_rows(r);
    double *all = malloc((size_t)(rows > 0 ? rows : 1) * sizeof *all);
    cover_try(s, ddn_result_column(s->ctx, r, name, rows, all));
    double value = all[row];
    free(all);
    return value;
}

cover_value cover_scalar(cover_scene *s, const ddn_result *r, const char *name)
{
    cover_value v = cover_plain(NAN, NAN);
    cover_try(s, ddn_result_scalar(s->ctx, r, name, &v.value, &v.se));
    return v;
}

cover_value cover_row(cover_scene *s, const ddn_result *r, const char *name, int64_t row)
{
    char part[64];
    snprintf(part, sizeof part, "%s_se", name);
    cover_value v = cover_plain(cover_element(s, r, name, row), cover_element(s, r, part, row));
    snprintf(part, sizeof part, "%s_low", name);
    if (ddn_result_definition(r, part) != NULL) {
        v.low = cover_element(s, r, part, row);
        snprintf(part, sizeof part, "%s_high", name);
        v.high = cover_element(s, r, part, row);
    }
    return v;
}

/* ---- Data sets ------------------------------------------------------------------------------- */

/* Two classes around +-(1, ..., 1)/2 of unit variance: balanced, 9:1, with 10 pairs at 1e-3, or
 * with the tails of Student's t of 2 degrees. */
static void make_points(cover_scene *s, int which, double *points, int32_t *labels)
{
    enum {
        D = COVER_D
    };
    double tail[2], step[D];
    for (int64_t i = 0; i < COVER_POINTS; i++) {
        labels[i] = which == 1 ? i % 10 == 0 : i % 2 == 0;
        cover_try(s, ddn_noise_draw(s->ctx, 11, 64, i, 0, 0, D, points + i * D));
        cover_try(s, ddn_noise_draw(s->ctx, 11, 64, i, 1, 0, 2, tail));
        const double scale = which == 3 ? 1 / sqrt((tail[0] * tail[0] + tail[1] * tail[1]) / 2) : 1;
        for (int j = 0; j < D; j++) {
            points[i * D + j] = points[i * D + j] * scale + (labels[i] ? 0.5 : -0.5);
        }
        if (which == 2 && i >= COVER_POINTS - 10) {
            cover_try(s, ddn_noise_draw(s->ctx, 11, 64, i, 2, 0, D, step));
            const double *of = points + (i - COVER_POINTS + 10) * D;
            for (int j = 0; j < D; j++) {
                points[i * D + j] = of[j] + 1e-3 / sqrt(D) * step[j];
            }
        }
    }
}

static void open_scene(cover_scene *s, int which)
{
    static double points[COVER_POINTS * COVER_D];
    static int32_t labels[COVER_POINTS];
    ddn_dataset *bare = NULL;
    *s = (cover_scene){.data = data_names[which]};
    if (ddn_context_create(&s->ctx) != DDN_OK) {
        exit(1);
    }
    make_points(s, which, points, labels);
    cover_try(
        s, ddn_dataset_create(s->ctx, DDN_TYPE_F64, COVER_POINTS, COVER_D, points, COVER_D, &bare));
    cover_try(s, ddn_dataset_create_labelled(s->ctx, bare, COVER_POINTS, labels, &s->ds));
    cover_try(s, ddn_schedule_create_ou(s->ctx, &s->ou));
    cover_try(s, ddn_oracle_create_empirical(s->ctx, s->ds, s->ou, &s->oracle));
    cover_try(s, ddn_analysis_create(s->ctx, &s->an));
    ddn_dataset_destroy(bare);
}

static void close_scene(cover_scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_oracle_destroy(s->oracle);
    ddn_schedule_destroy(s->ou);
    ddn_dataset_destroy(s->ds);
    ddn_context_destroy(s->ctx);
}

/* ---- Measuring --------------------------------------------------------------------------------
 */

/* One group on one data set: its values, [seeds][values], and truths, in memory that processes
 * share. */
typedef struct job {
    const cover_group *group;
    int data, values;
    cover_value *value;
    double *truth;
} job;

static void *shared(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        exit(1);
    }
    return memory;
}

static int list_jobs(job *jobs, int64_t seeds, const char *group, const char *data)
{
    const cover_group *const lists[] = {cover_transitions, cover_starts, cover_theory, cover_data,
                                        cover_denoising};
    int count = 0;
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        for (const cover_group *g = lists[l]; g->name != NULL; g++) {
            for (int d = 0; d < (g->once ? 1 : DATA); d++) {
                if ((group != NULL && strcmp(group, "all") != 0 && strcmp(g->name, group) != 0) ||
                    (data != NULL && strcmp(data_names[d], data) != 0)) {
                    continue;
                }
                int values = g->count * (g->times ? COVER_TIMES : 1);
                jobs[count++] =
                    (job){g, d, values, shared((size_t)(seeds * values) * sizeof(cover_value)),
                          shared((size_t)values * sizeof(double))};
            }
        }
    }
    return count;
}

/* Every process takes its share of the seeds, and of the truths. */
static void work(const job *jobs, int count, int64_t seeds, int process)
{
    for (int i = 0; i < count; i++) {
        const job *j = &jobs[i];
        cover_scene s;
        open_scene(&s, j->data);
        for (int64_t seed = process; seed < seeds; seed += PROCESSES) {
            j->group->measure(&s, seed, j->value + seed * j->values);
        }
        close_scene(&s);
        if (i % PROCESSES == process && j->group->truth != NULL) {
            open_scene(&s, j->data); /* with the settings as they are made */
            j->group->truth(&s, j->truth);
            close_scene(&s);
        }
        if (process == 0) {
            fprintf(stderr, "%s, %s\n", j->group->name, data_names[j->data]);
        }
    }
}

static int run(const job *jobs, int count, int64_t seeds)
{
    int failed = 0;
    for (int p = 0; p < PROCESSES; p++) {
        pid_t child = fork();
        if (child == 0) {
            work(jobs, count, seeds, p);
            _exit(0);
        }
        failed |= child < 0;
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status = 0;
        failed |= wait(&status) < 0 || status != 0;
    }
    return failed;
}

/* ---- The tables -------------------------------------------------------------------------------
 */

typedef struct verdict {
    double truth, ratio, coverage, bias; /* in standard errors */
    int rare, bad;
} verdict;

static verdict judge(const job *j, int64_t seeds, int value)
{
    double sum = 0, square = 0, error = 0, covered = 0, n = 0, trials = 0, truth = j->truth[value];
    double above = 0; /* how far the intervals reach */
    for (int64_t r = 0; r < seeds; r++) {
        const cover_value *v = &j->value[r * j->values + value];
        const double of = isnan(v->truth) ? truth : v->truth, off = v->value - of;
        if (isnan(of)) { /* there is none, and an open interval says so */
            n++;
            covered += isnan(v->value) || isinf(v->high);
            continue;
        }
        if (isnan(v->value)) {
            continue;
        }
        const double low = isnan(v->low) ? v->value - 1.959964 * v->se : v->low;
        const double high = isnan(v->high) ? v->value + 1.959964 * v->se : v->high;
        n++;
        sum += off;
        square += off * off;
        error += v->se;
        above += high - v->value;
        covered += low <= of && of <= high;
        trials = v->trials;
    }
    verdict out = {.truth = truth};
    const double sd = sqrt(fmax(square - sum * sum / n, 0) / (n - 1));
    out.ratio = sd / (error / n);
    out.coverage = covered / n;
    out.bias = sum / error;
    /* where its interval reaches further up than the error says, rare pairs carry a distance */
    const int distance =
        j->group->times && strcmp(j->group->quantity[value / COVER_TIMES], "distance2") == 0;
    out.rare = isnan(truth) || trials == 1 || (trials > 0 && trials * truth * (1 - truth) < 10) ||
               (distance && above > 1.25 * 1.959964 * error);
    const double ratio_sd = 1 / sqrt(2 * n), coverage_sd = sqrt(0.05 * 0.95 / n);
    out.bad = out.coverage < 0.92 - 2 * coverage_sd ||
              (!out.rare && out.coverage > 0.98 + 2 * coverage_sd) ||
              (!out.rare && !(fabs(out.ratio - 1) < 0.1 + 2 * ratio_sd)) || n < 0.9 * (double)seeds;
    return out;
}

static int print_cell(const verdict *v)
{
    char ratio[32];
    snprintf(ratio, sizeof ratio, v->rare ? "(%.2f)" : "%.2f", v->ratio);
    printf(" %s%s, %.1f%s |", v->bad ? "**" : "", ratio, 100 * v->coverage, v->bad ? "**" : "");
    return v->bad;
}

/* Quantities with a value at each time, then those with one. */
static int print(const job *jobs, int count, int64_t seeds)
{
    int bad = 0;
    for (int times = 1; times >= 0; times--) {
        printf("\n%s\n", times ? "| quantity | data | t = 0.02 | 0.1 | 0.3 | 1 | 2 | 4 |\n"
                                 "|---|---|---|---|---|---|---|---|"
                               : "| quantity | data | true value | sd/se, coverage % | bias/se |\n"
                                 "|---|---|---|---|---|");
        for (int i = 0; i < count; i++) {
            const job *j = &jobs[i];
            for (int q = 0; q < j->group->count && j->group->times == times; q++) {
                printf("| %s, %s | %s |", j->group->quantity[q], j->group->setting,
                       j->group->once ? "" : data_names[j->data]);
                if (times) {
                    for (int k = 0; k < COVER_TIMES; k++) {
                        const verdict v = judge(j, seeds, q * COVER_TIMES + k);
                        bad += print_cell(&v);
                    }
                    printf("\n");
                } else {
                    const verdict v = judge(j, seeds, q);
                    printf(" %.5g |", v.truth);
                    bad += print_cell(&v);
                    printf(" %.2f |\n", v.bias);
                }
            }
        }
    }
    printf("\n%lld seeds. In brackets: hits or misses are rare, or rare pairs"
           " carry the mean, or the value is discrete, and the interval counts alone.\n",
           (long long)seeds);
    return bad;
}

int main(int argc, char **argv)
{
    static job jobs[1024];
    const int64_t seeds = argc > 1 ? strtoll(argv[1], NULL, 10) : 400;
    if (seeds < 2) {
        fprintf(stderr, "coverage_table [seeds [group [data]]]\n");
        return 2;
    }
    const int count = list_jobs(jobs, seeds, argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : NULL);
    if (count == 0 || run(jobs, count, seeds)) {
        return 1;
    }
    const int bad = print(jobs, count, seeds);
    fflush(stdout);
    fprintf(stderr, "%d out of bounds\n", bad);
    return bad > 0;
}
