/* Small TorchScript modules with known answers, for the tests of doc/examples/torch. */
#ifndef TORCH_MODULES_H
#define TORCH_MODULES_H

#include <diffdyn/diffdyn.h>

DDN_BEGIN_DECLS

enum {
    TORCH_POINTS = 48, /* of the data set that the exact modules know */
    TORCH_D = 4
};
/* Its points, in two classes 3 and 8 that take turns. */
void torch_points(double *y);
/* Writes all modules into a folder, as NAME.pt, and the points as points.f64; 0, or -1 and a line
 * on stderr. */
int torch_modules_write(const char *folder);

DDN_END_DECLS

#endif
