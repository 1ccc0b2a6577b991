"""Made by doc/bindings/generate.py from include/interface.json: change these, not this file."""
# Codes of types: v void, i int32, l int64, d double, f float, s text, p pointer.
VERSION = "0.9.0"

FUNCTIONS = {
    # const char *ddn_status_name(ddn_status status)
    "ddn_status_name": ("s", "i"),
    # const char *ddn_status_text(ddn_status status)
    "ddn_status_text": ("s", "i"),
    # const char *ddn_version_string(void)
    "ddn_version_string": ("s", ""),
    # int32_t ddn_version_number(void)
    "ddn_version_number": ("i", ""),
    # const char *ddn_feature(const char *name)
    "ddn_feature": ("s", "s"),
    # int64_t ddn_feature_count(void)
    "ddn_feature_count": ("l", ""),
    # const char *ddn_feature_name(int64_t i)
    "ddn_feature_name": ("s", "l"),
    # ddn_status ddn_context_create(ddn_context **out)
    "ddn_context_create": ("i", "p"),
    # ddn_status ddn_context_create_with_allocator(ddn_allocate_fn allocate, ddn_deallocate_fn deallocate,
    #     void *user, ddn_context **out)
    "ddn_context_create_with_allocator": ("i", "pppp"),
    # void ddn_context_destroy(ddn_context *ctx)
    "ddn_context_destroy": ("v", "p"),
    # const char *ddn_context_message(const ddn_context *ctx)
    "ddn_context_message": ("s", "p"),
    # ddn_options *ddn_context_options(ddn_context *ctx)
    "ddn_context_options": ("p", "p"),
    # ddn_status ddn_options_set_f64(ddn_options *options, int32_t key, double value)
    "ddn_options_set_f64": ("i", "pid"),
    # ddn_status ddn_options_set_i64(ddn_options *options, int32_t key, int64_t value)
    "ddn_options_set_i64": ("i", "pil"),
    # ddn_status ddn_options_get_f64(const ddn_options *options, int32_t key, double *value)
    "ddn_options_get_f64": ("i", "pip"),
    # ddn_status ddn_options_get_i64(const ddn_options *options, int32_t key, int64_t *value)
    "ddn_options_get_i64": ("i", "pip"),
    # ddn_status ddn_options_bounds_f64(const ddn_options *options, int32_t key, double *minimum, double
    #     *maximum, double *preset)
    "ddn_options_bounds_f64": ("i", "pippp"),
    # ddn_status ddn_options_bounds_i64(const ddn_options *options, int32_t key, int64_t *minimum, int64_t
    #     *maximum, int64_t *preset)
    "ddn_options_bounds_i64": ("i", "pippp"),
    # ddn_status ddn_options_reset(ddn_options *options)
    "ddn_options_reset": ("i", "p"),
    # int64_t ddn_options_count(const ddn_options *options)
    "ddn_options_count": ("l", "p"),
    # int32_t ddn_options_key(const ddn_options *options, int64_t i)
    "ddn_options_key": ("i", "pl"),
    # const char *ddn_options_name(const ddn_options *options, int32_t key)
    "ddn_options_name": ("s", "pi"),
    # int32_t ddn_options_find(const ddn_options *options, const char *name)
    "ddn_options_find": ("i", "ps"),
    # ddn_type ddn_options_type(const ddn_options *options, int32_t key)
    "ddn_options_type": ("i", "pi"),
    # ddn_status ddn_context_set_kernel(ddn_context *ctx, const char *name)
    "ddn_context_set_kernel": ("i", "ps"),
    # const char *ddn_context_kernel(const ddn_context *ctx)
    "ddn_context_kernel": ("s", "p"),
    # const char *ddn_kernel_name(int32_t index, int32_t *supported)
    "ddn_kernel_name": ("s", "ip"),
    # ddn_status ddn_context_set_parallel_for(ddn_context *ctx, ddn_parallel_for_fn parallel_for, void *user,
    #     ddn_release_fn release)
    "ddn_context_set_parallel_for": ("i", "pppp"),
    # ddn_status ddn_context_set_progress(ddn_context *ctx, ddn_progress_fn progress, void *user,
    #     ddn_release_fn release)
    "ddn_context_set_progress": ("i", "pppp"),
    # void ddn_context_cancel(ddn_context *ctx)
    "ddn_context_cancel": ("v", "p"),
    # ddn_status ddn_context_fail(ddn_context *ctx, const char *text)
    "ddn_context_fail": ("i", "ps"),
    # ddn_status ddn_team_create(ddn_context *ctx, int64_t rank, int64_t size, ddn_team_allgather_fn
    #     allgather, ddn_team_alltoall_fn alltoall, void *user, ddn_release_fn release, ddn_team **out)
    "ddn_team_create": ("i", "pllppppp"),
    # ddn_status ddn_team_retain(const ddn_team *team)
    "ddn_team_retain": ("i", "p"),
    # void ddn_team_destroy(ddn_team *team)
    "ddn_team_destroy": ("v", "p"),
    # int64_t ddn_team_rank(const ddn_team *team)
    "ddn_team_rank": ("l", "p"),
    # int64_t ddn_team_size(const ddn_team *team)
    "ddn_team_size": ("l", "p"),
    # ddn_status ddn_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine)
    "ddn_team_agree": ("i", "ppi"),
    # ddn_status ddn_dataset_create(ddn_context *ctx, ddn_type type, int64_t n, int64_t d, const void *data,
    #     int64_t ld, ddn_dataset **out)
    "ddn_dataset_create": ("i", "pillplp"),
    # ddn_status ddn_dataset_create_borrowed(ddn_context *ctx, ddn_type type, int64_t n, int64_t d, const void
    #     *data, int64_t ld, void *user, ddn_release_fn release, ddn_dataset **out)
    "ddn_dataset_create_borrowed": ("i", "pillplppp"),
    # ddn_status ddn_dataset_open(ddn_context *ctx, const char *path, ddn_format format, ddn_dataset **out)
    "ddn_dataset_open": ("i", "psip"),
    # ddn_status ddn_dataset_open_files(ddn_context *ctx, ddn_format format, int64_t count, const char *const
    #     *paths, ddn_dataset **out)
    "ddn_dataset_open_files": ("i", "pilpp"),
    # ddn_status ddn_dataset_create_mapped(ddn_context *ctx, const ddn_dataset *ds, double scale, double
    #     shift, ddn_dataset **out)
    "ddn_dataset_create_mapped": ("i", "ppddp"),
    # ddn_status ddn_dataset_create_bytes(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
    "ddn_dataset_create_bytes": ("i", "ppp"),
    # ddn_status ddn_dataset_create_labelled(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const
    #     int32_t *labels, ddn_dataset **out)
    "ddn_dataset_create_labelled": ("i", "pplpp"),
    # ddn_status ddn_dataset_open_labelled(ddn_context *ctx, const ddn_dataset *ds, const char *path,
    #     ddn_dataset **out)
    "ddn_dataset_open_labelled": ("i", "ppsp"),
    # ddn_status ddn_dataset_create_weighted(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const
    #     double *weights, ddn_dataset **out)
    "ddn_dataset_create_weighted": ("i", "pplpp"),
    # ddn_status ddn_dataset_create_distinct(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
    "ddn_dataset_create_distinct": ("i", "ppp"),
    # ddn_status ddn_dataset_create_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const
    #     int64_t *rows, ddn_dataset **out)
    "ddn_dataset_create_subset": ("i", "pplpp"),
    # ddn_status ddn_dataset_create_class_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const
    #     int32_t *classes, ddn_dataset **out)
    "ddn_dataset_create_class_subset": ("i", "pplpp"),
    # ddn_status ddn_dataset_create_team(ddn_context *ctx, ddn_team *team, const ddn_dataset *part,
    #     ddn_dataset **out)
    "ddn_dataset_create_team": ("i", "pppp"),
    # const ddn_team *ddn_dataset_team(const ddn_dataset *ds)
    "ddn_dataset_team": ("p", "p"),
    # ddn_status ddn_dataset_retain(const ddn_dataset *ds)
    "ddn_dataset_retain": ("i", "p"),
    # void ddn_dataset_destroy(ddn_dataset *ds)
    "ddn_dataset_destroy": ("v", "p"),
    # int64_t ddn_dataset_n(const ddn_dataset *ds)
    "ddn_dataset_n": ("l", "p"),
    # int64_t ddn_dataset_d(const ddn_dataset *ds)
    "ddn_dataset_d": ("l", "p"),
    # ddn_type ddn_dataset_type(const ddn_dataset *ds)
    "ddn_dataset_type": ("i", "p"),
    # double ddn_dataset_scale(const ddn_dataset *ds)
    "ddn_dataset_scale": ("d", "p"),
    # double ddn_dataset_shift(const ddn_dataset *ds)
    "ddn_dataset_shift": ("d", "p"),
    # const char *ddn_dataset_description(const ddn_dataset *ds)
    "ddn_dataset_description": ("s", "p"),
    # ddn_status ddn_dataset_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
    #     double *out, int64_t ldo)
    "ddn_dataset_read": ("i", "ppllpl"),
    # ddn_status ddn_dataset_digest(ddn_context *ctx, const ddn_dataset *ds, int64_t *digest)
    "ddn_dataset_digest": ("i", "ppp"),
    # ddn_status ddn_dataset_read_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
    #     float *out, int64_t ldo)
    "ddn_dataset_read_f32": ("i", "ppllpl"),
    # int32_t ddn_dataset_is_weighted(const ddn_dataset *ds)
    "ddn_dataset_is_weighted": ("i", "p"),
    # ddn_status ddn_dataset_weights(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, double
    #     *weights)
    "ddn_dataset_weights": ("i", "pplp"),
    # ddn_status ddn_dataset_copy_count(ddn_context *ctx, const ddn_dataset *ds, int64_t *copies)
    "ddn_dataset_copy_count": ("i", "ppp"),
    # int64_t ddn_dataset_class_count(const ddn_dataset *ds)
    "ddn_dataset_class_count": ("l", "p"),
    # ddn_status ddn_dataset_classes(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, int32_t
    #     *values, int64_t *counts)
    "ddn_dataset_classes": ("i", "pplpp"),
    # ddn_status ddn_dataset_labels(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, int32_t
    #     *labels)
    "ddn_dataset_labels": ("i", "pplp"),
    # ddn_status ddn_dataset_label_shares(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t
    #     count, double *shares, int64_t lds)
    "ddn_dataset_label_shares": ("i", "ppllpl"),
    # ddn_status ddn_dataset_mean(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, double *mean)
    "ddn_dataset_mean": ("i", "pplp"),
    # ddn_status ddn_dataset_squared_norms(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity, const
    #     double *centre, double *norms)
    "ddn_dataset_squared_norms": ("i", "pplpp"),
    # ddn_status ddn_dataset_nearest(ddn_context *ctx, const ddn_dataset *ds, int64_t m, int64_t k, const
    #     double *x, int64_t ldx, int64_t *index, double *distance2)
    "ddn_dataset_nearest": ("i", "ppllplpp"),
    # ddn_status ddn_dataset_spectrum(ddn_context *ctx, const ddn_dataset *ds, int64_t count, double *values,
    #     double *vectors, int64_t ldv)
    "ddn_dataset_spectrum": ("i", "pplppl"),
    # ddn_status ddn_dataset_log_det(ddn_context *ctx, const ddn_dataset *ds, int64_t count, const double *c,
    #     double *sums, double *standard_errors)
    "ddn_dataset_log_det": ("i", "pplppp"),
    # ddn_status ddn_span_create(ddn_context *ctx, const ddn_dataset *ds, double tolerance, ddn_span **out)
    "ddn_span_create": ("i", "ppdp"),
    # ddn_status ddn_span_retain(const ddn_span *span)
    "ddn_span_retain": ("i", "p"),
    # void ddn_span_destroy(ddn_span *span)
    "ddn_span_destroy": ("v", "p"),
    # int64_t ddn_span_rank(const ddn_span *span)
    "ddn_span_rank": ("l", "p"),
    # double ddn_span_distance(const ddn_span *span)
    "ddn_span_distance": ("d", "p"),
    # ddn_status ddn_dataset_create_in_span(ddn_context *ctx, const ddn_span *span, ddn_type type, ddn_dataset
    #     **out)
    "ddn_dataset_create_in_span": ("i", "ppip"),
    # ddn_status ddn_span_project(ddn_context *ctx, const ddn_span *span, double a, int64_t m, const double
    #     *x, int64_t ldx, double *coordinates, int64_t ldc, double *residual, int64_t ldr)
    "ddn_span_project": ("i", "ppdlplplpl"),
    # ddn_status ddn_span_lift(ddn_context *ctx, const ddn_span *span, double a, int64_t m, const double
    #     *coordinates, int64_t ldc, double *out, int64_t ldo)
    "ddn_span_lift": ("i", "ppdlplpl"),
    # ddn_status ddn_schedule_create_ou(ddn_context *ctx, ddn_schedule **out)
    "ddn_schedule_create_ou": ("i", "pp"),
    # ddn_status ddn_schedule_create_vp_linear(ddn_context *ctx, double beta_min, double beta_max,
    #     ddn_schedule **out)
    "ddn_schedule_create_vp_linear": ("i", "pddp"),
    # ddn_status ddn_schedule_create_ddpm(ddn_context *ctx, double beta_first, double beta_last, int64_t
    #     steps, ddn_schedule **out)
    "ddn_schedule_create_ddpm": ("i", "pddlp"),
    # ddn_status ddn_schedule_create_scaled_linear(ddn_context *ctx, double beta_first, double beta_last,
    #     int64_t steps, ddn_schedule **out)
    "ddn_schedule_create_scaled_linear": ("i", "pddlp"),
    # ddn_status ddn_schedule_create_table(ddn_context *ctx, ddn_table kind, int64_t count, const double
    #     *values, ddn_schedule **out)
    "ddn_schedule_create_table": ("i", "pilpp"),
    # ddn_status ddn_schedule_create_cosine(ddn_context *ctx, int64_t steps, double offset, double beta_max,
    #     ddn_schedule **out)
    "ddn_schedule_create_cosine": ("i", "plddp"),
    # ddn_status ddn_schedule_create_zero_snr(ddn_context *ctx, const ddn_schedule *base, ddn_schedule **out)
    "ddn_schedule_create_zero_snr": ("i", "ppp"),
    # ddn_status ddn_schedule_create_edm(ddn_context *ctx, ddn_schedule **out)
    "ddn_schedule_create_edm": ("i", "pp"),
    # ddn_status ddn_schedule_create_flow(ddn_context *ctx, ddn_schedule **out)
    "ddn_schedule_create_flow": ("i", "pp"),
    # ddn_status ddn_schedule_create_custom(ddn_context *ctx, double t_min, double t_max, ddn_schedule_fn
    #     eval, void *user, ddn_release_fn release, ddn_schedule **out)
    "ddn_schedule_create_custom": ("i", "pddpppp"),
    # ddn_status ddn_schedule_retain(const ddn_schedule *sch)
    "ddn_schedule_retain": ("i", "p"),
    # void ddn_schedule_destroy(ddn_schedule *sch)
    "ddn_schedule_destroy": ("v", "p"),
    # const char *ddn_schedule_kind(const ddn_schedule *sch)
    "ddn_schedule_kind": ("s", "p"),
    # ddn_status ddn_schedule_range(ddn_context *ctx, const ddn_schedule *sch, double *t_min, double *t_max)
    "ddn_schedule_range": ("i", "pppp"),
    # ddn_status ddn_schedule_eval(ddn_context *ctx, const ddn_schedule *sch, double t, double *a, double *s)
    "ddn_schedule_eval": ("i", "ppdpp"),
    # ddn_status ddn_schedule_rates(ddn_context *ctx, const ddn_schedule *sch, double t, double *f, double
    #     *g2)
    "ddn_schedule_rates": ("i", "ppdpp"),
    # ddn_status ddn_schedule_to_ou(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau)
    "ddn_schedule_to_ou": ("i", "ppdp"),
    # ddn_status ddn_schedule_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
    "ddn_schedule_from_ou": ("i", "ppdp"),
    # ddn_status ddn_time_convert(ddn_context *ctx, ddn_coordinate from, ddn_coordinate to, double value,
    #     double *result)
    "ddn_time_convert": ("i", "piidp"),
    # ddn_status ddn_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind, double t_first,
    #     double t_last, int64_t count, double *times)
    "ddn_schedule_grid": ("i", "ppiddlp"),
    # ddn_status ddn_schedule_forward(ddn_context *ctx, const ddn_schedule *sch, double t_from, double t_to,
    #     int64_t seed, int64_t first_path, int64_t step, int64_t m, int64_t d, double *x, int64_t ldx)
    "ddn_schedule_forward": ("i", "ppddlllllpl"),
    # ddn_status ddn_noise_draw(ddn_context *ctx, int64_t seed, int32_t stream, int64_t path, int64_t step,
    #     int64_t first, int64_t count, double *z)
    "ddn_noise_draw": ("i", "plillllp"),
    # ddn_status ddn_oracle_create_empirical(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
    #     ddn_oracle **out)
    "ddn_oracle_create_empirical": ("i", "pppp"),
    # ddn_status ddn_oracle_retain(const ddn_oracle *oracle)
    "ddn_oracle_retain": ("i", "p"),
    # void ddn_oracle_destroy(ddn_oracle *oracle)
    "ddn_oracle_destroy": ("v", "p"),
    # int64_t ddn_oracle_d(const ddn_oracle *oracle)
    "ddn_oracle_d": ("l", "p"),
    # int64_t ddn_oracle_components(const ddn_oracle *oracle)
    "ddn_oracle_components": ("l", "p"),
    # int64_t ddn_oracle_class_count(const ddn_oracle *oracle)
    "ddn_oracle_class_count": ("l", "p"),
    # const char *ddn_oracle_kind(const ddn_oracle *oracle)
    "ddn_oracle_kind": ("s", "p"),
    # const ddn_schedule *ddn_oracle_schedule(const ddn_oracle *oracle)
    "ddn_oracle_schedule": ("p", "p"),
    # const ddn_dataset *ddn_oracle_dataset(const ddn_oracle *oracle)
    "ddn_oracle_dataset": ("p", "p"),
    # const char *ddn_output_name(ddn_output what)
    "ddn_output_name": ("s", "i"),
    # ddn_type ddn_output_type(ddn_output what)
    "ddn_output_type": ("i", "i"),
    # int64_t ddn_oracle_output_width(const ddn_oracle *oracle, ddn_output what)
    "ddn_oracle_output_width": ("l", "pi"),
    # ddn_status ddn_query_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_query **out)
    "ddn_query_create": ("i", "ppp"),
    # void ddn_query_destroy(ddn_query *query)
    "ddn_query_destroy": ("v", "p"),
    # ddn_status ddn_query_bind_f64(ddn_query *query, ddn_output what, double *out, int64_t ld)
    "ddn_query_bind_f64": ("i", "pipl"),
    # ddn_status ddn_query_bind_i64(ddn_query *query, ddn_output what, int64_t *out)
    "ddn_query_bind_i64": ("i", "pip"),
    # ddn_status ddn_query_bind_input(ddn_query *query, ddn_input what, const double *in, int64_t ld)
    "ddn_query_bind_input": ("i", "pipl"),
    # ddn_status ddn_query_bind_f32(ddn_query *query, ddn_output what, float *out, int64_t ld)
    "ddn_query_bind_f32": ("i", "pipl"),
    # ddn_status ddn_query_bind_input_f32(ddn_query *query, ddn_input what, const float *in, int64_t ld)
    "ddn_query_bind_input_f32": ("i", "pipl"),
    # int32_t ddn_oracle_can(const ddn_oracle *oracle, ddn_output what)
    "ddn_oracle_can": ("i", "pi"),
    # ddn_status ddn_query_set_noise(ddn_query *query, int64_t seed, int64_t first_path, int64_t step, int64_t
    #     count, const int64_t *paths)
    "ddn_query_set_noise": ("i", "pllllp"),
    # ddn_options *ddn_query_options(ddn_query *query)
    "ddn_query_options": ("p", "p"),
    # ddn_status ddn_query_run(ddn_query *query, double t, int64_t m, const double *x, int64_t ldx)
    "ddn_query_run": ("i", "pdlpl"),
    # ddn_status ddn_query_run_f32(ddn_query *query, double t, int64_t m, const float *x, int64_t ldx)
    "ddn_query_run_f32": ("i", "pdlpl"),
    # double ddn_query_dropped(const ddn_query *query)
    "ddn_query_dropped": ("d", "p"),
    # double ddn_query_touched(const ddn_query *query)
    "ddn_query_touched": ("d", "p"),
    # int64_t ddn_oracle_way_count(const ddn_oracle *oracle)
    "ddn_oracle_way_count": ("l", "p"),
    # const char *ddn_oracle_way_name(const ddn_oracle *oracle, int64_t way)
    "ddn_oracle_way_name": ("s", "pl"),
    # int64_t ddn_query_tally(const ddn_query *query, ddn_way_tally what, int64_t way)
    "ddn_query_tally": ("l", "pil"),
    # int64_t ddn_query_tally_total(const ddn_query *query, ddn_way_tally what, int64_t way)
    "ddn_query_tally_total": ("l", "pil"),
    # int64_t ddn_oracle_tally(const ddn_oracle *oracle, ddn_way_tally what, int64_t way)
    "ddn_oracle_tally": ("l", "pil"),
    # const char *ddn_query_way_note(const ddn_query *query, int64_t way)
    "ddn_query_way_note": ("s", "pl"),
    # int64_t ddn_query_scratch_bytes(const ddn_query *query)
    "ddn_query_scratch_bytes": ("l", "p"),
    # ddn_status ddn_oracle_score(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t m, const
    #     double *x, int64_t ldx, double *score, int64_t lds)
    "ddn_oracle_score": ("i", "ppdlplpl"),
    # ddn_status ddn_oracle_sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed, int64_t
    #     first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
    "ddn_oracle_sample_data": ("i", "pplllplp"),
    # ddn_status ddn_result_retain(const ddn_result *result)
    "ddn_result_retain": ("i", "p"),
    # void ddn_result_destroy(ddn_result *result)
    "ddn_result_destroy": ("v", "p"),
    # int64_t ddn_result_rows(const ddn_result *result)
    "ddn_result_rows": ("l", "p"),
    # int64_t ddn_result_column_count(const ddn_result *result)
    "ddn_result_column_count": ("l", "p"),
    # const char *ddn_result_column_name(const ddn_result *result, int64_t i)
    "ddn_result_column_name": ("s", "pl"),
    # int64_t ddn_result_scalar_count(const ddn_result *result)
    "ddn_result_scalar_count": ("l", "p"),
    # const char *ddn_result_scalar_name(const ddn_result *result, int64_t i)
    "ddn_result_scalar_name": ("s", "pl"),
    # ddn_status ddn_result_column(ddn_context *ctx, const ddn_result *result, const char *name, int64_t
    #     capacity, double *out)
    "ddn_result_column": ("i", "ppslp"),
    # ddn_status ddn_result_scalar(ddn_context *ctx, const ddn_result *result, const char *name, double
    #     *value, double *standard_error)
    "ddn_result_scalar": ("i", "ppspp"),
    # const char *ddn_result_definition(const ddn_result *result, const char *name)
    "ddn_result_definition": ("s", "ps"),
    # const char *ddn_result_unit(const ddn_result *result, const char *name)
    "ddn_result_unit": ("s", "ps"),
    # ddn_clock ddn_result_clock(const ddn_result *result)
    "ddn_result_clock": ("i", "p"),
    # int64_t ddn_result_field_count(const ddn_result *result)
    "ddn_result_field_count": ("l", "p"),
    # const char *ddn_result_field_name(const ddn_result *result, int64_t i)
    "ddn_result_field_name": ("s", "pl"),
    # const char *ddn_result_field(const ddn_result *result, const char *name)
    "ddn_result_field": ("s", "ps"),
    # ddn_status ddn_result_create(ddn_context *ctx, const char *kind, ddn_clock clock, int64_t rows,
    #     ddn_result **out)
    "ddn_result_create": ("i", "psilp"),
    # ddn_status ddn_result_create_copy(ddn_context *ctx, const ddn_result *result, ddn_result **out)
    "ddn_result_create_copy": ("i", "ppp"),
    # ddn_status ddn_result_add_column(ddn_context *ctx, ddn_result *result, const char *name, const char
    #     *unit, const char *definition, const double *values)
    "ddn_result_add_column": ("i", "ppsssp"),
    # ddn_status ddn_result_add_scalar(ddn_context *ctx, ddn_result *result, const char *name, const char
    #     *unit, const char *definition, double value, double standard_error)
    "ddn_result_add_scalar": ("i", "ppsssdd"),
    # ddn_status ddn_result_set_field(ddn_context *ctx, ddn_result *result, const char *name, const char
    #     *text)
    "ddn_result_set_field": ("i", "ppss"),
    # ddn_status ddn_result_set_pooling(ddn_context *ctx, ddn_result *result, const char *name, ddn_pooling
    #     pooling, int64_t count)
    "ddn_result_set_pooling": ("i", "ppsil"),
    # ddn_status ddn_result_write(ddn_context *ctx, const ddn_result *result, const char *path,
    #     ddn_result_format format)
    "ddn_result_write": ("i", "ppsi"),
    # ddn_status ddn_result_open(ddn_context *ctx, const char *path, ddn_result_format format, ddn_result
    #     **out)
    "ddn_result_open": ("i", "psip"),
    # ddn_status ddn_result_merge(ddn_context *ctx, const ddn_result *a, const ddn_result *b, ddn_result
    #     **out)
    "ddn_result_merge": ("i", "pppp"),
    # ddn_status ddn_analysis_create(ddn_context *ctx, ddn_analysis **out)
    "ddn_analysis_create": ("i", "pp"),
    # void ddn_analysis_destroy(ddn_analysis *an)
    "ddn_analysis_destroy": ("v", "p"),
    # ddn_options *ddn_analysis_options(ddn_analysis *an)
    "ddn_analysis_options": ("p", "p"),
    # ddn_status ddn_analysis_set_classifier_f64(ddn_analysis *an, ddn_classify_f64_fn fn, void *user,
    #     ddn_release_fn release)
    "ddn_analysis_set_classifier_f64": ("i", "pppp"),
    # ddn_status ddn_analysis_set_classifier_f32(ddn_analysis *an, ddn_classify_f32_fn fn, void *user,
    #     ddn_release_fn release)
    "ddn_analysis_set_classifier_f32": ("i", "pppp"),
    # ddn_status ddn_analysis_set_points(ddn_analysis *an, const ddn_dataset *ds)
    "ddn_analysis_set_points": ("i", "pp"),
    # ddn_status ddn_analysis_identities(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, const
    #     double *times, ddn_result **out)
    "ddn_analysis_identities": ("i", "pplpp"),
    # ddn_status ddn_integrator_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_method method,
    #     ddn_integrator **out)
    "ddn_integrator_create": ("i", "ppip"),
    # void ddn_integrator_destroy(ddn_integrator *it)
    "ddn_integrator_destroy": ("v", "p"),
    # ddn_options *ddn_integrator_options(ddn_integrator *it)
    "ddn_integrator_options": ("p", "p"),
    # ddn_status ddn_integrator_set_times(ddn_integrator *it, int64_t count, const double *times)
    "ddn_integrator_set_times": ("i", "plp"),
    # int64_t ddn_integrator_time_count(const ddn_integrator *it)
    "ddn_integrator_time_count": ("l", "p"),
    # ddn_status ddn_integrator_times(const ddn_integrator *it, int64_t capacity, double *times)
    "ddn_integrator_times": ("i", "plp"),
    # ddn_status ddn_integrator_set_paths(ddn_integrator *it, int64_t count, const int64_t *paths)
    "ddn_integrator_set_paths": ("i", "plp"),
    # ddn_status ddn_integrator_draw_start(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
    "ddn_integrator_draw_start": ("i", "plpl"),
    # ddn_status ddn_integrator_run(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
    "ddn_integrator_run": ("i", "plpl"),
    # ddn_status ddn_integrator_resume(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
    "ddn_integrator_resume": ("i", "plpl"),
    # ddn_status ddn_integrator_reset(ddn_integrator *it)
    "ddn_integrator_reset": ("i", "p"),
    # ddn_status ddn_integrator_position(const ddn_integrator *it, ddn_run_phase *phase, int64_t *index,
    #     int64_t *count, double *t)
    "ddn_integrator_position": ("i", "ppppp"),
    # int64_t ddn_integrator_tally(const ddn_integrator *it, ddn_tally what)
    "ddn_integrator_tally": ("l", "pi"),
    # ddn_status ddn_integrator_save_size(const ddn_integrator *it, int64_t *size)
    "ddn_integrator_save_size": ("i", "pp"),
    # ddn_status ddn_integrator_save(const ddn_integrator *it, int64_t capacity, void *buffer)
    "ddn_integrator_save": ("i", "plp"),
    # ddn_status ddn_integrator_saved_rows(const ddn_integrator *it, int64_t size, const void *buffer, int64_t
    #     *m)
    "ddn_integrator_saved_rows": ("i", "plpp"),
    # ddn_status ddn_integrator_restore(ddn_integrator *it, int64_t size, int64_t m, const void *buffer,
    #     double *x, int64_t ldx)
    "ddn_integrator_restore": ("i", "pllppl"),
    # ddn_status ddn_integrator_attach_callback(ddn_integrator *it, int64_t wanted, ddn_observe_fn fn, void
    #     *user, ddn_release_fn release)
    "ddn_integrator_attach_callback": ("i", "plppp"),
    # int64_t ddn_step_index(const ddn_step *step)
    "ddn_step_index": ("l", "p"),
    # int64_t ddn_step_count(const ddn_step *step)
    "ddn_step_count": ("l", "p"),
    # double ddn_step_time(const ddn_step *step)
    "ddn_step_time": ("d", "p"),
    # int64_t ddn_step_m(const ddn_step *step)
    "ddn_step_m": ("l", "p"),
    # int64_t ddn_step_d(const ddn_step *step)
    "ddn_step_d": ("l", "p"),
    # const double *ddn_step_x(const ddn_step *step)
    "ddn_step_x": ("p", "p"),
    # int64_t ddn_step_ldx(const ddn_step *step)
    "ddn_step_ldx": ("l", "p"),
    # const double *ddn_step_f64(const ddn_step *step, ddn_output what, int64_t *ld)
    "ddn_step_f64": ("p", "pip"),
    # const int64_t *ddn_step_i64(const ddn_step *step, ddn_output what)
    "ddn_step_i64": ("p", "pi"),
    # ddn_status ddn_late_start_draw(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
    #     ddn_start kind, double t, int64_t seed, int64_t first_path, int64_t m, double *x, int64_t ldx)
    "ddn_late_start_draw": ("i", "pppidlllpl"),
    # ddn_status ddn_analysis_late_start(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, const
    #     double *times, ddn_result **out)
    "ddn_analysis_late_start": ("i", "pplpp"),
    # ddn_status ddn_late_start_choose(ddn_context *ctx, const ddn_result *result, ddn_start kind, double
    #     level, double *t, double *standard_error)
    "ddn_late_start_choose": ("i", "ppidpp"),
    # ddn_status ddn_late_start_interval(ddn_context *ctx, const ddn_result *result, ddn_start kind, double
    #     level, double *low, double *high)
    "ddn_late_start_interval": ("i", "ppidpp"),
    # ddn_status ddn_features_create_identity(ddn_context *ctx, int64_t d, ddn_features **out)
    "ddn_features_create_identity": ("i", "plp"),
    # ddn_status ddn_features_create_pca(ddn_context *ctx, const ddn_dataset *ds, int64_t k, ddn_features
    #     **out)
    "ddn_features_create_pca": ("i", "pplp"),
    # ddn_status ddn_features_create_callback(ddn_context *ctx, int64_t d, int64_t k, ddn_features_fn fn, void
    #     *user, ddn_release_fn release, ddn_features **out)
    "ddn_features_create_callback": ("i", "pllpppp"),
    # ddn_status ddn_features_retain(const ddn_features *features)
    "ddn_features_retain": ("i", "p"),
    # void ddn_features_destroy(ddn_features *features)
    "ddn_features_destroy": ("v", "p"),
    # int64_t ddn_features_d(const ddn_features *features)
    "ddn_features_d": ("l", "p"),
    # int64_t ddn_features_count(const ddn_features *features)
    "ddn_features_count": ("l", "p"),
    # ddn_status ddn_features_apply(ddn_context *ctx, const ddn_features *features, int64_t m, const double
    #     *x, int64_t ldx, double *out, int64_t ldo)
    "ddn_features_apply": ("i", "pplplpl"),
    # ddn_status ddn_frechet_create(ddn_context *ctx, const ddn_dataset *ds, const ddn_features *features,
    #     ddn_frechet **out)
    "ddn_frechet_create": ("i", "pppp"),
    # ddn_status ddn_frechet_retain(const ddn_frechet *frechet)
    "ddn_frechet_retain": ("i", "p"),
    # void ddn_frechet_destroy(ddn_frechet *frechet)
    "ddn_frechet_destroy": ("v", "p"),
    # ddn_status ddn_frechet_distance(ddn_context *ctx, const ddn_frechet *frechet, int64_t m, int64_t seed,
    #     int64_t replicates, const double *x, int64_t ldx, double *distance2, double *standard_error, double
    #     *draws)
    "ddn_frechet_distance": ("i", "pplllplppp"),
    # ddn_status ddn_analysis_log_likelihood(ddn_analysis *an, const ddn_oracle *oracle, const ddn_oracle
    #     *end, int64_t probes, int64_t m, const double *x, int64_t ldx, ddn_result **out)
    "ddn_analysis_log_likelihood": ("i", "pppllplp"),
    # ddn_status ddn_analysis_memorization(ddn_analysis *an, const ddn_dataset *ds, int64_t m, const double
    #     *x, int64_t ldx, ddn_result **out)
    "ddn_analysis_memorization": ("i", "pplplp"),
    # ddn_status ddn_analysis_memorization_f32(ddn_analysis *an, const ddn_dataset *ds, int64_t m, const float
    #     *x, int64_t ldx, ddn_result **out)
    "ddn_analysis_memorization_f32": ("i", "pplplp"),
    # ddn_status ddn_analysis_generalization(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset
    #     *train, const ddn_dataset *test, int64_t count, int64_t clone_count, const double *times, const
    #     double *clone_times, ddn_result **out)
    "ddn_analysis_generalization": ("i", "ppppllppp"),
    # ddn_status ddn_observer_create_snapshots(ddn_context *ctx, int64_t count, const double *times,
    #     ddn_observer **out)
    "ddn_observer_create_snapshots": ("i", "plpp"),
    # ddn_status ddn_observer_create_nearest(ddn_context *ctx, ddn_observer **out)
    "ddn_observer_create_nearest": ("i", "pp"),
    # ddn_status ddn_observer_create_posterior(ddn_context *ctx, ddn_observer **out)
    "ddn_observer_create_posterior": ("i", "pp"),
    # ddn_status ddn_observer_create_class(ddn_context *ctx, ddn_observer **out)
    "ddn_observer_create_class": ("i", "pp"),
    # ddn_status ddn_observer_create_overlap(ddn_context *ctx, int64_t count, int64_t d, const double
    #     *directions, int64_t ldv, ddn_observer **out)
    "ddn_observer_create_overlap": ("i", "pllplp"),
    # void ddn_observer_destroy(ddn_observer *observer)
    "ddn_observer_destroy": ("v", "p"),
    # ddn_status ddn_observer_attach(ddn_observer *observer, ddn_integrator *it)
    "ddn_observer_attach": ("i", "pp"),
    # int64_t ddn_observer_size(const ddn_observer *observer, ddn_record what)
    "ddn_observer_size": ("l", "pi"),
    # ddn_status ddn_observer_read_f64(const ddn_observer *observer, ddn_record what, int64_t capacity, double
    #     *out)
    "ddn_observer_read_f64": ("i", "pilp"),
    # ddn_status ddn_observer_read_i64(const ddn_observer *observer, ddn_record what, int64_t capacity,
    #     int64_t *out)
    "ddn_observer_read_i64": ("i", "pilp"),
    # ddn_status ddn_oracle_create_mixture(ddn_context *ctx, const ddn_schedule *sch, ddn_variance kind,
    #     int64_t components, int64_t d, const double *weights, const double *means, int64_t ldm, const double
    #     *variances, int64_t ldv, const int32_t *labels, ddn_oracle **out)
    "ddn_oracle_create_mixture": ("i", "ppillpplplpp"),
    # ddn_status ddn_oracle_create_two_gaussians(ddn_context *ctx, const ddn_schedule *sch, int64_t d, double
    #     sigma2, const double *m, ddn_oracle **out)
    "ddn_oracle_create_two_gaussians": ("i", "ppldpp"),
    # ddn_status ddn_oracle_create_gaussian(ddn_context *ctx, const ddn_schedule *sch, int64_t d, int64_t
    #     count, double residual, const double *mean, const double *values, const double *vectors, int64_t
    #     ldv, ddn_oracle **out)
    "ddn_oracle_create_gaussian": ("i", "pplldppplp"),
    # ddn_status ddn_oracle_create_gaussian_of(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule
    #     *sch, int64_t count, ddn_oracle **out)
    "ddn_oracle_create_gaussian_of": ("i", "ppplp"),
    # ddn_status ddn_model_create(ddn_context *ctx, const ddn_schedule *sch, ddn_prediction prediction,
    #     int64_t d, void *user, ddn_release_fn release, ddn_model **out)
    "ddn_model_create": ("i", "ppilppp"),
    # void ddn_model_destroy(ddn_model *model)
    "ddn_model_destroy": ("v", "p"),
    # ddn_status ddn_model_set_predict_f64(ddn_model *model, ddn_predict_f64_fn fn)
    "ddn_model_set_predict_f64": ("i", "pp"),
    # ddn_status ddn_model_set_predict_f32(ddn_model *model, ddn_predict_f32_fn fn)
    "ddn_model_set_predict_f32": ("i", "pp"),
    # ddn_status ddn_model_set_jvp_f64(ddn_model *model, ddn_jvp_f64_fn fn)
    "ddn_model_set_jvp_f64": ("i", "pp"),
    # ddn_status ddn_model_set_jvp_f32(ddn_model *model, ddn_jvp_f32_fn fn)
    "ddn_model_set_jvp_f32": ("i", "pp"),
    # ddn_status ddn_model_set_log_p(ddn_model *model, ddn_log_density_fn fn)
    "ddn_model_set_log_p": ("i", "pp"),
    # ddn_status ddn_model_set_dataset(ddn_model *model, const ddn_dataset *ds)
    "ddn_model_set_dataset": ("i", "pp"),
    # ddn_options *ddn_model_options(ddn_model *model)
    "ddn_model_options": ("p", "p"),
    # ddn_status ddn_oracle_create_model(ddn_context *ctx, const ddn_model *model, ddn_oracle **out)
    "ddn_oracle_create_model": ("i", "ppp"),
    # ddn_status ddn_oracle_create_combination(ddn_context *ctx, int64_t count, ddn_oracle *const *parts,
    #     const double *factors, ddn_oracle **out)
    "ddn_oracle_create_combination": ("i", "plppp"),
    # ddn_status ddn_oracle_create_timed_combination(ddn_context *ctx, int64_t count, int64_t intervals,
    #     ddn_oracle *const *parts, const double *ends, const double *factors, ddn_oracle **out)
    "ddn_oracle_create_timed_combination": ("i", "pllpppp"),
    # ddn_status ddn_symmetry_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_symmetry **out)
    "ddn_symmetry_create": ("i", "ppp"),
    # void ddn_symmetry_destroy(ddn_symmetry *sy)
    "ddn_symmetry_destroy": ("v", "p"),
    # ddn_options *ddn_symmetry_options(ddn_symmetry *sy)
    "ddn_symmetry_options": ("p", "p"),
    # ddn_status ddn_symmetry_drift(ddn_symmetry *sy, double t, int64_t m, const double *x, int64_t ldx,
    #     double *drift, int64_t ldo)
    "ddn_symmetry_drift": ("i", "pdlplpl"),
    # ddn_status ddn_symmetry_potential(ddn_symmetry *sy, double t, int64_t m, const double *x, int64_t ldx,
    #     double *u)
    "ddn_symmetry_potential": ("i", "pdlplp"),
    # ddn_status ddn_symmetry_line(ddn_symmetry *sy, double t, int64_t count, const double *x0, const double
    #     *v, const double *q, ddn_result **out)
    "ddn_symmetry_line": ("i", "pdlpppp"),
    # ddn_status ddn_symmetry_stability(ddn_symmetry *sy, double t, int64_t count, const double *x, double
    #     *values, double *vectors, int64_t ldv)
    "ddn_symmetry_stability": ("i", "pdlpppl"),
    # ddn_status ddn_symmetry_fixed_points(ddn_symmetry *sy, double t, int64_t m, const double *starts,
    #     int64_t lds, double *points, int64_t ldp, ddn_result **out)
    "ddn_symmetry_fixed_points": ("i", "pdlplplp"),
    # ddn_status ddn_symmetry_diagram(ddn_symmetry *sy, double t_start, double t_end, int64_t m, int64_t k,
    #     const double *starts, int64_t lds, const double *directions, int64_t ldv, ddn_diagram **out)
    "ddn_symmetry_diagram": ("i", "pddllplplp"),
    # ddn_status ddn_diagram_retain(const ddn_diagram *diagram)
    "ddn_diagram_retain": ("i", "p"),
    # void ddn_diagram_destroy(ddn_diagram *diagram)
    "ddn_diagram_destroy": ("v", "p"),
    # const ddn_result *ddn_diagram_points(const ddn_diagram *diagram)
    "ddn_diagram_points": ("p", "p"),
    # const ddn_result *ddn_diagram_events(const ddn_diagram *diagram)
    "ddn_diagram_events": ("p", "p"),
    # ddn_status ddn_diagram_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first, int64_t
    #     count, double *out, int64_t ldo)
    "ddn_diagram_states": ("i", "ppllpl"),
    # ddn_status ddn_diagram_event_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first, int64_t
    #     count, double *out, int64_t ldo)
    "ddn_diagram_event_states": ("i", "ppllpl"),
    # ddn_status ddn_symmetry_critical_time(ddn_context *ctx, const ddn_schedule *sch, double eta, double
    #     lambda, double *t)
    "ddn_symmetry_critical_time": ("i", "ppddp"),
    # ddn_status ddn_symmetry_critical(ddn_symmetry *sy, double lambda, int64_t count, const double *etas,
    #     ddn_result **out)
    "ddn_symmetry_critical": ("i", "pdlpp"),
    # ddn_status ddn_system_create(ddn_context *ctx, ddn_system_kind kind, int64_t d, ddn_system_fn f,
    #     ddn_system_fn jacobian, void *user, ddn_release_fn release, ddn_system **out)
    "ddn_system_create": ("i", "pilppppp"),
    # ddn_status ddn_system_retain(const ddn_system *sys)
    "ddn_system_retain": ("i", "p"),
    # void ddn_system_destroy(ddn_system *sys)
    "ddn_system_destroy": ("v", "p"),
    # ddn_status ddn_system_fixed_points_1d(ddn_context *ctx, const ddn_system *sys, double parameter, double
    #     lo, double hi, int64_t grid, int64_t capacity, double *x, double *eigenvalue, ddn_stability
    #     *stability, int64_t *count)
    "ddn_system_fixed_points_1d": ("i", "ppdddllpppp"),
    # ddn_status ddn_system_fixed_points(ddn_context *ctx, const ddn_system *sys, double parameter, int64_t m,
    #     int64_t capacity, const double *starts, int64_t ldx, double *x, int64_t *count)
    "ddn_system_fixed_points": ("i", "ppdllplpp"),
    # ddn_status ddn_system_eigenvalues(ddn_context *ctx, const ddn_system *sys, double parameter, double
    #     tolerance, const double *x, double *re, double *im, ddn_stability *stability)
    "ddn_system_eigenvalues": ("i", "ppddpppp"),
    # ddn_status ddn_system_bifurcations(ddn_context *ctx, const ddn_system *sys, double p_lo, double p_hi,
    #     int64_t p_grid, double x_lo, double x_hi, int64_t x_grid, int64_t capacity, double *p, double *x,
    #     ddn_system_bifurcation *kind, int64_t *count)
    "ddn_system_bifurcations": ("i", "ppddlddllpppp"),
    # ddn_status ddn_system_trajectory(ddn_context *ctx, const ddn_system *sys, double parameter, double
    #     tolerance, int64_t count, const double *x0, const double *times, double *out, int64_t ldx)
    "ddn_system_trajectory": ("i", "ppddlpppl"),
    # ddn_status ddn_system_passage(ddn_context *ctx, const ddn_system *sys, double parameter, int64_t
    #     coordinate, double level, double t_max, double tolerance, const double *x0, double *time, double
    #     *x_end)
    "ddn_system_passage": ("i", "ppdldddppp"),
    # ddn_status ddn_system_orbit(ddn_context *ctx, const ddn_system *sys, double parameter, int64_t steps,
    #     const double *x0, double *out, int64_t ldx)
    "ddn_system_orbit": ("i", "ppdlppl"),
    # ddn_status ddn_system_escape(ddn_context *ctx, const ddn_system *sys, double parameter, double radius,
    #     int64_t steps, const double *x0, int64_t *count)
    "ddn_system_escape": ("i", "ppddlpp"),
    # double ddn_theory_speciation(double lambda)
    "ddn_theory_speciation": ("d", "d"),
    # double ddn_theory_speciation_asymptotic(double lambda)
    "ddn_theory_speciation_asymptotic": ("d", "d"),
    # double ddn_theory_signal(double m2, double sigma2, double t)
    "ddn_theory_signal": ("d", "ddd"),
    # double ddn_theory_signal_time(double m2, double sigma2, double r)
    "ddn_theory_signal_time": ("d", "ddd"),
    # double ddn_theory_phi(double r)
    "ddn_theory_phi": ("d", "d"),
    # double ddn_theory_one_minus_phi(double r)
    "ddn_theory_one_minus_phi": ("d", "d"),
    # double ddn_theory_phi_derivative(double r)
    "ddn_theory_phi_derivative": ("d", "d"),
    # double ddn_theory_phi_sign(double m2, double sigma2, double t)
    "ddn_theory_phi_sign": ("d", "ddd"),
    # double ddn_theory_phi_infinity(int64_t count, const double *weights)
    "ddn_theory_phi_infinity": ("d", "lp"),
    # double ddn_theory_phi_level(double phi_infinity)
    "ddn_theory_phi_level": ("d", "d"),
    # double ddn_theory_label_information(double r)
    "ddn_theory_label_information": ("d", "d"),
    # double ddn_theory_overlap_potential(double d, double mu2, double sigma2, double t, double q)
    "ddn_theory_overlap_potential": ("d", "ddddd"),
    # double ddn_theory_overlap_slope(double d, double mu2, double sigma2, double t, double q)
    "ddn_theory_overlap_slope": ("d", "ddddd"),
    # double ddn_theory_overlap_curvature(double d, double mu2, double sigma2, double t, double q)
    "ddn_theory_overlap_curvature": ("d", "ddddd"),
    # ddn_status ddn_theory_overlap_wells(double d, double mu2, double sigma2, double t, double *q, double
    #     *curvature, int64_t *count)
    "ddn_theory_overlap_wells": ("i", "ddddppp"),
    # ddn_status ddn_theory_overlap_draw(ddn_context *ctx, double d, double mu2, double sigma2, double t,
    #     int64_t seed, int64_t first_path, int64_t m, double *q)
    "ddn_theory_overlap_draw": ("i", "pddddlllp"),
    # ddn_status ddn_theory_overlap_run(ddn_context *ctx, double d, double mu2, double sigma2, int64_t seed,
    #     int64_t first_path, int64_t count, int64_t m, const double *times, double *q)
    "ddn_theory_overlap_run": ("i", "pdddllllpp"),
    # ddn_status ddn_theory_overlap_phi(ddn_context *ctx, double d, double mu2, double sigma2, double t,
    #     double t_end, int64_t steps, int64_t pairs, int64_t seed, double *phi, double *standard_error)
    "ddn_theory_overlap_phi": ("i", "pdddddlllpp"),
    # double ddn_theory_collapse(double n, double d, double sigma2)
    "ddn_theory_collapse": ("d", "ddd"),
    # double ddn_theory_collapse_alpha(double alpha, double sigma2)
    "ddn_theory_collapse_alpha": ("d", "dd"),
    # double ddn_theory_alpha_for_collapse(double t, double sigma2)
    "ddn_theory_alpha_for_collapse": ("d", "dd"),
    # double ddn_theory_collapse_two_gaussians(double n, double d, double m2, double sigma2)
    "ddn_theory_collapse_two_gaussians": ("d", "dddd"),
    # double ddn_theory_collapse_spectrum(double n, int64_t count, const double *eigenvalues)
    "ddn_theory_collapse_spectrum": ("d", "dlp"),
    # double ddn_theory_log_n_for_collapse_spectrum(double t, int64_t count, const double *eigenvalues)
    "ddn_theory_log_n_for_collapse_spectrum": ("d", "dlp"),
    # double ddn_theory_excess_entropy(double n, double d, double m2, double sigma2, double t)
    "ddn_theory_excess_entropy": ("d", "ddddd"),
    # double ddn_theory_excess_entropy_derivative(double d, double m2, double sigma2, double t)
    "ddn_theory_excess_entropy_derivative": ("d", "dddd"),
    # double ddn_theory_excess_lower(double n, double d, double sigma2, double t)
    "ddn_theory_excess_lower": ("d", "dddd"),
    # double ddn_theory_excess_upper(double n, double d, double sigma2, double t)
    "ddn_theory_excess_upper": ("d", "dddd"),
    # double ddn_theory_phi_c_lower(double n, double d, double sigma2, double t)
    "ddn_theory_phi_c_lower": ("d", "dddd"),
    # ddn_status ddn_theory_rem(double alpha, double sigma2, double t, double *psi_plus, double *lambda_c,
    #     double *f, int32_t *condensed)
    "ddn_theory_rem": ("i", "dddpppp"),
    # double ddn_theory_ssb_time(double m2, double sigma2, double eta)
    "ddn_theory_ssb_time": ("d", "ddd"),
    # double ddn_theory_hypersphere_time(double dim, double r)
    "ddn_theory_hypersphere_time": ("d", "dd"),
    # double ddn_theory_hypersphere_radius(double dim, double r, double t)
    "ddn_theory_hypersphere_radius": ("d", "ddd"),
    # double ddn_theory_bessel_ratio(double dim, double k)
    "ddn_theory_bessel_ratio": ("d", "dd"),
    # double ddn_theory_kl_plain_start(double r)
    "ddn_theory_kl_plain_start": ("d", "d"),
    # double ddn_theory_kl_gaussian_start(double r)
    "ddn_theory_kl_gaussian_start": ("d", "d"),
    # double ddn_theory_kl_gaussian(double mean2, double t, int64_t count, const double *eigenvalues)
    "ddn_theory_kl_gaussian": ("d", "ddlp"),
    # ddn_status ddn_theory_frechet(ddn_context *ctx, int64_t d, const double *mean1, const double *cov1,
    #     const double *mean2, const double *cov2, double *distance2)
    "ddn_theory_frechet": ("i", "plppppp"),
    # ddn_status ddn_theory_knee(ddn_context *ctx, int64_t count, int64_t draws, int64_t seed, const double
    #     *x, const double *y, const double *y_se, double *second, double *knee, double *standard_error,
    #     double *share)
    "ddn_theory_knee": ("i", "plllppppppp"),
    # ddn_status ddn_theory_knee_interval(ddn_context *ctx, int64_t count, const double *x, const double *y,
    #     const double *y_se, double *low, double *high)
    "ddn_theory_knee_interval": ("i", "plppppp"),
    # ddn_status ddn_analysis_clones(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, const double
    #     *times, ddn_result **out)
    "ddn_analysis_clones": ("i", "pplpp"),
    # ddn_status ddn_analysis_last_change(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out)
    "ddn_analysis_last_change": ("i", "ppp"),
    # ddn_status ddn_analysis_spectrum(ddn_analysis *an, const ddn_dataset *ds, ddn_result **out)
    "ddn_analysis_spectrum": ("i", "ppp"),
    # ddn_status ddn_analysis_crossings(ddn_analysis *an, const ddn_oracle *oracle, const ddn_result *curves,
    #     ddn_result **out)
    "ddn_analysis_crossings": ("i", "pppp"),
    # ddn_status ddn_analysis_regimes(ddn_analysis *an, const ddn_oracle *oracle, int64_t count, int64_t
    #     clone_count, const double *times, const double *clone_times, ddn_result **out)
    "ddn_analysis_regimes": ("i", "ppllppp"),
    # ddn_status ddn_regime_at(ddn_context *ctx, const ddn_result *report, ddn_clock clock, double t,
    #     ddn_regime *regime)
    "ddn_regime_at": ("i", "ppidp"),
    # ddn_status ddn_analysis_uturn(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *starts,
    #     int64_t count, const double *times, ddn_result **out)
    "ddn_analysis_uturn": ("i", "ppplpp"),
    # ddn_status ddn_analysis_branch(ddn_analysis *an, const ddn_oracle *oracle, const ddn_dataset *starts,
    #     int64_t count, const double *times, ddn_result **out)
    "ddn_analysis_branch": ("i", "ppplpp"),
    # ddn_status ddn_analysis_path(ddn_analysis *an, const ddn_oracle *oracle, ddn_path_method method, int64_t
    #     count, int64_t m, const double *times, const double *x, int64_t ldx, int32_t *regimes, ddn_result
    #     **out)
    "ddn_analysis_path": ("i", "ppillpplpp"),
}

