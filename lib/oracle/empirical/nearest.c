/* The k nearest points of each state: a screen lists the near points that it has room for, and
 * their distances are taken in ascending order of their bounds. theory.md (90).
 *
 * A listed row is no nearer than its bound says, a row that is not listed no nearer than the cut:
 * the list may be left when the next one is beyond the k-th nearest so far, and holds all k if the
 * cut is beyond it too. The first chunks of the points give a k-th nearest beyond which the lists
 * of the other ones begin. Where lists were too short all the same, a second screen has long ones,
 * which begin beyond the k-th nearest that the first screen found. */
#include "oracle/empirical/nearest.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/sort.h"
#include "dataset/storage.h"

enum {
    SPARE = 4,             /* a list has room for so many times k: a cut leaves about a half */
    MOST_LISTED = 1 << 23, /* entries of all lists of a screen: 64 MB */
    MOST_PARTS = 1 << 21,  /* near points kept of all chunks: 32 MB */
    TILES = 32             /* units of work of a scan of all points, at least */
};

/* A search for some states. */
typedef struct job {
    const ddni_block *b; /* the states that are looked at now */
    ddni_nearest *s;
    const ddni_screening *p; /* the screen whose lists are read */
    const int64_t *of;       /* [b->m] what numbers they have in s; NULL: the same */
    int64_t k, kept;         /* wanted; kept of a chunk */
    int64_t count;           /* open states in s->left */
    int64_t sets;            /* the open states are divided into so many */
    int32_t distinct;
} job;

static int64_t number_of(const job *j, int64_t q)
{
    return j->of != NULL ? j->of[q] : q;
}

/* ---- The best so far: a heap, the farthest on top ---- */

typedef struct heap {
    const ddn_dataset *ds;
    ddni_near *at;
    int64_t count, room;
    int32_t distinct;
} heap;

static int32_t nearer(const ddni_near *one, const ddni_near *other)
{
    return one->distance2 < other->distance2 ||
           (one->distance2 == other->distance2 && one->row < other->row);
}

static int32_t before(const void *what, int64_t i, int64_t j)
{
    const heap *h = what;
    return nearer(&h->at[i], &h->at[j]);
}

static void swap(void *what, int64_t i, int64_t j)
{
    heap *h = what;
    DDNI_EXCHANGE(ddni_near, h->at, i, j);
}

/* Points beyond this do not count any more; at it the row decides. */
static double limit(const heap *h)
{
    return h->count == h->room ? h->at[0].distance2 : INFINITY;
}

/* Whether the heap has a copy of the point; then the first of them stays. */
static int32_t has_copy(heap *h, const ddni_near *point)
{
    for (int64_t i = 0; i < h->count; i++) {
        if (h->at[i].distance2 == point->distance2 &&
            ddni_same_row(h->ds, h->at[i].row, point->row)) {
            h->at[i].row = point->row < h->at[i].row ? point->row : h->at[i].row;
            ddni_sift(h, i, h->count, before, swap);
            return 1;
        }
    }
    return 0;
}

static void add(heap *h, int64_t row, double distance2)
{
    ddni_near point = {distance2, row};
    if (row < 0 || !(distance2 <= limit(h)) || (h->distinct && has_copy(h, &point))) {
        return;
    }
    if (h->count == h->room) {
        if (nearer(&point, &h->at[0])) {
            h->at[0] = point;
            ddni_sift(h, 0, h->count, before, swap);
        }
        return;
    }
    int64_t at = h->count++;
    for (; at > 0 && nearer(&h->at[(at - 1) / 2], &point); at = (at - 1) / 2) {
        h->at[at] = h->at[(at - 1) / 2];
    }
    h->at[at] = point;
}

/* Ascending, and none where there are fewer. */
static void finish(heap *h)
{
    ddni_sort_by(h, h->count, before, swap);
    for (int64_t i = h->count; i < h->room; i++) {
        h->at[i] = (ddni_near){INFINITY, -1};
    }
}

/* The best so far of a state. */
static heap best_of(const job *j, int64_t number)
{
    return (heap){j->b->ds, j->s->best + number * j->k, j->s->count[number], j->k, j->distinct};
}

/* Keeps what was found. */
static void note(const job *j, int64_t number, const heap *best)
{
    j->s->count[number] = best->count;
    j->s->limit[number] = fmin(j->s->limit[number], limit(best));
}

/* |x - a y|^2 */
static double distance2_of(const ddni_block *b, int64_t q, int64_t row)
{
    return b->kern->distance(b->ds->type, b->d, ddni_state(b, q), b->level->a, b->level->a_low,
                             ddni_point_at(b->ds, row));
}

/* ---- By a screen ---- */

