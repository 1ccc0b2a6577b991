# Made by doc/bindings/generate.py from include/interface.json: change these, not this file.

const DDN_OK = Int32(0)
const DDN_STOPPED = Int32(1)
const DDN_E_NULL = Int32(-1)
const DDN_E_RANGE = Int32(-2)
const DDN_E_NONFINITE = Int32(-3)
const DDN_E_SHAPE = Int32(-4)
const DDN_E_KEY = Int32(-5)
const DDN_E_NOMEM = Int32(-6)
const DDN_E_IO = Int32(-7)
const DDN_E_FORMAT = Int32(-8)
const DDN_E_UNSUPPORTED = Int32(-9)
const DDN_E_STATE = Int32(-10)
const DDN_E_CALLBACK = Int32(-11)
const DDN_E_CONVERGENCE = Int32(-12)
const DDN_E_INTERNAL = Int32(-13)
const DDN_E_HANDLE = Int32(-14)
const DDN_E_TYPE = Int32(-15)
const DDN_E_CAPACITY = Int32(-16)
const DDN_E_MISMATCH = Int32(-17)
const DDN_E_OVERLAP = Int32(-18)
const DDN_TYPE_NONE = Int32(-1)
const DDN_TYPE_U8 = Int32(1)
const DDN_TYPE_F32 = Int32(2)
const DDN_TYPE_F64 = Int32(3)
const DDN_TYPE_I64 = Int32(4)
const DDN_CONTEXT_NONE = Int32(-1)
const DDN_CONTEXT_THREADS = Int32(1001)
const DDN_FORMAT_NONE = Int32(-1)
const DDN_FORMAT_AUTO = Int32(0)
const DDN_FORMAT_NPY = Int32(1)
const DDN_FORMAT_IDX = Int32(2)
const DDN_FORMAT_CIFAR10 = Int32(3)
const DDN_FORMAT_CIFAR100 = Int32(4)
const DDN_FORMAT_CIFAR100_COARSE = Int32(5)
const DDN_FORMAT_NPY_BF16 = Int32(6)
const DDN_TABLE_NONE = Int32(-1)
const DDN_TABLE_ALPHA_BAR = Int32(1)
const DDN_TABLE_BETA = Int32(2)
const DDN_COORDINATE_NONE = Int32(-1)
const DDN_COORDINATE_OU = Int32(1)
const DDN_COORDINATE_LOGSNR = Int32(2)
const DDN_COORDINATE_SIGMA = Int32(3)
const DDN_COORDINATE_ALPHA_BAR = Int32(4)
const DDN_COORDINATE_THETA = Int32(5)
const DDN_GRID_NONE = Int32(-1)
const DDN_GRID_UNIFORM = Int32(1)
const DDN_GRID_GEOMETRIC = Int32(2)
const DDN_GRID_LOGSNR = Int32(3)
const DDN_GRID_KARRAS = Int32(4)
const DDN_GRID_LEADING = Int32(5)
const DDN_GRID_TRAILING = Int32(6)
const DDN_GRID_LINSPACE = Int32(7)
const DDN_OUT_NONE = Int32(-1)
const DDN_OUT_SCORE = Int32(1)
const DDN_OUT_MEAN = Int32(2)
const DDN_OUT_LOG_P = Int32(3)
const DDN_OUT_ENTROPY = Int32(4)
const DDN_OUT_SUM_W2 = Int32(5)
const DDN_OUT_W_MAX = Int32(6)
const DDN_OUT_ONE_MINUS_W_MAX = Int32(7)
const DDN_OUT_ARGMAX = Int32(8)
const DDN_OUT_CLASS_POSTERIOR = Int32(9)
const DDN_OUT_TRACE_COV = Int32(10)
const DDN_OUT_DIVERGENCE = Int32(11)
const DDN_OUT_COV_TIMES_V = Int32(12)
const DDN_OUT_JACOBIAN_TIMES_V = Int32(13)
const DDN_OUT_DRAW = Int32(14)
const DDN_OUT_DRAW_INDEX = Int32(15)
const DDN_OUT_NEAREST_DISTANCE2 = Int32(16)
const DDN_OUT_SECOND_DISTANCE2 = Int32(17)
const DDN_IN_NONE = Int32(-1)
const DDN_IN_V = Int32(101)
const DDN_QUERY_NONE = Int32(-1)
const DDN_QUERY_EPSILON = Int32(2001)
const DDN_QUERY_TRAJECTORY = Int32(2002)
const DDN_QUERY_FORBID = Int32(2003)
const DDN_QUERY_PROBES = Int32(2004)
const DDN_WAY_NONE = Int32(-1)
const DDN_WAY_TRIED = Int32(1)
const DDN_WAY_SERVED = Int32(2)
const DDN_WAY_ROWS = Int32(3)
const DDN_WAY_BYTES = Int32(4)
const DDN_CLOCK_NONE = Int32(-1)
const DDN_CLOCK_OU = Int32(1)
const DDN_CLOCK_SCHEDULE = Int32(2)
const DDN_POOLING_NONE = Int32(-1)
const DDN_POOLING_SAME = Int32(1)
const DDN_POOLING_MEAN = Int32(2)
const DDN_POOLING_SHARE = Int32(3)
const DDN_POOLING_SUM = Int32(4)
const DDN_POOLING_PART = Int32(5)
const DDN_RESULT_FORMAT_NONE = Int32(-1)
const DDN_RESULT_FORMAT_AUTO = Int32(0)
const DDN_RESULT_FORMAT_CSV = Int32(1)
const DDN_RESULT_FORMAT_JSON = Int32(2)
const DDN_RESULT_FORMAT_NPY = Int32(3)
const DDN_ANALYSIS_NONE = Int32(-1)
const DDN_ANALYSIS_EXCESS_LEVEL = Int32(4001)
const DDN_ANALYSIS_T_START = Int32(4002)
const DDN_ANALYSIS_T_END = Int32(4003)
const DDN_ANALYSIS_ETA = Int32(4004)
const DDN_ANALYSIS_SEED = Int32(4005)
const DDN_ANALYSIS_SAMPLES = Int32(4006)
const DDN_ANALYSIS_CLONES = Int32(4007)
const DDN_ANALYSIS_STEPS = Int32(4008)
const DDN_ANALYSIS_BATCH = Int32(4009)
const DDN_ANALYSIS_METHOD = Int32(4010)
const DDN_ANALYSIS_PATHS = Int32(4011)
const DDN_ANALYSIS_PATH_STEPS = Int32(4012)
const DDN_ANALYSIS_PRECISION = Int32(4013)
const DDN_ANALYSIS_MOST_SAMPLES = Int32(4014)
const DDN_ANALYSIS_NEIGHBOURS = Int32(4015)
const DDN_ANALYSIS_CLONE_PRECISION = Int32(4016)
const DDN_ANALYSIS_KAPPA = Int32(4017)
const DDN_ANALYSIS_GRID = Int32(4018)
const DDN_ANALYSIS_STEP_SHARE = Int32(4019)
const DDN_METHOD_NONE = Int32(-1)
const DDN_METHOD_EXACT = Int32(10)
const DDN_METHOD_EULER = Int32(20)
const DDN_METHOD_HEUN = Int32(21)
const DDN_METHOD_EDM_HEUN = Int32(22)
const DDN_METHOD_EXPONENTIAL = Int32(30)
const DDN_METHOD_DDPM = Int32(40)
const DDN_METHOD_PNDM = Int32(50)
const DDN_METHOD_MULTISTEP2 = Int32(51)
const DDN_METHOD_GRADIENT_ESTIMATION = Int32(52)
const DDN_METHOD_ADAPTIVE = Int32(60)
const DDN_METHOD_FORWARD = Int32(90)
const DDN_INTEGRATOR_NONE = Int32(-1)
const DDN_INTEGRATOR_T_START = Int32(3001)
const DDN_INTEGRATOR_T_END = Int32(3002)
const DDN_INTEGRATOR_ETA = Int32(3003)
const DDN_INTEGRATOR_EPSILON = Int32(3004)
const DDN_INTEGRATOR_RTOL = Int32(3005)
const DDN_INTEGRATOR_ATOL = Int32(3006)
const DDN_INTEGRATOR_GAMMA = Int32(3007)
const DDN_INTEGRATOR_MU = Int32(3008)
const DDN_INTEGRATOR_STEPS = Int32(3009)
const DDN_INTEGRATOR_GRID = Int32(3010)
const DDN_INTEGRATOR_SEED = Int32(3011)
const DDN_INTEGRATOR_FIRST_PATH = Int32(3012)
const DDN_INTEGRATOR_DENOISE = Int32(3013)
const DDN_INTEGRATOR_FIRST_STEP = Int32(3014)
const DDN_INTEGRATOR_VARIANCE = Int32(3015)
const DDN_INTEGRATOR_TRAJECTORY = Int32(3016)
const DDN_INTEGRATOR_CHURN = Int32(3017)
const DDN_INTEGRATOR_CHURN_MIN = Int32(3018)
const DDN_INTEGRATOR_CHURN_MAX = Int32(3019)
const DDN_INTEGRATOR_CHURN_NOISE = Int32(3020)
const DDN_RUN_NONE = Int32(-1)
const DDN_RUN_IDLE = Int32(0)
const DDN_RUN_RUNNING = Int32(1)
const DDN_RUN_STOPPED = Int32(2)
const DDN_RUN_FINISHED = Int32(3)
const DDN_TALLY_NONE = Int32(-1)
const DDN_TALLY_EVALUATIONS = Int32(1)
const DDN_TALLY_ACCEPTED = Int32(2)
const DDN_TALLY_REJECTED = Int32(3)
const DDN_START_NONE = Int32(-1)
const DDN_START_NOISE = Int32(1)
const DDN_START_GAUSSIAN = Int32(2)
const DDN_RECORD_NONE = Int32(-1)
const DDN_RECORD_TIMES = Int32(1)
const DDN_RECORD_STATES = Int32(2)
const DDN_RECORD_INDEX = Int32(3)
const DDN_RECORD_LAST_CHANGE = Int32(4)
const DDN_RECORD_CHANGES = Int32(5)
const DDN_RECORD_ENTROPY = Int32(6)
const DDN_RECORD_SUM_W2 = Int32(7)
const DDN_RECORD_W_MAX = Int32(8)
const DDN_RECORD_TRACE_COV = Int32(9)
const DDN_RECORD_LOG_P = Int32(10)
const DDN_RECORD_OVERLAP = Int32(11)
const DDN_RECORD_HISTORY = Int32(12)
const DDN_VARIANCE_NONE = Int32(-1)
const DDN_VARIANCE_SHARED = Int32(1)
const DDN_VARIANCE_ISOTROPIC = Int32(2)
const DDN_VARIANCE_SHARED_DIAGONAL = Int32(3)
const DDN_VARIANCE_DIAGONAL = Int32(4)
const DDN_PREDICTION_NONE = Int32(-1)
const DDN_PREDICTION_SCORE = Int32(1)
const DDN_PREDICTION_EPS = Int32(2)
const DDN_PREDICTION_X0 = Int32(3)
const DDN_PREDICTION_V = Int32(4)
const DDN_PREDICTION_VELOCITY = Int32(5)
const DDN_MODEL_NONE = Int32(-1)
const DDN_MODEL_CLIP_LOW = Int32(6001)
const DDN_MODEL_CLIP_HIGH = Int32(6002)
const DDN_MODEL_STEP = Int32(6003)
const DDN_MODEL_MAX_ROWS = Int32(6004)
const DDN_SYMMETRY_NONE = Int32(-1)
const DDN_SYMMETRY_ETA = Int32(5001)
const DDN_SYMMETRY_TOLERANCE = Int32(5002)
const DDN_SYMMETRY_MERGE = Int32(5003)
const DDN_SYMMETRY_STEP = Int32(5004)
const DDN_SYMMETRY_ITERATIONS = Int32(5005)
const DDN_SYMMETRY_EIGENVALUES = Int32(5006)
const DDN_SYMMETRY_DESCEND = Int32(5007)
const DDN_SYMMETRY_SEED = Int32(5008)
const DDN_SYMMETRY_POINTS = Int32(5009)
const DDN_SYMMETRY_BRANCHES = Int32(5010)
const DDN_BIFURCATION_NONE = Int32(-1)
const DDN_BIFURCATION_FOLD = Int32(1)
const DDN_BIFURCATION_BRANCH = Int32(2)
const DDN_SYSTEM_KIND_NONE = Int32(-1)
const DDN_SYSTEM_FLOW = Int32(1)
const DDN_SYSTEM_MAP = Int32(2)
const DDN_STABILITY_NONE = Int32(-1)
const DDN_STABILITY_STABLE = Int32(1)
const DDN_STABILITY_UNSTABLE = Int32(2)
const DDN_STABILITY_SADDLE = Int32(3)
const DDN_STABILITY_HALF_STABLE = Int32(4)
const DDN_STABILITY_NEUTRAL = Int32(5)
const DDN_SYSTEM_BIFURCATION_NONE = Int32(-1)
const DDN_SYSTEM_SADDLE_NODE = Int32(1)
const DDN_SYSTEM_TRANSCRITICAL = Int32(2)
const DDN_SYSTEM_PITCHFORK_SUPER = Int32(3)
const DDN_SYSTEM_PITCHFORK_SUB = Int32(4)
const DDN_SYSTEM_PERIOD_DOUBLING = Int32(5)
const DDN_REGIME_NONE = Int32(-1)
const DDN_REGIME_RANDOM = Int32(1)
const DDN_REGIME_FEATURES = Int32(2)
const DDN_REGIME_MEMORIZATION = Int32(3)
const DDN_PATH_NONE = Int32(-1)
const DDN_PATH_AUTO = Int32(0)
const DDN_PATH_POSTERIOR = Int32(1)
const DDN_PATH_CLONES = Int32(2)

