/* Which way of evaluation served the states of a query's last run. */
#ifndef TEST_SUPPORT_WAYS_H
#define TEST_SUPPORT_WAYS_H

#include <diffdyn/diffdyn.h>

/* Number of the way of that name; fails the test where the oracle has none. */
int64_t test_way(const ddn_oracle *oracle, const char *name);

/* All ways but the last, which always serves: bits for DDN_QUERY_FORBID. */
int64_t test_all_but_last(const ddn_oracle *oracle);

/* The dense way for data of this type: the first one, or in double where single precision fails. */
const char *test_dense_way(ddn_type type, int wide);

/* States of the last run that the way served. */
int64_t test_served(const ddn_query *query, const ddn_oracle *oracle, const char *name);

/* Fails unless the way served all m states of the last run; else says who did, and why not. */
void test_served_all(const ddn_query *query, const ddn_oracle *oracle, const char *name, int64_t m);

#endif
