"""
libdiffdyn from Julia: how a diffusion model that has learned its data perfectly behaves in time.

Points and states are the columns of a `d × n` matrix. Every function of C is there as `DiffDyn.ddn_...` (raw.jl), every
constant as `DiffDyn.DDN_...`.
"""
module DiffDyn

using Libdl

export Context, Dataset, Schedule, Oracle, Query, Analysis, Integrator, Report, Failure, CallbackError
export cancel, model, empirical, score, identities, clones, spectrum, crossings, regimes, column, scalar
export Span, System, Features, Frechet, Diagram, Symmetry
export span, project, lift, late_start, latest_start, distance, apply
export drift, potential, stability, fixed_points, diagram, critical, points, events, states, event_states
export bifurcations, trajectory, orbit
export draw_start, run!, resume!, observe!, set!, mapped, distinct, select, labelled, grid, evaluate

const libdiffdyn = "libdiffdyn.so.0"

include("raw.jl")

# ---- Errors ---------------------------------------------------------------------------------------------------------

"""A call failed, or was stopped where it had to be complete (`status == DDN_STOPPED`)."""
struct Failure <: Exception
    status::Int32
    message::String
end
Base.showerror(io::IO, e::Failure) = print(io, unsafe_string(ddn_status_name(e.status)), ": ", e.message)

"""What a callback threw, with the backtrace of where it did."""
struct CallbackError <: Exception
    exception::Any
    backtrace::Any
end
function Base.showerror(io::IO, e::CallbackError)
    print(io, "in a callback: ")
    showerror(io, e.exception, e.backtrace)
end

# ---- Handles --------------------------------------------------------------------------------------------------------

"""An object of the library: it ends with its last reference, or by `close`, in any order. What others need of it is kept
alive by them. Handles are passed to `ccall` themselves, so they cannot be collected during the call."""
abstract type Handle end
Base.cconvert(::Type{Ptr{Cvoid}}, h::Handle) = h
Base.unsafe_convert(::Type{Ptr{Cvoid}}, h::Handle) = h.ptr

mutable struct Watch
    progress::Any
end

"""
    Context(; threads = 1, progress = nothing)

What calls need besides their objects. One task at a time is in a call of a context, others wait.
`progress(stage, fraction)` is called during long calls; `true` stops them. Ctrl-C ends a call within 0.1 s of work.
"""
mutable struct Context <: Handle
    ptr::Ptr{Cvoid}
    lock::ReentrantLock
    watch::Watch
    function Context(; threads = 1, progress = nothing)
        out = Ref{Ptr{Cvoid}}(C_NULL)
        status = ddn_context_create(out)
        status == 0 || throw(Failure(status, "no context"))
        ctx = finalizer(finish, new(out[], ReentrantLock(), Watch(progress)))
        lend(ctx.watch) do user
            check(ctx, ddn_context_set_progress, ctx, PROGRESS[], user, RELEASE[])
        end
        set!(ctx; threads)
    end
end

context(ctx::Context) = ctx
context(h::Handle) = h.ctx

# Objects that are one thread's with their context end when no other task is in one of its calls; a finalizer may not
# wait, so it comes again.
function finish(h::Handle)
    h.ptr == C_NULL && return
    owner = context(h).lock
    if trylock(owner)
        try
            destroy(h)
            h.ptr = C_NULL
        finally
            unlock(owner)
        end
    else
        finalizer(finish, h)
    end
    return
end

Base.close(h::Handle) = finalize(h)

# name of the type, destructor, and whether it is shared: ended at once, on any thread
for (T, destructor, shared) in ((:Dataset, :ddn_dataset_destroy, true), (:Schedule, :ddn_schedule_destroy, true),
                                (:Oracle, :ddn_oracle_destroy, true), (:Report, :ddn_result_destroy, true),
                                (:Query, :ddn_query_destroy, false), (:Analysis, :ddn_analysis_destroy, false),
                                (:Integrator, :ddn_integrator_destroy, false), (:ModelHandle, :ddn_model_destroy, false),
                                (:Span, :ddn_span_destroy, true), (:System, :ddn_system_destroy, true),
                                (:Features, :ddn_features_destroy, true), (:Frechet, :ddn_frechet_destroy, true),
                                (:Diagram, :ddn_diagram_destroy, true), (:Symmetry, :ddn_symmetry_destroy, false))
    @eval begin
        mutable struct $T <: Handle
            ptr::Ptr{Cvoid}
            ctx::Context
            of::Any             # whence its dimension is known: the oracle of a query, the dataset of a span
            $T(ctx::Context, ptr::Ptr{Cvoid}, of = nothing) =
                finalizer($(shared ? :finish_shared : :finish), new(ptr, ctx, of))
        end
        destroy(h::$T) = $destructor(h)
    end