# const char *ddn_status_name(ddn_status status)
ddn_status_name(status) =
    ccall((:ddn_status_name, libdiffdyn), Cstring,
          (Int32,), status)

# const char *ddn_status_text(ddn_status status)
ddn_status_text(status) =
    ccall((:ddn_status_text, libdiffdyn), Cstring,
          (Int32,), status)

# const char *ddn_version_string(void)
ddn_version_string() =
    ccall((:ddn_version_string, libdiffdyn), Cstring,
          ())

# int32_t ddn_version_number(void)
ddn_version_number() =
    ccall((:ddn_version_number, libdiffdyn), Int32,
          ())

# const char *ddn_feature(const char *name)
ddn_feature(name) =
    ccall((:ddn_feature, libdiffdyn), Cstring,
          (Cstring,), name)

# int64_t ddn_feature_count(void)
ddn_feature_count() =
    ccall((:ddn_feature_count, libdiffdyn), Int64,
          ())

# const char *ddn_feature_name(int64_t i)
ddn_feature_name(i) =
    ccall((:ddn_feature_name, libdiffdyn), Cstring,
          (Int64,), i)

# ddn_status ddn_context_create(ddn_context **out)
ddn_context_create(out) =
    ccall((:ddn_context_create, libdiffdyn), Int32,
          (Ptr{Ptr{Cvoid}},), out)

# ddn_status ddn_context_create_with_allocator(ddn_allocate_fn allocate, ddn_deallocate_fn deallocate, void
#     *user, ddn_context **out)
ddn_context_create_with_allocator(allocate, deallocate, user, out) =
    ccall((:ddn_context_create_with_allocator, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), allocate, deallocate, user, out)

# void ddn_context_destroy(ddn_context *ctx)
ddn_context_destroy(ctx) =
    ccall((:ddn_context_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), ctx)

# const char *ddn_context_message(const ddn_context *ctx)
ddn_context_message(ctx) =
    ccall((:ddn_context_message, libdiffdyn), Cstring,
          (Ptr{Cvoid},), ctx)

# ddn_options *ddn_context_options(ddn_context *ctx)
ddn_context_options(ctx) =
    ccall((:ddn_context_options, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), ctx)

# ddn_status ddn_options_set_f64(ddn_options *options, int32_t key, double value)
ddn_options_set_f64(options, key, value) =
    ccall((:ddn_options_set_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Float64), options, key, value)

# ddn_status ddn_options_set_i64(ddn_options *options, int32_t key, int64_t value)
ddn_options_set_i64(options, key, value) =
    ccall((:ddn_options_set_i64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64), options, key, value)

# ddn_status ddn_options_get_f64(const ddn_options *options, int32_t key, double *value)
ddn_options_get_f64(options, key, value) =
    ccall((:ddn_options_get_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Float64}), options, key, value)

# ddn_status ddn_options_get_i64(const ddn_options *options, int32_t key, int64_t *value)
ddn_options_get_i64(options, key, value) =
    ccall((:ddn_options_get_i64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Int64}), options, key, value)

# ddn_status ddn_options_bounds_f64(const ddn_options *options, int32_t key, double *minimum, double *maximum,
#     double *preset)
ddn_options_bounds_f64(options, key, minimum, maximum, preset) =
    ccall((:ddn_options_bounds_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), options, key, minimum, maximum, preset)

# ddn_status ddn_options_bounds_i64(const ddn_options *options, int32_t key, int64_t *minimum, int64_t
#     *maximum, int64_t *preset)
ddn_options_bounds_i64(options, key, minimum, maximum, preset) =
    ccall((:ddn_options_bounds_i64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Int64}, Ptr{Int64}, Ptr{Int64}), options, key, minimum, maximum, preset)

# ddn_status ddn_options_reset(ddn_options *options)
ddn_options_reset(options) =
    ccall((:ddn_options_reset, libdiffdyn), Int32,
          (Ptr{Cvoid},), options)

# int64_t ddn_options_count(const ddn_options *options)
ddn_options_count(options) =
    ccall((:ddn_options_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), options)

# int32_t ddn_options_key(const ddn_options *options, int64_t i)
ddn_options_key(options, i) =
    ccall((:ddn_options_key, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64), options, i)

# const char *ddn_options_name(const ddn_options *options, int32_t key)
ddn_options_name(options, key) =
    ccall((:ddn_options_name, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Int32), options, key)

# int32_t ddn_options_find(const ddn_options *options, const char *name)
ddn_options_find(options, name) =
    ccall((:ddn_options_find, libdiffdyn), Int32,
          (Ptr{Cvoid}, Cstring), options, name)

# ddn_type ddn_options_type(const ddn_options *options, int32_t key)
ddn_options_type(options, key) =
    ccall((:ddn_options_type, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32), options, key)

# ddn_status ddn_context_set_kernel(ddn_context *ctx, const char *name)
ddn_context_set_kernel(ctx, name) =
    ccall((:ddn_context_set_kernel, libdiffdyn), Int32,
          (Ptr{Cvoid}, Cstring), ctx, name)

# const char *ddn_context_kernel(const ddn_context *ctx)
ddn_context_kernel(ctx) =
    ccall((:ddn_context_kernel, libdiffdyn), Cstring,
          (Ptr{Cvoid},), ctx)

# const char *ddn_kernel_name(int32_t index, int32_t *supported)
ddn_kernel_name(index, supported) =
    ccall((:ddn_kernel_name, libdiffdyn), Cstring,
          (Int32, Ptr{Int32}), index, supported)

# ddn_status ddn_context_set_parallel_for(ddn_context *ctx, ddn_parallel_for_fn parallel_for, void *user,
#     ddn_release_fn release)
ddn_context_set_parallel_for(ctx, parallel_for, user, release) =
    ccall((:ddn_context_set_parallel_for, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), ctx, parallel_for, user, release)

# ddn_status ddn_context_set_progress(ddn_context *ctx, ddn_progress_fn progress, void *user, ddn_release_fn
#     release)
ddn_context_set_progress(ctx, progress, user, release) =
    ccall((:ddn_context_set_progress, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), ctx, progress, user, release)

# void ddn_context_cancel(ddn_context *ctx)
ddn_context_cancel(ctx) =
    ccall((:ddn_context_cancel, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), ctx)

# ddn_status ddn_context_fail(ddn_context *ctx, const char *text)
ddn_context_fail(ctx, text) =
    ccall((:ddn_context_fail, libdiffdyn), Int32,
          (Ptr{Cvoid}, Cstring), ctx, text)

# ddn_status ddn_team_create(ddn_context *ctx, int64_t rank, int64_t size, ddn_team_allgather_fn allgather,
#     ddn_team_alltoall_fn alltoall, void *user, ddn_release_fn release, ddn_team **out)
ddn_team_create(ctx, rank, size, allgather, alltoall, user, release, out) =
    ccall((:ddn_team_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, rank, size, allgather, alltoall, user, release, out)

# ddn_status ddn_team_retain(const ddn_team *team)
ddn_team_retain(team) =
    ccall((:ddn_team_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), team)

# void ddn_team_destroy(ddn_team *team)
ddn_team_destroy(team) =
    ccall((:ddn_team_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), team)

# int64_t ddn_team_rank(const ddn_team *team)
ddn_team_rank(team) =
    ccall((:ddn_team_rank, libdiffdyn), Int64,
          (Ptr{Cvoid},), team)

# int64_t ddn_team_size(const ddn_team *team)
ddn_team_size(team) =
    ccall((:ddn_team_size, libdiffdyn), Int64,
          (Ptr{Cvoid},), team)

# ddn_status ddn_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine)
ddn_team_agree(ctx, team, mine) =
    ccall((:ddn_team_agree, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32), ctx, team, mine)

# ddn_status ddn_dataset_create(ddn_context *ctx, ddn_type type, int64_t n, int64_t d, const void *data,
#     int64_t ld, ddn_dataset **out)
ddn_dataset_create(ctx, type_, n, d, data, ld, out) =
    ccall((:ddn_dataset_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Int64, Ptr{Cvoid}, Int64, Ptr{Ptr{Cvoid}}), ctx, type_, n, d, data, ld, out)

# ddn_status ddn_dataset_create_borrowed(ddn_context *ctx, ddn_type type, int64_t n, int64_t d, const void
#     *data, int64_t ld, void *user, ddn_release_fn release, ddn_dataset **out)
ddn_dataset_create_borrowed(ctx, type_, n, d, data, ld, user, release, out) =
    ccall((:ddn_dataset_create_borrowed, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Int64, Ptr{Cvoid}, Int64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, type_, n, d, data, ld, user, release, out)

# ddn_status ddn_dataset_open(ddn_context *ctx, const char *path, ddn_format format, ddn_dataset **out)
ddn_dataset_open(ctx, path, format, out) =
    ccall((:ddn_dataset_open, libdiffdyn), Int32,
          (Ptr{Cvoid}, Cstring, Int32, Ptr{Ptr{Cvoid}}), ctx, path, format, out)

# ddn_status ddn_dataset_open_files(ddn_context *ctx, ddn_format format, int64_t count, const char *const
#     *paths, ddn_dataset **out)
ddn_dataset_open_files(ctx, format, count, paths, out) =
    ccall((:ddn_dataset_open_files, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Ptr{Cstring}, Ptr{Ptr{Cvoid}}), ctx, format, count, paths, out)

# ddn_status ddn_dataset_create_mapped(ddn_context *ctx, const ddn_dataset *ds, double scale, double shift,
#     ddn_dataset **out)
ddn_dataset_create_mapped(ctx, ds, scale, shift, out) =
    ccall((:ddn_dataset_create_mapped, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Ptr{Ptr{Cvoid}}), ctx, ds, scale, shift, out)

# ddn_status ddn_dataset_create_bytes(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
ddn_dataset_create_bytes(ctx, ds, out) =
    ccall((:ddn_dataset_create_bytes, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, ds, out)

# ddn_status ddn_dataset_create_labelled(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const int32_t
#     *labels, ddn_dataset **out)
ddn_dataset_create_labelled(ctx, ds, count, labels, out) =
    ccall((:ddn_dataset_create_labelled, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Int32}, Ptr{Ptr{Cvoid}}), ctx, ds, count, labels, out)

# ddn_status ddn_dataset_open_labelled(ddn_context *ctx, const ddn_dataset *ds, const char *path, ddn_dataset
#     **out)
ddn_dataset_open_labelled(ctx, ds, path, out) =
    ccall((:ddn_dataset_open_labelled, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Ptr{Ptr{Cvoid}}), ctx, ds, path, out)

# ddn_status ddn_dataset_create_weighted(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const double
#     *weights, ddn_dataset **out)
ddn_dataset_create_weighted(ctx, ds, count, weights, out) =
    ccall((:ddn_dataset_create_weighted, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), ctx, ds, count, weights, out)

# ddn_status ddn_dataset_create_distinct(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
ddn_dataset_create_distinct(ctx, ds, out) =
    ccall((:ddn_dataset_create_distinct, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, ds, out)

# ddn_status ddn_dataset_create_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const int64_t
#     *rows, ddn_dataset **out)
ddn_dataset_create_subset(ctx, ds, count, rows, out) =
    ccall((:ddn_dataset_create_subset, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Int64}, Ptr{Ptr{Cvoid}}), ctx, ds, count, rows, out)

# ddn_status ddn_dataset_create_class_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const
#     int32_t *classes, ddn_dataset **out)
ddn_dataset_create_class_subset(ctx, ds, count, classes, out) =
    ccall((:ddn_dataset_create_class_subset, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Int32}, Ptr{Ptr{Cvoid}}), ctx, ds, count, classes, out)

# ddn_status ddn_dataset_create_team(ddn_context *ctx, ddn_team *team, const ddn_dataset *part, ddn_dataset
#     **out)
ddn_dataset_create_team(ctx, team, part, out) =
    ccall((:ddn_dataset_create_team, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, team, part, out)

# const ddn_team *ddn_dataset_team(const ddn_dataset *ds)
ddn_dataset_team(ds) =
    ccall((:ddn_dataset_team, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), ds)

# ddn_status ddn_dataset_retain(const ddn_dataset *ds)
ddn_dataset_retain(ds) =
    ccall((:ddn_dataset_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), ds)

# void ddn_dataset_destroy(ddn_dataset *ds)
ddn_dataset_destroy(ds) =
    ccall((:ddn_dataset_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), ds)

# int64_t ddn_dataset_n(const ddn_dataset *ds)
ddn_dataset_n(ds) =
    ccall((:ddn_dataset_n, libdiffdyn), Int64,
          (Ptr{Cvoid},), ds)

# int64_t ddn_dataset_d(const ddn_dataset *ds)
ddn_dataset_d(ds) =
    ccall((:ddn_dataset_d, libdiffdyn), Int64,
          (Ptr{Cvoid},), ds)

# ddn_type ddn_dataset_type(const ddn_dataset *ds)
ddn_dataset_type(ds) =
    ccall((:ddn_dataset_type, libdiffdyn), Int32,
          (Ptr{Cvoid},), ds)

# double ddn_dataset_scale(const ddn_dataset *ds)
ddn_dataset_scale(ds) =
    ccall((:ddn_dataset_scale, libdiffdyn), Float64,
          (Ptr{Cvoid},), ds)

# double ddn_dataset_shift(const ddn_dataset *ds)
ddn_dataset_shift(ds) =
    ccall((:ddn_dataset_shift, libdiffdyn), Float64,
          (Ptr{Cvoid},), ds)

# const char *ddn_dataset_description(const ddn_dataset *ds)
ddn_dataset_description(ds) =
    ccall((:ddn_dataset_description, libdiffdyn), Cstring,
          (Ptr{Cvoid},), ds)

# ddn_status ddn_dataset_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count, double
#     *out, int64_t ldo)
ddn_dataset_read(ctx, ds, first, count, out, ldo) =
    ccall((:ddn_dataset_read, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64), ctx, ds, first, count, out, ldo)

# ddn_status ddn_dataset_digest(ddn_context *ctx, const ddn_dataset *ds, int64_t *digest)
ddn_dataset_digest(ctx, ds, digest) =
    ccall((:ddn_dataset_digest, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Int64}), ctx, ds, digest)

# ddn_status ddn_dataset_read_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count, float
#     *out, int64_t ldo)
ddn_dataset_read_f32(ctx, ds, first, count, out, ldo) =
    ccall((:ddn_dataset_read_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float32}, Int64), ctx, ds, first, count, out, ldo)