CALLBACKS = {
    # void *ddn_allocate_fn(void *user, int64_t bytes, int64_t alignment)
    "ddn_allocate_fn": ("p", "pll"),
    # void ddn_deallocate_fn(void *user, void *pointer, int64_t bytes)
    "ddn_deallocate_fn": ("v", "ppl"),
    # void ddn_release_fn(void *user)
    "ddn_release_fn": ("v", "p"),
    # void ddn_parallel_body_fn(void *arg, int64_t index)
    "ddn_parallel_body_fn": ("v", "pl"),
    # int32_t ddn_parallel_for_fn(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
    "ddn_parallel_for_fn": ("i", "plpp"),
    # int32_t ddn_progress_fn(void *user, const char *stage, double fraction)
    "ddn_progress_fn": ("i", "psd"),
    # int32_t ddn_team_allgather_fn(void *user, int64_t bytes, const void *give, void *take)
    "ddn_team_allgather_fn": ("i", "plpp"),
    # int32_t ddn_team_alltoall_fn(void *user, int64_t bytes, const void *give, void *take)
    "ddn_team_alltoall_fn": ("i", "plpp"),
    # int32_t ddn_schedule_fn(void *user, double t, double *a, double *s, double *da, double *ds)
    "ddn_schedule_fn": ("i", "pdpppp"),
    # int32_t ddn_classify_f64_fn(void *user, int64_t m, int64_t d, const double *x, int64_t ldx, int32_t
    #     *class_out)
    "ddn_classify_f64_fn": ("i", "pllplp"),
    # int32_t ddn_classify_f32_fn(void *user, int64_t m, int64_t d, const float *x, int64_t ldx, int32_t
    #     *class_out)
    "ddn_classify_f32_fn": ("i", "pllplp"),
    # int32_t ddn_observe_fn(void *user, const ddn_step *step)
    "ddn_observe_fn": ("i", "pp"),
    # int32_t ddn_features_fn(void *user, int64_t m, int64_t d, const double *x, int64_t ldx, double
    #     *features, int64_t ldf)
    "ddn_features_fn": ("i", "pllplpl"),
    # int32_t ddn_predict_f64_fn(void *user, double t, double a, double s, int64_t m, int64_t d, const double
    #     *x, int64_t ldx, double *out, int64_t ldo)
    "ddn_predict_f64_fn": ("i", "pdddllplpl"),
    # int32_t ddn_predict_f32_fn(void *user, double t, double a, double s, int64_t m, int64_t d, const float
    #     *x, int64_t ldx, float *out, int64_t ldo)
    "ddn_predict_f32_fn": ("i", "pdddllplpl"),
    # int32_t ddn_jvp_f64_fn(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
    #     int64_t ldx, const double *v, int64_t ldv, double *out, int64_t ldo)
    "ddn_jvp_f64_fn": ("i", "pdddllplplpl"),
    # int32_t ddn_jvp_f32_fn(void *user, double t, double a, double s, int64_t m, int64_t d, const float *x,
    #     int64_t ldx, const float *v, int64_t ldv, float *out, int64_t ldo)
    "ddn_jvp_f32_fn": ("i", "pdddllplplpl"),
    # int32_t ddn_log_density_fn(void *user, double t, double a, double s, int64_t m, int64_t d, const double
    #     *x, int64_t ldx, double *out)
    "ddn_log_density_fn": ("i", "pdddllplp"),
    # int32_t ddn_system_fn(void *user, double parameter, int64_t d, const double *x, double *out)
    "ddn_system_fn": ("i", "pdlpp"),
}

