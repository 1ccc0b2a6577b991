# Where a reverse run may start, and how good samples are.

"""m states to start a reverse run from at time t: `DDN_START_GAUSSIAN`, with mean and covariance of the points, or
`DDN_START_NOISE`."""
function draw_start(ds::Dataset, sch::Schedule, t, m; kind = DDN_START_GAUSSIAN, seed = 0)
    x = Matrix{Float64}(undef, size(ds, 1), m)
    check(ds.ctx, ddn_late_start_draw, ds.ctx, ds, sch, kind, t, seed, 0, m, x, size(x, 1))
    return x
end

"""How wrong starts at these times are, in nats; `latest_start` chooses."""
late_start(an::Analysis, oracle::Oracle, times) =
    create(Report, an.ctx, ddn_analysis_late_start, an, oracle, length(times), Vector{Float64}(times))

"""(the time from which on a start is less than `level` nats wrong, its standard error)"""
function latest_start(report::Report, level; kind = DDN_START_GAUSSIAN)
    t, error = Ref(NaN), Ref(NaN)
    check(report.ctx, ddn_late_start_choose, report.ctx, report, kind, level, t, error)
    return t[], error[]
end

"""The coordinates themselves, or the k leading principal axes of a dataset."""
Features(ctx::Context, d::Integer) = create(Features, ctx, ddn_features_create_identity, ctx, d)
Features(ds::Dataset, k::Integer) = create(Features, ds.ctx, ddn_features_create_pca, ds.ctx, ds, k)

"""Features(f, ctx, d, k): `f(x)` gives the k features of each column of x, in columns."""
Features(f::Function, ctx::Context, d, k) = lend((f, Int(k))) do user
    create(Features, ctx, ddn_features_create_callback, ctx, d, k, FEATURES[], user, RELEASE[])
end

"""The features of states, in columns."""
function apply(features::Features, x::StridedMatrix{Float64})
    (m, d, ld), wanted = layout(x), ddn_features_d(features)
    d == wanted || throw(DimensionMismatch("columns of $wanted numbers are needed, not $d"))
    out = Matrix{Float64}(undef, ddn_features_count(features), m)
    check(features.ctx, ddn_features_apply, features.ctx, features, m, x, ld, out, size(out, 1))
    return out
end

"""The points of a dataset in features, to compare samples with."""
function Frechet(ds::Dataset, features::Features)
    made = create(Frechet, ds.ctx, ddn_frechet_create, ds.ctx, ds, features)
    made.of = ds
    return made
end

"""(squared Fréchet distance of samples, its standard error by that many replicates). Compare equal numbers of samples."""
function distance(fr::Frechet, x::StridedMatrix{Float64}; seed = 0, replicates = 0)
    (m, d, ld), wanted = layout(x), size(fr.of, 1)
    d == wanted || throw(DimensionMismatch("columns of $wanted numbers are needed, not $d"))
    value, error = Ref(NaN), Ref(NaN)
    check(fr.ctx, ddn_frechet_distance, fr.ctx, fr, m, seed, replicates, x, ld, value, error, C_NULL)
    return value[], error[]
end
