"""Calls of the library: loading, statuses to exceptions, callbacks, Ctrl-C, and handles that a garbage collector may
end in any order on any thread."""
import collections
import ctypes
import functools
import itertools
import os
import signal
import sys
import threading
import weakref

from . import _raw
from ._arrays import stops

STOPPED = _raw.CONSTANTS["DDN_STOPPED"]
_TYPES = {"v": None, "i": ctypes.c_int32, "l": ctypes.c_int64, "d": ctypes.c_double, "f": ctypes.c_float,
          "s": ctypes.c_char_p, "p": ctypes.c_void_p}


class Error(Exception):
    """A call failed: `status` (negative number), `name` ("DDN_E_RANGE"), and the library's text."""

    def __init__(self, status, text=""):
        self.status = status
        self.name, meaning = _raw.STATUSES.get(status, ("unknown status", str(status)))
        super().__init__(f"{self.name}: {text or meaning}")


class Stopped(Error):
    """A call that was to give something was stopped (Context.cancel, a progress function that returned True)."""


def _load():
    names = {"win32": "libdiffdyn-0.dll", "darwin": "libdiffdyn.0.dylib"}
    name = os.environ.get("DIFFDYN_LIBRARY") or names.get(sys.platform, "libdiffdyn.so.0")
    try:
        library = ctypes.CDLL(name)
        for function, (returns, params) in _raw.FUNCTIONS.items():
            entry = getattr(library, function)
            entry.restype, entry.argtypes = _TYPES[returns], [_TYPES[code] for code in params]
    except (OSError, AttributeError) as error:
        raise ImportError(f"libdiffdyn {_raw.VERSION} or later is needed ({error}); DIFFDYN_LIBRARY names the "
                          "file if it is not where the system looks") from error
    return library


lib = _load()


def constant(prefix, value):
    """The number of a constant given as text: constant("METHOD", "exact"); numbers are passed through."""
    if not isinstance(value, str):
        return int(value)
    name = f"DDN_{prefix}_{value.upper()}"
    if name not in _raw.CONSTANTS:
        known = [n[len(f"DDN_{prefix}_"):].lower() for n in _raw.CONSTANTS
                 if n.startswith(f"DDN_{prefix}_") and not n.endswith("_NONE")]
        raise ValueError(f"no {prefix.lower()} {value!r}; there are {', '.join(known)}")
    return _raw.CONSTANTS[name]


def text(value):
    return None if value is None else value.decode(errors="backslashreplace")


# ---- Ctrl-C ------------------------------------------------------------------------------------------------------
# Python's handler would raise in whatever Python code the library calls back next: at its first instruction, before
# any `try` could catch it, and ctypes would print and forget it. So a call of the main thread puts this one in its
# place: it notes the signal, callbacks (progress comes each 0.1 s) see the note and stop the call, and the handler
# that was there runs when the call is over. In user code inside a callback it runs at once.

class _Interrupts:
    def __init__(self):
        self.depth, self.in_python, self.noted, self.before = 0, False, None, None

    def handle(self, number, frame):
        if self.in_python:
            self.before(number, frame)
        else:
            self.noted = number

    def enter(self):
        outer, self.in_python = self.in_python, False
        if self.depth == 0:
            self.before = signal.getsignal(signal.SIGINT)
            if callable(self.before):
                signal.signal(signal.SIGINT, self.handle)
        self.depth += 1
        return outer

    def leave(self, outer):
        """What was noted is raised here, or goes to the host's handler."""
        self.depth -= 1
        noted, self.noted = self.noted, None
        before = self.before
        if self.depth == 0 and callable(before):
            signal.signal(signal.SIGINT, before)
            noted, self.noted = noted or self.noted, None
        self.in_python = outer
        if noted is not None:
            before(noted, None)


_interrupts = _Interrupts()


# ---- Calls -------------------------------------------------------------------------------------------------------

class _Frame:
    """One call that is running on this thread. Callbacks run on the thread of their call, so the innermost one of the
    thread is theirs, whichever object they belong to."""
    __slots__ = ("core", "progress", "raised", "main")

    def __init__(self, core, progress):
        self.core, self.progress, self.raised = core, progress, None
        self.main = threading.current_thread() is threading.main_thread()


_here = threading.local()


def _frames():
    try:
        return _here.frames
    except AttributeError:
        _here.frames = []
        return _here.frames


class Core:
    """The C context with its lock. Objects that may not end while another thread is in one of its calls wait in
    `ended` for the end of that call."""

    def __init__(self):
        self.lock, self.ended, self.pointer = threading.RLock(), collections.deque(), None

    def end(self, destroy, pointer):
        if self.lock.acquire(blocking=False):
            try:
                destroy(pointer)
            finally:
                self.lock.release()
        else:
            self.ended.append((destroy, pointer))

    def drain(self):
        while self.ended:
            destroy, pointer = self.ended.popleft()
            destroy(pointer)


def status_of(context, name, *args):
    """Calls a function that gives a status, and returns it. What a callback raised is raised here, with its
    traceback; negative statuses raise Error. DDN_STOPPED is returned."""
    core = context._core
    with core.lock:
        core.drain()
        frame = _Frame(core, context.progress)
        frames = _frames()
        outer = _interrupts.enter() if frame.main else None
        try:
            frames.append(frame)
            status = getattr(lib, name)(*args)
        finally:
            frames.pop()
            if frame.main:
                _interrupts.leave(outer)
        if frame.raised is not None:
            try:
                raise frame.raised
            finally:
                frame.raised = None  # no circle with the traceback
        if status < 0:
            raise Error(status, text(lib.ddn_context_message(core.pointer)))
        core.drain()
    return status


