//! Spontaneous symmetry breaking: fixed points of the drift of an oracle, and their bifurcations.
use crate::call::*;
use crate::objects::*;
use crate::rows::{Rows, RowsMut};
use crate::sys;
use std::ptr;

/// The drift b = -grad u of the reverse dynamics.
pub struct Symmetry<'c> {
    ctx: &'c Context,
    d: usize,
    raw: *mut sys::ddn_symmetry,
}

fn shape(what: &str) -> Error {
    Error::new(sys::DDN_E_SHAPE, what)
}

impl<'c> Symmetry<'c> {
    pub fn new(ctx: &'c Context, oracle: &Oracle) -> Result<Self, Error> {
        let raw = created(ctx, |out| unsafe { sys::ddn_symmetry_create(ctx.raw, oracle.raw, out) })?;
        Ok(Symmetry { ctx, d: oracle.d(), raw })
    }
    /// For functions of [`sys`](crate::sys).
    pub fn as_ptr(&mut self) -> *mut sys::ddn_symmetry {
        self.raw
    }
    /// `DDN_SYMMETRY_ETA`, `DDN_SYMMETRY_EIGENVALUES` ...
    pub fn set(&mut self, key: i32, value: impl Into<Value>) -> Result<(), Error> {
        set(self.ctx, unsafe { sys::ddn_symmetry_options(self.raw) }, key, value.into())
    }
    fn rows(&self, x: &Rows<f64>) -> Result<(), Error> {
        if x.d() == self.d { Ok(()) } else { Err(shape("states need rows of the oracle's d numbers")) }
    }
    fn vector(&self, x: &[f64]) -> Result<(), Error> {
        if x.len() == self.d { Ok(()) } else { Err(shape("a vector needs the oracle's d numbers")) }
    }
    /// The drift of states, written to `out`.
    pub fn drift(&mut self, t: f64, x: Rows<f64>, out: &mut RowsMut<f64>) -> Result<(), Error> {
        self.rows(&x)?;
        if out.d() != self.d || out.m() != x.m() {
            return Err(shape("states and drifts need m rows of the oracle's d numbers"));
        }
        done(self.ctx, unsafe { sys::ddn_symmetry_drift(self.raw, t, x.mi(), x.at, x.ldi(), out.at, out.ldi()) })
    }
    /// u of each state, for oracles with log p.
    pub fn potential(&mut self, t: f64, x: Rows<f64>) -> Result<Vec<f64>, Error> {
        self.rows(&x)?;
        let mut u = vec![0.0; x.m()];
        done(self.ctx, unsafe { sys::ddn_symmetry_potential(self.raw, t, x.mi(), x.at, x.ldi(), u.as_mut_ptr()) })?;
        Ok(u)
    }
    /// "q", "u", "slope", "curvature" along x0 + q v; x0 is 0 without.
    pub fn line(&mut self, t: f64, x0: Option<&[f64]>, v: &[f64], q: &[f64]) -> Result<Report, Error> {
        self.vector(v)?;
        self.vector(x0.unwrap_or(v))?;
        let x0 = x0.map_or(ptr::null(), |x| x.as_ptr());
        Report::made(self.ctx, |out| unsafe {
            sys::ddn_symmetry_line(self.raw, t, q.len() as i64, x0, v.as_ptr(), q.as_ptr(), out)
        })
    }
    /// (leading eigenvalues of the linearised drift at x, eigenvectors one behind the other): a fixed point is stable
    /// where all are negative.
    pub fn stability(&mut self, t: f64, x: &[f64], count: usize) -> Result<(Vec<f64>, Vec<f64>), Error> {
        self.vector(x)?;
        let (mut values, mut vectors) = (vec![0.0; count], vec![0.0; count * self.d]);
        done(self.ctx, unsafe {
            sys::ddn_symmetry_stability(self.raw, t, count as i64, x.as_ptr(), values.as_mut_ptr(),
                                        vectors.as_mut_ptr(), self.d as i64)
        })?;
        Ok((values, vectors))
    }
    /// (where the starts lead to, each once, one behind the other; "lambda", "unstable", "u" ... of them)
    pub fn fixed_points(&mut self, t: f64, starts: Rows<f64>) -> Result<(Vec<f64>, Report), Error> {
        self.rows(&starts)?;
        let mut points = vec![0.0; starts.m() * self.d];
        let report = Report::made(self.ctx, |out| unsafe {
            sys::ddn_symmetry_fixed_points(self.raw, t, starts.mi(), starts.at, starts.ldi(), points.as_mut_ptr(),
                                           self.d as i64, out)
        })?;
        points.truncate(report.rows() * self.d);
        Ok((points, report))
    }
    /// Branches of fixed points between a noisy and a clean time: from t_start down, and from the starts, which are
    /// states at t_end, up. The reports have x . direction as "q_0", "q_1" ...
    pub fn diagram(&mut self, t_start: f64, t_end: f64, starts: Option<Rows<f64>>, directions: Option<Rows<f64>>)
                   -> Result<Diagram, Error> {
        let mut parts = [(0, ptr::null(), 0); 2];
        for (part, rows) in parts.iter_mut().zip([&starts, &directions]) {
            if let Some(rows) = rows {
                self.rows(rows)?;
                *part = (rows.mi(), rows.at, rows.ldi());
            }
        }
        let [(m, x, ldx), (k, v, ldv)] = parts;
        let handle = Handle::made(self.ctx, |out| unsafe {
            sys::ddn_symmetry_diagram(self.raw, t_start, t_end, m, k, x, ldx, v, ldv, out)
        })?;
        Ok(Diagram { handle, d: self.d })
    }
    /// When the centre loses stability, for each eta: "t" from the largest eigenvalue of the covariance, "t_measured"
    /// as it is.
    pub fn critical(&mut self, largest: f64, etas: &[f64]) -> Result<Report, Error> {
        Report::made(self.ctx, |out| unsafe {
            sys::ddn_symmetry_critical(self.raw, largest, etas.len() as i64, etas.as_ptr(), out)
        })
    }
}

