//! Statuses to `Result`, and closures behind C callbacks: a panic or error of a closure ends the call and goes on behind
//! it, on the same thread.
use crate::{sys, Context};
use std::any::Any;
use std::cell::RefCell;
use std::ffi::{CStr, CString};
use std::fmt;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

/// What a closure may fail with; it comes back as the `source` of the [`Error`].
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A call that did not do what it was asked to.
#[derive(Debug)]
pub struct Error {
    /// `DDN_E_...`, or `DDN_STOPPED`
    pub status: i32,
    /// the library's text
    pub message: String,
    source: Option<Fault>,
}

impl Error {
    pub(crate) fn new(status: i32, message: &str) -> Error {
        Error { status, message: message.to_string(), source: None }
    }
    /// Stopped on request, by [`crate::Canceller`] or a progress closure.
    pub fn is_stopped(&self) -> bool {
        self.status == sys::DDN_STOPPED
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", text(unsafe { sys::ddn_status_name(self.status) }), self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| e.as_ref() as _)
    }
}

pub(crate) fn text(p: *const c_char) -> String {
    if p.is_null() {
        return String::new();
    }
    unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned()
}

pub(crate) fn c_text(text: &str) -> Result<CString, Error> {
    CString::new(text).map_err(|_| Error::new(sys::DDN_E_FORMAT, "a text with a zero byte"))
}

enum Thrown {
    Panic(Box<dyn Any + Send>),
    Fault(Fault),
}

thread_local! {
    /// Callbacks run on the thread of their call: what one throws waits here for the end of that call.
    static THROWN: RefCell<Option<Thrown>> = const { RefCell::new(None) };
}

/// Runs a closure behind a callback. True stops the call.
pub(crate) fn guard(f: impl FnOnce() -> Result<bool, Fault>) -> i32 {
    let thrown = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(stop)) => return if stop { sys::DDN_STOPPED } else { sys::DDN_OK },
        Ok(Err(fault)) => Thrown::Fault(fault),
        Err(panic) => Thrown::Panic(panic),
    };
    THROWN.with(|t| {
        t.borrow_mut().get_or_insert(thrown); // the first one of a call
    });
    sys::DDN_E_CALLBACK
}

/// The end of a call: true if it was stopped. Panics of closures go on here.
pub(crate) fn outcome(ctx: &Context, status: i32) -> Result<bool, Error> {
    let thrown = THROWN.with(|t| t.borrow_mut().take());
    if status >= 0 {
        return Ok(status == sys::DDN_STOPPED);
    }
    let source = match thrown {
        Some(Thrown::Panic(panic)) => resume_unwind(panic),
        Some(Thrown::Fault(fault)) => Some(fault),
        None => None,
    };
    let message = text(unsafe { sys::ddn_context_message(ctx.raw) });
    Err(Error { status, message, source })
}

/// The end of a call that has to be complete.
pub(crate) fn done(ctx: &Context, status: i32) -> Result<(), Error> {
    match outcome(ctx, status)? {
        true => Err(Error::new(sys::DDN_STOPPED, "stopped on request")),
        false => Ok(()),
    }
}

/// The object that a call writes to its last argument.
pub(crate) fn created<T>(ctx: &Context, call: impl FnOnce(*mut *mut T) -> i32) -> Result<*mut T, Error> {
    let mut out = std::ptr::null_mut();
    done(ctx, call(&mut out))?;
    Ok(out)
}

/// `thing` for C, which gives it back to `release::<T>`; where the call fails, it is dropped here.
pub(crate) fn lend<T, R>(thing: T, call: impl FnOnce(*mut c_void) -> Result<R, Error>) -> Result<R, Error> {
    let user = Box::into_raw(Box::new(thing));
    call(user as *mut c_void).map_err(|e| {
        drop(unsafe { Box::from_raw(user) });
        e
    })
}

pub(crate) unsafe extern "C" fn release<T>(user: *mut c_void) {
    // A destructor that panics must not unwind through C.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(user as *mut T))));
}
