//! Made by doc/bindings/generate.py from include/interface.json: change these, not this file.
//! The C functions as they are; the crate `diffdyn` makes them safe.
#![allow(non_camel_case_types, clippy::all, rustdoc::all)]
use std::os::raw::{c_char, c_void};

/// A context carries what calls need besides their objects: the error text, the threads, the allocator, progress
/// and cancellation, the kernel choice. It is used by one thread at a time; use one context per host thread.
/// Datasets, schedules and oracles may be shared by contexts.
#[repr(C)]
pub struct ddn_context {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// The options of any object, by key. Borrowed from the object (ddn_context_options, ddn_query_options, ...): it
/// lives as long as the object, on the object's threads, and need not be destroyed. Functions give DDN_E_NULL for
/// NULL, so the result of those can be handed on unchecked.
///
/// Keys are unique over all objects: 1xxx context, 2xxx query, 3xxx integrator, 4xxx analysis, 5xxx symmetry,
/// 6xxx model. The number says nothing about the type: ask ddn_options_type. Errors, after which the option keeps
/// its value: DDN_E_KEY (no such key, or one of another object: the text says whose), DDN_E_UNSUPPORTED (this
/// object's method has no such option), DDN_E_TYPE (a double for an int64 or the other way round), DDN_E_RANGE
/// (out of bounds), DDN_E_NONFINITE (NaN, infinite). Example: doc/examples/simple/options.c
#[repr(C)]
pub struct ddn_options {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// One of `size` ranks that work together: processes on one or many machines, or threads of one process with a
/// context each. Objects made over a team (ddn_dataset_create_team, oracles of such sets, and the queries and
/// integrators of those) are used by all ranks together: each makes the same calls, in the same order, with the
/// same arguments. They all get the same bits, in each run with the same team size and processors, and the same
/// status: - An error, a stop or a cancel on one rank ends the same call on all of them, with its status and
/// "rank 2 of 4: " before its text. Ranks that fail in two ways at once each keep their own status. A rank that
/// fails alone after the last exchange of a call (no memory for a result) gets its error there, the others at
/// their next call. - Calls that differ, or their arguments, end with DDN_E_MISMATCH on all ranks. - A request to
/// stop is looked at where ranks exchange, once in an evaluation. A rank that stops calling (it crashed, or left
/// the loop for reasons of its own) leaves the others waiting: that is for the host to notice, as MPI does.
///
/// One call at a time, whatever the number of contexts: DDN_E_STATE in another thread. Threads that work side by
/// side take a team each (MPI_Comm_dup).
#[repr(C)]
pub struct ddn_team {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// An immutable set of points a_i, i < n, each with d coordinates: a_ij = scale * stored_ij + shift, a double,
/// and a probability pi_i: 1/n unless the set was given weights (ddn_dataset_create_weighted) or made of one with
/// copies (ddn_dataset_create_distinct). May be shared between threads and contexts. Derived sets (mapped,
/// labelled, subset) keep what they need alive, so any of them may be destroyed in any order.
///
/// Limits: n >= 1, d >= 1, n * d * size below 2^62 bytes; d at most 2^24. Every stored number must be finite: the
/// first NaN or Inf is reported by row and column (DDN_E_NONFINITE).
#[repr(C)]
pub struct ddn_dataset {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// The affine span of the points: their mean, by their weights, and orthonormal axes v_k, k < r, such that every
/// point is mean + sum_k c_k v_k; r <= n - 1. With n < d (or points that fill fewer dimensions than they have)
/// the dynamics in the coordinates c is the same problem in r dimensions, and what lies outside the span is
/// Gaussian and known in closed form; doc/theory.md (80), (81). An evaluation then costs n r instead of n d
/// multiply-adds, for two products of d r for each state at the ends of a run. It pays - for runs: a single
/// evaluation gains nothing, since its two products cost as much as it saves;
/// making the span costs about as much as evaluating 5 n to 30 n states in d dimensions; - where r is well below
/// d as stored: u8 and f32 data are evaluated faster than doubles, so take
/// DDN_TYPE_F32 for their reduced set, which gains from r < d / 2 on.
///
/// Immutable; may be shared between threads and contexts.
#[repr(C)]
pub struct ddn_span {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// An immutable pair of functions a(t) > 0 and s(t) > 0 of the schedule's own time t, such that x_t = a x_0 + s z
/// with z ~ N(0, I) and s/a increasing. At the last time a may be 0 (flow, zero_snr; tables and custom schedules
/// that say so): pure noise, with OU time infinity. Oracles know it: p = N(0, s^2 I), all points have their own
/// weights, the mean is that of the data; distances of x/a are infinite. Grids LOGSNR and KARRAS do not reach it.
/// (26) Any schedule describes the same family of distributions as the Ornstein-Uhlenbeck process up to a factor
/// (doc/theory.md (3)): with the OU time tau = log(1 + s^2/a^2)/2,  x_t = sqrt(a^2 + s^2) * x_OU(tau). May be
/// shared between threads and contexts; a custom schedule's callbacks must then be thread-safe.
#[repr(C)]
pub struct ddn_schedule {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// An immutable model of the density p_t of x_t = a x_0 + s z, where a = a(t), s = s(t) come from its schedule
/// and t is that schedule's time. Shared freely between threads and contexts, except oracles with callbacks,
/// whose callbacks run on the calling thread.
#[repr(C)]
pub struct ddn_oracle {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// A query: which outputs of an oracle are wanted, where they go, and the scratch memory that one evaluation
/// needs. One thread at a time. Example: doc/examples/simple/query.c
#[repr(C)]
pub struct ddn_query {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// Named columns of equal length (curves on a grid) and named scalars, each with a standard error, a unit and a
/// sentence that says which definition it is; and fields, texts that say where they come from. What the library
/// measures is immutable and shared freely. What a host makes (ddn_result_create, ddn_result_create_copy) is
/// open: one thread at a time adds to it, and may share it when it is complete. Names have 1 to 47 letters,
/// digits and "_.:+-"; other texts are UTF-8 without control characters, ends of lines and changes of direction
/// (bidirectional text). Example: doc/examples/simple/error_bars.c
#[repr(C)]
pub struct ddn_result {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// Settings of analyses. One thread at a time.
///
/// All measurements: results depend on the settings alone, bit for bit for any number of threads. They report
/// progress (stages "identities", "clones", "last change") and stop at cancel or when the progress callback asks
/// for it (DDN_STOPPED, no result). Each use of the seed has random numbers of its own, so identities, clones,
/// last changes, U-turns, branches and clones of paths are independent measurements. Runs of the host with the
/// same seed are independent of them where their path numbers lie in [2^39, 2^40). Common errors: DDN_E_NULL,
/// DDN_E_RANGE and DDN_E_NONFINITE (times: strictly monotone, within the schedule), DDN_E_NOMEM, and those of
/// oracle and integrator.
///
/// The judge: which point is nearest to a state and which class it is, all measurements ask one judge, which has
/// one rule. - Nearest point: the component of the largest weight at the level of the state. Weights that
/// points have of themselves count; at the clean end, where the judge is asked, they do not show,
/// and last changes are judged without them. - Class: what a classifier callback says, if one is set; else the
/// label of the nearest point of
/// the judging data set, where that has labels (the most probable one of merged copies with
/// several: phi of the identities counts them all); else the most probable class; else there is none.
///
/// Ties go to the lowest index. The judge is made from the points that are set (ddn_analysis_set_points); else it
/// is the oracle itself, if it has weights; else the exact oracle of the oracle's own data set, or of the points
/// that the x_0 were taken from; else there is none.
///
/// The points are also where the x_0 come from for a model that has no data. What cannot be judged is NaN, and
/// the definition says why. States on their way, where no point is near, have the class that the posterior finds
/// most probable (ddn_observer_create_class).
///
/// The step-size error of simulated paths is measured with them: STEP_SHARE of them run again with half the steps
/// and the same noise (doc/theory.md (47)). Scalars NAME_step: by how much NAME then changes, on average over the
/// times, with its error; 0 for EXACT. The field "step_error" says it in words, with the time of the largest
/// change and, where that is beyond the statistical error, that there should be more steps.
#[repr(C)]
pub struct ddn_analysis {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// A method, a time grid and the state of a run. One thread at a time. Example: doc/examples/simple/trajectory.c
#[repr(C)]
pub struct ddn_integrator {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// A step seen by an observer; an opaque view that dies when the callback returns.
#[repr(C)]
pub struct ddn_step {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// An immutable map from states in d dimensions to k features. Shared freely between threads and contexts, except
/// one with a callback, which runs on the calling thread.
#[repr(C)]
pub struct ddn_features {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// The mean and covariance (1/n, or the weights of the points) of a reference set in feature space. Immutable.
#[repr(C)]
pub struct ddn_frechet {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// A recorder that an integrator feeds. One thread at a time; one integrator at a time. A new run (not a resume)
/// starts its record afresh. Records are saved and restored with their run (ddn_integrator_save). An observer
/// whose record begins in the middle of a run, as it was restored without that of the times before, has no INDEX,
/// LAST_CHANGE and CHANGES: DDN_E_STATE. What observers want of the oracle may change the last digits of a run:
/// the same numbers come for the same set of wanted outputs (ddn_integrator_run).
#[repr(C)]
pub struct ddn_observer {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// A foreign model under construction: what it predicts and the callbacks that do it. Oracles made from it
/// (ddn_oracle_create_model) keep the settings of that moment; it may then be changed, used again or destroyed.
/// One thread at a time. Example: doc/examples/simple/model.c Example: doc/examples/simple/model_f32.c
#[repr(C)]
pub struct ddn_model {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// An oracle, settings and scratch memory. One thread at a time.
///
/// The reverse dynamics of the eta-family in the schedule's own time (doc/theory.md (12), (50)), with f, g^2 the
/// rates of the schedule (8) and c = (1 + eta^2) g^2 / 2, are
///
/// dx = b(x, t) dtau + eta g dW   (tau runs against t),
/// b = -f x + c grad log p_t(x) = -grad u,   u(x, t) = f |x|^2 / 2 - c log p_t(x).
///
/// OU: u = -|x|^2/2 - (1 + eta^2) log p; VP, eta = 1: u = -beta (|x|^2/4 + log p); EDM: f = 0. The fixed points
/// and the sign of their stability are the same for OU and VP (the same x, another clock); in EDM coordinates x
/// is rescaled in time, and both differ (52).
///
/// Works for every oracle that gives MEAN or SCORE and COV_TIMES_V or JACOBIAN_TIMES_V; a potential needs LOG_P,
/// and along a line does without it. Scores of f32 and u8 data carry rounding noise near 1e-6, those of a model
/// in single precision too: fixed points are then known no better (TOLERANCE must say so for a callback), and f64
/// data gives more.
#[repr(C)]
pub struct ddn_symmetry {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// Branches of fixed points in (x, t) and the points where they meet. Immutable; shared freely.
#[repr(C)]
pub struct ddn_diagram {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// dx/dtau = f(p, x) (a flow) or x' = f(p, x) (a map) in d dimensions with one parameter p. Immutable; may be
/// shared by threads if its callbacks are thread-safe.
#[repr(C)]
pub struct ddn_system {
    _private: [u8; 0],
    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
}
/// Result of a call: 0 is success, a positive value is success with a remark, a negative value is an error.
/// Values are pinned: never renumbered, never reused. On an error the context that the call used holds a text
/// (ddn_context_message), and outputs are NULL or untouched.
pub type ddn_status = i32;
/// Type of numbers: of stored points, of options, of outputs.
pub type ddn_type = i32;
/// Keys of the options of a context.
pub type ddn_context_key = i32;
/// File formats; doc/data.md has all that is read. All but CIFAR may be gzip-compressed or members of a zip
/// archive (.npz).
pub type ddn_format = i32;
/// What the numbers of a table are.
pub type ddn_table = i32;
/// Coordinates for one noise level.
pub type ddn_coordinate = i32;
/// Grids of times from t_first to t_last, both included exactly (LEADING: t_last alone). Those of whole indices
/// are for networks that were trained at the indices alone: schedules of indices only (ddpm, scaled_linear,
/// table, cosine, zero_snr), with whole ends, of which -1 is clean data, and at most as many steps as there are
/// indices. They are given from F = max(t_first, t_last) down to L = min(t_first, t_last) in N = count - 1 steps,
/// k = 0 .. N; upwards they are the same times. With F = steps - 1 and L = -1 they are the time steps of that
/// name of DDIM and its successors (arXiv:2305.08891, table 2), then -1. Ties round to the even distance from the
/// clean end. (19)
pub type ddn_grid = i32;
/// What an evaluation can produce. m states at a time; w are the posterior weights of the components given x.
/// Values are pinned. [m][ld] outputs and inputs take ld >= d (>= number of classes for CLASS_POSTERIOR), [m]
/// ones ignore ld.
pub type ddn_output = i32;
/// What an evaluation can be given besides the states.
pub type ddn_input = i32;
/// Keys of the options of a query.
pub type ddn_query_key = i32;
/// What a way did.
pub type ddn_way_tally = i32;
/// Which clock the times of a result show: each result has one.
pub type ddn_clock = i32;
/// What ddn_result_merge makes of a column or scalar of two independent halves.
pub type ddn_pooling = i32;
/// Formats of result files.
pub type ddn_result_format = i32;
/// Keys of the settings.
pub type ddn_analysis_key = i32;
/// What an analysis keeps of the batches that it has evaluated.
pub type ddn_keep = i32;
/// Methods; a step goes from t to t' < t with the score at the departure point (t, x). Values are pinned. f, g:
/// rates of the schedule; m: denoiser; sigma = s/a; eps = (x - a m)/s; eta: DDN_INTEGRATOR_ETA. All work on any
/// schedule. A grid may end at the noiseless time (0; index -1) with the methods marked (*); with the others end
/// earlier and use DDN_INTEGRATOR_DENOISE. It may start where a = 0, if the oracle gives the mean there, with all
/// but ADAPTIVE and EULER with eta > 0: EDM_HEUN, PNDM, MULTISTEP2 and GRADIENT_ESTIMATION, for which sigma is
/// infinite there, make their first step by DDIM (EXPONENTIAL with eta = 0; with mu > 0 of eta = 1), and so do
/// EULER and HEUN on schedules of indices, where HEUN started so has order 1. (doc/theory.md (12), (15))
pub type ddn_method = i32;
/// Keys of the options; those down to MU and of CHURN are double, the others int64. Changing one in the middle of
/// a run is DDN_E_STATE.
pub type ddn_integrator_key = i32;
/// What an integrator is doing.
pub type ddn_run_phase = i32;
/// Counts of the last run, summed over its parts if it was resumed.
pub type ddn_tally = i32;
/// Distributions to start from at time t, with a = a(t), s = s(t). (doc/theory.md (60))
pub type ddn_start = i32;
/// What can be read; [times] = grid times seen so far. Which observer gives which is in brackets.
pub type ddn_record = i32;
/// Which variances the components of a mixture have. Values are pinned.
pub type ddn_variance = i32;
/// What a foreign model predicts at x = a x_0 + s z. Values are pinned. (doc/theory.md (17))
pub type ddn_prediction = i32;
/// Keys of the options of a model.
pub type ddn_model_key = i32;
/// Keys of its options.
pub type ddn_symmetry_key = i32;
/// Kinds of events.
pub type ddn_bifurcation = i32;
/// What f gives.
pub type ddn_system_kind = i32;
/// What perturbations of a fixed point do.
pub type ddn_stability = i32;
/// Kinds of bifurcations.
pub type ddn_system_bifurcation = i32;
/// The regime of the reverse dynamics at time t.
pub type ddn_regime = i32;
/// How the fate of a state is found.
pub type ddn_path_method = i32;
/// success
pub const DDN_OK: ddn_status = 0;
/// stopped on request before the end
pub const DDN_STOPPED: ddn_status = 1;
/// a required pointer is NULL
pub const DDN_E_NULL: ddn_status = -1;
/// an argument is outside its range
pub const DDN_E_RANGE: ddn_status = -2;
/// a value is NaN or infinite
pub const DDN_E_NONFINITE: ddn_status = -3;
/// shapes do not agree
pub const DDN_E_SHAPE: ddn_status = -4;
/// unknown option, name or kind
pub const DDN_E_KEY: ddn_status = -5;
/// out of memory
pub const DDN_E_NOMEM: ddn_status = -6;
/// a file could not be read or written
pub const DDN_E_IO: ddn_status = -7;
/// a file or buffer is not in the expected format
pub const DDN_E_FORMAT: ddn_status = -8;
/// this object cannot do that
pub const DDN_E_UNSUPPORTED: ddn_status = -9;
/// the call does not fit the object's present state
pub const DDN_E_STATE: ddn_status = -10;
/// a callback reported failure
pub const DDN_E_CALLBACK: ddn_status = -11;
/// an iteration did not converge
pub const DDN_E_CONVERGENCE: ddn_status = -12;
/// an internal error: please report it
pub const DDN_E_INTERNAL: ddn_status = -13;
/// not a live object of the kind that is wanted
pub const DDN_E_HANDLE: ddn_status = -14;
/// the value is of another type of number
pub const DDN_E_TYPE: ddn_status = -15;
/// a buffer is too small
pub const DDN_E_CAPACITY: ddn_status = -16;
/// made with other data, another object or other settings
pub const DDN_E_MISMATCH: ddn_status = -17;
/// memory that may not overlap does
pub const DDN_E_OVERLAP: ddn_status = -18;
/// not a value; keeps the constants signed
pub const DDN_TYPE_NONE: ddn_type = -1;
/// bytes, 0 .. 255
pub const DDN_TYPE_U8: ddn_type = 1;
/// float
pub const DDN_TYPE_F32: ddn_type = 2;
/// double
pub const DDN_TYPE_F64: ddn_type = 3;
/// int64: of options and outputs alone; points are not stored so
pub const DDN_TYPE_I64: ddn_type = 4;
/// not a value; keeps the constants signed
pub const DDN_CONTEXT_NONE: ddn_context_key = -1;
/// int: threads for the loops inside a call, the caller included; 1 .. 1024, default 1. Results do not depend on
/// it.
pub const DDN_CONTEXT_THREADS: ddn_context_key = 1001;
/// int: 1: empirical oracles that are made from then on keep a copy of f32 and f64 points in bytes, n d + 4 n +
/// 16 d bytes, which screens read in place of the points where it is fine enough: a quarter or an eighth of the
/// memory traffic while few points matter (late times). The promise is the same. 0 (default): not. Sets of bytes,
/// and those that "narrow" holds, have none.
pub const DDN_CONTEXT_SHADOW: ddn_context_key = 1002;
/// not a value; keeps the constants signed
pub const DDN_FORMAT_NONE: ddn_format = -1;
/// by content: NPY and IDX magic, else CIFAR by record size
pub const DDN_FORMAT_AUTO: ddn_format = 0;
/// NumPy .npy 1.0-3.0: b1, u1 to u8, i1 to i8, f2, f4, f8 in either order of bytes and of axes; first axis =
/// points, the others are flattened in C order
pub const DDN_FORMAT_NPY: ddn_format = 1;
/// IDX (MNIST), all its types
pub const DDN_FORMAT_IDX: ddn_format = 2;
/// CIFAR-10 binary batch: records of 1 label byte + 3072 bytes; the set comes with its labels
pub const DDN_FORMAT_CIFAR10: ddn_format = 3;
/// CIFAR-100: 2 label bytes, coarse and fine, + 3072; with the fine labels
pub const DDN_FORMAT_CIFAR100: ddn_format = 4;
/// the same with the coarse labels; by name alone
pub const DDN_FORMAT_CIFAR100_COARSE: ddn_format = 5;
/// as NPY, where u2 (i2, V2) is bfloat16; by name alone
pub const DDN_FORMAT_NPY_BF16: ddn_format = 6;
/// not a value; keeps the constants signed
pub const DDN_TABLE_NONE: ddn_table = -1;
/// a^2 at each index, with s^2 = 1 - a^2
pub const DDN_TABLE_ALPHA_BAR: ddn_table = 1;
/// beta_i as in DDPM
pub const DDN_TABLE_BETA: ddn_table = 2;
/// not a value; keeps the constants signed
pub const DDN_COORDINATE_NONE: ddn_coordinate = -1;
/// tau > 0
pub const DDN_COORDINATE_OU: ddn_coordinate = 1;
/// log(a^2/s^2), any real
pub const DDN_COORDINATE_LOGSNR: ddn_coordinate = 2;
/// s/a > 0, the EDM sigma
pub const DDN_COORDINATE_SIGMA: ddn_coordinate = 3;
/// a^2/(a^2 + s^2) in (0, 1)
pub const DDN_COORDINATE_ALPHA_BAR: ddn_coordinate = 4;
/// e^-tau in (0, 1)
pub const DDN_COORDINATE_THETA: ddn_coordinate = 5;
/// not a value; keeps the constants signed
pub const DDN_GRID_NONE: ddn_grid = -1;
/// uniform in the schedule's time
pub const DDN_GRID_UNIFORM: ddn_grid = 1;
/// geometric in the schedule's time; both ends > 0
pub const DDN_GRID_GEOMETRIC: ddn_grid = 2;
/// uniform in log(a^2/s^2)
pub const DDN_GRID_LOGSNR: ddn_grid = 3;
/// uniform in (s/a)^(1/7)
pub const DDN_GRID_KARRAS: ddn_grid = 4;
/// t_k = L + 1 + (N - 1 - k) r, t_N = L, with the largest whole r <= (F + 1)/N that does not start beyond F; may
/// start below F
pub const DDN_GRID_LEADING: ddn_grid = 5;
/// t_k = L + round((N - k)(F - L)/N)
pub const DDN_GRID_TRAILING: ddn_grid = 6;
/// t_k = L + 1 + round((N - 1 - k)(F - L - 1)/(N - 1)), t_N = L; F, L for N = 1
pub const DDN_GRID_LINSPACE: ddn_grid = 7;
/// not a value; keeps the constants signed
pub const DDN_OUT_NONE: ddn_output = -1;
/// f64 [m][ld]: grad log p_t(x)
pub const DDN_OUT_SCORE: ddn_output = 1;
/// f64 [m][ld]: E[x_0 | x], the denoiser
pub const DDN_OUT_MEAN: ddn_output = 2;
/// f64 [m]: log p_t(x), nats
pub const DDN_OUT_LOG_P: ddn_output = 3;
/// f64 [m]: -sum w log w, nats; relative accuracy near 0 with DDN_QUERY_EPSILON = 0, else down to what that drops
pub const DDN_OUT_ENTROPY: ddn_output = 4;
/// f64 [m]: sum w^2 = 1 / participation ratio
pub const DDN_OUT_SUM_W2: ddn_output = 5;
/// f64 [m]: largest weight
pub const DDN_OUT_W_MAX: ddn_output = 6;
/// f64 [m]: its complement, summed, not subtracted; near 0 as ENTROPY
pub const DDN_OUT_ONE_MINUS_W_MAX: ddn_output = 7;
/// i64 [m]: component of largest weight = nearest point to x/a, unless points have weights of their own; ties:
/// lowest index
pub const DDN_OUT_ARGMAX: ddn_output = 8;
/// f64 [m][ld]: W_c = sum of w over class c (ascending labels); of points with several labels the share
pub const DDN_OUT_CLASS_POSTERIOR: ddn_output = 9;
/// f64 [m]: tr Cov(x_0 | x)
pub const DDN_OUT_TRACE_COV: ddn_output = 10;
/// f64 [m]: div score = -d/s^2 + (a/s^2)^2 tr Cov; of models exact by d Jacobian products a state, unless probes
/// are asked for (DDN_QUERY_PROBES)
pub const DDN_OUT_DIVERGENCE: ddn_output = 11;
/// f64 [m][ld]: Cov(x_0 | x) v; needs DDN_IN_V
pub const DDN_OUT_COV_TIMES_V: ddn_output = 12;
/// f64 [m][ld]: (grad score) v; needs DDN_IN_V
pub const DDN_OUT_JACOBIAN_TIMES_V: ddn_output = 13;
/// f64 [m][ld]: a draw of x_0 ~ p(x_0 | x); needs the noise of ddn_query_set_noise
pub const DDN_OUT_DRAW: ddn_output = 14;
/// i64 [m]: its component
pub const DDN_OUT_DRAW_INDEX: ddn_output = 15;
/// f64 [m]: squared distance of x/a to the nearest point
pub const DDN_OUT_NEAREST_DISTANCE2: ddn_output = 16;
/// f64 [m]: squared distance of x/a to the second nearest distinct point: copies of the nearest one do not count;
/// INFINITY where there is none. The two decide whether x is a copy (arXiv:2310.02664: nearest < second / 9).
/// Both from differences in double, whatever DDN_QUERY_EPSILON says; they cost about one more screen of the data,
/// also where a trajectory (DDN_QUERY_TRAJECTORY) would read a few points alone.
pub const DDN_OUT_SECOND_DISTANCE2: ddn_output = 17;
/// not a value; keeps the constants signed
pub const DDN_IN_NONE: ddn_input = -1;
/// f64 [m][ld]: vectors for COV_TIMES_V and JACOBIAN_TIMES_V
pub const DDN_IN_V: ddn_input = 101;
/// not a value; keeps the constants signed
pub const DDN_QUERY_NONE: ddn_query_key = -1;
/// double: posterior mass that may be left out, per state, in [0, 1e-2]; 0 reads everything; default 1e-9, and
/// 1e-15 for f64 data. The mass really left out is at most ddn_query_dropped, and points left out weigh less than
/// epsilon/n each. With e for epsilon, D for the diameter of the data, and up to rounding: LOG_P is low by at
/// most e/(1 - e), W_MAX high and ONE_MINUS_W_MAX low by as much; ENTROPY is off by at most e (1 + log(n/e)),
/// CLASS_POSTERIOR by e/(1 - e), SUM_W2 by 2.1 e, MEAN by e D, SCORE by e D a/s^2, TRACE_COV low by at most e D^2
/// and high by e times itself. So ENTROPY and ONE_MINUS_W_MAX may come as 0 where they are of that size (for the
/// preset below 3e-8 and 1e-9 at n = 10^4): 0 keeps their digits, and reads all points.
pub const DDN_QUERY_EPSILON: ddn_query_key = 2001;
/// int64, 0 or 1, default 0: row r of successive runs is the same trajectory. The query then remembers which
/// points are near each row and reads only those for as long as that is provably enough. The results keep the
/// accuracy promise, but not bit for bit those of a query without memory. Costs about 8 d + 16 kB per row.
pub const DDN_QUERY_TRAJECTORY: ddn_query_key = 2002;
/// int64, default 0: set of ways of evaluation that may not be used, bit i for way number i; all but the last can
/// be forbidden. For tests and measurements: the result keeps the promise.
pub const DDN_QUERY_FORBID: ddn_query_key = 2003;
/// int64 in [0, 10^6], default 0, the exact DIVERGENCE; else it is the mean of v.(grad score) v over so many
/// vectors v of random signs (Hutchinson), of any oracle that has JACOBIAN_TIMES_V: unbiased, variance 2 sum_(i
/// != j) J_ij^2/PROBES. Probe k of row r is a function of (seed, path, step, k), which ddn_query_set_noise sets
/// as for draws: values of several steps or seeds are independent, and their spread is the error. Of a
/// combination by products with its own J.
pub const DDN_QUERY_PROBES: ddn_query_key = 2004;
/// not a value; keeps the constants signed
pub const DDN_WAY_NONE: ddn_way_tally = -1;
/// states that it was asked to serve
pub const DDN_WAY_TRIED: ddn_way_tally = 1;
/// of them, those whose outputs it wrote
pub const DDN_WAY_SERVED: ddn_way_tally = 2;
/// rows read: one that is compared with several states counts for each, and again for a second pass
/// (covariances); the few that a draw looks at once more do not
pub const DDN_WAY_ROWS: ddn_way_tally = 3;
/// bytes of data read: those of a row count once for the states that share the reading
pub const DDN_WAY_BYTES: ddn_way_tally = 4;
/// the result has no times
pub const DDN_CLOCK_NONE: ddn_clock = -1;
/// OU time, log(1 + s^2/a^2)/2
pub const DDN_CLOCK_OU: ddn_clock = 1;
/// the time of a schedule: the field "schedule" says which
pub const DDN_CLOCK_SCHEDULE: ddn_clock = 2;
/// nothing: NaN, as medians, quantiles and what is derived
pub const DDN_POOLING_NONE: ddn_pooling = -1;
/// must be equal in both: grids, n, d
pub const DDN_POOLING_SAME: ddn_pooling = 1;
/// mean of `count` samples; error NAME_se: sd/sqrt(count)
pub const DDN_POOLING_MEAN: ddn_pooling = 2;
/// share of `count` trials; NAME_se, and NAME_low, NAME_high, its 95 % interval (theory (45)), are made anew
pub const DDN_POOLING_SHARE: ddn_pooling = 3;
/// both added up: numbers of samples
pub const DDN_POOLING_SUM: ddn_pooling = 4;
/// _se, _low, _high or _rho of a mean or share: made with it
pub const DDN_POOLING_PART: ddn_pooling = 5;
/// no format
pub const DDN_RESULT_FORMAT_NONE: ddn_result_format = -1;
/// to write: by the ending of the name; to read: by content
pub const DDN_RESULT_FORMAT_AUTO: ddn_result_format = 0;
/// everything: lines "# field", "# scalar", "# column" with JSON after them, then a line of names, then the rows
pub const DDN_RESULT_FORMAT_CSV: ddn_result_format = 1;
/// everything: "fields", "scalars", "rows", "columns" by name; NaN is null, infinities are the strings "inf" and
/// "-inf"
pub const DDN_RESULT_FORMAT_JSON: ddn_result_format = 2;
/// the columns alone, as a NumPy array with named fields
pub const DDN_RESULT_FORMAT_NPY: ddn_result_format = 3;
/// not a value; keeps the constants signed
pub const DDN_ANALYSIS_NONE: ddn_analysis_key = -1;
/// level eps of f^e = eps alpha; [1e-12, 1 - 1e-12], default 0.05
pub const DDN_ANALYSIS_EXCESS_LEVEL: ddn_analysis_key = 4001;
/// noisy end of simulated paths in the schedule's time; until it is set (get and preset give NaN): OU time 6, or
/// the noisy end of the schedule if that comes first
pub const DDN_ANALYSIS_T_START: ddn_analysis_key = 4002;
/// clean end of simulated paths; until it is set: OU time 1e-3
pub const DDN_ANALYSIS_T_END: ddn_analysis_key = 4003;
/// eta of the sampler where it has one; default 1
pub const DDN_ANALYSIS_ETA: ddn_analysis_key = 4004;
/// default 0
pub const DDN_ANALYSIS_SEED: ddn_analysis_key = 4005;
/// states a time for identities, unless PRECISION is set; >= 2, default 1024
pub const DDN_ANALYSIS_SAMPLES: ddn_analysis_key = 4006;
/// clone pairs, U-turns or branches a time; for clones unless CLONE_PRECISION is set; >= 2, default 512
pub const DDN_ANALYSIS_CLONES: ddn_analysis_key = 4007;
/// steps of simulated continuations; >= 1, or 0, the default: 12 for EXACT, which has no step-size error, 256 for
/// other methods. The bias of the noisy ones falls as 1/steps: 64 steps were up to 0.02 of phi and 0.042 of phi_C
/// off, 128 steps 0.012 of phi (theory (47)), beside the standard error 0.022 of 512 pairs. Results have the
/// number as a field, and what half as many change (STEP_SHARE)
pub const DDN_ANALYSIS_STEPS: ddn_analysis_key = 4008;
/// states evaluated together; >= 1, default 128; results do not depend on it beyond rounding
pub const DDN_ANALYSIS_BATCH: ddn_analysis_key = 4009;
/// a ddn_method for simulated paths, or 0, the default: EXACT for oracles that can draw, EXPONENTIAL with ETA
/// (ancestral sampling) for others, as models. Results have the one that was taken as a field
pub const DDN_ANALYSIS_METHOD: ddn_analysis_key = 4010;
/// paths of the last-change measurement; default 256
pub const DDN_ANALYSIS_PATHS: ddn_analysis_key = 4011;
/// grid of the last-change measurement, and steps of the flow of log likelihoods; default 64
pub const DDN_ANALYSIS_PATH_STEPS: ddn_analysis_key = 4012;
/// standard error wanted of the identities phi_C and f_over_alpha, and of phi over 1 - phi(inf), in place of
/// SAMPLES; [1e-12, 1]; until it is set (get and preset give NaN): none
pub const DDN_ANALYSIS_PRECISION: ddn_analysis_key = 4013;
/// most states or clone pairs a time where a precision is wanted; >= 2, default 2^20
pub const DDN_ANALYSIS_MOST_SAMPLES: ddn_analysis_key = 4014;
/// close points of each point between which identities look for rare states; at most 2^22/n are taken, or 8 where
/// that is less; [0, 256], default 48, 0: plain samples
pub const DDN_ANALYSIS_NEIGHBOURS: ddn_analysis_key = 4015;
/// standard error wanted of phi_C of clones, and of phi over 1 - phi(inf) (1 where it is not known), in place of
/// CLONES; [1e-12, 1]; until it is set: none
pub const DDN_ANALYSIS_CLONE_PRECISION: ddn_analysis_key = 4016;
/// a sample is memorized where d1 / d2 is below it (memorization.h); [1e-12, 1], default 1/3
pub const DDN_ANALYSIS_KAPPA: ddn_analysis_key = 4017;
/// a ddn_grid for simulated paths, or 0, the default: the method's own, for the last change GEOMETRIC. Those of
/// whole indices need T_END, and the times asked for, to be whole; not LEADING, which does not start at the time
/// of the states
pub const DDN_ANALYSIS_GRID: ddn_analysis_key = 4018;
/// share of the simulated paths that run once more with half the steps and the same noise, to judge the step-size
/// error; [0, 1], default 1/4, 0: it is not judged
pub const DDN_ANALYSIS_STEP_SHARE: ddn_analysis_key = 4019;
/// not a value; keeps the constants signed
pub const DDN_KEEP_NONE: ddn_keep = -1;
/// nothing, the default
pub const DDN_KEEP_NOTHING: ddn_keep = 0;
/// those of calls that ended with a status other than DDN_OK: stopped, cancelled, failed
pub const DDN_KEEP_STOPPED: ddn_keep = 1;
/// all, for jobs of several calls
pub const DDN_KEEP_ALL: ddn_keep = 2;
/// not a value; keeps the constants signed
pub const DDN_METHOD_NONE: ddn_method = -1;
/// (*) the exact reverse kernel: x_0 drawn from the posterior, then the bridge; right at any step size. Oracles
/// that can draw only. (13)
pub const DDN_METHOD_EXACT: ddn_method = 10;
/// (*) Euler-Maruyama of the eta-family: eta = 1 reverse SDE, eta = 0 probability flow, order 1
pub const DDN_METHOD_EULER: ddn_method = 20;
/// probability flow by Heun's rule in the schedule's time (ddpm and cosine, whose rates jump at the indices: in
/// OU time), order 2 on every schedule and grid, two evaluations a step
pub const DDN_METHOD_HEUN: ddn_method = 21;
/// (*) Heun's rule in sigma (Karras et al. 2022), order 2, two evaluations a step; Euler onto sigma = 0; noise by
/// DDN_INTEGRATOR_CHURN. Default grid KARRAS
pub const DDN_METHOD_EDM_HEUN: ddn_method = 22;
/// (*) DDIM of the eta-family, eta in [0, 1]: eta = 0 exponential integrator of the probability flow, order 1;
/// eta = 1 ancestral (DDPM posterior)
pub const DDN_METHOD_EXPONENTIAL: ddn_method = 30;
/// (*) ancestral sampling (Ho et al. 2020) with the variance of DDN_INTEGRATOR_VARIANCE; no noise in a step onto
/// s = 0
pub const DDN_METHOD_DDPM: ddn_method = 40;
/// (*) pseudo numerical method (Liu et al. 2022): three pseudo Runge-Kutta steps, then four-step Adams-Bashforth
/// on eps in the schedule's time, order 2 (4 where that is sigma). Default grid UNIFORM
pub const DDN_METHOD_PNDM: ddn_method = 50;
/// (*) two-step Adams-Bashforth on the denoiser in log(a/s), i.e. DPM-Solver++(2M) (Lu et al. 2022), order 2, one
/// evaluation
pub const DDN_METHOD_MULTISTEP2: ddn_method = 51;
/// (*) eps mixed with the one before by DDN_INTEGRATOR_GAMMA, noise by DDN_INTEGRATOR_MU (Permenter and Yuan
/// 2023): (gamma, mu) = (1, 0) is DDIM, (1, 1/2) DDPM, (2, 0) accelerated, order 1; (3/2, 0) has order 2.
pub const DDN_METHOD_GRADIENT_ESTIMATION: ddn_method = 52;
/// probability flow between the grid times by Dormand-Prince 5(4) in log sigma with error control to
/// DDN_INTEGRATOR_RTOL, _ATOL (below 1e-7 with a smaller DDN_INTEGRATOR_EPSILON); each row has its own steps, so
/// rows do not affect each other
pub const DDN_METHOD_ADAPTIVE: ddn_method = 60;
/// forward process, exact transitions; times increase and may start at the noiseless time
pub const DDN_METHOD_FORWARD: ddn_method = 90;
/// not a value; keeps the constants signed
pub const DDN_INTEGRATOR_NONE: ddn_integrator_key = -1;
/// the noisy end, in the schedule's time; default: OU time 3
pub const DDN_INTEGRATOR_T_START: ddn_integrator_key = 3001;
/// the clean end, < T_START; default: OU time 1e-3
pub const DDN_INTEGRATOR_T_END: ddn_integrator_key = 3002;
/// noise level; EULER [0, 10], EXPONENTIAL [0, 1], default 1; fixed for the others: 1 with noise, 0 without
pub const DDN_INTEGRATOR_ETA: ddn_integrator_key = 3003;
/// posterior mass an evaluation may leave out: DDN_QUERY_EPSILON with its bounds and default
pub const DDN_INTEGRATOR_EPSILON: ddn_integrator_key = 3004;
/// ADAPTIVE: error of a step relative to |x|; default 1e-6
pub const DDN_INTEGRATOR_RTOL: ddn_integrator_key = 3005;
/// ADAPTIVE: and absolute, per coordinate; default 1e-8
pub const DDN_INTEGRATOR_ATOL: ddn_integrator_key = 3006;
/// GRADIENT_ESTIMATION: in [0, 4]; default 2
pub const DDN_INTEGRATOR_GAMMA: ddn_integrator_key = 3007;
/// GRADIENT_ESTIMATION: in [0, 0.99]; default 0
pub const DDN_INTEGRATOR_MU: ddn_integrator_key = 3008;
/// >= 1; default 100
pub const DDN_INTEGRATOR_STEPS: ddn_integrator_key = 3009;
/// a ddn_grid; default DDN_GRID_LOGSNR unless the method says otherwise. Those of whole indices need whole
/// T_START and T_END, which the defaults are not
pub const DDN_INTEGRATOR_GRID: ddn_integrator_key = 3010;
/// any; default 0
pub const DDN_INTEGRATOR_SEED: ddn_integrator_key = 3011;
/// >= 0; default 0: path number of row 0
pub const DDN_INTEGRATOR_FIRST_PATH: ddn_integrator_key = 3012;
/// 0 or 1; default 0: finish with x = E[x_0 | x] at t_end
pub const DDN_INTEGRATOR_DENOISE: ddn_integrator_key = 3013;
/// >= 0; default 0: step number of the first step in the noise function, to continue a path with fresh noise
pub const DDN_INTEGRATOR_FIRST_STEP: ddn_integrator_key = 3014;
/// DDPM: 0 beta = 1 - abar/abar' (default), 1 its posterior value beta (1 - abar')/(1 - abar), abar = a^2/(a^2 +
/// s^2)
pub const DDN_INTEGRATOR_VARIANCE: ddn_integrator_key = 3015;
/// 0 or 1; default 0: evaluate with DDN_QUERY_TRAJECTORY. Faster at late times; results keep the accuracy
/// promise, but a run that was restored, or stopped other than by a callback, or that is not the first one of its
/// integrator agrees with an unbroken first one to that promise only, not bit for bit
pub const DDN_INTEGRATOR_TRAJECTORY: ddn_integrator_key = 3016;
/// EDM_HEUN: S_churn of Karras et al. 2022, >= 0; default 0. Before a step of a run of N sigma rises to (1 +
/// gamma) sigma, gamma = min(S_churn/N, sqrt(2) - 1), by fresh noise, where sigma is within CHURN_MIN and _MAX,
/// but not beyond the schedule's last time. Marginals stay right with CHURN_NOISE 1. The oracle is then asked
/// between the grid times, at no whole indices
pub const DDN_INTEGRATOR_CHURN: ddn_integrator_key = 3017;
/// S_tmin, a sigma; default 0
pub const DDN_INTEGRATOR_CHURN_MIN: ddn_integrator_key = 3018;
/// S_tmax, a sigma; default 1e150
pub const DDN_INTEGRATOR_CHURN_MAX: ddn_integrator_key = 3019;
/// S_noise, standard deviation of that noise; [0, 10], default 1
pub const DDN_INTEGRATOR_CHURN_NOISE: ddn_integrator_key = 3020;
/// no phase
pub const DDN_RUN_NONE: ddn_run_phase = -1;
/// no run yet, or the last one was given up
pub const DDN_RUN_IDLE: ddn_run_phase = 0;
/// inside ddn_integrator_run or _resume: this is a callback
pub const DDN_RUN_RUNNING: ddn_run_phase = 1;
/// in the middle of a run: resume, save or reset it
pub const DDN_RUN_STOPPED: ddn_run_phase = 2;
/// the last run came to its end
pub const DDN_RUN_FINISHED: ddn_run_phase = 3;
/// not a value; keeps the constants signed
pub const DDN_TALLY_NONE: ddn_tally = -1;
/// states at which the oracle was evaluated
pub const DDN_TALLY_EVALUATIONS: ddn_tally = 1;
/// ADAPTIVE: steps taken, summed over the rows; else 0
pub const DDN_TALLY_ACCEPTED: ddn_tally = 2;
/// ADAPTIVE: steps tried again shorter, summed over the rows
pub const DDN_TALLY_REJECTED: ddn_tally = 3;
/// not a value; keeps the constants signed
pub const DDN_START_NONE: ddn_start = -1;
/// N(0, (a^2 + s^2) I): what the process has forgotten everything in
pub const DDN_START_NOISE: ddn_start = 1;
/// N(a mean, a^2 C + s^2 I) with mean and covariance of the data
pub const DDN_START_GAUSSIAN: ddn_start = 2;
/// not a value; keeps the constants signed
pub const DDN_RECORD_NONE: ddn_record = -1;
/// f64 [times] (all; snapshots: [count], the times taken)
pub const DDN_RECORD_TIMES: ddn_record = 1;
/// f64 [count][m][d] (snapshots)
pub const DDN_RECORD_STATES: ddn_record = 2;
/// i64 [m] final component (nearest), final class (class)
pub const DDN_RECORD_INDEX: ddn_record = 3;
/// f64 [m] last-change time (nearest, class)
pub const DDN_RECORD_LAST_CHANGE: ddn_record = 4;
/// i64 [m] number of changes (nearest, class)
pub const DDN_RECORD_CHANGES: ddn_record = 5;
/// f64 [times][2] mean, standard error (posterior)
pub const DDN_RECORD_ENTROPY: ddn_record = 6;
/// f64 [times][2] (posterior)
pub const DDN_RECORD_SUM_W2: ddn_record = 7;
/// f64 [times][2] (posterior)
pub const DDN_RECORD_W_MAX: ddn_record = 8;
/// f64 [times][2] (posterior)
pub const DDN_RECORD_TRACE_COV: ddn_record = 9;
/// f64 [times][2] (posterior)
pub const DDN_RECORD_LOG_P: ddn_record = 10;
/// f64 [times][m][count] (overlap)
pub const DDN_RECORD_OVERLAP: ddn_record = 11;
/// i64 [times][m] component or class at each time (nearest, class)
pub const DDN_RECORD_HISTORY: ddn_record = 12;
/// not a value; keeps the constants signed
pub const DDN_VARIANCE_NONE: ddn_variance = -1;
/// variances[1]: one number for all
pub const DDN_VARIANCE_SHARED: ddn_variance = 1;
/// variances[K]: one number for each component
pub const DDN_VARIANCE_ISOTROPIC: ddn_variance = 2;
/// variances[d]: one diagonal for all
pub const DDN_VARIANCE_SHARED_DIAGONAL: ddn_variance = 3;
/// variances[K][ldv], ldv >= d: a diagonal for each
pub const DDN_VARIANCE_DIAGONAL: ddn_variance = 4;
/// not a value; keeps the constants signed
pub const DDN_PREDICTION_NONE: ddn_prediction = -1;
/// grad log p_t(x)
pub const DDN_PREDICTION_SCORE: ddn_prediction = 1;
/// E[z | x] = -s score
pub const DDN_PREDICTION_EPS: ddn_prediction = 2;
/// E[x_0 | x] = (x + s^2 score)/a
pub const DDN_PREDICTION_X0: ddn_prediction = 3;
/// E[a z - s x_0 | x]
pub const DDN_PREDICTION_V: ddn_prediction = 4;
/// E[da/dt x_0 + ds/dt z | x] = f x - g^2/2 score, the velocity of the probability flow (flow matching), in the
/// schedule's own time; f and g^2 as in ddn_schedule_rates
pub const DDN_PREDICTION_VELOCITY: ddn_prediction = 5;
/// not a value; keeps the constants signed
pub const DDN_MODEL_NONE: ddn_model_key = -1;
/// double, default -INFINITY; and
pub const DDN_MODEL_CLIP_LOW: ddn_model_key = 6001;
/// double, default INFINITY: bounds of the denoiser, as samplers of images have them. The prediction is converted
/// to x_0; where a coordinate is outside, it becomes the bound, and the score follows from it: (a bound - x)/s^2.
/// Such a score is the gradient of nothing. JACOBIAN_TIMES_V takes the derivative of a clipped coordinate of x_0
/// as zero: it is -v/s^2 there. LOW > HIGH is DDN_E_RANGE when the oracle is made.
pub const DDN_MODEL_CLIP_HIGH: ddn_model_key = 6002;
/// double, 0 or in [1e-12, 1], default 0: |h v|/s of the symmetric difference that gives JACOBIAN_TIMES_V where
/// there is no jvp. 0: what fits the type of predict, cbrt(u (1 + |x|/s)), u = 2^-53 or 2^-22, at most 2^-5. Set
/// it to about 2^-6 for a network in float behind a callback in double.
pub const DDN_MODEL_STEP: ddn_model_key = 6003;
/// int64 >= 1, default 2^40: callbacks are asked for at most so many states at once; results do not depend on it
pub const DDN_MODEL_MAX_ROWS: ddn_model_key = 6004;
/// not a value; keeps the constants signed
pub const DDN_SYMMETRY_NONE: ddn_symmetry_key = -1;
/// noise level of the family, [0, 10]; default 1
pub const DDN_SYMMETRY_ETA: ddn_symmetry_key = 5001;
/// a fixed point has |b| s^2 / c below this times |x| + s sqrt(d); [1e-14, 1e-2]; default 1e-10, 1e-5 for f32 and
/// u8 data
pub const DDN_SYMMETRY_TOLERANCE: ddn_symmetry_key = 5002;
/// fixed points nearer than this times |x| + s sqrt(d) are one; [1e-12, 1]; default 1e-6, 1e-3 for f32 and u8
/// data
pub const DDN_SYMMETRY_MERGE: ddn_symmetry_key = 5003;
/// largest step along a branch, in sqrt(dlog(tau)^2 + |dx|^2 / (s^2 sqrt(d))); [1e-4, 10]; default 0.1
pub const DDN_SYMMETRY_STEP: ddn_symmetry_key = 5004;
/// of the descent to a fixed point; >= 1, default 10000
pub const DDN_SYMMETRY_ITERATIONS: ddn_symmetry_key = 5005;
/// leading eigenvalues that are followed along a branch: events of the others go unseen; 1 .. 64, default 2, at
/// most d used
pub const DDN_SYMMETRY_EIGENVALUES: ddn_symmetry_key = 5006;
/// 1 (default): fixed points by descent in u, then Newton: stable ones; 0: damped Newton from the starts: of any
/// kind
pub const DDN_SYMMETRY_DESCEND: ddn_symmetry_key = 5007;
/// of the start vectors of Lanczos; default 0
pub const DDN_SYMMETRY_SEED: ddn_symmetry_key = 5008;
/// most points of one branch; >= 10, default 5000
pub const DDN_SYMMETRY_POINTS: ddn_symmetry_key = 5009;
/// most branches of a diagram; >= 1, default 256
pub const DDN_SYMMETRY_BRANCHES: ddn_symmetry_key = 5010;
/// not a value; keeps the constants signed
pub const DDN_BIFURCATION_NONE: ddn_bifurcation = -1;
/// saddle-node: the branch turns in t
pub const DDN_BIFURCATION_FOLD: ddn_bifurcation = 1;
/// another branch crosses: a pitchfork in symmetric data
pub const DDN_BIFURCATION_BRANCH: ddn_bifurcation = 2;
/// not a value; keeps the constants signed
pub const DDN_SYSTEM_KIND_NONE: ddn_system_kind = -1;
/// a flow: f is dx/dtau
pub const DDN_SYSTEM_FLOW: ddn_system_kind = 1;
/// a map: f is the next x
pub const DDN_SYSTEM_MAP: ddn_system_kind = 2;
/// not a value; keeps the constants signed
pub const DDN_STABILITY_NONE: ddn_stability = -1;
/// all decay
pub const DDN_STABILITY_STABLE: ddn_stability = 1;
/// all grow
pub const DDN_STABILITY_UNSTABLE: ddn_stability = 2;
/// some decay, some grow
pub const DDN_STABILITY_SADDLE: ddn_stability = 3;
/// d = 1: attracts on one side only (a tangent zero)
pub const DDN_STABILITY_HALF_STABLE: ddn_stability = 4;
/// the linear part does not tell
pub const DDN_STABILITY_NEUTRAL: ddn_stability = 5;
/// not a value; keeps the constants signed
pub const DDN_SYSTEM_BIFURCATION_NONE: ddn_system_bifurcation = -1;
/// two fixed points meet and vanish
pub const DDN_SYSTEM_SADDLE_NODE: ddn_system_bifurcation = 1;
/// two branches cross and exchange stability
pub const DDN_SYSTEM_TRANSCRITICAL: ddn_system_bifurcation = 2;
/// one branch becomes three, the outer ones stable
pub const DDN_SYSTEM_PITCHFORK_SUPER: ddn_system_bifurcation = 3;
/// the outer ones unstable
pub const DDN_SYSTEM_PITCHFORK_SUB: ddn_system_bifurcation = 4;
/// map: a multiplier passes -1
pub const DDN_SYSTEM_PERIOD_DOUBLING: ddn_system_bifurcation = 5;
/// not a value; keeps the constants signed
pub const DDN_REGIME_NONE: ddn_regime = -1;
/// t > t_S
pub const DDN_REGIME_RANDOM: ddn_regime = 1;
/// t_C < t <= t_S
pub const DDN_REGIME_FEATURES: ddn_regime = 2;
/// t <= t_C
pub const DDN_REGIME_MEMORIZATION: ddn_regime = 3;
/// not a value; keeps the constants signed
pub const DDN_PATH_NONE: ddn_path_method = -1;
/// POSTERIOR where the oracle has weights, else CLONES
pub const DDN_PATH_AUTO: ddn_path_method = 0;
/// from the posterior of the oracle: what the reverse SDE with this very score does next, exactly and without
/// simulation
pub const DDN_PATH_POSTERIOR: ddn_path_method = 1;
/// pairs of continuations from the state with the oracle's score
pub const DDN_PATH_CLONES: ddn_path_method = 2;
/// Memory of the host. Must be thread-safe and must outlive every object made with it. Returns memory aligned to
/// `alignment` (a power of two, at most 4096) or NULL.
pub type ddn_allocate_fn =
    unsafe extern "C" fn(user: *mut c_void, bytes: i64, alignment: i64) -> *mut c_void;
/// Gives memory back to the host, with the size that was asked for. Rules as for ddn_allocate_fn.
pub type ddn_deallocate_fn =
    unsafe extern "C" fn(user: *mut c_void, pointer: *mut c_void, bytes: i64);
/// Releases something that the library had borrowed; called once, on the thread that lets go of the last
/// reference.
///
/// What holds for every callback of the library, unless it says otherwise: it runs on the thread that made the
/// call. It returns 0 to go on, DDN_STOPPED to stop (the call returns that), any other value to fail (the call
/// returns DDN_E_CALLBACK; ddn_context_fail gives the text). It must return: no exception, panic or longjmp may
/// cross it. What it should write has been filled with NaN. It may call the library, also with the same context;
/// the object whose call is running is in use, and functions that would change it give DDN_E_STATE; it may be
/// destroyed, and then ends after the call. release is called once with `user` when the library lets go of it; if
/// the function that was given the callback fails, user stays with the caller and release is not called.
pub type ddn_release_fn =
    unsafe extern "C" fn(user: *mut c_void);
/// What the library gives a parallel-for to call. Never calls user code.
pub type ddn_parallel_body_fn =
    unsafe extern "C" fn(arg: *mut c_void, index: i64);
/// The host's own parallel-for (OpenMP, a Rust or Julia scheduler). It must call body(arg, i) exactly once for
/// each i in [0, count), in any order, on any threads, and return 0 after all calls have returned. It may also
/// return DDN_STOPPED to stop, or another value to fail (DDN_E_CALLBACK), without having called it for each i.
/// Calls that go on when it has returned are waited for, later ones do nothing: both are errors, too.
pub type ddn_parallel_for_fn =
    unsafe extern "C" fn(user: *mut c_void, count: i64, body: Option<ddn_parallel_body_fn>, arg: *mut c_void) -> i32;
/// Progress of long calls: fraction in [0, 1], which never goes back, of the stage named by the static text
/// `stage` (doc/threads.md has all; the name of the function where there is none), on the thread that made the
/// call. Comes at the parts of a stage, and after 0.1 s without. Returns 0 to go on, DDN_STOPPED to stop (the
/// call then returns that), another value to fail (DDN_E_CALLBACK). Calls that it makes itself do not report. No
/// exception, panic or longjmp may cross it.
pub type ddn_progress_fn =
    unsafe extern "C" fn(user: *mut c_void, stage: *const c_char, fraction: f64) -> i32;
/// Gives `give` to all ranks: take[r] is what rank r gave, one's own included. Called on the thread that made the
/// call, by all ranks in the same order with the same number of bytes, at most 2^26.
pub type ddn_team_allgather_fn =
    unsafe extern "C" fn(user: *mut c_void, bytes: i64, give: *const c_void, take: *mut c_void) -> i32;
/// Gives give[r] to rank r: take[r] is what rank r gave to this one. Rules as for ddn_team_allgather_fn.
pub type ddn_team_alltoall_fn =
    unsafe extern "C" fn(user: *mut c_void, bytes: i64, give: *const c_void, take: *mut c_void) -> i32;
/// A schedule of the host's own: writes a, s and their derivatives at t (callbacks: base.h; a schedule that is
/// shared is asked by several threads at a time).
pub type ddn_schedule_fn =
    unsafe extern "C" fn(user: *mut c_void, t: f64, a: *mut f64, s: *mut f64, da: *mut f64, ds: *mut f64) -> i32;
/// Says to which class each of m clean states belongs, in the units of the data: any numbers but INT32_MIN, and
/// where the points that judge have labels, one of these. INT32_MIN stands in class_out before the call; where it
/// is left the analysis fails with DDN_E_CALLBACK. (Callbacks: base.h.)
pub type ddn_classify_f64_fn =
    unsafe extern "C" fn(user: *mut c_void, m: i64, d: i64, x: *const f64, ldx: i64, class_out: *mut i32) -> i32;
/// As ddn_classify_f64_fn, for states in single precision.
pub type ddn_classify_f32_fn =
    unsafe extern "C" fn(user: *mut c_void, m: i64, d: i64, x: *const f32, ldx: i64, class_out: *mut i32) -> i32;
/// Called at every grid time of a run, the first and the last included (callbacks: base.h).
pub type ddn_observe_fn =
    unsafe extern "C" fn(user: *mut c_void, step: *const ddn_step) -> i32;
/// The host's own map, such as a network: writes the features of states (callbacks: base.h).
pub type ddn_features_fn =
    unsafe extern "C" fn(user: *mut c_void, m: i64, d: i64, x: *const f64, ldx: i64, features: *mut f64, ldf: i64) -> i32;
/// The prediction at the states, in double. Callbacks of a model get m >= 1 states at time t and noise level (a,
/// s) (callbacks: base.h). The arrays do not overlap; ldx, ldv and ldo are what is passed, and may be d. What is
/// not written to out, and NaN and Inf, is refused by row and column (DDN_E_NONFINITE).
pub type ddn_predict_f64_fn =
    unsafe extern "C" fn(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const f64, ldx: i64, out: *mut f64, ldo: i64) -> i32;
/// The prediction at the states, in single precision.
pub type ddn_predict_f32_fn =
    unsafe extern "C" fn(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const f32, ldx: i64, out: *mut f32, ldo: i64) -> i32;
/// Derivative of the prediction along v, row by row: out = (d prediction/dx) v.
pub type ddn_jvp_f64_fn =
    unsafe extern "C" fn(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const f64, ldx: i64, v: *const f64, ldv: i64, out: *mut f64, ldo: i64) -> i32;
/// The same in single precision.
pub type ddn_jvp_f32_fn =
    unsafe extern "C" fn(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const f32, ldx: i64, v: *const f32, ldv: i64, out: *mut f32, ldo: i64) -> i32;
/// log p_t at the states, in nats.
pub type ddn_log_density_fn =
    unsafe extern "C" fn(user: *mut c_void, t: f64, a: f64, s: f64, m: i64, d: i64, x: *const f64, ldx: i64, out: *mut f64) -> i32;
/// Writes f(p, x) or the Jacobian df_i/dx_j (callbacks: base.h). Values that are not finite are DDN_E_CALLBACK,
/// except in orbits, escapes and trial steps.
pub type ddn_system_fn =
    unsafe extern "C" fn(user: *mut c_void, parameter: f64, d: i64, x: *const f64, out: *mut f64) -> i32;

#[link(name = "diffdyn")]
extern "C" {
    /// Name of a status, as "DDN_E_RANGE"; "unknown status" for another number.
    pub fn ddn_status_name(status: i32) -> *const c_char;
    /// Meaning of a status; "unknown status" for another number.
    pub fn ddn_status_text(status: i32) -> *const c_char;
    /// Version of the library at run time, e.g. "0.9.0". Compare with DDN_VERSION_STRING, the version compiled
    /// against.
    pub fn ddn_version_string() -> *const c_char;
    /// Version of the library at run time, major * 1000000 + minor * 1000 + patch. Compare with DDN_VERSION, the
    /// version compiled against.
    pub fn ddn_version_number() -> i32;
    /// What this library is made of and what it found on this machine, by name:
    ///
    /// "version"            as ddn_version_string
    /// "compiler"           "gcc 12.2.0"
    /// "kernels"            variants compiled in, "reference,avx2,avx512"; see ddn_kernel_name
    /// "kernel"             the best of them that this processor can run
    /// "ways"               ways of evaluation of empirical oracles; see ddn_oracle_way_name
    /// "blas"               version and configuration of OpenBLAS; "generic" if another BLAS is
    /// linked, "none" if OpenBLAS cannot be loaded
    /// "blas_integer_bits"  "32" or "64": width of the integers that BLAS and LAPACK are called with
    /// "blas_core"          the processor that it took its kernels for, or as "blas"
    /// "blas_threading"     "serial", "pthreads" or "openmp", or as "blas"
    /// "gzip"               version of zlib, by which compressed files are read
    /// "formats"            file formats, ".npz,.npy,IDX,CIFAR-10,CIFAR-100"
    /// "hdf5"               version of libhdf5, or "none"
    /// "images"             versions of libpng and libjpeg, or "none"
    /// "threads"            what the library's own threads are, "pthreads"
    ///
    /// Lists are comma separated. A later version may have more.
    pub fn ddn_feature(name: *const c_char) -> *const c_char;
    /// How many features there are.
    pub fn ddn_feature_count() -> i64;
    /// Name of feature number i, from 0.
    pub fn ddn_feature_name(i: i64) -> *const c_char;
    /// Creates a context with the C library's allocator, one thread, and the best kernel for the processor. *out is
    /// NULL unless DDN_OK. Errors: DDN_E_NULL, DDN_E_NOMEM.
    pub fn ddn_context_create(out: *mut *mut ddn_context) -> i32;
    /// As ddn_context_create, with the host's memory functions; objects created through this context use them too.
    pub fn ddn_context_create_with_allocator(allocate: Option<ddn_allocate_fn>, deallocate: Option<ddn_deallocate_fn>, user: *mut c_void, out: *mut *mut ddn_context) -> i32;
    /// Lets go of the context; objects that still use it keep it alive. NULL is a no-op.
    pub fn ddn_context_destroy(ctx: *mut ddn_context);
    /// Text of the last error of a call that used this context: function, argument, value, limit. "" before the first
    /// one.
    pub fn ddn_context_message(ctx: *const ddn_context) -> *const c_char;
    /// The options of a context.
    pub fn ddn_context_options(ctx: *mut ddn_context) -> *mut ddn_options;
    /// Sets an option of type double.
    pub fn ddn_options_set_f64(options: *mut ddn_options, key: i32, value: f64) -> i32;
    /// Sets an option of type int64.
    pub fn ddn_options_set_i64(options: *mut ddn_options, key: i32, value: i64) -> i32;
    /// Value of an option of type double.
    pub fn ddn_options_get_f64(options: *const ddn_options, key: i32, value: *mut f64) -> i32;
    /// Value of an option of type int64.
    pub fn ddn_options_get_i64(options: *const ddn_options, key: i32, value: *mut i64) -> i32;
    /// Bounds of an option of type double, both included.
    pub fn ddn_options_bounds_f64(options: *const ddn_options, key: i32, minimum: *mut f64, maximum: *mut f64, preset: *mut f64) -> i32;
    /// Bounds of an option of type int64, both included.
    pub fn ddn_options_bounds_i64(options: *const ddn_options, key: i32, minimum: *mut i64, maximum: *mut i64, preset: *mut i64) -> i32;
    /// Gives all options their presets again. DDN_E_STATE where they may not be changed now.
    pub fn ddn_options_reset(options: *mut ddn_options) -> i32;
    /// How many options there are.
    pub fn ddn_options_count(options: *const ddn_options) -> i64;
    /// Key of number i, from 0; 0 past the last.
    pub fn ddn_options_key(options: *const ddn_options, i: i64) -> i32;
    /// Name of a key, as "DDN_QUERY_EPSILON".
    pub fn ddn_options_name(options: *const ddn_options, key: i32) -> *const c_char;
    /// Key of a name as ddn_options_name gives it, to set an option that a configuration names; -1 if these options
    /// have none of that name.
    pub fn ddn_options_find(options: *const ddn_options, name: *const c_char) -> i32;
    /// Type of an option: DDN_TYPE_F64 or DDN_TYPE_I64; 0 for a key that these options do not have.
    pub fn ddn_options_type(options: *const ddn_options, key: i32) -> i32;
    /// Which variant of the kernels runs: "reference", "avx2", "avx512", "avx512vnni" or "neon". The default is the
    /// best one that the processor supports. Forcing one that it does not support is DDN_E_UNSUPPORTED. Used by calls
    /// made afterwards.
    pub fn ddn_context_set_kernel(ctx: *mut ddn_context, name: *const c_char) -> i32;
    /// Name of the variant in use.
    pub fn ddn_context_kernel(ctx: *const ddn_context) -> *const c_char;
    /// Name of variant number `index` (0, 1, ...) compiled into the library.
    pub fn ddn_kernel_name(index: i32, supported: *mut i32) -> *const c_char;
    /// Replaces the library's own threads by the host's. `count` asked of it is at most DDN_CONTEXT_THREADS.
    /// release(user) is called when another one is set or the context goes.
    pub fn ddn_context_set_parallel_for(ctx: *mut ddn_context, parallel_for: Option<ddn_parallel_for_fn>, user: *mut c_void, release: Option<ddn_release_fn>) -> i32;
    /// Sets the progress callback. release(user) is called when another one is set or the context goes. DDN_E_STATE
    /// inside a callback.
    pub fn ddn_context_set_progress(ctx: *mut ddn_context, progress: Option<ddn_progress_fn>, user: *mut c_void, release: Option<ddn_release_fn>) -> i32;
    /// Asks the call of this context that is running to stop: it returns DDN_STOPPED, and so does every call inside
    /// it, after at most 0.1 s of work; what is then in the outputs is in doc/threads.md. With no call running it
    /// does nothing: it never stops a later call. May be called from any thread and from a signal handler.
    pub fn ddn_context_cancel(ctx: *mut ddn_context);
    /// For callbacks that fail: `return ddn_context_fail(ctx, "the device is gone");` gives the text to the message
    /// of the call that is running. Always returns DDN_E_CALLBACK.
    pub fn ddn_context_fail(ctx: *mut ddn_context, text: *const c_char) -> i32;
    /// Makes a team of two exchanges of bytes; diffdyn/mpi.h makes one from any communicator. Exchanges nothing.
    /// `user` is handed to the callbacks, and to release with the last object made over the team. An exchange that
    /// fails, or does not give a rank its own bytes back, ends the call with DDN_E_CALLBACK, on this rank and for
    /// good. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NOMEM.
    pub fn ddn_team_create(ctx: *mut ddn_context, rank: i64, size: i64, allgather: Option<ddn_team_allgather_fn>, alltoall: Option<ddn_team_alltoall_fn>, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_team) -> i32;
    /// Adds a reference to the team: it then takes one more ddn_team_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_team_retain(team: *const ddn_team) -> i32;
    /// Lets go of the team. NULL is a no-op.
    pub fn ddn_team_destroy(team: *mut ddn_team);
    /// Makes a team of this rank's group: the ranks of `whole` are cut into groups of `size` consecutive ones, of
    /// which rank r is number r % size of group r / size. Each group can so have all of the data, each of its ranks a
    /// part of them, and the groups share the samples: sets are made over the group, and ddn_analysis_set_team is
    /// given the group, too. diffdyn/mpi.h makes both teams of a communicator.
    ///
    /// The exchanges are those of the group's ranks among each other; rules as for ddn_team_create. All ranks of the
    /// whole make this call, and later the same calls with objects made over their groups. Groups wait for each other
    /// only where they share something, and at the end of each call, which exchanges one status more among all of
    /// them. An error, a stop or a cancel on one rank so ends the same measurement on all ranks of the whole, and its
    /// text has the rank's number among all; what groups do beside each other (a score) it ends in the group, and the
    /// next call on all ranks.
    ///
    /// On all ranks the same status. Errors: DDN_E_NULL, DDN_E_HANDLE, DDN_E_RANGE (size does not divide the ranks of
    /// the whole), DDN_E_UNSUPPORTED (whole is a group), DDN_E_MISMATCH (sizes differ), DDN_E_NOMEM.
    pub fn ddn_team_create_group(ctx: *mut ddn_context, whole: *mut ddn_team, size: i64, allgather: Option<ddn_team_allgather_fn>, alltoall: Option<ddn_team_alltoall_fn>, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_team) -> i32;
    /// This rank; -1 for NULL.
    pub fn ddn_team_rank(team: *const ddn_team) -> i64;
    /// Number of ranks; 0 for NULL.
    pub fn ddn_team_size(team: *const ddn_team) -> i64;
    /// The team of which this one is a group.
    pub fn ddn_team_whole(team: *const ddn_team) -> *const ddn_team;
    /// Gives all ranks one status, those of the whole if the team is a group: `mine` of the lowest rank where that is
    /// an error, else DDN_STOPPED where one has that, else DDN_OK. For steps that each rank takes by itself, such as
    /// opening its file: `status = ddn_team_agree(ctx, team, ddn_dataset_open(...))`. The text of ctx's last error
    /// goes with it. A number that is no status is DDN_E_RANGE.
    pub fn ddn_team_agree(ctx: *mut ddn_context, team: *mut ddn_team, mine: i32) -> i32;
    /// Copies points. A fresh set has scale 1, shift 0 and no labels. Errors: DDN_E_NULL, DDN_E_KEY (type),
    /// DDN_E_RANGE (n, d), DDN_E_SHAPE (ld), DDN_E_NONFINITE, DDN_E_NOMEM.
    pub fn ddn_dataset_create(ctx: *mut ddn_context, type_: i32, n: i64, d: i64, data: *const c_void, ld: i64, out: *mut *mut ddn_dataset) -> i32;
    /// As ddn_dataset_create without the copy. On failure the caller still owns the data and release is not called.
    pub fn ddn_dataset_create_borrowed(ctx: *mut ddn_context, type_: i32, n: i64, d: i64, data: *const c_void, ld: i64, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_dataset) -> i32;
    /// Opens a file as a dataset. Numbers are stored as they are, or in the narrowest type that holds them all: u1
    /// and b1 as DDN_TYPE_U8; i1, i2, u2, f2, f4 and bfloat16 as DDN_TYPE_F32; i4, u4, i8, u8 (below 2^53 in
    /// magnitude) and f8 as DDN_TYPE_F64. ddn_dataset_description says what was done.
    ///
    /// A path with ".npz:" or ".zip:" in it names a member of an archive behind the last of these: "x.npz:images" is
    /// images.npy in x.npz. Without, the member is the only array, or the first that there is of data, x, images,
    /// points, samples, features, their like for training (x_train, train_images, ...) and arr_0; then labels come
    /// with the points if the archive has some of such a name (labels, y, targets, ...; y_train, ...). A member that
    /// is named comes alone.
    ///
    /// The file is read whole, into the context's allocator, and closed: what becomes of it later does not matter to
    /// the set (a file that is larger than memory: ddn_dataset_open_in_place). Errors name the file: DDN_E_IO
    /// (missing, unreadable), DDN_E_FORMAT (what is wrong in it), and those of ddn_dataset_create.
    pub fn ddn_dataset_open(ctx: *mut ddn_context, path: *const c_char, format: i32, out: *mut *mut ddn_dataset) -> i32;
    /// As ddn_dataset_open for a plain file that may be larger than memory: the numbers stay in the file, which the
    /// set maps until it and what was made of it are destroyed, and the system brings in what is read and gives it up
    /// again. Everything that is computed has the same bits as with the file read. What the numbers cannot be used in
    /// as they stand is DDN_E_UNSUPPORTED, with what to do: compressed files and archives, numbers that would have to
    /// be converted, Fortran order.
    ///
    /// The file must not change while the set is there. One that has another size or time of change is refused
    /// (DDN_E_IO) when the set is next read; one that is cut short while it is read ends the process (SIGBUS on POSIX
    /// systems), as does a disk that fails. Replacing the file by renaming a new one to its name, or removing it,
    /// does no harm.
    ///
    /// Opening reads the header (and the records of CIFAR, for their labels). That all numbers are finite is seen by
    /// the first call that reads them all, without a further pass where that takes a mean, as making an oracle does:
    /// DDN_E_NONFINITE then, with row and column. doc/howto/memory-and-sizes.md says how often what reads the file,
    /// and which functions copy points.
    pub fn ddn_dataset_open_in_place(ctx: *mut ddn_context, path: *const c_char, format: i32, out: *mut *mut ddn_dataset) -> i32;
    /// As ddn_dataset_open with several files as one set, one after another: 1 <= count <= 1000, all of the same d
    /// (DDN_E_SHAPE) and of numbers that are stored alike (DDN_E_TYPE). All are open at the same time. The set has
    /// labels if each file brings some; folders whose classes have other names than those of the first are
    /// DDN_E_FORMAT. Errors name the file.
    pub fn ddn_dataset_open_files(ctx: *mut ddn_context, format: i32, count: i64, paths: *const *const c_char, out: *mut *mut ddn_dataset) -> i32;
    /// As ddn_dataset_open_files and ddn_dataset_create_team: each rank reads its share of the rows, of which the
    /// shares are as even as can be, in rank order, so that the set has the order of the files. Plain files are read
    /// from the place of the share on; what is compressed, in an archive, or in Fortran order, is read by each rank
    /// from its beginning to its end, and the rows of others are dropped. A rank needs memory for its share, and for
    /// the labels of all points. All ranks have the files, at paths that may differ: files of other sizes or with
    /// other headers on one rank are DDN_E_MISMATCH, fewer points than ranks DDN_E_RANGE, and what one rank cannot
    /// read ends the call on all of them.
    pub fn ddn_dataset_open_team(ctx: *mut ddn_context, team: *mut ddn_team, format: i32, count: i64, paths: *const *const c_char, out: *mut *mut ddn_dataset) -> i32;
    /// As ddn_dataset_open_in_place, of which each rank uses its share of the rows (ddn_dataset_open_team) where they
    /// are: it keeps labels, norms and lengths of its points in memory, and reads no rows of others. The rules and
    /// errors of both; ranks of one machine that use one file share what the system keeps of it.
    pub fn ddn_dataset_open_team_in_place(ctx: *mut ddn_context, team: *mut ddn_team, path: *const c_char, format: i32, out: *mut *mut ddn_dataset) -> i32;
    /// The same stored numbers under the map a = scale * stored + shift, replacing the present map. [0, 255] -> [-1,
    /// 1] is scale 1/127.5, shift -1. scale must be finite and not 0, shift finite.
    pub fn ddn_dataset_create_mapped(ctx: *mut ddn_context, ds: *const ddn_dataset, scale: f64, shift: f64, out: *mut *mut ddn_dataset) -> i32;
    /// The same points as bytes, where they are bytes under an affine map, as images divided by 255 or normalised
    /// are: a set of DDN_TYPE_U8 with that map, labels and weights kept, in an eighth or a quarter of the memory and
    /// evaluated faster. The same means: each stored number is step * k + low, 0 <= k <= 255, to 4 roundings of the
    /// largest magnitude of any, 2^-22 of it for DDN_TYPE_F32 and 2^-51 for DDN_TYPE_F64; low is the least of them
    /// and step the largest that does. The map of the new set is that of ds after this one. A set of bytes is given
    /// back as it is. Where the numbers are no bytes: DDN_E_UNSUPPORTED, with the row and the column of one that does
    /// not fit to those before it; mostly after a few rows. Can be cancelled.
    pub fn ddn_dataset_create_bytes(ctx: *mut ddn_context, ds: *const ddn_dataset, out: *mut *mut ddn_dataset) -> i32;
    /// The same points with labels, count == n, else DDN_E_SHAPE.
    pub fn ddn_dataset_create_labelled(ctx: *mut ddn_context, ds: *const ddn_dataset, count: i64, labels: *const i32, out: *mut *mut ddn_dataset) -> i32;
    /// As ddn_dataset_create_labelled with the labels from a file: IDX or .npy, each plain, gzip-compressed or a
    /// member of an archive (named, or the one that is called like labels): n integers of any type, also as floating-
    /// point numbers or truth values, as [n] or [n][1], which must fit in int32; or [n][classes] of zeros with a 1 at
    /// the label.
    pub fn ddn_dataset_open_labelled(ctx: *mut ddn_context, ds: *const ddn_dataset, path: *const c_char, out: *mut *mut ddn_dataset) -> i32;
    /// The same points with weights in place of those that they have: point i has the probability pi_i = weights[i] /
    /// sum_k weights[k], and everything that is measured on the set is that of the distribution sum_i pi_i
    /// delta(a_i); doc/theory.md (25). n stays the number of points. Weights that add up to 1 within 2^-50 are taken
    /// as they are. Where all are equal the new set has none, which is the same. count == n, else DDN_E_SHAPE; each
    /// weight finite (DDN_E_NONFINITE) and positive, the least at least 1e-250 times the largest (DDN_E_RANGE).
    pub fn ddn_dataset_create_weighted(ctx: *mut ddn_context, ds: *const ddn_dataset, count: i64, weights: *const f64, out: *mut *mut ddn_dataset) -> i32;
    /// The distinct points, in the order in which they come first, with the weights of all their copies: the same
    /// distribution with fewer points. Copies are points that are equal as numbers, under the map; -0 is 0. The label
    /// of a point whose copies have several is the most probable one, the lowest in a tie, and its class is a
    /// distribution: ddn_dataset_label_shares gives it, and posteriors of classes are those of the copies
    /// (doc/theory.md (25)). What counts points, such as the probability that two paths end at the same one, then
    /// speaks of distinct points. Room for such labels: 8 bytes for each of the classes times each of the
    /// distributions that occur. Without copies the new set is the same as ds. Can be cancelled.
    pub fn ddn_dataset_create_distinct(ctx: *mut ddn_context, ds: *const ddn_dataset, out: *mut *mut ddn_dataset) -> i32;
    /// Copies rows with map, labels and weights, which are normalised anew.
    pub fn ddn_dataset_create_subset(ctx: *mut ddn_context, ds: *const ddn_dataset, count: i64, rows: *const i64, out: *mut *mut ddn_dataset) -> i32;
    /// Copies the rows whose label is one of the classes, in their order, with map, labels and weights, which are
    /// normalised anew. A row whose label is a distribution (ddn_dataset_create_distinct) belongs to it with the
    /// share that the classes have in it. A class that no row has is DDN_E_KEY; a set without labels is
    /// DDN_E_UNSUPPORTED.
    pub fn ddn_dataset_create_class_subset(ctx: *mut ddn_context, ds: *const ddn_dataset, count: i64, classes: *const i32, out: *mut *mut ddn_dataset) -> i32;
    /// The set of the points of all ranks, in rank order: `part` holds those of this one. All ranks make this call,
    /// and those with the set, together (ddn_team). All functions of this file, the times of ddn_analysis_spectrum,
    /// the Gaussian of the set and the empirical oracle then are those of the whole set, and analyses of that oracle
    /// measure it; row i is point i of the whole. Copies are told by digests of 128 bits.
    ///
    /// Sets that are made of it are sets over the same team, and what they are made with is given on each rank for
    /// the whole: labels, weights, rows. Subsets and distinct points are dealt out again, in order and in shares as
    /// even as can be; fewer points than ranks are DDN_E_RANGE.
    ///
    /// All parts have the same d, type, map, and labels or none (DDN_E_SHAPE); parts with weights or several labels
    /// of a point are DDN_E_UNSUPPORTED: it is the whole set that is given these. Refused likewise is such a set as
    /// the points of a model, of features, of a Frechet distance and of starts, and by observers and analyses that
    /// take points: they look at points one by one, which would be an exchange for each.
    ///
    /// Memory beside the part: for each point of the whole set 8 bytes if it has a label, 24 if it has a weight;
    /// while subsets, distinct points and the spectrum are found, what one process needs for them without the points.
    pub fn ddn_dataset_create_team(ctx: *mut ddn_context, team: *mut ddn_team, part: *const ddn_dataset, out: *mut *mut ddn_dataset) -> i32;
    /// The team that the set is spread over.
    pub fn ddn_dataset_team(ds: *const ddn_dataset) -> *const ddn_team;
    /// Adds a reference to the dataset: it then takes one more ddn_dataset_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_dataset_retain(ds: *const ddn_dataset) -> i32;
    /// Lets go of the set. NULL is a no-op.
    pub fn ddn_dataset_destroy(ds: *mut ddn_dataset);
    /// Number of points; 0 for NULL.
    pub fn ddn_dataset_n(ds: *const ddn_dataset) -> i64;
    /// Number of dimensions; 0 for NULL.
    pub fn ddn_dataset_d(ds: *const ddn_dataset) -> i64;
    /// Type in which the points are stored; 0 for NULL.
    pub fn ddn_dataset_type(ds: *const ddn_dataset) -> i32;
    /// Factor of the map; 0 for NULL.
    pub fn ddn_dataset_scale(ds: *const ddn_dataset) -> f64;
    /// Shift of the map; 0 for NULL.
    pub fn ddn_dataset_shift(ds: *const ddn_dataset) -> f64;
    /// Where the points come from and what was done to them, for a person to read: the file and its type of numbers,
    /// whether they were converted, and whence the labels. "" where the set was made of numbers in memory; NULL for
    /// NULL. What is derived from a set has the text of that set, but for ddn_dataset_create_in_span.
    pub fn ddn_dataset_description(ds: *const ddn_dataset) -> *const c_char;
    /// Reads points first .. first+count-1, mapped.
    pub fn ddn_dataset_read(ctx: *mut ddn_context, ds: *const ddn_dataset, first: i64, count: i64, out: *mut f64, ldo: i64) -> i32;
    /// A digest of the whole set, to tell later whether it is the same one: XXH64 with seed 0, numbers as their
    /// little-endian bytes, over seven 64-bit words: n, d, type, scale and shift (as doubles), the XXH64 of the
    /// labels (int32, in row order; 0 without labels), and the XXH64 of the list of XXH64s of blocks of 256 rows,
    /// each that of the list of XXH64s of its rows. Where points have weights, that digest D becomes the XXH64 of two
    /// words, D and the XXH64 of pi (doubles); where points have several labels, then the XXH64 of four: D and the
    /// XXH64s of the number of each point's distribution (int32, numbered in the order in which they occur), of the
    /// distinct labels (int32), and of the distributions (doubles). 1 where that gives 0. Equal sets have equal
    /// digests however they were made and on every machine; it is not proof against forgery. Made once, at about the
    /// speed of memory, then kept. Can be cancelled.
    pub fn ddn_dataset_digest(ctx: *mut ddn_context, ds: *const ddn_dataset, digest: *mut i64) -> i32;
    /// As ddn_dataset_read in single precision: each number is rounded once; floats without a map are copied as they
    /// are. A number beyond the range of float is DDN_E_RANGE, by row and column, and nothing is written then.
    pub fn ddn_dataset_read_f32(ctx: *mut ddn_context, ds: *const ddn_dataset, first: i64, count: i64, out: *mut f32, ldo: i64) -> i32;
    /// 1 where points have weights of their own, 0 where each has 1/n, and for NULL.
    pub fn ddn_dataset_is_weighted(ds: *const ddn_dataset) -> i32;
    /// The probability pi_i of each point, 1/n without weights; capacity >= n (DDN_E_CAPACITY).
    pub fn ddn_dataset_weights(ctx: *mut ddn_context, ds: *const ddn_dataset, capacity: i64, weights: *mut f64) -> i32;
    /// How many points are copies of an earlier one: n less the number of distinct points, which
    /// ddn_dataset_create_distinct leaves. Reads all points. Can be cancelled.
    pub fn ddn_dataset_copy_count(ctx: *mut ddn_context, ds: *const ddn_dataset, copies: *mut i64) -> i32;
    /// Number of distinct labels; 0 without labels.
    pub fn ddn_dataset_class_count(ds: *const ddn_dataset) -> i64;
    /// The distinct labels in ascending order and how many points have each, or have it as the most probable one;
    /// weights do not count. capacity >= ddn_dataset_class_count, else DDN_E_CAPACITY.
    pub fn ddn_dataset_classes(ctx: *mut ddn_context, ds: *const ddn_dataset, capacity: i64, values: *mut i32, counts: *mut i64) -> i32;
    /// The label of each point, the most probable one where it has several, capacity >= n (DDN_E_CAPACITY). Without
    /// labels DDN_E_UNSUPPORTED.
    pub fn ddn_dataset_labels(ctx: *mut ddn_context, ds: *const ddn_dataset, capacity: i64, labels: *mut i32) -> i32;
    /// The probability of each label for points first .. first+count-1, in the order of ddn_dataset_classes: 1 and 0
    /// but for points that were made of copies with several labels. Without labels DDN_E_UNSUPPORTED.
    pub fn ddn_dataset_label_shares(ctx: *mut ddn_context, ds: *const ddn_dataset, first: i64, count: i64, shares: *mut f64, lds: i64) -> i32;
    /// Mean of the points, sum_i pi_i a_i, accumulated in double; capacity >= d (DDN_E_CAPACITY).
    pub fn ddn_dataset_mean(ctx: *mut ddn_context, ds: *const ddn_dataset, capacity: i64, mean: *mut f64) -> i32;
    /// Squared norms |a_i - centre|^2, whatever the weights; capacity >= n (DDN_E_CAPACITY).
    pub fn ddn_dataset_squared_norms(ctx: *mut ddn_context, ds: *const ddn_dataset, capacity: i64, centre: *const f64, norms: *mut f64) -> i32;
    /// The k nearest points of each of m positions: their rows and squared Euclidean distances, nearest first. Exact:
    /// the k points of least |x - a_i|^2 as taken by differences in double, at equal distances those of the lowest
    /// rows; copies of a point count as points of their own. Bounds in single precision or in integers only prove
    /// which points cannot be among them, so that all but a few points are read as they are stored; doc/theory.md
    /// (90). The same bits for any m and number of threads. Scratch of some 100 MB, 32 k m bytes at most beyond that.
    /// Can be cancelled; outputs are then partly written. Errors: DDN_E_NULL, DDN_E_RANGE (k, m; a position or a
    /// point is more than 1e150 away from the others), DDN_E_SHAPE (ldx), DDN_E_NONFINITE (x), DDN_E_NOMEM,
    /// DDN_STOPPED.
    pub fn ddn_dataset_nearest(ctx: *mut ddn_context, ds: *const ddn_dataset, m: i64, k: i64, x: *const f64, ldx: i64, index: *mut i64, distance2: *mut f64) -> i32;
    /// Leading eigenpairs of the covariance C = sum_i pi_i (a_i - mean)(a_i - mean)^T, largest first, by the matrix
    /// of size min(n, d) where that is small (up to 1024, or 2048 when count > 64), else matrix-free (block Lanczos
    /// with full reorthogonalisation; memory O(count * (n + d))); doc/theory.md (20), (25). A value of multiplicity m
    /// appears m times. The sign of a vector is such that its component of largest magnitude is positive. Each value
    /// is accurate to 1e-10 * values[0], as the numbers that ddn_dataset_read gives determine it: however far from 0
    /// the points are (they are then rounded to 2^-53 of that distance, which is not counted), and exactly 0 for
    /// copies of one point. 1 <= count <= min(n, d, 512). Can be cancelled. DDN_E_CONVERGENCE if that accuracy was
    /// not reached, DDN_E_NONFINITE if the covariance is outside the range of double.
    pub fn ddn_dataset_spectrum(ctx: *mut ddn_context, ds: *const ddn_dataset, count: i64, values: *mut f64, vectors: *mut f64, ldv: i64) -> i32;
    /// sum_i log(1 + lambda_i / c[k]) over all eigenvalues lambda_i of the covariance, for each c[k]: what the
    /// collapse time of a Gaussian surrogate needs (doc/theory.md (35)). Exact when min(n, d) <= 4096, else by
    /// stochastic Lanczos quadrature with 24 random vectors.
    pub fn ddn_dataset_log_det(ctx: *mut ddn_context, ds: *const ddn_dataset, count: i64, c: *const f64, sums: *mut f64, standard_errors: *mut f64) -> i32;
    /// Finds the span of ds, n >= 2, min(n, d) <= 8192. Axes come in order of falling variance as far as eigenvalues
    /// tell it, and are orthonormal to 1e-14. Left out are axes along which the variance of the points is at most
    /// `tolerance`, in [0, 1), times the largest eigenvalue of their covariance (which has the weights in it), and
    /// what may be rounding: 1e-28 of the mean square of the points, for n >= d also 2^-52 (d + 16) of that
    /// eigenvalue. ddn_span_distance says what was lost. Time O(min(n, d)^2 (n + d)); memory 8 r (n + d) bytes and,
    /// while it is made, up to 8 min(n, d) (4 min(n, d) + d) more. Can be cancelled. Errors: DDN_E_NULL, DDN_E_RANGE
    /// (size, tolerance), DDN_E_UNSUPPORTED (all points are equal), DDN_E_NONFINITE (tolerance; the covariance is
    /// outside the range of double), DDN_E_CONVERGENCE, DDN_E_NOMEM.
    pub fn ddn_span_create(ctx: *mut ddn_context, ds: *const ddn_dataset, tolerance: f64, out: *mut *mut ddn_span) -> i32;
    /// Adds a reference to the span: it then takes one more ddn_span_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_span_retain(span: *const ddn_span) -> i32;
    /// Lets go of the span. NULL is a no-op.
    pub fn ddn_span_destroy(span: *mut ddn_span);
    /// The dimension r >= 1 of the span; 0 for NULL.
    pub fn ddn_span_rank(span: *const ddn_span) -> i64;
    /// The largest Euclidean distance of a point from the span, which is rounding for n < d and tolerance 0, and 0
    /// where the span has all d dimensions. 0 for NULL.
    pub fn ddn_span_distance(span: *const ddn_span) -> f64;
    /// The coordinates of the points as a set of n points in r dimensions with mean 0 and the labels and weights of
    /// the original: DDN_TYPE_F64, which copies nothing, or DDN_TYPE_F32, rounded to 2^-24 of each number, twice as
    /// fast. Errors: DDN_E_NULL, DDN_E_RANGE (type), DDN_E_NONFINITE (too large for DDN_TYPE_F32), DDN_E_NOMEM.
    pub fn ddn_dataset_create_in_span(ctx: *mut ddn_context, span: *const ddn_span, type_: i32, out: *mut *mut ddn_dataset) -> i32;
    /// From d dimensions to r; doc/theory.md (80). a >= 0 is 1 for points, a(t) for states x_t = a x_0 + s z of a
    /// schedule, 0 for vectors (scores, noise). Nothing overlaps but as said. Each row has the same bits whatever the
    /// batch and the number of threads. Errors: DDN_E_NULL, DDN_E_SHAPE (ld), DDN_E_RANGE (m, a), DDN_E_NONFINITE (x,
    /// a); outputs are then untouched.
    pub fn ddn_span_project(ctx: *mut ddn_context, span: *const ddn_span, a: f64, m: i64, x: *const f64, ldx: i64, coordinates: *mut f64, ldc: i64, residual: *mut f64, ldr: i64) -> i32;
    /// Back: a mean + V coordinates, to which the caller adds what is outside. No overlap. Rules and errors as for
    /// ddn_span_project.
    pub fn ddn_span_lift(ctx: *mut ddn_context, span: *const ddn_span, a: f64, m: i64, coordinates: *const f64, ldc: i64, out: *mut f64, ldo: i64) -> i32;
    /// Ornstein-Uhlenbeck dx = -x dt + sqrt(2) dW: a = e^-t, s^2 = 1 - e^-2t, t > 0. (1)
    pub fn ddn_schedule_create_ou(ctx: *mut ddn_context, out: *mut *mut ddn_schedule) -> i32;
    /// Continuous variance-preserving schedule with linear beta: time u in (0, 1], tau = (beta_min u + (beta_max -
    /// beta_min) u^2 / 2) / 2, a = e^-tau. 0 <= beta_min <= beta_max, beta_max > 0; usual values 0.1 and 20. (4)
    pub fn ddn_schedule_create_vp_linear(ctx: *mut ddn_context, beta_min: f64, beta_max: f64, out: *mut *mut ddn_schedule) -> i32;
    /// DDPM (Ho et al. 2020): time is the index i <= steps - 1 of beta_i, linear from beta_first to beta_last; a^2 =
    /// prod_{j <= i} (1 - beta_j). Between indices log a is interpolated linearly, and index -1 means a = 1, s = 0:
    /// times are in (-1, steps - 1], and -1 itself is valid as the end of a grid only. Usual values 1e-4, 0.02, 1000.
    /// (5)
    pub fn ddn_schedule_create_ddpm(ctx: *mut ddn_context, beta_first: f64, beta_last: f64, steps: i64, out: *mut *mut ddn_schedule) -> i32;
    /// Scaled linear betas (latent diffusion, Rombach et al. 2021): as DDPM with the square roots of beta_i linear
    /// from sqrt(beta_first) to sqrt(beta_last). Usual values 0.00085, 0.012, 1000. (5)
    pub fn ddn_schedule_create_scaled_linear(ctx: *mut ddn_context, beta_first: f64, beta_last: f64, steps: i64, out: *mut *mut ddn_schedule) -> i32;
    /// A schedule given by its numbers at the indices 0 .. count - 1, as a trained network has them (alphas_cumprod
    /// or betas of its scheduler); all else as for DDPM: index -1 is clean data, between indices log a is linear.
    /// Every number is in (0, 1), and alpha_bar falls with the index, else DDN_E_RANGE with the entry, its value and
    /// the limit. The last one may be that of pure noise, alpha_bar = 0 or beta = 1: between the last two indices a
    /// is linear then. (5)
    pub fn ddn_schedule_create_table(ctx: *mut ddn_context, kind: i32, count: i64, values: *const f64, out: *mut *mut ddn_schedule) -> i32;
    /// Cosine betas (Nichol & Dhariwal 2021): as DDPM with beta_i = min(1 - g((i+1)/steps)/g(i/steps), beta_max),
    /// g(u) = cos^2((u + offset)/(1 + offset) pi/2). Usual values 1000, 0.008, 0.999. (6)
    pub fn ddn_schedule_create_cosine(ctx: *mut ddn_context, steps: i64, offset: f64, beta_max: f64, out: *mut *mut ddn_schedule) -> i32;
    /// Zero terminal SNR (Lin et al. 2023, arXiv:2305.08891): the levels of another schedule of indices, their a
    /// shifted and scaled so that the first one stays and the last one is 0. (27) DDN_E_UNSUPPORTED if the other one
    /// has no indices.
    pub fn ddn_schedule_create_zero_snr(ctx: *mut ddn_context, base: *const ddn_schedule, out: *mut *mut ddn_schedule) -> i32;
    /// Variance-exploding / EDM (Karras et al. 2022): time is sigma > 0, a = 1, s = sigma. (7)
    pub fn ddn_schedule_create_edm(ctx: *mut ddn_context, out: *mut *mut ddn_schedule) -> i32;
    /// Flow matching / rectified flow: time u in (0, 1], a = 1 - u, s = u. At u = 1 nothing is left of the data: a =
    /// 0. (26)
    pub fn ddn_schedule_create_flow(ctx: *mut ddn_context, out: *mut *mut ddn_schedule) -> i32;
    /// A schedule of the host's own on [t_min, t_max]. s/a must increase with t (checked at 257 points; DDN_E_RANGE);
    /// a may be 0 at t_max. Example: doc/examples/simple/schedule.c
    pub fn ddn_schedule_create_custom(ctx: *mut ddn_context, t_min: f64, t_max: f64, eval: Option<ddn_schedule_fn>, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_schedule) -> i32;
    /// Adds a reference to the schedule: it then takes one more ddn_schedule_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_schedule_retain(sch: *const ddn_schedule) -> i32;
    /// Lets go of the schedule. NULL is a no-op.
    pub fn ddn_schedule_destroy(sch: *mut ddn_schedule);
    /// "ou", "vp_linear", "ddpm", "scaled_linear", "table", "cosine", "zero_snr", "edm", "flow" or "custom".
    pub fn ddn_schedule_kind(sch: *const ddn_schedule) -> *const c_char;
    /// Smallest and largest time it accepts (t_min itself excluded where s would be 0).
    pub fn ddn_schedule_range(ctx: *mut ddn_context, sch: *const ddn_schedule, t_min: *mut f64, t_max: *mut f64) -> i32;
    /// a(t) and s(t). Times must be finite and in range: t <= 0 is DDN_E_RANGE for OU.
    pub fn ddn_schedule_eval(ctx: *mut ddn_context, sch: *const ddn_schedule, t: f64, a: *mut f64, s: *mut f64) -> i32;
    /// Rates of the forward SDE dx = f x dt + g dW that has these a and s. (8) Where a = 0 they are infinite:
    /// DDN_E_RANGE.
    pub fn ddn_schedule_rates(ctx: *mut ddn_context, sch: *const ddn_schedule, t: f64, f: *mut f64, g2: *mut f64) -> i32;
    /// From the schedule's time to OU time.
    pub fn ddn_schedule_to_ou(ctx: *mut ddn_context, sch: *const ddn_schedule, t: f64, tau: *mut f64) -> i32;
    /// From OU time to the schedule's time, the inverse of ddn_schedule_to_ou; infinity is the last time of a
    /// schedule that has a = 0 there.
    pub fn ddn_schedule_from_ou(ctx: *mut ddn_context, sch: *const ddn_schedule, tau: f64, t: *mut f64) -> i32;
    /// Converts a noise level between coordinates without loss near either end. (2)
    pub fn ddn_time_convert(ctx: *mut ddn_context, from: i32, to: i32, value: f64, result: *mut f64) -> i32;
    /// A grid of count >= 2 times, increasing or decreasing as t_first, t_last are; t_first != t_last.
    pub fn ddn_schedule_grid(ctx: *mut ddn_context, sch: *const ddn_schedule, kind: i32, t_first: f64, t_last: f64, count: i64, times: *mut f64) -> i32;
    /// Forward transition: states at time t_from become samples at t_to > t_from, exactly: x' = (a'/a) x + sqrt(s'^2
    /// - (a'/a)^2 s^2) z. t_from = 0 (or, for DDPM, -1) means clean data where the schedule has a = 1, s = 0 there.
    /// Row r uses noise(seed, first_path + r, step, coordinate). (9)
    pub fn ddn_schedule_forward(ctx: *mut ddn_context, sch: *const ddn_schedule, t_from: f64, t_to: f64, seed: i64, first_path: i64, step: i64, m: i64, d: i64, x: *mut f64, ldx: i64) -> i32;
    /// The noise itself: standard normal deviates for coordinates first .. first+count-1 of (seed, path, step):
    /// Philox 4x64-10 and Box-Muller, a pure function of its arguments. `stream` separates uses. Hosts take streams
    /// 64 and above; smaller ones are the library's, and what comes of them may equal numbers of a run. (10)
    pub fn ddn_noise_draw(ctx: *mut ddn_context, seed: i64, stream: i32, path: i64, step: i64, first: i64, count: i64, z: *mut f64) -> i32;
    /// The exact score of the empirical measure of a dataset, p_t = sum_i pi_i N(a y_i, s^2 I), pi_i = 1/n or the
    /// weights of the points: l_i = -|x - a y_i|^2 / (2 s^2) + log(n pi_i), w = softmax(l), mean = sum w_i y_i, score
    /// = (a mean - x)/s^2. (doc/theory.md (11), (25); Biroli et al. 2024, eq. 2 and 9.) Weights are part of every
    /// output: a set with weights has the p_t, the score and the class posterior of the set that has copies in their
    /// place, and the entropy, sum w^2, w_max and components of its n points. The dataset's numbers are read in
    /// place, in their stored type; d + 2 n doubles at most are kept beside them, and of sets of up to 2^18 numbers
    /// and 128 coordinates copies of 5 MB at most.
    ///
    /// Accuracy, for every t from 1e-6 to 20 and d up to 12288: relative error of the score at most 1e-12 for f64
    /// data and 1e-5 for f32 and u8 data; where the score nearly vanishes (midpoints between points), up to the
    /// rounding floor (16 + n/128 + L) u (|x| + a |y|) / s^2 more, y the farthest of the points that share the
    /// weight, L the largest |log(pi_i/pi_k)| of two of them (0 without weights), u = 2^-53 or 2^-24. Errors of the
    /// mean are s^2/a times those. Logits relative to the largest, and with them weights relative to their size, are
    /// good to 1e-9 for f64 data and 1e-3 for f32 and u8 data: so are ENTROPY, ONE_MINUS_W_MAX and TRACE_COV relative
    /// to theirs, COV_TIMES_V relative to tr Cov |v|, CLASS_POSTERIOR relative to W (1 - W) (of f32 and u8 data where
    /// W is above 1e-36), W_MAX and SUM_W2 relative to 1 - w_max (and 32 roundings of 1 in f64 or f32), LOG_P
    /// absolutely (and to (8 + d/8) 2^-53 of |x - a y|^2/(2 s^2) + 100). All outputs move with the mass that
    /// DDN_QUERY_EPSILON lets drop: see there.
    ///
    /// Range: points are at most 1e150 from their mean (DDN_E_RANGE), and a state is refused by row (DDN_E_RANGE)
    /// where |x - a y| / s can exceed 1e150; its logits would not fit in a double.
    pub fn ddn_oracle_create_empirical(ctx: *mut ddn_context, ds: *const ddn_dataset, sch: *const ddn_schedule, out: *mut *mut ddn_oracle) -> i32;
    /// Adds a reference to the oracle: it then takes one more ddn_oracle_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_oracle_retain(oracle: *const ddn_oracle) -> i32;
    /// Lets go of the oracle. NULL is a no-op.
    pub fn ddn_oracle_destroy(oracle: *mut ddn_oracle);
    /// Dimension of the states that the oracle takes; 0 for NULL.
    pub fn ddn_oracle_d(oracle: *const ddn_oracle) -> i64;
    /// Number of components that DDN_OUT_ARGMAX and DDN_OUT_DRAW_INDEX refer to: data points of an empirical oracle,
    /// whatever their weights, components of a mixture, 0 where there are none.
    pub fn ddn_oracle_components(oracle: *const ddn_oracle) -> i64;
    /// Number of classes; 0 where there are none.
    pub fn ddn_oracle_class_count(oracle: *const ddn_oracle) -> i64;
    /// "empirical", ...
    pub fn ddn_oracle_kind(oracle: *const ddn_oracle) -> *const c_char;
    /// The schedule.
    pub fn ddn_oracle_schedule(oracle: *const ddn_oracle) -> *const ddn_schedule;
    /// The dataset of an empirical oracle.
    pub fn ddn_oracle_dataset(oracle: *const ddn_oracle) -> *const ddn_dataset;
    /// Name of an output, such as "DDN_OUT_SCORE".
    pub fn ddn_output_name(what: i32) -> *const c_char;
    /// Type of its numbers: DDN_TYPE_F64 (ddn_query_bind_f64) or DDN_TYPE_I64 (ddn_query_bind_i64); 0 for a number
    /// that is none.
    pub fn ddn_output_type(what: i32) -> i32;
    /// How many numbers of an output a state has: 1, d, or the number of classes; 0 where this oracle cannot give it.
    pub fn ddn_oracle_output_width(oracle: *const ddn_oracle, what: i32) -> i64;
    /// Creates a query that wants nothing yet.
    pub fn ddn_query_create(ctx: *mut ddn_context, oracle: *const ddn_oracle, out: *mut *mut ddn_query) -> i32;
    /// Lets go of the query. NULL is a no-op.
    pub fn ddn_query_destroy(query: *mut ddn_query);
    /// Binds an output of doubles. The memory is the caller's, is written by ddn_query_run for its m rows, and may
    /// not overlap x or other outputs. An output that this kind of oracle cannot give is DDN_E_UNSUPPORTED, one of
    /// integers DDN_E_TYPE.
    pub fn ddn_query_bind_f64(query: *mut ddn_query, what: i32, out: *mut f64, ld: i64) -> i32;
    /// Binds an output of integers; rules as for ddn_query_bind_f64.
    pub fn ddn_query_bind_i64(query: *mut ddn_query, what: i32, out: *mut i64) -> i32;
    /// Binds an input; rules as for ddn_query_bind_f64.
    pub fn ddn_query_bind_input(query: *mut ddn_query, what: i32, in_: *const f64, ld: i64) -> i32;
    /// Binds a real output in single precision: what ddn_query_bind_f64 would give, rounded once. The last binding of
    /// an output, of either type, is the one that counts. A number beyond the range of float is DDN_E_RANGE, by row
    /// and column, and nothing is written then (an infinite SECOND_DISTANCE2 stays one). Costs m rows of doubles of
    /// scratch.
    pub fn ddn_query_bind_f32(query: *mut ddn_query, what: i32, out: *mut f32, ld: i64) -> i32;
    /// Binds an input in single precision, which is promoted exactly. The last binding counts.
    pub fn ddn_query_bind_input_f32(query: *mut ddn_query, what: i32, in_: *const f32, ld: i64) -> i32;
    /// 1 if this oracle can give `what`, else 0.
    pub fn ddn_oracle_can(oracle: *const ddn_oracle, what: i32) -> i32;
    /// Randomness of DDN_OUT_DRAW: row r uses (seed, first_path + r, step), or paths[r] where these are given.
    pub fn ddn_query_set_noise(query: *mut ddn_query, seed: i64, first_path: i64, step: i64, count: i64, paths: *const i64) -> i32;
    /// The options of a query; see ddn_options in base.h.
    pub fn ddn_query_options(query: *mut ddn_query) -> *mut ddn_options;
    /// Evaluates at states (ldx >= d, m >= 0) at time t: fills every bound output in one pass over the data. NaN or
    /// Inf in x is refused by row and column, a time out of range by value; outputs are then untouched. Results do
    /// not depend on the number of threads, bit for bit.
    pub fn ddn_query_run(query: *mut ddn_query, t: f64, m: i64, x: *const f64, ldx: i64) -> i32;
    /// ddn_query_run for states in single precision, promoted exactly: outputs are those of the same numbers in
    /// double, bit for bit. Outputs may be of either type.
    pub fn ddn_query_run_f32(query: *mut ddn_query, t: f64, m: i64, x: *const f32, ldx: i64) -> i32;
    /// Of the last run: largest bound over the states on the posterior mass left out.
    pub fn ddn_query_dropped(query: *const ddn_query) -> f64;
    /// Of the last run: how often the data were read for a state, on average; 1 is every point once. A screen reads
    /// every point, to find which few matter; a trajectory's own list far fewer.
    pub fn ddn_query_touched(query: *const ddn_query) -> f64;
    /// An empirical oracle has several ways to evaluate a state, from cheap ones that serve some states to one that
    /// serves all (doc/design.md, "How the empirical score is computed"). They are tried in this order for each
    /// state. How many there are; 0 for kinds that have one way only. A later version may have more ways, and other
    /// numbers for them; their names stay. Example: doc/examples/simple/ways.c
    pub fn ddn_oracle_way_count(oracle: *const ddn_oracle) -> i64;
    /// Name of a way: "narrow", "nearby", "refine", "dense_f32", "dense_f64", "refine_wide", "dense_wide", "direct".
    pub fn ddn_oracle_way_name(oracle: *const ddn_oracle, way: i64) -> *const c_char;
    /// What a way did in the last run of a query, also one that failed; 0 where there is no such way.
    pub fn ddn_query_tally(query: *const ddn_query, what: i32, way: i64) -> i64;
    /// What a way did in all runs of a query.
    pub fn ddn_query_tally_total(query: *const ddn_query, what: i32, way: i64) -> i64;
    /// What a way did in all runs of all queries of an oracle, also those inside integrators and analyses, which
    /// threads may still be adding to.
    pub fn ddn_oracle_tally(oracle: *const ddn_oracle, what: i32, way: i64) -> i64;
    /// Why, in the last run, the way did not serve all states that came to it.
    pub fn ddn_query_way_note(query: *const ddn_query, way: i64) -> *const c_char;
    /// Bytes of scratch memory that the query holds at present.
    pub fn ddn_query_scratch_bytes(query: *const ddn_query) -> i64;
    /// The score alone, in one call. Example: doc/examples/simple/score.c
    pub fn ddn_oracle_score(ctx: *mut ddn_context, oracle: *const ddn_oracle, t: f64, m: i64, x: *const f64, ldx: i64, score: *mut f64, lds: i64) -> i32;
    /// Samples of the data, row r a function of (seed, first_path + r). For an empirical oracle row r is point
    /// (first_path + r) modulo n, each in turn, and one drawn by the weights where points have them. Averages over
    /// points in turn spread less than independent draws, which analyses take.
    pub fn ddn_oracle_sample_data(ctx: *mut ddn_context, oracle: *const ddn_oracle, seed: i64, first_path: i64, m: i64, x: *mut f64, ldx: i64, index: *mut i64) -> i32;
    /// Adds a reference to the result: it then takes one more ddn_result_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_result_retain(result: *const ddn_result) -> i32;
    /// Lets go of the result. NULL is a no-op.
    pub fn ddn_result_destroy(result: *mut ddn_result);
    /// Number of rows of the columns; 0 for NULL.
    pub fn ddn_result_rows(result: *const ddn_result) -> i64;
    /// Number of columns; 0 for NULL.
    pub fn ddn_result_column_count(result: *const ddn_result) -> i64;
    /// Name of column number i, from 0.
    pub fn ddn_result_column_name(result: *const ddn_result, i: i64) -> *const c_char;
    /// Number of scalars; 0 for NULL.
    pub fn ddn_result_scalar_count(result: *const ddn_result) -> i64;
    /// Name of scalar number i, from 0.
    pub fn ddn_result_scalar_name(result: *const ddn_result, i: i64) -> *const c_char;
    /// Copies a column, capacity >= rows (DDN_E_CAPACITY). NaN marks "not measured".
    pub fn ddn_result_column(ctx: *mut ddn_context, result: *const ddn_result, name: *const c_char, capacity: i64, out: *mut f64) -> i32;
    /// A scalar. A crossing that does not exist on the grid has value NaN.
    pub fn ddn_result_scalar(ctx: *mut ddn_context, result: *const ddn_result, name: *const c_char, value: *mut f64, standard_error: *mut f64) -> i32;
    /// Which definition a scalar or column is, with grid and sample count.
    pub fn ddn_result_definition(result: *const ddn_result, name: *const c_char) -> *const c_char;
    /// Its unit: "1", "nats", "data units^2", "schedule time", "OU time" ...; "" where none was given.
    pub fn ddn_result_unit(result: *const ddn_result, name: *const c_char) -> *const c_char;
    /// The clock; 0 for NULL. Numbers that follow another clock say so in name and unit (t_ou).
    pub fn ddn_result_clock(result: *const ddn_result) -> i32;
    /// Number of fields; 0 for NULL. Those of measurements: "kind" ("identities", "clones", "last_change",
    /// "spectrum", "crossings", "regimes", "uturn", "branch", "path", "late_start", "memorization", "generalization",
    /// "log_likelihood", "line", "fixed_points", "critical", "diagram", "events"), "clock" ("ou", "schedule:ddpm",
    /// "none"), "library" (its version), and where they apply "seed", "oracle" (kind), "schedule" (kind and
    /// parameters), "data" (type, points and dimensions), "n", "d", "points" (data set that judged, if one was
    /// given), "test" (data that a model has not seen), "classifier", "step_error" (how the steps of simulated paths
    /// were judged), and every setting under the name of its key, such as "DDN_ANALYSIS_SAMPLES".
    pub fn ddn_result_field_count(result: *const ddn_result) -> i64;
    /// Name of field number i, from 0.
    pub fn ddn_result_field_name(result: *const ddn_result, i: i64) -> *const c_char;
    /// The text of a field.
    pub fn ddn_result_field(result: *const ddn_result, name: *const c_char) -> *const c_char;
    /// An open result with the fields "kind", "clock" and "library", and no columns yet. kind says what it is; kinds
    /// of the library mean what they mean there. Errors: DDN_E_KEY (kind is not a name, clock not a ddn_clock),
    /// DDN_E_RANGE (rows).
    pub fn ddn_result_create(ctx: *mut ddn_context, kind: *const c_char, clock: i32, rows: i64, out: *mut *mut ddn_result) -> i32;
    /// An open result with everything that another one has: to add notes or columns to a measurement.
    pub fn ddn_result_create_copy(ctx: *mut ddn_context, result: *const ddn_result, out: *mut *mut ddn_result) -> i32;
    /// Adds a column to an open result (another is DDN_E_STATE, a name that is taken too). NAME_se is the standard
    /// error of NAME; the definition is a sentence of at most 511 bytes.
    pub fn ddn_result_add_column(ctx: *mut ddn_context, result: *mut ddn_result, name: *const c_char, unit: *const c_char, definition: *const c_char, values: *const f64) -> i32;
    /// Adds a scalar to an open result, as ddn_result_add_column.
    pub fn ddn_result_add_scalar(ctx: *mut ddn_context, result: *mut ddn_result, name: *const c_char, unit: *const c_char, definition: *const c_char, value: f64, standard_error: f64) -> i32;
    /// Sets a field of an open result, such as "data_path", to a text of at most 511 bytes; one that is there gets
    /// the new text. "kind" and "clock" stay as they are (DDN_E_KEY).
    pub fn ddn_result_set_field(ctx: *mut ddn_context, result: *mut ddn_result, name: *const c_char, text: *const c_char) -> i32;
    /// Says how a column or scalar of an open result is pooled; NONE until it is said. count: samples behind each
    /// value of a mean or share, >= 1; else not used.
    pub fn ddn_result_set_pooling(ctx: *mut ddn_context, result: *mut ddn_result, name: *const c_char, pooling: i32, count: i64) -> i32;
    /// Writes a result to a file. Numbers have up to 17 digits and read back as they are, in every locale. What was
    /// there stays whole until the new file is complete on the disk, and for good where that fails: it is written
    /// beside it (PATH.part-...) and renamed. Permissions stay, the target of a symbolic link is replaced, and what
    /// is no regular file is refused. Errors: DDN_E_KEY (format), DDN_E_IO, DDN_E_UNSUPPORTED (NPY without columns).
    pub fn ddn_result_write(ctx: *mut ddn_context, result: *const ddn_result, path: *const c_char, format: i32) -> i32;
    /// Reads a result file. From CSV and JSON it comes back as it was, immutable; from NPY, and from CSV files of
    /// other programs (names in the first line, empty or "nan" for NaN, comments behind #), the columns come, with
    /// kind "table" and no clock. At most 16384 columns. Errors: DDN_E_IO, DDN_E_KEY (format), DDN_E_FORMAT with the
    /// line.
    pub fn ddn_result_open(ctx: *mut ddn_context, path: *const c_char, format: i32, out: *mut *mut ddn_result) -> i32;
    /// Pools two independent measurements of one thing to that of all their samples: means and shares with the errors
    /// that one run of all samples gives, crossings of a report from the pooled curves; what does not follow from two
    /// halves is NaN, and its definition says so. Kind, clock, grid, data, schedule, oracle and settings must agree
    /// (DDN_E_MISMATCH names what does not), but for SEED, BATCH and the numbers of samples SAMPLES, CLONES, PATHS.
    /// The seeds must differ: equal ones mean the same random numbers, which would count twice. Fields of the host
    /// stay where they agree. The whole is immutable. Example: doc/examples/simple/pooled.c
    pub fn ddn_result_merge(ctx: *mut ddn_context, a: *const ddn_result, b: *const ddn_result, out: *mut *mut ddn_result) -> i32;
    /// Creates settings, all at their presets.
    pub fn ddn_analysis_create(ctx: *mut ddn_context, out: *mut *mut ddn_analysis) -> i32;
    /// Lets go of the settings. NULL is a no-op.
    pub fn ddn_analysis_destroy(an: *mut ddn_analysis);
    /// The settings as options; see ddn_options in base.h.
    pub fn ddn_analysis_options(an: *mut ddn_analysis) -> *mut ddn_options;
    /// Sets the classifier of clones, U-turns, branches and clones of paths. It sees clean states: with it, clones
    /// end with the denoiser. One that was set before, in either precision, goes. release(user) is called when the
    /// classifier is replaced or the analysis destroyed; on failure the caller still owns user.
    pub fn ddn_analysis_set_classifier_f64(an: *mut ddn_analysis, fn_: Option<ddn_classify_f64_fn>, user: *mut c_void, release: Option<ddn_release_fn>) -> i32;
    /// As ddn_analysis_set_classifier_f64, for one that sees states in single precision.
    pub fn ddn_analysis_set_classifier_f32(an: *mut ddn_analysis, fn_: Option<ddn_classify_f32_fn>, user: *mut c_void, release: Option<ddn_release_fn>) -> i32;
    /// Sets the points that judge in place of the oracle's: clones, last changes, U-turns, branches and clones of
    /// paths then tell the nearest of these. d must be the oracle's (DDN_E_SHAPE, when it is used).
    pub fn ddn_analysis_set_points(an: *mut ddn_analysis, ds: *const ddn_dataset) -> i32;
    /// Shares the samples of measurements out over a team: each rank evaluates batches of its own
    /// (DDN_ANALYSIS_BATCH), and all get all of what they find. Each rank has all of the data; or each group of ranks
    /// (ddn_team_create_group) has, in parts: with an oracle over its group a rank evaluates batches together with
    /// that, and the groups share the samples. Then measurements are calls of the team (team.h): every rank makes the
    /// same calls with the same arguments, and gets the same bits, those of one process or one group, and the same
    /// status. Ranks whose settings, times, data or kinds of oracles differ get DDN_E_MISMATCH.
    ///
    /// What goes by batches is shared out: identities, clones, last change, U-turns, branches, paths, the report,
    /// generalization, likelihood, late start. Each rank does the rest by itself: the search for neighbours of
    /// identities, spectra, crossings, distances of given samples, symmetry. DDN_E_UNSUPPORTED with an oracle over
    /// another team: that has to be this one or a group of it. Errors: DDN_E_NULL, DDN_E_HANDLE, DDN_E_STATE (inside
    /// a callback of a measurement).
    pub fn ddn_analysis_set_team(an: *mut ddn_analysis, team: *const ddn_team) -> i32;
    /// Makes the analysis keep a journal: what it found in each batch of samples, some 100 bytes a sample. A call
    /// that was stopped can then be made again, with the same arguments, settings and data: it takes what is in the
    /// journal, evaluates the rest, and gives the bits of a call that was never stopped. A batch that was not
    /// finished is lost; so is what comes before the first one, such as the search for neighbours. What goes by
    /// batches is kept (ddn_analysis_set_team). With another setting, oracle or data nothing of it is taken.
    ///
    /// The code of callbacks cannot be compared: a network that has been trained further is another one, and so is
    /// another classifier. Forget the journal then: DDN_KEEP_NOTHING does. Errors: DDN_E_NULL, DDN_E_KEY, DDN_E_STATE
    /// (inside a callback of a measurement).
    pub fn ddn_analysis_keep(an: *mut ddn_analysis, keep: i32) -> i32;
    /// Bytes that ddn_analysis_save needs for the journal.
    pub fn ddn_analysis_save_size(an: *const ddn_analysis, size: *mut i64) -> i32;
    /// Saves the journal, also while a measurement runs, from its progress callback. Over a team all ranks have the
    /// same journal: one may save it alone.
    pub fn ddn_analysis_save(an: *const ddn_analysis, capacity: i64, buffer: *mut c_void) -> i32;
    /// Takes a saved journal over, in place of the one that there is; from then on at least DDN_KEEP_STOPPED is kept.
    /// The number of ranks may be another one. A buffer of another version of the library is refused. On failure
    /// nothing has happened.
    pub fn ddn_analysis_restore(an: *mut ddn_analysis, size: i64, buffer: *const c_void) -> i32;
    /// Averages over x ~ p_t by forward samples at times, increasing or decreasing, one evaluation a sample, no
    /// trajectories (doc/theory.md (30)-(36)). Samples are independent; the same random numbers serve all times, so
    /// the curves are smooth and a value does not depend on the rest of the grid. Where states between close points
    /// are rare they are drawn more often, with weights (39): for an empirical oracle, from the NEIGHBOURS nearest
    /// points of each point (as many of other classes; 0: plain samples). That search costs about an evaluation at
    /// each point; it is made where some time has rare states and it is worth it (up to 16384 points; else where that
    /// many evaluations are made). There are SAMPLES samples a time; or, where PRECISION is set, as many as make the
    /// standard error of phi_C and f_over_alpha, and that of phi over 1 - phi(inf), the range that it runs through,
    /// at most that, by the wider of NAME_se and the interval; DDN_E_CONVERGENCE, before the work is done, if a first
    /// look says that MOST_SAMPLES does not allow it: the text says what can be had. Columns "t", "samples" (at this
    /// time) and, each with the standard error NAME_se and the 95 % interval NAME_low, NAME_high: - "phi" = E sum_c
    /// W_c^2 (NaN without labels), "phi_C" = E sum w^2, - "f" = E S(w)/d, "f_over_alpha" (NaN for n = 1), "df_dt"
    /// from E tr Cov by I-MMSE, per unit of
    /// the schedule's time (33), "w_max" = E max w, "mmse" = E tr Cov, "log_p" = E log p.
    ///
    /// The interval is not symmetric where few samples carry the mean (41): where nothing was seen, it says how much
    /// may have been missed, while NAME_se is 0. All but df_dt and log_p also have NAME_rho, the correlation of the
    /// error with that at the next larger time (NaN in the last).
    ///
    /// An output that the oracle does not have makes its columns NaN; DDN_E_UNSUPPORTED where it has none of them, as
    /// a model without log p: measure clones of it, or the exact oracle of its data. Scalars: "evaluations" (samples
    /// at all times), "searched" (points whose neighbours were looked for), "n" (the components of the oracle), "d",
    /// "alpha" = log(n)/d, with weights H(pi)/d, "classes". phi and phi_C are the clone and U-turn probabilities of
    /// the reverse SDE (eta = 1) with this very score.
    pub fn ddn_analysis_identities(an: *mut ddn_analysis, oracle: *const ddn_oracle, count: i64, times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// Creates an integrator. The method decides the defaults: backward ones run from t_start down to t_end,
    /// DDN_METHOD_FORWARD from t_end up to t_start. Errors: DDN_E_NULL, DDN_E_KEY (method), DDN_E_UNSUPPORTED (the
    /// oracle cannot drive this method), DDN_E_NOMEM.
    pub fn ddn_integrator_create(ctx: *mut ddn_context, oracle: *const ddn_oracle, method: i32, out: *mut *mut ddn_integrator) -> i32;
    /// Lets go of the integrator. NULL is a no-op.
    pub fn ddn_integrator_destroy(it: *mut ddn_integrator);
    /// The options of an integrator; see ddn_options in base.h.
    pub fn ddn_integrator_options(it: *mut ddn_integrator) -> *mut ddn_options;
    /// A grid of the caller's own, count >= 2; replaces T_START, T_END, STEPS and GRID. count = 0 goes back to the
    /// options.
    pub fn ddn_integrator_set_times(it: *mut ddn_integrator, count: i64, times: *const f64) -> i32;
    /// Number of grid times of the present options.
    pub fn ddn_integrator_time_count(it: *const ddn_integrator) -> i64;
    /// The grid times themselves, capacity >= ddn_integrator_time_count (DDN_E_CAPACITY).
    pub fn ddn_integrator_times(it: *const ddn_integrator, capacity: i64, times: *mut f64) -> i32;
    /// Path numbers per row instead of FIRST_PATH + row; count >= m of later runs. Two rows with the same state and
    /// different path numbers are clones. count = 0 goes back to FIRST_PATH.
    pub fn ddn_integrator_set_paths(it: *mut ddn_integrator, count: i64, paths: *const i64) -> i32;
    /// Draws starts at the noisy end, the first time of the grid: N(0, (a^2 Lambda0 + s^2) I) with Lambda0 = 0, i.e.
    /// pure noise of variance s^2 (1 for OU at late times up to e^-2t).
    pub fn ddn_integrator_draw_start(it: *mut ddn_integrator, m: i64, x: *mut f64, ldx: i64) -> i32;
    /// Runs the whole grid on the states x, in place. Noise of row r at step k is a function of (seed, path, step,
    /// coordinate) alone, so splitting a batch does not change a trajectory beyond rounding.
    ///
    /// DDN_STOPPED (cancel, progress or callback) and errors in the middle (a callback or a model that fails, memory,
    /// numbers that are not finite) stop the run: x then holds the states after the last completed step, and
    /// ddn_integrator_resume repeats what did not succeed and goes on. Until the run is resumed to its end or given
    /// up, options, times, paths and callbacks cannot be changed.
    ///
    /// Which outputs callbacks want is part of a run: it may decide how the score is evaluated, and so its last
    /// digits. The same numbers come for the same set of wanted outputs.
    pub fn ddn_integrator_run(it: *mut ddn_integrator, m: i64, x: *mut f64, ldx: i64) -> i32;
    /// Continues a stopped or restored run. The result is the one of an unbroken run, bit for bit (but see
    /// DDN_INTEGRATOR_TRAJECTORY). A callback that has seen the present time does not see it again, one that failed
    /// does.
    pub fn ddn_integrator_resume(it: *mut ddn_integrator, m: i64, x: *mut f64, ldx: i64) -> i32;
    /// Gives a stopped run up, so that everything can be changed again.
    pub fn ddn_integrator_reset(it: *mut ddn_integrator) -> i32;
    /// Where the run is.
    pub fn ddn_integrator_position(it: *const ddn_integrator, phase: *mut i32, index: *mut i64, count: *mut i64, t: *mut f64) -> i32;
    /// A count of the last run.
    pub fn ddn_integrator_tally(it: *const ddn_integrator, what: i32) -> i64;
    /// Bytes that ddn_integrator_save needs for the stopped run.
    pub fn ddn_integrator_save_size(it: *const ddn_integrator, size: *mut i64) -> i32;
    /// Saves a stopped run: the states, where it is, the records of the observers attached (of observer.h, not of
    /// other callbacks), and what tells this run from others: method, schedule and its levels at the grid times,
    /// digests of the data with their labels and of the oracle, path numbers, wanted outputs, and the options that
    /// differ from their presets. The run stays as it is. The bytes mean the same on every machine that the library
    /// runs on, and later versions can read them.
    pub fn ddn_integrator_save(it: *const ddn_integrator, capacity: i64, buffer: *mut c_void) -> i32;
    /// Number of rows of a saved run, whatever it is a run of.
    pub fn ddn_integrator_saved_rows(it: *const ddn_integrator, size: i64, buffer: *const c_void, m: *mut i64) -> i32;
    /// Takes a saved run over; ddn_integrator_resume then goes on. The integrator must be the same in everything that
    /// is saved, else DDN_E_MISMATCH says what differs: method, kind and digest of the oracle, schedule and levels
    /// (to 1e-12), options, times, path numbers. Callbacks may want any of the outputs that the saved run's wanted,
    /// which are evaluated in any case. Observers: where observers are attached on both sides, they must be of the
    /// same kinds in the same order, made alike, and get their records back. Without observers here the run goes on
    /// without them; if there were none when it was saved, those here see the rest of it. On failure nothing has
    /// happened: a stopped run of this integrator can still be resumed, and x is untouched.
    pub fn ddn_integrator_restore(it: *mut ddn_integrator, size: i64, m: i64, buffer: *const c_void, x: *mut f64, ldx: i64) -> i32;
    /// Attaches a callback; not in the middle of a stopped run, whose wanted outputs it would change.
    pub fn ddn_integrator_attach_callback(it: *mut ddn_integrator, wanted: i64, fn_: Option<ddn_observe_fn>, user: *mut c_void, release: Option<ddn_release_fn>) -> i32;
    /// Number of the grid time, 0 = first.
    pub fn ddn_step_index(step: *const ddn_step) -> i64;
    /// Number of grid times.
    pub fn ddn_step_count(step: *const ddn_step) -> i64;
    /// The time, in the schedule's time.
    pub fn ddn_step_time(step: *const ddn_step) -> f64;
    /// Number of states.
    pub fn ddn_step_m(step: *const ddn_step) -> i64;
    /// Dimension of states.
    pub fn ddn_step_d(step: *const ddn_step) -> i64;
    /// The states.
    pub fn ddn_step_x(step: *const ddn_step) -> *const f64;
    /// Leading dimension of the states.
    pub fn ddn_step_ldx(step: *const ddn_step) -> i64;
    /// A wanted output at this state.
    pub fn ddn_step_f64(step: *const ddn_step, what: i32, ld: *mut i64) -> *const f64;
    /// A wanted output of integers at this state.
    pub fn ddn_step_i64(step: *const ddn_step, what: i32) -> *const i64;
    /// Draws states from a start at time t. The Gaussian one is exact and needs no d x d matrix: x = a mean + a sum_i
    /// xi_i sqrt(pi_i) (y_i - mean) + s z, pi_i = 1/n or the weights of the points, one pass over the data for every
    /// 16 rows. Row r is a function of (seed, first_path + r); results do not depend on the number of threads. m >=
    /// 0, first_path >= 0, ldx >= d. Errors: DDN_E_NULL, DDN_E_KEY (kind), DDN_E_RANGE, DDN_E_SHAPE, DDN_E_NOMEM.
    pub fn ddn_late_start_draw(ctx: *mut ddn_context, ds: *const ddn_dataset, sch: *const ddn_schedule, kind: i32, t: f64, seed: i64, first_path: i64, m: i64, x: *mut f64, ldx: i64) -> i32;
    /// How far each start is from p_t, before any sampling: Kullback-Leibler divergences in nats, for an empirical
    /// oracle; for a model with the p_t of the exact score of its data, or of the points that are set
    /// (ddn_analysis_set_points). By data processing they bound the error of the end result of an exact reverse run.
    /// (61) Columns with partners NAME_se: "t", "kl_gaussian" = KL(p_t | Gaussian start), "kl_between" = KL(Gaussian
    /// start | noise start), "kl_noise" = KL(p_t | noise start), the sum of the two; "kl_gaussian_low",
    /// "kl_gaussian_high", "kl_noise_low" and "kl_noise_high", the ends of their 95 % intervals, which are not
    /// symmetric where few samples carry the entropy (41); where they are known, "kl_gaussian_rho" and
    /// "kl_noise_rho", the correlations of their errors with those at the next larger time. The posterior entropy in
    /// them is measured by ddn_analysis_identities (SAMPLES, or PRECISION), with "samples" states at each time, and
    /// may make a divergence near 0 negative within its error. Scalars "n", "d".
    pub fn ddn_analysis_late_start(an: *mut ddn_analysis, oracle: *const ddn_oracle, count: i64, times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// The latest start that is good enough: the smallest t from which on the divergence of that start stays <= level
    /// (nats, > 0), by interpolation on the grid of a result of ddn_analysis_late_start: of log KL as far as it is
    /// above its error, else of KL (theory (42)).
    pub fn ddn_late_start_choose(ctx: *mut ddn_context, result: *const ddn_result, kind: i32, level: f64, t: *mut f64, standard_error: *mut f64) -> i32;
    /// The 95 % interval of that time, of the times whose divergence the level may be: as ddn_late_start_choose with
    /// the lower, and the upper, ends of the rows' intervals (columns NAME_low and NAME_high, or 1.96 standard errors
    /// where there are none). It need not be symmetric. From `high` on the start is good enough, but for 2.5 %. (61)
    pub fn ddn_late_start_interval(ctx: *mut ddn_context, result: *const ddn_result, kind: i32, level: f64, low: *mut f64, high: *mut f64) -> i32;
    /// The coordinates themselves, k = d.
    pub fn ddn_features_create_identity(ctx: *mut ddn_context, d: i64, out: *mut *mut ddn_features) -> i32;
    /// Coordinates along the k leading principal axes of a dataset, relative to its mean; 1 <= k <= min(n, d, 512).
    /// Errors: also those of ddn_dataset_spectrum.
    pub fn ddn_features_create_pca(ctx: *mut ddn_context, ds: *const ddn_dataset, k: i64, out: *mut *mut ddn_features) -> i32;
    /// Features by a callback.
    pub fn ddn_features_create_callback(ctx: *mut ddn_context, d: i64, k: i64, fn_: Option<ddn_features_fn>, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_features) -> i32;
    /// Adds a reference to the features: it then takes one more ddn_features_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_features_retain(features: *const ddn_features) -> i32;
    /// Lets go of the features. NULL is a no-op.
    pub fn ddn_features_destroy(features: *mut ddn_features);
    /// Dimension of the states that the features are made of; 0 for NULL.
    pub fn ddn_features_d(features: *const ddn_features) -> i64;
    /// Number of features; 0 for NULL.
    pub fn ddn_features_count(features: *const ddn_features) -> i64;
    /// Features of states. Those that are not finite are DDN_E_NONFINITE.
    pub fn ddn_features_apply(ctx: *mut ddn_context, features: *const ddn_features, m: i64, x: *const f64, ldx: i64, out: *mut f64, ldo: i64) -> i32;
    /// The reference is every point of ds, with its weight; d of both must agree; at most 4096 features.
    pub fn ddn_frechet_create(ctx: *mut ddn_context, ds: *const ddn_dataset, features: *const ddn_features, out: *mut *mut ddn_frechet) -> i32;
    /// Adds a reference to the frechet: it then takes one more ddn_frechet_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_frechet_retain(frechet: *const ddn_frechet) -> i32;
    /// Lets go of the reference. NULL is a no-op.
    pub fn ddn_frechet_destroy(frechet: *mut ddn_frechet);
    /// Squared Frechet distance |m1 - m2|^2 + tr(C1 + C2) - 2 tr (C1^1/2 C2 C1^1/2)^1/2 between the reference and
    /// states, m >= 2, in the units of the features squared (62). Both covariances are sums over the states divided
    /// by their number; programs for images divide by one less (numpy.cov), which changes the distance by about tr C
    /// / m. A finite m makes it too large by about tr C / m and more: compare curves at equal m. With replicates >= 2
    /// the states are drawn anew with replacement that many times (bootstrap; a function of seed).
    pub fn ddn_frechet_distance(ctx: *mut ddn_context, frechet: *const ddn_frechet, m: i64, seed: i64, replicates: i64, x: *const f64, ldx: i64, distance2: *mut f64, standard_error: *mut f64, draws: *mut f64) -> i32;
    /// log p of each of m states x, which are at the time t_end = DDN_ANALYSIS_T_END, by the probability flow of any
    /// oracle from there to t_start = DDN_ANALYSIS_T_START (doc/theory.md (98)): with x' the state that the flow
    /// carries x to,
    ///
    /// log p(x) = log q(x') + d log(s(t_start)/s(t_end)) - integral of D dl,
    /// l = log(s/a),   D = d + s^2 div score,
    ///
    /// D from DDN_OUT_DIVERGENCE where probes = 0 (exact, d Jacobian products a state for a model), else the mean
    /// over so many probes of random signs, the same ones for a state along its whole path (DDN_QUERY_PROBES;
    /// functions of DDN_ANALYSIS_SEED, the row and the probe). One probe is right on average, two or more also say
    /// their error.
    ///
    /// What density it is: that of x itself, in the coordinates of the process at t_end, which the flow makes of the
    /// density q at t_start. q is the density of `end` there: for the model as a generator, what its sampler starts
    /// from, which for ddn_integrator_draw_start is a Gaussian oracle with count = 0 and residual = 0; for the exact
    /// score of data, the Gaussian of the data (ddn_oracle_create_gaussian_of). NULL: N(0, (a^2 + s^2) I). The states
    /// are taken as they are: p is the density of data noised to t_end, so pass noised data, a x_0 + s z
    /// (ddn_schedule_forward), for the mean of log p over it; clean data x_0, or a x_0, are points like others, more
    /// likely than noised ones by up to about d/2 nats. "bits_per_dim" belongs to x/a, in units of the data: minus
    /// (log p + d log a)/(d log 2); for bytes mapped by y = f byte + c subtract log2 f.
    ///
    /// The flow takes 2 ceil(DDN_ANALYSIS_PATH_STEPS/2) steps of equal length in l by Dormand and Prince's rule of
    /// order 5, and again half as many; six evaluations a step. Columns, one row a state, none of them pooled: -
    /// "log_p" in nats with "log_p_se", the standard error of the probes (0 where exact, NaN for one probe); -
    /// "bits_per_dim" with "bits_per_dim_se", as said; - "step_error": |log p - the one of half the steps|, about
    /// thirty times the error of the steps where these resolve the flow; raise PATH_STEPS where it is large; -
    /// "log_p_start": log q(x').
    ///
    /// Scalars, over the rows: "mean_log_p", "mean_bits_per_dim" with the error of their spread (probes are in it)
    /// and the ends "_low", "_high" of the 95 % interval; "mean_step_error", the mean of the signed difference to
    /// half the steps; "truncation", where `end` is NULL and the oracle has data: by how much the mean of log p over
    /// noised data may be too low, at most, because p at t_start is not q, for the exact score of the data (NaN
    /// elsewhere); "samples", "probes", "steps", "t_start", "t_end", "d". BATCH states are asked for together. Stage
    /// "log likelihood"; can be cancelled.
    ///
    /// Errors: DDN_E_NULL, DDN_E_RANGE (m < 1, probes, times), DDN_E_SHAPE (ldx; `end` of another d or schedule
    /// object), DDN_E_NONFINITE (x, or states on the way), DDN_E_UNSUPPORTED (no Jacobian products, `end` without
    /// LOG_P), DDN_E_NOMEM, DDN_STOPPED, and those of the oracle. Example: doc/examples/simple/likelihood.c
    pub fn ddn_analysis_log_likelihood(an: *mut ddn_analysis, oracle: *const ddn_oracle, end: *const ddn_oracle, probes: i64, m: i64, x: *const f64, ldx: i64, out: *mut *mut ddn_result) -> i32;
    /// Distances of samples, wherever they come from, from the points of a data set, and the share that are copies:
    /// d1 <= d2 are the Euclidean distances from the nearest and from the second nearest point that differs from it,
    /// and a sample is memorized where d1 / d2 < kappa, the setting DDN_ANALYSIS_KAPPA (doc/theory.md (91), (92)).
    /// For the exact score the share is 1 for paths that end well below t_C; what generalises has about the share of
    /// fresh data, which is measured in the same way. The seed is not used: it stands in the result as that of the
    /// samples, and results of equal seeds are not pooled. Stage "nearest points"; can be cancelled.
    ///
    /// Columns, one row a sample: "index" (row of the nearest point, the first one where copies or others are equally
    /// near), "d1", "d2" in data units. Scalars: - "f_mem" with its error (half the Wilson interval at one standard
    /// deviation), and "f_mem_low",
    /// "f_mem_high", its 95 % interval (45); - "d1_q05", "d1_q50", "d1_q95", "d2_q05", "d2_q50", "d2_q95": quantiles,
    /// with errors from the
    /// order statistics one standard deviation of the rank away, and each with "_low" and "_high", its
    /// 95 % interval for any law (92); NaN where there are too few samples for them; - "kappa", "samples", "n", "d".
    ///
    /// Pooling (ddn_result_merge, for equal numbers of samples): f_mem, its interval, samples; the rest of what the
    /// samples say is NaN. Errors: DDN_E_NULL, DDN_E_RANGE (m < 1; a sample or a point is more than 1e150 away from
    /// the others), DDN_E_SHAPE (ldx), DDN_E_NONFINITE (x), DDN_E_UNSUPPORTED (all points are equal), DDN_E_NOMEM,
    /// DDN_STOPPED.
    pub fn ddn_analysis_memorization(an: *mut ddn_analysis, ds: *const ddn_dataset, m: i64, x: *const f64, ldx: i64, out: *mut *mut ddn_result) -> i32;
    /// The same for samples in single precision; takes m rows of doubles of scratch.
    pub fn ddn_analysis_memorization_f32(an: *mut ddn_analysis, ds: *const ddn_dataset, m: i64, x: *const f32, ldx: i64, out: *mut *mut ddn_result) -> i32;
    /// Does a model memorize its training data or generalise? Its denoising errors on training and on test data, time
    /// by time, beside those of two denoisers that are known: the exact score of the training data, below which
    /// nothing is on the training data, and their Wiener filter, the best linear one (doc/theory.md (93)); and what
    /// it generates from noisy training data (94). For any oracle that gives a MEAN.
    ///
    /// An error is that of a coordinate, (1/d) E |y - D(a y + s z, t)|^2 over the points y of a set by their weights
    /// and over the noise z; standard errors and 95 % intervals are those of a mean over SAMPLES states, for the sets
    /// as they are: sets of n points that stand for a law add about the spread of the errors of their points over
    /// sqrt(n). All three denoisers get the same states, so that differences have small errors; those of training
    /// data are drawn and averaged as in ddn_analysis_identities (NEIGHBOURS), so that rare states between close
    /// points count. Training and test data have states of their own, and their errors are independent.
    ///
    /// Columns, one row for each time of both grids, ascending; NaN where it is not of a grid: "t", "samples",
    /// "clones" (pairs), and each with NAME_se, NAME_low, NAME_high, in data units^2: - "e_train", "e_test", "gap" =
    /// e_test - e_train: errors of the model; - "e_exact_train" (mmse/d of the identities), "e_exact_test",
    /// "gap_exact": of the exact score; - "e_wiener_train", "e_wiener_test", "gap_wiener": of the Wiener filter, with
    /// up to 512
    /// eigenvectors of the covariance and one variance for the rest ("wiener_axes"); - "excess_train" = e_train -
    /// e_exact_train >= 0, "excess_test", "gain_train" = e_wiener_train -
    /// e_train, "gain_test", as means of differences; - "gap_paired" = gap - gap_wiener = gain_train - gain_test. Two
    /// sets of one law differ in their
    /// spread, which is in the gap of a model that has memorized nothing; it is in that of the Wiener
    /// filter as well, which itself memorizes little where n is well above d. A model that memorizes has a small
    /// excess_train where gap_exact is large, and a gap as large; one that generalises has a gap_paired near 0 (below
    /// it by what the filter has memorized itself) and a gain_test > 0; and where clones are asked for, of CLONES
    /// pairs of the model's paths from one noisy training point, by METHOD and STEPS down to T_END and the denoiser:
    /// - "phi_C": share of pairs that end nearest to the same training point; "f_mem": share of ends (one of each
    /// pair) with d1/d2 < KAPPA, as in ddn_analysis_memorization; "d1_q50", "d2_q50": their
    /// median distances, in data units. At the noisy end these are samples of the model. f_mem and
    /// d2_q50 are NaN where all training points are equal. Scalars: "n", "n_test", "d", "wiener_axes", "evaluations"
    /// (states of denoising that the model was given), with clones "kappa" and, of the test data, "f_mem_test",
    /// "d1_q50_test", "d2_q50_test", each with "_low" and "_high". Without test data the columns that need it are
    /// NaN, and there are no scalars of it. Stages "denoising", "clones". Pooling: as identities and clones, but for
    /// medians.
    ///
    /// Errors: DDN_E_NULL, DDN_E_SHAPE (d of the sets), DDN_E_RANGE, DDN_E_NONFINITE (times; answers of the model, by
    /// state), DDN_E_NOMEM, DDN_STOPPED, and those of the oracle, of ddn_oracle_create_empirical and
    /// ddn_oracle_create_gaussian_of, and with clones of the integrator.
    pub fn ddn_analysis_generalization(an: *mut ddn_analysis, oracle: *const ddn_oracle, train: *const ddn_dataset, test: *const ddn_dataset, count: i64, clone_count: i64, times: *const f64, clone_times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// Keeps the states at the grid times nearest to given times (OU or whatever the schedule's time is); NaN, time
    /// and states, where the nearest grid time was not seen (yet).
    pub fn ddn_observer_create_snapshots(ctx: *mut ddn_context, count: i64, times: *const f64, out: *mut *mut ddn_observer) -> i32;
    /// Follows the nearest data point mu*(t) = argmax w of each row (the lowest of equals) and the last time it
    /// changed: t_last = t_{j*}, j* = 1 + max{j : mu_{j+1} != mu_j}, the first grid time with the final index; no
    /// change gives the first time (doc/theory.md (34)). A model has no weights: for it the exact oracle of its data
    /// tells.
    pub fn ddn_observer_create_nearest(ctx: *mut ddn_context, out: *mut *mut ddn_observer) -> i32;
    /// Mean over the rows, at each grid time, of posterior entropy, sum w^2, w_max, tr Cov and log p, with standard
    /// errors over the rows.
    pub fn ddn_observer_create_posterior(ctx: *mut ddn_context, out: *mut *mut ddn_observer) -> i32;
    /// Most probable class (argmax of the class posterior, the lowest of equals, as index into the ascending labels)
    /// of each row at each grid time, and the last time it changed. Needs a labelled oracle; for a model the exact
    /// oracle of its labelled data tells. The states are still noisy on their way: this is what the posterior says of
    /// their class, not the judge of the analyses (analysis.h), who asks for the label of the nearest point.
    pub fn ddn_observer_create_class(ctx: *mut ddn_context, out: *mut *mut ddn_observer) -> i32;
    /// Overlaps q_k = x . v_k / sqrt(d) with directions v at each grid time.
    pub fn ddn_observer_create_overlap(ctx: *mut ddn_context, count: i64, d: i64, directions: *const f64, ldv: i64, out: *mut *mut ddn_observer) -> i32;
    /// Lets go of the observer. NULL is a no-op.
    pub fn ddn_observer_destroy(observer: *mut ddn_observer);
    /// Attaches it. An oracle that cannot give what the observer needs is DDN_E_UNSUPPORTED; an observer already
    /// attached, and an integrator in the middle of a run, is DDN_E_STATE.
    pub fn ddn_observer_attach(observer: *mut ddn_observer, it: *mut ddn_integrator) -> i32;
    /// Number of values of a record: what a buffer must hold; 0 if the observer does not have it.
    pub fn ddn_observer_size(observer: *const ddn_observer, what: i32) -> i64;
    /// Copies a record of doubles. DDN_E_KEY if the observer does not have it, DDN_E_TYPE if it has another type,
    /// DDN_E_CAPACITY if capacity is smaller than ddn_observer_size.
    pub fn ddn_observer_read_f64(observer: *const ddn_observer, what: i32, capacity: i64, out: *mut f64) -> i32;
    /// Copies a record of integers; rules as for ddn_observer_read_f64.
    pub fn ddn_observer_read_i64(observer: *const ddn_observer, what: i32, capacity: i64, out: *mut i64) -> i32;
    /// Gaussian mixture p_0 = sum_k pi_k N(c_k, diag V_k), K = components >= 1 (doc/theory.md (16)). With Gamma_k =
    /// s^2 + a^2 V_k, r = softmax_k(log pi_k + log N(x; a c_k, diag Gamma_k)) and g_k = -(x - a c_k)/Gamma_k: score =
    /// sum r_k g_k, mean = sum r_k (c_k - a V_k g_k). Every ddn_output is given; the weights w are the r_k. The error
    /// of the score is a small multiple of its rounding floor 2^-53 (|x| + a|c|)/Gamma for all times. An evaluation
    /// costs O(K d) a state; two components with opposite means and one variance take a path about twice as fast.
    /// Scratch: with diagonals as much as `variances`.
    pub fn ddn_oracle_create_mixture(ctx: *mut ddn_context, sch: *const ddn_schedule, kind: i32, components: i64, d: i64, weights: *const f64, means: *const f64, ldm: i64, variances: *const f64, ldv: i64, labels: *const i32, out: *mut *mut ddn_oracle) -> i32;
    /// The mixture of N(m, sigma2 I) and N(-m, sigma2 I) with equal weights and labels 1 and 0: score = (a m tanh(a
    /// m.x/Gamma) - x)/Gamma.
    pub fn ddn_oracle_create_two_gaussians(ctx: *mut ddn_context, sch: *const ddn_schedule, d: i64, sigma2: f64, m: *const f64, out: *mut *mut ddn_oracle) -> i32;
    /// One Gaussian N(mean, U diag(values) U^T + residual (I - U U^T)), the Wiener filter: U has `count` orthonormal
    /// rows, 0 <= count <= d (checked to 1e-6, then orthonormalised to rounding); residual >= 0 is the variance of
    /// the d - count other directions. Gives SCORE, MEAN, LOG_P, TRACE_COV, DIVERGENCE, COV_TIMES_V, JACOBIAN_TIMES_V
    /// and DRAW, O(count d) a state; it has no components or classes.
    pub fn ddn_oracle_create_gaussian(ctx: *mut ddn_context, sch: *const ddn_schedule, d: i64, count: i64, residual: f64, mean: *const f64, values: *const f64, vectors: *const f64, ldv: i64, out: *mut *mut ddn_oracle) -> i32;
    /// The Gaussian with the mean and the `count` leading eigenpairs of a dataset's covariance, both with the weights
    /// of its points (ddn_dataset_spectrum, whose limits and errors it has), the rest of the variance spread evenly:
    /// residual = (trace - sum values)/(d - count). count = 0: isotropic.
    pub fn ddn_oracle_create_gaussian_of(ctx: *mut ddn_context, ds: *const ddn_dataset, sch: *const ddn_schedule, count: i64, out: *mut *mut ddn_oracle) -> i32;
    /// A model without callbacks, d >= 1. It and all oracles made from it share `user`: release(user) is called once,
    /// when the last of them goes. On failure the caller still owns user.
    pub fn ddn_model_create(ctx: *mut ddn_context, sch: *const ddn_schedule, prediction: i32, d: i64, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_model) -> i32;
    /// Lets go of the model; oracles made from it go on. NULL is a no-op.
    pub fn ddn_model_destroy(model: *mut ddn_model);
    /// Sets the callback that predicts in double. It is the one that is asked where both are set.
    pub fn ddn_model_set_predict_f64(model: *mut ddn_model, fn_: Option<ddn_predict_f64_fn>) -> i32;
    /// Sets the callback that predicts in single precision: a network in float belongs here. States are rounded to
    /// float for it (those of ddn_query_run_f32 are floats already), its answers are taken exactly. A state beyond
    /// the range of float is DDN_E_RANGE.
    pub fn ddn_model_set_predict_f32(model: *mut ddn_model, fn_: Option<ddn_predict_f32_fn>) -> i32;
    /// Sets the derivative of the prediction in double; it comes before one in single precision and before
    /// differences (DDN_MODEL_STEP).
    pub fn ddn_model_set_jvp_f64(model: *mut ddn_model, fn_: Option<ddn_jvp_f64_fn>) -> i32;
    /// Sets the derivative of the prediction in single precision; it comes before differences.
    pub fn ddn_model_set_jvp_f32(model: *mut ddn_model, fn_: Option<ddn_jvp_f32_fn>) -> i32;
    /// Sets the log density; without it the oracle cannot give LOG_P.
    pub fn ddn_model_set_log_p(model: *mut ddn_model, fn_: Option<ddn_log_density_fn>) -> i32;
    /// Sets the data that the model was learned from, for ddn_oracle_sample_data and what builds on it;
    /// ddn_oracle_dataset gives it back. Another d is DDN_E_SHAPE.
    pub fn ddn_model_set_dataset(model: *mut ddn_model, ds: *const ddn_dataset) -> i32;
    /// The options of a model; see ddn_options in base.h.
    pub fn ddn_model_options(model: *mut ddn_model) -> *mut ddn_options;
    /// An oracle that asks the model as it is now; without a callback that predicts DDN_E_STATE. Gives SCORE and
    /// MEAN; LOG_P if log_p is set; DIVERGENCE by d products with the Jacobian, or by fewer (DDN_QUERY_PROBES);
    /// JACOBIAN_TIMES_V by jvp, or by the symmetric difference of the prediction over 2 h v (DDN_MODEL_STEP). The
    /// difference has, for 200 images of d = 784 on DDPM, relative to J v: 5e-10 for a model in double; for one in
    /// float, rounded once a number, 3e-5, and 4e-4 near index 400, where J varies most; with errors of up to 1e-6 of
    /// each number at most 1e-3 at all indices if eps or v is predicted, and from index 100 on if x_0 is, which is
    /// 2.4e-2 at index 0 and 8e-3 at 5.5: what is predicted hardly varies there, and a jvp is what helps.
    pub fn ddn_oracle_create_model(ctx: *mut ddn_context, model: *const ddn_model, out: *mut *mut ddn_oracle) -> i32;
    /// The oracle with score = sum_i factors[i] score_i: guidance ((1 + w) conditional - w unconditional), negation,
    /// products of models (doc/theory.md (17)). count in [1, 64]; all parts with one d and one schedule object, else
    /// DDN_E_SHAPE. Gives SCORE; MEAN = (x + s^2 score)/a; DIVERGENCE and JACOBIAN_TIMES_V where all parts do. No
    /// density belongs to it, so it cannot draw. Queries of it hand DDN_QUERY_EPSILON and DDN_QUERY_TRAJECTORY on to
    /// the parts; it has no ways of its own (ddn_oracle_tally of a part tells how that was evaluated). A part whose
    /// factor is 0 is not asked. Where a = 0 there is a MEAN if the factors add up to 1.
    pub fn ddn_oracle_create_combination(ctx: *mut ddn_context, count: i64, parts: *const *mut ddn_oracle, factors: *const f64, out: *mut *mut ddn_oracle) -> i32;
    /// As ddn_oracle_create_combination with factors that depend on the time, constant in intervals of the schedule's
    /// time: row 0 of the factors up to ends[0], included, row k in (ends[k - 1], ends[k]], the last row above
    /// ends[intervals - 2]. So guidance in an interval (Kynkaanniemi et al. 2024) of a conditional and an
    /// unconditional oracle is intervals = 3, factors {1, 0, 1 + g, -g, 1, 0}: a part is not asked where its factor
    /// is 0. Samplers lose their order in a step across an end; put ends on grid times. (17)
    pub fn ddn_oracle_create_timed_combination(ctx: *mut ddn_context, count: i64, intervals: i64, parts: *const *mut ddn_oracle, ends: *const f64, factors: *const f64, out: *mut *mut ddn_oracle) -> i32;
    /// Errors: DDN_E_NULL, DDN_E_NOMEM, DDN_E_UNSUPPORTED (the oracle lacks what is needed).
    pub fn ddn_symmetry_create(ctx: *mut ddn_context, oracle: *const ddn_oracle, out: *mut *mut ddn_symmetry) -> i32;
    /// Lets go of the object. NULL is a no-op.
    pub fn ddn_symmetry_destroy(sy: *mut ddn_symmetry);
    /// The options of a symmetry analysis; see ddn_options in base.h.
    pub fn ddn_symmetry_options(sy: *mut ddn_symmetry) -> *mut ddn_options;
    /// Drift b(x, t) of states.
    pub fn ddn_symmetry_drift(sy: *mut ddn_symmetry, t: f64, m: i64, x: *const f64, ldx: i64, drift: *mut f64, ldo: i64) -> i32;
    /// Potential u(x, t) of states. DDN_E_UNSUPPORTED without LOG_P.
    pub fn ddn_symmetry_potential(sy: *mut ddn_symmetry, t: f64, m: i64, x: *const f64, ldx: i64, u: *mut f64) -> i32;
    /// The potential along the line x0 + q v, count >= 2. Columns "q", "u", "slope" = du/dq, "curvature" = d2u/dq2.
    /// Without LOG_P u is the integral of the slope from q[0] on (cubic Hermite rule, error O(step^4)), and its
    /// definition says so.
    pub fn ddn_symmetry_line(sy: *mut ddn_symmetry, t: f64, count: i64, x0: *const f64, v: *const f64, q: *const f64, out: *mut *mut ddn_result) -> i32;
    /// Leading eigenvalues of the linearised drift -f I + c grad score at x, largest first (OU: I + (1 + eta^2) J), 1
    /// <= count <= min(d, 64); a fixed point is stable if all are negative (51). Matrix-free Lanczos with full
    /// reorthogonalisation, one eigenpair after the other with deflation, so repeated ones are found; accurate to
    /// about 1e-12 of the largest magnitude.
    pub fn ddn_symmetry_stability(sy: *mut ddn_symmetry, t: f64, count: i64, x: *const f64, values: *mut f64, vectors: *mut f64, ldv: i64) -> i32;
    /// Distinct fixed points b = 0 reached from m >= 1 starts: descent x <- k E[x_0 | x], k = a c / (c + f s^2), a
    /// majorise-minimise step for u at which u never rises (OU, eta = 1: 2 a/(1 + a^2)), then Newton's iteration with
    /// matrix-free solves. Columns: "residual" (as in TOLERANCE), "lambda" (leading eigenvalue of the linearised
    /// drift), "unstable" (positive ones among the followed), "norm" = |x|, "u" (NaN without LOG_P), "starts" (how
    /// many led there). Scalars "failed" (starts that did not converge), "t", "t_ou".
    pub fn ddn_symmetry_fixed_points(sy: *mut ddn_symmetry, t: f64, m: i64, starts: *const f64, lds: i64, points: *mut f64, ldp: i64, out: *mut *mut ddn_result) -> i32;
    /// Follows fixed points between a noisy time t_start and a clean time t_end < t_start (both within the schedule's
    /// range): the one reached from 0 at t_start down, then those reached from the starts up (m may be 0). Branches
    /// are followed by pseudo-arclength continuation, so they turn at folds and go on with their unstable side; where
    /// a followed eigenvalue changes sign without a turn, the crossing branch is followed both ways (54). A start
    /// that leads to a known branch is dropped. Stops at cancel. Symmetric data: a pitchfork. Generic data: the
    /// branch from t_start never loses stability, and others are born in folds.
    pub fn ddn_symmetry_diagram(sy: *mut ddn_symmetry, t_start: f64, t_end: f64, m: i64, k: i64, starts: *const f64, lds: i64, directions: *const f64, ldv: i64, out: *mut *mut ddn_diagram) -> i32;
    /// Adds a reference to the diagram: it then takes one more ddn_diagram_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_diagram_retain(diagram: *const ddn_diagram) -> i32;
    /// Lets go of the diagram. NULL is a no-op.
    pub fn ddn_diagram_destroy(diagram: *mut ddn_diagram);
    /// The points, in the order in which each branch was followed. Columns "branch" (0, 1, ...), "t", "t_ou",
    /// "lambda" (leading eigenvalue of the linearised drift), "unstable" (number of positive ones among the
    /// followed), "norm", "residual", and "q_j". Scalars "branches", "folds", "branch_points", "starts", "dropped"
    /// (starts on known branches), "missed" (sign changes of an eigenvalue that could not be located), "truncated"
    /// (branches cut by POINTS, or left out by BRANCHES).
    pub fn ddn_diagram_points(diagram: *const ddn_diagram) -> *const ddn_result;
    /// The events, likewise. Columns "kind", "branch" (on which it was met), "t", "t_ou", "index" (which eigenvalue
    /// vanishes, 0 = leading), "lambda" (its value there), "norm", "residual", and "q_j".
    pub fn ddn_diagram_events(diagram: *const ddn_diagram) -> *const ddn_result;
    /// States of rows first .. first+count-1 of the points.
    pub fn ddn_diagram_states(ctx: *mut ddn_context, diagram: *const ddn_diagram, first: i64, count: i64, out: *mut f64, ldo: i64) -> i32;
    /// States of rows first .. first+count-1 of the events.
    pub fn ddn_diagram_event_states(ctx: *mut ddn_context, diagram: *const ddn_diagram, first: i64, count: i64, out: *mut f64, ldo: i64) -> i32;
    /// Time of sch at which the origin loses stability for centred data of equal norms whose covariance has the top
    /// eigenvalue lambda >= 0 (there Cov(x_0 | 0) is that covariance): the largest root of -f - c/s^2 + c a^2
    /// lambda/s^4 = 0 in the schedule's range, by root finding to full precision (52). OU and VP, eta = 1: OU time
    /// asinh(lambda)/2; EDM: sigma^2 = lambda for every eta.
    pub fn ddn_symmetry_critical_time(ctx: *mut ddn_context, sch: *const ddn_schedule, eta: f64, lambda: f64, t: *mut f64) -> i32;
    /// Critical times for each eta, in the oracle's schedule and in OU and EDM coordinates, for lambda >= 0, the top
    /// eigenvalue of the data's covariance (ddn_dataset_spectrum). Columns "eta", "t" (from lambda; the schedule's
    /// time and coordinates), "t_ou" (the same in OU time), "t_ou_coordinates" (in OU and VP coordinates, OU time),
    /// "t_edm_coordinates" (in EDM coordinates, OU time), "theta" = exp(-t_ou_coordinates), "sigma" (EDM sigma of
    /// t_edm_coordinates), "t_measured" (where the branch of fixed points from late times really loses stability, in
    /// the schedule's time). NaN: it is unstable from the start, or stable down to OU time 1e-3. Scalar "lambda". "t"
    /// and "t_measured" agree for centred data of equal norms; in generic data the branch never loses stability.
    /// "The" bifurcation time depends on coordinates and eta.
    pub fn ddn_symmetry_critical(sy: *mut ddn_symmetry, lambda: f64, count: i64, etas: *const f64, out: *mut *mut ddn_result) -> i32;
    /// Creates a system, d in [1, 4096]. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_KEY, DDN_E_NOMEM. (70), (71)
    pub fn ddn_system_create(ctx: *mut ddn_context, kind: i32, d: i64, f: Option<ddn_system_fn>, jacobian: Option<ddn_system_fn>, user: *mut c_void, release: Option<ddn_release_fn>, out: *mut *mut ddn_system) -> i32;
    /// Adds a reference to the system: it then takes one more ddn_system_destroy. DDN_E_NULL, DDN_E_HANDLE.
    pub fn ddn_system_retain(sys: *const ddn_system) -> i32;
    /// Lets go of the system. NULL is a no-op.
    pub fn ddn_system_destroy(sys: *mut ddn_system);
    /// All fixed points in [lo, hi] of a system with d = 1, ascending: zeros of f (map: of f(x) - x) from sign
    /// changes between `grid` >= 2 equal cells, and, from local extremes, zeros that touch or cross twice within a
    /// cell. An eigenvalue within 1e-6 of neutral (relative to the variation of f on the grid) counts as neutral: the
    /// stability is then read off the signs of f on both sides. Poles, where f changes sign and is larger than at the
    /// ends of the cell, are no zeros. DDN_E_RANGE where cells are narrower than 8 ulp of the ends. DDN_E_CAPACITY,
    /// with the first `capacity` of them, if there are more.
    pub fn ddn_system_fixed_points_1d(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, lo: f64, hi: f64, grid: i64, capacity: i64, x: *mut f64, eigenvalue: *mut f64, stability: *mut i32, count: *mut i64) -> i32;
    /// Distinct fixed points of any d reached by damped Newton iteration from m starts, in the order of the first
    /// start that reaches each. Starts that do not converge in 100 steps are left out; two points are one if closer
    /// than 1e-6 (1 + |x|). Capacity as for ddn_system_fixed_points_1d.
    pub fn ddn_system_fixed_points(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, m: i64, capacity: i64, starts: *const f64, ldx: i64, x: *mut f64, count: *mut i64) -> i32;
    /// Eigenvalues of the Jacobian at x, by descending real part (map: modulus), and what they say; those within
    /// `tolerance` >= 0 of the imaginary axis (map: unit circle) are neutral.
    pub fn ddn_system_eigenvalues(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, tolerance: f64, x: *const f64, re: *mut f64, im: *mut f64, stability: *mut i32) -> i32;
    /// Bifurcations of the fixed points of a system with d = 1 in the rectangle [p_lo, p_hi] x [x_lo, x_hi], by
    /// ascending parameter. Scans p_grid >= 2 cells in the parameter and x_grid >= 2 cells in x for changes of the
    /// number of fixed points and of the stability along branches, then solves the conditions of the bifurcation
    /// itself, so that p and x are good to about 1e-9 of the rectangle. Two bifurcations in the same cell may be
    /// taken for one or missed. Capacity as for ddn_system_fixed_points_1d.
    pub fn ddn_system_bifurcations(ctx: *mut ddn_context, sys: *const ddn_system, p_lo: f64, p_hi: f64, p_grid: i64, x_lo: f64, x_hi: f64, x_grid: i64, capacity: i64, p: *mut f64, x: *mut f64, kind: *mut i32, count: *mut i64) -> i32;
    /// Solves a flow by Dormand and Prince's pair of orders 5 and 4 with relative and absolute error `tolerance` in
    /// [1e-14, 0.1] a step. Errors: DDN_E_CONVERGENCE where the solution blows up or 10^7 steps do not suffice, and
    /// as everywhere.
    pub fn ddn_system_trajectory(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, tolerance: f64, count: i64, x0: *const f64, times: *const f64, out: *mut f64, ldx: i64) -> i32;
    /// First time > 0 at which a flow from x0 at time 0 has x[coordinate] = level, or, for coordinate = -1, |x| =
    /// level. Starting on the level does not count. A blow-up time is that of a large level.
    pub fn ddn_system_passage(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, coordinate: i64, level: f64, t_max: f64, tolerance: f64, x0: *const f64, time: *mut f64, x_end: *mut f64) -> i32;
    /// Iterates of a map. Values that overflow stay as they are.
    pub fn ddn_system_orbit(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, steps: i64, x0: *const f64, out: *mut f64, ldx: i64) -> i32;
    /// First k >= 1 at which the k-th iterate of a map has |x| > radius (or is not finite).
    pub fn ddn_system_escape(ctx: *mut ddn_context, sys: *const ddn_system, parameter: f64, radius: f64, steps: i64, x0: *const f64, count: *mut i64) -> i32;
    /// Speciation time log(1 + Lambda)/2 for Lambda >= 0, the largest eigenvalue of the covariance of the data. (20)
    pub fn ddn_theory_speciation(lambda: f64) -> f64;
    /// Its asymptote log(Lambda)/2 for Lambda > 0; negative below 1. (20)
    pub fn ddn_theory_speciation_asymptotic(lambda: f64) -> f64;
    /// Signal to noise of the label, r = m2 s / Gamma; m2, sigma2 >= 0, t > 0 (t >= 0 if sigma2 > 0). At r = 1 labels
    /// are being decided. (23)
    pub fn ddn_theory_signal(m2: f64, sigma2: f64, t: f64) -> f64;
    /// The time at which ddn_theory_signal has the value r > 0: log(1 + m2/r - sigma2)/2; NaN where it is never
    /// reached (m2 < r sigma2). (23)
    pub fn ddn_theory_signal_time(m2: f64, sigma2: f64, r: f64) -> f64;
    /// phi: probability that two continuations of the reverse SDE from one state end in the same of two Gaussians, as
    /// a function of r >= 0: 1/2 + E tanh(r + sqrt(r) g)/2. Relative error below 1e-13. (23)
    pub fn ddn_theory_phi(r: f64) -> f64;
    /// 1 - phi without cancellation, r >= 0; accurate as ddn_theory_phi. (23)
    pub fn ddn_theory_one_minus_phi(r: f64) -> f64;
    /// d phi/d r, r >= 0; accurate as ddn_theory_phi. (23)
    pub fn ddn_theory_phi_derivative(r: f64) -> f64;
    /// phi where the class is the sign of m.x_0 instead of the mixture label (they differ where the clusters
    /// overlap). m2 > 0, sigma2 >= 0, t > 0. Accurate as ddn_theory_phi. (23)
    pub fn ddn_theory_phi_sign(m2: f64, sigma2: f64, t: f64) -> f64;
    /// phi at t = infinity: sum of (w / sum w)^2. NaN if count < 1, a weight is negative or not finite, or all are 0.
    /// (24)
    pub fn ddn_theory_phi_infinity(count: i64, weights: *const f64) -> f64;
    /// The level of phi that defines t_S from a measured curve: phi(r = 1) of two Gaussians, rescaled to the range
    /// [phi_infinity, 1]; 0 < phi_infinity <= 1. (24)
    pub fn ddn_theory_phi_level(phi_infinity: f64) -> f64;
    /// Mutual information I(r) of label and state in nats, r >= 0, from 0 to log 2. Accurate as ddn_theory_phi. (31)
    pub fn ddn_theory_label_information(r: f64) -> f64;
    /// The potential V(q, t) of the overlap in the reverse SDE. d > 0, mu2 > 0, sigma2 >= 0, t > 0 (t >= 0 if sigma2
    /// > 0), q finite. (21)
    pub fn ddn_theory_overlap_potential(d: f64, mu2: f64, sigma2: f64, t: f64, q: f64) -> f64;
    /// V'(q, t); arguments as for ddn_theory_overlap_potential. (21)
    pub fn ddn_theory_overlap_slope(d: f64, mu2: f64, sigma2: f64, t: f64, q: f64) -> f64;
    /// V''(q, t); arguments as for ddn_theory_overlap_potential. (21)
    pub fn ddn_theory_overlap_curvature(d: f64, mu2: f64, sigma2: f64, t: f64, q: f64) -> f64;
    /// All zeros of V' in ascending order, with V'' there (> 0: a well, < 0: a barrier): 3 where V''(0) < 0 and Gamma
    /// < 2, else 1. DDN_E_RANGE for arguments that ddn_theory_overlap_potential does not take, DDN_E_NULL.
    pub fn ddn_theory_overlap_wells(d: f64, mu2: f64, sigma2: f64, t: f64, q: *mut f64, curvature: *mut f64, count: *mut i64) -> i32;
    /// Draws q ~ p_t, number i a function of (seed, first_path + i), first_path in [0, 2^60]. Results do not depend
    /// on the number of threads. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM, DDN_STOPPED. (21)
    pub fn ddn_theory_overlap_draw(ctx: *mut ddn_context, d: f64, mu2: f64, sigma2: f64, t: f64, seed: i64, first_path: i64, m: i64, q: *mut f64) -> i32;
    /// The exact law of q, dq = -V'(q, t) dtau + sqrt(2 mu2) dW while t falls, by the stochastic Heun scheme (weak
    /// order 2). Noise of q[i] in step k is a function of (seed, first_path + i, k). Steps must be small against
    /// Gamma. Threads and errors as for ddn_theory_overlap_draw. (21)
    pub fn ddn_theory_overlap_run(ctx: *mut ddn_context, d: f64, mu2: f64, sigma2: f64, seed: i64, first_path: i64, count: i64, m: i64, times: *const f64, q: *mut f64) -> i32;
    /// phi(t) from the law of q: `pairs` pairs of continuations of q_t ~ p_t from t to t_end (0 if sigma2 > 0) in
    /// `steps` steps, geometric in t + tau (tau = 1 for sigma2 >= 1, else sigma2 + 1e-3). Compare with
    /// ddn_theory_phi_sign.
    pub fn ddn_theory_overlap_phi(ctx: *mut ddn_context, d: f64, mu2: f64, sigma2: f64, t: f64, t_end: f64, steps: i64, pairs: i64, seed: i64, phi: *mut f64, standard_error: *mut f64) -> i32;
    /// Collapse time of n > 1 points from N(., sigma2 I), d > 0, sigma2 >= 0: log(1 + sigma2/(n^(2/d) - 1))/2. (32)
    pub fn ddn_theory_collapse(n: f64, d: f64, sigma2: f64) -> f64;
    /// The same from alpha = log(n)/d > 0; n itself may be beyond any number type. (32)
    pub fn ddn_theory_collapse_alpha(alpha: f64, sigma2: f64) -> f64;
    /// Its inverse: the alpha, hence n = e^(alpha d), that makes t > 0 the collapse time. (32)
    pub fn ddn_theory_alpha_for_collapse(t: f64, sigma2: f64) -> f64;
    /// Collapse time of the two-Gaussian mixture: the zero of ddn_theory_excess_entropy; 0 if f > 0 at every t. n >
    /// 1, d > 0, m2, sigma2 >= 0. (31)
    pub fn ddn_theory_collapse_two_gaussians(n: f64, d: f64, m2: f64, sigma2: f64) -> f64;
    /// Collapse time of Gaussian data of any covariance: the root of sum log(1 + lambda_i/(e^2t - 1)) = 2 log n, n >
    /// 1. NaN for bad arguments. (35)
    pub fn ddn_theory_collapse_spectrum(n: f64, count: i64, eigenvalues: *const f64) -> f64;
    /// Its inverse: the log n that makes t > 0 the collapse time. NaN for bad arguments. (35)
    pub fn ddn_theory_log_n_for_collapse_spectrum(t: f64, count: i64, eigenvalues: *const f64) -> f64;
    /// Excess entropy f(t) of the two-Gaussian mixture: log(n)/d + log(Delta/Gamma)/2 - I(r)/d, n >= 1, d > 0, m2,
    /// sigma2 >= 0, t > 0; m2 = 0 is one Gaussian. (30), (31)
    pub fn ddn_theory_excess_entropy(n: f64, d: f64, m2: f64, sigma2: f64, t: f64) -> f64;
    /// df/dt of ddn_theory_excess_entropy, which does not depend on n. (30), (31)
    pub fn ddn_theory_excess_entropy_derivative(d: f64, m2: f64, sigma2: f64, t: f64) -> f64;
    /// Lower bound max(0, f) on f^e, averaged over data sets of n >= 1 points from N(0, sigma2 I), d >= 1, t > 0.
    /// (37)
    pub fn ddn_theory_excess_lower(n: f64, d: f64, sigma2: f64, t: f64) -> f64;
    /// Upper bound E log(1 + e^R)/d on the same average. (37)
    pub fn ddn_theory_excess_upper(n: f64, d: f64, sigma2: f64, t: f64) -> f64;
    /// Lower bound E 1/(1 + e^R) on the average of phi_C over such data sets. (37)
    pub fn ddn_theory_phi_c_lower(n: f64, d: f64, sigma2: f64, t: f64) -> f64;
    /// The random energy model of the n - 1 other points. alpha > 0, sigma2 > 0, t > 0, else DDN_E_RANGE. (38)
    pub fn ddn_theory_rem(alpha: f64, sigma2: f64, t: f64, psi_plus: *mut f64, lambda_c: *mut f64, f: *mut f64, condensed: *mut i32) -> i32;
    /// Time at which the symmetric fixed point of the reverse drift x + (1 + eta^2) score loses its stability, two
    /// Gaussians; eta = 1 is the reverse SDE. m2 > 0, sigma2 >= 0, eta >= 0. For centred points of equal norm take
    /// sigma2 = 0 and m2 = Lambda: asinh(Lambda)/2 at eta = 1. Infinity if it is stable at no finite time (as at eta
    /// = 0, Lambda >= 1), NaN if it never loses stability. The time depends on eta and on the coordinates; in those
    /// of VE / EDM (y = e^t x) it is ddn_theory_speciation(Lambda), sigma = sqrt(Lambda), for every eta. (52)
    pub fn ddn_theory_ssb_time(m2: f64, sigma2: f64, eta: f64) -> f64;
    /// Data uniform on the sphere of radius r > 0 in D >= 1 dimensions (D = 1: the points +-r), eta = 1: the critical
    /// time asinh(r^2/D)/2. (53)
    pub fn ddn_theory_hypersphere_time(dim: f64, r: f64) -> f64;
    /// Radius of the ring of fixed points of that data at time t > 0; 0 above the critical time. (53)
    pub fn ddn_theory_hypersphere_radius(dim: f64, r: f64, t: f64) -> f64;
    /// A_D(k) = I_{D/2}(k)/I_{D/2-1}(k) for finite k >= 0. (53)
    pub fn ddn_theory_bessel_ratio(dim: f64, k: f64) -> f64;
    /// Two Gaussians with sigma2 = 1 at signal r >= 0: KL divergence of p_t from N(0, I), r/2 - I(r), in nats; r^2/4
    /// at small r. (61)
    pub fn ddn_theory_kl_plain_start(r: f64) -> f64;
    /// The same from the Gaussian with mean and covariance of p_t: log(1 + r)/2 - I(r); r^4/12 at small r. (61)
    pub fn ddn_theory_kl_gaussian_start(r: f64) -> f64;
    /// KL(N(e^-t mean, s C + Delta I) | N(0, I)) with mean2 = |mean|^2; t > 0. (61)
    pub fn ddn_theory_kl_gaussian(mean2: f64, t: f64, count: i64, eigenvalues: *const f64) -> f64;
    /// Squared Frechet distance of N(mean1, cov1) and N(mean2, cov2), 1 <= d <= 16384, to about 1e-8 of the traces
    /// where eigenvalues are near 0, of which roots are taken. O(d^3) work, O(d^2) memory. Eigenvalues below 16
    /// rounding units of the largest, and of cov1 cov2 of the product of the largest ones, count as 0, so that
    /// covariances of fewer states than dimensions, or that have no direction in common, do not add the roots of
    /// rounding errors. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM, DDN_E_CONVERGENCE. (62)
    pub fn ddn_theory_frechet(ctx: *mut ddn_context, d: i64, mean1: *const f64, cov1: *const f64, mean2: *const f64, cov2: *const f64, distance2: *mut f64) -> i32;
    /// Knee of a curve y on a grid x, count >= 3: the interior point of largest second difference. Errors:
    /// DDN_E_NULL, DDN_E_RANGE, DDN_E_NONFINITE, DDN_E_NOMEM. (63)
    pub fn ddn_theory_knee(ctx: *mut ddn_context, count: i64, draws: i64, seed: i64, x: *const f64, y: *const f64, y_se: *const f64, second: *mut f64, knee: *mut f64, standard_error: *mut f64, share: *mut f64) -> i32;
    /// Where the knee of the curve without its errors is, with at least 95 %: from half a step before the first to
    /// half a step after the last point whose second difference may be the largest. Errors y_se >= 0 that are
    /// independent, or correlated as those of neighbours are when they share their noise, which makes it wider than
    /// need be. Errors: as ddn_theory_knee. (63)
    pub fn ddn_theory_knee_interval(ctx: *mut ddn_context, count: i64, x: *const f64, y: *const f64, y_se: *const f64, low: *mut f64, high: *mut f64) -> i32;
    /// The probabilities phi and phi_C of ddn_analysis_identities by simulation (of data without copies: merge them
    /// first, paths cannot tell them apart): CLONES pairs of continuations of one x_t ~ p_t with separate noise, run
    /// from each time (all above T_END) down to T_END by METHOD in STEPS steps; with a classifier they end with the
    /// denoiser. Columns "t" and, each with NAME_se: "phi" (same class) and "phi_C" (same nearest point), as the
    /// judge (analysis.h) finds them in the states at T_END, with their 95 % intervals NAME_low, NAME_high (theory
    /// (45)), "distance2" (E |x1 - x2|^2), the same by theory (46), which allows for partings that are too rare to be
    /// seen (not for an oracle without data); "clones", the pairs at each time. Scalar "clone_pairs", all together.
    /// The error of a proportion is half its Wilson interval at one standard deviation, which is sqrt(p(1 - p)/N +
    /// 1/4N^2)/(1 + 1/N), so it is not 0 at 0 and 1. Scalars "phi_step", "phi_C_step": the step-size error
    /// (analysis.h). With CLONE_PRECISION set, pairs are added until the errors of phi_C, and of phi over 1 -
    /// phi(inf), are not above it, at most MOST_SAMPLES a time (theory (44)); DDN_E_CONVERGENCE, with the time, the
    /// quantity, the pairs needed and the precision that can be had, as soon as that is seen not to do.
    pub fn ddn_analysis_clones(an: *mut ddn_analysis, oracle: *const ddn_oracle, count: i64, times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// Last-change time of the judge's nearest point (analysis.h) along reverse paths on a grid of PATH_STEPS steps,
    /// geometric in t from T_START to T_END, from x ~ p_t at T_START by METHOD (theory (34), (43)). Scalars
    /// "t_C_last_change" (mean) with its 95 % interval "t_C_last_change_low" and "_high", "t_C_last_change_median"
    /// with its 95 % interval "t_C_last_change_median_low" and "_high", "paths", "steps". Weights of the points say
    /// how often paths end there, not what is near. Methods other than EXACT take STEPS steps or more, evenly between
    /// the times of that grid, at which alone points are looked at; "t_C_last_change_step" is the step-size error
    /// (analysis.h). The mean is one in the time of the schedule: of another schedule compare the median. A change is
    /// known to a step of the grid: the mean takes the middle of it, the median spreads the changes evenly over it.
    /// Paths that never change count as T_START; where they are half of all the median is NaN. Columns "t_grid",
    /// "changed_after": share of paths whose last change is below t, with "changed_after_se", "_low" and "_high".
    /// DDN_E_UNSUPPORTED without a judge: an oracle that has neither components nor data.
    pub fn ddn_analysis_last_change(an: *mut ddn_analysis, oracle: *const ddn_oracle, out: *mut *mut ddn_result) -> i32;
    /// What the spectrum of the data alone says. Scalars "Lambda", "t_S" = log(1 + Lambda)/2, "t_S_asymptotic" =
    /// log(Lambda)/2, "t_SSB" = asinh(Lambda)/2, "t_C_spectrum" (root of sum log(1 + lambda_i/(e^2t - 1)) = 2 H(pi),
    /// the entropy of the weights of the points, log n without; NaN for n = 1 or Lambda = 0), "alpha" = H(pi)/d, "n",
    /// "d", "copies" (points that are equal to an earlier one: merge them with ddn_dataset_create_distinct, else each
    /// counts as a point of its own), in OU time.
    pub fn ddn_analysis_spectrum(an: *mut ddn_analysis, ds: *const ddn_dataset, out: *mut *mut ddn_result) -> i32;
    /// Crossing times of the curves of a result of ddn_analysis_identities, _clones, _regimes, _uturn or _branch
    /// (another is DDN_E_MISMATCH, as is one with the times of another schedule than the oracle's): scalars "t_S_phi"
    /// (phi = ddn_theory_phi_level(phi(inf)), phi(inf) = sum pi_c^2: of the labels or else of the oracle; for clones,
    /// U-turns and branches of what judges, with a classifier and points without labels of what it says of these),
    /// "t_C_phi" (phi_C = 1/2), "t_C_entropy" (f = EXCESS_LEVEL alpha), in the time of the grid, by a polynomial
    /// through two rows on each side (theory (42)). Where noise makes a curve cross more than once it is the crossing
    /// at the largest time, and the definition says so. A time is NaN, and the definition says why, where the curve
    /// does not cross on this grid, where its errors are larger than 1 less the level ("not resolved"), and where it
    /// cannot: phi_C >= sum pi^2, of two points 1/2. For U-turns and branches the curves are "same_class" and
    /// "returned", and there is no entropy. DDN_E_UNSUPPORTED where no curve was measured. The error is made of those
    /// of the rows, correlated as the columns NAME_rho say (with the row of the next larger time; clones, U-turns and
    /// branches are separate experiments at each time; else an upper bound), and of what the grid leaves open.
    /// Example: doc/examples/simple/transitions.c
    pub fn ddn_analysis_crossings(an: *mut ddn_analysis, oracle: *const ddn_oracle, curves: *const ddn_result, out: *mut *mut ddn_result) -> i32;
    /// The whole report: spectrum, identities at the times, clones at the clone times, last change, crossings, merged
    /// into one result on the union of both grids, ascending, with NaN where not measured. Columns: those of
    /// identities and of clones with all that goes with them (NAME_se, NAME_low, NAME_high, NAME_rho), those of
    /// clones as "phi_clones", "phi_C_clones", "distance2_clones" and "clones". Scalars: all of the above and "seed";
    /// the crossings are those of the identities (of the clones where no identity was measured), and those of the
    /// clones are "t_S_phi_clones" and "t_C_phi_clones". All times are in the oracle's schedule, NaN where it does
    /// not reach. Works for every oracle: what it cannot give is NaN, with the reason in the definition; the last
    /// change is measured for oracles with weights, and for others where there are clone times.
    pub fn ddn_analysis_regimes(an: *mut ddn_analysis, oracle: *const ddn_oracle, count: i64, clone_count: i64, times: *const f64, clone_times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// The regime at time t, from t_S_phi (t_S where that was not measured) and t_C_phi (else t_C_spectrum) of a
    /// report (ddn_analysis_regimes), or of the spectrum alone (ddn_analysis_spectrum). If t_C >= t_S regime II does
    /// not exist. DDN_E_MISMATCH where clock, which t shows, is not that of the result (the time of an OU schedule is
    /// OU time); DDN_E_UNSUPPORTED where it has no boundary, or NaN: for a single point, or copies of one, nothing
    /// changes with t.
    pub fn ddn_regime_at(ctx: *mut ddn_context, report: *const ddn_result, clock: i32, t: f64, regime: *mut i32) -> i32;
    /// U-turn (Behjoo & Chertkov; doc/theory.md (40)): x_0 -> x_t forward -> x_0' by the reverse dynamics with this
    /// oracle, for each time. Settings used: CLONES (U-turns a time), METHOD, ETA, STEPS, T_END, SEED, BATCH. The
    /// reverse paths end with the denoiser at T_END. d of oracle and starts must agree (DDN_E_SHAPE). The judge
    /// (analysis.h), with the classifier and the points that are set, looks at x_0 and at the denoised end. Columns,
    /// each NAME with NAME_se: "t"; "returned", share of paths whose nearest point (component) at the end is that of
    /// x_0, and "same_class", each with NAME_low, NAME_high, the 95 % interval (45); "distance2" = E|x_0 - x_0'|^2
    /// with "distance2_low", "_high" (theory (46)) and quantiles "distance2_q05", "_q50", "_q95"; "entropy", mean
    /// posterior entropy at x_t. What the posterior at x_t predicts for the reverse SDE with the exact score, by
    /// ddn_analysis_identities with CLONES samples of their own, which also give the entropy, where the oracle can
    /// tell and the x_0 are its own data: "returned_identity" = E sum w^2, "same_class_identity" = E sum_c W_c^2
    /// (both unless other points judge, this one without a classifier), "distance2_identity" = 2 E tr Cov. They know
    /// copies apart, which paths cannot: merge them first (ddn_dataset_create_distinct); and they are those of paths
    /// to the data, where points nearer than the noise at T_END are still one. NaN: cannot be measured, for the
    /// reason that the definition gives. Scalars: "paths", "n", "d", and the step-size errors "same_class_step",
    /// "returned_step" (analysis.h). (36), (40). Stops at cancel.
    pub fn ddn_analysis_uturn(an: *mut ddn_analysis, oracle: *const ddn_oracle, starts: *const ddn_dataset, count: i64, times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// As ddn_analysis_uturn with two continuations of x_t that are compared with each other instead of one that is
    /// compared with x_0: "returned" is then the share of pairs with one nearest point (phi_C), "same_class" is phi,
    /// "distance2" = E|x_0' - x_0''|^2.
    pub fn ddn_analysis_branch(an: *mut ddn_analysis, oracle: *const ddn_oracle, starts: *const ddn_dataset, count: i64, times: *const f64, out: *mut *mut ddn_result) -> i32;
    /// Which regime each of m trajectories is in at each time, from the states there, such as an integrator's
    /// callback saw them or a foreign sampler wrote them. Two numbers decide for a state x at time t: the probability
    /// that two continuations end at the same data point, same_point = sum w^2, and in the same class, same_class =
    /// sum_c W_c^2 (doc/theory.md (36)):
    ///
    /// same_point >= 1/2                                       memorization,
    /// else same_class >= ddn_theory_phi_level(sum_c pi_c^2)   features (the level of t_S),
    /// else                                                    random.
    ///
    /// Without two classes the second test is t <= t_S of the data (20), or fails where there is no data.
    ///
    /// CLONES: CLONES pairs of continuations of every state by METHOD, ETA, STEPS down to T_END, ended with the
    /// denoiser; all times must be above T_END. The judge (analysis.h) of the ends takes the points and the
    /// classifier that are set, which do not matter to POSTERIOR; DDN_E_UNSUPPORTED where there are no points. The
    /// level of same_class is that of the points' labels, or else of what the classifier says of them. Scalars
    /// "same_class_step", "same_point_step": the step-size error (analysis.h). No posterior of the oracle is needed.
    /// Settings SEED and BATCH are used too; m CLONES <= 2^33 (DDN_E_RANGE).
    ///
    /// Columns: "t", "t_ou", "regime" (by the means over the trajectories), "same_point", "same_class", each with
    /// NAME_se over the trajectories (NaN for m = 1, but binomial there for CLONES); "entropy", "w_max" with _se and
    /// "W_0", "W_1", ..., one for each class in ascending order of the labels, its mean posterior: of the oracle, or
    /// for CLONES of the one that judges (what an exact model of its points would say); "random", "features",
    /// "memorization": shares of the trajectories, with NAME_se, NAME_low, NAME_high. Scalars "paths", "classes",
    /// "class_level", "t_S" (in the schedule's time), "clones" (pairs a state; 0: posterior). Stops at cancel.
    pub fn ddn_analysis_path(an: *mut ddn_analysis, oracle: *const ddn_oracle, method: i32, count: i64, m: i64, times: *const f64, x: *const f64, ldx: i64, regimes: *mut i32, out: *mut *mut ddn_result) -> i32;
}