/* The listed rows of one state as a heap, the largest bound on top. */
typedef struct listed {
    float *upper;
    int64_t *index;
} listed;

static int32_t bound_before(const void *what, int64_t i, int64_t j)
{
    const listed *l = what;
    return l->upper[i] < l->upper[j];
}

static void swap_rows(void *what, int64_t i, int64_t j)
{
    listed *l = what;
    DDNI_EXCHANGE(float, l->upper, i, j);
    DDNI_EXCHANGE(int64_t, l->index, i, j);
}

/* What turns the bounds of a state into distances |x - a y|, none of them too large. */
typedef struct distances {
    double s2, shift, blur;
} distances;

/* At late times, and far from all points, these have nearly the same distance: the square of |x - a
 * centre| is known to some d units in the last place, and x - a centre itself to a few of the
 * numbers that it is the difference of. */
static distances distances_of(const ddni_screening *p, int64_t q)
{
    const ddni_block *b = p->b;
    double s2 = b->level->s2, length2 = b->s->square[q];
    double shift = ddni_screen_shift(p, q) + (double)(b->d + 8) * 0x1p-52 * length2 / (2 * s2);
    double size =
        sqrt(ddni_square(b, ddni_state(b, q))) + sqrt(length2) + b->level->a * sqrt(b->o->norm_max);
    return (distances){s2, shift, size * 0x1p-50};
}

static double least_distance(const distances *of, float upper)
{
    return sqrt(fmax(0, -2 * of->s2 * ((double)upper + of->shift))) * (1 - 0x1p-50) - of->blur;
}

/* A bound below which all rows are farther than this. */
static float bound_beyond(const distances *of, double distance)
{
    double far = (distance + of->blur) * (1 + 0x1p-40), u = -far * far / (2 * of->s2) - of->shift;
    float bound = (float)(u - fabs(u) * 0x1p-22);
    return least_distance(of, bound) > distance ? bound : -INFINITY;
}

/* Takes the distances of the rows listed of the chunks last screened. */
static void read_list(void *arg, int64_t q, int64_t worker)
{
    const job *j = arg;
    const ddni_screening *p = j->p;
    const ddni_block *b = p->b;
    int64_t number = number_of(j, q), capacity = b->chunks * p->capacity;
    int64_t *index = j->s->index + worker * capacity;
    float *upper = j->s->upper + worker * capacity, floor, cut;
    heap best = best_of(j, number);
    if (!j->s->open[number]) {
        return;
    }
    distances of = distances_of(p, q);
    int64_t count = ddni_screen_collect(p, q, -INFINITY, index, upper);
    listed rows = {upper, index};
    for (int64_t i = count / 2; i-- > 0;) {
        ddni_sift(&rows, i, count, bound_before, swap_rows);
    }
    while (count > 0 && least_distance(&of, upper[0]) <= sqrt(limit(&best))) {
        int64_t row = index[0];
        count--;
        upper[0] = upper[count];
        index[0] = index[count];
        ddni_sift(&rows, 0, count, bound_before, swap_rows);
        ddni_fetch_row(b->ds, index[0]);
        add(&best, row, distance2_of(b, q, row));
        j->s->read[number]++;
        if (ddni_leave_off(b, count)) {
            return;
        }
    }
    note(j, number, &best);
    p->s->start[q] = bound_beyond(&of, sqrt(j->s->limit[number]));
    if (p->end == b->chunks) {
        ddni_screen_limits(p, q, &floor, &cut);
        j->s->open[number] = cut != -INFINITY && !(least_distance(&of, cut) > sqrt(limit(&best)));
        finish(&best);
    }
}

/* Lists that have room for `capacity` rows of each chunk. */
static int64_t list_room(const ddni_block *b, int64_t capacity)
{
    capacity = b->n <= DDNI_FEW_POINTS ? b->n : capacity;
    return capacity < b->chunk_rows ? capacity : b->chunk_rows;
}

/* Room for lists of any k; fewer chunks have longer ones. */
static int64_t first_capacity(const ddni_block *b, int64_t k)
{
    int64_t least = DDNI_CANDIDATES * DDNI_MAX_CHUNKS / b->chunks;
    return list_room(b, least < SPARE * k ? SPARE * k : least);
}

int32_t ddni_nearest_fits(const ddni_block *b, int64_t m, int64_t k)
{
    return b->chunks * m * first_capacity(b, k) <= MOST_LISTED && m * k <= MOST_LISTED;
}

