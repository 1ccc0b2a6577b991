//! Flows dx/dtau = f(p, x) and maps x' = f(p, x) that are given by a closure.
use crate::call::*;
use crate::objects::*;
use crate::rows::Rows;
use crate::sys;
use std::os::raw::c_void;

type Function = Box<dyn Fn(f64, &[f64], &mut [f64]) -> Result<(), Fault> + Send + Sync>;

struct Functions {
    f: Function,
    jacobian: Option<Function>,
}

unsafe fn run(f: &Function, parameter: f64, d: i64, x: *const f64, size: i64, out: *mut f64) -> i32 {
    guard(|| {
        let (x, out) = (std::slice::from_raw_parts(x, d as usize), std::slice::from_raw_parts_mut(out, size as usize));
        out.fill(f64::NAN); // what it leaves out is refused
        f(parameter, x, out).map(|_| false)
    })
}

unsafe extern "C" fn value(user: *mut c_void, parameter: f64, d: i64, x: *const f64, out: *mut f64) -> i32 {
    run(&(*(user as *const Functions)).f, parameter, d, x, d, out)
}

unsafe extern "C" fn jacobian(user: *mut c_void, parameter: f64, d: i64, x: *const f64, out: *mut f64) -> i32 {
    match &(*(user as *const Functions)).jacobian {
        Some(f) => run(f, parameter, d, x, d * d, out),
        None => guard(|| Err("no jacobian".into())),
    }
}

/// A fixed point of a system with d = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoint {
    pub x: f64,
    pub eigenvalue: f64,
    /// `DDN_STABILITY_STABLE` ...
    pub stability: i32,
}

/// A bifurcation of a system with d = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bifurcation {
    pub parameter: f64,
    pub x: f64,
    /// `DDN_SYSTEM_SADDLE_NODE` ...
    pub kind: i32,
}

shared!(/** What a system is in C. */
    Handle, ddn_system, ddn_system_retain, ddn_system_destroy);

/// A flow or map of d numbers with one parameter. Immutable; `clone` is a second handle of the same one.
#[derive(Clone)]
pub struct System {
    handle: Handle,
    d: usize,
}

const MOST: usize = 256; // fixed points and bifurcations of d = 1; more are DDN_E_CAPACITY

