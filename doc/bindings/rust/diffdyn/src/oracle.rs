//! Oracles of data, and models written in Rust.
use crate::call::*;
use crate::objects::*;
use crate::rows::{Rows, RowsMut};
use crate::sys;
use std::os::raw::c_void;
use std::ptr;

/// Where a model is asked: time, and x_t = a x_0 + s z.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    pub t: f64,
    pub a: f64,
    pub s: f64,
}

type Predict<T> = dyn Fn(Level, Rows<T>, RowsMut<T>) -> Result<(), Fault> + Send + Sync;
type Jvp<T> = dyn Fn(Level, Rows<T>, Rows<T>, RowsMut<T>) -> Result<(), Fault> + Send + Sync;
type LogP = dyn Fn(Level, Rows<f64>, &mut [f64]) -> Result<(), Fault> + Send + Sync;

struct Closures<T> {
    predict: Box<Predict<T>>,
    jvp: Option<Box<Jvp<T>>>,
    log_p: Option<Box<LogP>>,
}

/// Precisions that a model can work in.
pub trait Float: Element {
    #[doc(hidden)]
    unsafe fn set(model: *mut sys::ddn_model, with_jvp: bool) -> i32;
}

macro_rules! float {
    ($t:ty, $predict:ident, $jvp:ident) => {
        impl Float for $t {
            unsafe fn set(model: *mut sys::ddn_model, with_jvp: bool) -> i32 {
                let status = sys::$predict(model, Some(predict::<$t>));
                if status == sys::DDN_OK && with_jvp { sys::$jvp(model, Some(jvp::<$t>)) } else { status }
            }
        }
    };
}
float!(f32, ddn_model_set_predict_f32, ddn_model_set_jvp_f32);
float!(f64, ddn_model_set_predict_f64, ddn_model_set_jvp_f64);

unsafe extern "C" fn predict<T>(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const T, ldx: i64,
                                out: *mut T, ldo: i64) -> i32 {
    let closures = &*(user as *const Closures<T>);
    guard(|| (closures.predict)(Level { t, a, s }, Rows::raw(x, m, d, ldx), RowsMut::raw(out, m, d, ldo)).map(|_| false))
}

unsafe extern "C" fn jvp<T>(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const T, ldx: i64,
                            v: *const T, ldv: i64, out: *mut T, ldo: i64) -> i32 {
    let closures = &*(user as *const Closures<T>);
    guard(|| match &closures.jvp {
        Some(f) => f(Level { t, a, s }, Rows::raw(x, m, d, ldx), Rows::raw(v, m, d, ldv), RowsMut::raw(out, m, d, ldo))
            .map(|_| false),
        None => Err("no jvp".into()),
    })
}

unsafe extern "C" fn log_p<T>(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const f64, ldx: i64,
                              out: *mut f64) -> i32 {
    let closures = &*(user as *const Closures<T>);
    guard(|| match &closures.log_p {
        Some(f) => f(Level { t, a, s }, Rows::raw(x, m, d, ldx), std::slice::from_raw_parts_mut(out, m as usize))
            .map(|_| false),
        None => Err("no log_p".into()),
    })
}

/// A score model written in Rust. Its closures are shared by all threads that use the oracle, so they are `Fn`, `Send`
/// and `Sync`. What they do not write is NaN, which is refused. A panic ends the call, and goes on behind it.
pub struct Model<T: Float> {
    prediction: i32,
    d: usize,
    closures: Closures<T>,
    dataset: Option<Dataset>,
    options: Vec<(i32, Value)>,
}