# int32_t ddn_dataset_is_weighted(const ddn_dataset *ds)
ddn_dataset_is_weighted(ds) =
    ccall((:ddn_dataset_is_weighted, libdiffdyn), Int32,
          (Ptr{Cvoid},), ds)

# ddn_status ddn_dataset_weights(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, double *weights)
ddn_dataset_weights(ctx, ds, capacity, weights) =
    ccall((:ddn_dataset_weights, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}), ctx, ds, capacity, weights)

# ddn_status ddn_dataset_copy_count(ddn_context *ctx, const ddn_dataset *ds, int64_t *copies)
ddn_dataset_copy_count(ctx, ds, copies) =
    ccall((:ddn_dataset_copy_count, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Int64}), ctx, ds, copies)

# int64_t ddn_dataset_class_count(const ddn_dataset *ds)
ddn_dataset_class_count(ds) =
    ccall((:ddn_dataset_class_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), ds)

# ddn_status ddn_dataset_classes(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, int32_t *values,
#     int64_t *counts)
ddn_dataset_classes(ctx, ds, capacity, values, counts) =
    ccall((:ddn_dataset_classes, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Int32}, Ptr{Int64}), ctx, ds, capacity, values, counts)

# ddn_status ddn_dataset_labels(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, int32_t *labels)
ddn_dataset_labels(ctx, ds, capacity, labels) =
    ccall((:ddn_dataset_labels, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Int32}), ctx, ds, capacity, labels)

# ddn_status ddn_dataset_label_shares(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
#     double *shares, int64_t lds)
ddn_dataset_label_shares(ctx, ds, first, count, shares, lds) =
    ccall((:ddn_dataset_label_shares, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64), ctx, ds, first, count, shares, lds)

# ddn_status ddn_dataset_mean(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, double *mean)
ddn_dataset_mean(ctx, ds, capacity, mean) =
    ccall((:ddn_dataset_mean, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}), ctx, ds, capacity, mean)

# ddn_status ddn_dataset_squared_norms(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, const double
#     *centre, double *norms)
ddn_dataset_squared_norms(ctx, ds, capacity, centre, norms) =
    ccall((:ddn_dataset_squared_norms, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Float64}), ctx, ds, capacity, centre, norms)

# ddn_status ddn_dataset_nearest(ddn_context *ctx, const ddn_dataset *ds, int64_t m, int64_t k, const double
#     *x, int64_t ldx, int64_t *index, double *distance2)
ddn_dataset_nearest(ctx, ds, m, k, x, ldx, index, distance2) =
    ccall((:ddn_dataset_nearest, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64, Ptr{Int64}, Ptr{Float64}), ctx, ds, m, k, x, ldx, index, distance2)

# ddn_status ddn_dataset_spectrum(ddn_context *ctx, const ddn_dataset *ds, int64_t count, double *values,
#     double *vectors, int64_t ldv)
ddn_dataset_spectrum(ctx, ds, count, values, vectors, ldv) =
    ccall((:ddn_dataset_spectrum, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Float64}, Int64), ctx, ds, count, values, vectors, ldv)

# ddn_status ddn_dataset_log_det(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const double *c,
#     double *sums, double *standard_errors)
ddn_dataset_log_det(ctx, ds, count, c, sums, standard_errors) =
    ccall((:ddn_dataset_log_det, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), ctx, ds, count, c, sums, standard_errors)

# ddn_status ddn_span_create(ddn_context *ctx, const ddn_dataset *ds, double tolerance, ddn_span **out)
ddn_span_create(ctx, ds, tolerance, out) =
    ccall((:ddn_span_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Ptr{Ptr{Cvoid}}), ctx, ds, tolerance, out)

# ddn_status ddn_span_retain(const ddn_span *span)
ddn_span_retain(span) =
    ccall((:ddn_span_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), span)

# void ddn_span_destroy(ddn_span *span)
ddn_span_destroy(span) =
    ccall((:ddn_span_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), span)

# int64_t ddn_span_rank(const ddn_span *span)
ddn_span_rank(span) =
    ccall((:ddn_span_rank, libdiffdyn), Int64,
          (Ptr{Cvoid},), span)

# double ddn_span_distance(const ddn_span *span)
ddn_span_distance(span) =
    ccall((:ddn_span_distance, libdiffdyn), Float64,
          (Ptr{Cvoid},), span)

# ddn_status ddn_dataset_create_in_span(ddn_context *ctx, const ddn_span *span, ddn_type type, ddn_dataset
#     **out)
ddn_dataset_create_in_span(ctx, span, type_, out) =
    ccall((:ddn_dataset_create_in_span, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Ptr{Ptr{Cvoid}}), ctx, span, type_, out)

# ddn_status ddn_span_project(ddn_context *ctx, const ddn_span *span, double a, int64_t m, const double *x,
#     int64_t ldx, double *coordinates, int64_t ldc, double *residual, int64_t ldr)
ddn_span_project(ctx, span, a, m, x, ldx, coordinates, ldc, residual, ldr) =
    ccall((:ddn_span_project, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64), ctx, span, a, m, x, ldx, coordinates, ldc, residual, ldr)

# ddn_status ddn_span_lift(ddn_context *ctx, const ddn_span *span, double a, int64_t m, const double
#     *coordinates, int64_t ldc, double *out, int64_t ldo)
ddn_span_lift(ctx, span, a, m, coordinates, ldc, out, ldo) =
    ccall((:ddn_span_lift, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64), ctx, span, a, m, coordinates, ldc, out, ldo)

