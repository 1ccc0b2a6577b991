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
    # ddn_status ddn_team_create_group(ddn_context *ctx, ddn_team *whole, int64_t size, ddn_team_allgather_fn
    #     allgather, ddn_team_alltoall_fn alltoall, void *user, ddn_release_fn release, ddn_team **out)
    "ddn_team_create_group": ("i", "pplppppp"),
    # int64_t ddn_team_rank(const ddn_team *team)
    "ddn_team_rank": ("l", "p"),
    # int64_t ddn_team_size(const ddn_team *team)
    "ddn_team_size": ("l", "p"),
    # const ddn_team *ddn_team_whole(const ddn_team *team)
    "ddn_team_whole": ("p", "p"),
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
    # ddn_status ddn_dataset_open_in_place(ddn_context *ctx, const char *path, ddn_format format, ddn_dataset
    #     **out)
    "ddn_dataset_open_in_place": ("i", "psip"),
    # ddn_status ddn_dataset_open_files(ddn_context *ctx, ddn_format format, int64_t count, const char *const
    #     *paths, ddn_dataset **out)
    "ddn_dataset_open_files": ("i", "pilpp"),
    # ddn_status ddn_dataset_open_team(ddn_context *ctx, ddn_team *team, ddn_format format, int64_t count,
    #     const char *const *paths, ddn_dataset **out)
    "ddn_dataset_open_team": ("i", "ppilpp"),
    # ddn_status ddn_dataset_open_team_in_place(ddn_context *ctx, ddn_team *team, const char *path, ddn_format
    #     format, ddn_dataset **out)
    "ddn_dataset_open_team_in_place": ("i", "ppsip"),
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
    # ddn_status ddn_analysis_set_team(ddn_analysis *an, const ddn_team *team)
    "ddn_analysis_set_team": ("i", "pp"),
    # ddn_status ddn_analysis_keep(ddn_analysis *an, ddn_keep keep)
    "ddn_analysis_keep": ("i", "pi"),
    # ddn_status ddn_analysis_save_size(const ddn_analysis *an, int64_t *size)
    "ddn_analysis_save_size": ("i", "pp"),
    # ddn_status ddn_analysis_save(const ddn_analysis *an, int64_t capacity, void *buffer)
    "ddn_analysis_save": ("i", "plp"),
    # ddn_status ddn_analysis_restore(ddn_analysis *an, int64_t size, const void *buffer)
    "ddn_analysis_restore": ("i", "plp"),
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

