/* One-step formulas and short trajectories of every sampler against 50-digit numbers. */
#include "support/fixtures.h"
#include "support/reference.h"

enum {
    D = 3,
    N = 5
};

typedef struct fixture {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_oracle *oracle;
    double x[D], z[D];
} fixture;

/* The five points of the reference under a schedule that the fixture takes over. */
static fixture make(ddn_context *ctx, ddn_schedule *sch)
{
    fixture f = {.ctx = ctx, .sch = sch};
    json_t *ref = ref_at("samplers");
    double points[N * D];
    assert_int_equal(ref_numbers(ref, "data", points, N * D), N * D);
    ref_numbers(ref, "x", f.x, D);
    ref_numbers(ref, "z", f.z, D);
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &f.oracle));
    ddn_dataset_destroy(ds);
    return f;
}

static fixture make_ou(void)
{
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    return make(ctx, sch);
}

static fixture make_ddpm(void)
{
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 1000, &sch));
    return make(ctx, sch);
}

static void drop(fixture *f)
{
    ddn_oracle_destroy(f->oracle);
    ddn_schedule_destroy(f->sch);
    ddn_context_destroy(f->ctx);
}

static ddn_integrator *method_on(const fixture *f, ddn_method method, const double *times,
                                 int64_t count)
{
    ddn_integrator *it = NULL;
    OK(f->ctx, ddn_integrator_create(f->ctx, f->oracle, method, &it));
    OK(f->ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_EPSILON, 0.0));
    OK(f->ctx, ddn_integrator_set_times(it, count, times));
    return it;
}

/* One step from t to t_next as mean + spread z: two seeds give the spread, which must be the same
 * in all coordinates; the noise is then replaced by the z of the reference. */
static void step_with_noise(const fixture *f, ddn_integrator *it, double *mean, double *spread,
                            double *with_z)
{
    double x[2][D], z[2][D], width[D];
    for (int64_t seed = 0; seed < 2; seed++) {
        memcpy(x[seed], f->x, sizeof f->x);
        OK(f->ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, seed));
        OK(f->ctx, ddn_integrator_run(it, 1, x[seed], D));
        OK(f->ctx, ddn_noise_draw(f->ctx, seed, 0, 0, 0, 0, D, z[seed]));
    }
    for (int j = 0; j < D; j++) {
        width[j] = (x[0][j] - x[1][j]) / (z[0][j] - z[1][j]);
        CLOSE(width[j], width[0], 1e-13, 1e-14);
    }
    *spread = width[0];
    for (int j = 0; j < D; j++) {
        mean[j] = x[0][j] - *spread * z[0][j];
        with_z[j] = mean[j] + *spread * f->z[j];
    }
}

static void check_row(const double *got, const json_t *object, const char *name)
{
    for (int64_t j = 0; j < D; j++) {
        CLOSE(got[j], ref_element(object, name, j), 1e-12, 1e-14);
    }
}

static void ou_steps(void **state)
{
    (void)state;
    fixture f = make_ou();
    json_t *ref = ref_at("samplers.ou_steps");
    const double times[2] = {ref_number(ref, "t"), ref_number(ref, "t_next")};
    double mean[D], spread, x[D];
    ddn_integrator *it = method_on(&f, DDN_METHOD_EULER, times, 2);
    char name[] = "euler_maruyama_score_at_departure_eta0";
    for (int eta = 0; eta <= 2; eta++) {
        OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, eta));
        step_with_noise(&f, it, mean, &spread, x);
        CLOSE(spread, eta * sqrt(2 * (times[0] - times[1])), 1e-13, 1e-15);
        name[sizeof name - 2] = (char)('0' + eta);
        check_row(x, ref, name);
    }
    ddn_integrator_destroy(it);
    it = method_on(&f, DDN_METHOD_HEUN, times, 2);
    step_with_noise(&f, it, mean, &spread, x);
    check_row(x, ref, "heun_pf_ode");
    ddn_integrator_destroy(it);
    it = method_on(&f, DDN_METHOD_EXPONENTIAL, times, 2);
    step_with_noise(&f, it, mean, &spread, x); /* eta = 1: ancestral */
    check_row(x, ref, "ancestral_posterior_mean");
    OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
    step_with_noise(&f, it, mean, &spread, x);
    assert_true(spread == 0);
    check_row(x, ref, "exponential_pf_ode_ddim");
    ddn_integrator_destroy(it);
    it = method_on(&f, DDN_METHOD_DDPM, times, 2);
    OK(f.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_VARIANCE, 1));
    step_with_noise(&f, it, mean, &spread, x);
    check_row(x, ref, "ancestral_posterior_mean");
    ddn_integrator_destroy(it);
    drop(&f);
}

