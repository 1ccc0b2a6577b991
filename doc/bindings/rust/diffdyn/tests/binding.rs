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