impl<T: Float> Model<T> {
    /// predict(level, x, out) writes what `prediction` (`DDN_PREDICTION_EPS` ...) says for each row of x.
    pub fn new(prediction: i32, d: usize,
               predict: impl Fn(Level, Rows<T>, RowsMut<T>) -> Result<(), Fault> + Send + Sync + 'static) -> Self {
        let closures = Closures { predict: Box::new(predict), jvp: None, log_p: None };
        Model { prediction, d, closures, dataset: None, options: Vec::new() }
    }
    /// The derivative of the prediction along v: jvp(level, x, v, out).
    pub fn jvp(mut self, f: impl Fn(Level, Rows<T>, Rows<T>, RowsMut<T>) -> Result<(), Fault> + Send + Sync + 'static)
               -> Self {
        self.closures.jvp = Some(Box::new(f));
        self
    }
    pub fn log_p(mut self, f: impl Fn(Level, Rows<f64>, &mut [f64]) -> Result<(), Fault> + Send + Sync + 'static)
                 -> Self {
        self.closures.log_p = Some(Box::new(f));
        self
    }
    /// The data that the model was learned from.
    pub fn dataset(mut self, ds: &Dataset) -> Self {
        self.dataset = Some(ds.clone());
        self
    }
    /// `DDN_MODEL_MAX_ROWS`, `DDN_MODEL_CLIP_LOW` ...
    pub fn set(mut self, key: i32, value: impl Into<Value>) -> Self {
        self.options.push((key, value.into()));
        self
    }
    pub fn oracle(self, ctx: &Context, schedule: &Schedule) -> Result<Oracle, Error> {
        let (with_jvp, with_log_p) = (self.closures.jvp.is_some(), self.closures.log_p.is_some());
        let (prediction, d, dataset, options) = (self.prediction, self.d as i64, self.dataset, self.options);
        let model = lend(self.closures, |user| {
            created(ctx, |out| unsafe {
                sys::ddn_model_create(ctx.raw, schedule.raw, prediction, d, user, Some(release::<Closures<T>>), out)
            })
        })?;
        let model = OwnedModel(model);
        done(ctx, unsafe { T::set(model.0, with_jvp) })?;
        if with_log_p {
            done(ctx, unsafe { sys::ddn_model_set_log_p(model.0, Some(log_p::<T>)) })?;
        }
        if let Some(ds) = dataset {
            done(ctx, unsafe { sys::ddn_model_set_dataset(model.0, ds.raw) })?;
        }
        for (key, value) in options {
            set(ctx, unsafe { sys::ddn_model_options(model.0) }, key, value)?;
        }
        Oracle::made(ctx, |out| unsafe { sys::ddn_oracle_create_model(ctx.raw, model.0, out) })
    }
}

struct OwnedModel(*mut sys::ddn_model);
impl Drop for OwnedModel {
    fn drop(&mut self) {
        unsafe { sys::ddn_model_destroy(self.0) }
    }
}

impl Oracle {
    /// The exact score of the points: the perfectly learned model.
    pub fn empirical(ctx: &Context, ds: &Dataset, schedule: &Schedule) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_oracle_create_empirical(ctx.raw, ds.raw, schedule.raw, out) })
    }
    pub fn d(&self) -> usize {
        unsafe { sys::ddn_oracle_d(self.raw) as usize }
    }
    /// The score of the states, written to `out`.
    pub fn score(&self, ctx: &Context, t: f64, x: Rows<f64>, out: &mut RowsMut<f64>) -> Result<(), Error> {
        if x.d() != self.d() || out.d() != self.d() || x.m() != out.m() {
            return Err(Error::new(sys::DDN_E_SHAPE, "states and scores need m rows of the oracle's d numbers"));
        }
        done(ctx, unsafe {
            sys::ddn_oracle_score(ctx.raw, self.raw, t, x.mi(), x.at, x.ldi(), out.at, out.ldi())
        })
    }
}

/// Where an output of a query goes.
pub enum Output<'a> {
    /// `DDN_OUT_SCORE` ...: rows as wide as the output
    F64(i32, RowsMut<'a, f64>),
    /// `DDN_OUT_ARGMAX`, `DDN_OUT_DRAW_INDEX`
    I64(i32, &'a mut [i64]),
}

/// Evaluates any outputs of an oracle in one pass.
pub struct Query<'c> {
    ctx: &'c Context,
    oracle: Oracle,
    raw: *mut sys::ddn_query,
}

impl<'c> Query<'c> {
    pub fn new(ctx: &'c Context, oracle: &Oracle) -> Result<Self, Error> {
        let raw = created(ctx, |out| unsafe { sys::ddn_query_create(ctx.raw, oracle.raw, out) })?;
        Ok(Query { ctx, oracle: oracle.clone(), raw })
    }
    /// For functions of [`sys`](crate::sys).
    pub fn as_ptr(&mut self) -> *mut sys::ddn_query {
        self.raw
    }
    pub fn set(&mut self, key: i32, value: impl Into<Value>) -> Result<(), Error> {
        set(self.ctx, unsafe { sys::ddn_query_options(self.raw) }, key, value.into())
    }
    pub fn run(&mut self, t: f64, x: Rows<f64>, outputs: &mut [Output]) -> Result<(), Error> {
        let mut bound = Bound { raw: self.raw, whats: Vec::new() }; // lets go of the outputs, also in a panic
        for output in outputs.iter_mut() {
            let shape = match output {
                Output::F64(what, rows) => {
                    let width = unsafe { sys::ddn_oracle_output_width(self.oracle.raw, *what) };
                    (rows.m() == x.m() && rows.di() == width, *what)
                }
                Output::I64(what, values) => (values.len() == x.m(), *what),
            };
            if !shape.0 || x.d() != self.oracle.d() {
                return Err(Error::new(sys::DDN_E_SHAPE, "an output or the states have another shape than is needed"));
            }
            bound.whats.push((shape.1, matches!(output, Output::I64(..))));
            done(self.ctx, unsafe {
                match output {
                    Output::F64(what, rows) => sys::ddn_query_bind_f64(self.raw, *what, rows.at, rows.ldi()),
                    Output::I64(what, values) => sys::ddn_query_bind_i64(self.raw, *what, values.as_mut_ptr()),
                }
            })?;
        }
        done(self.ctx, unsafe { sys::ddn_query_run(self.raw, t, x.mi(), x.at, x.ldi()) })
    }
}

struct Bound {
    raw: *mut sys::ddn_query,
    whats: Vec<(i32, bool)>,
}
impl Drop for Bound {
    fn drop(&mut self) {
        for &(what, integer) in &self.whats {
            unsafe {
                if integer {
                    sys::ddn_query_bind_i64(self.raw, what, ptr::null_mut());
                } else {
                    sys::ddn_query_bind_f64(self.raw, what, ptr::null_mut(), 0);
                }
            }
        }
    }
}
impl Drop for Query<'_> {
    fn drop(&mut self) {
        unsafe { sys::ddn_query_destroy(self.raw) }
    }
}