CONSTANTS = {
    "DDN_OK": 0,
    "DDN_STOPPED": 1,
    "DDN_E_NULL": -1,
    "DDN_E_RANGE": -2,
    "DDN_E_NONFINITE": -3,
    "DDN_E_SHAPE": -4,
    "DDN_E_KEY": -5,
    "DDN_E_NOMEM": -6,
    "DDN_E_IO": -7,
    "DDN_E_FORMAT": -8,
    "DDN_E_UNSUPPORTED": -9,
    "DDN_E_STATE": -10,
    "DDN_E_CALLBACK": -11,
    "DDN_E_CONVERGENCE": -12,
    "DDN_E_INTERNAL": -13,
    "DDN_E_HANDLE": -14,
    "DDN_E_TYPE": -15,
    "DDN_E_CAPACITY": -16,
    "DDN_E_MISMATCH": -17,
    "DDN_E_OVERLAP": -18,
    "DDN_TYPE_NONE": -1,
    "DDN_TYPE_U8": 1,
    "DDN_TYPE_F32": 2,
    "DDN_TYPE_F64": 3,
    "DDN_TYPE_I64": 4,
    "DDN_CONTEXT_NONE": -1,
    "DDN_CONTEXT_THREADS": 1001,
    "DDN_FORMAT_NONE": -1,
    "DDN_FORMAT_AUTO": 0,
    "DDN_FORMAT_NPY": 1,
    "DDN_FORMAT_IDX": 2,
    "DDN_FORMAT_CIFAR10": 3,
    "DDN_FORMAT_CIFAR100": 4,
    "DDN_FORMAT_CIFAR100_COARSE": 5,
    "DDN_FORMAT_NPY_BF16": 6,
    "DDN_TABLE_NONE": -1,
    "DDN_TABLE_ALPHA_BAR": 1,
    "DDN_TABLE_BETA": 2,
    "DDN_COORDINATE_NONE": -1,
    "DDN_COORDINATE_OU": 1,
    "DDN_COORDINATE_LOGSNR": 2,
    "DDN_COORDINATE_SIGMA": 3,
    "DDN_COORDINATE_ALPHA_BAR": 4,
    "DDN_COORDINATE_THETA": 5,
    "DDN_GRID_NONE": -1,
    "DDN_GRID_UNIFORM": 1,
    "DDN_GRID_GEOMETRIC": 2,
    "DDN_GRID_LOGSNR": 3,
    "DDN_GRID_KARRAS": 4,
    "DDN_GRID_LEADING": 5,
    "DDN_GRID_TRAILING": 6,
    "DDN_GRID_LINSPACE": 7,
    "DDN_OUT_NONE": -1,
    "DDN_OUT_SCORE": 1,
    "DDN_OUT_MEAN": 2,
    "DDN_OUT_LOG_P": 3,
    "DDN_OUT_ENTROPY": 4,
    "DDN_OUT_SUM_W2": 5,
    "DDN_OUT_W_MAX": 6,
    "DDN_OUT_ONE_MINUS_W_MAX": 7,
    "DDN_OUT_ARGMAX": 8,
    "DDN_OUT_CLASS_POSTERIOR": 9,
    "DDN_OUT_TRACE_COV": 10,
    "DDN_OUT_DIVERGENCE": 11,
    "DDN_OUT_COV_TIMES_V": 12,
    "DDN_OUT_JACOBIAN_TIMES_V": 13,
    "DDN_OUT_DRAW": 14,
    "DDN_OUT_DRAW_INDEX": 15,
    "DDN_OUT_NEAREST_DISTANCE2": 16,
    "DDN_OUT_SECOND_DISTANCE2": 17,
    "DDN_IN_NONE": -1,
    "DDN_IN_V": 101,
    "DDN_QUERY_NONE": -1,
    "DDN_QUERY_EPSILON": 2001,
    "DDN_QUERY_TRAJECTORY": 2002,
    "DDN_QUERY_FORBID": 2003,
    "DDN_QUERY_PROBES": 2004,
    "DDN_WAY_NONE": -1,
    "DDN_WAY_TRIED": 1,
    "DDN_WAY_SERVED": 2,
    "DDN_WAY_ROWS": 3,
    "DDN_WAY_BYTES": 4,
    "DDN_CLOCK_NONE": -1,
    "DDN_CLOCK_OU": 1,
    "DDN_CLOCK_SCHEDULE": 2,
    "DDN_POOLING_NONE": -1,
    "DDN_POOLING_SAME": 1,
    "DDN_POOLING_MEAN": 2,
    "DDN_POOLING_SHARE": 3,
    "DDN_POOLING_SUM": 4,
    "DDN_POOLING_PART": 5,
    "DDN_RESULT_FORMAT_NONE": -1,
    "DDN_RESULT_FORMAT_AUTO": 0,
    "DDN_RESULT_FORMAT_CSV": 1,
    "DDN_RESULT_FORMAT_JSON": 2,
    "DDN_RESULT_FORMAT_NPY": 3,
    "DDN_ANALYSIS_NONE": -1,
    "DDN_ANALYSIS_EXCESS_LEVEL": 4001,
    "DDN_ANALYSIS_T_START": 4002,
    "DDN_ANALYSIS_T_END": 4003,
    "DDN_ANALYSIS_ETA": 4004,
    "DDN_ANALYSIS_SEED": 4005,
    "DDN_ANALYSIS_SAMPLES": 4006,
    "DDN_ANALYSIS_CLONES": 4007,
    "DDN_ANALYSIS_STEPS": 4008,
    "DDN_ANALYSIS_BATCH": 4009,
    "DDN_ANALYSIS_METHOD": 4010,
    "DDN_ANALYSIS_PATHS": 4011,
    "DDN_ANALYSIS_PATH_STEPS": 4012,
    "DDN_ANALYSIS_PRECISION": 4013,
    "DDN_ANALYSIS_MOST_SAMPLES": 4014,
    "DDN_ANALYSIS_NEIGHBOURS": 4015,
    "DDN_ANALYSIS_CLONE_PRECISION": 4016,
    "DDN_ANALYSIS_KAPPA": 4017,
    "DDN_ANALYSIS_GRID": 4018,
    "DDN_ANALYSIS_STEP_SHARE": 4019,
    "DDN_METHOD_NONE": -1,
    "DDN_METHOD_EXACT": 10,
    "DDN_METHOD_EULER": 20,
    "DDN_METHOD_HEUN": 21,
    "DDN_METHOD_EDM_HEUN": 22,
    "DDN_METHOD_EXPONENTIAL": 30,
    "DDN_METHOD_DDPM": 40,
    "DDN_METHOD_PNDM": 50,
    "DDN_METHOD_MULTISTEP2": 51,
    "DDN_METHOD_GRADIENT_ESTIMATION": 52,
    "DDN_METHOD_ADAPTIVE": 60,
    "DDN_METHOD_FORWARD": 90,
    "DDN_INTEGRATOR_NONE": -1,
    "DDN_INTEGRATOR_T_START": 3001,
    "DDN_INTEGRATOR_T_END": 3002,
    "DDN_INTEGRATOR_ETA": 3003,
    "DDN_INTEGRATOR_EPSILON": 3004,
    "DDN_INTEGRATOR_RTOL": 3005,
    "DDN_INTEGRATOR_ATOL": 3006,
    "DDN_INTEGRATOR_GAMMA": 3007,
    "DDN_INTEGRATOR_MU": 3008,
    "DDN_INTEGRATOR_STEPS": 3009,
    "DDN_INTEGRATOR_GRID": 3010,
    "DDN_INTEGRATOR_SEED": 3011,
    "DDN_INTEGRATOR_FIRST_PATH": 3012,
    "DDN_INTEGRATOR_DENOISE": 3013,
    "DDN_INTEGRATOR_FIRST_STEP": 3014,
    "DDN_INTEGRATOR_VARIANCE": 3015,
    "DDN_INTEGRATOR_TRAJECTORY": 3016,
    "DDN_INTEGRATOR_CHURN": 3017,
    "DDN_INTEGRATOR_CHURN_MIN": 3018,
    "DDN_INTEGRATOR_CHURN_MAX": 3019,
    "DDN_INTEGRATOR_CHURN_NOISE": 3020,
    "DDN_RUN_NONE": -1,
    "DDN_RUN_IDLE": 0,
    "DDN_RUN_RUNNING": 1,
    "DDN_RUN_STOPPED": 2,
    "DDN_RUN_FINISHED": 3,
    "DDN_TALLY_NONE": -1,
    "DDN_TALLY_EVALUATIONS": 1,
    "DDN_TALLY_ACCEPTED": 2,
    "DDN_TALLY_REJECTED": 3,
    "DDN_START_NONE": -1,
    "DDN_START_NOISE": 1,
    "DDN_START_GAUSSIAN": 2,
    "DDN_RECORD_NONE": -1,
    "DDN_RECORD_TIMES": 1,
    "DDN_RECORD_STATES": 2,
    "DDN_RECORD_INDEX": 3,
    "DDN_RECORD_LAST_CHANGE": 4,
    "DDN_RECORD_CHANGES": 5,
    "DDN_RECORD_ENTROPY": 6,
    "DDN_RECORD_SUM_W2": 7,
    "DDN_RECORD_W_MAX": 8,
    "DDN_RECORD_TRACE_COV": 9,
    "DDN_RECORD_LOG_P": 10,
    "DDN_RECORD_OVERLAP": 11,
    "DDN_RECORD_HISTORY": 12,
    "DDN_VARIANCE_NONE": -1,
    "DDN_VARIANCE_SHARED": 1,
    "DDN_VARIANCE_ISOTROPIC": 2,
    "DDN_VARIANCE_SHARED_DIAGONAL": 3,
    "DDN_VARIANCE_DIAGONAL": 4,
    "DDN_PREDICTION_NONE": -1,
    "DDN_PREDICTION_SCORE": 1,
    "DDN_PREDICTION_EPS": 2,
    "DDN_PREDICTION_X0": 3,
    "DDN_PREDICTION_V": 4,
    "DDN_PREDICTION_VELOCITY": 5,
    "DDN_MODEL_NONE": -1,
    "DDN_MODEL_CLIP_LOW": 6001,
    "DDN_MODEL_CLIP_HIGH": 6002,
    "DDN_MODEL_STEP": 6003,
    "DDN_MODEL_MAX_ROWS": 6004,
    "DDN_SYMMETRY_NONE": -1,
    "DDN_SYMMETRY_ETA": 5001,
    "DDN_SYMMETRY_TOLERANCE": 5002,
    "DDN_SYMMETRY_MERGE": 5003,
    "DDN_SYMMETRY_STEP": 5004,
    "DDN_SYMMETRY_ITERATIONS": 5005,
    "DDN_SYMMETRY_EIGENVALUES": 5006,
    "DDN_SYMMETRY_DESCEND": 5007,
    "DDN_SYMMETRY_SEED": 5008,
    "DDN_SYMMETRY_POINTS": 5009,
    "DDN_SYMMETRY_BRANCHES": 5010,
    "DDN_BIFURCATION_NONE": -1,
    "DDN_BIFURCATION_FOLD": 1,
    "DDN_BIFURCATION_BRANCH": 2,
    "DDN_SYSTEM_KIND_NONE": -1,
    "DDN_SYSTEM_FLOW": 1,
    "DDN_SYSTEM_MAP": 2,
    "DDN_STABILITY_NONE": -1,
    "DDN_STABILITY_STABLE": 1,
    "DDN_STABILITY_UNSTABLE": 2,
    "DDN_STABILITY_SADDLE": 3,
    "DDN_STABILITY_HALF_STABLE": 4,
    "DDN_STABILITY_NEUTRAL": 5,
    "DDN_SYSTEM_BIFURCATION_NONE": -1,
    "DDN_SYSTEM_SADDLE_NODE": 1,
    "DDN_SYSTEM_TRANSCRITICAL": 2,
    "DDN_SYSTEM_PITCHFORK_SUPER": 3,
    "DDN_SYSTEM_PITCHFORK_SUB": 4,
    "DDN_SYSTEM_PERIOD_DOUBLING": 5,
    "DDN_REGIME_NONE": -1,
    "DDN_REGIME_RANDOM": 1,
    "DDN_REGIME_FEATURES": 2,
    "DDN_REGIME_MEMORIZATION": 3,
    "DDN_PATH_NONE": -1,
    "DDN_PATH_AUTO": 0,
    "DDN_PATH_POSTERIOR": 1,
    "DDN_PATH_CLONES": 2,
}

