//! The binding against the library.
use diffdyn::sys::*;
use diffdyn::*;
use std::error::Error as _;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

const N: usize = 60;
const D: usize = 3;

/// Numbers in (-1, 1), the same in each run.
fn numbers(count: usize, mut seed: u64) -> Vec<f64> {
    (0..count).map(|_| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }).collect()
}

fn exact_score(points: &[f64], x: &[f64], t: f64) -> Vec<f64> {
    let (a, s2) = ((-t).exp(), -(-2.0 * t).exp_m1());
    x.chunks(D).flat_map(|row| {
        let weights: Vec<f64> = points.chunks(D)
            .map(|y| (-row.iter().zip(y).map(|(x, y)| (x - a * y).powi(2)).sum::<f64>() / (2.0 * s2)).exp()).collect();
        let sum: f64 = weights.iter().sum();
        (0..D).map(|j| {
            let mean: f64 = points.chunks(D).zip(&weights).map(|(y, w)| w * y[j]).sum::<f64>() / sum;
            (a * mean - row[j]) / s2
        }).collect::<Vec<f64>>()
    }).collect()
}

fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{} {}", a, b);
    }
}

fn empirical(ctx: &Context) -> Oracle {
    let points = numbers(N * D, 1);
    let ds = Dataset::new(ctx, Rows::new(&points, D)).unwrap();
    Oracle::empirical(ctx, &ds, &Schedule::ou(ctx).unwrap()).unwrap()
}

fn score(ctx: &Context, oracle: &Oracle, x: &[f64]) -> Result<Vec<f64>, Error> {
    let mut out = vec![0.0; x.len()];
    oracle.score(ctx, 0.3, Rows::new(x, D), &mut RowsMut::new(&mut out, D)).map(|_| out)
}

/// Says when it is dropped.
struct Points(Vec<f64>, Arc<AtomicBool>);
impl AsRef<[f64]> for Points {
    fn as_ref(&self) -> &[f64] {
        &self.0
    }
}
impl Drop for Points {
    fn drop(&mut self) {
        self.1.store(true, Ordering::SeqCst);
    }
}

#[test]
fn handles_go_where_they_may() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn moved<T: Send>() {}
    shared::<Dataset>();
    shared::<Schedule>();
    shared::<Oracle>();
    shared::<Report>();
    moved::<Context>();
    moved::<Error>();
    fn anywhere<T: Send + Sync + Copy>() {}
    anywhere::<Canceller>();
}

#[test]
fn borrowed_points_live_as_long_as_they_are_needed() {
    let ended = Arc::new(AtomicBool::new(false));
    let ctx = Context::new().unwrap();
    let (wide, points) = (numbers(N * 5, 1), numbers(N * 5, 1));
    let ds = Dataset::borrowed::<f64, _>(&ctx, Points(wide, ended.clone()), N, D, 5).unwrap();
    let oracle = Oracle::empirical(&ctx, &ds, &Schedule::ou(&ctx).unwrap()).unwrap();
    drop(ds);
    let dense: Vec<f64> = points.chunks(5).flat_map(|row| row[..D].to_vec()).collect();
    let x = numbers(4 * D, 2);
    close(&score(&ctx, &oracle, &x).unwrap(), &exact_score(&dense, &x, 0.3));
    drop(ctx); // the oracle goes on, with another context on another thread
    let oracle = std::thread::spawn(move || {
        let ctx = Context::new().unwrap();
        close(&score(&ctx, &oracle, &x).unwrap(), &exact_score(&dense, &x, 0.3));
        oracle
    }).join().unwrap();
    assert!(!ended.load(Ordering::SeqCst));
    drop(oracle);
    assert!(ended.load(Ordering::SeqCst));
    let ctx = Context::new().unwrap();
    let ended = Arc::new(AtomicBool::new(false));
    let bad = Dataset::borrowed::<f64, _>(&ctx, Points(vec![f64::NAN; N * D], ended.clone()), N, D, D);
    assert_eq!(bad.err().unwrap().status, DDN_E_NONFINITE);
    assert!(ended.load(Ordering::SeqCst), "given back where the call fails");
    assert!(catch_unwind(|| Rows::strided(&[0.0; 5], 2, 3, 3)).is_err());
}

