# Flows dx/dτ = f(p, x) and maps x' = f(p, x) that are given by a function.

"""
    System(f, ctx, kind, d)

`kind` is `DDN_SYSTEM_FLOW` or `DDN_SYSTEM_MAP`; `f(p, x)` gets a parameter and d numbers, and gives d.
"""
function System(f::Function, ctx::Context, kind, d)
    made = lend(f) do user
        create(System, ctx, ddn_system_create, ctx, kind, d, MOVED[], C_NULL, user, RELEASE[])
    end
    made.of = Int(d)
    return made
end

function state(sys::System, x)
    length(x) == sys.of || throw(DimensionMismatch("a state of $(sys.of) numbers is needed, not $(length(x))"))
    return Vector{Float64}(x)
end

"""All in [low, high] of a system with d = 1, ascending: (x, eigenvalue, stability as `DDN_STABILITY_STABLE` ...)."""
function fixed_points(sys::System, parameter, low, high; cells = 200, capacity = 64)
    sys.of == 1 || throw(DimensionMismatch("the system has more than one dimension"))
    x, eigenvalue, what = zeros(capacity), zeros(capacity), zeros(Int32, capacity)
    count = Ref(Int64(0))
    check(sys.ctx, ddn_system_fixed_points_1d, sys.ctx, sys, parameter, low, high, cells, capacity, x, eigenvalue, what,
          count)
    return [(x = x[i], eigenvalue = eigenvalue[i], stability = what[i]) for i in 1:count[]]
end

"""Where Newton's iteration leads to from the starts (columns), each point once."""
function fixed_points(sys::System, parameter, starts::StridedMatrix{Float64})
    m, d, ld = layout(starts)
    d == sys.of || throw(DimensionMismatch("columns of $(sys.of) numbers are needed, not $d"))
    out, count = Matrix{Float64}(undef, d, m), Ref(Int64(0))
    check(sys.ctx, ddn_system_fixed_points, sys.ctx, sys, parameter, m, m, starts, ld, out, count)
    return out[:, 1:count[]]
end

"""All in (low, high) of the parameter times (low, high) of x, of a system with d = 1."""
function bifurcations(sys::System, p, x; cells = (100, 100), capacity = 64)
    sys.of == 1 || throw(DimensionMismatch("the system has more than one dimension"))
    at, xs, kinds, count = zeros(capacity), zeros(capacity), zeros(Int32, capacity), Ref(Int64(0))
    check(sys.ctx, ddn_system_bifurcations, sys.ctx, sys, p[1], p[2], cells[1], x[1], x[2], cells[2], capacity, at, xs,
          kinds, count)
    return [(parameter = at[i], x = xs[i], kind = kinds[i]) for i in 1:count[]]
end

"""(eigenvalues of the Jacobian, what they say: `DDN_STABILITY_STABLE` ...)"""
function stability(sys::System, parameter, x; tolerance = 1e-9)
    at, re, im, what = state(sys, x), zeros(sys.of), zeros(sys.of), Ref(Int32(0))
    check(sys.ctx, ddn_system_eigenvalues, sys.ctx, sys, parameter, tolerance, at, re, im, what)
    return complex.(re, im), what[]
end

"""States of a flow at the times, in columns; x0 is the one at times[1]."""
function trajectory(sys::System, parameter, x0, times; tolerance = 1e-10)
    at, when, out = state(sys, x0), Vector{Float64}(times), Matrix{Float64}(undef, sys.of, length(times))
    check(sys.ctx, ddn_system_trajectory, sys.ctx, sys, parameter, tolerance, length(when), at, when, out, sys.of)
    return out
end

"""Iterates of a map, in columns, the first is x0."""
function orbit(sys::System, parameter, x0, steps)
    at, out = state(sys, x0), Matrix{Float64}(undef, sys.of, steps + 1)
    check(sys.ctx, ddn_system_orbit, sys.ctx, sys, parameter, steps, at, out, sys.of)
    return out
end
