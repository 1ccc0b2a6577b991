//! Rows of numbers, whose distance is free: no copy between Rust and C.
use std::marker::PhantomData;

/// m rows of d numbers, ld apart.
#[derive(Clone, Copy)]
pub struct Rows<'a, T> {
    pub(crate) at: *const T,
    m: usize,
    d: usize,
    ld: usize,
    _data: PhantomData<&'a [T]>,
}

/// m rows of d numbers to write to, ld apart.
pub struct RowsMut<'a, T> {
    pub(crate) at: *mut T,
    m: usize,
    d: usize,
    ld: usize,
    _data: PhantomData<&'a mut [T]>,
}

unsafe impl<T: Sync> Send for Rows<'_, T> {}
unsafe impl<T: Sync> Sync for Rows<'_, T> {}
unsafe impl<T: Send> Send for RowsMut<'_, T> {}

fn check(length: usize, m: usize, d: usize, ld: usize) {
    let needed = if m == 0 { Some(0) } else { (m - 1).checked_mul(ld).and_then(|n| n.checked_add(d)) };
    assert!(d > 0 && ld >= d && needed.map_or(false, |n| n <= length),
            "{} rows of {} numbers, {} apart, are not in {} numbers", m, d, ld, length);
}

macro_rules! shape {
    ($name:ident) => {
        impl<'a, T> $name<'a, T> {
            pub fn m(&self) -> usize { self.m }
            pub fn d(&self) -> usize { self.d }
            pub(crate) fn mi(&self) -> i64 { self.m as i64 }
            pub(crate) fn di(&self) -> i64 { self.d as i64 }
            pub(crate) fn ldi(&self) -> i64 { self.ld as i64 }
            pub fn row(&self, i: usize) -> &[T] {
                assert!(i < self.m);
                unsafe { std::slice::from_raw_parts(self.at.add(i * self.ld), self.d) }
            }
        }
    };
}
shape!(Rows);
shape!(RowsMut);

impl<'a, T> Rows<'a, T> {
    /// Rows of d numbers one behind the other. Panics where they do not come out even.
    pub fn new(data: &'a [T], d: usize) -> Self {
        assert!(d > 0 && data.len() % d == 0, "{} numbers are no rows of {}", data.len(), d);
        Self::strided(data, data.len() / d, d, d)
    }
    /// m rows of d numbers, ld apart. Panics where `data` is too short.
    pub fn strided(data: &'a [T], m: usize, d: usize, ld: usize) -> Self {
        check(data.len(), m, d, ld);
        Rows { at: data.as_ptr(), m, d, ld, _data: PhantomData }
    }
    /// # Safety
    /// The rows must be there for 'a.
    pub(crate) unsafe fn raw(at: *const T, m: i64, d: i64, ld: i64) -> Self {
        Rows { at, m: m as usize, d: d as usize, ld: ld as usize, _data: PhantomData }
    }
}

impl<'a, T> RowsMut<'a, T> {
    /// Rows of d numbers one behind the other. Panics where they do not come out even.
    pub fn new(data: &'a mut [T], d: usize) -> Self {
        assert!(d > 0 && data.len() % d == 0, "{} numbers are no rows of {}", data.len(), d);
        let m = data.len() / d;
        Self::strided(data, m, d, d)
    }
    /// m rows of d numbers, ld apart. Panics where `data` is too short.
    pub fn strided(data: &'a mut [T], m: usize, d: usize, ld: usize) -> Self {
        check(data.len(), m, d, ld);
        RowsMut { at: data.as_mut_ptr(), m, d, ld, _data: PhantomData }
    }
    /// # Safety
    /// The rows must be there for 'a, nobody else's, and initialized.
    pub(crate) unsafe fn raw(at: *mut T, m: i64, d: i64, ld: i64) -> Self {
        RowsMut { at, m: m as usize, d: d as usize, ld: ld as usize, _data: PhantomData }
    }
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.m);
        unsafe { std::slice::from_raw_parts_mut(self.at.add(i * self.ld), self.d) }
    }
}