static int32_t note_draw(void *user, const ddn_step *step)
{
    const int64_t *index = ddn_step_i64(step, DDN_OUT_DRAW_INDEX);
    if (ddn_step_index(step) == 0) {
        *(int64_t *)user = index[0];
    }
    return 0;
}

/* The exact kernel given that point 1 was drawn: the first path whose draw is that point. */
static void exact_kernel(void **state)
{
    (void)state;
    fixture f = make_ou();
    json_t *ref = ref_at("samplers.ou_steps");
    const double times[2] = {ref_number(ref, "t"), ref_number(ref, "t_next")};
    double x[D], z[D], gap = times[0] - times[1];
    double spread = sqrt(expm1(-2 * gap) * expm1(-2 * times[1]) / -expm1(-2 * times[0]));
    ddn_integrator *it = method_on(&f, DDN_METHOD_EXACT, times, 2);
    int64_t drawn = -1, path = -1;
    OK(f.ctx, ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_DRAW_INDEX, note_draw,
                                             &drawn, NULL));
    while (drawn != 1 && path < 1000) {
        OK(f.ctx,
           ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_FIRST_PATH, ++path));
        memcpy(x, f.x, sizeof x);
        OK(f.ctx, ddn_integrator_run(it, 1, x, D));
    }
    assert_int_equal(drawn, 1);
    OK(f.ctx, ddn_noise_draw(f.ctx, 0, 0, path, 0, 0, D, z));
    for (int j = 0; j < D; j++) {
        x[j] += spread * (f.z[j] - z[j]);
    }
    check_row(x, ref, "exact_kernel_given_mu1");
    ddn_integrator_destroy(it);
    drop(&f);
}

static void ddim(void **state)
{
    (void)state;
    fixture f = make_ddpm();
    json_t *cases = ref_get(ref_at("samplers.ddim"), "cases");
    for (size_t c = 0; c < json_array_size(cases); c++) {
        json_t *ref = json_array_get(cases, c);
        const double times[2] = {ref_number(ref, "i"), ref_number(ref, "i_next")};
        double mean[D], spread, x[D];
        ddn_integrator *it = method_on(&f, DDN_METHOD_EXPONENTIAL, times, 2);
        OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA,
                                      ref_number(ref, "eta")));
        step_with_noise(&f, it, mean, &spread, x);
        CLOSE(spread, ref_number(ref, "sigma"), 1e-12, 1e-15);
        check_row(x, ref, "x_next");
        ddn_integrator_destroy(it);
    }
    drop(&f);
}

static void ddpm(void **state)
{
    (void)state;
    fixture f = make_ddpm();
    json_t *ref = ref_at("samplers.ddpm_ancestral_i500");
    const double times[2] = {500, 499}, end[2] = {0, -1};
    double mean[D], spread, x[D];
    ddn_integrator *it = method_on(&f, DDN_METHOD_DDPM, times, 2);
    step_with_noise(&f, it, mean, &spread, x);
    CLOSE(spread * spread, ref_number(ref, "beta_i"), 1e-12, 0);
    check_row(mean, ref, "mean");
    check_row(x, ref, "x_next_var_beta");
    OK(f.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_VARIANCE, 1));
    step_with_noise(&f, it, mean, &spread, x);
    check_row(mean, ref, "mean");
    check_row(x, ref, "x_next_var_betatilde");
    OK(f.ctx, ddn_integrator_set_times(it, 2, end));
    OK(f.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_VARIANCE, 0));
    step_with_noise(&f, it, mean, &spread, x);
    assert_true(spread == 0); /* z = 0 in the step from index 0 */
    ddn_integrator_destroy(it);
    drop(&f);
}

typedef struct track {
    double x[16][D];
    int64_t seen;
    double *log_p; /* or NULL */
} track;

