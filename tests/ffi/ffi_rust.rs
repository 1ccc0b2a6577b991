//! The library from Rust, without a binding generator: what doc/ffi.md shows, run as a test.
//!
//! A panic may not cross C frames: the trampoline catches it, hands the library a failure status,
//! and the caller resumes the panic after the C call has returned.
use std::any::Any;
use std::ffi::CStr;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;

type Status = i32;
const OK: Status = 0;
const STOPPED: Status = 1;
const E_CALLBACK: Status = -11;
const TYPE_F64: i32 = 3;
const OUT_SCORE: i32 = 1;
const OUT_ARGMAX: i32 = 8;
const OUT_ENTROPY: i32 = 4;
const METHOD_EXPONENTIAL: i32 = 30;
const CONTEXT_THREADS: i32 = 1001;
const INTEGRATOR_STEPS: i32 = 3009;

macro_rules! opaque {
    ($($name:ident),*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}
opaque!(Context, Options, Dataset, Schedule, Oracle, Query, Integrator, Step);

type ReleaseFn = unsafe extern "C" fn(*mut c_void);
type BodyFn = unsafe extern "C" fn(*mut c_void, i64);
type ParallelForFn = unsafe extern "C" fn(*mut c_void, i64, BodyFn, *mut c_void) -> i32;
type ObserveFn = unsafe extern "C" fn(*mut c_void, *const Step) -> i32;

#[link(name = "diffdyn")]
extern "C" {
    fn ddn_status_name(status: Status) -> *const c_char;
    fn ddn_context_create(out: *mut *mut Context) -> Status;
    fn ddn_context_destroy(ctx: *mut Context);
    fn ddn_context_message(ctx: *const Context) -> *const c_char;
    fn ddn_context_options(ctx: *mut Context) -> *mut Options;
    fn ddn_options_set_i64(options: *mut Options, key: i32, value: i64) -> Status;
    fn ddn_context_set_parallel_for(
        ctx: *mut Context, f: Option<ParallelForFn>, user: *mut c_void, release: Option<ReleaseFn>) -> Status;
    fn ddn_dataset_create_borrowed(
        ctx: *mut Context, ty: i32, n: i64, d: i64, data: *const c_void, ld: i64,
        user: *mut c_void, release: Option<ReleaseFn>, out: *mut *mut Dataset) -> Status;
    fn ddn_dataset_destroy(ds: *mut Dataset);
    fn ddn_schedule_create_ou(ctx: *mut Context, out: *mut *mut Schedule) -> Status;
    fn ddn_schedule_destroy(sch: *mut Schedule);
    fn ddn_oracle_create_empirical(
        ctx: *mut Context, ds: *const Dataset, sch: *const Schedule,
        out: *mut *mut Oracle) -> Status;
    fn ddn_oracle_destroy(oracle: *mut Oracle);
    fn ddn_query_create(
        ctx: *mut Context, oracle: *const Oracle, out: *mut *mut Query) -> Status;
    fn ddn_query_destroy(query: *mut Query);
    fn ddn_query_bind_f64(query: *mut Query, what: i32, out: *mut f64, ld: i64) -> Status;
    fn ddn_query_bind_i64(query: *mut Query, what: i32, out: *mut i64) -> Status;
    fn ddn_query_run(query: *mut Query, t: f64, m: i64, x: *const f64, ldx: i64) -> Status;
    fn ddn_integrator_create(
        ctx: *mut Context, oracle: *const Oracle, method: i32,
        out: *mut *mut Integrator) -> Status;
    fn ddn_integrator_destroy(it: *mut Integrator);
    fn ddn_integrator_options(it: *mut Integrator) -> *mut Options;
    fn ddn_integrator_draw_start(it: *mut Integrator, m: i64, x: *mut f64, ldx: i64) -> Status;
    fn ddn_integrator_attach_callback(
        it: *mut Integrator, wanted: i64, f: ObserveFn, user: *mut c_void,
        release: Option<ReleaseFn>) -> Status;
    fn ddn_integrator_run(it: *mut Integrator, m: i64, x: *mut f64, ldx: i64) -> Status;
    fn ddn_step_index(step: *const Step) -> i64;
    fn ddn_step_f64(step: *const Step, what: i32, ld: *mut i64) -> *const f64;
}

fn text(p: *const c_char) -> String {
    unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned()
}

fn check(ctx: *mut Context, status: Status) {
    if status != OK {
        let name = text(unsafe { ddn_status_name(status) });
        panic!("{}: {}", name, text(unsafe { ddn_context_message(ctx) }));
    }
}

/// A closure that observes steps, and the panic it ended with, if any.
struct Observer {
    f: Box<dyn FnMut(*const Step) -> bool>,
    panic: Option<Box<dyn Any + Send>>,
    released: *mut bool,
}

unsafe extern "C" fn observe(user: *mut c_void, step: *const Step) -> i32 {
    let observer = &mut *(user as *mut Observer);
    match catch_unwind(AssertUnwindSafe(|| (observer.f)(step))) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(payload) => {
            observer.panic = Some(payload);
            -1
        }
    }
}

unsafe extern "C" fn release_observer(user: *mut c_void) {
    let observer = Box::from_raw(user as *mut Observer);
    *observer.released = true;
}

unsafe extern "C" fn release_points(user: *mut c_void) {
    drop(Box::from_raw(user as *mut Vec<f64>));
}

/// Rust's threads as the library's parallel loop. Raw pointers are moved as numbers: the library
/// promises that body may run on any thread.
unsafe extern "C" fn parallel_for(
    user: *mut c_void, count: i64, body: BodyFn, arg: *mut c_void) -> i32 {
    *(user as *mut i64) += 1;
    let arg = arg as usize;
    std::thread::scope(|scope| {
        for i in 0..count {
            scope.spawn(move || body(arg as *mut c_void, i));
        }
    });
    0
}

