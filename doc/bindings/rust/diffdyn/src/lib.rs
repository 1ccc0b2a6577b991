//! libdiffdyn, made safe: how a diffusion model that has learned its data perfectly behaves in time.
//!
//! Constants and every function of C are in [`sys`], with their documentation.
mod call;
#[macro_use]
mod objects;
mod late_start;
mod oracle;
mod rows;
mod run;
mod symmetry;
mod system;

pub use call::{Error, Fault};
pub use diffdyn_sys as sys;
pub use late_start::{Features, Frechet};
pub use objects::{Canceller, Context, Dataset, Element, Oracle, Report, Schedule, Span, Value};
pub use oracle::{Float, Level, Model, Output, Query};
pub use rows::{Rows, RowsMut};
pub use run::{Analysis, Ended, Integrator, Step};
pub use symmetry::{Diagram, Symmetry};
pub use system::{Bifurcation, FixedPoint, System};

/// The programs of the page on Rust compile.
#[cfg(doctest)]
#[doc = include_str!("../../../rust.md")]
pub struct Page;