def call(context, name, *args):
    """As status_of, for calls that have to be complete."""
    if status_of(context, name, *args) == STOPPED:
        raise Stopped(STOPPED, f"{name} was stopped")


def create(context, kind, name, *args):
    """The new object of that kind that a function gives in its last argument."""
    out = ctypes.c_void_p()
    try:
        call(context, name, *args, ctypes.byref(out))
    except BaseException:
        if out.value:  # complete, but Ctrl-C came at its end
            getattr(lib, f"ddn_{kind}_destroy")(out)
        raise
    return out.value


# ---- Callbacks ---------------------------------------------------------------------------------------------------

_kept = {}  # what C holds by a number: callbacks and borrowed arrays, until release
_numbers = itertools.count(1)


def keep(thing):
    """A number that stands for `thing` in C until `release` is called with it."""
    number = next(_numbers)
    _kept[number] = thing
    return number


def forget(number):
    _kept.pop(number, None)


def prototype(name):
    returns, params = _raw.CALLBACKS[name]
    return ctypes.CFUNCTYPE(_TYPES[returns], *(_TYPES[code] for code in params))


release = prototype("ddn_release_fn")(forget)


def _told(error):
    """What an exception says, for the text of the context: it must not fail, or C would take the call for done."""
    try:
        said = f"{type(error).__name__}: {error}"
    except Exception:
        said = type(error).__name__
    return said.encode(errors="backslashreplace")[:255]


def callback(name):
    """Makes body(thing, *args) a C callback of that type. An exception does not cross C: it ends the call, and is
    raised again behind it. A true result stops."""
    def make(body):
        @prototype(name)
        @functools.wraps(body)
        def run(user, *args):
            frame = None
            try:
                frame = _frames()[-1]
                if frame.main and _interrupts.noted is not None:
                    return STOPPED
                if frame.main:
                    _interrupts.in_python = True
                stop = body(_kept.get(user), *args)
                if frame.main:
                    _interrupts.in_python = False
                return STOPPED if stop or frame.main and _interrupts.noted is not None else 0
            except BaseException as error:  # also SystemExit and KeyboardInterrupt
                if frame is None:
                    return -1
                if frame.main:
                    _interrupts.in_python = False
                frame.raised = error if frame.raised is None else frame.raised
                lib.ddn_context_fail(frame.core.pointer, _told(error))
                return -1
        return run
    return make


@callback("ddn_progress_fn")
def progress(_, stage, fraction):
    """Of every context: this is where Ctrl-C is seen in calls that run no other callback."""
    watch = _frames()[-1].progress
    return watch is not None and stops(watch(text(stage), fraction))


# ---- Handles -----------------------------------------------------------------------------------------------------

class Handle:
    """An object of the library. It ends with its last reference, or by `close`, in any order: what others need of it
    is kept alive by them."""
    kind, shared = None, True

    def __init__(self, context, pointer):
        if context is not self:
            self.context = context
        self._pointer = pointer
        destroy = getattr(lib, f"ddn_{self.kind}_destroy")
        self._end = weakref.finalize(self, *((destroy, pointer) if self.shared else
                                             (context._core.end, destroy, pointer)))

    def close(self):
        self._end()

    @property
    def pointer(self):
        """For calls of `diffdyn.lib`."""
        if not self._end.alive:
            raise ValueError(f"this {type(self).__name__} is closed")
        return self._pointer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __reduce__(self):
        raise TypeError(f"a {type(self).__name__} cannot be copied or pickled")


def _whole(name, value):
    """1e4 is a number of samples; 10.5 is none, and neither is what ctypes would cut to 64 bits."""
    number = int(value)
    if number != value or not -2 ** 63 <= number < 2 ** 63:
        raise ValueError(f"{name} is a whole number of 64 bits, not {value}")
    return number


class WithOptions(Handle):
    """An object with options, by name: set(samples=100); see the keys DDN_ANALYSIS_SAMPLES ... of the headers."""

    def _key(self, name):
        key = f"DDN_{self.kind.upper()}_{name.upper()}"
        if key not in _raw.OPTIONS:
            known = [n.split("_", 2)[2].lower() for n, (kind, _) in _raw.OPTIONS.items() if kind == self.kind]
            raise TypeError(f"{type(self).__name__} has no option {name!r}; there are {', '.join(known)}")
        return _raw.CONSTANTS[key], _raw.OPTIONS[key][1]

    def set(self, **options):
        handle = getattr(lib, f"ddn_{self.kind}_options")(self.pointer)
        for name, value in options.items():
            key, code = self._key(name)
            if isinstance(value, str):
                value = constant(name.upper(), value)
            setter = "ddn_options_set_i64" if code == "l" else "ddn_options_set_f64"
            call(self.context, setter, handle, key, _whole(name, value) if code == "l" else float(value))
        return self

    def get(self, name):
        key, code = self._key(name)
        out = _TYPES[code]()
        getter = "ddn_options_get_i64" if code == "l" else "ddn_options_get_f64"
        call(self.context, getter, getattr(lib, f"ddn_{self.kind}_options")(self.pointer), key, ctypes.byref(out))
        return out.value
