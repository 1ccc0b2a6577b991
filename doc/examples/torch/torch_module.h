/* Networks that are TorchScript modules, as callbacks of the library: predictions, products with
 * their Jacobian by autograd, classifiers. A C interface: no exception of C++ leaves it.
 *
 * Arrays of the library are lent to torch as they are; its answers are copied into the library's,
 * which is the one conversion. The library asks from one thread and its own threads rest while it
 * waits, so torch may use as many as the library has.
 * SPDX-License-Identifier: MIT */
#ifndef TORCH_MODULE_H
#define TORCH_MODULE_H

#include <diffdyn/diffdyn.h>

DDN_BEGIN_DECLS

/* What a module is told about the noise of its states, as a second argument of one number a state;
 * multiplied by time_scale, then time_shift is added. */
typedef enum torch_clock {
    TORCH_CLOCK_TIME = 0,   /* the time of the schedule, any real number */
    TORCH_CLOCK_INDEX = 1,  /* the same as a whole number (int64), for networks with a table */
    TORCH_CLOCK_SIGMA = 2,  /* s/a */
    TORCH_CLOCK_LOGSNR = 3, /* log(a^2/s^2) */
    TORCH_CLOCK_NONE = 4    /* nothing: the module takes the states alone */
} torch_clock;

enum {
    TORCH_MOST_SIZES = 7
};
typedef struct torch_form {
    ddn_context *ctx; /* its call fails with the module's text */
    int64_t d;
    int sizes;                      /* 0: a state is [d] */
    int64_t size[TORCH_MOST_SIZES]; /* of a state as the module takes it; their product is d */
    torch_clock clock;
    double time_scale, time_shift;
    double answer_scale; /* the prediction is so many times the module's answer */
    int threads;
} torch_form;

typedef struct torch_module torch_module;

/* NULL with a line in error[size] for what is no module. */
torch_module *torch_module_open(const char *path, const torch_form *form, char *error, int size);
/* A ddn_release_fn. NULL is a no-op. */
void torch_module_close(void *module);

/* Tries a module of predictions on m >= 2 states x[m][d]: 0, or -1 with a line in error[size] if it
 * does not give a prediction of its own to each. The line is also written where it does, but the
 * user should know something; else it is empty. Must be called before torch_module_attach. */
int torch_module_try(torch_module *module, double t, double a, double s, int64_t m, const double *x,
                     char *error, int size);
/* Makes it the callbacks of a model, whose user it must be: in the precision that the module has,
 * with its derivative if that was found right. */
ddn_status torch_module_attach(const torch_module *module, ddn_model *model);
/* Whether autograd gives the Jacobian. */
int torch_module_has_jvp(const torch_module *module);

/* For a module that classifies: its answer is a class a state (whole numbers), or a number for each
 * of its classes, of which the largest counts. known[count] are the classes of the data,
 * named[names] those of the module's numbers in order; names = 0: the known ones, if they are as
 * many, else 0, 1,
 * ... */
int torch_module_name_classes(torch_module *module, int64_t count, const int32_t *known,
                              int64_t names, const int32_t *named);
/* Tries such a module on x[m][d]; -1 with a line in error[size]. */
int torch_module_try_classifier(torch_module *module, int64_t m, const double *x, char *error,
                                int size);
/* A ddn_classify_f64_fn of such a module. */
int32_t torch_classes(void *module, int64_t m, int64_t d, const double *x, int64_t ldx,
                      int32_t *class_out);

/* Time spent in the module so far, and states that it was given. */
double torch_module_seconds(const torch_module *module, int64_t *states);

DDN_END_DECLS

#endif