OPTIONS = {
    "DDN_CONTEXT_THREADS": ("context", "l"),
    "DDN_QUERY_EPSILON": ("query", "d"),
    "DDN_QUERY_TRAJECTORY": ("query", "l"),
    "DDN_QUERY_FORBID": ("query", "l"),
    "DDN_QUERY_PROBES": ("query", "l"),
    "DDN_INTEGRATOR_T_START": ("integrator", "d"),
    "DDN_INTEGRATOR_T_END": ("integrator", "d"),
    "DDN_INTEGRATOR_ETA": ("integrator", "d"),
    "DDN_INTEGRATOR_EPSILON": ("integrator", "d"),
    "DDN_INTEGRATOR_RTOL": ("integrator", "d"),
    "DDN_INTEGRATOR_ATOL": ("integrator", "d"),
    "DDN_INTEGRATOR_GAMMA": ("integrator", "d"),
    "DDN_INTEGRATOR_MU": ("integrator", "d"),
    "DDN_INTEGRATOR_STEPS": ("integrator", "l"),
    "DDN_INTEGRATOR_GRID": ("integrator", "l"),
    "DDN_INTEGRATOR_SEED": ("integrator", "l"),
    "DDN_INTEGRATOR_FIRST_PATH": ("integrator", "l"),
    "DDN_INTEGRATOR_DENOISE": ("integrator", "l"),
    "DDN_INTEGRATOR_FIRST_STEP": ("integrator", "l"),
    "DDN_INTEGRATOR_VARIANCE": ("integrator", "l"),
    "DDN_INTEGRATOR_TRAJECTORY": ("integrator", "l"),
    "DDN_INTEGRATOR_CHURN": ("integrator", "d"),
    "DDN_INTEGRATOR_CHURN_MIN": ("integrator", "d"),
    "DDN_INTEGRATOR_CHURN_MAX": ("integrator", "d"),
    "DDN_INTEGRATOR_CHURN_NOISE": ("integrator", "d"),
    "DDN_ANALYSIS_EXCESS_LEVEL": ("analysis", "d"),
    "DDN_ANALYSIS_T_START": ("analysis", "d"),
    "DDN_ANALYSIS_T_END": ("analysis", "d"),
    "DDN_ANALYSIS_ETA": ("analysis", "d"),
    "DDN_ANALYSIS_SEED": ("analysis", "l"),
    "DDN_ANALYSIS_SAMPLES": ("analysis", "l"),
    "DDN_ANALYSIS_CLONES": ("analysis", "l"),
    "DDN_ANALYSIS_STEPS": ("analysis", "l"),
    "DDN_ANALYSIS_BATCH": ("analysis", "l"),
    "DDN_ANALYSIS_METHOD": ("analysis", "l"),
    "DDN_ANALYSIS_PATHS": ("analysis", "l"),
    "DDN_ANALYSIS_PATH_STEPS": ("analysis", "l"),
    "DDN_ANALYSIS_PRECISION": ("analysis", "d"),
    "DDN_ANALYSIS_MOST_SAMPLES": ("analysis", "l"),
    "DDN_ANALYSIS_NEIGHBOURS": ("analysis", "l"),
    "DDN_ANALYSIS_CLONE_PRECISION": ("analysis", "d"),
    "DDN_ANALYSIS_KAPPA": ("analysis", "d"),
    "DDN_ANALYSIS_GRID": ("analysis", "l"),
    "DDN_ANALYSIS_STEP_SHARE": ("analysis", "d"),
    "DDN_SYMMETRY_ETA": ("symmetry", "d"),
    "DDN_SYMMETRY_TOLERANCE": ("symmetry", "d"),
    "DDN_SYMMETRY_MERGE": ("symmetry", "d"),
    "DDN_SYMMETRY_STEP": ("symmetry", "d"),
    "DDN_SYMMETRY_ITERATIONS": ("symmetry", "l"),
    "DDN_SYMMETRY_EIGENVALUES": ("symmetry", "l"),
    "DDN_SYMMETRY_DESCEND": ("symmetry", "l"),
    "DDN_SYMMETRY_SEED": ("symmetry", "l"),
    "DDN_SYMMETRY_POINTS": ("symmetry", "l"),
    "DDN_SYMMETRY_BRANCHES": ("symmetry", "l"),
    "DDN_MODEL_CLIP_LOW": ("model", "d"),
    "DDN_MODEL_CLIP_HIGH": ("model", "d"),
    "DDN_MODEL_STEP": ("model", "d"),
    "DDN_MODEL_MAX_ROWS": ("model", "l"),
}

