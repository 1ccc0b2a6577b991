/* All methods of the integrator. */
#ifndef TEST_SUPPORT_METHODS_H
#define TEST_SUPPORT_METHODS_H

#include <diffdyn/diffdyn.h>

enum {
    TEST_METHODS = 11
};
extern const ddn_method test_methods[TEST_METHODS]; /* the last one is DDN_METHOD_FORWARD */

/* Whether paths of the method with its default eta depend on the seed. */
int test_method_is_random(ddn_method method);

#endif