# ddn_status ddn_schedule_create_ou(ddn_context *ctx, ddn_schedule **out)
ddn_schedule_create_ou(ctx, out) =
    ccall((:ddn_schedule_create_ou, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# ddn_status ddn_schedule_create_vp_linear(ddn_context *ctx, double beta_min, double beta_max, ddn_schedule
#     **out)
ddn_schedule_create_vp_linear(ctx, beta_min, beta_max, out) =
    ccall((:ddn_schedule_create_vp_linear, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Ptr{Ptr{Cvoid}}), ctx, beta_min, beta_max, out)

# ddn_status ddn_schedule_create_ddpm(ddn_context *ctx, double beta_first, double beta_last, int64_t steps,
#     ddn_schedule **out)
ddn_schedule_create_ddpm(ctx, beta_first, beta_last, steps, out) =
    ccall((:ddn_schedule_create_ddpm, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Int64, Ptr{Ptr{Cvoid}}), ctx, beta_first, beta_last, steps, out)

# ddn_status ddn_schedule_create_scaled_linear(ddn_context *ctx, double beta_first, double beta_last, int64_t
#     steps, ddn_schedule **out)
ddn_schedule_create_scaled_linear(ctx, beta_first, beta_last, steps, out) =
    ccall((:ddn_schedule_create_scaled_linear, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Int64, Ptr{Ptr{Cvoid}}), ctx, beta_first, beta_last, steps, out)

# ddn_status ddn_schedule_create_table(ddn_context *ctx, ddn_table kind, int64_t count, const double *values,
#     ddn_schedule **out)
ddn_schedule_create_table(ctx, kind, count, values, out) =
    ccall((:ddn_schedule_create_table, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), ctx, kind, count, values, out)

# ddn_status ddn_schedule_create_cosine(ddn_context *ctx, int64_t steps, double offset, double beta_max,
#     ddn_schedule **out)
ddn_schedule_create_cosine(ctx, steps, offset, beta_max, out) =
    ccall((:ddn_schedule_create_cosine, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Float64, Float64, Ptr{Ptr{Cvoid}}), ctx, steps, offset, beta_max, out)

# ddn_status ddn_schedule_create_zero_snr(ddn_context *ctx, const ddn_schedule *base, ddn_schedule **out)
ddn_schedule_create_zero_snr(ctx, base, out) =
    ccall((:ddn_schedule_create_zero_snr, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, base, out)

# ddn_status ddn_schedule_create_edm(ddn_context *ctx, ddn_schedule **out)
ddn_schedule_create_edm(ctx, out) =
    ccall((:ddn_schedule_create_edm, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# ddn_status ddn_schedule_create_flow(ddn_context *ctx, ddn_schedule **out)
ddn_schedule_create_flow(ctx, out) =
    ccall((:ddn_schedule_create_flow, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# ddn_status ddn_schedule_create_custom(ddn_context *ctx, double t_min, double t_max, ddn_schedule_fn eval,
#     void *user, ddn_release_fn release, ddn_schedule **out)
ddn_schedule_create_custom(ctx, t_min, t_max, eval, user, release, out) =
    ccall((:ddn_schedule_create_custom, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, t_min, t_max, eval, user, release, out)

# ddn_status ddn_schedule_retain(const ddn_schedule *sch)
ddn_schedule_retain(sch) =
    ccall((:ddn_schedule_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), sch)

# void ddn_schedule_destroy(ddn_schedule *sch)
ddn_schedule_destroy(sch) =
    ccall((:ddn_schedule_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), sch)

# const char *ddn_schedule_kind(const ddn_schedule *sch)
ddn_schedule_kind(sch) =
    ccall((:ddn_schedule_kind, libdiffdyn), Cstring,
          (Ptr{Cvoid},), sch)

# ddn_status ddn_schedule_range(ddn_context *ctx, const ddn_schedule *sch, double *t_min, double *t_max)
ddn_schedule_range(ctx, sch, t_min, t_max) =
    ccall((:ddn_schedule_range, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Float64}, Ptr{Float64}), ctx, sch, t_min, t_max)

# ddn_status ddn_schedule_eval(ddn_context *ctx, const ddn_schedule *sch, double t, double *a, double *s)
ddn_schedule_eval(ctx, sch, t, a, s) =
    ccall((:ddn_schedule_eval, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Ptr{Float64}, Ptr{Float64}), ctx, sch, t, a, s)

# ddn_status ddn_schedule_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f, double *g2)
ddn_schedule_rates(ctx, sch, t, f, g2) =
    ccall((:ddn_schedule_rates, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Ptr{Float64}, Ptr{Float64}), ctx, sch, t, f, g2)

# ddn_status ddn_schedule_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
ddn_schedule_to_ou(ctx, sch, t, tau) =
    ccall((:ddn_schedule_to_ou, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Ptr{Float64}), ctx, sch, t, tau)

# ddn_status ddn_schedule_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
ddn_schedule_from_ou(ctx, sch, tau, t) =
    ccall((:ddn_schedule_from_ou, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Ptr{Float64}), ctx, sch, tau, t)

# ddn_status ddn_time_convert(ddn_context *ctx, ddn_coordinate from, ddn_coordinate to, double value, double
#     *result)
ddn_time_convert(ctx, from, to, value, result) =
    ccall((:ddn_time_convert, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int32, Float64, Ptr{Float64}), ctx, from, to, value, result)

# ddn_status ddn_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind, double t_first,
#     double t_last, int64_t count, double *times)
ddn_schedule_grid(ctx, sch, kind, t_first, t_last, count, times) =
    ccall((:ddn_schedule_grid, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Float64, Float64, Int64, Ptr{Float64}), ctx, sch, kind, t_first, t_last, count, times)

# ddn_status ddn_schedule_forward(ddn_context *ctx, const ddn_schedule *sch, double t_from, double t_to,
#     int64_t seed, int64_t first_path, int64_t step, int64_t m, int64_t d, double *x, int64_t ldx)
ddn_schedule_forward(ctx, sch, t_from, t_to, seed, first_path, step, m, d, x, ldx) =
    ccall((:ddn_schedule_forward, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Int64, Int64, Int64, Int64, Int64, Ptr{Float64}, Int64), ctx, sch, t_from, t_to, seed, first_path, step, m, d, x, ldx)

# ddn_status ddn_noise_draw(ddn_context *ctx, int64_t seed, int32_t stream, int64_t path, int64_t step,
#     int64_t first, int64_t count, double *z)
ddn_noise_draw(ctx, seed, stream, path, step, first, count, z) =
    ccall((:ddn_noise_draw, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int32, Int64, Int64, Int64, Int64, Ptr{Float64}), ctx, seed, stream, path, step, first, count, z)

# ddn_status ddn_oracle_create_empirical(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
#     ddn_oracle **out)
ddn_oracle_create_empirical(ctx, ds, sch, out) =
    ccall((:ddn_oracle_create_empirical, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, ds, sch, out)

# ddn_status ddn_oracle_retain(const ddn_oracle *oracle)
ddn_oracle_retain(oracle) =
    ccall((:ddn_oracle_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), oracle)

# void ddn_oracle_destroy(ddn_oracle *oracle)
ddn_oracle_destroy(oracle) =
    ccall((:ddn_oracle_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), oracle)

# int64_t ddn_oracle_d(const ddn_oracle *oracle)
ddn_oracle_d(oracle) =
    ccall((:ddn_oracle_d, libdiffdyn), Int64,
          (Ptr{Cvoid},), oracle)

# int64_t ddn_oracle_components(const ddn_oracle *oracle)
ddn_oracle_components(oracle) =
    ccall((:ddn_oracle_components, libdiffdyn), Int64,
          (Ptr{Cvoid},), oracle)

# int64_t ddn_oracle_class_count(const ddn_oracle *oracle)
ddn_oracle_class_count(oracle) =
    ccall((:ddn_oracle_class_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), oracle)

# const char *ddn_oracle_kind(const ddn_oracle *oracle)
ddn_oracle_kind(oracle) =
    ccall((:ddn_oracle_kind, libdiffdyn), Cstring,
          (Ptr{Cvoid},), oracle)

# const ddn_schedule *ddn_oracle_schedule(const ddn_oracle *oracle)
ddn_oracle_schedule(oracle) =
    ccall((:ddn_oracle_schedule, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), oracle)

# const ddn_dataset *ddn_oracle_dataset(const ddn_oracle *oracle)
ddn_oracle_dataset(oracle) =
    ccall((:ddn_oracle_dataset, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), oracle)

# const char *ddn_output_name(ddn_output what)
ddn_output_name(what) =
    ccall((:ddn_output_name, libdiffdyn), Cstring,
          (Int32,), what)

# ddn_type ddn_output_type(ddn_output what)
ddn_output_type(what) =
    ccall((:ddn_output_type, libdiffdyn), Int32,
          (Int32,), what)

# int64_t ddn_oracle_output_width(const ddn_oracle *oracle, ddn_output what)
ddn_oracle_output_width(oracle, what) =
    ccall((:ddn_oracle_output_width, libdiffdyn), Int64,
          (Ptr{Cvoid}, Int32), oracle, what)

# ddn_status ddn_query_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_query **out)
ddn_query_create(ctx, oracle, out) =
    ccall((:ddn_query_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, oracle, out)

# void ddn_query_destroy(ddn_query *query)
ddn_query_destroy(query) =
    ccall((:ddn_query_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), query)

# ddn_status ddn_query_bind_f64(ddn_query *query, ddn_output what, double *out, int64_t ld)
ddn_query_bind_f64(query, what, out, ld) =
    ccall((:ddn_query_bind_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Float64}, Int64), query, what, out, ld)

# ddn_status ddn_query_bind_i64(ddn_query *query, ddn_output what, int64_t *out)
ddn_query_bind_i64(query, what, out) =
    ccall((:ddn_query_bind_i64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Int64}), query, what, out)

# ddn_status ddn_query_bind_input(ddn_query *query, ddn_input what, const double *in, int64_t ld)
ddn_query_bind_input(query, what, in_, ld) =
    ccall((:ddn_query_bind_input, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Float64}, Int64), query, what, in_, ld)

# ddn_status ddn_query_bind_f32(ddn_query *query, ddn_output what, float *out, int64_t ld)
ddn_query_bind_f32(query, what, out, ld) =
    ccall((:ddn_query_bind_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Float32}, Int64), query, what, out, ld)

# ddn_status ddn_query_bind_input_f32(ddn_query *query, ddn_input what, const float *in, int64_t ld)
ddn_query_bind_input_f32(query, what, in_, ld) =
    ccall((:ddn_query_bind_input_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Ptr{Float32}, Int64), query, what, in_, ld)

# int32_t ddn_oracle_can(const ddn_oracle *oracle, ddn_output what)
ddn_oracle_can(oracle, what) =
    ccall((:ddn_oracle_can, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32), oracle, what)

# ddn_status ddn_query_set_noise(ddn_query *query, int64_t seed, int64_t first_path, int64_t step, int64_t
#     count, const int64_t *paths)
ddn_query_set_noise(query, seed, first_path, step, count, paths) =
    ccall((:ddn_query_set_noise, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Int64, Int64, Ptr{Int64}), query, seed, first_path, step, count, paths)

# ddn_options *ddn_query_options(ddn_query *query)
ddn_query_options(query) =
    ccall((:ddn_query_options, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), query)

# ddn_status ddn_query_run(ddn_query *query, double t, int64_t m, const double *x, int64_t ldx)
ddn_query_run(query, t, m, x, ldx) =
    ccall((:ddn_query_run, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64), query, t, m, x, ldx)

# ddn_status ddn_query_run_f32(ddn_query *query, double t, int64_t m, const float *x, int64_t ldx)
ddn_query_run_f32(query, t, m, x, ldx) =
    ccall((:ddn_query_run_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float32}, Int64), query, t, m, x, ldx)

# double ddn_query_dropped(const ddn_query *query)
ddn_query_dropped(query) =
    ccall((:ddn_query_dropped, libdiffdyn), Float64,
          (Ptr{Cvoid},), query)

# double ddn_query_touched(const ddn_query *query)
ddn_query_touched(query) =
    ccall((:ddn_query_touched, libdiffdyn), Float64,
          (Ptr{Cvoid},), query)

# int64_t ddn_oracle_way_count(const ddn_oracle *oracle)
ddn_oracle_way_count(oracle) =
    ccall((:ddn_oracle_way_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), oracle)

# const char *ddn_oracle_way_name(const ddn_oracle *oracle, int64_t way)
ddn_oracle_way_name(oracle, way) =
    ccall((:ddn_oracle_way_name, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Int64), oracle, way)

# int64_t ddn_query_tally(const ddn_query *query, ddn_way_tally what, int64_t way)
ddn_query_tally(query, what, way) =
    ccall((:ddn_query_tally, libdiffdyn), Int64,
          (Ptr{Cvoid}, Int32, Int64), query, what, way)

# int64_t ddn_query_tally_total(const ddn_query *query, ddn_way_tally what, int64_t way)
ddn_query_tally_total(query, what, way) =
    ccall((:ddn_query_tally_total, libdiffdyn), Int64,
          (Ptr{Cvoid}, Int32, Int64), query, what, way)

# int64_t ddn_oracle_tally(const ddn_oracle *oracle, ddn_way_tally what, int64_t way)
ddn_oracle_tally(oracle, what, way) =
    ccall((:ddn_oracle_tally, libdiffdyn), Int64,
          (Ptr{Cvoid}, Int32, Int64), oracle, what, way)

# const char *ddn_query_way_note(const ddn_query *query, int64_t way)
ddn_query_way_note(query, way) =
    ccall((:ddn_query_way_note, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Int64), query, way)

# int64_t ddn_query_scratch_bytes(const ddn_query *query)
ddn_query_scratch_bytes(query) =
    ccall((:ddn_query_scratch_bytes, libdiffdyn), Int64,
          (Ptr{Cvoid},), query)

# ddn_status ddn_oracle_score(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t m, const double
#     *x, int64_t ldx, double *score, int64_t lds)
ddn_oracle_score(ctx, oracle, t, m, x, ldx, score, lds) =
    ccall((:ddn_oracle_score, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64), ctx, oracle, t, m, x, ldx, score, lds)

# ddn_status ddn_oracle_sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed, int64_t
#     first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
ddn_oracle_sample_data(ctx, oracle, seed, first_path, m, x, ldx, index) =
    ccall((:ddn_oracle_sample_data, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Int64, Ptr{Float64}, Int64, Ptr{Int64}), ctx, oracle, seed, first_path, m, x, ldx, index)

# ddn_status ddn_result_retain(const ddn_result *result)
ddn_result_retain(result) =
    ccall((:ddn_result_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), result)

# void ddn_result_destroy(ddn_result *result)
ddn_result_destroy(result) =
    ccall((:ddn_result_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), result)

# int64_t ddn_result_rows(const ddn_result *result)
ddn_result_rows(result) =
    ccall((:ddn_result_rows, libdiffdyn), Int64,
          (Ptr{Cvoid},), result)

# int64_t ddn_result_column_count(const ddn_result *result)
ddn_result_column_count(result) =
    ccall((:ddn_result_column_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), result)

# const char *ddn_result_column_name(const ddn_result *result, int64_t i)
ddn_result_column_name(result, i) =
    ccall((:ddn_result_column_name, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Int64), result, i)

# int64_t ddn_result_scalar_count(const ddn_result *result)
ddn_result_scalar_count(result) =
    ccall((:ddn_result_scalar_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), result)

# const char *ddn_result_scalar_name(const ddn_result *result, int64_t i)
ddn_result_scalar_name(result, i) =
    ccall((:ddn_result_scalar_name, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Int64), result, i)

# ddn_status ddn_result_column(ddn_context *ctx, const ddn_result *result, const char *name, int64_t capacity,
#     double *out)
ddn_result_column(ctx, result, name, capacity, out) =
    ccall((:ddn_result_column, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Int64, Ptr{Float64}), ctx, result, name, capacity, out)

# ddn_status ddn_result_scalar(ddn_context *ctx, const ddn_result *result, const char *name, double *value,
#     double *standard_error)
ddn_result_scalar(ctx, result, name, value, standard_error) =
    ccall((:ddn_result_scalar, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Ptr{Float64}, Ptr{Float64}), ctx, result, name, value, standard_error)

# const char *ddn_result_definition(const ddn_result *result, const char *name)
ddn_result_definition(result, name) =
    ccall((:ddn_result_definition, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Cstring), result, name)

# const char *ddn_result_unit(const ddn_result *result, const char *name)
ddn_result_unit(result, name) =
    ccall((:ddn_result_unit, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Cstring), result, name)

# ddn_clock ddn_result_clock(const ddn_result *result)
ddn_result_clock(result) =
    ccall((:ddn_result_clock, libdiffdyn), Int32,
          (Ptr{Cvoid},), result)

# int64_t ddn_result_field_count(const ddn_result *result)
ddn_result_field_count(result) =
    ccall((:ddn_result_field_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), result)

# const char *ddn_result_field_name(const ddn_result *result, int64_t i)
ddn_result_field_name(result, i) =
    ccall((:ddn_result_field_name, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Int64), result, i)

# const char *ddn_result_field(const ddn_result *result, const char *name)
ddn_result_field(result, name) =
    ccall((:ddn_result_field, libdiffdyn), Cstring,
          (Ptr{Cvoid}, Cstring), result, name)

# ddn_status ddn_result_create(ddn_context *ctx, const char *kind, ddn_clock clock, int64_t rows, ddn_result
#     **out)
ddn_result_create(ctx, kind, clock, rows, out) =
    ccall((:ddn_result_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Cstring, Int32, Int64, Ptr{Ptr{Cvoid}}), ctx, kind, clock, rows, out)

# ddn_status ddn_result_create_copy(ddn_context *ctx, const ddn_result *result, ddn_result **out)
ddn_result_create_copy(ctx, result, out) =
    ccall((:ddn_result_create_copy, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, result, out)

# ddn_status ddn_result_add_column(ddn_context *ctx, ddn_result *result, const char *name, const char *unit,
#     const char *definition, const double *values)
ddn_result_add_column(ctx, result, name, unit, definition, values) =
    ccall((:ddn_result_add_column, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Cstring, Cstring, Ptr{Float64}), ctx, result, name, unit, definition, values)

# ddn_status ddn_result_add_scalar(ddn_context *ctx, ddn_result *result, const char *name, const char *unit,
#     const char *definition, double value, double standard_error)
ddn_result_add_scalar(ctx, result, name, unit, definition, value, standard_error) =
    ccall((:ddn_result_add_scalar, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Cstring, Cstring, Float64, Float64), ctx, result, name, unit, definition, value, standard_error)

# ddn_status ddn_result_set_field(ddn_context *ctx, ddn_result *result, const char *name, const char *text)
ddn_result_set_field(ctx, result, name, text) =
    ccall((:ddn_result_set_field, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Cstring), ctx, result, name, text)

# ddn_status ddn_result_set_pooling(ddn_context *ctx, ddn_result *result, const char *name, ddn_pooling
#     pooling, int64_t count)
ddn_result_set_pooling(ctx, result, name, pooling, count) =
    ccall((:ddn_result_set_pooling, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Int32, Int64), ctx, result, name, pooling, count)

# ddn_status ddn_result_write(ddn_context *ctx, const ddn_result *result, const char *path, ddn_result_format
#     format)
ddn_result_write(ctx, result, path, format) =
    ccall((:ddn_result_write, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Cstring, Int32), ctx, result, path, format)

# ddn_status ddn_result_open(ddn_context *ctx, const char *path, ddn_result_format format, ddn_result **out)
ddn_result_open(ctx, path, format, out) =
    ccall((:ddn_result_open, libdiffdyn), Int32,
          (Ptr{Cvoid}, Cstring, Int32, Ptr{Ptr{Cvoid}}), ctx, path, format, out)

# ddn_status ddn_result_merge(ddn_context *ctx, const ddn_result *a, const ddn_result *b, ddn_result **out)
ddn_result_merge(ctx, a, b, out) =
    ccall((:ddn_result_merge, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, a, b, out)

# ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out)
ddn_analysis_create(ctx, out) =
    ccall((:ddn_analysis_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# void ddn_analysis_destroy(ddn_analysis *an)
ddn_analysis_destroy(an) =
    ccall((:ddn_analysis_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), an)

# ddn_options *ddn_analysis_options(ddn_analysis *an)
ddn_analysis_options(an) =
    ccall((:ddn_analysis_options, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), an)

# ddn_status ddn_analysis_set_classifier_f64(ddn_analysis *an, ddn_classify_f64_fn fn, void *user,
#     ddn_release_fn release)
ddn_analysis_set_classifier_f64(an, fn, user, release) =
    ccall((:ddn_analysis_set_classifier_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), an, fn, user, release)

# ddn_status ddn_analysis_set_classifier_f32(ddn_analysis *an, ddn_classify_f32_fn fn, void *user,
#     ddn_release_fn release)
ddn_analysis_set_classifier_f32(an, fn, user, release) =
    ccall((:ddn_analysis_set_classifier_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), an, fn, user, release)

# ddn_status ddn_analysis_set_points(ddn_analysis *an, const ddn_dataset *ds)
ddn_analysis_set_points(an, ds) =
    ccall((:ddn_analysis_set_points, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), an, ds)

# ddn_status ddn_analysis_identities(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, const double
#     *times, ddn_result **out)
ddn_analysis_identities(an, oracle, count, times, out) =
    ccall((:ddn_analysis_identities, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, count, times, out)

# ddn_status ddn_integrator_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_method method,
#     ddn_integrator **out)
ddn_integrator_create(ctx, oracle, method, out) =
    ccall((:ddn_integrator_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Ptr{Ptr{Cvoid}}), ctx, oracle, method, out)

# void ddn_integrator_destroy(ddn_integrator *it)
ddn_integrator_destroy(it) =
    ccall((:ddn_integrator_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), it)

# ddn_options *ddn_integrator_options(ddn_integrator *it)
ddn_integrator_options(it) =
    ccall((:ddn_integrator_options, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), it)

# ddn_status ddn_integrator_set_times(ddn_integrator *it, int64_t count, const double *times)
ddn_integrator_set_times(it, count, times) =
    ccall((:ddn_integrator_set_times, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}), it, count, times)

# int64_t ddn_integrator_time_count(const ddn_integrator *it)
ddn_integrator_time_count(it) =
    ccall((:ddn_integrator_time_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), it)

# ddn_status ddn_integrator_times(const ddn_integrator *it, int64_t capacity, double *times)
ddn_integrator_times(it, capacity, times) =
    ccall((:ddn_integrator_times, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}), it, capacity, times)

# ddn_status ddn_integrator_set_paths(ddn_integrator *it, int64_t count, const int64_t *paths)
ddn_integrator_set_paths(it, count, paths) =
    ccall((:ddn_integrator_set_paths, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Int64}), it, count, paths)

# ddn_status ddn_integrator_draw_start(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
ddn_integrator_draw_start(it, m, x, ldx) =
    ccall((:ddn_integrator_draw_start, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}, Int64), it, m, x, ldx)

# ddn_status ddn_integrator_run(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
ddn_integrator_run(it, m, x, ldx) =
    ccall((:ddn_integrator_run, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}, Int64), it, m, x, ldx)

# ddn_status ddn_integrator_resume(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
ddn_integrator_resume(it, m, x, ldx) =
    ccall((:ddn_integrator_resume, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}, Int64), it, m, x, ldx)

# ddn_status ddn_integrator_reset(ddn_integrator *it)
ddn_integrator_reset(it) =
    ccall((:ddn_integrator_reset, libdiffdyn), Int32,
          (Ptr{Cvoid},), it)

# ddn_status ddn_integrator_position(const ddn_integrator *it, ddn_run_phase *phase, int64_t *index, int64_t
#     *count, double *t)
ddn_integrator_position(it, phase, index, count, t) =
    ccall((:ddn_integrator_position, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Int32}, Ptr{Int64}, Ptr{Int64}, Ptr{Float64}), it, phase, index, count, t)

# int64_t ddn_integrator_tally(const ddn_integrator *it, ddn_tally what)
ddn_integrator_tally(it, what) =
    ccall((:ddn_integrator_tally, libdiffdyn), Int64,
          (Ptr{Cvoid}, Int32), it, what)

# ddn_status ddn_integrator_save_size(const ddn_integrator *it, int64_t *size)
ddn_integrator_save_size(it, size) =
    ccall((:ddn_integrator_save_size, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Int64}), it, size)

# ddn_status ddn_integrator_save(const ddn_integrator *it, int64_t capacity, void *buffer)
ddn_integrator_save(it, capacity, buffer) =
    ccall((:ddn_integrator_save, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Cvoid}), it, capacity, buffer)

