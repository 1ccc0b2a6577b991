//! Analyses and dynamics.
use crate::call::*;
use crate::objects::*;
use crate::rows::RowsMut;
use crate::sys;
use std::os::raw::c_void;
use std::ptr;

/// Measures; its settings are options (`DDN_ANALYSIS_SAMPLES` ...).
pub struct Analysis<'c> {
    ctx: &'c Context,
    raw: *mut sys::ddn_analysis,
}

impl<'c> Analysis<'c> {
    pub fn new(ctx: &'c Context) -> Result<Self, Error> {
        Ok(Analysis { ctx, raw: created(ctx, |out| unsafe { sys::ddn_analysis_create(ctx.raw, out) })? })
    }
    /// For functions of [`sys`](crate::sys).
    pub fn as_ptr(&mut self) -> *mut sys::ddn_analysis {
        self.raw
    }
    pub fn set(&mut self, key: i32, value: impl Into<Value>) -> Result<(), Error> {
        set(self.ctx, unsafe { sys::ddn_analysis_options(self.raw) }, key, value.into())
    }
    pub fn spectrum(&mut self, ds: &Dataset) -> Result<Report, Error> {
        Report::made(self.ctx, |out| unsafe { sys::ddn_analysis_spectrum(self.raw, ds.raw, out) })
    }
    pub fn identities(&mut self, oracle: &Oracle, times: &[f64]) -> Result<Report, Error> {
        Report::made(self.ctx, |out| unsafe {
            sys::ddn_analysis_identities(self.raw, oracle.raw, times.len() as i64, times.as_ptr(), out)
        })
    }
    pub fn clones(&mut self, oracle: &Oracle, times: &[f64]) -> Result<Report, Error> {
        Report::made(self.ctx, |out| unsafe {
            sys::ddn_analysis_clones(self.raw, oracle.raw, times.len() as i64, times.as_ptr(), out)
        })
    }
    /// How wrong starts at these times are, in nats; [`Report::latest_start`] chooses.
    pub fn late_start(&mut self, oracle: &Oracle, times: &[f64]) -> Result<Report, Error> {
        Report::made(self.ctx, |out| unsafe {
            sys::ddn_analysis_late_start(self.raw, oracle.raw, times.len() as i64, times.as_ptr(), out)
        })
    }
    pub fn crossings(&mut self, oracle: &Oracle, curves: &Report) -> Result<Report, Error> {
        Report::made(self.ctx, |out| unsafe { sys::ddn_analysis_crossings(self.raw, oracle.raw, curves.raw, out) })
    }
    /// Everything about the three regimes: curves, t_S and t_C by each definition.
    pub fn regimes(&mut self, oracle: &Oracle, times: &[f64], clone_times: &[f64]) -> Result<Report, Error> {
        let clones = if clone_times.is_empty() { ptr::null() } else { clone_times.as_ptr() };
        Report::made(self.ctx, |out| unsafe {
            sys::ddn_analysis_regimes(self.raw, oracle.raw, times.len() as i64, clone_times.len() as i64,
                                      times.as_ptr(), clones, out)
        })
    }
}

impl Drop for Analysis<'_> {
    fn drop(&mut self) {
        unsafe { sys::ddn_analysis_destroy(self.raw) }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Finished,
    /// By an observer, progress or [`Canceller`]; `resume` goes on.
    Stopped,
}

/// What an observer sees of a step.
pub struct Step<'a> {
    raw: &'a sys::ddn_step,
    oracle: &'a Oracle,
}

impl Step<'_> {
    pub fn index(&self) -> i64 {
        unsafe { sys::ddn_step_index(self.raw) }
    }
    pub fn time(&self) -> f64 {
        unsafe { sys::ddn_step_time(self.raw) }
    }
    pub fn x(&self) -> crate::Rows<'_, f64> {
        unsafe {
            crate::Rows::raw(sys::ddn_step_x(self.raw), sys::ddn_step_m(self.raw), sys::ddn_step_d(self.raw),
                             sys::ddn_step_ldx(self.raw))
        }
    }
    /// An output that the observer asked for.
    pub fn f64(&self, what: i32) -> Option<crate::Rows<'_, f64>> {
        let mut ld = 1;
        let at = unsafe { sys::ddn_step_f64(self.raw, what, &mut ld) };
        let width = unsafe { sys::ddn_oracle_output_width(self.oracle.raw, what) };
        (!at.is_null()).then(|| unsafe { crate::Rows::raw(at, sys::ddn_step_m(self.raw), width, ld) })
    }
    pub fn i64(&self, what: i32) -> Option<&[i64]> {
        let at = unsafe { sys::ddn_step_i64(self.raw, what) };
        (!at.is_null()).then(|| unsafe { std::slice::from_raw_parts(at, sys::ddn_step_m(self.raw) as usize) })
    }
}

