//! Everywhere but on x86-64 Linux: the same names, and nothing behind them. [`check`] stops `Machine::boot` first.

use std::{convert::Infallible, io};

use crate::{NotHere, memory::Protection};

pub(crate) const PAGE: usize = 4096;

pub(crate) fn check() -> Result<(), NotHere> {
    Err(NotHere(format!(
        "kernel modules are x86-64 machine code for Linux, and this is {} {}: run the loader in a Linux container, \
         such as `docker run --platform linux/amd64 -it -v .:/work -w /work rust cargo loader`",
        std::env::consts::ARCH,
        std::env::consts::OS
    )))
}

fn nowhere<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) unsafe fn call(_: u64, _: &[u64; 6]) -> u64 {
    0
}

pub(crate) fn set_gs_base(_: u64) -> io::Result<()> {
    nowhere()
}

#[derive(Debug)]
pub(crate) struct Backing(Infallible);

impl Backing {
    pub(crate) fn new() -> io::Result<Backing> {
        nowhere()
    }

    pub(crate) fn map_low(&self, _: usize) -> io::Result<(u64, u64)> {
        match self.0 {}
    }

    pub(crate) fn alias(&self, _: u64, _: usize) -> io::Result<Alias> {
        match self.0 {}
    }

    pub(crate) unsafe fn protect(&self, _: u64, _: usize, _: Protection) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) unsafe fn unmap(&self, _: u64, _: u64, _: usize) {
        match self.0 {}
    }
}

#[derive(Debug)]
pub(crate) struct Alias(Infallible);

impl Alias {
    pub(crate) fn as_mut_ptr(&mut self) -> *mut u8 {
        match self.0 {}
    }
}

pub(crate) struct Fiber(Infallible);

#[derive(Clone, Copy)]
pub(crate) struct Suspender(Infallible);

impl Fiber {
    pub(crate) fn new(_: usize, _: impl FnOnce(Suspender) + 'static) -> io::Result<Fiber> {
        nowhere()
    }

    pub(crate) fn stack(&self) -> (u64, u64) {
        match self.0 {}
    }

    pub(crate) fn suspender(&self) -> Option<Suspender> {
        match self.0 {}
    }

    pub(crate) fn resume(&mut self) -> bool {
        match self.0 {}
    }
}

impl Suspender {
    pub(crate) unsafe fn suspend(self) {
        match self.0 {}
    }
}

pub(crate) fn peek(_: u64, _: usize) -> Option<Vec<u8>> {
    None
}

pub(crate) fn install_handlers() -> io::Result<()> {
    nowhere()
}

pub(crate) struct HandlerStack(Infallible);

impl HandlerStack {
    pub(crate) fn install() -> io::Result<HandlerStack> {
        nowhere()
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Thread;

impl Thread {
    pub(crate) fn current() -> Thread {
        Thread
    }

    pub(crate) unsafe fn cpu_time(self) -> u64 {
        0
    }

    pub(crate) unsafe fn interrupt(self) {}
}