DOCS = {
    "ddn_status_name": "Name of a status, as \"DDN_E_RANGE\"; \"unknown status\" for another number.",
    "ddn_status_text": "Meaning of a status; \"unknown status\" for another number.",
    "ddn_version_string": "Version of the library at run time, e.g. \"0.9.0\". Compare with DDN_VERSION_STRING, the version compiled against.",
    "ddn_version_number": "Version of the library at run time, major * 1000000 + minor * 1000 + patch. Compare with DDN_VERSION, the version compiled against.",
    "ddn_feature": "What this library is made of and what it found on this machine, by name:\n\n    \"version\"            as ddn_version_string\n    \"compiler\"           \"gcc 12.2.0\"\n    \"kernels\"            variants compiled in, \"reference,avx2,avx512\"; see ddn_kernel_name\n    \"kernel\"             the best of them that this processor can run\n    \"ways\"               ways of evaluation of empirical oracles; see ddn_oracle_way_name\n    \"blas\"               version and configuration of OpenBLAS; \"generic\" if another BLAS is\n                         linked, \"none\" if OpenBLAS cannot be loaded\n    \"blas_integer_bits\"  \"32\" or \"64\": width of the integers that BLAS and LAPACK are called with\n    \"blas_core\"          the processor that it took its kernels for, or as \"blas\"\n    \"blas_threading\"     \"serial\", \"pthreads\" or \"openmp\", or as \"blas\"\n    \"gzip\"               version of zlib, by which compressed files are read\n    \"formats\"            file formats, \".npz,.npy,IDX,CIFAR-10,CIFAR-100\"\n    \"hdf5\"               version of libhdf5, or \"none\"\n    \"images\"             versions of libpng and libjpeg, or \"none\"\n    \"threads\"            what the library's own threads are, \"pthreads\"\n\nLists are comma separated. A later version may have more.",
    "ddn_feature_count": "How many features there are.",
    "ddn_feature_name": "Name of feature number i, from 0.",
    "ddn_context_create": "Creates a context with the C library's allocator, one thread, and the best kernel for the processor. *out is NULL unless DDN_OK. Errors: DDN_E_NULL, DDN_E_NOMEM.",
    "ddn_context_create_with_allocator": "As ddn_context_create, with the host's memory functions; objects created through this context use them too.",
    "ddn_context_destroy": "Lets go of the context; objects that still use it keep it alive. NULL is a no-op.",
    "ddn_context_message": "Text of the last error of a call that used this context: function, argument, value, limit. \"\" before the first one.",
    "ddn_context_options": "The options of a context.",
    "ddn_options_set_f64": "Sets an option of type double.",
    "ddn_options_set_i64": "Sets an option of type int64.",
    "ddn_options_get_f64": "Value of an option of type double.",
    "ddn_options_get_i64": "Value of an option of type int64.",
    "ddn_options_bounds_f64": "Bounds of an option of type double, both included.",
    "ddn_options_bounds_i64": "Bounds of an option of type int64, both included.",
    "ddn_options_reset": "Gives all options their presets again. DDN_E_STATE where they may not be changed now.",
    "ddn_options_count": "How many options there are.",
    "ddn_options_key": "Key of number i, from 0; 0 past the last.",
    "ddn_options_name": "Name of a key, as \"DDN_QUERY_EPSILON\".",
    "ddn_options_find": "Key of a name as ddn_options_name gives it, to set an option that a configuration names; -1 if these options have none of that name.",
    "ddn_options_type": "Type of an option: DDN_TYPE_F64 or DDN_TYPE_I64; 0 for a key that these options do not have.",
    "ddn_context_set_kernel": "Which variant of the kernels runs: \"reference\", \"avx2\", \"avx512\", \"avx512vnni\" or \"neon\". The default is the best one that the processor supports. Forcing one that it does not support is DDN_E_UNSUPPORTED. Used by calls made afterwards.",
    "ddn_context_kernel": "Name of the variant in use.",
    "ddn_kernel_name": "Name of variant number `index` (0, 1, ...) compiled into the library.",
    "ddn_context_set_parallel_for": "Replaces the library's own threads by the host's. `count` asked of it is at most DDN_CONTEXT_THREADS. release(user) is called when another one is set or the context goes.",
    "ddn_context_set_progress": "Sets the progress callback. release(user) is called when another one is set or the context goes. DDN_E_STATE inside a callback.",
    "ddn_context_cancel": "Asks the call of this context that is running to stop: it returns DDN_STOPPED, and so does every call inside it, after at most 0.1 s of work; what is then in the outputs is in doc/threads.md. With no call running it does nothing: it never stops a later call. May be called from any thread and from a signal handler.",
    "ddn_context_fail": "For callbacks that fail: `return ddn_context_fail(ctx, \"the device is gone\");` gives the text to the message of the call that is running. Always returns DDN_E_CALLBACK.",
    "ddn_team_create": "Makes a team of two exchanges of bytes; diffdyn/mpi.h makes one from any communicator. Exchanges nothing. `user` is handed to the callbacks, and to release with the last object made over the team. An exchange that fails, or does not give a rank its own bytes back, ends the call with DDN_E_CALLBACK, on this rank and for good. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NOMEM.",
    "ddn_team_retain": "Adds a reference to the team: it then takes one more ddn_team_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_team_destroy": "Lets go of the team. NULL is a no-op.",
    "ddn_team_create_group": "Makes a team of this rank's group: the ranks of `whole` are cut into groups of `size` consecutive ones, of which rank r is number r % size of group r / size. Each group can so have all of the data, each of its ranks a part of them, and the groups share the samples: sets are made over the group, and ddn_analysis_set_team is given the group, too. diffdyn/mpi.h makes both teams of a communicator.\n\nThe exchanges are those of the group's ranks among each other; rules as for ddn_team_create. All ranks of the whole make this call, and later the same calls with objects made over their groups. Groups wait for each other only where they share something, and at the end of each call, which exchanges one status more among all of them. An error, a stop or a cancel on one rank so ends the same measurement on all ranks of the whole, and its text has the rank's number among all; what groups do beside each other (a score) it ends in the group, and the next call on all ranks.\n\nOn all ranks the same status. Errors: DDN_E_NULL, DDN_E_HANDLE, DDN_E_RANGE (size does not divide the ranks of the whole), DDN_E_UNSUPPORTED (whole is a group), DDN_E_MISMATCH (sizes differ), DDN_E_NOMEM.",
    "ddn_team_rank": "This rank; -1 for NULL.",
    "ddn_team_size": "Number of ranks; 0 for NULL.",
    "ddn_team_whole": "The team of which this one is a group.",
    "ddn_team_agree": "Gives all ranks one status, those of the whole if the team is a group: `mine` of the lowest rank where that is an error, else DDN_STOPPED where one has that, else DDN_OK. For steps that each rank takes by itself, such as opening its file: `status = ddn_team_agree(ctx, team, ddn_dataset_open(...))`. The text of ctx's last error goes with it. A number that is no status is DDN_E_RANGE.",
    "ddn_dataset_create": "Copies points. A fresh set has scale 1, shift 0 and no labels. Errors: DDN_E_NULL, DDN_E_KEY (type), DDN_E_RANGE (n, d), DDN_E_SHAPE (ld), DDN_E_NONFINITE, DDN_E_NOMEM.",
    "ddn_dataset_create_borrowed": "As ddn_dataset_create without the copy. On failure the caller still owns the data and release is not called.",
    "ddn_dataset_open": "Opens a file as a dataset. Numbers are stored as they are, or in the narrowest type that holds them all: u1 and b1 as DDN_TYPE_U8; i1, i2, u2, f2, f4 and bfloat16 as DDN_TYPE_F32; i4, u4, i8, u8 (below 2^53 in magnitude) and f8 as DDN_TYPE_F64. ddn_dataset_description says what was done.\n\nA path with \".npz:\" or \".zip:\" in it names a member of an archive behind the last of these: \"x.npz:images\" is images.npy in x.npz. Without, the member is the only array, or the first that there is of data, x, images, points, samples, features, their like for training (x_train, train_images, ...) and arr_0; then labels come with the points if the archive has some of such a name (labels, y, targets, ...; y_train, ...). A member that is named comes alone.\n\nThe file is read whole, into the context's allocator, and closed: what becomes of it later does not matter to the set (a file that is larger than memory: ddn_dataset_open_in_place). Errors name the file: DDN_E_IO (missing, unreadable), DDN_E_FORMAT (what is wrong in it), and those of ddn_dataset_create.",
    "ddn_dataset_open_in_place": "As ddn_dataset_open for a plain file that may be larger than memory: the numbers stay in the file, which the set maps until it and what was made of it are destroyed, and the system brings in what is read and gives it up again. Everything that is computed has the same bits as with the file read. What the numbers cannot be used in as they stand is DDN_E_UNSUPPORTED, with what to do: compressed files and archives, numbers that would have to be converted, Fortran order.\n\nThe file must not change while the set is there. One that has another size or time of change is refused (DDN_E_IO) when the set is next read; one that is cut short while it is read ends the process (SIGBUS on POSIX systems), as does a disk that fails. Replacing the file by renaming a new one to its name, or removing it, does no harm.\n\nOpening reads the header (and the records of CIFAR, for their labels). That all numbers are finite is seen by the first call that reads them all, without a further pass where that takes a mean, as making an oracle does: DDN_E_NONFINITE then, with row and column. doc/howto/memory-and-sizes.md says how often what reads the file, and which functions copy points.",
    "ddn_dataset_open_files": "As ddn_dataset_open with several files as one set, one after another: 1 <= count <= 1000, all of the same d (DDN_E_SHAPE) and of numbers that are stored alike (DDN_E_TYPE). All are open at the same time. The set has labels if each file brings some; folders whose classes have other names than those of the first are DDN_E_FORMAT. Errors name the file.",
    "ddn_dataset_open_team": "As ddn_dataset_open_files and ddn_dataset_create_team: each rank reads its share of the rows, of which the shares are as even as can be, in rank order, so that the set has the order of the files. Plain files are read from the place of the share on; what is compressed, in an archive, or in Fortran order, is read by each rank from its beginning to its end, and the rows of others are dropped. A rank needs memory for its share, and for the labels of all points. All ranks have the files, at paths that may differ: files of other sizes or with other headers on one rank are DDN_E_MISMATCH, fewer points than ranks DDN_E_RANGE, and what one rank cannot read ends the call on all of them.",
    "ddn_dataset_open_team_in_place": "As ddn_dataset_open_in_place, of which each rank uses its share of the rows (ddn_dataset_open_team) where they are: it keeps labels, norms and lengths of its points in memory, and reads no rows of others. The rules and errors of both; ranks of one machine that use one file share what the system keeps of it.",
    "ddn_dataset_create_mapped": "The same stored numbers under the map a = scale * stored + shift, replacing the present map. [0, 255] -> [-1, 1] is scale 1/127.5, shift -1. scale must be finite and not 0, shift finite.",
    "ddn_dataset_create_bytes": "The same points as bytes, where they are bytes under an affine map, as images divided by 255 or normalised are: a set of DDN_TYPE_U8 with that map, labels and weights kept, in an eighth or a quarter of the memory and evaluated faster. The same means: each stored number is step * k + low, 0 <= k <= 255, to 4 roundings of the largest magnitude of any, 2^-22 of it for DDN_TYPE_F32 and 2^-51 for DDN_TYPE_F64; low is the least of them and step the largest that does. The map of the new set is that of ds after this one. A set of bytes is given back as it is. Where the numbers are no bytes: DDN_E_UNSUPPORTED, with the row and the column of one that does not fit to those before it; mostly after a few rows. Can be cancelled.",
    "ddn_dataset_create_labelled": "The same points with labels, count == n, else DDN_E_SHAPE.",
    "ddn_dataset_open_labelled": "As ddn_dataset_create_labelled with the labels from a file: IDX or .npy, each plain, gzip-compressed or a member of an archive (named, or the one that is called like labels): n integers of any type, also as floating-point numbers or truth values, as [n] or [n][1], which must fit in int32; or [n][classes] of zeros with a 1 at the label.",
    "ddn_dataset_create_weighted": "The same points with weights in place of those that they have: point i has the probability pi_i = weights[i] / sum_k weights[k], and everything that is measured on the set is that of the distribution sum_i pi_i delta(a_i); doc/theory.md (25). n stays the number of points. Weights that add up to 1 within 2^-50 are taken as they are. Where all are equal the new set has none, which is the same. count == n, else DDN_E_SHAPE; each weight finite (DDN_E_NONFINITE) and positive, the least at least 1e-250 times the largest (DDN_E_RANGE).",
    "ddn_dataset_create_distinct": "The distinct points, in the order in which they come first, with the weights of all their copies: the same distribution with fewer points. Copies are points that are equal as numbers, under the map; -0 is 0. The label of a point whose copies have several is the most probable one, the lowest in a tie, and its class is a distribution: ddn_dataset_label_shares gives it, and posteriors of classes are those of the copies (doc/theory.md (25)). What counts points, such as the probability that two paths end at the same one, then speaks of distinct points. Room for such labels: 8 bytes for each of the classes times each of the distributions that occur. Without copies the new set is the same as ds. Can be cancelled.",
    "ddn_dataset_create_subset": "Copies rows with map, labels and weights, which are normalised anew.",
    "ddn_dataset_create_class_subset": "Copies the rows whose label is one of the classes, in their order, with map, labels and weights, which are normalised anew. A row whose label is a distribution (ddn_dataset_create_distinct) belongs to it with the share that the classes have in it. A class that no row has is DDN_E_KEY; a set without labels is DDN_E_UNSUPPORTED.",
    "ddn_dataset_create_team": "The set of the points of all ranks, in rank order: `part` holds those of this one. All ranks make this call, and those with the set, together (ddn_team). All functions of this file, the times of ddn_analysis_spectrum, the Gaussian of the set and the empirical oracle then are those of the whole set, and analyses of that oracle measure it; row i is point i of the whole. Copies are told by digests of 128 bits.\n\nSets that are made of it are sets over the same team, and what they are made with is given on each rank for the whole: labels, weights, rows. Subsets and distinct points are dealt out again, in order and in shares as even as can be; fewer points than ranks are DDN_E_RANGE.\n\nAll parts have the same d, type, map, and labels or none (DDN_E_SHAPE); parts with weights or several labels of a point are DDN_E_UNSUPPORTED: it is the whole set that is given these. Refused likewise is such a set as the points of a model, of features, of a Frechet distance and of starts, and by observers and analyses that take points: they look at points one by one, which would be an exchange for each.\n\nMemory beside the part: for each point of the whole set 8 bytes if it has a label, 24 if it has a weight; while subsets, distinct points and the spectrum are found, what one process needs for them without the points.",
    "ddn_dataset_team": "The team that the set is spread over.",
    "ddn_dataset_retain": "Adds a reference to the dataset: it then takes one more ddn_dataset_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_dataset_destroy": "Lets go of the set. NULL is a no-op.",
    "ddn_dataset_n": "Number of points; 0 for NULL.",
    "ddn_dataset_d": "Number of dimensions; 0 for NULL.",
    "ddn_dataset_type": "Type in which the points are stored; 0 for NULL.",
    "ddn_dataset_scale": "Factor of the map; 0 for NULL.",
    "ddn_dataset_shift": "Shift of the map; 0 for NULL.",
    "ddn_dataset_description": "Where the points come from and what was done to them, for a person to read: the file and its type of numbers, whether they were converted, and whence the labels. \"\" where the set was made of numbers in memory; NULL for NULL. What is derived from a set has the text of that set, but for ddn_dataset_create_in_span.",
    "ddn_dataset_read": "Reads points first .. first+count-1, mapped.",
    "ddn_dataset_digest": "A digest of the whole set, to tell later whether it is the same one: XXH64 with seed 0, numbers as their little-endian bytes, over seven 64-bit words: n, d, type, scale and shift (as doubles), the XXH64 of the labels (int32, in row order; 0 without labels), and the XXH64 of the list of XXH64s of blocks of 256 rows, each that of the list of XXH64s of its rows. Where points have weights, that digest D becomes the XXH64 of two words, D and the XXH64 of pi (doubles); where points have several labels, then the XXH64 of four: D and the XXH64s of the number of each point's distribution (int32, numbered in the order in which they occur), of the distinct labels (int32), and of the distributions (doubles). 1 where that gives 0. Equal sets have equal digests however they were made and on every machine; it is not proof against forgery. Made once, at about the speed of memory, then kept. Can be cancelled.",
    "ddn_dataset_read_f32": "As ddn_dataset_read in single precision: each number is rounded once; floats without a map are copied as they are. A number beyond the range of float is DDN_E_RANGE, by row and column, and nothing is written then.",
    "ddn_dataset_is_weighted": "1 where points have weights of their own, 0 where each has 1/n, and for NULL.",
    "ddn_dataset_weights": "The probability pi_i of each point, 1/n without weights; capacity >= n (DDN_E_CAPACITY).",
    "ddn_dataset_copy_count": "How many points are copies of an earlier one: n less the number of distinct points, which ddn_dataset_create_distinct leaves. Reads all points. Can be cancelled.",
    "ddn_dataset_class_count": "Number of distinct labels; 0 without labels.",
    "ddn_dataset_classes": "The distinct labels in ascending order and how many points have each, or have it as the most probable one; weights do not count. capacity >= ddn_dataset_class_count, else DDN_E_CAPACITY.",
    "ddn_dataset_labels": "The label of each point, the most probable one where it has several, capacity >= n (DDN_E_CAPACITY). Without labels DDN_E_UNSUPPORTED.",
    "ddn_dataset_label_shares": "The probability of each label for points first .. first+count-1, in the order of ddn_dataset_classes: 1 and 0 but for points that were made of copies with several labels. Without labels DDN_E_UNSUPPORTED.",
    "ddn_dataset_mean": "Mean of the points, sum_i pi_i a_i, accumulated in double; capacity >= d (DDN_E_CAPACITY).",
    "ddn_dataset_squared_norms": "Squared norms |a_i - centre|^2, whatever the weights; capacity >= n (DDN_E_CAPACITY).",
    "ddn_dataset_nearest": "The k nearest points of each of m positions: their rows and squared Euclidean distances, nearest first. Exact: the k points of least |x - a_i|^2 as taken by differences in double, at equal distances those of the lowest rows; copies of a point count as points of their own. Bounds in single precision or in integers only prove which points cannot be among them, so that all but a few points are read as they are stored; doc/theory.md (90). The same bits for any m and number of threads. Scratch of some 100 MB, 32 k m bytes at most beyond that. Can be cancelled; outputs are then partly written. Errors: DDN_E_NULL, DDN_E_RANGE (k, m; a position or a point is more than 1e150 away from the others), DDN_E_SHAPE (ldx), DDN_E_NONFINITE (x), DDN_E_NOMEM, DDN_STOPPED.",
    "ddn_dataset_spectrum": "Leading eigenpairs of the covariance C = sum_i pi_i (a_i - mean)(a_i - mean)^T, largest first, by the matrix of size min(n, d) where that is small (up to 1024, or 2048 when count > 64), else matrix-free (block Lanczos with full reorthogonalisation; memory O(count * (n + d))); doc/theory.md (20), (25). A value of multiplicity m appears m times. The sign of a vector is such that its component of largest magnitude is positive. Each value is accurate to 1e-10 * values[0], as the numbers that ddn_dataset_read gives determine it: however far from 0 the points are (they are then rounded to 2^-53 of that distance, which is not counted), and exactly 0 for copies of one point. 1 <= count <= min(n, d, 512). Can be cancelled. DDN_E_CONVERGENCE if that accuracy was not reached, DDN_E_NONFINITE if the covariance is outside the range of double.",
    "ddn_dataset_log_det": "sum_i log(1 + lambda_i / c[k]) over all eigenvalues lambda_i of the covariance, for each c[k]: what the collapse time of a Gaussian surrogate needs (doc/theory.md (35)). Exact when min(n, d) <= 4096, else by stochastic Lanczos quadrature with 24 random vectors.",
    "ddn_span_create": "Finds the span of ds, n >= 2, min(n, d) <= 8192. Axes come in order of falling variance as far as eigenvalues tell it, and are orthonormal to 1e-14. Left out are axes along which the variance of the points is at most `tolerance`, in [0, 1), times the largest eigenvalue of their covariance (which has the weights in it), and what may be rounding: 1e-28 of the mean square of the points, for n >= d also 2^-52 (d + 16) of that eigenvalue. ddn_span_distance says what was lost. Time O(min(n, d)^2 (n + d)); memory 8 r (n + d) bytes and, while it is made, up to 8 min(n, d) (4 min(n, d) + d) more. Can be cancelled. Errors: DDN_E_NULL, DDN_E_RANGE (size, tolerance), DDN_E_UNSUPPORTED (all points are equal), DDN_E_NONFINITE (tolerance; the covariance is outside the range of double), DDN_E_CONVERGENCE, DDN_E_NOMEM.",
    "ddn_span_retain": "Adds a reference to the span: it then takes one more ddn_span_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_span_destroy": "Lets go of the span. NULL is a no-op.",
    "ddn_span_rank": "The dimension r >= 1 of the span; 0 for NULL.",
    "ddn_span_distance": "The largest Euclidean distance of a point from the span, which is rounding for n < d and tolerance 0, and 0 where the span has all d dimensions. 0 for NULL.",
    "ddn_dataset_create_in_span": "The coordinates of the points as a set of n points in r dimensions with mean 0 and the labels and weights of the original: DDN_TYPE_F64, which copies nothing, or DDN_TYPE_F32, rounded to 2^-24 of each number, twice as fast. Errors: DDN_E_NULL, DDN_E_RANGE (type), DDN_E_NONFINITE (too large for DDN_TYPE_F32), DDN_E_NOMEM.",
    "ddn_span_project": "From d dimensions to r; doc/theory.md (80). a >= 0 is 1 for points, a(t) for states x_t = a x_0 + s z of a schedule, 0 for vectors (scores, noise). Nothing overlaps but as said. Each row has the same bits whatever the batch and the number of threads. Errors: DDN_E_NULL, DDN_E_SHAPE (ld), DDN_E_RANGE (m, a), DDN_E_NONFINITE (x, a); outputs are then untouched.",
    "ddn_span_lift": "Back: a mean + V coordinates, to which the caller adds what is outside. No overlap. Rules and errors as for ddn_span_project.",
    "ddn_schedule_create_ou": "Ornstein-Uhlenbeck dx = -x dt + sqrt(2) dW: a = e^-t, s^2 = 1 - e^-2t, t > 0. (1)",
    "ddn_schedule_create_vp_linear": "Continuous variance-preserving schedule with linear beta: time u in (0, 1], tau = (beta_min u + (beta_max - beta_min) u^2 / 2) / 2, a = e^-tau. 0 <= beta_min <= beta_max, beta_max > 0; usual values 0.1 and 20. (4)",
    "ddn_schedule_create_ddpm": "DDPM (Ho et al. 2020): time is the index i <= steps - 1 of beta_i, linear from beta_first to beta_last; a^2 = prod_{j <= i} (1 - beta_j). Between indices log a is interpolated linearly, and index -1 means a = 1, s = 0: times are in (-1, steps - 1], and -1 itself is valid as the end of a grid only. Usual values 1e-4, 0.02, 1000. (5)",
    "ddn_schedule_create_scaled_linear": "Scaled linear betas (latent diffusion, Rombach et al. 2021): as DDPM with the square roots of beta_i linear from sqrt(beta_first) to sqrt(beta_last). Usual values 0.00085, 0.012, 1000. (5)",
    "ddn_schedule_create_table": "A schedule given by its numbers at the indices 0 .. count - 1, as a trained network has them (alphas_cumprod or betas of its scheduler); all else as for DDPM: index -1 is clean data, between indices log a is linear. Every number is in (0, 1), and alpha_bar falls with the index, else DDN_E_RANGE with the entry, its value and the limit. The last one may be that of pure noise, alpha_bar = 0 or beta = 1: between the last two indices a is linear then. (5)",
    "ddn_schedule_create_cosine": "Cosine betas (Nichol & Dhariwal 2021): as DDPM with beta_i = min(1 - g((i+1)/steps)/g(i/steps), beta_max), g(u) = cos^2((u + offset)/(1 + offset) pi/2). Usual values 1000, 0.008, 0.999. (6)",
    "ddn_schedule_create_zero_snr": "Zero terminal SNR (Lin et al. 2023, arXiv:2305.08891): the levels of another schedule of indices, their a shifted and scaled so that the first one stays and the last one is 0. (27) DDN_E_UNSUPPORTED if the other one has no indices.",
    "ddn_schedule_create_edm": "Variance-exploding / EDM (Karras et al. 2022): time is sigma > 0, a = 1, s = sigma. (7)",
    "ddn_schedule_create_flow": "Flow matching / rectified flow: time u in (0, 1], a = 1 - u, s = u. At u = 1 nothing is left of the data: a = 0. (26)",
    "ddn_schedule_create_custom": "A schedule of the host's own on [t_min, t_max]. s/a must increase with t (checked at 257 points; DDN_E_RANGE); a may be 0 at t_max. Example: doc/examples/simple/schedule.c",
    "ddn_schedule_retain": "Adds a reference to the schedule: it then takes one more ddn_schedule_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_schedule_destroy": "Lets go of the schedule. NULL is a no-op.",
    "ddn_schedule_kind": "\"ou\", \"vp_linear\", \"ddpm\", \"scaled_linear\", \"table\", \"cosine\", \"zero_snr\", \"edm\", \"flow\" or \"custom\".",
    "ddn_schedule_range": "Smallest and largest time it accepts (t_min itself excluded where s would be 0).",
    "ddn_schedule_eval": "a(t) and s(t). Times must be finite and in range: t <= 0 is DDN_E_RANGE for OU.",
    "ddn_schedule_rates": "Rates of the forward SDE dx = f x dt + g dW that has these a and s. (8) Where a = 0 they are infinite: DDN_E_RANGE.",
    "ddn_schedule_to_ou": "From the schedule's time to OU time.",
    "ddn_schedule_from_ou": "From OU time to the schedule's time, the inverse of ddn_schedule_to_ou; infinity is the last time of a schedule that has a = 0 there.",
    "ddn_time_convert": "Converts a noise level between coordinates without loss near either end. (2)",
    "ddn_schedule_grid": "A grid of count >= 2 times, increasing or decreasing as t_first, t_last are; t_first != t_last.",
    "ddn_schedule_forward": "Forward transition: states at time t_from become samples at t_to > t_from, exactly: x' = (a'/a) x + sqrt(s'^2 - (a'/a)^2 s^2) z. t_from = 0 (or, for DDPM, -1) means clean data where the schedule has a = 1, s = 0 there. Row r uses noise(seed, first_path + r, step, coordinate). (9)",
    "ddn_noise_draw": "The noise itself: standard normal deviates for coordinates first .. first+count-1 of (seed, path, step): Philox 4x64-10 and Box-Muller, a pure function of its arguments. `stream` separates uses. Hosts take streams 64 and above; smaller ones are the library's, and what comes of them may equal numbers of a run. (10)",
    "ddn_oracle_create_empirical": "The exact score of the empirical measure of a dataset, p_t = sum_i pi_i N(a y_i, s^2 I), pi_i = 1/n or the weights of the points: l_i = -|x - a y_i|^2 / (2 s^2) + log(n pi_i), w = softmax(l), mean = sum w_i y_i, score = (a mean - x)/s^2. (doc/theory.md (11), (25); Biroli et al. 2024, eq. 2 and 9.) Weights are part of every output: a set with weights has the p_t, the score and the class posterior of the set that has copies in their place, and the entropy, sum w^2, w_max and components of its n points. The dataset's numbers are read in place, in their stored type; d + 2 n doubles at most are kept beside them, and of sets of up to 2^18 numbers and 128 coordinates copies of 5 MB at most.\n\nAccuracy, for every t from 1e-6 to 20 and d up to 12288: relative error of the score at most 1e-12 for f64 data and 1e-5 for f32 and u8 data; where the score nearly vanishes (midpoints between points), up to the rounding floor (16 + n/128 + L) u (|x| + a |y|) / s^2 more, y the farthest of the points that share the weight, L the largest |log(pi_i/pi_k)| of two of them (0 without weights), u = 2^-53 or 2^-24. Errors of the mean are s^2/a times those. Logits relative to the largest, and with them weights relative to their size, are good to 1e-9 for f64 data and 1e-3 for f32 and u8 data: so are ENTROPY, ONE_MINUS_W_MAX and TRACE_COV relative to theirs, COV_TIMES_V relative to tr Cov |v|, CLASS_POSTERIOR relative to W (1 - W) (of f32 and u8 data where W is above 1e-36), W_MAX and SUM_W2 relative to 1 - w_max (and 32 roundings of 1 in f64 or f32), LOG_P absolutely (and to (8 + d/8) 2^-53 of |x - a y|^2/(2 s^2) + 100). All outputs move with the mass that DDN_QUERY_EPSILON lets drop: see there.\n\nRange: points are at most 1e150 from their mean (DDN_E_RANGE), and a state is refused by row (DDN_E_RANGE) where |x - a y| / s can exceed 1e150; its logits would not fit in a double.",
    "ddn_oracle_retain": "Adds a reference to the oracle: it then takes one more ddn_oracle_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_oracle_destroy": "Lets go of the oracle. NULL is a no-op.",
    "ddn_oracle_d": "Dimension of the states that the oracle takes; 0 for NULL.",
    "ddn_oracle_components": "Number of components that DDN_OUT_ARGMAX and DDN_OUT_DRAW_INDEX refer to: data points of an empirical oracle, whatever their weights, components of a mixture, 0 where there are none.",
    "ddn_oracle_class_count": "Number of classes; 0 where there are none.",
    "ddn_oracle_kind": "\"empirical\", ...",
    "ddn_oracle_schedule": "The schedule.",
    "ddn_oracle_dataset": "The dataset of an empirical oracle.",
    "ddn_output_name": "Name of an output, such as \"DDN_OUT_SCORE\".",
    "ddn_output_type": "Type of its numbers: DDN_TYPE_F64 (ddn_query_bind_f64) or DDN_TYPE_I64 (ddn_query_bind_i64); 0 for a number that is none.",
    "ddn_oracle_output_width": "How many numbers of an output a state has: 1, d, or the number of classes; 0 where this oracle cannot give it.",
    "ddn_query_create": "Creates a query that wants nothing yet.",
    "ddn_query_destroy": "Lets go of the query. NULL is a no-op.",
    "ddn_query_bind_f64": "Binds an output of doubles. The memory is the caller's, is written by ddn_query_run for its m rows, and may not overlap x or other outputs. An output that this kind of oracle cannot give is DDN_E_UNSUPPORTED, one of integers DDN_E_TYPE.",
    "ddn_query_bind_i64": "Binds an output of integers; rules as for ddn_query_bind_f64.",
    "ddn_query_bind_input": "Binds an input; rules as for ddn_query_bind_f64.",
    "ddn_query_bind_f32": "Binds a real output in single precision: what ddn_query_bind_f64 would give, rounded once. The last binding of an output, of either type, is the one that counts. A number beyond the range of float is DDN_E_RANGE, by row and column, and nothing is written then (an infinite SECOND_DISTANCE2 stays one). Costs m rows of doubles of scratch.",
    "ddn_query_bind_input_f32": "Binds an input in single precision, which is promoted exactly. The last binding counts.",
    "ddn_oracle_can": "1 if this oracle can give `what`, else 0.",
    "ddn_query_set_noise": "Randomness of DDN_OUT_DRAW: row r uses (seed, first_path + r, step), or paths[r] where these are given.",
    "ddn_query_options": "The options of a query; see ddn_options in base.h.",
    "ddn_query_run": "Evaluates at states (ldx >= d, m >= 0) at time t: fills every bound output in one pass over the data. NaN or Inf in x is refused by row and column, a time out of range by value; outputs are then untouched. Results do not depend on the number of threads, bit for bit.",
    "ddn_query_run_f32": "ddn_query_run for states in single precision, promoted exactly: outputs are those of the same numbers in double, bit for bit. Outputs may be of either type.",
    "ddn_query_dropped": "Of the last run: largest bound over the states on the posterior mass left out.",
    "ddn_query_touched": "Of the last run: how often the data were read for a state, on average; 1 is every point once. A screen reads every point, to find which few matter; a trajectory's own list far fewer.",
    "ddn_oracle_way_count": "An empirical oracle has several ways to evaluate a state, from cheap ones that serve some states to one that serves all (doc/design.md, \"How the empirical score is computed\"). They are tried in this order for each state. How many there are; 0 for kinds that have one way only. A later version may have more ways, and other numbers for them; their names stay. Example: doc/examples/simple/ways.c",
    "ddn_oracle_way_name": "Name of a way: \"narrow\", \"nearby\", \"refine\", \"dense_f32\", \"dense_f64\", \"refine_wide\", \"dense_wide\", \"direct\".",
    "ddn_query_tally": "What a way did in the last run of a query, also one that failed; 0 where there is no such way.",
    "ddn_query_tally_total": "What a way did in all runs of a query.",
    "ddn_oracle_tally": "What a way did in all runs of all queries of an oracle, also those inside integrators and analyses, which threads may still be adding to.",
    "ddn_query_way_note": "Why, in the last run, the way did not serve all states that came to it.",
    "ddn_query_scratch_bytes": "Bytes of scratch memory that the query holds at present.",
    "ddn_oracle_score": "The score alone, in one call. Example: doc/examples/simple/score.c",
    "ddn_oracle_sample_data": "Samples of the data, row r a function of (seed, first_path + r). For an empirical oracle row r is point (first_path + r) modulo n, each in turn, and one drawn by the weights where points have them. Averages over points in turn spread less than independent draws, which analyses take.",
    "ddn_result_retain": "Adds a reference to the result: it then takes one more ddn_result_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_result_destroy": "Lets go of the result. NULL is a no-op.",
    "ddn_result_rows": "Number of rows of the columns; 0 for NULL.",
    "ddn_result_column_count": "Number of columns; 0 for NULL.",
    "ddn_result_column_name": "Name of column number i, from 0.",
    "ddn_result_scalar_count": "Number of scalars; 0 for NULL.",
    "ddn_result_scalar_name": "Name of scalar number i, from 0.",
    "ddn_result_column": "Copies a column, capacity >= rows (DDN_E_CAPACITY). NaN marks \"not measured\".",
    "ddn_result_scalar": "A scalar. A crossing that does not exist on the grid has value NaN.",
    "ddn_result_definition": "Which definition a scalar or column is, with grid and sample count.",
    "ddn_result_unit": "Its unit: \"1\", \"nats\", \"data units^2\", \"schedule time\", \"OU time\" ...; \"\" where none was given.",
    "ddn_result_clock": "The clock; 0 for NULL. Numbers that follow another clock say so in name and unit (t_ou).",
    "ddn_result_field_count": "Number of fields; 0 for NULL. Those of measurements: \"kind\" (\"identities\", \"clones\", \"last_change\", \"spectrum\", \"crossings\", \"regimes\", \"uturn\", \"branch\", \"path\", \"late_start\", \"memorization\", \"generalization\", \"log_likelihood\", \"line\", \"fixed_points\", \"critical\", \"diagram\", \"events\"), \"clock\" (\"ou\", \"schedule:ddpm\", \"none\"), \"library\" (its version), and where they apply \"seed\", \"oracle\" (kind), \"schedule\" (kind and parameters), \"data\" (type, points and dimensions), \"n\", \"d\", \"points\" (data set that judged, if one was given), \"test\" (data that a model has not seen), \"classifier\", \"step_error\" (how the steps of simulated paths were judged), and every setting under the name of its key, such as \"DDN_ANALYSIS_SAMPLES\".",
    "ddn_result_field_name": "Name of field number i, from 0.",
    "ddn_result_field": "The text of a field.",
    "ddn_result_create": "An open result with the fields \"kind\", \"clock\" and \"library\", and no columns yet. kind says what it is; kinds of the library mean what they mean there. Errors: DDN_E_KEY (kind is not a name, clock not a ddn_clock), DDN_E_RANGE (rows).",
    "ddn_result_create_copy": "An open result with everything that another one has: to add notes or columns to a measurement.",
    "ddn_result_add_column": "Adds a column to an open result (another is DDN_E_STATE, a name that is taken too). NAME_se is the standard error of NAME; the definition is a sentence of at most 511 bytes.",
    "ddn_result_add_scalar": "Adds a scalar to an open result, as ddn_result_add_column.",
    "ddn_result_set_field": "Sets a field of an open result, such as \"data_path\", to a text of at most 511 bytes; one that is there gets the new text. \"kind\" and \"clock\" stay as they are (DDN_E_KEY).",
    "ddn_result_set_pooling": "Says how a column or scalar of an open result is pooled; NONE until it is said. count: samples behind each value of a mean or share, >= 1; else not used.",
    "ddn_result_write": "Writes a result to a file. Numbers have up to 17 digits and read back as they are, in every locale. What was there stays whole until the new file is complete on the disk, and for good where that fails: it is written beside it (PATH.part-...) and renamed. Permissions stay, the target of a symbolic link is replaced, and what is no regular file is refused. Errors: DDN_E_KEY (format), DDN_E_IO, DDN_E_UNSUPPORTED (NPY without columns).",
    "ddn_result_open": "Reads a result file. From CSV and JSON it comes back as it was, immutable; from NPY, and from CSV files of other programs (names in the first line, empty or \"nan\" for NaN, comments behind #), the columns come, with kind \"table\" and no clock. At most 16384 columns. Errors: DDN_E_IO, DDN_E_KEY (format), DDN_E_FORMAT with the line.",
    "ddn_result_merge": "Pools two independent measurements of one thing to that of all their samples: means and shares with the errors that one run of all samples gives, crossings of a report from the pooled curves; what does not follow from two halves is NaN, and its definition says so. Kind, clock, grid, data, schedule, oracle and settings must agree (DDN_E_MISMATCH names what does not), but for SEED, BATCH and the numbers of samples SAMPLES, CLONES, PATHS. The seeds must differ: equal ones mean the same random numbers, which would count twice. Fields of the host stay where they agree. The whole is immutable. Example: doc/examples/simple/pooled.c",
    "ddn_analysis_create": "Creates settings, all at their presets.",
    "ddn_analysis_destroy": "Lets go of the settings. NULL is a no-op.",
    "ddn_analysis_options": "The settings as options; see ddn_options in base.h.",
    "ddn_analysis_set_classifier_f64": "Sets the classifier of clones, U-turns, branches and clones of paths. It sees clean states: with it, clones end with the denoiser. One that was set before, in either precision, goes. release(user) is called when the classifier is replaced or the analysis destroyed; on failure the caller still owns user.",
    "ddn_analysis_set_classifier_f32": "As ddn_analysis_set_classifier_f64, for one that sees states in single precision.",
    "ddn_analysis_set_points": "Sets the points that judge in place of the oracle's: clones, last changes, U-turns, branches and clones of paths then tell the nearest of these. d must be the oracle's (DDN_E_SHAPE, when it is used).",
    "ddn_analysis_set_team": "Shares the samples of measurements out over a team: each rank evaluates batches of its own (DDN_ANALYSIS_BATCH), and all get all of what they find. Each rank has all of the data; or each group of ranks (ddn_team_create_group) has, in parts: with an oracle over its group a rank evaluates batches together with that, and the groups share the samples. Then measurements are calls of the team (team.h): every rank makes the same calls with the same arguments, and gets the same bits, those of one process or one group, and the same status. Ranks whose settings, times, data or kinds of oracles differ get DDN_E_MISMATCH.\n\nWhat goes by batches is shared out: identities, clones, last change, U-turns, branches, paths, the report, generalization, likelihood, late start. Each rank does the rest by itself: the search for neighbours of identities, spectra, crossings, distances of given samples, symmetry. DDN_E_UNSUPPORTED with an oracle over another team: that has to be this one or a group of it. Errors: DDN_E_NULL, DDN_E_HANDLE, DDN_E_STATE (inside a callback of a measurement).",
    "ddn_analysis_keep": "Makes the analysis keep a journal: what it found in each batch of samples, some 100 bytes a sample. A call that was stopped can then be made again, with the same arguments, settings and data: it takes what is in the journal, evaluates the rest, and gives the bits of a call that was never stopped. A batch that was not finished is lost; so is what comes before the first one, such as the search for neighbours. What goes by batches is kept (ddn_analysis_set_team). With another setting, oracle or data nothing of it is taken.\n\nThe code of callbacks cannot be compared: a network that has been trained further is another one, and so is another classifier. Forget the journal then: DDN_KEEP_NOTHING does. Errors: DDN_E_NULL, DDN_E_KEY, DDN_E_STATE (inside a callback of a measurement).",
    "ddn_analysis_save_size": "Bytes that ddn_analysis_save needs for the journal.",
    "ddn_analysis_save": "Saves the journal, also while a measurement runs, from its progress callback. Over a team all ranks have the same journal: one may save it alone.",
    "ddn_analysis_restore": "Takes a saved journal over, in place of the one that there is; from then on at least DDN_KEEP_STOPPED is kept. The number of ranks may be another one. A buffer of another version of the library is refused. On failure nothing has happened.",
    "ddn_analysis_identities": "Averages over x ~ p_t by forward samples at times, increasing or decreasing, one evaluation a sample, no trajectories (doc/theory.md (30)-(36)). Samples are independent; the same random numbers serve all times, so the curves are smooth and a value does not depend on the rest of the grid. Where states between close points are rare they are drawn more often, with weights (39): for an empirical oracle, from the NEIGHBOURS nearest points of each point (as many of other classes; 0: plain samples). That search costs about an evaluation at each point; it is made where some time has rare states and it is worth it (up to 16384 points; else where that many evaluations are made). There are SAMPLES samples a time; or, where PRECISION is set, as many as make the standard error of phi_C and f_over_alpha, and that of phi over 1 - phi(inf), the range that it runs through, at most that, by the wider of NAME_se and the interval; DDN_E_CONVERGENCE, before the work is done, if a first look says that MOST_SAMPLES does not allow it: the text says what can be had. Columns \"t\", \"samples\" (at this time) and, each with the standard error NAME_se and the 95 % interval NAME_low, NAME_high: - \"phi\" = E sum_c W_c^2 (NaN without labels), \"phi_C\" = E sum w^2, - \"f\" = E S(w)/d, \"f_over_alpha\" (NaN for n = 1), \"df_dt\" from E tr Cov by I-MMSE, per unit of\n  the schedule's time (33), \"w_max\" = E max w, \"mmse\" = E tr Cov, \"log_p\" = E log p.\n\nThe interval is not symmetric where few samples carry the mean (41): where nothing was seen, it says how much may have been missed, while NAME_se is 0. All but df_dt and log_p also have NAME_rho, the correlation of the error with that at the next larger time (NaN in the last).\n\nAn output that the oracle does not have makes its columns NaN; DDN_E_UNSUPPORTED where it has none of them, as a model without log p: measure clones of it, or the exact oracle of its data. Scalars: \"evaluations\" (samples at all times), \"searched\" (points whose neighbours were looked for), \"n\" (the components of the oracle), \"d\", \"alpha\" = log(n)/d, with weights H(pi)/d, \"classes\". phi and phi_C are the clone and U-turn probabilities of the reverse SDE (eta = 1) with this very score.",
    "ddn_integrator_create": "Creates an integrator. The method decides the defaults: backward ones run from t_start down to t_end, DDN_METHOD_FORWARD from t_end up to t_start. Errors: DDN_E_NULL, DDN_E_KEY (method), DDN_E_UNSUPPORTED (the oracle cannot drive this method), DDN_E_NOMEM.",
    "ddn_integrator_destroy": "Lets go of the integrator. NULL is a no-op.",
    "ddn_integrator_options": "The options of an integrator; see ddn_options in base.h.",
    "ddn_integrator_set_times": "A grid of the caller's own, count >= 2; replaces T_START, T_END, STEPS and GRID. count = 0 goes back to the options.",
    "ddn_integrator_time_count": "Number of grid times of the present options.",
    "ddn_integrator_times": "The grid times themselves, capacity >= ddn_integrator_time_count (DDN_E_CAPACITY).",
    "ddn_integrator_set_paths": "Path numbers per row instead of FIRST_PATH + row; count >= m of later runs. Two rows with the same state and different path numbers are clones. count = 0 goes back to FIRST_PATH.",
    "ddn_integrator_draw_start": "Draws starts at the noisy end, the first time of the grid: N(0, (a^2 Lambda0 + s^2) I) with Lambda0 = 0, i.e. pure noise of variance s^2 (1 for OU at late times up to e^-2t).",
    "ddn_integrator_run": "Runs the whole grid on the states x, in place. Noise of row r at step k is a function of (seed, path, step, coordinate) alone, so splitting a batch does not change a trajectory beyond rounding.\n\nDDN_STOPPED (cancel, progress or callback) and errors in the middle (a callback or a model that fails, memory, numbers that are not finite) stop the run: x then holds the states after the last completed step, and ddn_integrator_resume repeats what did not succeed and goes on. Until the run is resumed to its end or given up, options, times, paths and callbacks cannot be changed.\n\nWhich outputs callbacks want is part of a run: it may decide how the score is evaluated, and so its last digits. The same numbers come for the same set of wanted outputs.",
    "ddn_integrator_resume": "Continues a stopped or restored run. The result is the one of an unbroken run, bit for bit (but see DDN_INTEGRATOR_TRAJECTORY). A callback that has seen the present time does not see it again, one that failed does.",
    "ddn_integrator_reset": "Gives a stopped run up, so that everything can be changed again.",
    "ddn_integrator_position": "Where the run is.",
    "ddn_integrator_tally": "A count of the last run.",
    "ddn_integrator_save_size": "Bytes that ddn_integrator_save needs for the stopped run.",
    "ddn_integrator_save": "Saves a stopped run: the states, where it is, the records of the observers attached (of observer.h, not of other callbacks), and what tells this run from others: method, schedule and its levels at the grid times, digests of the data with their labels and of the oracle, path numbers, wanted outputs, and the options that differ from their presets. The run stays as it is. The bytes mean the same on every machine that the library runs on, and later versions can read them.",
    "ddn_integrator_saved_rows": "Number of rows of a saved run, whatever it is a run of.",
    "ddn_integrator_restore": "Takes a saved run over; ddn_integrator_resume then goes on. The integrator must be the same in everything that is saved, else DDN_E_MISMATCH says what differs: method, kind and digest of the oracle, schedule and levels (to 1e-12), options, times, path numbers. Callbacks may want any of the outputs that the saved run's wanted, which are evaluated in any case. Observers: where observers are attached on both sides, they must be of the same kinds in the same order, made alike, and get their records back. Without observers here the run goes on without them; if there were none when it was saved, those here see the rest of it. On failure nothing has happened: a stopped run of this integrator can still be resumed, and x is untouched.",
    "ddn_integrator_attach_callback": "Attaches a callback; not in the middle of a stopped run, whose wanted outputs it would change.",
    "ddn_step_index": "Number of the grid time, 0 = first.",
    "ddn_step_count": "Number of grid times.",
    "ddn_step_time": "The time, in the schedule's time.",
    "ddn_step_m": "Number of states.",
    "ddn_step_d": "Dimension of states.",
    "ddn_step_x": "The states.",
    "ddn_step_ldx": "Leading dimension of the states.",
    "ddn_step_f64": "A wanted output at this state.",
    "ddn_step_i64": "A wanted output of integers at this state.",
    "ddn_late_start_draw": "Draws states from a start at time t. The Gaussian one is exact and needs no d x d matrix: x = a mean + a sum_i xi_i sqrt(pi_i) (y_i - mean) + s z, pi_i = 1/n or the weights of the points, one pass over the data for every 16 rows. Row r is a function of (seed, first_path + r); results do not depend on the number of threads. m >= 0, first_path >= 0, ldx >= d. Errors: DDN_E_NULL, DDN_E_KEY (kind), DDN_E_RANGE, DDN_E_SHAPE, DDN_E_NOMEM.",
    "ddn_analysis_late_start": "How far each start is from p_t, before any sampling: Kullback-Leibler divergences in nats, for an empirical oracle; for a model with the p_t of the exact score of its data, or of the points that are set (ddn_analysis_set_points). By data processing they bound the error of the end result of an exact reverse run. (61) Columns with partners NAME_se: \"t\", \"kl_gaussian\" = KL(p_t | Gaussian start), \"kl_between\" = KL(Gaussian start | noise start), \"kl_noise\" = KL(p_t | noise start), the sum of the two; \"kl_gaussian_low\", \"kl_gaussian_high\", \"kl_noise_low\" and \"kl_noise_high\", the ends of their 95 % intervals, which are not symmetric where few samples carry the entropy (41); where they are known, \"kl_gaussian_rho\" and \"kl_noise_rho\", the correlations of their errors with those at the next larger time. The posterior entropy in them is measured by ddn_analysis_identities (SAMPLES, or PRECISION), with \"samples\" states at each time, and may make a divergence near 0 negative within its error. Scalars \"n\", \"d\".",
    "ddn_late_start_choose": "The latest start that is good enough: the smallest t from which on the divergence of that start stays <= level (nats, > 0), by interpolation on the grid of a result of ddn_analysis_late_start: of log KL as far as it is above its error, else of KL (theory (42)).",
    "ddn_late_start_interval": "The 95 % interval of that time, of the times whose divergence the level may be: as ddn_late_start_choose with the lower, and the upper, ends of the rows' intervals (columns NAME_low and NAME_high, or 1.96 standard errors where there are none). It need not be symmetric. From `high` on the start is good enough, but for 2.5 %. (61)",
    "ddn_features_create_identity": "The coordinates themselves, k = d.",
    "ddn_features_create_pca": "Coordinates along the k leading principal axes of a dataset, relative to its mean; 1 <= k <= min(n, d, 512). Errors: also those of ddn_dataset_spectrum.",
    "ddn_features_create_callback": "Features by a callback.",
    "ddn_features_retain": "Adds a reference to the features: it then takes one more ddn_features_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_features_destroy": "Lets go of the features. NULL is a no-op.",
    "ddn_features_d": "Dimension of the states that the features are made of; 0 for NULL.",
    "ddn_features_count": "Number of features; 0 for NULL.",
    "ddn_features_apply": "Features of states. Those that are not finite are DDN_E_NONFINITE.",
    "ddn_frechet_create": "The reference is every point of ds, with its weight; d of both must agree; at most 4096 features.",
    "ddn_frechet_retain": "Adds a reference to the frechet: it then takes one more ddn_frechet_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_frechet_destroy": "Lets go of the reference. NULL is a no-op.",
    "ddn_frechet_distance": "Squared Frechet distance |m1 - m2|^2 + tr(C1 + C2) - 2 tr (C1^1/2 C2 C1^1/2)^1/2 between the reference and states, m >= 2, in the units of the features squared (62). Both covariances are sums over the states divided by their number; programs for images divide by one less (numpy.cov), which changes the distance by about tr C / m. A finite m makes it too large by about tr C / m and more: compare curves at equal m. With replicates >= 2 the states are drawn anew with replacement that many times (bootstrap; a function of seed).",
    "ddn_analysis_log_likelihood": "log p of each of m states x, which are at the time t_end = DDN_ANALYSIS_T_END, by the probability flow of any oracle from there to t_start = DDN_ANALYSIS_T_START (doc/theory.md (98)): with x' the state that the flow carries x to,\n\n    log p(x) = log q(x') + d log(s(t_start)/s(t_end)) - integral of D dl,\n    l = log(s/a),   D = d + s^2 div score,\n\nD from DDN_OUT_DIVERGENCE where probes = 0 (exact, d Jacobian products a state for a model), else the mean over so many probes of random signs, the same ones for a state along its whole path (DDN_QUERY_PROBES; functions of DDN_ANALYSIS_SEED, the row and the probe). One probe is right on average, two or more also say their error.\n\nWhat density it is: that of x itself, in the coordinates of the process at t_end, which the flow makes of the density q at t_start. q is the density of `end` there: for the model as a generator, what its sampler starts from, which for ddn_integrator_draw_start is a Gaussian oracle with count = 0 and residual = 0; for the exact score of data, the Gaussian of the data (ddn_oracle_create_gaussian_of). NULL: N(0, (a^2 + s^2) I). The states are taken as they are: p is the density of data noised to t_end, so pass noised data, a x_0 + s z (ddn_schedule_forward), for the mean of log p over it; clean data x_0, or a x_0, are points like others, more likely than noised ones by up to about d/2 nats. \"bits_per_dim\" belongs to x/a, in units of the data: minus (log p + d log a)/(d log 2); for bytes mapped by y = f byte + c subtract log2 f.\n\nThe flow takes 2 ceil(DDN_ANALYSIS_PATH_STEPS/2) steps of equal length in l by Dormand and Prince's rule of order 5, and again half as many; six evaluations a step. Columns, one row a state, none of them pooled: - \"log_p\" in nats with \"log_p_se\", the standard error of the probes (0 where exact, NaN for one probe); - \"bits_per_dim\" with \"bits_per_dim_se\", as said; - \"step_error\": |log p - the one of half the steps|, about thirty times the error of the steps where these resolve the flow; raise PATH_STEPS where it is large; - \"log_p_start\": log q(x').\n\nScalars, over the rows: \"mean_log_p\", \"mean_bits_per_dim\" with the error of their spread (probes are in it) and the ends \"_low\", \"_high\" of the 95 % interval; \"mean_step_error\", the mean of the signed difference to half the steps; \"truncation\", where `end` is NULL and the oracle has data: by how much the mean of log p over noised data may be too low, at most, because p at t_start is not q, for the exact score of the data (NaN elsewhere); \"samples\", \"probes\", \"steps\", \"t_start\", \"t_end\", \"d\". BATCH states are asked for together. Stage \"log likelihood\"; can be cancelled.\n\nErrors: DDN_E_NULL, DDN_E_RANGE (m < 1, probes, times), DDN_E_SHAPE (ldx; `end` of another d or schedule object), DDN_E_NONFINITE (x, or states on the way), DDN_E_UNSUPPORTED (no Jacobian products, `end` without LOG_P), DDN_E_NOMEM, DDN_STOPPED, and those of the oracle. Example: doc/examples/simple/likelihood.c",
    "ddn_analysis_memorization": "Distances of samples, wherever they come from, from the points of a data set, and the share that are copies: d1 <= d2 are the Euclidean distances from the nearest and from the second nearest point that differs from it, and a sample is memorized where d1 / d2 < kappa, the setting DDN_ANALYSIS_KAPPA (doc/theory.md (91), (92)). For the exact score the share is 1 for paths that end well below t_C; what generalises has about the share of fresh data, which is measured in the same way. The seed is not used: it stands in the result as that of the samples, and results of equal seeds are not pooled. Stage \"nearest points\"; can be cancelled.\n\nColumns, one row a sample: \"index\" (row of the nearest point, the first one where copies or others are equally near), \"d1\", \"d2\" in data units. Scalars: - \"f_mem\" with its error (half the Wilson interval at one standard deviation), and \"f_mem_low\",\n  \"f_mem_high\", its 95 % interval (45); - \"d1_q05\", \"d1_q50\", \"d1_q95\", \"d2_q05\", \"d2_q50\", \"d2_q95\": quantiles, with errors from the\n  order statistics one standard deviation of the rank away, and each with \"_low\" and \"_high\", its\n  95 % interval for any law (92); NaN where there are too few samples for them; - \"kappa\", \"samples\", \"n\", \"d\".\n\nPooling (ddn_result_merge, for equal numbers of samples): f_mem, its interval, samples; the rest of what the samples say is NaN. Errors: DDN_E_NULL, DDN_E_RANGE (m < 1; a sample or a point is more than 1e150 away from the others), DDN_E_SHAPE (ldx), DDN_E_NONFINITE (x), DDN_E_UNSUPPORTED (all points are equal), DDN_E_NOMEM, DDN_STOPPED.",
    "ddn_analysis_memorization_f32": "The same for samples in single precision; takes m rows of doubles of scratch.",
    "ddn_analysis_generalization": "Does a model memorize its training data or generalise? Its denoising errors on training and on test data, time by time, beside those of two denoisers that are known: the exact score of the training data, below which nothing is on the training data, and their Wiener filter, the best linear one (doc/theory.md (93)); and what it generates from noisy training data (94). For any oracle that gives a MEAN.\n\nAn error is that of a coordinate, (1/d) E |y - D(a y + s z, t)|^2 over the points y of a set by their weights and over the noise z; standard errors and 95 % intervals are those of a mean over SAMPLES states, for the sets as they are: sets of n points that stand for a law add about the spread of the errors of their points over sqrt(n). All three denoisers get the same states, so that differences have small errors; those of training data are drawn and averaged as in ddn_analysis_identities (NEIGHBOURS), so that rare states between close points count. Training and test data have states of their own, and their errors are independent.\n\nColumns, one row for each time of both grids, ascending; NaN where it is not of a grid: \"t\", \"samples\", \"clones\" (pairs), and each with NAME_se, NAME_low, NAME_high, in data units^2: - \"e_train\", \"e_test\", \"gap\" = e_test - e_train: errors of the model; - \"e_exact_train\" (mmse/d of the identities), \"e_exact_test\", \"gap_exact\": of the exact score; - \"e_wiener_train\", \"e_wiener_test\", \"gap_wiener\": of the Wiener filter, with up to 512\n  eigenvectors of the covariance and one variance for the rest (\"wiener_axes\"); - \"excess_train\" = e_train - e_exact_train >= 0, \"excess_test\", \"gain_train\" = e_wiener_train -\n  e_train, \"gain_test\", as means of differences; - \"gap_paired\" = gap - gap_wiener = gain_train - gain_test. Two sets of one law differ in their\n  spread, which is in the gap of a model that has memorized nothing; it is in that of the Wiener\n  filter as well, which itself memorizes little where n is well above d. A model that memorizes has a small excess_train where gap_exact is large, and a gap as large; one that generalises has a gap_paired near 0 (below it by what the filter has memorized itself) and a gain_test > 0; and where clones are asked for, of CLONES pairs of the model's paths from one noisy training point, by METHOD and STEPS down to T_END and the denoiser: - \"phi_C\": share of pairs that end nearest to the same training point; \"f_mem\": share of ends (one of each pair) with d1/d2 < KAPPA, as in ddn_analysis_memorization; \"d1_q50\", \"d2_q50\": their\n  median distances, in data units. At the noisy end these are samples of the model. f_mem and\n  d2_q50 are NaN where all training points are equal. Scalars: \"n\", \"n_test\", \"d\", \"wiener_axes\", \"evaluations\" (states of denoising that the model was given), with clones \"kappa\" and, of the test data, \"f_mem_test\", \"d1_q50_test\", \"d2_q50_test\", each with \"_low\" and \"_high\". Without test data the columns that need it are NaN, and there are no scalars of it. Stages \"denoising\", \"clones\". Pooling: as identities and clones, but for medians.\n\nErrors: DDN_E_NULL, DDN_E_SHAPE (d of the sets), DDN_E_RANGE, DDN_E_NONFINITE (times; answers of the model, by state), DDN_E_NOMEM, DDN_STOPPED, and those of the oracle, of ddn_oracle_create_empirical and ddn_oracle_create_gaussian_of, and with clones of the integrator.",
    "ddn_observer_create_snapshots": "Keeps the states at the grid times nearest to given times (OU or whatever the schedule's time is); NaN, time and states, where the nearest grid time was not seen (yet).",
    "ddn_observer_create_nearest": "Follows the nearest data point mu*(t) = argmax w of each row (the lowest of equals) and the last time it changed: t_last = t_{j*}, j* = 1 + max{j : mu_{j+1} != mu_j}, the first grid time with the final index; no change gives the first time (doc/theory.md (34)). A model has no weights: for it the exact oracle of its data tells.",
    "ddn_observer_create_posterior": "Mean over the rows, at each grid time, of posterior entropy, sum w^2, w_max, tr Cov and log p, with standard errors over the rows.",
    "ddn_observer_create_class": "Most probable class (argmax of the class posterior, the lowest of equals, as index into the ascending labels) of each row at each grid time, and the last time it changed. Needs a labelled oracle; for a model the exact oracle of its labelled data tells. The states are still noisy on their way: this is what the posterior says of their class, not the judge of the analyses (analysis.h), who asks for the label of the nearest point.",
    "ddn_observer_create_overlap": "Overlaps q_k = x . v_k / sqrt(d) with directions v at each grid time.",
    "ddn_observer_destroy": "Lets go of the observer. NULL is a no-op.",
    "ddn_observer_attach": "Attaches it. An oracle that cannot give what the observer needs is DDN_E_UNSUPPORTED; an observer already attached, and an integrator in the middle of a run, is DDN_E_STATE.",
    "ddn_observer_size": "Number of values of a record: what a buffer must hold; 0 if the observer does not have it.",
    "ddn_observer_read_f64": "Copies a record of doubles. DDN_E_KEY if the observer does not have it, DDN_E_TYPE if it has another type, DDN_E_CAPACITY if capacity is smaller than ddn_observer_size.",
    "ddn_observer_read_i64": "Copies a record of integers; rules as for ddn_observer_read_f64.",
    "ddn_oracle_create_mixture": "Gaussian mixture p_0 = sum_k pi_k N(c_k, diag V_k), K = components >= 1 (doc/theory.md (16)). With Gamma_k = s^2 + a^2 V_k, r = softmax_k(log pi_k + log N(x; a c_k, diag Gamma_k)) and g_k = -(x - a c_k)/Gamma_k: score = sum r_k g_k, mean = sum r_k (c_k - a V_k g_k). Every ddn_output is given; the weights w are the r_k. The error of the score is a small multiple of its rounding floor 2^-53 (|x| + a|c|)/Gamma for all times. An evaluation costs O(K d) a state; two components with opposite means and one variance take a path about twice as fast. Scratch: with diagonals as much as `variances`.",
    "ddn_oracle_create_two_gaussians": "The mixture of N(m, sigma2 I) and N(-m, sigma2 I) with equal weights and labels 1 and 0: score = (a m tanh(a m.x/Gamma) - x)/Gamma.",
    "ddn_oracle_create_gaussian": "One Gaussian N(mean, U diag(values) U^T + residual (I - U U^T)), the Wiener filter: U has `count` orthonormal rows, 0 <= count <= d (checked to 1e-6, then orthonormalised to rounding); residual >= 0 is the variance of the d - count other directions. Gives SCORE, MEAN, LOG_P, TRACE_COV, DIVERGENCE, COV_TIMES_V, JACOBIAN_TIMES_V and DRAW, O(count d) a state; it has no components or classes.",
    "ddn_oracle_create_gaussian_of": "The Gaussian with the mean and the `count` leading eigenpairs of a dataset's covariance, both with the weights of its points (ddn_dataset_spectrum, whose limits and errors it has), the rest of the variance spread evenly: residual = (trace - sum values)/(d - count). count = 0: isotropic.",
    "ddn_model_create": "A model without callbacks, d >= 1. It and all oracles made from it share `user`: release(user) is called once, when the last of them goes. On failure the caller still owns user.",
    "ddn_model_destroy": "Lets go of the model; oracles made from it go on. NULL is a no-op.",
    "ddn_model_set_predict_f64": "Sets the callback that predicts in double. It is the one that is asked where both are set.",
    "ddn_model_set_predict_f32": "Sets the callback that predicts in single precision: a network in float belongs here. States are rounded to float for it (those of ddn_query_run_f32 are floats already), its answers are taken exactly. A state beyond the range of float is DDN_E_RANGE.",
    "ddn_model_set_jvp_f64": "Sets the derivative of the prediction in double; it comes before one in single precision and before differences (DDN_MODEL_STEP).",
    "ddn_model_set_jvp_f32": "Sets the derivative of the prediction in single precision; it comes before differences.",
    "ddn_model_set_log_p": "Sets the log density; without it the oracle cannot give LOG_P.",
    "ddn_model_set_dataset": "Sets the data that the model was learned from, for ddn_oracle_sample_data and what builds on it; ddn_oracle_dataset gives it back. Another d is DDN_E_SHAPE.",
    "ddn_model_options": "The options of a model; see ddn_options in base.h.",
    "ddn_oracle_create_model": "An oracle that asks the model as it is now; without a callback that predicts DDN_E_STATE. Gives SCORE and MEAN; LOG_P if log_p is set; DIVERGENCE by d products with the Jacobian, or by fewer (DDN_QUERY_PROBES); JACOBIAN_TIMES_V by jvp, or by the symmetric difference of the prediction over 2 h v (DDN_MODEL_STEP). The difference has, for 200 images of d = 784 on DDPM, relative to J v: 5e-10 for a model in double; for one in float, rounded once a number, 3e-5, and 4e-4 near index 400, where J varies most; with errors of up to 1e-6 of each number at most 1e-3 at all indices if eps or v is predicted, and from index 100 on if x_0 is, which is 2.4e-2 at index 0 and 8e-3 at 5.5: what is predicted hardly varies there, and a jvp is what helps.",
    "ddn_oracle_create_combination": "The oracle with score = sum_i factors[i] score_i: guidance ((1 + w) conditional - w unconditional), negation, products of models (doc/theory.md (17)). count in [1, 64]; all parts with one d and one schedule object, else DDN_E_SHAPE. Gives SCORE; MEAN = (x + s^2 score)/a; DIVERGENCE and JACOBIAN_TIMES_V where all parts do. No density belongs to it, so it cannot draw. Queries of it hand DDN_QUERY_EPSILON and DDN_QUERY_TRAJECTORY on to the parts; it has no ways of its own (ddn_oracle_tally of a part tells how that was evaluated). A part whose factor is 0 is not asked. Where a = 0 there is a MEAN if the factors add up to 1.",
    "ddn_oracle_create_timed_combination": "As ddn_oracle_create_combination with factors that depend on the time, constant in intervals of the schedule's time: row 0 of the factors up to ends[0], included, row k in (ends[k - 1], ends[k]], the last row above ends[intervals - 2]. So guidance in an interval (Kynkaanniemi et al. 2024) of a conditional and an unconditional oracle is intervals = 3, factors {1, 0, 1 + g, -g, 1, 0}: a part is not asked where its factor is 0. Samplers lose their order in a step across an end; put ends on grid times. (17)",
    "ddn_symmetry_create": "Errors: DDN_E_NULL, DDN_E_NOMEM, DDN_E_UNSUPPORTED (the oracle lacks what is needed).",
    "ddn_symmetry_destroy": "Lets go of the object. NULL is a no-op.",
    "ddn_symmetry_options": "The options of a symmetry analysis; see ddn_options in base.h.",
    "ddn_symmetry_drift": "Drift b(x, t) of states.",
    "ddn_symmetry_potential": "Potential u(x, t) of states. DDN_E_UNSUPPORTED without LOG_P.",
    "ddn_symmetry_line": "The potential along the line x0 + q v, count >= 2. Columns \"q\", \"u\", \"slope\" = du/dq, \"curvature\" = d2u/dq2. Without LOG_P u is the integral of the slope from q[0] on (cubic Hermite rule, error O(step^4)), and its definition says so.",
    "ddn_symmetry_stability": "Leading eigenvalues of the linearised drift -f I + c grad score at x, largest first (OU: I + (1 + eta^2) J), 1 <= count <= min(d, 64); a fixed point is stable if all are negative (51). Matrix-free Lanczos with full reorthogonalisation, one eigenpair after the other with deflation, so repeated ones are found; accurate to about 1e-12 of the largest magnitude.",
    "ddn_symmetry_fixed_points": "Distinct fixed points b = 0 reached from m >= 1 starts: descent x <- k E[x_0 | x], k = a c / (c + f s^2), a majorise-minimise step for u at which u never rises (OU, eta = 1: 2 a/(1 + a^2)), then Newton's iteration with matrix-free solves. Columns: \"residual\" (as in TOLERANCE), \"lambda\" (leading eigenvalue of the linearised drift), \"unstable\" (positive ones among the followed), \"norm\" = |x|, \"u\" (NaN without LOG_P), \"starts\" (how many led there). Scalars \"failed\" (starts that did not converge), \"t\", \"t_ou\".",
    "ddn_symmetry_diagram": "Follows fixed points between a noisy time t_start and a clean time t_end < t_start (both within the schedule's range): the one reached from 0 at t_start down, then those reached from the starts up (m may be 0). Branches are followed by pseudo-arclength continuation, so they turn at folds and go on with their unstable side; where a followed eigenvalue changes sign without a turn, the crossing branch is followed both ways (54). A start that leads to a known branch is dropped. Stops at cancel. Symmetric data: a pitchfork. Generic data: the branch from t_start never loses stability, and others are born in folds.",
    "ddn_diagram_retain": "Adds a reference to the diagram: it then takes one more ddn_diagram_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_diagram_destroy": "Lets go of the diagram. NULL is a no-op.",
    "ddn_diagram_points": "The points, in the order in which each branch was followed. Columns \"branch\" (0, 1, ...), \"t\", \"t_ou\", \"lambda\" (leading eigenvalue of the linearised drift), \"unstable\" (number of positive ones among the followed), \"norm\", \"residual\", and \"q_j\". Scalars \"branches\", \"folds\", \"branch_points\", \"starts\", \"dropped\" (starts on known branches), \"missed\" (sign changes of an eigenvalue that could not be located), \"truncated\" (branches cut by POINTS, or left out by BRANCHES).",
    "ddn_diagram_events": "The events, likewise. Columns \"kind\", \"branch\" (on which it was met), \"t\", \"t_ou\", \"index\" (which eigenvalue vanishes, 0 = leading), \"lambda\" (its value there), \"norm\", \"residual\", and \"q_j\".",
    "ddn_diagram_states": "States of rows first .. first+count-1 of the points.",
    "ddn_diagram_event_states": "States of rows first .. first+count-1 of the events.",
    "ddn_symmetry_critical_time": "Time of sch at which the origin loses stability for centred data of equal norms whose covariance has the top eigenvalue lambda >= 0 (there Cov(x_0 | 0) is that covariance): the largest root of -f - c/s^2 + c a^2 lambda/s^4 = 0 in the schedule's range, by root finding to full precision (52). OU and VP, eta = 1: OU time asinh(lambda)/2; EDM: sigma^2 = lambda for every eta.",
    "ddn_symmetry_critical": "Critical times for each eta, in the oracle's schedule and in OU and EDM coordinates, for lambda >= 0, the top eigenvalue of the data's covariance (ddn_dataset_spectrum). Columns \"eta\", \"t\" (from lambda; the schedule's time and coordinates), \"t_ou\" (the same in OU time), \"t_ou_coordinates\" (in OU and VP coordinates, OU time), \"t_edm_coordinates\" (in EDM coordinates, OU time), \"theta\" = exp(-t_ou_coordinates), \"sigma\" (EDM sigma of t_edm_coordinates), \"t_measured\" (where the branch of fixed points from late times really loses stability, in the schedule's time). NaN: it is unstable from the start, or stable down to OU time 1e-3. Scalar \"lambda\". \"t\" and \"t_measured\" agree for centred data of equal norms; in generic data the branch never loses stability. \"The\" bifurcation time depends on coordinates and eta.",
    "ddn_system_create": "Creates a system, d in [1, 4096]. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_KEY, DDN_E_NOMEM. (70), (71)",
    "ddn_system_retain": "Adds a reference to the system: it then takes one more ddn_system_destroy. DDN_E_NULL, DDN_E_HANDLE.",
    "ddn_system_destroy": "Lets go of the system. NULL is a no-op.",
    "ddn_system_fixed_points_1d": "All fixed points in [lo, hi] of a system with d = 1, ascending: zeros of f (map: of f(x) - x) from sign changes between `grid` >= 2 equal cells, and, from local extremes, zeros that touch or cross twice within a cell. An eigenvalue within 1e-6 of neutral (relative to the variation of f on the grid) counts as neutral: the stability is then read off the signs of f on both sides. Poles, where f changes sign and is larger than at the ends of the cell, are no zeros. DDN_E_RANGE where cells are narrower than 8 ulp of the ends. DDN_E_CAPACITY, with the first `capacity` of them, if there are more.",
    "ddn_system_fixed_points": "Distinct fixed points of any d reached by damped Newton iteration from m starts, in the order of the first start that reaches each. Starts that do not converge in 100 steps are left out; two points are one if closer than 1e-6 (1 + |x|). Capacity as for ddn_system_fixed_points_1d.",
    "ddn_system_eigenvalues": "Eigenvalues of the Jacobian at x, by descending real part (map: modulus), and what they say; those within `tolerance` >= 0 of the imaginary axis (map: unit circle) are neutral.",
    "ddn_system_bifurcations": "Bifurcations of the fixed points of a system with d = 1 in the rectangle [p_lo, p_hi] x [x_lo, x_hi], by ascending parameter. Scans p_grid >= 2 cells in the parameter and x_grid >= 2 cells in x for changes of the number of fixed points and of the stability along branches, then solves the conditions of the bifurcation itself, so that p and x are good to about 1e-9 of the rectangle. Two bifurcations in the same cell may be taken for one or missed. Capacity as for ddn_system_fixed_points_1d.",
    "ddn_system_trajectory": "Solves a flow by Dormand and Prince's pair of orders 5 and 4 with relative and absolute error `tolerance` in [1e-14, 0.1] a step. Errors: DDN_E_CONVERGENCE where the solution blows up or 10^7 steps do not suffice, and as everywhere.",
    "ddn_system_passage": "First time > 0 at which a flow from x0 at time 0 has x[coordinate] = level, or, for coordinate = -1, |x| = level. Starting on the level does not count. A blow-up time is that of a large level.",
    "ddn_system_orbit": "Iterates of a map. Values that overflow stay as they are.",
    "ddn_system_escape": "First k >= 1 at which the k-th iterate of a map has |x| > radius (or is not finite).",
    "ddn_theory_speciation": "Speciation time log(1 + Lambda)/2 for Lambda >= 0, the largest eigenvalue of the covariance of the data. (20)",
    "ddn_theory_speciation_asymptotic": "Its asymptote log(Lambda)/2 for Lambda > 0; negative below 1. (20)",
    "ddn_theory_signal": "Signal to noise of the label, r = m2 s / Gamma; m2, sigma2 >= 0, t > 0 (t >= 0 if sigma2 > 0). At r = 1 labels are being decided. (23)",
    "ddn_theory_signal_time": "The time at which ddn_theory_signal has the value r > 0: log(1 + m2/r - sigma2)/2; NaN where it is never reached (m2 < r sigma2). (23)",
    "ddn_theory_phi": "phi: probability that two continuations of the reverse SDE from one state end in the same of two Gaussians, as a function of r >= 0: 1/2 + E tanh(r + sqrt(r) g)/2. Relative error below 1e-13. (23)",
    "ddn_theory_one_minus_phi": "1 - phi without cancellation, r >= 0; accurate as ddn_theory_phi. (23)",
    "ddn_theory_phi_derivative": "d phi/d r, r >= 0; accurate as ddn_theory_phi. (23)",
    "ddn_theory_phi_sign": "phi where the class is the sign of m.x_0 instead of the mixture label (they differ where the clusters overlap). m2 > 0, sigma2 >= 0, t > 0. Accurate as ddn_theory_phi. (23)",
    "ddn_theory_phi_infinity": "phi at t = infinity: sum of (w / sum w)^2. NaN if count < 1, a weight is negative or not finite, or all are 0. (24)",
    "ddn_theory_phi_level": "The level of phi that defines t_S from a measured curve: phi(r = 1) of two Gaussians, rescaled to the range [phi_infinity, 1]; 0 < phi_infinity <= 1. (24)",
    "ddn_theory_label_information": "Mutual information I(r) of label and state in nats, r >= 0, from 0 to log 2. Accurate as ddn_theory_phi. (31)",
    "ddn_theory_overlap_potential": "The potential V(q, t) of the overlap in the reverse SDE. d > 0, mu2 > 0, sigma2 >= 0, t > 0 (t >= 0 if sigma2 > 0), q finite. (21)",
    "ddn_theory_overlap_slope": "V'(q, t); arguments as for ddn_theory_overlap_potential. (21)",
    "ddn_theory_overlap_curvature": "V''(q, t); arguments as for ddn_theory_overlap_potential. (21)",
    "ddn_theory_overlap_wells": "All zeros of V' in ascending order, with V'' there (> 0: a well, < 0: a barrier): 3 where V''(0) < 0 and Gamma < 2, else 1. DDN_E_RANGE for arguments that ddn_theory_overlap_potential does not take, DDN_E_NULL.",
    "ddn_theory_overlap_draw": "Draws q ~ p_t, number i a function of (seed, first_path + i), first_path in [0, 2^60]. Results do not depend on the number of threads. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM, DDN_STOPPED. (21)",
    "ddn_theory_overlap_run": "The exact law of q, dq = -V'(q, t) dtau + sqrt(2 mu2) dW while t falls, by the stochastic Heun scheme (weak order 2). Noise of q[i] in step k is a function of (seed, first_path + i, k). Steps must be small against Gamma. Threads and errors as for ddn_theory_overlap_draw. (21)",
    "ddn_theory_overlap_phi": "phi(t) from the law of q: `pairs` pairs of continuations of q_t ~ p_t from t to t_end (0 if sigma2 > 0) in `steps` steps, geometric in t + tau (tau = 1 for sigma2 >= 1, else sigma2 + 1e-3). Compare with ddn_theory_phi_sign.",
    "ddn_theory_collapse": "Collapse time of n > 1 points from N(., sigma2 I), d > 0, sigma2 >= 0: log(1 + sigma2/(n^(2/d) - 1))/2. (32)",
    "ddn_theory_collapse_alpha": "The same from alpha = log(n)/d > 0; n itself may be beyond any number type. (32)",
    "ddn_theory_alpha_for_collapse": "Its inverse: the alpha, hence n = e^(alpha d), that makes t > 0 the collapse time. (32)",
    "ddn_theory_collapse_two_gaussians": "Collapse time of the two-Gaussian mixture: the zero of ddn_theory_excess_entropy; 0 if f > 0 at every t. n > 1, d > 0, m2, sigma2 >= 0. (31)",
    "ddn_theory_collapse_spectrum": "Collapse time of Gaussian data of any covariance: the root of sum log(1 + lambda_i/(e^2t - 1)) = 2 log n, n > 1. NaN for bad arguments. (35)",
    "ddn_theory_log_n_for_collapse_spectrum": "Its inverse: the log n that makes t > 0 the collapse time. NaN for bad arguments. (35)",
    "ddn_theory_excess_entropy": "Excess entropy f(t) of the two-Gaussian mixture: log(n)/d + log(Delta/Gamma)/2 - I(r)/d, n >= 1, d > 0, m2, sigma2 >= 0, t > 0; m2 = 0 is one Gaussian. (30), (31)",
    "ddn_theory_excess_entropy_derivative": "df/dt of ddn_theory_excess_entropy, which does not depend on n. (30), (31)",
    "ddn_theory_excess_lower": "Lower bound max(0, f) on f^e, averaged over data sets of n >= 1 points from N(0, sigma2 I), d >= 1, t > 0. (37)",
    "ddn_theory_excess_upper": "Upper bound E log(1 + e^R)/d on the same average. (37)",
    "ddn_theory_phi_c_lower": "Lower bound E 1/(1 + e^R) on the average of phi_C over such data sets. (37)",
    "ddn_theory_rem": "The random energy model of the n - 1 other points. alpha > 0, sigma2 > 0, t > 0, else DDN_E_RANGE. (38)",
    "ddn_theory_ssb_time": "Time at which the symmetric fixed point of the reverse drift x + (1 + eta^2) score loses its stability, two Gaussians; eta = 1 is the reverse SDE. m2 > 0, sigma2 >= 0, eta >= 0. For centred points of equal norm take sigma2 = 0 and m2 = Lambda: asinh(Lambda)/2 at eta = 1. Infinity if it is stable at no finite time (as at eta = 0, Lambda >= 1), NaN if it never loses stability. The time depends on eta and on the coordinates; in those of VE / EDM (y = e^t x) it is ddn_theory_speciation(Lambda), sigma = sqrt(Lambda), for every eta. (52)",
    "ddn_theory_hypersphere_time": "Data uniform on the sphere of radius r > 0 in D >= 1 dimensions (D = 1: the points +-r), eta = 1: the critical time asinh(r^2/D)/2. (53)",
    "ddn_theory_hypersphere_radius": "Radius of the ring of fixed points of that data at time t > 0; 0 above the critical time. (53)",
    "ddn_theory_bessel_ratio": "A_D(k) = I_{D/2}(k)/I_{D/2-1}(k) for finite k >= 0. (53)",
    "ddn_theory_kl_plain_start": "Two Gaussians with sigma2 = 1 at signal r >= 0: KL divergence of p_t from N(0, I), r/2 - I(r), in nats; r^2/4 at small r. (61)",
    "ddn_theory_kl_gaussian_start": "The same from the Gaussian with mean and covariance of p_t: log(1 + r)/2 - I(r); r^4/12 at small r. (61)",
    "ddn_theory_kl_gaussian": "KL(N(e^-t mean, s C + Delta I) | N(0, I)) with mean2 = |mean|^2; t > 0. (61)",
    "ddn_theory_frechet": "Squared Frechet distance of N(mean1, cov1) and N(mean2, cov2), 1 <= d <= 16384, to about 1e-8 of the traces where eigenvalues are near 0, of which roots are taken. O(d^3) work, O(d^2) memory. Eigenvalues below 16 rounding units of the largest, and of cov1 cov2 of the product of the largest ones, count as 0, so that covariances of fewer states than dimensions, or that have no direction in common, do not add the roots of rounding errors. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM, DDN_E_CONVERGENCE. (62)",
    "ddn_theory_knee": "Knee of a curve y on a grid x, count >= 3: the interior point of largest second difference. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM. (63)",
    "ddn_theory_knee_interval": "Where the knee of the curve without its errors is, with at least 95 %: from half a step before the first to half a step after the last point whose second difference may be the largest. Errors y_se >= 0 that are independent, or correlated as those of neighbours are when they share their noise, which makes it wider than need be. Errors: as ddn_theory_knee. (63)",
    "ddn_analysis_clones": "The probabilities phi and phi_C of ddn_analysis_identities by simulation (of data without copies: merge them first, paths cannot tell them apart): CLONES pairs of continuations of one x_t ~ p_t with separate noise, run from each time (all above T_END) down to T_END by METHOD in STEPS steps; with a classifier they end with the denoiser. Columns \"t\" and, each with NAME_se: \"phi\" (same class) and \"phi_C\" (same nearest point), as the judge (analysis.h) finds them in the states at T_END, with their 95 % intervals NAME_low, NAME_high (theory (45)), \"distance2\" (E |x1 - x2|^2), the same by theory (46), which allows for partings that are too rare to be seen (not for an oracle without data); \"clones\", the pairs at each time. Scalar \"clone_pairs\", all together. The error of a proportion is half its Wilson interval at one standard deviation, which is sqrt(p(1 - p)/N + 1/4N^2)/(1 + 1/N), so it is not 0 at 0 and 1. Scalars \"phi_step\", \"phi_C_step\": the step-size error (analysis.h). With CLONE_PRECISION set, pairs are added until the errors of phi_C, and of phi over 1 - phi(inf), are not above it, at most MOST_SAMPLES a time (theory (44)); DDN_E_CONVERGENCE, with the time, the quantity, the pairs needed and the precision that can be had, as soon as that is seen not to do.",
    "ddn_analysis_last_change": "Last-change time of the judge's nearest point (analysis.h) along reverse paths on a grid of PATH_STEPS steps, geometric in t from T_START to T_END, from x ~ p_t at T_START by METHOD (theory (34), (43)). Scalars \"t_C_last_change\" (mean) with its 95 % interval \"t_C_last_change_low\" and \"_high\", \"t_C_last_change_median\" with its 95 % interval \"t_C_last_change_median_low\" and \"_high\", \"paths\", \"steps\". Weights of the points say how often paths end there, not what is near. Methods other than EXACT take STEPS steps or more, evenly between the times of that grid, at which alone points are looked at; \"t_C_last_change_step\" is the step-size error (analysis.h). The mean is one in the time of the schedule: of another schedule compare the median. A change is known to a step of the grid: the mean takes the middle of it, the median spreads the changes evenly over it. Paths that never change count as T_START; where they are half of all the median is NaN. Columns \"t_grid\", \"changed_after\": share of paths whose last change is below t, with \"changed_after_se\", \"_low\" and \"_high\". DDN_E_UNSUPPORTED without a judge: an oracle that has neither components nor data.",
    "ddn_analysis_spectrum": "What the spectrum of the data alone says. Scalars \"Lambda\", \"t_S\" = log(1 + Lambda)/2, \"t_S_asymptotic\" = log(Lambda)/2, \"t_SSB\" = asinh(Lambda)/2, \"t_C_spectrum\" (root of sum log(1 + lambda_i/(e^2t - 1)) = 2 H(pi), the entropy of the weights of the points, log n without; NaN for n = 1 or Lambda = 0), \"alpha\" = H(pi)/d, \"n\", \"d\", \"copies\" (points that are equal to an earlier one: merge them with ddn_dataset_create_distinct, else each counts as a point of its own), in OU time.",
    "ddn_analysis_crossings": "Crossing times of the curves of a result of ddn_analysis_identities, _clones, _regimes, _uturn or _branch (another is DDN_E_MISMATCH, as is one with the times of another schedule than the oracle's): scalars \"t_S_phi\" (phi = ddn_theory_phi_level(phi(inf)), phi(inf) = sum pi_c^2: of the labels or else of the oracle; for clones, U-turns and branches of what judges, with a classifier and points without labels of what it says of these), \"t_C_phi\" (phi_C = 1/2), \"t_C_entropy\" (f = EXCESS_LEVEL alpha), in the time of the grid, by a polynomial through two rows on each side (theory (42)). Where noise makes a curve cross more than once it is the crossing at the largest time, and the definition says so. A time is NaN, and the definition says why, where the curve does not cross on this grid, where its errors are larger than 1 less the level (\"not resolved\"), and where it cannot: phi_C >= sum pi^2, of two points 1/2. For U-turns and branches the curves are \"same_class\" and \"returned\", and there is no entropy. DDN_E_UNSUPPORTED where no curve was measured. The error is made of those of the rows, correlated as the columns NAME_rho say (with the row of the next larger time; clones, U-turns and branches are separate experiments at each time; else an upper bound), and of what the grid leaves open. Example: doc/examples/simple/transitions.c",
    "ddn_analysis_regimes": "The whole report: spectrum, identities at the times, clones at the clone times, last change, crossings, merged into one result on the union of both grids, ascending, with NaN where not measured. Columns: those of identities and of clones with all that goes with them (NAME_se, NAME_low, NAME_high, NAME_rho), those of clones as \"phi_clones\", \"phi_C_clones\", \"distance2_clones\" and \"clones\". Scalars: all of the above and \"seed\"; the crossings are those of the identities (of the clones where no identity was measured), and those of the clones are \"t_S_phi_clones\" and \"t_C_phi_clones\". All times are in the oracle's schedule, NaN where it does not reach. Works for every oracle: what it cannot give is NaN, with the reason in the definition; the last change is measured for oracles with weights, and for others where there are clone times.",
    "ddn_regime_at": "The regime at time t, from t_S_phi (t_S where that was not measured) and t_C_phi (else t_C_spectrum) of a report (ddn_analysis_regimes), or of the spectrum alone (ddn_analysis_spectrum). If t_C >= t_S regime II does not exist. DDN_E_MISMATCH where clock, which t shows, is not that of the result (the time of an OU schedule is OU time); DDN_E_UNSUPPORTED where it has no boundary, or NaN: for a single point, or copies of one, nothing changes with t.",
    "ddn_analysis_uturn": "U-turn (Behjoo & Chertkov; doc/theory.md (40)): x_0 -> x_t forward -> x_0' by the reverse dynamics with this oracle, for each time. Settings used: CLONES (U-turns a time), METHOD, ETA, STEPS, T_END, SEED, BATCH. The reverse paths end with the denoiser at T_END. d of oracle and starts must agree (DDN_E_SHAPE). The judge (analysis.h), with the classifier and the points that are set, looks at x_0 and at the denoised end. Columns, each NAME with NAME_se: \"t\"; \"returned\", share of paths whose nearest point (component) at the end is that of x_0, and \"same_class\", each with NAME_low, NAME_high, the 95 % interval (45); \"distance2\" = E|x_0 - x_0'|^2 with \"distance2_low\", \"_high\" (theory (46)) and quantiles \"distance2_q05\", \"_q50\", \"_q95\"; \"entropy\", mean posterior entropy at x_t. What the posterior at x_t predicts for the reverse SDE with the exact score, by ddn_analysis_identities with CLONES samples of their own, which also give the entropy, where the oracle can tell and the x_0 are its own data: \"returned_identity\" = E sum w^2, \"same_class_identity\" = E sum_c W_c^2 (both unless other points judge, this one without a classifier), \"distance2_identity\" = 2 E tr Cov. They know copies apart, which paths cannot: merge them first (ddn_dataset_create_distinct); and they are those of paths to the data, where points nearer than the noise at T_END are still one. NaN: cannot be measured, for the reason that the definition gives. Scalars: \"paths\", \"n\", \"d\", and the step-size errors \"same_class_step\", \"returned_step\" (analysis.h). (36), (40). Stops at cancel.",
    "ddn_analysis_branch": "As ddn_analysis_uturn with two continuations of x_t that are compared with each other instead of one that is compared with x_0: \"returned\" is then the share of pairs with one nearest point (phi_C), \"same_class\" is phi, \"distance2\" = E|x_0' - x_0''|^2.",
    "ddn_analysis_path": "Which regime each of m trajectories is in at each time, from the states there, such as an integrator's callback saw them or a foreign sampler wrote them. Two numbers decide for a state x at time t: the probability that two continuations end at the same data point, same_point = sum w^2, and in the same class, same_class = sum_c W_c^2 (doc/theory.md (36)):\n\n    same_point >= 1/2                                       memorization,\n    else same_class >= ddn_theory_phi_level(sum_c pi_c^2)   features (the level of t_S),\n    else                                                    random.\n\nWithout two classes the second test is t <= t_S of the data (20), or fails where there is no data.\n\nCLONES: CLONES pairs of continuations of every state by METHOD, ETA, STEPS down to T_END, ended with the denoiser; all times must be above T_END. The judge (analysis.h) of the ends takes the points and the classifier that are set, which do not matter to POSTERIOR; DDN_E_UNSUPPORTED where there are no points. The level of same_class is that of the points' labels, or else of what the classifier says of them. Scalars \"same_class_step\", \"same_point_step\": the step-size error (analysis.h). No posterior of the oracle is needed. Settings SEED and BATCH are used too; m CLONES <= 2^33 (DDN_E_RANGE).\n\nColumns: \"t\", \"t_ou\", \"regime\" (by the means over the trajectories), \"same_point\", \"same_class\", each with NAME_se over the trajectories (NaN for m = 1, but binomial there for CLONES); \"entropy\", \"w_max\" with _se and \"W_0\", \"W_1\", ..., one for each class in ascending order of the labels, its mean posterior: of the oracle, or for CLONES of the one that judges (what an exact model of its points would say); \"random\", \"features\", \"memorization\": shares of the trajectories, with NAME_se, NAME_low, NAME_high. Scalars \"paths\", \"classes\", \"class_level\", \"t_S\" (in the schedule's time), \"clones\" (pairs a state; 0: posterior). Stops at cancel.",
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
    "DDN_CONTEXT_SHADOW": 1002,
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
    "DDN_KEEP_NONE": -1,
    "DDN_KEEP_NOTHING": 0,
    "DDN_KEEP_STOPPED": 1,
    "DDN_KEEP_ALL": 2,
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
    "DDN_CONTEXT_SHADOW": ("context", "l"),
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