fn score(query: *mut Query, ctx: *mut Context, t: f64, x: &[f64], d: usize) -> (Vec<f64>, Vec<i64>) {
    let m = x.len() / d;
    let (mut score, mut nearest) = (vec![0.0; x.len()], vec![0; m]);
    unsafe {
        check(ctx, ddn_query_bind_f64(query, OUT_SCORE, score.as_mut_ptr(), d as i64));
        check(ctx, ddn_query_bind_i64(query, OUT_ARGMAX, nearest.as_mut_ptr()));
        check(ctx, ddn_query_run(query, t, m as i64, x.as_ptr(), d as i64));
        check(ctx, ddn_query_bind_f64(query, OUT_SCORE, ptr::null_mut(), 0));
        check(ctx, ddn_query_bind_i64(query, OUT_ARGMAX, ptr::null_mut()));
    }
    (score, nearest)
}

/// Runs with an observer; returns the status and the panic it caught.
fn run(
    ctx: *mut Context, oracle: *const Oracle, f: Box<dyn FnMut(*const Step) -> bool>)
    -> (Status, Option<Box<dyn Any + Send>>) {
    let mut released = false;
    let user = Box::into_raw(Box::new(Observer { f, panic: None, released: &mut released }));
    let mut x = vec![0.0; 8];
    unsafe {
        let mut it = ptr::null_mut();
        check(ctx, ddn_integrator_create(ctx, oracle, METHOD_EXPONENTIAL, &mut it));
        check(ctx, ddn_options_set_i64(ddn_integrator_options(it), INTEGRATOR_STEPS, 10));
        check(ctx, ddn_integrator_draw_start(it, 4, x.as_mut_ptr(), 2));
        check(ctx, ddn_integrator_attach_callback(
            it, 1 << OUT_ENTROPY, observe, user as *mut c_void, Some(release_observer)));
        let status = ddn_integrator_run(it, 4, x.as_mut_ptr(), 2);
        let panic = (*user).panic.take();
        ddn_integrator_destroy(it);
        assert!(released, "the observer was not released");
        (status, panic)
    }
}

fn main() {
    // 40000 points on a circle; the library reads Rust's memory in place.
    let (n, d) = (40000usize, 2usize);
    let points: Vec<f64> = (0..n)
        .flat_map(|i| {
            let angle = i as f64 * 2.0 * std::f64::consts::PI / n as f64;
            [angle.cos(), angle.sin()]
        })
        .collect();
    let points = Box::into_raw(Box::new(points));
    let (mut ctx, mut ds) = (ptr::null_mut(), ptr::null_mut());
    let (mut sch, mut oracle, mut query) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    unsafe {
        assert_eq!(ddn_context_create(&mut ctx), OK);
        check(ctx, ddn_dataset_create_borrowed(
            ctx, TYPE_F64, n as i64, d as i64, (*points).as_ptr() as *const c_void, d as i64,
            points as *mut c_void, Some(release_points), &mut ds));
        check(ctx, ddn_schedule_create_ou(ctx, &mut sch));
        check(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &mut oracle));
        check(ctx, ddn_query_create(ctx, oracle, &mut query));
        // A garbage collector may finalise in any order: children keep their parents.
        ddn_dataset_destroy(ds);
        ddn_schedule_destroy(sch);
    }

    // By symmetry the score points along x, and point 10000 is straight above the origin. Many
    // rows, so that the loop is large enough to be shared.
    let x: Vec<f64> = (0..256).flat_map(|r| [0.0, 0.5 + r as f64 * 1e-3]).collect();
    let (alone, nearest) = score(query, ctx, 0.1, &x, d);
    assert!(alone[0].abs() < 1e-9 * alone[1].abs(), "score {:?}", &alone[..2]);
    assert_eq!(nearest[0], 10000);

    let mut loops = 0i64;
    unsafe {
        check(ctx, ddn_options_set_i64(ddn_context_options(ctx), CONTEXT_THREADS, 3));
        check(ctx, ddn_context_set_parallel_for(
            ctx, Some(parallel_for), &mut loops as *mut i64 as *mut c_void, None));
    }
    let (together, _) = score(query, ctx, 0.1, &x, d);
    assert!(loops > 0, "the host's parallel-for was not used");
    assert_eq!(alone, together, "results depend on the threads");

    // To the end, stopped, and panicking.
    let (status, panic) = run(ctx, oracle, Box::new(|step| unsafe {
        let entropy = ddn_step_f64(step, OUT_ENTROPY, ptr::null_mut());
        assert!(!entropy.is_null() && *entropy >= 0.0);
        true
    }));
    assert!(status == OK && panic.is_none());
    let (status, _) = run(ctx, oracle, Box::new(|step| unsafe { ddn_step_index(step) < 3 }));
    assert_eq!(status, STOPPED);
    std::panic::set_hook(Box::new(|_| {})); // the expected panic is not printed
    let (status, panic) = run(ctx, oracle, Box::new(|step| {
        if unsafe { ddn_step_index(step) } == 2 {
            panic!("from the observer");
        }
        true
    }));
    let _ = std::panic::take_hook();
    assert_eq!(status, E_CALLBACK);
    assert_eq!(panic.unwrap().downcast_ref::<&str>(), Some(&"from the observer"));

    unsafe {
        ddn_query_destroy(query);
        ddn_oracle_destroy(oracle);
        ddn_context_destroy(ctx);
    }
    println!("rust: ok");
}