# ddn_status ddn_integrator_saved_rows(const ddn_integrator *it, int64_t size, const void *buffer, int64_t *m)
ddn_integrator_saved_rows(it, size, buffer, m) =
    ccall((:ddn_integrator_saved_rows, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Cvoid}, Ptr{Int64}), it, size, buffer, m)

# ddn_status ddn_integrator_restore(ddn_integrator *it, int64_t size, int64_t m, const void *buffer, double
#     *x, int64_t ldx)
ddn_integrator_restore(it, size, m, buffer, x, ldx) =
    ccall((:ddn_integrator_restore, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Ptr{Cvoid}, Ptr{Float64}, Int64), it, size, m, buffer, x, ldx)

# ddn_status ddn_integrator_attach_callback(ddn_integrator *it, int64_t wanted, ddn_observe_fn fn, void *user,
#     ddn_release_fn release)
ddn_integrator_attach_callback(it, wanted, fn, user, release) =
    ccall((:ddn_integrator_attach_callback, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}), it, wanted, fn, user, release)

# int64_t ddn_step_index(const ddn_step *step)
ddn_step_index(step) =
    ccall((:ddn_step_index, libdiffdyn), Int64,
          (Ptr{Cvoid},), step)

# int64_t ddn_step_count(const ddn_step *step)
ddn_step_count(step) =
    ccall((:ddn_step_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), step)

# double ddn_step_time(const ddn_step *step)
ddn_step_time(step) =
    ccall((:ddn_step_time, libdiffdyn), Float64,
          (Ptr{Cvoid},), step)

# int64_t ddn_step_m(const ddn_step *step)
ddn_step_m(step) =
    ccall((:ddn_step_m, libdiffdyn), Int64,
          (Ptr{Cvoid},), step)

# int64_t ddn_step_d(const ddn_step *step)
ddn_step_d(step) =
    ccall((:ddn_step_d, libdiffdyn), Int64,
          (Ptr{Cvoid},), step)

# const double *ddn_step_x(const ddn_step *step)
ddn_step_x(step) =
    ccall((:ddn_step_x, libdiffdyn), Ptr{Float64},
          (Ptr{Cvoid},), step)

# int64_t ddn_step_ldx(const ddn_step *step)
ddn_step_ldx(step) =
    ccall((:ddn_step_ldx, libdiffdyn), Int64,
          (Ptr{Cvoid},), step)

# const double *ddn_step_f64(const ddn_step *step, ddn_output what, int64_t *ld)
ddn_step_f64(step, what, ld) =
    ccall((:ddn_step_f64, libdiffdyn), Ptr{Float64},
          (Ptr{Cvoid}, Int32, Ptr{Int64}), step, what, ld)

# const int64_t *ddn_step_i64(const ddn_step *step, ddn_output what)
ddn_step_i64(step, what) =
    ccall((:ddn_step_i64, libdiffdyn), Ptr{Int64},
          (Ptr{Cvoid}, Int32), step, what)

# ddn_status ddn_late_start_draw(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch, ddn_start
#     kind, double t, int64_t seed, int64_t first_path, int64_t m, double *x, int64_t ldx)
ddn_late_start_draw(ctx, ds, sch, kind, t, seed, first_path, m, x, ldx) =
    ccall((:ddn_late_start_draw, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Int32, Float64, Int64, Int64, Int64, Ptr{Float64}, Int64), ctx, ds, sch, kind, t, seed, first_path, m, x, ldx)