end
destroy(h::Context) = ddn_context_destroy(h)

function finish_shared(h::Handle)
    destroy(h)
    h.ptr = C_NULL
    return
end

# ---- Calls ----------------------------------------------------------------------------------------------------------

const THROWN = :DiffDyn_thrown

"""Calls a function that gives a status, and returns it; `DDN_STOPPED` too. Ctrl-C waits for the next callback
(progress comes each 0.1 s), since nothing may be thrown through C."""
function status_of(ctx::Context, f, args...)
    lock(ctx.lock)
    try
        status = disable_sigint() do
            f(args...)
        end
        thrown = pop!(task_local_storage(), THROWN, nothing)
        if thrown !== nothing
            thrown.exception isa InterruptException && throw(thrown.exception)
            throw(thrown)
        end
        status < 0 && throw(Failure(status, unsafe_string(ddn_context_message(ctx))))
        return status
    finally
        unlock(ctx.lock)
    end
end

"""As `status_of`, for calls that have to be complete."""
function check(ctx::Context, f, args...)
    status = status_of(ctx, f, args...)
    status == DDN_STOPPED && throw(Failure(status, "stopped on request"))
    return nothing
end

"""The new object of type T that a function gives in its last argument."""
function create(T, ctx::Context, f, args...)
    out = Ref{Ptr{Cvoid}}(C_NULL)
    check(ctx, f, args..., out)
    return T(ctx, out[])
end

# ---- Callbacks ------------------------------------------------------------------------------------------------------

const KEPT = Dict{Ptr{Cvoid},Any}()     # what C holds, until it calls release
const KEPT_LOCK = Threads.SpinLock()    # release may come from a finalizer, which may not wait for a task

"""Calls f(user) with a pointer that stands for `thing` in C; where f throws, C has not taken it."""
function lend(f, thing)
    box = Ref{Any}(thing)
    user = pointer_from_objref(box)
    lock(() -> (KEPT[user] = box), KEPT_LOCK)
    try
        return f(user)
    catch
        release(user)
        rethrow()
    end
end

function release(user::Ptr{Cvoid})::Cvoid
    lock(() -> delete!(KEPT, user), KEPT_LOCK)
    return nothing
end

borrowed(user::Ptr{Cvoid}) = (unsafe_pointer_to_objref(user)::Ref{Any})[]

# Runs a callback's body. What it throws waits for the end of the call: nothing may unwind through C.
function guard(f)::Int32
    try
        return reenable_sigint(f) === true ? DDN_STOPPED : DDN_OK
    catch e
        get!(task_local_storage(), THROWN, CallbackError(e, catch_backtrace()))
        return DDN_E_CALLBACK
    end
end

function progress(user::Ptr{Cvoid}, stage::Cstring, fraction::Float64)::Int32
    guard() do
        watch = borrowed(user).progress
        watch === nothing ? false : watch(unsafe_string(stage), fraction)
    end
end

# The last column of padded arrays may end with d: such arrays are read column by column.
copied(p::Ptr{T}, m, d, ld) where {T} = T[unsafe_load(p, (j - 1) * ld + i) for i in 1:d, j in 1:m]

function written(out::Ptr{T}, answer, m, d, ldo) where {T}
    size(answer) == (d, m) || throw(DimensionMismatch("a callback gave $(size(answer)), $((d, m)) is needed"))
    for j in 1:m, i in 1:d
        unsafe_store!(out, convert(T, answer[i, j]), (j - 1) * ldo + i)
    end
    return false
end

function predict(user::Ptr{Cvoid}, t, a, s, m, d, x, ldx, out, ldo)
    guard() do
        written(out, borrowed(user).predict(copied(x, m, d, ldx), t, a, s), m, d, ldo)
    end
end
predict_f64(user::Ptr{Cvoid}, t::Float64, a::Float64, s::Float64, m::Int64, d::Int64, x::Ptr{Float64}, ldx::Int64,
            out::Ptr{Float64}, ldo::Int64)::Int32 = predict(user, t, a, s, m, d, x, ldx, out, ldo)