static int32_t keep(void *user, const ddn_step *step)
{
    track *t = user;
    if (t->log_p != NULL) {
        t->log_p[ddn_step_index(step)] = *ddn_step_f64(step, DDN_OUT_LOG_P, NULL);
    }
    if (ddn_step_index(step) > 0) {
        memcpy(t->x[t->seen++], ddn_step_x(step), sizeof t->x[0]);
    }
    return 0;
}

/* Runs over all the times and compares every state but the last `left_out` with the reference. */
static void check_trajectory(const fixture *f, ddn_integrator *it, const json_t *object,
                             const char *name, int64_t left_out)
{
    double x[D], want[16 * D];
    track seen = {.seen = 0};
    memcpy(x, f->x, sizeof x);
    OK(f->ctx, ddn_integrator_attach_callback(it, 0, keep, &seen, NULL));
    OK(f->ctx, ddn_integrator_run(it, 1, x, D));
    assert_int_equal(ref_numbers(object, name, want, 16 * D), seen.seen * D);
    for (int64_t k = 0; k < (seen.seen - left_out) * D; k++) {
        CLOSE(seen.x[k / D][k % D], want[k], 1e-11, 1e-13);
    }
}

/* eps = -s score at index t. */
static void noise_estimate(const fixture *f, double t, const double *x, double *eps)
{
    double a, s, score[D];
    OK(f->ctx, ddn_schedule_eval(f->ctx, f->sch, t, &a, &s));
    OK(f->ctx, ddn_oracle_score(f->ctx, f->oracle, t, 1, x, D, score, D));
    for (int j = 0; j < D; j++) {
        eps[j] = -s * score[j];
    }
}

/* The reference's last row is the plain four-step rule, which is meant for equal steps and 0 -> -1
 * is not one: the method returns the denoised state there. Both are checked. */
static void pndm(void **state)
{
    (void)state;
    fixture f = make_ddpm();
    json_t *ref = ref_at("samplers.pndm");
    double times[16], rows[16 * D], eps[4][D], a, s;
    int64_t count = ref_numbers(ref, "seq", times, 16), last = count - 2;
    ddn_integrator *it = method_on(&f, DDN_METHOD_PNDM, times, count);
    check_trajectory(&f, it, ref, "trajectory_corrected", 1);
    /* 3 steps of 4 evaluations, one for each of the others: 12 + (7 - 3) */
    assert_int_equal(ddn_integrator_tally(it, DDN_TALLY_EVALUATIONS), 12 + (count - 1 - 3));
    ref_numbers(ref, "trajectory_corrected", rows, 16 * D);
    ddn_integrator_destroy(it); /* with the callback on check_trajectory's frame */
    double x[D];
    memcpy(x, f.x, sizeof x);
    it = method_on(&f, DDN_METHOD_PNDM, times, count);
    OK(f.ctx, ddn_integrator_run(it, 1, x, D));
    for (int k = 0; k < 4; k++) {
        noise_estimate(&f, times[last - k], rows + (last - 1 - k) * D, eps[k]);
    }
    OK(f.ctx, ddn_schedule_eval(f.ctx, f.sch, times[last], &a, &s));
    for (int j = 0; j < D; j++) {
        const double *at = rows + (last - 1) * D;
        double four = (55 * eps[0][j] - 59 * eps[1][j] + 37 * eps[2][j] - 9 * eps[3][j]) / 24;
        CLOSE((at[j] - s * four) / a, rows[last * D + j], 1e-8, 0);
        CLOSE((at[j] - s * eps[0][j]) / a, x[j], 1e-8, 0);
    }
    ddn_integrator_destroy(it);
    drop(&f);
}

static fixture make_edm(void)
{
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    return make(ctx, sch);
}

static void edm_heun(void **state)
{
    (void)state;
    fixture f = make_edm();
    json_t *ref = ref_at("samplers.edm_heun");
    double times[8];
    int64_t count = ref_numbers(ref, "sigmas", times, 8);
    ddn_integrator *it = method_on(&f, DDN_METHOD_EDM_HEUN, times, count);
    check_trajectory(&f, it, ref, "trajectory", 0);
    ddn_integrator_destroy(it);
    drop(&f);
}