#[test]
fn outputs_go_to_rows_of_any_distance() {
    let ctx = Context::new().unwrap();
    let oracle = empirical(&ctx);
    let x = numbers(4 * D, 2);
    let (mut wide, mut nearest, mut entropy) = (vec![7.0; 4 * 5], vec![-1; 4], vec![0.0; 4]);
    let mut query = Query::new(&ctx, &oracle).unwrap();
    query.run(0.3, Rows::new(&x, D), &mut [
        Output::F64(DDN_OUT_SCORE, RowsMut::strided(&mut wide, 4, D, 5)),
        Output::F64(DDN_OUT_ENTROPY, RowsMut::new(&mut entropy, 1)),
        Output::I64(DDN_OUT_ARGMAX, &mut nearest),
    ]).unwrap();
    let want = exact_score(&numbers(N * D, 1), &x, 0.3);
    for (row, want) in wide.chunks(5).zip(want.chunks(D)) {
        close(&row[..D], want);
        assert_eq!(&row[D..], &[7.0, 7.0]);
    }
    assert!(nearest.iter().all(|&i| i >= 0) && entropy.iter().all(|&e| e > 0.0));
    let short = query.run(0.3, Rows::new(&x, D), &mut [Output::I64(DDN_OUT_ARGMAX, &mut nearest[..3])]);
    assert_eq!(short.unwrap_err().status, DDN_E_SHAPE);
}

#[test]
fn a_model_in_rust() {
    let ctx = Context::new().unwrap();
    let (exact, ou) = (empirical(&ctx), Schedule::ou(&ctx).unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let inner = exact.clone();
    let own = Model::<f64>::new(DDN_PREDICTION_SCORE, D, move |level, x, mut out| {
        counter.fetch_add(x.m(), Ordering::SeqCst);
        inner.score(&Context::new()?, level.t, x, &mut out)?; // a call within a call
        Ok(())
    }).set(DDN_MODEL_MAX_ROWS, 3).oracle(&ctx, &ou).unwrap();
    let x = numbers(4 * D, 2);
    close(&score(&ctx, &own, &x).unwrap(), &score(&ctx, &exact, &x).unwrap());
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    let single = Model::<f32>::new(DDN_PREDICTION_EPS, D, |level, x, mut out| {
        for i in 0..x.m() {
            for (out, x) in out.row_mut(i).iter_mut().zip(x.row(i)) {
                *out = level.s as f32 * x;
            }
        }
        Ok(())
    }).oracle(&ctx, &ou).unwrap();
    for (score, x) in score(&ctx, &single, &x).unwrap().iter().zip(&x) {
        assert!((score + x).abs() < 1e-6);
    }
    let lazy = Model::<f64>::new(DDN_PREDICTION_EPS, D, |_, _, _| Ok(())).oracle(&ctx, &ou).unwrap();
    assert_eq!(score(&ctx, &lazy, &x).unwrap_err().status, DDN_E_NONFINITE);
}

#[test]
fn panics_and_errors_go_on_behind_the_call() {
    let ctx = Context::new().unwrap();
    let ou = Schedule::ou(&ctx).unwrap();
    let x = numbers(4 * D, 2);
    let panics = Model::<f64>::new(DDN_PREDICTION_EPS, D, |_, _, _| panic!("no such layer")).oracle(&ctx, &ou).unwrap();
    let fails = Model::<f64>::new(DDN_PREDICTION_EPS, D, |_, _, _| Err("the device is gone".into()))
        .oracle(&ctx, &ou).unwrap();
    for _ in 0..2 {
        let panic = catch_unwind(AssertUnwindSafe(|| score(&ctx, &panics, &x))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"no such layer"));
        let error = score(&ctx, &fails, &x).unwrap_err();
        assert_eq!(error.status, DDN_E_CALLBACK);
        assert_eq!(error.source().unwrap().to_string(), "the device is gone");
        close(&score(&ctx, &empirical(&ctx), &x).unwrap(), &exact_score(&numbers(N * D, 1), &x, 0.3));
    }
}

