//! libdiffdyn, made safe: how a diffusion model that has learned its data perfectly behaves in time.
//!
//! Constants and every function of C are in [`sys`], with their documentation.
mod call;
mod objects;
mod oracle;
mod rows;
mod run;

pub use call::{Error, Fault};
pub use diffdyn_sys as sys;
pub use objects::{Canceller, Context, Dataset, Element, Oracle, Report, Schedule, Value};
pub use oracle::{Float, Level, Model, Output, Query};
pub use rows::{Rows, RowsMut};
pub use run::{Analysis, Ended, Integrator, Step};

/// The programs of the page on Rust compile.
#[cfg(doctest)]
#[doc = include_str!("../../../rust.md")]
pub struct Page;
