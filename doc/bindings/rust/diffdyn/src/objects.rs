//! Contexts and what is shared: datasets, schedules, oracles, reports.
use crate::call::*;
use crate::oracle::Float;
use crate::rows::{Rows, RowsMut};
use crate::sys;
use std::cell::Cell;
use std::marker::PhantomData;
use std::os::raw::{c_char, c_void};
use std::ptr;

/// What calls need besides their objects. It is `Send` and not `Sync`; queries, analyses and integrators borrow it, so
/// it can only move to another thread when none of them is left, as the library wants it.
///
/// ```compile_fail,E0277
/// let ctx = diffdyn::Context::new().unwrap();
/// std::thread::scope(|s| { s.spawn(|| diffdyn::Schedule::ou(&ctx)); }); // not Sync
/// ```
/// ```compile_fail,E0277
/// let ctx = diffdyn::Context::new().unwrap();
/// let an = diffdyn::Analysis::new(&ctx).unwrap();
/// std::thread::spawn(move || drop(an)); // an analysis stays with its context's thread
/// ```
/// ```compile_fail,E0505
/// let ctx = diffdyn::Context::new().unwrap();
/// let an = diffdyn::Analysis::new(&ctx).unwrap();
/// drop(ctx); // borrowed
/// drop(an);
/// ```
pub struct Context {
    pub(crate) raw: *mut sys::ddn_context,
    _one_thread: PhantomData<Cell<()>>,
}
unsafe impl Send for Context {}

type Progress = Box<dyn FnMut(&str, f64) -> bool + Send>;

unsafe extern "C" fn progress(user: *mut c_void, stage: *const c_char, fraction: f64) -> i32 {
    guard(|| Ok((*(user as *mut Progress))(&text(stage), fraction)))
}

impl Context {
    pub fn new() -> Result<Context, Error> {
        let mut raw = ptr::null_mut();
        match unsafe { sys::ddn_context_create(&mut raw) } {
            sys::DDN_OK => Ok(Context { raw, _one_thread: PhantomData }),
            status => Err(Error::new(status, "no context")),
        }
    }
    /// Threads for the loops inside a call; results do not depend on it.
    pub fn set_threads(&self, threads: i64) -> Result<(), Error> {
        let options = unsafe { sys::ddn_context_options(self.raw) };
        done(self, unsafe { sys::ddn_options_set_i64(options, sys::DDN_CONTEXT_THREADS, threads) })
    }
    /// f(stage, fraction) is called during long calls, at least each 0.1 s of work; true stops the call. This is where
    /// a program looks whether Ctrl-C was pressed.
    pub fn set_progress(&self, f: impl FnMut(&str, f64) -> bool + Send + 'static) -> Result<(), Error> {
        lend(Box::new(f) as Progress, |user| {
            done(self, unsafe {
                sys::ddn_context_set_progress(self.raw, Some(progress), user, Some(release::<Progress>))
            })
        })
    }
    /// For functions of [`sys`].
    pub fn as_ptr(&self) -> *mut sys::ddn_context {
        self.raw
    }
    /// What the status of a function of [`sys`] says, which was called with this context or an object of it: as methods
    /// do, with the library's text, and what a closure failed with; a panic goes on. Call it on the same thread.
    pub fn check(&self, status: i32) -> Result<(), Error> {
        done(self, status)
    }
    /// What stops the running call of this context from other threads, or from a signal handler.
    pub fn canceller(&self) -> Canceller<'_> {
        Canceller { raw: self.raw, _context: PhantomData }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        unsafe { sys::ddn_context_destroy(self.raw) }
    }
}

/// See [`Context::canceller`].
#[derive(Clone, Copy)]
pub struct Canceller<'c> {
    raw: *mut sys::ddn_context,
    _context: PhantomData<&'c ()>,
}
unsafe impl Send for Canceller<'_> {}
unsafe impl Sync for Canceller<'_> {}

impl Canceller<'_> {
    pub fn cancel(&self) {
        unsafe { sys::ddn_context_cancel(self.raw) }
    }
}

/// A number of an option.
pub enum Value {
    I64(i64),
    F64(f64),
}
impl From<i64> for Value {
    fn from(v: i64) -> Value {
        Value::I64(v)
    }
}
impl From<i32> for Value {
    fn from(v: i32) -> Value {
        Value::I64(v.into())
    }
}
impl From<f64> for Value {
    fn from(v: f64) -> Value {
        Value::F64(v)
    }
}

pub(crate) fn set(ctx: &Context, options: *mut sys::ddn_options, key: i32, value: Value) -> Result<(), Error> {
    done(ctx, match value {
        Value::I64(v) => unsafe { sys::ddn_options_set_i64(options, key, v) },
        Value::F64(v) => unsafe { sys::ddn_options_set_f64(options, key, v) },
    })
}

