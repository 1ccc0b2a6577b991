using DiffDyn, Test
using DiffDyn: DDN_METHOD_EXACT, DDN_OUT_ARGMAX, DDN_OUT_SCORE, DDN_PREDICTION_SCORE

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