# ddn_status ddn_analysis_late_start(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, const double
#     *times, ddn_result **out)
ddn_analysis_late_start(an, oracle, count, times, out) =
    ccall((:ddn_analysis_late_start, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, count, times, out)

# ddn_status ddn_late_start_choose(ddn_context *ctx, const ddn_result *result, ddn_start kind, double level,
#     double *t, double *standard_error)
ddn_late_start_choose(ctx, result, kind, level, t, standard_error) =
    ccall((:ddn_late_start_choose, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Float64, Ptr{Float64}, Ptr{Float64}), ctx, result, kind, level, t, standard_error)

# ddn_status ddn_late_start_interval(ddn_context *ctx, const ddn_result *result, ddn_start kind, double level,
#     double *low, double *high)
ddn_late_start_interval(ctx, result, kind, level, low, high) =
    ccall((:ddn_late_start_interval, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Float64, Ptr{Float64}, Ptr{Float64}), ctx, result, kind, level, low, high)

# ddn_status ddn_features_create_identity(ddn_context *ctx, int64_t d, ddn_features **out)
ddn_features_create_identity(ctx, d, out) =
    ccall((:ddn_features_create_identity, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Ptr{Cvoid}}), ctx, d, out)

# ddn_status ddn_features_create_pca(ddn_context *ctx, const ddn_dataset *ds, int64_t k, ddn_features **out)
ddn_features_create_pca(ctx, ds, k, out) =
    ccall((:ddn_features_create_pca, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Ptr{Cvoid}}), ctx, ds, k, out)

# ddn_status ddn_features_create_callback(ddn_context *ctx, int64_t d, int64_t k, ddn_features_fn fn, void
#     *user, ddn_release_fn release, ddn_features **out)
ddn_features_create_callback(ctx, d, k, fn, user, release, out) =
    ccall((:ddn_features_create_callback, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, d, k, fn, user, release, out)

# ddn_status ddn_features_retain(const ddn_features *features)
ddn_features_retain(features) =
    ccall((:ddn_features_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), features)

# void ddn_features_destroy(ddn_features *features)
ddn_features_destroy(features) =
    ccall((:ddn_features_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), features)

# int64_t ddn_features_d(const ddn_features *features)
ddn_features_d(features) =
    ccall((:ddn_features_d, libdiffdyn), Int64,
          (Ptr{Cvoid},), features)

# int64_t ddn_features_count(const ddn_features *features)
ddn_features_count(features) =
    ccall((:ddn_features_count, libdiffdyn), Int64,
          (Ptr{Cvoid},), features)

# ddn_status ddn_features_apply(ddn_context *ctx, const ddn_features *features, int64_t m, const double *x,
#     int64_t ldx, double *out, int64_t ldo)
ddn_features_apply(ctx, features, m, x, ldx, out, ldo) =
    ccall((:ddn_features_apply, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64), ctx, features, m, x, ldx, out, ldo)

# ddn_status ddn_frechet_create(ddn_context *ctx, const ddn_dataset *ds, const ddn_features *features,
#     ddn_frechet **out)
ddn_frechet_create(ctx, ds, features, out) =
    ccall((:ddn_frechet_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, ds, features, out)

# ddn_status ddn_frechet_retain(const ddn_frechet *frechet)
ddn_frechet_retain(frechet) =
    ccall((:ddn_frechet_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), frechet)

# void ddn_frechet_destroy(ddn_frechet *frechet)
ddn_frechet_destroy(frechet) =
    ccall((:ddn_frechet_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), frechet)

# ddn_status ddn_frechet_distance(ddn_context *ctx, const ddn_frechet *frechet, int64_t m, int64_t seed,
#     int64_t replicates, const double *x, int64_t ldx, double *distance2, double *standard_error, double
#     *draws)
ddn_frechet_distance(ctx, frechet, m, seed, replicates, x, ldx, distance2, standard_error, draws) =
    ccall((:ddn_frechet_distance, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), ctx, frechet, m, seed, replicates, x, ldx, distance2, standard_error, draws)

# ddn_status ddn_analysis_log_likelihood(ddn_analysis *an, const ddn_oracle *oracle, const ddn_oracle *end,
#     int64_t probes, int64_t m, const double *x, int64_t ldx, ddn_result **out)
ddn_analysis_log_likelihood(an, oracle, end_, probes, m, x, ldx, out) =
    ccall((:ddn_analysis_log_likelihood, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}), an, oracle, end_, probes, m, x, ldx, out)

# ddn_status ddn_analysis_memorization(ddn_analysis *an, const ddn_dataset *ds, int64_t m, const double *x,
#     int64_t ldx, ddn_result **out)
ddn_analysis_memorization(an, ds, m, x, ldx, out) =
    ccall((:ddn_analysis_memorization, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}), an, ds, m, x, ldx, out)

# ddn_status ddn_analysis_memorization_f32(ddn_analysis *an, const ddn_dataset *ds, int64_t m, const float *x,
#     int64_t ldx, ddn_result **out)
ddn_analysis_memorization_f32(an, ds, m, x, ldx, out) =
    ccall((:ddn_analysis_memorization_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float32}, Int64, Ptr{Ptr{Cvoid}}), an, ds, m, x, ldx, out)

# ddn_status ddn_analysis_generalization(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *train,
#     const ddn_dataset *test, int64_t count, int64_t clone_count, const double *times, const double
#     *clone_times, ddn_result **out)
ddn_analysis_generalization(an, oracle, train, test, count, clone_count, times, clone_times, out) =
    ccall((:ddn_analysis_generalization, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, train, test, count, clone_count, times, clone_times, out)

# ddn_status ddn_observer_create_snapshots(ddn_context *ctx, int64_t count, const double *times, ddn_observer
#     **out)
ddn_observer_create_snapshots(ctx, count, times, out) =
    ccall((:ddn_observer_create_snapshots, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), ctx, count, times, out)

# ddn_status ddn_observer_create_nearest(ddn_context *ctx, ddn_observer **out)
ddn_observer_create_nearest(ctx, out) =
    ccall((:ddn_observer_create_nearest, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# ddn_status ddn_observer_create_posterior(ddn_context *ctx, ddn_observer **out)
ddn_observer_create_posterior(ctx, out) =
    ccall((:ddn_observer_create_posterior, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# ddn_status ddn_observer_create_class(ddn_context *ctx, ddn_observer **out)
ddn_observer_create_class(ctx, out) =
    ccall((:ddn_observer_create_class, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, out)

# ddn_status ddn_observer_create_overlap(ddn_context *ctx, int64_t count, int64_t d, const double *directions,
#     int64_t ldv, ddn_observer **out)
ddn_observer_create_overlap(ctx, count, d, directions, ldv, out) =
    ccall((:ddn_observer_create_overlap, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}), ctx, count, d, directions, ldv, out)

# void ddn_observer_destroy(ddn_observer *observer)
ddn_observer_destroy(observer) =
    ccall((:ddn_observer_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), observer)

# ddn_status ddn_observer_attach(ddn_observer *observer, ddn_integrator *it)
ddn_observer_attach(observer, it) =
    ccall((:ddn_observer_attach, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), observer, it)

# int64_t ddn_observer_size(const ddn_observer *observer, ddn_record what)
ddn_observer_size(observer, what) =
    ccall((:ddn_observer_size, libdiffdyn), Int64,
          (Ptr{Cvoid}, Int32), observer, what)

# ddn_status ddn_observer_read_f64(const ddn_observer *observer, ddn_record what, int64_t capacity, double
#     *out)
ddn_observer_read_f64(observer, what, capacity, out) =
    ccall((:ddn_observer_read_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Ptr{Float64}), observer, what, capacity, out)

# ddn_status ddn_observer_read_i64(const ddn_observer *observer, ddn_record what, int64_t capacity, int64_t
#     *out)
ddn_observer_read_i64(observer, what, capacity, out) =
    ccall((:ddn_observer_read_i64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Ptr{Int64}), observer, what, capacity, out)

# ddn_status ddn_oracle_create_mixture(ddn_context *ctx, const ddn_schedule *sch, ddn_variance kind, int64_t
#     components, int64_t d, const double *weights, const double *means, int64_t ldm, const double *variances,
#     int64_t ldv, const int32_t *labels, ddn_oracle **out)
ddn_oracle_create_mixture(ctx, sch, kind, components, d, weights, means, ldm, variances, ldv, labels, out) =
    ccall((:ddn_oracle_create_mixture, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Int64, Ptr{Float64}, Int64, Ptr{Int32}, Ptr{Ptr{Cvoid}}), ctx, sch, kind, components, d, weights, means, ldm, variances, ldv, labels, out)

# ddn_status ddn_oracle_create_two_gaussians(ddn_context *ctx, const ddn_schedule *sch, int64_t d, double
#     sigma2, const double *m, ddn_oracle **out)
ddn_oracle_create_two_gaussians(ctx, sch, d, sigma2, m, out) =
    ccall((:ddn_oracle_create_two_gaussians, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Float64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), ctx, sch, d, sigma2, m, out)

# ddn_status ddn_oracle_create_gaussian(ddn_context *ctx, const ddn_schedule *sch, int64_t d, int64_t count,
#     double residual, const double *mean, const double *values, const double *vectors, int64_t ldv,
#     ddn_oracle **out)
ddn_oracle_create_gaussian(ctx, sch, d, count, residual, mean, values, vectors, ldv, out) =
    ccall((:ddn_oracle_create_gaussian, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Float64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}), ctx, sch, d, count, residual, mean, values, vectors, ldv, out)

# ddn_status ddn_oracle_create_gaussian_of(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
#     int64_t count, ddn_oracle **out)
ddn_oracle_create_gaussian_of(ctx, ds, sch, count, out) =
    ccall((:ddn_oracle_create_gaussian_of, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Ptr{Cvoid}}), ctx, ds, sch, count, out)

# ddn_status ddn_model_create(ddn_context *ctx, const ddn_schedule *sch, ddn_prediction prediction, int64_t d,
#     void *user, ddn_release_fn release, ddn_model **out)
ddn_model_create(ctx, sch, prediction, d, user, release, out) =
    ccall((:ddn_model_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Int64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, sch, prediction, d, user, release, out)

# void ddn_model_destroy(ddn_model *model)
ddn_model_destroy(model) =
    ccall((:ddn_model_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), model)

# ddn_status ddn_model_set_predict_f64(ddn_model *model, ddn_predict_f64_fn fn)
ddn_model_set_predict_f64(model, fn) =
    ccall((:ddn_model_set_predict_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), model, fn)

# ddn_status ddn_model_set_predict_f32(ddn_model *model, ddn_predict_f32_fn fn)
ddn_model_set_predict_f32(model, fn) =
    ccall((:ddn_model_set_predict_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), model, fn)

# ddn_status ddn_model_set_jvp_f64(ddn_model *model, ddn_jvp_f64_fn fn)
ddn_model_set_jvp_f64(model, fn) =
    ccall((:ddn_model_set_jvp_f64, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), model, fn)

# ddn_status ddn_model_set_jvp_f32(ddn_model *model, ddn_jvp_f32_fn fn)
ddn_model_set_jvp_f32(model, fn) =
    ccall((:ddn_model_set_jvp_f32, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), model, fn)

# ddn_status ddn_model_set_log_p(ddn_model *model, ddn_log_density_fn fn)
ddn_model_set_log_p(model, fn) =
    ccall((:ddn_model_set_log_p, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), model, fn)

# ddn_status ddn_model_set_dataset(ddn_model *model, const ddn_dataset *ds)
ddn_model_set_dataset(model, ds) =
    ccall((:ddn_model_set_dataset, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}), model, ds)

# ddn_options *ddn_model_options(ddn_model *model)
ddn_model_options(model) =
    ccall((:ddn_model_options, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), model)

# ddn_status ddn_oracle_create_model(ddn_context *ctx, const ddn_model *model, ddn_oracle **out)
ddn_oracle_create_model(ctx, model, out) =
    ccall((:ddn_oracle_create_model, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, model, out)

# ddn_status ddn_oracle_create_combination(ddn_context *ctx, int64_t count, ddn_oracle *const *parts, const
#     double *factors, ddn_oracle **out)
ddn_oracle_create_combination(ctx, count, parts, factors, out) =
    ccall((:ddn_oracle_create_combination, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Ptr{Cvoid}}, Ptr{Float64}, Ptr{Ptr{Cvoid}}), ctx, count, parts, factors, out)

# ddn_status ddn_oracle_create_timed_combination(ddn_context *ctx, int64_t count, int64_t intervals,
#     ddn_oracle *const *parts, const double *ends, const double *factors, ddn_oracle **out)
ddn_oracle_create_timed_combination(ctx, count, intervals, parts, ends, factors, out) =
    ccall((:ddn_oracle_create_timed_combination, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Ptr{Ptr{Cvoid}}, Ptr{Float64}, Ptr{Float64}, Ptr{Ptr{Cvoid}}), ctx, count, intervals, parts, ends, factors, out)

# ddn_status ddn_symmetry_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_symmetry **out)
ddn_symmetry_create(ctx, oracle, out) =
    ccall((:ddn_symmetry_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, oracle, out)

# void ddn_symmetry_destroy(ddn_symmetry *sy)
ddn_symmetry_destroy(sy) =
    ccall((:ddn_symmetry_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), sy)

# ddn_options *ddn_symmetry_options(ddn_symmetry *sy)
ddn_symmetry_options(sy) =
    ccall((:ddn_symmetry_options, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), sy)

# ddn_status ddn_symmetry_drift(ddn_symmetry *sy, double t, int64_t m, const double *x, int64_t ldx, double
#     *drift, int64_t ldo)
ddn_symmetry_drift(sy, t, m, x, ldx, drift, ldo) =
    ccall((:ddn_symmetry_drift, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64), sy, t, m, x, ldx, drift, ldo)

# ddn_status ddn_symmetry_potential(ddn_symmetry *sy, double t, int64_t m, const double *x, int64_t ldx,
#     double *u)
ddn_symmetry_potential(sy, t, m, x, ldx, u) =
    ccall((:ddn_symmetry_potential, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64, Ptr{Float64}), sy, t, m, x, ldx, u)

# ddn_status ddn_symmetry_line(ddn_symmetry *sy, double t, int64_t count, const double *x0, const double *v,
#     const double *q, ddn_result **out)
ddn_symmetry_line(sy, t, count, x0, v, q, out) =
    ccall((:ddn_symmetry_line, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Ptr{Cvoid}}), sy, t, count, x0, v, q, out)

# ddn_status ddn_symmetry_stability(ddn_symmetry *sy, double t, int64_t count, const double *x, double
#     *values, double *vectors, int64_t ldv)
ddn_symmetry_stability(sy, t, count, x, values, vectors, ldv) =
    ccall((:ddn_symmetry_stability, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Int64), sy, t, count, x, values, vectors, ldv)

# ddn_status ddn_symmetry_fixed_points(ddn_symmetry *sy, double t, int64_t m, const double *starts, int64_t
#     lds, double *points, int64_t ldp, ddn_result **out)
ddn_symmetry_fixed_points(sy, t, m, starts, lds, points, ldp, out) =
    ccall((:ddn_symmetry_fixed_points, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}), sy, t, m, starts, lds, points, ldp, out)

# ddn_status ddn_symmetry_diagram(ddn_symmetry *sy, double t_start, double t_end, int64_t m, int64_t k, const
#     double *starts, int64_t lds, const double *directions, int64_t ldv, ddn_diagram **out)
ddn_symmetry_diagram(sy, t_start, t_end, m, k, starts, lds, directions, ldv, out) =
    ccall((:ddn_symmetry_diagram, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Int64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}), sy, t_start, t_end, m, k, starts, lds, directions, ldv, out)

# ddn_status ddn_diagram_retain(const ddn_diagram *diagram)
ddn_diagram_retain(diagram) =
    ccall((:ddn_diagram_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), diagram)

# void ddn_diagram_destroy(ddn_diagram *diagram)
ddn_diagram_destroy(diagram) =
    ccall((:ddn_diagram_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), diagram)

# const ddn_result *ddn_diagram_points(const ddn_diagram *diagram)
ddn_diagram_points(diagram) =
    ccall((:ddn_diagram_points, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), diagram)

# const ddn_result *ddn_diagram_events(const ddn_diagram *diagram)
ddn_diagram_events(diagram) =
    ccall((:ddn_diagram_events, libdiffdyn), Ptr{Cvoid},
          (Ptr{Cvoid},), diagram)

# ddn_status ddn_diagram_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first, int64_t count,
#     double *out, int64_t ldo)
ddn_diagram_states(ctx, diagram, first, count, out, ldo) =
    ccall((:ddn_diagram_states, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64), ctx, diagram, first, count, out, ldo)

# ddn_status ddn_diagram_event_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first, int64_t
#     count, double *out, int64_t ldo)
ddn_diagram_event_states(ctx, diagram, first, count, out, ldo) =
    ccall((:ddn_diagram_event_states, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64), ctx, diagram, first, count, out, ldo)

# ddn_status ddn_symmetry_critical_time(ddn_context *ctx, const ddn_schedule *sch, double eta, double lambda,
#     double *t)
ddn_symmetry_critical_time(ctx, sch, eta, lambda, t) =
    ccall((:ddn_symmetry_critical_time, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Ptr{Float64}), ctx, sch, eta, lambda, t)

# ddn_status ddn_symmetry_critical(ddn_symmetry *sy, double lambda, int64_t count, const double *etas,
#     ddn_result **out)
ddn_symmetry_critical(sy, lambda, count, etas, out) =
    ccall((:ddn_symmetry_critical, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), sy, lambda, count, etas, out)

# ddn_status ddn_system_create(ddn_context *ctx, ddn_system_kind kind, int64_t d, ddn_system_fn f,
#     ddn_system_fn jacobian, void *user, ddn_release_fn release, ddn_system **out)
ddn_system_create(ctx, kind, d, f, jacobian, user, release, out) =
    ccall((:ddn_system_create, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int32, Int64, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), ctx, kind, d, f, jacobian, user, release, out)

# ddn_status ddn_system_retain(const ddn_system *sys)
ddn_system_retain(sys) =
    ccall((:ddn_system_retain, libdiffdyn), Int32,
          (Ptr{Cvoid},), sys)

# void ddn_system_destroy(ddn_system *sys)
ddn_system_destroy(sys) =
    ccall((:ddn_system_destroy, libdiffdyn), Cvoid,
          (Ptr{Cvoid},), sys)

# ddn_status ddn_system_fixed_points_1d(ddn_context *ctx, const ddn_system *sys, double parameter, double lo,
#     double hi, int64_t grid, int64_t capacity, double *x, double *eigenvalue, ddn_stability *stability,
#     int64_t *count)
ddn_system_fixed_points_1d(ctx, sys, parameter, lo, hi, grid, capacity, x, eigenvalue, stability, count) =
    ccall((:ddn_system_fixed_points_1d, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Float64, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Int32}, Ptr{Int64}), ctx, sys, parameter, lo, hi, grid, capacity, x, eigenvalue, stability, count)