macro_rules! shared {
    ($(#[$doc:meta])* $name:ident, $c:ident, $retain:ident, $destroy:ident) => {
        $(#[$doc])*
        ///
        /// Immutable and counted: `clone` is a second handle of the same object, for any thread.
        pub struct $name {
            pub(crate) raw: *mut sys::$c,
        }
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}
        impl Clone for $name {
            fn clone(&self) -> Self {
                unsafe { sys::$retain(self.raw) };
                $name { raw: self.raw }
            }
        }
        impl Drop for $name {
            fn drop(&mut self) {
                unsafe { sys::$destroy(self.raw) }
            }
        }
        impl $name {
            /// For functions of [`sys`]: lent, as long as this handle lives.
            #[allow(dead_code)] // of types that are not public
            pub fn as_ptr(&self) -> *mut sys::$c {
                self.raw
            }
            /// A handle of what a function of [`sys`] made.
            ///
            /// # Safety
            /// `raw` is an object of this kind, and its reference becomes this handle's, which ends it.
            #[allow(dead_code)]
            pub unsafe fn from_raw(raw: *mut sys::$c) -> Self {
                $name { raw }
            }
            pub(crate) fn made(ctx: &Context, call: impl FnOnce(*mut *mut sys::$c) -> i32) -> Result<Self, Error> {
                Ok($name { raw: created(ctx, call)? })
            }
        }
    };
}

shared!(/** Points, with labels and weights or without. */
    Dataset, ddn_dataset, ddn_dataset_retain, ddn_dataset_destroy);
shared!(/** A noise schedule: x_t = a(t) x_0 + s(t) z. */
    Schedule, ddn_schedule, ddn_schedule_retain, ddn_schedule_destroy);
shared!(/** What knows the score of the noised data. */
    Oracle, ddn_oracle, ddn_oracle_retain, ddn_oracle_destroy);
shared!(/** Columns of numbers, and scalars with their standard errors: what an analysis gives. */
    Report, ddn_result, ddn_result_retain, ddn_result_destroy);

mod sealed {
    /// C knows these types and no others.
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// Types of stored points.
pub trait Element: sealed::Sealed + Copy + Send + Sync + 'static {
    const TYPE: i32;
}
impl Element for u8 {
    const TYPE: i32 = sys::DDN_TYPE_U8;
}
impl Element for f32 {
    const TYPE: i32 = sys::DDN_TYPE_F32;
}
impl Element for f64 {
    const TYPE: i32 = sys::DDN_TYPE_F64;
}

impl Dataset {
    /// A copy of the points.
    pub fn new<T: Element>(ctx: &Context, x: Rows<T>) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe {
            sys::ddn_dataset_create(ctx.raw, T::TYPE, x.mi(), x.di(), x.at as *const c_void, x.ldi(), out)
        })
    }
    /// n points of d numbers, ld apart, read where they are: `data` (a vector, an `Arc<[T]>`, a map of a file) is kept
    /// until the last object that needs it is gone, and dropped on that object's thread.
    pub fn borrowed<T, D>(ctx: &Context, data: D, n: usize, d: usize, ld: usize) -> Result<Self, Error>
    where
        T: Element,
        D: AsRef<[T]> + Send + Sync + 'static,
    {
        lend(data, |user| {
            let x = Rows::strided(unsafe { &*(user as *const D) }.as_ref(), n, d, ld);
            Self::made(ctx, |out| unsafe {
                sys::ddn_dataset_create_borrowed(ctx.raw, T::TYPE, x.mi(), x.di(), x.at as *const c_void, x.ldi(),
                                                 user, Some(release::<D>), out)
            })
        })
    }
    /// A file of points: what doc/data.md lists (.npy, .npz, IDX, CIFAR, a folder of images ...).
    pub fn open(ctx: &Context, path: &str) -> Result<Self, Error> {
        let path = c_text(path)?;
        Self::made(ctx, |out| unsafe {
            sys::ddn_dataset_open(ctx.raw, path.as_ptr(), sys::DDN_FORMAT_AUTO, out)
        })
    }
    pub fn open_labels(&self, ctx: &Context, path: &str) -> Result<Self, Error> {
        let path = c_text(path)?;
        Self::made(ctx, |out| unsafe { sys::ddn_dataset_open_labelled(ctx.raw, self.raw, path.as_ptr(), out) })
    }
    pub fn labelled(&self, ctx: &Context, labels: &[i32]) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe {
            sys::ddn_dataset_create_labelled(ctx.raw, self.raw, labels.len() as i64, labels.as_ptr(), out)
        })
    }
    /// The points of these classes.
    pub fn select(&self, ctx: &Context, classes: &[i32]) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe {
            sys::ddn_dataset_create_class_subset(ctx.raw, self.raw, classes.len() as i64, classes.as_ptr(), out)
        })
    }
    /// scale y + shift, without a copy.
    pub fn mapped(&self, ctx: &Context, scale: f64, shift: f64) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_dataset_create_mapped(ctx.raw, self.raw, scale, shift, out) })
    }
    /// Copies of a point merged into its weight.
    pub fn distinct(&self, ctx: &Context) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_dataset_create_distinct(ctx.raw, self.raw, out) })
    }
    pub fn n(&self) -> usize {
        unsafe { sys::ddn_dataset_n(self.raw) as usize }
    }
    pub fn d(&self) -> usize {
        unsafe { sys::ddn_dataset_d(self.raw) as usize }
    }
    /// Where the points lie, without axes along which the variance is at most `tolerance` times the largest.
    pub fn span(&self, ctx: &Context, tolerance: f64) -> Result<Span, Error> {
        let handle = SpanHandle::made(ctx, |out| unsafe { sys::ddn_span_create(ctx.raw, self.raw, tolerance, out) })?;
        Ok(Span { handle, d: self.d() })
    }
    /// States to start a reverse run from at time t: `DDN_START_GAUSSIAN`, with mean and covariance of the points, or
    /// `DDN_START_NOISE`.
    pub fn draw_start(&self, ctx: &Context, schedule: &Schedule, kind: i32, t: f64, seed: i64, x: &mut RowsMut<f64>)
                      -> Result<(), Error> {
        if x.d() != self.d() {
            return Err(Error::new(sys::DDN_E_SHAPE, "states need rows of the dataset's d numbers"));
        }
        done(ctx, unsafe {
            sys::ddn_late_start_draw(ctx.raw, self.raw, schedule.raw, kind, t, seed, 0, x.mi(), x.at, x.ldi())
        })
    }
    /// The `count` largest eigenvalues of the covariance.
    pub fn spectrum(&self, ctx: &Context, count: usize) -> Result<Vec<f64>, Error> {
        let mut values = vec![0.0; count];
        done(ctx, unsafe {
            sys::ddn_dataset_spectrum(ctx.raw, self.raw, count as i64, values.as_mut_ptr(), ptr::null_mut(), 0)
        })?;
        Ok(values)
    }
}