STATUSES = {
    0: ("DDN_OK", "success"),
    1: ("DDN_STOPPED", "stopped on request before the end"),
    -1: ("DDN_E_NULL", "a required pointer is NULL"),
    -2: ("DDN_E_RANGE", "an argument is outside its range"),
    -3: ("DDN_E_NONFINITE", "a value is NaN or infinite"),
    -4: ("DDN_E_SHAPE", "shapes do not agree"),
    -5: ("DDN_E_KEY", "unknown option, name or kind"),
    -6: ("DDN_E_NOMEM", "out of memory"),
    -7: ("DDN_E_IO", "a file could not be read or written"),
    -8: ("DDN_E_FORMAT", "a file or buffer is not in the expected format"),
    -9: ("DDN_E_UNSUPPORTED", "this object cannot do that"),
    -10: ("DDN_E_STATE", "the call does not fit the object's present state"),
    -11: ("DDN_E_CALLBACK", "a callback reported failure"),
    -12: ("DDN_E_CONVERGENCE", "an iteration did not converge"),
    -13: ("DDN_E_INTERNAL", "an internal error: please report it"),
    -14: ("DDN_E_HANDLE", "not a live object of the kind that is wanted"),
    -15: ("DDN_E_TYPE", "the value is of another type of number"),
    -16: ("DDN_E_CAPACITY", "a buffer is too small"),
    -17: ("DDN_E_MISMATCH", "made with other data, another object or other settings"),
    -18: ("DDN_E_OVERLAP", "memory that may not overlap does"),
}