# ddn_status ddn_system_fixed_points(ddn_context *ctx, const ddn_system *sys, double parameter, int64_t m,
#     int64_t capacity, const double *starts, int64_t ldx, double *x, int64_t *count)
ddn_system_fixed_points(ctx, sys, parameter, m, capacity, starts, ldx, x, count) =
    ccall((:ddn_system_fixed_points, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Int64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Ptr{Int64}), ctx, sys, parameter, m, capacity, starts, ldx, x, count)

# ddn_status ddn_system_eigenvalues(ddn_context *ctx, const ddn_system *sys, double parameter, double
#     tolerance, const double *x, double *re, double *im, ddn_stability *stability)
ddn_system_eigenvalues(ctx, sys, parameter, tolerance, x, re, im, stability) =
    ccall((:ddn_system_eigenvalues, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Int32}), ctx, sys, parameter, tolerance, x, re, im, stability)

# ddn_status ddn_system_bifurcations(ddn_context *ctx, const ddn_system *sys, double p_lo, double p_hi,
#     int64_t p_grid, double x_lo, double x_hi, int64_t x_grid, int64_t capacity, double *p, double *x,
#     ddn_system_bifurcation *kind, int64_t *count)
ddn_system_bifurcations(ctx, sys, p_lo, p_hi, p_grid, x_lo, x_hi, x_grid, capacity, p, x, kind, count) =
    ccall((:ddn_system_bifurcations, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Int64, Float64, Float64, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Int32}, Ptr{Int64}), ctx, sys, p_lo, p_hi, p_grid, x_lo, x_hi, x_grid, capacity, p, x, kind, count)

# ddn_status ddn_system_trajectory(ddn_context *ctx, const ddn_system *sys, double parameter, double
#     tolerance, int64_t count, const double *x0, const double *times, double *out, int64_t ldx)
ddn_system_trajectory(ctx, sys, parameter, tolerance, count, x0, times, out, ldx) =
    ccall((:ddn_system_trajectory, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Int64), ctx, sys, parameter, tolerance, count, x0, times, out, ldx)

# ddn_status ddn_system_passage(ddn_context *ctx, const ddn_system *sys, double parameter, int64_t coordinate,
#     double level, double t_max, double tolerance, const double *x0, double *time, double *x_end)
ddn_system_passage(ctx, sys, parameter, coordinate, level, t_max, tolerance, x0, time, x_end) =
    ccall((:ddn_system_passage, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Int64, Float64, Float64, Float64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), ctx, sys, parameter, coordinate, level, t_max, tolerance, x0, time, x_end)

# ddn_status ddn_system_orbit(ddn_context *ctx, const ddn_system *sys, double parameter, int64_t steps, const
#     double *x0, double *out, int64_t ldx)
ddn_system_orbit(ctx, sys, parameter, steps, x0, out, ldx) =
    ccall((:ddn_system_orbit, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Ptr{Float64}, Int64), ctx, sys, parameter, steps, x0, out, ldx)

# ddn_status ddn_system_escape(ddn_context *ctx, const ddn_system *sys, double parameter, double radius,
#     int64_t steps, const double *x0, int64_t *count)
ddn_system_escape(ctx, sys, parameter, radius, steps, x0, count) =
    ccall((:ddn_system_escape, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Float64, Float64, Int64, Ptr{Float64}, Ptr{Int64}), ctx, sys, parameter, radius, steps, x0, count)

# double ddn_theory_speciation(double lambda)
ddn_theory_speciation(lambda) =
    ccall((:ddn_theory_speciation, libdiffdyn), Float64,
          (Float64,), lambda)

# double ddn_theory_speciation_asymptotic(double lambda)
ddn_theory_speciation_asymptotic(lambda) =
    ccall((:ddn_theory_speciation_asymptotic, libdiffdyn), Float64,
          (Float64,), lambda)

# double ddn_theory_signal(double m2, double sigma2, double t)
ddn_theory_signal(m2, sigma2, t) =
    ccall((:ddn_theory_signal, libdiffdyn), Float64,
          (Float64, Float64, Float64), m2, sigma2, t)

# double ddn_theory_signal_time(double m2, double sigma2, double r)
ddn_theory_signal_time(m2, sigma2, r) =
    ccall((:ddn_theory_signal_time, libdiffdyn), Float64,
          (Float64, Float64, Float64), m2, sigma2, r)

# double ddn_theory_phi(double r)
ddn_theory_phi(r) =
    ccall((:ddn_theory_phi, libdiffdyn), Float64,
          (Float64,), r)

# double ddn_theory_one_minus_phi(double r)
ddn_theory_one_minus_phi(r) =
    ccall((:ddn_theory_one_minus_phi, libdiffdyn), Float64,
          (Float64,), r)

# double ddn_theory_phi_derivative(double r)
ddn_theory_phi_derivative(r) =
    ccall((:ddn_theory_phi_derivative, libdiffdyn), Float64,
          (Float64,), r)

# double ddn_theory_phi_sign(double m2, double sigma2, double t)
ddn_theory_phi_sign(m2, sigma2, t) =
    ccall((:ddn_theory_phi_sign, libdiffdyn), Float64,
          (Float64, Float64, Float64), m2, sigma2, t)

# double ddn_theory_phi_infinity(int64_t count, const double *weights)
ddn_theory_phi_infinity(count, weights) =
    ccall((:ddn_theory_phi_infinity, libdiffdyn), Float64,
          (Int64, Ptr{Float64}), count, weights)

# double ddn_theory_phi_level(double phi_infinity)
ddn_theory_phi_level(phi_infinity) =
    ccall((:ddn_theory_phi_level, libdiffdyn), Float64,
          (Float64,), phi_infinity)

# double ddn_theory_label_information(double r)
ddn_theory_label_information(r) =
    ccall((:ddn_theory_label_information, libdiffdyn), Float64,
          (Float64,), r)