predict_f32(user::Ptr{Cvoid}, t::Float64, a::Float64, s::Float64, m::Int64, d::Int64, x::Ptr{Float32}, ldx::Int64,
            out::Ptr{Float32}, ldo::Int64)::Int32 = predict(user, t, a, s, m, d, x, ldx, out, ldo)

function observed(user::Ptr{Cvoid}, step::Ptr{Cvoid})::Int32
    guard() do
        m, d = ddn_step_m(step), ddn_step_d(step)
        x = copied(ddn_step_x(step), m, d, ddn_step_ldx(step))
        borrowed(user)((index = ddn_step_index(step), time = ddn_step_time(step), x = x))
    end
end

function noise(user::Ptr{Cvoid}, t::Float64, a::Ptr{Float64}, s::Ptr{Float64}, da::Ptr{Float64},
               ds::Ptr{Float64})::Int32
    guard() do
        values = borrowed(user)(t)
        length(values) == 4 || throw(DimensionMismatch("a schedule gives (a, s, da/dt, ds/dt), not $(length(values)) numbers"))
        foreach((out, value) -> unsafe_store!(out, Float64(value)), (a, s, da, ds), values)
        return false
    end
end

function moved(user::Ptr{Cvoid}, parameter::Float64, d::Int64, x::Ptr{Float64}, out::Ptr{Float64})::Int32
    guard() do
        answer = borrowed(user)(parameter, vec(copied(x, 1, d, d)))
        return written(out, reshape(answer, :, 1), 1, d, d)
    end
end

function features(user::Ptr{Cvoid}, m::Int64, d::Int64, x::Ptr{Float64}, ldx::Int64, out::Ptr{Float64},
                  ldo::Int64)::Int32
    guard() do
        f, k = borrowed(user)
        return written(out, f(copied(x, m, d, ldx)), m, k, ldo)
    end
end

# Pointers to functions are made when the module is loaded, not when it is compiled.
const PROGRESS, RELEASE = Ref(C_NULL), Ref(C_NULL)
const PREDICT_F64, PREDICT_F32, OBSERVED = Ref(C_NULL), Ref(C_NULL), Ref(C_NULL)
const NOISE, MOVED, FEATURES = Ref(C_NULL), Ref(C_NULL), Ref(C_NULL)

function __init__()
    # A library loaded by its path is found by its name from then on.
    haskey(ENV, "DIFFDYN_LIBRARY") && Libdl.dlopen(ENV["DIFFDYN_LIBRARY"])
    RELEASE[] = @cfunction(release, Cvoid, (Ptr{Cvoid},))
    PROGRESS[] = @cfunction(progress, Int32, (Ptr{Cvoid}, Cstring, Float64))
    PREDICT_F64[] = @cfunction(predict_f64, Int32, (Ptr{Cvoid}, Float64, Float64, Float64, Int64, Int64, Ptr{Float64},
                                                    Int64, Ptr{Float64}, Int64))
    PREDICT_F32[] = @cfunction(predict_f32, Int32, (Ptr{Cvoid}, Float64, Float64, Float64, Int64, Int64, Ptr{Float32},
                                                    Int64, Ptr{Float32}, Int64))
    OBSERVED[] = @cfunction(observed, Int32, (Ptr{Cvoid}, Ptr{Cvoid}))
    NOISE[] = @cfunction(noise, Int32, (Ptr{Cvoid}, Float64, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}, Ptr{Float64}))
    MOVED[] = @cfunction(moved, Int32, (Ptr{Cvoid}, Float64, Int64, Ptr{Float64}, Ptr{Float64}))
    FEATURES[] = @cfunction(features, Int32, (Ptr{Cvoid}, Int64, Int64, Ptr{Float64}, Int64, Ptr{Float64}, Int64))
    return nothing
end

# ---- Contexts and options -------------------------------------------------------------------------------------------

"""Asks the running call of the context to stop; from any thread."""
cancel(ctx::Context) = ddn_context_cancel(ctx)

options(h::Context) = (ddn_context_options(h), "CONTEXT")
options(h::Query) = (ddn_query_options(h), "QUERY")
options(h::Analysis) = (ddn_analysis_options(h), "ANALYSIS")
options(h::Integrator) = (ddn_integrator_options(h), "INTEGRATOR")
options(h::Symmetry) = (ddn_symmetry_options(h), "SYMMETRY")
options(h::ModelHandle) = (ddn_model_options(h), "MODEL")

