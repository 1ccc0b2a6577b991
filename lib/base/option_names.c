/* The one list of all options of the library: keys, and the objects that have them. A room's own
 * table has bounds and presets alone, so that any object can say whose a key is that it does not
 * know. tests/abi/constants.py holds this list against the public headers. */
#include <stddef.h>

#include "base/options.h"

typedef struct option_name {
    int32_t key;
    const char *name;
} option_name;

static const option_name names[] = {
    {1001, "DDN_CONTEXT_THREADS"},       {1002, "DDN_CONTEXT_SHADOW"},
    {2001, "DDN_QUERY_EPSILON"},         {2002, "DDN_QUERY_TRAJECTORY"},
    {2003, "DDN_QUERY_FORBID"},          {2004, "DDN_QUERY_PROBES"},
    {3001, "DDN_INTEGRATOR_T_START"},    {3002, "DDN_INTEGRATOR_T_END"},
    {3003, "DDN_INTEGRATOR_ETA"},        {3004, "DDN_INTEGRATOR_EPSILON"},
    {3005, "DDN_INTEGRATOR_RTOL"},       {3006, "DDN_INTEGRATOR_ATOL"},
    {3007, "DDN_INTEGRATOR_GAMMA"},      {3008, "DDN_INTEGRATOR_MU"},
    {3009, "DDN_INTEGRATOR_STEPS"},      {3010, "DDN_INTEGRATOR_GRID"},
    {3011, "DDN_INTEGRATOR_SEED"},       {3012, "DDN_INTEGRATOR_FIRST_PATH"},
    {3013, "DDN_INTEGRATOR_DENOISE"},    {3014, "DDN_INTEGRATOR_FIRST_STEP"},
    {3015, "DDN_INTEGRATOR_VARIANCE"},   {3016, "DDN_INTEGRATOR_TRAJECTORY"},
    {3017, "DDN_INTEGRATOR_CHURN"},      {3018, "DDN_INTEGRATOR_CHURN_MIN"},
    {3019, "DDN_INTEGRATOR_CHURN_MAX"},  {3020, "DDN_INTEGRATOR_CHURN_NOISE"},
    {4001, "DDN_ANALYSIS_EXCESS_LEVEL"}, {4002, "DDN_ANALYSIS_T_START"},
    {4003, "DDN_ANALYSIS_T_END"},        {4004, "DDN_ANALYSIS_ETA"},
    {4005, "DDN_ANALYSIS_SEED"},         {4006, "DDN_ANALYSIS_SAMPLES"},
    {4007, "DDN_ANALYSIS_CLONES"},       {4008, "DDN_ANALYSIS_STEPS"},
    {4009, "DDN_ANALYSIS_BATCH"},        {4010, "DDN_ANALYSIS_METHOD"},
    {4011, "DDN_ANALYSIS_PATHS"},        {4012, "DDN_ANALYSIS_PATH_STEPS"},
    {4013, "DDN_ANALYSIS_PRECISION"},    {4014, "DDN_ANALYSIS_MOST_SAMPLES"},
    {4015, "DDN_ANALYSIS_NEIGHBOURS"},   {4016, "DDN_ANALYSIS_CLONE_PRECISION"},
    {4017, "DDN_ANALYSIS_KAPPA"},        {4018, "DDN_ANALYSIS_GRID"},
    {4019, "DDN_ANALYSIS_STEP_SHARE"},   {5001, "DDN_SYMMETRY_ETA"},
    {5002, "DDN_SYMMETRY_TOLERANCE"},    {5003, "DDN_SYMMETRY_MERGE"},
    {5004, "DDN_SYMMETRY_STEP"},         {5005, "DDN_SYMMETRY_ITERATIONS"},
    {5006, "DDN_SYMMETRY_EIGENVALUES"},  {5007, "DDN_SYMMETRY_DESCEND"},
    {5008, "DDN_SYMMETRY_SEED"},         {5009, "DDN_SYMMETRY_POINTS"},
    {5010, "DDN_SYMMETRY_BRANCHES"},     {6001, "DDN_MODEL_CLIP_LOW"},
    {6002, "DDN_MODEL_CLIP_HIGH"},       {6003, "DDN_MODEL_STEP"},
    {6004, "DDN_MODEL_MAX_ROWS"},
};

/* By thousands of the key. */
static const char *const owners[] = {"",         "contexts",         "queries", "integrators",
                                     "analyses", "symmetry objects", "models"};

const char *ddni_option_name(int32_t key)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].key == key) {
            return names[i].name;
        }
    }
    return NULL;
}

const char *ddni_option_owners(int32_t key)
{
    size_t thousand = key < 0 ? 0 : (size_t)key / 1000;
    return thousand < sizeof owners / sizeof *owners ? owners[thousand] : "";
}
