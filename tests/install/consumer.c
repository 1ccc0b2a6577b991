/* A program outside the build tree: two points +-1 in one dimension, whose score is known in
 * closed form: (a tanh(a x / s^2) - x) / s^2. Exit status 0 when the library agrees. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

int main(void)
{
    const double points[2] = {-1, 1}, t = 0.5, x = 0.3;
    double a = 0, s = 0, score = 0;
    ddn_context *ctx = NULL;
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    if (ddn_context_create(&ctx) != DDN_OK ||
        ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 1, points, 1, &ds) != DDN_OK ||
        ddn_schedule_create_ou(ctx, &sch) != DDN_OK ||
        ddn_oracle_create_empirical(ctx, ds, sch, &oracle) != DDN_OK ||
        ddn_schedule_eval(ctx, sch, t, &a, &s) != DDN_OK ||
        ddn_oracle_score(ctx, oracle, t, 1, &x, 1, &score, 1) != DDN_OK) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
        return 1;
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    double exact = (a * tanh(a * x / (s * s)) - x) / (s * s);
    printf("diffdyn %s: score %.15g, exact %.15g\n", ddn_version_string(), score, exact);
    return fabs(score - exact) > 1e-12 || strcmp(ddn_version_string(), DDN_VERSION_STRING) != 0 ||
           ddn_version_number() != DDN_VERSION;
}