type Custom = Box<dyn Fn(f64) -> Result<[f64; 4], Fault> + Send + Sync>;

unsafe extern "C" fn custom(user: *mut c_void, t: f64, a: *mut f64, s: *mut f64, da: *mut f64, ds: *mut f64) -> i32 {
    guard(|| {
        let values = (*(user as *const Custom))(t)?;
        for (at, value) in [a, s, da, ds].into_iter().zip(values) {
            *at = value;
        }
        Ok(false)
    })
}

impl Schedule {
    /// A schedule of your own on [t_min, t_max]: f(t) gives a, s, da/dt, ds/dt; s/a has to increase.
    pub fn custom(ctx: &Context, t_min: f64, t_max: f64,
                  f: impl Fn(f64) -> Result<[f64; 4], Fault> + Send + Sync + 'static) -> Result<Self, Error> {
        lend(Box::new(f) as Custom, |user| {
            Self::made(ctx, |out| unsafe {
                sys::ddn_schedule_create_custom(ctx.raw, t_min, t_max, Some(custom), user, Some(release::<Custom>), out)
            })
        })
    }
    pub fn ou(ctx: &Context) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_schedule_create_ou(ctx.raw, out) })
    }
    pub fn ddpm(ctx: &Context, beta_first: f64, beta_last: f64, steps: i64) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_schedule_create_ddpm(ctx.raw, beta_first, beta_last, steps, out) })
    }
    /// (a, s)
    pub fn eval(&self, ctx: &Context, t: f64) -> Result<(f64, f64), Error> {
        let (mut a, mut s) = (0.0, 0.0);
        done(ctx, unsafe { sys::ddn_schedule_eval(ctx.raw, self.raw, t, &mut a, &mut s) })?;
        Ok((a, s))
    }
    /// Times by a rule, such as `DDN_GRID_GEOMETRIC`.
    pub fn grid(&self, ctx: &Context, kind: i32, first: f64, last: f64, count: usize) -> Result<Vec<f64>, Error> {
        let mut times = vec![0.0; count];
        done(ctx, unsafe {
            sys::ddn_schedule_grid(ctx.raw, self.raw, kind, first, last, count as i64, times.as_mut_ptr())
        })?;
        Ok(times)
    }
}

shared!(/** What a span is in C. */
    SpanHandle, ddn_span, ddn_span_retain, ddn_span_destroy);

