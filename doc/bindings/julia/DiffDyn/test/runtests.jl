using DiffDyn, Test
using DiffDyn: DDN_BIFURCATION_BRANCH, DDN_METHOD_EXACT, DDN_OUT_ARGMAX, DDN_OUT_SCORE, DDN_PREDICTION_SCORE,
               DDN_STABILITY_STABLE, DDN_STABILITY_UNSTABLE, DDN_SYSTEM_FLOW, DDN_SYSTEM_MAP, DDN_SYSTEM_PITCHFORK_SUPER

function exact_score(points, x, t)
    a, s2 = exp(-t), -expm1(-2t)
    w = [exp(-sum(abs2, x[:, j] - a * y) / 2s2) for y in eachcol(points), j in axes(x, 2)]
    return (a * points * (w ./ sum(w; dims = 1)) - x) / s2
end

@testset "DiffDyn" begin
    ctx, points, x = Context(), randn(3, 60), randn(3, 7)
    ou = Schedule(ctx)
    exact = empirical(Dataset(ctx, points; copy = false), ou)
    GC.gc()
    want = exact_score(points, x, 0.3)
    @test score(exact, x, 0.3) ≈ want
    @test score(exact, view([x; x], 1:3, :), 0.3) ≈ want
    out, nearest = fill(7.0, 5, 7), zeros(Int64, 7)
    evaluate(Query(exact), x, 0.3, DDN_OUT_SCORE => view(out, 1:3, :), DDN_OUT_ARGMAX => nearest)
    @test out[1:3, :] ≈ want && all(out[4:5, :] .== 7)

    own = model((x, t, a, s) -> score(exact, x, t), ou, 3; prediction = DDN_PREDICTION_SCORE, type = Float64)
    @test score(own, x, 0.3) ≈ want
    broken = model((x, t, a, s) -> error("no such layer"), ou, 3)
    @test_throws CallbackError score(broken, x, 0.3)
    @test_throws Failure Analysis(ctx; samples = -5)
    @test_throws DimensionMismatch score(exact, randn(4, 7), 0.3)

    whole, part = (Integrator(exact, DDN_METHOD_EXACT; steps = 12) for _ in 1:2)
    observe!(step -> step.index == 4, part)
    a, b = draw_start(whole, 4), draw_start(part, 4)
    @test run!(whole, a)
    @test !run!(part, b)
    @test resume!(part, b)
    @test a == b
    foreach(close, (whole, ctx, exact, own, part, broken, ou))
    @test isempty(DiffDyn.KEPT)
end

@testset "schedules of one's own" begin
    ctx, cloud, x = Context(), randn(3, 20), randn(3, 5)
    own = Schedule(ctx, 1e-3, 10.0) do t
        a, s = exp(-t), sqrt(-expm1(-2t))
        (a, s, -a, a^2 / s)
    end
    @test score(empirical(Dataset(ctx, cloud), own), x, 0.3) ≈ exact_score(cloud, x, 0.3)
    @test_throws CallbackError Schedule(t -> error("no table"), ctx, 1e-3, 10.0)
end

@testset "symmetry" begin
    # Points +1 and -1: the centre loses stability at asinh(1)/2. (52)
    ctx = Context()
    sy = Symmetry(empirical(Dataset(ctx, [1.0 -1.0]), Schedule(ctx)); eta = 1.0)
    t_c, t = asinh(1) / 2, 0.2
    @test column(critical(sy, 1.0), "t") ≈ [t_c]
    found, report = fixed_points(sy, [2.0 -2.0 1.5], t)
    @test size(found) == (1, 2) && column(report, "starts") == [2, 1]
    @test maximum(abs, drift(sy, found, t)) < 1e-8
    @test potential(sy, zeros(1, 1), t)[1] > potential(sy, found, t)[1]
    @test stability(sy, [0.0], t)[1][1] > 0
    di = diagram(sy, 2.0, 0.05; starts = ones(1, 1), directions = ones(1, 1))
    branch = findfirst(==(DDN_BIFURCATION_BRANCH), column(events(di), "kind"))
    @test column(events(di), "t")[branch] ≈ t_c atol = 1e-6
    @test abs(event_states(di)[1, branch]) < 1e-4
    @test vec(states(di)) ≈ column(points(di), "q_0")
end

@testset "systems" begin
    ctx = Context()
    flow = System((p, x) -> p .* x .- x .^ 3, ctx, DDN_SYSTEM_FLOW, 1)
    found = fixed_points(flow, 1.0, -2.0, 2.0)
    @test [f.x for f in found] ≈ [-1, 0, 1] atol = 1e-8
    @test [f.stability for f in found] == [DDN_STABILITY_STABLE, DDN_STABILITY_UNSTABLE, DDN_STABILITY_STABLE]
    @test only(bifurcations(flow, (-1, 1), (-1.9, 2))).kind == DDN_SYSTEM_PITCHFORK_SUPER
    decay = System((p, x) -> -p .* x, ctx, DDN_SYSTEM_FLOW, 2)
    @test trajectory(decay, 2.0, [1, 3], [0, 1])[:, 2] ≈ exp(-2) * [1, 3]
    @test stability(decay, 3.0, [0, 0])[2] == DDN_STABILITY_STABLE
    @test fixed_points(decay, 1.0, [1.0 3.0; 2.0 -4.0]) ≈ zeros(2, 1) atol = 1e-8
    @test orbit(System((p, x) -> p .* x .* (1 .- x), ctx, DDN_SYSTEM_MAP, 1), 2.0, [0.25], 2) ≈ [0.25 0.375 0.46875]
    @test_throws CallbackError trajectory(System((p, x) -> zeros(3), ctx, DDN_SYSTEM_FLOW, 2), 0.0, [1, 1], [0, 1])
end

@testset "spans and late starts" begin
    ctx, cloud = Context(), randn(9, 4)
    ds = Dataset(ctx, cloud)
    sp = span(ds)
    @test size(sp) == (9, 3) && size(Dataset(sp)) == (3, 4)
    coordinates, rest = project(sp, cloud)
    @test lift(sp, coordinates) ≈ cloud && maximum(abs, rest) < 1e-12
    x = randn(9, 50)
    own = Features((x -> x[end:-1:1, :]), ctx, 9, 9)
    value, error = distance(Frechet(ds, Features(ctx, 9)), x; replicates = 20)
    @test value ≈ distance(Frechet(ds, own), x)[1] && error > 0
    @test size(apply(Features(ds, 2), x)) == (2, 50)
    curves = late_start(Analysis(ctx; samples = 200), empirical(ds, Schedule(ctx)), [0.05, 0.2, 1.0, 5.0])
    @test latest_start(curves, 0.1)[1] >= 0.05
    @test all(isfinite, draw_start(ds, Schedule(ctx), 0.1, 7))
end