#[test]
fn runs_stop_and_resume() {
    let ctx = Context::new().unwrap();
    let oracle = empirical(&ctx);
    let (mut x, mut y, mut seen) = (vec![0.0; 4 * D], vec![0.0; 4 * D], Vec::new());
    let run = |x: &mut [f64], seen: Option<&mut Vec<(i64, f64)>>| {
        let mut it = Integrator::new(&ctx, &oracle, DDN_METHOD_EXACT).unwrap();
        it.set(DDN_INTEGRATOR_STEPS, 12).unwrap();
        let mut x = RowsMut::new(x, D);
        it.draw_start(&mut x).unwrap();
        match seen {
            None => assert_eq!(it.run(&mut x).unwrap(), Ended::Finished),
            Some(seen) => {
                it.observe(&[DDN_OUT_ENTROPY], |step| {
                    seen.push((step.index(), step.f64(DDN_OUT_ENTROPY).unwrap().row(3)[0]));
                    Ok(step.index() == 4)
                }).unwrap();
                assert_eq!(it.run(&mut x).unwrap(), Ended::Stopped);
                assert_eq!(it.resume(&mut x).unwrap(), Ended::Finished);
            }
        }
    };
    run(&mut x, None);
    run(&mut y, Some(&mut seen));
    assert_eq!(x, y);
    assert!(seen.len() >= 12 && seen.iter().all(|s| s.1 >= 0.0), "{:?}", seen);
}

fn long_call(ctx: &Context) -> Result<Report, Error> {
    let points = numbers(4000 * 40, 1);
    let ds = Dataset::new(ctx, Rows::new(&points, 40))?;
    let oracle = Oracle::empirical(ctx, &ds, &Schedule::ou(ctx)?)?;
    let mut an = Analysis::new(ctx)?;
    an.set(DDN_ANALYSIS_SAMPLES, 1_000_000)?;
    an.identities(&oracle, &[0.1, 0.2])
}

#[test]
fn long_calls_are_stopped_from_other_threads() {
    let ctx = Context::new().unwrap();
    let canceller = ctx.canceller();
    let (begin, done) = (Instant::now(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| while !done.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(50));
            canceller.cancel();
        });
        assert!(long_call(&ctx).err().unwrap().is_stopped());
        done.store(true, Ordering::SeqCst);
    });
    assert!(begin.elapsed() < Duration::from_secs(10));
}

static PRESSED: AtomicBool = AtomicBool::new(false);
extern "C" fn pressed(_: i32) {
    PRESSED.store(true, Ordering::Relaxed);
}
extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
    fn raise(number: i32) -> i32;
}

#[test]
fn ctrl_c_is_seen_by_progress() {
    unsafe { signal(2, pressed) };
    let ctx = Context::new().unwrap();
    let mut calls = 0;
    ctx.set_progress(move |stage, fraction| {
        assert!(!stage.is_empty() && (0.0..=1.0).contains(&fraction));
        calls += 1;
        if calls == 2 {
            unsafe { raise(2) };
        }
        PRESSED.load(Ordering::Relaxed)
    }).unwrap();
    assert!(long_call(&ctx).err().unwrap().is_stopped());
    ctx.set_progress(|_, _| panic!("in progress")).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| long_call(&ctx).err())).is_err());
}

#[test]
fn a_schedule_of_ones_own() {
    let ctx = Context::new().unwrap();
    let ou = |t: f64| {
        let (a, s) = ((-t).exp(), (-(-2.0 * t).exp_m1()).sqrt());
        Ok([a, s, -a, a * a / s])
    };
    let own = Schedule::custom(&ctx, 1e-3, 10.0, ou).unwrap();
    let points = numbers(N * D, 1);
    let ds = Dataset::new(&ctx, Rows::new(&points, D)).unwrap();
    let x = numbers(4 * D, 2);
    close(&score(&ctx, &Oracle::empirical(&ctx, &ds, &own).unwrap(), &x).unwrap(), &exact_score(&points, &x, 0.3));
    let error = Schedule::custom(&ctx, 1e-3, 10.0, |_| Err("no table".into())).err().unwrap();
    assert_eq!(error.source().unwrap().to_string(), "no table");
}

