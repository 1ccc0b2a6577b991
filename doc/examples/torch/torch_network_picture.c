/* The picture of torch_network: clones above, denoising errors below. See torch_network.h. */
#include "torch_network.h"

#include <math.h>

/* A column of a CSV file with its interval; `at` counts from 1, with error and interval behind. */
static void draw_curve(drv_file *plot, const char *file, int at, int style, const char *title)
{
    drv_print(plot, " '%s' using 1:%d:%d:%d with yerrorlines linestyle %d title '%s'", file, at,
              at + 2, at + 3, style, title);
}

static void mark(drv_file *plot, double t, const char *name, const char *side)
{
    if (!isnan(t)) {
        char text[64];
        snprintf(text, sizeof text, "%s = %#.3g", name, t);
        drv_mark(plot, t, text, side);
    }
}

static double crossing(const network *net, const report *r, const char *name)
{
    const double t = drv_scalar(r->crossings, name, NULL);
    return isnan(t) ? NAN : drv_to_ou(net->schedule, t);
}

/* Without labels and classifier there are no classes. */
static int known(const ddn_result *result, const char *name)
{
    const double *value = drv_column(result, name);
    for (int64_t k = 0; k < ddn_result_rows(result); k++) {
        if (!isnan(value[k])) {
            return 1;
        }
    }
    return 0;
}

static void draw_clones(drv_file *plot, const network *net, const report *r)
{
    static const char file[] = "torch_network.csv";
    const double of = drv_scalar(r->regimes, "t_S", NULL), t_c = crossing(net, r, "t_C_phi");
    const double t_s = isnan(of) ? NAN : drv_to_ou(net->schedule, of);
    mark(plot, t_s, "t_S", t_s < t_c ? "right" : "left");
    mark(plot, t_c, "t_C", t_s < t_c ? "left" : "right");
    drv_print(plot, DRV_SHARES "set ylabel 'share of pairs of clones'\nplot");
    draw_curve(plot, file, 6, 2, "φ_C: same point, network");
    drv_print(plot, ",\\\n '%s' using 1:14 with lines linestyle 12 title 'φ_C, exact score'", file);
    if (known(r->regimes, "phi_clones")) {
        drv_print(plot, ",\\\n");
        draw_curve(plot, file, 2, 1, "φ: same class, network");
    }
    if (known(r->identities, "phi")) {
        drv_print(plot,
                  ",\\\n '%s' using 1:10 with lines linestyle 11 dashtype (2,2) title 'φ, exact "
                  "score'",
                  file);
    }
    drv_print(plot, "\n");
}

static void draw_errors(drv_file *plot, const network *net)
{
    static const char file[] = "torch_network_errors.csv";
    drv_print(plot, "set ylabel 'denoising error (data units²)'\n"
                    "set logscale y\nset format y '10^{%%T}'\nplot");
    draw_curve(plot, file, 2, 1, "network, training data");
    if (net->test != NULL) {
        drv_print(plot, ",\\\n");
        draw_curve(plot, file, 6, 2, "network, test data");
    }
    drv_print(plot,
              ",\\\n '%s' using 1:(positive($10)) with lines linestyle 13 title 'exact score, "
              "training data',\\\n '%s' using 1:(positive($18)) with lines linestyle 14 title "
              "'Wiener filter, training data'\n",
              file, file);
}

void network_draw(const settings *set, const network *net, const report *r)
{
    if (r->regimes == NULL && r->generalization == NULL) {
        return;
    }
    const int both = r->regimes != NULL && r->generalization != NULL;
    drv_file *plot = drv_plot_open(
        &(drv_figure){.name = "torch_network",
                      .width = DRV_TWO_COLUMNS,
                      .title = drv_caption(&set->data, net->train),
                      .note = "a network and the exact score of its training data; " DRV_BARS,
                      .count = 1,
                      .rows = {{both ? 2 : 1, 62, .legend = 4, .marks = r->regimes != NULL}}});
    drv_panel(plot, 0, 0);
    drv_time_axis(plot, drv_ou(), set->t_min, set->t_max);
    if (r->regimes != NULL) {
        draw_clones(plot, net, r);
    }
    if (both) {
        drv_panel(plot, 0, 1);
        drv_time_axis(plot, drv_ou(), set->t_min, set->t_max);
    }
    if (r->generalization != NULL) {
        draw_errors(plot, net);
    }
    drv_plot_run(plot);
}
