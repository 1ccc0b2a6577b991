/* Opens data, schedule and modules for the driver torch_network. See torch_network.h. */
#include "torch_network.h"

#include <math.h>
#include <stdlib.h>

enum {
    OU,
    VP,
    DDPM,
    SCALED,
    COSINE,
    EDM,
    FLOW,
    TABLE
};

/* ---- Schedule and times ------------------------------------------------------------------ */

/* alphas_cumprod of the network's own scheduler. */
static void open_table(const settings *set, ddn_schedule **sch)
{
    ddn_dataset *numbers = NULL;
    if (set->table == NULL) {
        drv_die("--schedule table needs --table FILE: alpha_bar at each index, an .npy file");
    }
    drv_try(ddn_dataset_open(drv.ctx, set->table, DDN_FORMAT_AUTO, &numbers));
    drv_keep(numbers);
    const int64_t n = ddn_dataset_n(numbers), d = ddn_dataset_d(numbers);
    if (n != 1 && d != 1) {
        drv_die("%s has %lld rows of %lld numbers: a table is one row or one column", set->table,
                (long long)n, (long long)d);
    }
    double *values = drv_alloc(n * d, sizeof *values);
    drv_try(ddn_dataset_read(drv.ctx, numbers, 0, n, values, d));
    drv_try(ddn_schedule_create_table(drv.ctx, DDN_TABLE_ALPHA_BAR, n * d, values, sch));
}

/* A number that was given, or the usual one. */
static double or_usual(double given, double usual)
{
    return isnan(given) ? usual : given;
}

static void open_schedule(const settings *set, network *net)
{
    ddn_schedule **sch = &net->schedule;
    const double first = set->beta_first, last = set->beta_last;
    switch (set->schedule) {
    case OU:
        drv_try(ddn_schedule_create_ou(drv.ctx, sch));
        break;
    case VP:
        drv_try(
            ddn_schedule_create_vp_linear(drv.ctx, or_usual(first, 0.1), or_usual(last, 20), sch));
        break;
    case DDPM:
        drv_try(ddn_schedule_create_ddpm(drv.ctx, or_usual(first, 1e-4), or_usual(last, 0.02),
                                         set->indices, sch));
        break;
    case SCALED:
        drv_try(ddn_schedule_create_scaled_linear(drv.ctx, or_usual(first, 0.00085),
                                                  or_usual(last, 0.012), set->indices, sch));
        break;
    case COSINE:
        drv_try(ddn_schedule_create_cosine(drv.ctx, set->indices, 0.008, 0.999, sch));
        break;
    case EDM:
        drv_try(ddn_schedule_create_edm(drv.ctx, sch));
        break;
    case FLOW:
        drv_try(ddn_schedule_create_flow(drv.ctx, sch));
        break;
    default:
        open_table(set, sch);
    }
    drv_keep(*sch);
}

static int whole(const settings *set)
{
    return set->clock == TORCH_CLOCK_INDEX;
}

/* From well below the time of collapse, as the covariance has it, to well above speciation. */
static void guess_range(settings *set, const network *net)
{
    ddn_result *spectrum = NULL;
    drv_try(ddn_analysis_spectrum(drv_analysis(), net->train, &spectrum));
    drv_keep(spectrum);
    const double t_c = drv_scalar(spectrum, "t_C_spectrum", NULL);
    const double t_s = drv_scalar(spectrum, "t_S", NULL);
    if (isnan(set->t_max)) {
        set->t_max = fmax(t_s + 1.5, 2);
    }
    if (isnan(set->t_min)) {
        set->t_min = fmax(isnan(t_c) ? 0.02 : fmin(t_c / 5, 0.2), 4 * set->t_end);
    }
}

/* The ends of all paths, and the times that are measured, geometric in OU time. Where the network
 * knows whole indices alone all of them are; then a path of `steps` steps needs as many indices. */