/// The affine span of n points: the same problem in fewer coordinates where n < d. Immutable; `clone` is a second handle
/// of the same one. `a` is 1 for points, a(t) for states.
#[derive(Clone)]
pub struct Span {
    handle: SpanHandle,
    d: usize,
}

impl Span {
    /// For functions of [`sys`].
    pub fn as_ptr(&self) -> *mut sys::ddn_span {
        self.handle.as_ptr()
    }
    pub fn rank(&self) -> usize {
        unsafe { sys::ddn_span_rank(self.handle.raw) as usize }
    }
    /// The largest distance of a point from the span.
    pub fn distance(&self) -> f64 {
        unsafe { sys::ddn_span_distance(self.handle.raw) }
    }
    /// The points in its coordinates, as `f64` or `f32`.
    pub fn dataset<T: Float>(&self, ctx: &Context) -> Result<Dataset, Error> {
        Dataset::made(ctx, |out| unsafe { sys::ddn_dataset_create_in_span(ctx.raw, self.handle.raw, T::TYPE, out) })
    }
    /// (coordinates, what lies outside), rows one behind the other.
    pub fn project(&self, ctx: &Context, a: f64, x: Rows<f64>) -> Result<(Vec<f64>, Vec<f64>), Error> {
        if x.d() != self.d {
            return Err(Error::new(sys::DDN_E_SHAPE, "states need rows of the span's d numbers"));
        }
        let (mut c, mut rest) = (vec![0.0; x.m() * self.rank()], vec![0.0; x.m() * self.d]);
        done(ctx, unsafe {
            sys::ddn_span_project(ctx.raw, self.handle.raw, a, x.mi(), x.at, x.ldi(), c.as_mut_ptr(),
                                  self.rank() as i64, rest.as_mut_ptr(), self.d as i64)
        })?;
        Ok((c, rest))
    }
    /// Back to d dimensions, rows one behind the other.
    pub fn lift(&self, ctx: &Context, a: f64, coordinates: Rows<f64>) -> Result<Vec<f64>, Error> {
        if coordinates.d() != self.rank() {
            return Err(Error::new(sys::DDN_E_SHAPE, "coordinates need rows of the span's rank"));
        }
        let mut out = vec![0.0; coordinates.m() * self.d];
        done(ctx, unsafe {
            sys::ddn_span_lift(ctx.raw, self.handle.raw, a, coordinates.mi(), coordinates.at, coordinates.ldi(),
                               out.as_mut_ptr(), self.d as i64)
        })?;
        Ok(out)
    }
}

impl Report {
    /// (time from which on a start, such as `DDN_START_GAUSSIAN`, is less than `level` nats wrong, its standard error),
    /// of a report of [`crate::Analysis::late_start`].
    pub fn latest_start(&self, ctx: &Context, kind: i32, level: f64) -> Result<(f64, f64), Error> {
        let (mut t, mut error) = (0.0, 0.0);
        done(ctx, unsafe { sys::ddn_late_start_choose(ctx.raw, self.raw, kind, level, &mut t, &mut error) })?;
        Ok((t, error))
    }
    pub fn open(ctx: &Context, path: &str) -> Result<Self, Error> {
        let path = c_text(path)?;
        Self::made(ctx, |out| unsafe {
            sys::ddn_result_open(ctx.raw, path.as_ptr(), sys::DDN_RESULT_FORMAT_AUTO, out)
        })
    }
    pub fn write(&self, ctx: &Context, path: &str) -> Result<(), Error> {
        let path = c_text(path)?;
        done(ctx, unsafe { sys::ddn_result_write(ctx.raw, self.raw, path.as_ptr(), sys::DDN_RESULT_FORMAT_AUTO) })
    }
    pub fn rows(&self) -> usize {
        unsafe { sys::ddn_result_rows(self.raw) as usize }
    }
    pub fn columns(&self) -> Vec<String> {
        let count = unsafe { sys::ddn_result_column_count(self.raw) };
        (0..count).map(|i| text(unsafe { sys::ddn_result_column_name(self.raw, i) })).collect()
    }
    pub fn column(&self, ctx: &Context, name: &str) -> Result<Vec<f64>, Error> {
        let (name, mut values) = (c_text(name)?, vec![0.0; self.rows()]);
        done(ctx, unsafe {
            sys::ddn_result_column(ctx.raw, self.raw, name.as_ptr(), values.len() as i64, values.as_mut_ptr())
        })?;
        Ok(values)
    }
    /// (value, standard error)
    pub fn scalar(&self, ctx: &Context, name: &str) -> Result<(f64, f64), Error> {
        let (name, mut value, mut error) = (c_text(name)?, 0.0, 0.0);
        done(ctx, unsafe { sys::ddn_result_scalar(ctx.raw, self.raw, name.as_ptr(), &mut value, &mut error) })?;
        Ok((value, error))
    }
}