/* After a run that measured the norms of its rows: whether the bounds still hold. */
static int32_t norms_fit(const ddni_block *b, ddni_screening *p)
{
    int64_t end = ddni_chunk_end(b, p->end - 1);
    for (int64_t i = p->begin * b->chunk_rows; i < end; i++) {
        b->measure->norm_max = fmax(b->measure->norm_max, b->measure->norm[i]);
    }
    ddni_screen_slack(p);
    return p->usable && ddni_block_fits_single(b, b->m, b->todo);
}

/* Screens the states of a job and reads their lists, by ranges of chunks, the first ones short; or
 * all at once where a limit is known. *usable: whether bounds in single precision serve. */
static ddn_status by_screen(ddn_context *ctx, const job *of, int64_t capacity, int32_t again,
                            int32_t *usable)
{
    job j = *of;
    const ddni_block *b = j.b;
    ddni_nearest *s = j.s;
    ddni_screening p;
    DDNI_TRY(ddni_screen_prepare(ctx, b, &s->screens, b->shadow && !again, (int32_t)capacity, &p));
    j.p = &p;
    *usable = p.usable;
    if (!p.usable) {
        return DDN_OK;
    }
    int64_t entries = ddni_workers(ctx) * b->chunks * p.capacity;
    DDNI_TRY(ddni_reserve(ctx, "nearest points", entries, 8, &s->index));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", entries, 4, &s->upper));
    for (int64_t q = 0; q < b->m; q++) {
        distances far = distances_of(&p, q);
        s->screens.margin[q] = INFINITY;
        s->screens.start[q] = bound_beyond(&far, sqrt(s->limit[number_of(&j, q)]));
        s->count[number_of(&j, q)] = 0;
    }
    for (p.end = again ? b->chunks : (b->chunks + 15) / 16; p.begin < b->chunks;) {
        DDNI_TRY(ddni_screen_run(ctx, &p));
        if (b->measure != NULL && !norms_fit(b, &p)) {
            *usable = 0;
            return DDN_OK;
        }
        /* Some hundred points are read for a state. */
        double work = (double)(b->m * b->d) * (double)(100 + 2 * j.k);
        DDNI_TRY(ddni_parallel(ctx, b->m, work, read_list, &j));
        p.begin = p.end;
        p.end = 4 * p.end < b->chunks ? 4 * p.end : b->chunks;
    }
    return DDN_OK;
}

/* The states that are open, in s->left. */
static int64_t gather_open(job *j, const ddni_block *b)
{
    j->count = 0;
    for (int64_t q = 0; q < b->m; q++) {
        if (j->s->open[q]) {
            j->s->row[j->count] = b->todo[q];
            j->s->left[j->count++] = q;
        }
    }
    return j->count;
}

/* The second screen: as many states at a time as lists of whole chunks have room for. */
static ddn_status screen_again(ddn_context *ctx, const job *first, ddni_block *b)
{
    ddni_nearest *s = first->s;
    ddni_block again = *b;
    job j = *first;
    again.s = &s->again;
    again.rows = again.bytes = 0;
    int32_t usable;
    int64_t most = MOST_LISTED / b->n / DDNI_LANES * DDNI_LANES;
    most = most < DDNI_LANES ? DDNI_LANES : most;
    for (int64_t at = 0; at < first->count; at += most) {
        int64_t m = first->count - at < most ? first->count - at : most;
        ddni_block_init(ctx, &again, m);
        DDNI_TRY(ddni_block_gather(ctx, &again, m, s->row + at));
        int64_t capacity = MOST_LISTED / (again.chunks * again.lanes);
        j.b = &again;
        j.of = s->left + at;
        capacity = capacity < SPARE * j.k ? SPARE * j.k : capacity;
        DDNI_TRY(by_screen(ctx, &j, list_room(&again, capacity), 1, &usable));
        ddni_count_rows(b, m, b->n);
    }
    return DDN_OK;
}

/* ---- By all points ---- */

/* A tile: a chunk of points with a set of states. */
static void scan_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    const ddni_block *b = j->b;
    int64_t chunk = tile / j->sets, set = tile % j->sets, end = ddni_chunk_end(b, chunk);
    int64_t begin = set * j->count / j->sets, stop = (set + 1) * j->count / j->sets;
    for (int64_t q = begin; q < stop; q++) {
        j->s->part_far2[q * b->chunks + chunk] = 0;
        for (int64_t i = 0; i < j->kept; i++) {
            j->s->part[(q * b->chunks + chunk) * j->kept + i] = (ddni_near){INFINITY, -1};
        }
    }
    for (int64_t first = chunk * b->chunk_rows; first < end; first += DDNI_TILE_ROWS) {
        int64_t last = first + DDNI_TILE_ROWS < end ? first + DDNI_TILE_ROWS : end;
        for (int64_t q = begin; q < stop; q++) {
            int64_t so_far = first - chunk * b->chunk_rows;
            ddni_near *part = j->s->part + (q * b->chunks + chunk) * j->kept;
            heap h = {b->ds, part, so_far < j->kept ? so_far : j->kept, j->kept, j->distinct};
            while (j->distinct && h.count > 0 && part[h.count - 1].row < 0) {
                h.count--; /* copies left room */
            }
            double *far2 = &j->s->part_far2[q * b->chunks + chunk];
            for (int64_t i = first; i < last; i++) {
                if (ddni_leave_off(b, i)) {
                    return;
                }
                double distance2 = distance2_of(b, j->of[q], i);
                *far2 = fmax(*far2, distance2);
                add(&h, i, distance2);
            }
        }
    }
}