"""Options by name: `set!(analysis; samples = 100, precision = 0.01)` sets `DDN_ANALYSIS_SAMPLES` ..."""
function set!(h::Handle; values...)
    handle, prefix = options(h)
    GC.@preserve h for (name, value) in pairs(values)
        key = ddn_options_find(handle, "DDN_$(prefix)_$(uppercase(string(name)))")
        key < 0 && throw(ArgumentError("a $(nameof(typeof(h))) has no option $name"))
        if ddn_options_type(handle, key) == DDN_TYPE_I64
            check(context(h), ddn_options_set_i64, handle, key, Int64(value))
        else
            check(context(h), ddn_options_set_f64, handle, key, Float64(value))
        end
    end
    return h
end

# ---- Arrays ---------------------------------------------------------------------------------------------------------

"""(m, d, ld) of columns; strides other than that of the columns are not for C."""
function layout(x::AbstractMatrix)
    d, m = size(x)
    stride(x, 1) == 1 || d <= 1 || throw(ArgumentError("the numbers of a column have to be one behind the other"))
    m <= 1 || stride(x, 2) >= d || throw(ArgumentError("columns overlap"))
    return m, d, m <= 1 ? max(d, 1) : stride(x, 2)
end

const TYPES = Dict(UInt8 => DDN_TYPE_U8, Float32 => DDN_TYPE_F32, Float64 => DDN_TYPE_F64)

function same_d(x, oracle)
    d = ddn_oracle_d(oracle)
    size(x, 1) == d || throw(DimensionMismatch("columns of $d numbers are needed, not $(size(x, 1))"))
end

# ---- Datasets and schedules -----------------------------------------------------------------------------------------

"""
    Dataset(ctx, points; copy = true)
    Dataset(ctx, path)

Columns of `Float64`, `Float32` or `UInt8`, or a file. `copy = false` reads the array where it is; it is kept alive as
long as anything needs it, and must stay as it is.
"""
function Dataset(ctx::Context, points::StridedMatrix{T}; copy = true) where {T<:Union{Float64,Float32,UInt8}}
    n, d, ld = layout(points)
    copy && return create(Dataset, ctx, ddn_dataset_create, ctx, TYPES[T], n, d, points, ld)
    return lend(points) do user
        create(Dataset, ctx, ddn_dataset_create_borrowed, ctx, TYPES[T], n, d, points, ld, user, RELEASE[])
    end
end
Dataset(ctx::Context, path::AbstractString) = create(Dataset, ctx, ddn_dataset_open, ctx, path, DDN_FORMAT_AUTO)

Base.size(ds::Dataset) = (ddn_dataset_d(ds), ddn_dataset_n(ds))

labelled(ds::Dataset, labels::AbstractVector) =
    create(Dataset, ds.ctx, ddn_dataset_create_labelled, ds.ctx, ds, length(labels), Vector{Int32}(labels))
labelled(ds::Dataset, path::AbstractString) = create(Dataset, ds.ctx, ddn_dataset_open_labelled, ds.ctx, ds, path)

"""The points of these classes."""
select(ds::Dataset, classes) =
    create(Dataset, ds.ctx, ddn_dataset_create_class_subset, ds.ctx, ds, length(classes), Vector{Int32}(classes))

"""scale y + shift, without a copy."""
mapped(ds::Dataset, scale, shift) = create(Dataset, ds.ctx, ddn_dataset_create_mapped, ds.ctx, ds, scale, shift)

"""Copies of a point merged into its weight."""
distinct(ds::Dataset) = create(Dataset, ds.ctx, ddn_dataset_create_distinct, ds.ctx, ds)

"""The `count` largest eigenvalues of the covariance."""
function spectrum(ds::Dataset, count::Integer)
    values = Vector{Float64}(undef, count)
    check(ds.ctx, ddn_dataset_spectrum, ds.ctx, ds, count, values, C_NULL, 0)
    return values
end

"""Where the points lie, without axes along which the variance is at most `tolerance` times the largest."""
function span(ds::Dataset; tolerance = 0.0)
    made = create(Span, ds.ctx, ddn_span_create, ds.ctx, ds, tolerance)
    made.of = ds
    return made
end

"""(d, rank)"""
Base.size(sp::Span) = (size(sp.of, 1), ddn_span_rank(sp))
Base.size(h::Union{Dataset,Span}, i::Integer) = size(h)[i]

"""The points in the coordinates of the span, as `Float64` or `Float32`."""
Dataset(sp::Span, T::Type = Float64) = create(Dataset, sp.ctx, ddn_dataset_create_in_span, sp.ctx, sp, TYPES[T])

