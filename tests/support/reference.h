/* Reference numbers of tests/data/reference.json. */
#ifndef TEST_SUPPORT_REFERENCE_H
#define TEST_SUPPORT_REFERENCE_H

#include <jansson.h>
#include <stdint.h>

/* The member of the file at a path such as "exact_1d.cases"; aborts the test if there is none. */
json_t *ref_at(const char *path);
/* Member of an object, as a number; the element i of an array member; lengths. All abort the test
 * when absent. */
json_t *ref_get(const json_t *object, const char *name);
double ref_number(const json_t *object, const char *name);
double ref_element(const json_t *object, const char *name, int64_t i);
int64_t ref_length(const json_t *object, const char *name);
/* An array of numbers, or an array of rows, flattened to out; returns how many numbers. */
int64_t ref_numbers(const json_t *object, const char *name, double *out, int64_t capacity);

#endif