static int32_t stop_at_one(void *user, const ddn_step *step)
{
    (void)user;
    return ddn_step_index(step) == 1;
}

/* smalldiffusion's family with the noise of the reference. The second step, which remembers the
 * first, starts from the reference's state: the run is stopped there and x replaced. */
static void gradient_estimation(void **state)
{
    (void)state;
    fixture f = make_edm();
    json_t *ref = ref_at("samplers.smalldiffusion"), *cases = ref_get(ref, "cases");
    double sigma[8], given[16];
    assert_int_equal(ref_numbers(ref, "sigmas", sigma, 8), 3);
    ref_numbers(ref, "noises", given, 16);
    for (size_t c = 0; c < json_array_size(cases); c++) {
        json_t *one = json_array_get(cases, c);
        double want[16], x[2][2][D], z[2][2][D]; /* [seed][step] */
        assert_int_equal(ref_numbers(one, "trajectory", want, 16), 2 * D);
        for (int64_t seed = 0; seed < 2; seed++) {
            ddn_integrator *it = method_on(&f, DDN_METHOD_GRADIENT_ESTIMATION, sigma, 3);
            OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_GAMMA,
                                          ref_number(one, "gam")));
            OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_MU,
                                          ref_number(one, "mu")));
            OK(f.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, seed));
            OK(f.ctx, ddn_integrator_attach_callback(it, 0, stop_at_one, NULL, NULL));
            memcpy(x[seed][0], f.x, sizeof f.x);
            FAILS(f.ctx, ddn_integrator_run(it, 1, x[seed][0], D), DDN_STOPPED, "callback");
            memcpy(x[seed][1], want, sizeof f.x);
            OK(f.ctx, ddn_integrator_resume(it, 1, x[seed][1], D));
            for (int64_t k = 0; k < 2; k++) {
                OK(f.ctx, ddn_noise_draw(f.ctx, seed, 0, 0, k, 0, D, z[seed][k]));
            }
            ddn_integrator_destroy(it);
        }
        for (int k = 0; k < 2; k++) {
            for (int j = 0; j < D; j++) {
                double spread = (x[0][k][j] - x[1][k][j]) / (z[0][k][j] - z[1][k][j]);
                double got = x[0][k][j] + spread * (given[k * D + j] - z[0][k][j]);
                CLOSE(got, want[k * D + j], 1e-12, 1e-13);
            }
        }
    }
    drop(&f);
}

/* x(t) along the probability flow to 1e-9, and d log p_t/dtau = -(d + div score) along it. */
static void probability_flow(void **state)
{
    (void)state;
    fixture f = make_ou();
    json_t *cases = ref_get(ref_at("samplers.pf_ode_trajectories"), "cases");
    for (size_t c = 0; c < json_array_size(cases); c++) {
        json_t *ref = json_array_get(cases, c);
        double times[8] = {ref_number(ref, "T")}, want[8 * D], x[D], log_p[8];
        int64_t count = 1 + ref_numbers(ref, "t_out", times + 1, 7);
        ref_numbers(ref, "x", want, 8 * D);
        ref_numbers(ref, "x_T", x, D);
        ddn_integrator *it = method_on(&f, DDN_METHOD_ADAPTIVE, times, count);
        OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_RTOL, 1e-12));
        OK(f.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ATOL, 1e-13));
        track seen = {.log_p = log_p};
        OK(f.ctx,
           ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_LOG_P, keep, &seen, NULL));
        OK(f.ctx, ddn_integrator_run(it, 1, x, D));
        for (int64_t k = 0; k < (count - 1) * D; k++) {
            CLOSE(seen.x[k / D][k % D], want[k], 1e-10, 1e-10);
        }
        for (int64_t k = 1; k < count; k++) {
            CLOSE(log_p[k] - log_p[0], ref_element(ref, "delta_logP_by_ode", k - 1), 1e-9, 1e-9);
        }
        ddn_integrator_destroy(it);
    }
    drop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ou_steps),
        cmocka_unit_test(exact_kernel),
        cmocka_unit_test(ddim),
        cmocka_unit_test(ddpm),
        cmocka_unit_test(pndm),
        cmocka_unit_test(edm_heun),
        cmocka_unit_test(gradient_estimation),
        cmocka_unit_test(probability_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