#[test]
fn symmetry_breaks_where_theory_says() {
    // Points +1 and -1: the centre loses stability at asinh(1)/2. (52)
    let ctx = Context::new().unwrap();
    let ds = Dataset::new(&ctx, Rows::new(&[1.0, -1.0], 1)).unwrap();
    let oracle = Oracle::empirical(&ctx, &ds, &Schedule::ou(&ctx).unwrap()).unwrap();
    let mut symmetry = Symmetry::new(&ctx, &oracle).unwrap();
    symmetry.set(DDN_SYMMETRY_ETA, 1.0).unwrap();
    let t_c = 1f64.asinh() / 2.0;
    close(&symmetry.critical(1.0, &[1.0]).unwrap().column(&ctx, "t").unwrap(), &[t_c]);
    let (points, report) = symmetry.fixed_points(0.2, Rows::new(&[2.0, -2.0, 1.5], 1)).unwrap();
    assert_eq!((points.len(), report.rows()), (2, 2));
    let mut drift = vec![1.0; 2];
    symmetry.drift(0.2, Rows::new(&points, 1), &mut RowsMut::new(&mut drift, 1)).unwrap();
    assert!(drift.iter().all(|b| b.abs() < 1e-8));
    let u = symmetry.potential(0.2, Rows::new(&[0.0, points[0]], 1)).unwrap();
    assert!(u[0] > u[1]);
    assert!(symmetry.stability(0.2, &[0.0], 1).unwrap().0[0] > 0.0);
    assert_eq!(symmetry.stability(0.2, &[0.0, 0.0], 1).err().unwrap().status, DDN_E_SHAPE);
    let line = symmetry.line(0.2, None, &[1.0], &[-1.0, 0.0, 1.0]).unwrap();
    assert!(line.column(&ctx, "slope").unwrap()[1].abs() < 1e-12);
    let diagram = symmetry.diagram(2.0, 0.05, Some(Rows::new(&[1.0], 1)), None).unwrap();
    let kinds = diagram.events().column(&ctx, "kind").unwrap();
    let branch = kinds.iter().position(|&k| k as i32 == DDN_BIFURCATION_BRANCH).unwrap();
    assert!((diagram.events().column(&ctx, "t").unwrap()[branch] - t_c).abs() < 1e-6);
    assert!(diagram.event_states(&ctx).unwrap()[branch].abs() < 1e-4);
    assert_eq!(diagram.states(&ctx).unwrap().len(), diagram.points().rows());
}

#[test]
fn systems() {
    let ctx = Context::new().unwrap();
    let flow = System::with_jacobian(&ctx, DDN_SYSTEM_FLOW, 1, |p, x, out| Ok(out[0] = p * x[0] - x[0].powi(3)),
                                     |p, x, out| Ok(out[0] = p - 3.0 * x[0] * x[0])).unwrap();
    let found = flow.fixed_points_1d(&ctx, 1.0, -2.0, 2.0, 200).unwrap();
    close(&found.iter().map(|f| f.x).collect::<Vec<_>>(), &[-1.0, 0.0, 1.0]);
    assert_eq!(found.iter().map(|f| f.stability).collect::<Vec<_>>(),
               [DDN_STABILITY_STABLE, DDN_STABILITY_UNSTABLE, DDN_STABILITY_STABLE]);
    let forks = flow.bifurcations(&ctx, (-1.0, 1.0, 100), (-1.9, 2.0, 100)).unwrap();
    assert_eq!((forks.len(), forks[0].kind), (1, DDN_SYSTEM_PITCHFORK_SUPER));
    let decay = System::new(&ctx, DDN_SYSTEM_FLOW, 2, |p, x, out| {
        out.iter_mut().zip(x).for_each(|(o, x)| *o = -p * x);
        Ok(())
    }).unwrap();
    let end = decay.trajectory(&ctx, 2.0, &[1.0, 3.0], &[0.0, 1.0], 1e-12).unwrap();
    close(&end[2..], &[(-2f64).exp(), 3.0 * (-2f64).exp()]);
    close(&decay.fixed_points(&ctx, 1.0, Rows::new(&[1.0, 2.0], 2)).unwrap(), &[0.0, 0.0]);
    let (re, _, what) = decay.eigenvalues(&ctx, 3.0, &[0.0, 0.0], 1e-9).unwrap();
    assert!((re[0] + 3.0).abs() < 1e-8 && what == DDN_STABILITY_STABLE);
    assert_eq!(decay.fixed_points_1d(&ctx, 1.0, 0.0, 1.0, 9).err().unwrap().status, DDN_E_SHAPE);
    let map = System::new(&ctx, DDN_SYSTEM_MAP, 1, |p, x, out| Ok(out[0] = p * x[0] * (1.0 - x[0]))).unwrap();
    close(&map.orbit(&ctx, 2.0, &[0.25], 2).unwrap(), &[0.25, 0.375, 0.46875]);
    let lazy = System::new(&ctx, DDN_SYSTEM_FLOW, 1, |_, _, _| Ok(())).unwrap();
    assert_eq!(lazy.trajectory(&ctx, 0.0, &[1.0], &[0.0, 1.0], 1e-6).err().unwrap().status, DDN_E_CALLBACK);
}

