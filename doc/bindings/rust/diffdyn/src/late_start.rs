//! How good samples are: features of states, and the Frechet distance of samples from data.
use crate::call::*;
use crate::objects::*;
use crate::rows::{Rows, RowsMut};
use crate::sys;
use std::os::raw::c_void;

type Function = Box<dyn Fn(Rows<f64>, RowsMut<f64>) -> Result<(), Fault> + Send + Sync>;

struct Own {
    f: Function,
    k: i64,
}

unsafe extern "C" fn features(user: *mut c_void, m: i64, d: i64, x: *const f64, ldx: i64, out: *mut f64, ldo: i64)
                              -> i32 {
    let own = &*(user as *const Own);
    guard(|| {
        let mut out = RowsMut::raw(out, m, own.k, ldo);
        for i in 0..m as usize {
            out.row_mut(i).fill(f64::NAN); // what it leaves out is refused
        }
        (own.f)(Rows::raw(x, m, d, ldx), out).map(|_| false)
    })
}

shared!(/** A map from states to features. */
    Features, ddn_features, ddn_features_retain, ddn_features_destroy);

impl Features {
    /// The coordinates themselves.
    pub fn identity(ctx: &Context, d: usize) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_features_create_identity(ctx.raw, d as i64, out) })
    }
    /// The k leading principal axes.
    pub fn pca(ctx: &Context, ds: &Dataset, k: usize) -> Result<Self, Error> {
        Self::made(ctx, |out| unsafe { sys::ddn_features_create_pca(ctx.raw, ds.raw, k as i64, out) })
    }
    /// f(x, out) writes the k features of each row of x.
    pub fn function(ctx: &Context, d: usize, k: usize,
                    f: impl Fn(Rows<f64>, RowsMut<f64>) -> Result<(), Fault> + Send + Sync + 'static)
                    -> Result<Self, Error> {
        lend(Own { f: Box::new(f), k: k as i64 }, |user| {
            Self::made(ctx, |out| unsafe {
                sys::ddn_features_create_callback(ctx.raw, d as i64, k as i64, Some(features), user,
                                                  Some(release::<Own>), out)
            })
        })
    }
    pub fn d(&self) -> usize {
        unsafe { sys::ddn_features_d(self.raw) as usize }
    }
    pub fn count(&self) -> usize {
        unsafe { sys::ddn_features_count(self.raw) as usize }
    }
    /// The features of states, rows one behind the other.
    pub fn apply(&self, ctx: &Context, x: Rows<f64>) -> Result<Vec<f64>, Error> {
        if x.d() != self.d() {
            return Err(Error::new(sys::DDN_E_SHAPE, "states need rows of the features' d numbers"));
        }
        let mut out = vec![0.0; x.m() * self.count()];
        done(ctx, unsafe {
            sys::ddn_features_apply(ctx.raw, self.raw, x.mi(), x.at, x.ldi(), out.as_mut_ptr(), self.count() as i64)
        })?;
        Ok(out)
    }
}

shared!(/** What a reference is in C. */
    Handle, ddn_frechet, ddn_frechet_retain, ddn_frechet_destroy);

/// The points of a dataset in features, to compare samples with. Immutable; `clone` is a second handle of the same one.
#[derive(Clone)]
pub struct Frechet {
    handle: Handle,
    d: usize,
}

impl Frechet {
    pub fn new(ctx: &Context, ds: &Dataset, features: &Features) -> Result<Self, Error> {
        let handle = Handle::made(ctx, |out| unsafe { sys::ddn_frechet_create(ctx.raw, ds.raw, features.raw, out) })?;
        Ok(Frechet { handle, d: ds.d() })
    }
    /// (squared distance, its standard error by that many replicates; NaN for 0). Compare equal numbers of samples.
    pub fn distance(&self, ctx: &Context, x: Rows<f64>, seed: i64, replicates: usize) -> Result<(f64, f64), Error> {
        if x.d() != self.d {
            return Err(Error::new(sys::DDN_E_SHAPE, "states need rows of the dataset's d numbers"));
        }
        let (mut value, mut error) = (0.0, 0.0);
        done(ctx, unsafe {
            sys::ddn_frechet_distance(ctx.raw, self.handle.raw, x.mi(), seed, replicates as i64, x.at, x.ldi(),
                                      &mut value, &mut error, std::ptr::null_mut())
        })?;
        Ok((value, error))
    }
}