# double ddn_theory_overlap_potential(double d, double mu2, double sigma2, double t, double q)
ddn_theory_overlap_potential(d, mu2, sigma2, t, q) =
    ccall((:ddn_theory_overlap_potential, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64, Float64), d, mu2, sigma2, t, q)

# double ddn_theory_overlap_slope(double d, double mu2, double sigma2, double t, double q)
ddn_theory_overlap_slope(d, mu2, sigma2, t, q) =
    ccall((:ddn_theory_overlap_slope, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64, Float64), d, mu2, sigma2, t, q)

# double ddn_theory_overlap_curvature(double d, double mu2, double sigma2, double t, double q)
ddn_theory_overlap_curvature(d, mu2, sigma2, t, q) =
    ccall((:ddn_theory_overlap_curvature, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64, Float64), d, mu2, sigma2, t, q)

# ddn_status ddn_theory_overlap_wells(double d, double mu2, double sigma2, double t, double *q, double
#     *curvature, int64_t *count)
ddn_theory_overlap_wells(d, mu2, sigma2, t, q, curvature, count) =
    ccall((:ddn_theory_overlap_wells, libdiffdyn), Int32,
          (Float64, Float64, Float64, Float64, Ptr{Float64}, Ptr{Float64}, Ptr{Int64}), d, mu2, sigma2, t, q, curvature, count)

# ddn_status ddn_theory_overlap_draw(ddn_context *ctx, double d, double mu2, double sigma2, double t, int64_t
#     seed, int64_t first_path, int64_t m, double *q)
ddn_theory_overlap_draw(ctx, d, mu2, sigma2, t, seed, first_path, m, q) =
    ccall((:ddn_theory_overlap_draw, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Float64, Float64, Int64, Int64, Int64, Ptr{Float64}), ctx, d, mu2, sigma2, t, seed, first_path, m, q)

# ddn_status ddn_theory_overlap_run(ddn_context *ctx, double d, double mu2, double sigma2, int64_t seed,
#     int64_t first_path, int64_t count, int64_t m, const double *times, double *q)
ddn_theory_overlap_run(ctx, d, mu2, sigma2, seed, first_path, count, m, times, q) =
    ccall((:ddn_theory_overlap_run, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Float64, Int64, Int64, Int64, Int64, Ptr{Float64}, Ptr{Float64}), ctx, d, mu2, sigma2, seed, first_path, count, m, times, q)

# ddn_status ddn_theory_overlap_phi(ddn_context *ctx, double d, double mu2, double sigma2, double t, double
#     t_end, int64_t steps, int64_t pairs, int64_t seed, double *phi, double *standard_error)
ddn_theory_overlap_phi(ctx, d, mu2, sigma2, t, t_end, steps, pairs, seed, phi, standard_error) =
    ccall((:ddn_theory_overlap_phi, libdiffdyn), Int32,
          (Ptr{Cvoid}, Float64, Float64, Float64, Float64, Float64, Int64, Int64, Int64, Ptr{Float64}, Ptr{Float64}), ctx, d, mu2, sigma2, t, t_end, steps, pairs, seed, phi, standard_error)

# double ddn_theory_collapse(double n, double d, double sigma2)
ddn_theory_collapse(n, d, sigma2) =
    ccall((:ddn_theory_collapse, libdiffdyn), Float64,
          (Float64, Float64, Float64), n, d, sigma2)

# double ddn_theory_collapse_alpha(double alpha, double sigma2)
ddn_theory_collapse_alpha(alpha, sigma2) =
    ccall((:ddn_theory_collapse_alpha, libdiffdyn), Float64,
          (Float64, Float64), alpha, sigma2)

# double ddn_theory_alpha_for_collapse(double t, double sigma2)
ddn_theory_alpha_for_collapse(t, sigma2) =
    ccall((:ddn_theory_alpha_for_collapse, libdiffdyn), Float64,
          (Float64, Float64), t, sigma2)

# double ddn_theory_collapse_two_gaussians(double n, double d, double m2, double sigma2)
ddn_theory_collapse_two_gaussians(n, d, m2, sigma2) =
    ccall((:ddn_theory_collapse_two_gaussians, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64), n, d, m2, sigma2)

# double ddn_theory_collapse_spectrum(double n, int64_t count, const double *eigenvalues)
ddn_theory_collapse_spectrum(n, count, eigenvalues) =
    ccall((:ddn_theory_collapse_spectrum, libdiffdyn), Float64,
          (Float64, Int64, Ptr{Float64}), n, count, eigenvalues)

# double ddn_theory_log_n_for_collapse_spectrum(double t, int64_t count, const double *eigenvalues)
ddn_theory_log_n_for_collapse_spectrum(t, count, eigenvalues) =
    ccall((:ddn_theory_log_n_for_collapse_spectrum, libdiffdyn), Float64,
          (Float64, Int64, Ptr{Float64}), t, count, eigenvalues)

# double ddn_theory_excess_entropy(double n, double d, double m2, double sigma2, double t)
ddn_theory_excess_entropy(n, d, m2, sigma2, t) =
    ccall((:ddn_theory_excess_entropy, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64, Float64), n, d, m2, sigma2, t)

# double ddn_theory_excess_entropy_derivative(double d, double m2, double sigma2, double t)
ddn_theory_excess_entropy_derivative(d, m2, sigma2, t) =
    ccall((:ddn_theory_excess_entropy_derivative, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64), d, m2, sigma2, t)

# double ddn_theory_excess_lower(double n, double d, double sigma2, double t)
ddn_theory_excess_lower(n, d, sigma2, t) =
    ccall((:ddn_theory_excess_lower, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64), n, d, sigma2, t)

# double ddn_theory_excess_upper(double n, double d, double sigma2, double t)
ddn_theory_excess_upper(n, d, sigma2, t) =
    ccall((:ddn_theory_excess_upper, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64), n, d, sigma2, t)

# double ddn_theory_phi_c_lower(double n, double d, double sigma2, double t)
ddn_theory_phi_c_lower(n, d, sigma2, t) =
    ccall((:ddn_theory_phi_c_lower, libdiffdyn), Float64,
          (Float64, Float64, Float64, Float64), n, d, sigma2, t)

# ddn_status ddn_theory_rem(double alpha, double sigma2, double t, double *psi_plus, double *lambda_c, double
#     *f, int32_t *condensed)
ddn_theory_rem(alpha, sigma2, t, psi_plus, lambda_c, f, condensed) =
    ccall((:ddn_theory_rem, libdiffdyn), Int32,
          (Float64, Float64, Float64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Int32}), alpha, sigma2, t, psi_plus, lambda_c, f, condensed)

# double ddn_theory_ssb_time(double m2, double sigma2, double eta)
ddn_theory_ssb_time(m2, sigma2, eta) =
    ccall((:ddn_theory_ssb_time, libdiffdyn), Float64,
          (Float64, Float64, Float64), m2, sigma2, eta)

# double ddn_theory_hypersphere_time(double dim, double r)
ddn_theory_hypersphere_time(dim, r) =
    ccall((:ddn_theory_hypersphere_time, libdiffdyn), Float64,
          (Float64, Float64), dim, r)

# double ddn_theory_hypersphere_radius(double dim, double r, double t)
ddn_theory_hypersphere_radius(dim, r, t) =
    ccall((:ddn_theory_hypersphere_radius, libdiffdyn), Float64,
          (Float64, Float64, Float64), dim, r, t)

# double ddn_theory_bessel_ratio(double dim, double k)
ddn_theory_bessel_ratio(dim, k) =
    ccall((:ddn_theory_bessel_ratio, libdiffdyn), Float64,
          (Float64, Float64), dim, k)

# double ddn_theory_kl_plain_start(double r)
ddn_theory_kl_plain_start(r) =
    ccall((:ddn_theory_kl_plain_start, libdiffdyn), Float64,
          (Float64,), r)

# double ddn_theory_kl_gaussian_start(double r)
ddn_theory_kl_gaussian_start(r) =
    ccall((:ddn_theory_kl_gaussian_start, libdiffdyn), Float64,
          (Float64,), r)

# double ddn_theory_kl_gaussian(double mean2, double t, int64_t count, const double *eigenvalues)
ddn_theory_kl_gaussian(mean2, t, count, eigenvalues) =
    ccall((:ddn_theory_kl_gaussian, libdiffdyn), Float64,
          (Float64, Float64, Int64, Ptr{Float64}), mean2, t, count, eigenvalues)

# ddn_status ddn_theory_frechet(ddn_context *ctx, int64_t d, const double *mean1, const double *cov1, const
#     double *mean2, const double *cov2, double *distance2)
ddn_theory_frechet(ctx, d, mean1, cov1, mean2, cov2, distance2) =
    ccall((:ddn_theory_frechet, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), ctx, d, mean1, cov1, mean2, cov2, distance2)

# ddn_status ddn_theory_knee(ddn_context *ctx, int64_t count, int64_t draws, int64_t seed, const double *x,
#     const double *y, const double *y_se, double *second, double *knee, double *standard_error, double
#     *share)
ddn_theory_knee(ctx, count, draws, seed, x, y, y_se, second, knee, standard_error, share) =
    ccall((:ddn_theory_knee, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), ctx, count, draws, seed, x, y, y_se, second, knee, standard_error, share)

# ddn_status ddn_theory_knee_interval(ddn_context *ctx, int64_t count, const double *x, const double *y, const
#     double *y_se, double *low, double *high)
ddn_theory_knee_interval(ctx, count, x, y, y_se, low, high) =
    ccall((:ddn_theory_knee_interval, libdiffdyn), Int32,
          (Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}), ctx, count, x, y, y_se, low, high)

# ddn_status ddn_analysis_clones(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, const double
#     *times, ddn_result **out)
ddn_analysis_clones(an, oracle, count, times, out) =
    ccall((:ddn_analysis_clones, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, count, times, out)

# ddn_status ddn_analysis_last_change(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out)
ddn_analysis_last_change(an, oracle, out) =
    ccall((:ddn_analysis_last_change, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), an, oracle, out)

# ddn_status ddn_analysis_spectrum(ddn_analysis *an, const ddn_dataset *ds, ddn_result **out)
ddn_analysis_spectrum(an, ds, out) =
    ccall((:ddn_analysis_spectrum, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), an, ds, out)

# ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle, const ddn_result *curves,
#     ddn_result **out)
ddn_analysis_crossings(an, oracle, curves, out) =
    ccall((:ddn_analysis_crossings, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), an, oracle, curves, out)

# ddn_status ddn_analysis_regimes(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, int64_t
#     clone_count, const double *times, const double *clone_times, ddn_result **out)
ddn_analysis_regimes(an, oracle, count, clone_count, times, clone_times, out) =
    ccall((:ddn_analysis_regimes, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, count, clone_count, times, clone_times, out)

# ddn_status ddn_regime_at(ddn_context *ctx, const ddn_result *report, ddn_clock clock, double t, ddn_regime
#     *regime)
ddn_regime_at(ctx, report, clock, t, regime) =
    ccall((:ddn_regime_at, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Float64, Ptr{Int32}), ctx, report, clock, t, regime)

# ddn_status ddn_analysis_uturn(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *starts, int64_t
#     count, const double *times, ddn_result **out)
ddn_analysis_uturn(an, oracle, starts, count, times, out) =
    ccall((:ddn_analysis_uturn, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, starts, count, times, out)

# ddn_status ddn_analysis_branch(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *starts,
#     int64_t count, const double *times, ddn_result **out)
ddn_analysis_branch(an, oracle, starts, count, times, out) =
    ccall((:ddn_analysis_branch, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Int64, Ptr{Float64}, Ptr{Ptr{Cvoid}}), an, oracle, starts, count, times, out)

# ddn_status ddn_analysis_path(ddn_analysis *an, const ddn_oracle *oracle, ddn_path_method method, int64_t
#     count, int64_t m, const double *times, const double *x, int64_t ldx, int32_t *regimes, ddn_result **out)
ddn_analysis_path(an, oracle, method, count, m, times, x, ldx, regimes, out) =
    ccall((:ddn_analysis_path, libdiffdyn), Int32,
          (Ptr{Cvoid}, Ptr{Cvoid}, Int32, Int64, Int64, Ptr{Float64}, Ptr{Float64}, Int64, Ptr{Int32}, Ptr{Ptr{Cvoid}}), an, oracle, method, count, m, times, x, ldx, regimes, out)