#[test]
fn functions_without_a_method() {
    let ctx = Context::new().unwrap();
    let oracle = empirical(&ctx);
    let mut an = Analysis::new(&ctx).unwrap();
    an.set(DDN_ANALYSIS_CLONES, 32).unwrap();
    let uturn = |an: &mut Analysis, times: &[f64]| -> Result<Report, Error> {
        let mut out = std::ptr::null_mut();
        ctx.check(unsafe {
            ddn_analysis_uturn(an.as_ptr(), oracle.as_ptr(), std::ptr::null(), times.len() as i64, times.as_ptr(),
                               &mut out)
        })?;
        Ok(unsafe { Report::from_raw(out) })
    };
    let report = uturn(&mut an, &[0.01, 3.0]).unwrap();
    let returned = report.column(&ctx, "returned").unwrap();
    assert!(returned[0] > returned[1], "{:?}", returned);
    let error = uturn(&mut an, &[-1.0]).err().unwrap();
    assert_eq!(error.status, DDN_E_RANGE);
    assert!(error.message.contains("ddn_analysis_uturn"), "{}", error);
}

#[test]
fn spans_and_late_starts() {
    let ctx = Context::new().unwrap();
    let points = numbers(4 * 9, 3);
    let ds = Dataset::new(&ctx, Rows::new(&points, 9)).unwrap();
    let span = ds.span(&ctx, 0.0).unwrap();
    assert!(span.rank() == 3 && span.distance() < 1e-12 && span.dataset::<f64>(&ctx).unwrap().d() == 3);
    let (coordinates, rest) = span.project(&ctx, 1.0, Rows::new(&points, 9)).unwrap();
    close(&span.lift(&ctx, 1.0, Rows::new(&coordinates, 3)).unwrap(), &points);
    assert!(rest.iter().all(|r| r.abs() < 1e-12));
    assert_eq!(span.lift(&ctx, 1.0, Rows::new(&points, 9)).err().unwrap().status, DDN_E_SHAPE);

    let points = numbers(N * D, 1);
    let ds = Dataset::new(&ctx, Rows::new(&points, D)).unwrap();
    let same = Frechet::new(&ctx, &ds, &Features::identity(&ctx, D).unwrap()).unwrap();
    let turned = Features::function(&ctx, D, D, |x, mut out| {
        for i in 0..x.m() {
            out.row_mut(i).iter_mut().zip(x.row(i).iter().rev()).for_each(|(o, x)| *o = *x);
        }
        Ok(())
    }).unwrap();
    let turned = Frechet::new(&ctx, &ds, &turned).unwrap();
    let x = numbers(200 * D, 4);
    let (distance, error) = same.distance(&ctx, Rows::new(&x, D), 0, 20).unwrap();
    assert!(distance > 0.0 && error > 0.0);
    close(&[distance], &[turned.distance(&ctx, Rows::new(&x, D), 0, 0).unwrap().0]);
    let pca = Features::pca(&ctx, &ds, 2).unwrap();
    assert_eq!((pca.d(), pca.count(), pca.apply(&ctx, Rows::new(&x, D)).unwrap().len()), (D, 2, 400));
    let ou = Schedule::ou(&ctx).unwrap();
    let mut analysis = Analysis::new(&ctx).unwrap();
    analysis.set(DDN_ANALYSIS_SAMPLES, 200).unwrap();
    let times = ou.grid(&ctx, DDN_GRID_GEOMETRIC, 0.05, 5.0, 12).unwrap();
    let curves = analysis.late_start(&empirical(&ctx), &times).unwrap();
    let t = [DDN_START_GAUSSIAN, DDN_START_NOISE].map(|kind| curves.latest_start(&ctx, kind, 0.1).unwrap().0);
    assert!(0.05 < t[0] && t[0] < t[1], "{:?}", t);
    let mut start = vec![0.0; 10 * D];
    ds.draw_start(&ctx, &ou, DDN_START_GAUSSIAN, 0.5, 1, &mut RowsMut::new(&mut start, D)).unwrap();
    assert!(start.iter().all(|x| x.is_finite() && *x != 0.0));
}
