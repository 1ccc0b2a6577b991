# The main job in Julia: two classes of Fashion-MNIST, t_S and t_C as the program `regimes` prints them, without
# simulations.
using DiffDyn
using DiffDyn: DDN_GRID_GEOMETRIC, ddn_theory_speciation

const FASHION = "/usr/share/datasets/fashion-mnist/train-"

# Where the curves leave their values at the ends of a very wide grid: a few states show it.
function find_range(ctx, oracle, ds, ou)
    t_s = ddn_theory_speciation(spectrum(ds, 1)[1])
    top = clamp(t_s + 3, 4, 20)
    pilot = identities(Analysis(ctx; samples = 48, neighbours = 0, seed = 0), oracle, grid(ou, 1e-6, top, 28))
    t, phi_c, f = column(pilot, "t"), column(pilot, "phi_C"), column(pilot, "f_over_alpha")
    first, last = 1, length(t)
    while abs(phi_c[first+1] - phi_c[1]) < 0.01 && abs(f[first+1] - f[1]) < 0.002
        first += 1
    end
    while f[last-1] > 0.98 && phi_c[last-1] < 0.02
        last -= 1
    end
    return t[first], min(max(t_s + 2.3, t[last]), top)
end

function main()
    ctx = Context(threads = 2)
    pair = select(labelled(Dataset(ctx, FASHION * "images-idx3-ubyte.gz"), FASHION * "labels-idx1-ubyte.gz"), [1, 7])
    ds = distinct(mapped(pair, 1 / 127.5, -1))
    ou = Schedule(ctx)
    oracle = empirical(ds, ou)
    t_min, t_max = find_range(ctx, oracle, ds, ou)
    an = Analysis(ctx; seed = 0, t_end = min(1e-3, t_min / 4), t_start = max(6, t_max), excess_level = 0.05,
                  precision = 0.01)
    reports = [spectrum(an, ds), crossings(an, oracle, identities(an, oracle, grid(ou, t_min, t_max, 32)))]
    for (report, name) in ((1, "Lambda"), (1, "t_S"), (2, "t_S_phi"), (2, "t_C_phi"), (2, "t_C_entropy"))
        println(name, " ", join(scalar(reports[report], name), " ± "))
    end
end

main()
