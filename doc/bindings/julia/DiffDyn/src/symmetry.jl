# Spontaneous symmetry breaking: fixed points of the drift of an oracle, and their bifurcations.

"""
    Symmetry(oracle; options...)

The drift b = -∇u of the reverse dynamics. Options: `eta`, `tolerance`, `step`, `eigenvalues`, `descend` ...
"""
function Symmetry(oracle::Oracle; options...)
    sy = create(Symmetry, oracle.ctx, ddn_symmetry_create, oracle.ctx, oracle)
    sy.of = oracle
    return set!(sy; options...)
end

"""The drift of states."""
function drift(sy::Symmetry, x::StridedMatrix{Float64}, t)
    m, d, ld = layout(x)
    same_d(x, sy.of)
    out = Matrix{Float64}(undef, d, m)
    check(sy.ctx, ddn_symmetry_drift, sy, t, m, x, ld, out, d)
    return out
end

"""u of each state, for oracles with log p."""
function potential(sy::Symmetry, x::StridedMatrix{Float64}, t)
    m, _, ld = layout(x)
    same_d(x, sy.of)
    u = Vector{Float64}(undef, m)
    check(sy.ctx, ddn_symmetry_potential, sy, t, m, x, ld, u)
    return u
end

"""(leading eigenvalues of the linearised drift at x, eigenvectors in columns): a fixed point is stable where all are
negative."""
function stability(sy::Symmetry, x::Vector{Float64}, t; count = 1)
    same_d(x, sy.of)
    values, vectors = Vector{Float64}(undef, count), Matrix{Float64}(undef, length(x), count)
    check(sy.ctx, ddn_symmetry_stability, sy, t, count, x, values, vectors, length(x))
    return values, vectors
end

"""(where the starts lead to, each once; "lambda", "unstable", "u" ... of them)"""
function fixed_points(sy::Symmetry, starts::StridedMatrix{Float64}, t)
    m, d, ld = layout(starts)
    same_d(starts, sy.of)
    found = Matrix{Float64}(undef, d, m)
    report = create(Report, sy.ctx, ddn_symmetry_fixed_points, sy, t, m, starts, ld, found, d)
    return found[:, 1:ddn_result_rows(report)], report
end

"""Branches of fixed points between a noisy and a clean time: from t_start down, and from the starts, which are states at
t_end, up. The reports have x · direction as "q_0", "q_1" ..."""
function diagram(sy::Symmetry, t_start, t_end; starts = zeros(ddn_oracle_d(sy.of), 0),
                 directions = zeros(ddn_oracle_d(sy.of), 0))
    (m, _, ldx), (k, _, ldv) = layout(starts), layout(directions)
    same_d(starts, sy.of)
    same_d(directions, sy.of)
    made = create(Diagram, sy.ctx, ddn_symmetry_diagram, sy, t_start, t_end, m, k, m == 0 ? C_NULL : starts, ldx,
                  k == 0 ? C_NULL : directions, ldv)
    made.of = sy.of
    return made
end

"""When the centre loses stability, for each eta: "t" from the largest eigenvalue of the covariance, "t_measured" as it
is."""
critical(sy::Symmetry, largest, etas = [1.0]) =
    create(Report, sy.ctx, ddn_symmetry_critical, sy, largest, length(etas), Vector{Float64}(etas))

function shared_report(h::Handle, pointer)
    ddn_result_retain(pointer)
    return Report(h.ctx, pointer)
end

"""The points of all branches."""
points(di::Diagram) = GC.@preserve di shared_report(di, ddn_diagram_points(di))

"""Where branches turn or cross; "kind" is `DDN_BIFURCATION_FOLD` or `DDN_BIFURCATION_BRANCH`."""
events(di::Diagram) = GC.@preserve di shared_report(di, ddn_diagram_events(di))

"""The states of the points."""
function states(di::Diagram)
    out = Matrix{Float64}(undef, ddn_oracle_d(di.of), ddn_result_rows(points(di)))
    check(di.ctx, ddn_diagram_states, di.ctx, di, 0, size(out, 2), out, size(out, 1))
    return out
end

"""The states of the events."""
function event_states(di::Diagram)
    out = Matrix{Float64}(undef, ddn_oracle_d(di.of), ddn_result_rows(events(di)))
    check(di.ctx, ddn_diagram_event_states, di.ctx, di, 0, size(out, 2), out, size(out, 1))
    return out
end