static void choose_times(settings *set, network *net)
{
    double low, high, last = NAN;
    drv_try(ddn_schedule_range(drv.ctx, net->schedule, &low, &high));
    const double end = isinf(high) ? INFINITY : drv_to_ou(net->schedule, high);
    net->clean = whole(set) ? 0 : drv_from_ou(net->schedule, set->t_end);
    if (net->clean < 0) {
        drv_die("--t-end = %g is below index 0 of the schedule, which is at %g (OU time)",
                set->t_end, drv_to_ou(net->schedule, 0));
    }
    net->noisy = end <= 6 ? high : drv_from_ou(net->schedule, 6);
    net->noisy = whole(set) ? floor(net->noisy) : net->noisy;
    guess_range(set, net);
    set->t_max = fmin(set->t_max, fmin(end, 6));
    if (set->t_min >= set->t_max || set->t_min <= set->t_end) {
        drv_die("--t-min = %g is not between --t-end = %g and --t-max = %g (OU times; the schedule "
                "ends at %g)",
                set->t_min, set->t_end, set->t_max, end);
    }
    net->times = drv_alloc(set->times, sizeof *net->times);
    for (int64_t k = 0; k < set->times; k++) {
        const double f = (double)k / (double)(set->times - 1);
        double t = k == set->times - 1 && set->t_max >= end
                       ? high
                       : drv_from_ou(net->schedule, set->t_min * pow(set->t_max / set->t_min, f));
        if (whole(set)) {
            t = fmin(fmax(round(t), (double)set->steps), net->noisy);
        }
        if (k == 0 || t > last) {
            net->times[net->count++] = last = t;
        }
    }
    if (net->count < 4) {
        drv_die("there are fewer than 4 times between --t-min and --t-max that are whole indices "
                "from %lld on, which %lld steps need (--steps)",
                (long long)set->steps, (long long)set->steps);
    }
}

/* ---- Data and modules -------------------------------------------------------------------- */

static void open_data(settings *set, network *net)
{
    net->train = drv_data_load(&set->data);
    if (drv_data_given(&set->test)) {
        set->test.classes = set->data.classes;
        set->test.scale = set->data.scale;
        set->test.read_as = set->data.read_as;
        net->test = drv_data_load(&set->test);
        if (ddn_dataset_d(net->test) != ddn_dataset_d(net->train)) {
            drv_die("%s has d = %lld, but %s has %lld", drv_data_name(&set->test),
                    (long long)ddn_dataset_d(net->test), drv_data_name(&set->data),
                    (long long)ddn_dataset_d(net->train));
        }
    }
}

static torch_form form_of(const settings *set, const network *net)
{
    torch_form form = {.ctx = drv.ctx,
                       .d = ddn_dataset_d(net->train),
                       .sizes = (int)set->shape.count,
                       .clock = (torch_clock)set->clock,
                       .time_scale = set->time_scale,
                       .time_shift = set->time_shift,
                       .answer_scale = set->answer_scale,
                       .threads = (int)drv.threads};
    int64_t product = 1;
    if (set->shape.count > TORCH_MOST_SIZES) {
        drv_die("--shape has more than %d sizes", TORCH_MOST_SIZES);
    }
    for (int k = 0; k < form.sizes; k++) {
        form.size[k] = (int64_t)set->shape.at[k];
        if (__builtin_mul_overflow(product, form.size[k], &product)) {
            drv_die("--shape has more numbers than fit in 64 bits");
        }
    }
    if (form.sizes > 0 && product != form.d) {
        drv_die("--shape has %lld numbers, but %s has d = %lld", (long long)product,
                drv_data_name(&set->data), (long long)form.d);
    }
    return form;
}