struct Observer<'c> {
    f: Box<dyn FnMut(&Step) -> Result<bool, Fault> + 'c>,
    oracle: Oracle,
}

unsafe extern "C" fn observe(user: *mut c_void, step: *const sys::ddn_step) -> i32 {
    let observer = &mut *(user as *mut Observer);
    guard(|| (observer.f)(&Step { raw: &*step, oracle: &observer.oracle }))
}

/// Runs the dynamics by a method (`DDN_METHOD_EXACT` ...).
pub struct Integrator<'c> {
    ctx: &'c Context,
    oracle: Oracle,
    raw: *mut sys::ddn_integrator,
}

impl<'c> Integrator<'c> {
    pub fn new(ctx: &'c Context, oracle: &Oracle, method: i32) -> Result<Self, Error> {
        let raw = created(ctx, |out| unsafe { sys::ddn_integrator_create(ctx.raw, oracle.raw, method, out) })?;
        Ok(Integrator { ctx, oracle: oracle.clone(), raw })
    }
    /// For functions of [`sys`](crate::sys).
    pub fn as_ptr(&mut self) -> *mut sys::ddn_integrator {
        self.raw
    }
    pub fn set(&mut self, key: i32, value: impl Into<Value>) -> Result<(), Error> {
        set(self.ctx, unsafe { sys::ddn_integrator_options(self.raw) }, key, value.into())
    }
    fn checked(&self, x: &RowsMut<f64>) -> Result<(), Error> {
        match x.d() == self.oracle.d() {
            true => Ok(()),
            false => Err(Error::new(sys::DDN_E_SHAPE, "states need rows of the oracle's d numbers")),
        }
    }
    /// States at the first time, written to x.
    pub fn draw_start(&mut self, x: &mut RowsMut<f64>) -> Result<(), Error> {
        self.checked(x)?;
        done(self.ctx, unsafe { sys::ddn_integrator_draw_start(self.raw, x.mi(), x.at, x.ldi()) })
    }
    /// f(step) sees each step, with the outputs `wanted`; true stops the run. It may borrow what lives as long as the
    /// integrator.
    pub fn observe(&mut self, wanted: &[i32], f: impl FnMut(&Step) -> Result<bool, Fault> + 'c) -> Result<(), Error> {
        let bits = wanted.iter().fold(0i64, |bits, what| bits | 1 << what);
        lend(Observer { f: Box::new(f), oracle: self.oracle.clone() }, |user| {
            done(self.ctx, unsafe {
                sys::ddn_integrator_attach_callback(self.raw, bits, Some(observe), user, Some(release::<Observer<'c>>))
            })
        })
    }
    fn ended(&self, status: i32) -> Result<Ended, Error> {
        Ok(if outcome(self.ctx, status)? { Ended::Stopped } else { Ended::Finished })
    }
    /// Moves the states in place.
    pub fn run(&mut self, x: &mut RowsMut<f64>) -> Result<Ended, Error> {
        self.checked(x)?;
        self.ended(unsafe { sys::ddn_integrator_run(self.raw, x.mi(), x.at, x.ldi()) })
    }
    pub fn resume(&mut self, x: &mut RowsMut<f64>) -> Result<Ended, Error> {
        self.checked(x)?;
        self.ended(unsafe { sys::ddn_integrator_resume(self.raw, x.mi(), x.at, x.ldi()) })
    }
}

impl Drop for Integrator<'_> {
    fn drop(&mut self) {
        unsafe { sys::ddn_integrator_destroy(self.raw) }
    }
}