impl System {
    /// For functions of [`sys`].
    pub fn as_ptr(&self) -> *mut sys::ddn_system {
        self.handle.as_ptr()
    }
    /// `DDN_SYSTEM_FLOW` or `DDN_SYSTEM_MAP`: f(parameter, x, out) writes dx/dtau, or the next x.
    pub fn new(ctx: &Context, kind: i32, d: usize,
               f: impl Fn(f64, &[f64], &mut [f64]) -> Result<(), Fault> + Send + Sync + 'static) -> Result<Self, Error> {
        Self::of(ctx, kind, d, Functions { f: Box::new(f), jacobian: None })
    }
    /// With its Jacobian, d rows of d numbers; `new` takes differences.
    pub fn with_jacobian(ctx: &Context, kind: i32, d: usize,
                         f: impl Fn(f64, &[f64], &mut [f64]) -> Result<(), Fault> + Send + Sync + 'static,
                         jacobian: impl Fn(f64, &[f64], &mut [f64]) -> Result<(), Fault> + Send + Sync + 'static)
                         -> Result<Self, Error> {
        Self::of(ctx, kind, d, Functions { f: Box::new(f), jacobian: Some(Box::new(jacobian)) })
    }
    fn of(ctx: &Context, kind: i32, d: usize, functions: Functions) -> Result<Self, Error> {
        let second = functions.jacobian.as_ref().map(|_| jacobian as sys::ddn_system_fn);
        let handle = lend(functions, |user| {
            Handle::made(ctx, |out| unsafe {
                sys::ddn_system_create(ctx.raw, kind, d as i64, Some(value), second, user, Some(release::<Functions>),
                                       out)
            })
        })?;
        Ok(System { handle, d })
    }
    fn state(&self, x: &[f64]) -> Result<(), Error> {
        match x.len() == self.d {
            true => Ok(()),
            false => Err(Error::new(sys::DDN_E_SHAPE, "a state needs the system's d numbers")),
        }
    }
    fn one(&self) -> Result<(), Error> {
        match self.d {
            1 => Ok(()),
            _ => Err(Error::new(sys::DDN_E_SHAPE, "the system has more than one dimension")),
        }
    }
    /// All in [low, high], ascending, by a grid of `cells`; d = 1.
    pub fn fixed_points_1d(&self, ctx: &Context, parameter: f64, low: f64, high: f64, cells: usize)
                           -> Result<Vec<FixedPoint>, Error> {
        self.one()?;
        let (mut x, mut eigenvalue, mut stability, mut count) = ([0.0; MOST], [0.0; MOST], [0; MOST], 0);
        done(ctx, unsafe {
            sys::ddn_system_fixed_points_1d(ctx.raw, self.handle.raw, parameter, low, high, cells as i64, MOST as i64,
                                            x.as_mut_ptr(), eigenvalue.as_mut_ptr(), stability.as_mut_ptr(), &mut count)
        })?;
        Ok((0..count as usize)
            .map(|i| FixedPoint { x: x[i], eigenvalue: eigenvalue[i], stability: stability[i] }).collect())
    }
    /// Where Newton's iteration leads to from the starts, each point once, one behind the other.
    pub fn fixed_points(&self, ctx: &Context, parameter: f64, starts: Rows<f64>) -> Result<Vec<f64>, Error> {
        if starts.d() != self.d {
            return Err(Error::new(sys::DDN_E_SHAPE, "starts need rows of the system's d numbers"));
        }
        let (mut x, mut count) = (vec![0.0; starts.m() * self.d], 0);
        done(ctx, unsafe {
            sys::ddn_system_fixed_points(ctx.raw, self.handle.raw, parameter, starts.mi(), starts.mi(), starts.at,
                                         starts.ldi(), x.as_mut_ptr(), &mut count)
        })?;
        x.truncate(count as usize * self.d);
        Ok(x)
    }
    /// (real parts of the eigenvalues of the Jacobian, imaginary parts, what they say: `DDN_STABILITY_STABLE` ...);
    /// those within `tolerance` of the border are neutral.
    pub fn eigenvalues(&self, ctx: &Context, parameter: f64, x: &[f64], tolerance: f64)
                       -> Result<(Vec<f64>, Vec<f64>, i32), Error> {
        self.state(x)?;
        let (mut re, mut im, mut stability) = (vec![0.0; self.d], vec![0.0; self.d], 0);
        done(ctx, unsafe {
            sys::ddn_system_eigenvalues(ctx.raw, self.handle.raw, parameter, tolerance, x.as_ptr(), re.as_mut_ptr(),
                                        im.as_mut_ptr(), &mut stability)
        })?;
        Ok((re, im, stability))
    }
    /// All in a rectangle, (low, high, cells) of the parameter and of x; d = 1.
    pub fn bifurcations(&self, ctx: &Context, p: (f64, f64, usize), x: (f64, f64, usize))
                        -> Result<Vec<Bifurcation>, Error> {
        self.one()?;
        let (mut at, mut xs, mut kinds, mut count) = ([0.0; MOST], [0.0; MOST], [0; MOST], 0);
        done(ctx, unsafe {
            sys::ddn_system_bifurcations(ctx.raw, self.handle.raw, p.0, p.1, p.2 as i64, x.0, x.1, x.2 as i64,
                                         MOST as i64, at.as_mut_ptr(), xs.as_mut_ptr(), kinds.as_mut_ptr(), &mut count)
        })?;
        Ok((0..count as usize).map(|i| Bifurcation { parameter: at[i], x: xs[i], kind: kinds[i] }).collect())
    }
    /// States of a flow at the times, one behind the other; x0 is the one at times[0].
    pub fn trajectory(&self, ctx: &Context, parameter: f64, x0: &[f64], times: &[f64], tolerance: f64)
                      -> Result<Vec<f64>, Error> {
        self.state(x0)?;
        let mut out = vec![0.0; times.len() * self.d];
        done(ctx, unsafe {
            sys::ddn_system_trajectory(ctx.raw, self.handle.raw, parameter, tolerance, times.len() as i64, x0.as_ptr(),
                                       times.as_ptr(), out.as_mut_ptr(), self.d as i64)
        })?;
        Ok(out)
    }
    /// Iterates of a map, one behind the other, the first is x0.
    pub fn orbit(&self, ctx: &Context, parameter: f64, x0: &[f64], steps: usize) -> Result<Vec<f64>, Error> {
        self.state(x0)?;
        let mut out = vec![0.0; (steps + 1) * self.d];
        done(ctx, unsafe {
            sys::ddn_system_orbit(ctx.raw, self.handle.raw, parameter, steps as i64, x0.as_ptr(), out.as_mut_ptr(),
                                  self.d as i64)
        })?;
        Ok(out)
    }
}