impl Drop for Symmetry<'_> {
    fn drop(&mut self) {
        unsafe { sys::ddn_symmetry_destroy(self.raw) }
    }
}

shared!(/** What a diagram is in C. */
    Handle, ddn_diagram, ddn_diagram_retain, ddn_diagram_destroy);

/// Branches of fixed points, and the points where they meet. Immutable; `clone` is a second handle of the same one.
#[derive(Clone)]
pub struct Diagram {
    handle: Handle,
    d: usize,
}

type States =
    unsafe extern "C" fn(*mut sys::ddn_context, *const sys::ddn_diagram, i64, i64, *mut f64, i64) -> i32;

impl Diagram {
    fn report(raw: *const sys::ddn_result) -> Report {
        unsafe { sys::ddn_result_retain(raw) };
        Report { raw: raw as *mut sys::ddn_result }
    }
    fn read(&self, ctx: &Context, f: States, rows: usize) -> Result<Vec<f64>, Error> {
        let mut out = vec![0.0; rows * self.d];
        done(ctx, unsafe { f(ctx.raw, self.handle.raw, 0, rows as i64, out.as_mut_ptr(), self.d as i64) })?;
        Ok(out)
    }
    /// The points of all branches, in the order in which they were followed.
    pub fn points(&self) -> Report {
        Self::report(unsafe { sys::ddn_diagram_points(self.handle.raw) })
    }
    /// "kind" is `DDN_BIFURCATION_FOLD` or `DDN_BIFURCATION_BRANCH`.
    pub fn events(&self) -> Report {
        Self::report(unsafe { sys::ddn_diagram_events(self.handle.raw) })
    }
    /// The states of the points, one behind the other.
    pub fn states(&self, ctx: &Context) -> Result<Vec<f64>, Error> {
        self.read(ctx, sys::ddn_diagram_states, self.points().rows())
    }
    /// The states of the events, one behind the other.
    pub fn event_states(&self, ctx: &Context) -> Result<Vec<f64>, Error> {
        self.read(ctx, sys::ddn_diagram_event_states, self.events().rows())
    }
}