static void merge_parts(void *arg, int64_t q, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    j->s->count[j->of[q]] = 0;
    heap best = best_of(j, j->of[q]);
    const ddni_near *part = j->s->part + q * j->b->chunks * j->kept;
    j->s->far2[j->of[q]] = 0;
    for (int64_t c = 0; c < j->b->chunks; c++) {
        j->s->far2[j->of[q]] = fmax(j->s->far2[j->of[q]], j->s->part_far2[q * j->b->chunks + c]);
    }
    for (int64_t i = 0; i < j->b->chunks * j->kept; i++) {
        add(&best, part[i].row, part[i].distance2);
    }
    finish(&best);
}

/* Scans all points for the states that are open. */
static ddn_status by_all(ddn_context *ctx, const job *first, ddni_block *b)
{
    job j = *first;
    j.kept = j.k < b->chunk_rows ? j.k : b->chunk_rows;
    int64_t most = MOST_PARTS / (b->chunks * j.kept);
    most = most < 1 ? 1 : most;
    for (int64_t at = 0; at < first->count; at += most) {
        j.count = first->count - at < most ? first->count - at : most;
        j.of = first->s->left + at;
        j.sets = (TILES + b->chunks - 1) / b->chunks;
        j.sets = j.sets < j.count ? j.sets : j.count;
        double work = (double)j.count * (double)b->n * (double)b->d * 2;
        DDNI_TRY(ddni_reserve(ctx, "nearest points", j.count * b->chunks * j.kept,
                              sizeof *j.s->part, &j.s->part));
        DDNI_TRY(ddni_reserve(ctx, "nearest points", j.count * b->chunks, 8, &j.s->part_far2));
        DDNI_TRY(ddni_parallel(ctx, b->chunks * j.sets, work, scan_tile, &j));
        DDNI_TRY(ddni_parallel(ctx, j.count, (double)(j.count * b->chunks * j.kept) * 16,
                               merge_parts, &j));
        ddni_count_rows(b, j.count, b->n);
    }
    return DDN_OK;
}

static ddn_status reserve(ddn_context *ctx, const ddni_block *b, ddni_nearest *s, int64_t k)
{
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes * k, sizeof *s->best, &s->best));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->open, &s->open));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->read, &s->read));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->left, &s->left));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->row, &s->row));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->count, &s->count));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->limit, &s->limit));
    DDNI_TRY(ddni_reserve(ctx, "nearest points", b->lanes, sizeof *s->far2, &s->far2));
    for (int64_t q = 0; q < b->lanes; q++) {
        s->read[q] = s->count[q] = 0;
        s->limit[q] = INFINITY;
    }
    return DDN_OK;
}

/* Few points, and so many near ones wanted that most points would be listed, are not screened. */
static int32_t worth_a_screen(const ddni_block *b, int64_t k)
{
    return b->single && b->n > DDNI_CANDIDATES && k <= b->n / SPARE;
}

ddn_status ddni_nearest_run(ddn_context *ctx, ddni_block *b, ddni_nearest *s, int64_t k,
                            int32_t distinct)
{
    job j = {.b = b, .s = s, .k = k, .distinct = distinct};
    int32_t usable;
    DDNI_TRY(reserve(ctx, b, s, k));
    for (int64_t q = 0; q < b->m; q++) {
        s->open[q] = b->s->verdict[q] == DDNI_DONE;
    }
    if (gather_open(&j, b) > 0 && worth_a_screen(b, k)) {
        DDNI_TRY(by_screen(ctx, &j, first_capacity(b, k), 0, &usable));
        ddni_count_rows(b, b->m, b->n);
        b->measure = usable ? NULL : b->measure;
        if (gather_open(&j, b) > 0 && usable) {
            DDNI_TRY(screen_again(ctx, &j, b));
        }
        for (int64_t q = 0; q < b->m; q++) {
            ddni_count_rows(b, 1, s->read[q]);
        }
        gather_open(&j, b);
    }
    return j.count > 0 ? by_all(ctx, &j, b) : DDN_OK;
}