/* Two points under noise, on which a module is tried. */
static double *two_states(const network *net, double t, double *a, double *s)
{
    enum {
        STREAM = 64
    };
    const int64_t d = ddn_dataset_d(net->train), n = ddn_dataset_n(net->train);
    double *x = drv_alloc(2 * d, sizeof *x), *z = drv_alloc(2 * d, sizeof *z);
    drv_try(ddn_schedule_eval(drv.ctx, net->schedule, t, a, s));
    drv_try(ddn_dataset_read(drv.ctx, net->train, 0, 1, x, d));
    drv_try(ddn_dataset_read(drv.ctx, net->train, n - 1, 1, x + d, d));
    drv_try(ddn_noise_draw(drv.ctx, drv.seed, STREAM, 0, 0, 0, 2 * d, z));
    for (int64_t i = 0; i < 2 * d; i++) {
        x[i] = *a * x[i] + *s * z[i];
    }
    return x;
}

static void open_network(const settings *set, const torch_form *form, network *net)
{
    static const ddn_prediction predictions[] = {DDN_PREDICTION_EPS, DDN_PREDICTION_X0,
                                                 DDN_PREDICTION_V, DDN_PREDICTION_VELOCITY,
                                                 DDN_PREDICTION_SCORE};
    char line[1024];
    double a, s;
    const double t = net->times[net->count / 2];
    ddn_model *model = NULL;
    net->module = torch_module_open(set->network, form, line, sizeof line);
    if (net->module == NULL) {
        drv_die("%s", line);
    }
    /* From here on the model owns it. */
    const ddn_status made = ddn_model_create(drv.ctx, net->schedule, predictions[set->prediction],
                                             form->d, net->module, torch_module_close, &model);
    if (made != DDN_OK) {
        torch_module_close(net->module);
        drv_try(made);
    }
    drv_keep(model);
    const double *x = two_states(net, t, &a, &s);
    if (torch_module_try(net->module, t, a, s, 2, x, line, sizeof line)) {
        drv_die("%s", line);
    }
    if (line[0] != '\0') {
        drv_warn("%s", line);
    }
    drv_try(torch_module_attach(net->module, model));
    drv_try(ddn_model_set_dataset(model, net->train));
    drv_try(ddn_oracle_create_model(drv.ctx, model, &net->oracle));
    drv_keep(net->oracle);
}

static torch_module *classifier;

static void close_classifier(void)
{
    torch_module_close(classifier);
}

/* Tried on the first and the last point. */
static void open_classifier(const settings *set, const torch_form *form, network *net)
{
    char line[1024];
    const int64_t count = ddn_dataset_class_count(net->train), names = set->classifier_labels.count;
    int32_t *known = drv_alloc(count, sizeof *known), *named = drv_alloc(names, sizeof *named);
    double *x = drv_alloc(2 * form->d, sizeof *x);
    if (count > 0) {
        drv_try(ddn_dataset_classes(drv.ctx, net->train, count, known, NULL));
    }
    for (int64_t k = 0; k < names; k++) {
        named[k] = (int32_t)set->classifier_labels.at[k];
    }
    drv_try(ddn_dataset_read(drv.ctx, net->train, 0, 1, x, form->d));
    drv_try(ddn_dataset_read(drv.ctx, net->train, ddn_dataset_n(net->train) - 1, 1, x + form->d,
                             form->d));
    classifier = torch_module_open(set->classifier, form, line, sizeof line);
    if (classifier == NULL) {
        drv_die("%s", line);
    }
    atexit(close_classifier);
    net->classifier = classifier;
    if (torch_module_name_classes(classifier, count, known, names, named)) {
        drv_die("out of memory");
    }
    if (torch_module_try_classifier(classifier, 2, x, line, sizeof line)) {
        drv_die("%s", line);
    }
}

void network_open(settings *set, network *net)
{
    open_data(set, net);
    open_schedule(set, net);
    const torch_form form = form_of(set, net);
    choose_times(set, net);
    open_network(set, &form, net);
    if (set->classifier != NULL) {
        open_classifier(set, &form, net);
    } else if (set->classifier_labels.count > 0) {
        drv_die("--classifier-labels needs --classifier FILE");
    }
    net->exact = drv_empirical(net->train, net->schedule);
}