"""(coordinates, what lies outside) of columns; `a` is 1 for points, a(t) for states."""
function project(sp::Span, x::StridedMatrix{Float64}, a = 1.0)
    (m, d, ld), (wanted, r) = layout(x), size(sp)
    d == wanted || throw(DimensionMismatch("columns of $wanted numbers are needed, not $d"))
    coordinates, rest = Matrix{Float64}(undef, r, m), Matrix{Float64}(undef, d, m)
    check(sp.ctx, ddn_span_project, sp.ctx, sp, a, m, x, ld, coordinates, r, rest, d)
    return coordinates, rest
end

"""Back to d dimensions."""
function lift(sp::Span, coordinates::StridedMatrix{Float64}, a = 1.0)
    (m, given, ld), (d, r) = layout(coordinates), size(sp)
    given == r || throw(DimensionMismatch("columns of $r numbers are needed, not $given"))
    out = Matrix{Float64}(undef, d, m)
    check(sp.ctx, ddn_span_lift, sp.ctx, sp, a, m, coordinates, ld, out, d)
    return out
end

"""The Ornstein-Uhlenbeck schedule."""
Schedule(ctx::Context) = create(Schedule, ctx, ddn_schedule_create_ou, ctx)

"""The linear schedule of DDPM; times are its indices."""
Schedule(ctx::Context, beta_first, beta_last, steps) =
    create(Schedule, ctx, ddn_schedule_create_ddpm, ctx, beta_first, beta_last, steps)

"""
    Schedule(f, ctx, t_min, t_max)

A schedule of your own: `f(t)` gives (a, s, da/dt, ds/dt); s/a has to increase.
"""
Schedule(f::Function, ctx::Context, t_min, t_max) = lend(f) do user
    create(Schedule, ctx, ddn_schedule_create_custom, ctx, t_min, t_max, NOISE[], user, RELEASE[])
end

function grid(sch::Schedule, first, last, count; kind = DDN_GRID_GEOMETRIC)
    times = Vector{Float64}(undef, count)
    check(sch.ctx, ddn_schedule_grid, sch.ctx, sch, kind, first, last, count, times)
    return times
end

# ---- Oracles --------------------------------------------------------------------------------------------------------

"""The exact score of the points: the perfectly learned model."""
empirical(ds::Dataset, sch::Schedule) = create(Oracle, ds.ctx, ddn_oracle_create_empirical, ds.ctx, ds, sch)

"""
    model(predict, sch, d; prediction = DDN_PREDICTION_EPS, type = Float32, dataset = nothing, options...)

A model written in Julia: `predict(x, t, a, s)` gets the states as the columns of a matrix of its own and gives what
`prediction` says, of that size. Options: `max_rows`, `clip_low`, `clip_high`.
"""
function model(predict, sch::Schedule, d; prediction = DDN_PREDICTION_EPS, type = Float32, dataset = nothing, options...)
    ctx = sch.ctx
    made = lend((; predict)) do user
        create(ModelHandle, ctx, ddn_model_create, ctx, sch, prediction, d, user, RELEASE[])
    end
    if type === Float32
        check(ctx, ddn_model_set_predict_f32, made, PREDICT_F32[])
    else
        check(ctx, ddn_model_set_predict_f64, made, PREDICT_F64[])
    end
    dataset === nothing || check(ctx, ddn_model_set_dataset, made, dataset)
    set!(made; options...)
    return create(Oracle, ctx, ddn_oracle_create_model, ctx, made)
end

function score(oracle::Oracle, x::StridedMatrix{Float64}, t)
    m, d, ld = layout(x)
    same_d(x, oracle)
    out = Matrix{Float64}(undef, d, m)
    check(oracle.ctx, ddn_oracle_score, oracle.ctx, oracle, t, m, x, ld, out, d)
    return out
end

function Query(oracle::Oracle; options...)
    query = create(Query, oracle.ctx, ddn_query_create, oracle.ctx, oracle)
    query.of = oracle
    return set!(query; options...)
end

