/* The picture of torch_network: clones above, denoising errors below. See torch_network.h. */
#include "torch_network.h"

#include <math.h>

/* A column of a CSV file with its interval; `at` counts from 1, with error and interval behind. */
static void draw_curve(drv_file *plot, const char *file, int at, int style, const char *title)
{
    drv_print(plot,
              " '%s' using 1:%d with lines linestyle %d notitle,\\\n"
              " '%s' using 1:%d:%d:%d with yerrorbars linestyle %d title '%s'",
              file, at, style, file, at, at + 2, at + 3, style, title);
}

static void mark(drv_file *plot, double t, const char *name)
{
    if (!isnan(t)) {
        drv_print(plot,
                  "set arrow from %.17g, graph 0 to %.17g, graph 1 nohead linecolor '#333333' "
                  "dashtype 2\nset label \"%s = %#.3g\" at %.17g, graph 0.64 left rotate by 270 "
                  "offset 1.1,0 front\n",
                  t, t, name, t, t);
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
    const double t_s = drv_scalar(r->regimes, "t_S", NULL);
    mark(plot, isnan(t_s) ? NAN : drv_to_ou(net->schedule, t_s), "t_S");
    mark(plot, crossing(net, r, "t_C_phi"), "t_C");
    drv_print(
        plot,
        "set yrange [-0.03:1.5]\nset ytics 0,0.25,1\nset ylabel 'share of pairs (bars: 95 %%)'\n"
        "set key top right maxrows 2\nplot");
    draw_curve(plot, file, 6, 2, "same point φ_C, network");
    drv_print(plot,
              ",\\\n '%s' using 1:14 with lines linestyle 2 dashtype 2 title 'φ_C, exact "
              "score'",
              file);
    if (known(r->regimes, "phi_clones")) {
        drv_print(plot, ",\\\n");
        draw_curve(plot, file, 2, 1, "same class φ, network");
    }
    if (known(r->identities, "phi")) {
        drv_print(plot,
                  ",\\\n '%s' using 1:10 with lines linestyle 1 dashtype 2 title 'φ, exact "
                  "score'",
                  file);
    }
    drv_print(plot, "\nunset arrow\nunset label\n");
}

static void draw_errors(drv_file *plot, const network *net)
{
    static const char file[] = "torch_network_errors.csv";
    drv_print(plot, "set ylabel 'denoising error, data units² (bars: 95 %%)'\n"
                    "set logscale y\nset ytics autofreq\nset yrange [*:*]\nset format y '%%g'\n"
                    "set key bottom right noreverse Right\nplot");
    draw_curve(plot, file, 2, 1, "network, training data");
    if (net->test != NULL) {
        drv_print(plot, ",\\\n");
        draw_curve(plot, file, 6, 2, "network, test data");
    }
    drv_print(plot,
              ",\\\n '%s' using 1:(above0($10)) with lines linestyle 3 dashtype 2 title 'exact "
              "score, training data',\\\n '%s' using 1:(above0($18)) with lines linestyle 8 "
              "dashtype 3 title 'Wiener filter, training data'\n",
              file, file);
}

void network_draw(const settings *set, const network *net, const report *r)
{
    if (r->regimes == NULL && r->generalization == NULL) {
        return;
    }
    drv_file *plot = drv_plot_open("torch_network", 1100, 940);
    drv_plot_over_times(plot, drv_ou(), set->t_min, set->t_max);
    const int both = r->regimes != NULL && r->generalization != NULL;
    drv_print(plot, "set lmargin 11\n%s", both ? "" : "unset multiplot\n");
    drv_print(plot,
              "set title \"%s\\nA network and the exact score of its training data\" "
              "noenhanced\nset xlabel 'time t (OU units)'\n",
              drv_caption(&set->data, net->train));
    if (r->regimes != NULL) {
        draw_clones(plot, net, r);
        drv_print(plot, "unset title\n");
    }
    if (r->generalization != NULL) {
        draw_errors(plot, net);
    }
    drv_print(plot, "%s", both ? "unset multiplot\n" : "");
    drv_plot_run(plot);
}
