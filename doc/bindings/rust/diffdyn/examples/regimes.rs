//! The main job in Rust: two classes of Fashion-MNIST, t_S and t_C as the program `regimes` prints them.
//! regimes [--quick]: without simulations. Ctrl-C ends it with 130.
use diffdyn::sys::*;
use diffdyn::{Analysis, Context, Dataset, Error, Oracle, Report, Schedule};
use std::sync::atomic::{AtomicBool, Ordering};

static PRESSED: AtomicBool = AtomicBool::new(false);

extern "C" fn pressed(_: i32) {
    PRESSED.store(true, Ordering::Relaxed);
}

extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
}

const FASHION: &str = "/usr/share/datasets/fashion-mnist/train-";

/// Where the curves leave their values at the ends of a very wide grid: a few states show it.
fn find_range(ctx: &Context, oracle: &Oracle, ds: &Dataset, ou: &Schedule) -> Result<(f64, f64), Error> {
    let t_s = unsafe { ddn_theory_speciation(ds.spectrum(ctx, 1)?[0]) };
    let top = (t_s + 3.0).max(4.0).min(20.0);
    let mut pilot = Analysis::new(ctx)?;
    pilot.set(DDN_ANALYSIS_SAMPLES, 48)?;
    pilot.set(DDN_ANALYSIS_NEIGHBOURS, 0)?;
    pilot.set(DDN_ANALYSIS_SEED, 0)?;
    let curves = pilot.identities(oracle, &ou.grid(ctx, DDN_GRID_GEOMETRIC, 1e-6, top, 28)?)?;
    let (t, phi_c) = (curves.column(ctx, "t")?, curves.column(ctx, "phi_C")?);
    let f = curves.column(ctx, "f_over_alpha")?;
    let (mut first, mut last) = (0, t.len() - 1);
    while (phi_c[first + 1] - phi_c[0]).abs() < 0.01 && (f[first + 1] - f[0]).abs() < 0.002 {
        first += 1;
    }
    while f[last - 1] > 0.98 && phi_c[last - 1] < 0.02 {
        last -= 1;
    }
    Ok((t[first], (t_s + 2.3).max(t[last]).min(top)))
}

fn print(ctx: &Context, report: &Report, names: &[&str]) -> Result<(), Error> {
    for name in names {
        let (value, error) = report.scalar(ctx, name)?;
        println!("{} {:?} {:?}", name, value, error);
    }
    Ok(())
}

fn job(quick: bool) -> Result<(), Error> {
    let ctx = Context::new()?;
    ctx.set_threads(2)?;
    ctx.set_progress(|_, _| PRESSED.load(Ordering::Relaxed))?;
    let pair = Dataset::open(&ctx, &format!("{}images-idx3-ubyte.gz", FASHION))?
        .open_labels(&ctx, &format!("{}labels-idx1-ubyte.gz", FASHION))?
        .select(&ctx, &[1, 7])?;
    let ds = pair.mapped(&ctx, 1.0 / 127.5, -1.0)?.distinct(&ctx)?;
    let ou = Schedule::ou(&ctx)?;
    let oracle = Oracle::empirical(&ctx, &ds, &ou)?;
    let (t_min, t_max) = find_range(&ctx, &oracle, &ds, &ou)?;
    let times = ou.grid(&ctx, DDN_GRID_GEOMETRIC, t_min, t_max, 32)?;
    let mut an = Analysis::new(&ctx)?;
    an.set(DDN_ANALYSIS_SEED, 0)?;
    an.set(DDN_ANALYSIS_T_END, (t_min / 4.0).min(1e-3))?;
    an.set(DDN_ANALYSIS_T_START, t_max.max(6.0))?;
    an.set(DDN_ANALYSIS_EXCESS_LEVEL, 0.05)?;
    an.set(DDN_ANALYSIS_PRECISION, 0.01)?;
    print(&ctx, &an.spectrum(&ds)?, &["Lambda", "t_S", "t_C_spectrum"])?;
    if quick {
        let curves = an.identities(&oracle, &times)?;
        return print(&ctx, &an.crossings(&oracle, &curves)?, &["t_S_phi", "t_C_phi", "t_C_entropy"]);
    }
    an.set(DDN_ANALYSIS_CLONE_PRECISION, 0.08)?;
    an.set(DDN_ANALYSIS_STEPS, 4)?;
    an.set(DDN_ANALYSIS_PATHS, 256)?;
    an.set(DDN_ANALYSIS_PATH_STEPS, 64)?;
    let clone_times: Vec<f64> = (0..10).map(|k| times[k * 31 / 9]).collect();
    let report = an.regimes(&oracle, &times, &clone_times)?;
    report.write(&ctx, "regimes.json")?;
    report.write(&ctx, "regimes.csv")?;
    print(&ctx, &report, &["t_S_phi", "t_C_phi", "t_C_entropy", "t_C_last_change"])
}

fn main() {
    unsafe { signal(2, pressed) };
    if let Err(error) = job(std::env::args().any(|a| a == "--quick")) {
        eprintln!("{}", error);
        std::process::exit(if error.is_stopped() { 130 } else { 1 });
    }
}