"""
    evaluate(query, x, t, outputs...)

Writes outputs to arrays in one pass: `evaluate(q, x, t, DDN_OUT_SCORE => similar(x), DDN_OUT_ARGMAX => zeros(Int64, m))`.
"""
function evaluate(query::Query, x::StridedMatrix{Float64}, t, outputs::Pair...)
    m, _, ld = layout(x)
    same_d(x, query.of)
    GC.@preserve outputs try
        for (what, out) in outputs
            if out isa StridedVector{Int64}
                length(out) == m && stride(out, 1) == 1 || throw(DimensionMismatch("an output needs $m numbers"))
                check(query.ctx, ddn_query_bind_i64, query, what, pointer(out))
            else
                eltype(out) === Float64 || throw(ArgumentError("outputs are Float64, indices Int64"))
                rows = out isa AbstractVector ? reshape(out, 1, :) : out
                size(rows) == (max(ddn_oracle_output_width(query.of, what), 1), m) ||
                    throw(DimensionMismatch("an output has size $(size(out))"))
                check(query.ctx, ddn_query_bind_f64, query, what, pointer(rows), layout(rows)[3])
            end
        end
        check(query.ctx, ddn_query_run, query, t, m, x, ld)
    finally
        for (what, out) in outputs
            out isa StridedVector{Int64} ? ddn_query_bind_i64(query, what, C_NULL) :
            ddn_query_bind_f64(query, what, C_NULL, 0)
        end
    end
    return nothing
end

# ---- Analyses -------------------------------------------------------------------------------------------------------

function Analysis(ctx::Context; options...)
    an = create(Analysis, ctx, ddn_analysis_create, ctx)
    return set!(an; options...)
end

spectrum(an::Analysis, ds::Dataset) = create(Report, an.ctx, ddn_analysis_spectrum, an, ds)
identities(an::Analysis, oracle::Oracle, times) =
    create(Report, an.ctx, ddn_analysis_identities, an, oracle, length(times), Vector{Float64}(times))
clones(an::Analysis, oracle::Oracle, times) =
    create(Report, an.ctx, ddn_analysis_clones, an, oracle, length(times), Vector{Float64}(times))
crossings(an::Analysis, oracle::Oracle, curves::Report) =
    create(Report, an.ctx, ddn_analysis_crossings, an, oracle, curves)

"""Everything about the three regimes: curves, t_S and t_C by each definition."""
regimes(an::Analysis, oracle::Oracle, times, clone_times = Float64[]) =
    create(Report, an.ctx, ddn_analysis_regimes, an, oracle, length(times), length(clone_times), Vector{Float64}(times),
           isempty(clone_times) ? C_NULL : Vector{Float64}(clone_times))

function column(report::Report, name)
    values = Vector{Float64}(undef, ddn_result_rows(report))
    check(report.ctx, ddn_result_column, report.ctx, report, name, length(values), values)
    return values
end

"""(value, standard error)"""
function scalar(report::Report, name)
    value, error = Ref(NaN), Ref(NaN)
    check(report.ctx, ddn_result_scalar, report.ctx, report, name, value, error)
    return value[], error[]
end

Base.write(path::AbstractString, report::Report) =
    check(report.ctx, ddn_result_write, report.ctx, report, path, DDN_RESULT_FORMAT_AUTO)

# ---- Dynamics -------------------------------------------------------------------------------------------------------

function Integrator(oracle::Oracle, method; options...)
    it = create(Integrator, oracle.ctx, ddn_integrator_create, oracle.ctx, oracle, method)
    it.of = oracle
    return set!(it; options...)
end

"""m states at the first time."""
function draw_start(it::Integrator, m)
    d = ddn_oracle_d(it.of)
    x = Matrix{Float64}(undef, d, m)
    check(it.ctx, ddn_integrator_draw_start, it, m, x, d)
    return x
end

"""Moves the columns of x in place. `false`: stopped, `resume!` goes on."""
function run!(it::Integrator, x::StridedMatrix{Float64})
    m, _, ld = layout(x)
    same_d(x, it.of)
    return status_of(it.ctx, ddn_integrator_run, it, m, x, ld) == DDN_OK
end

function resume!(it::Integrator, x::StridedMatrix{Float64})
    m, _, ld = layout(x)
    same_d(x, it.of)
    return status_of(it.ctx, ddn_integrator_resume, it, m, x, ld) == DDN_OK
end

"""f(step) sees each step: `step.index`, `step.time`, `step.x`; `true` stops the run."""
function observe!(f, it::Integrator)
    lend(f) do user
        check(it.ctx, ddn_integrator_attach_callback, it, 0, OBSERVED[], user, RELEASE[])
    end
    return it
end

include("symmetry.jl")
include("system.jl")
include("late_start.jl")

end
