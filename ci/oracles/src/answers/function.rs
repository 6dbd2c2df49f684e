//! A function of the kernel, to be called by its prototype.

use machine::call_module;

/// The address of a function.
#[derive(Debug, Clone, Copy)]
pub struct Function(u64);

impl Function {
    /// The function at `address`.
    pub fn at(address: u64) -> Function {
        Function(address)
    }

    /// Calls it, within a task.
    ///
    /// # Safety
    /// The arguments fit the function's prototype, and what they point to is as large as it is said to be.
    pub unsafe fn call<const N: usize>(self, arguments: [u64; N]) -> u64 {
        const { assert!(N <= 6) };
        let mut registers = [0; 6];
        registers[..N].copy_from_slice(&arguments);
        // SAFETY: a symbol's address; the caller vouches for the arguments.
        unsafe { call_module(self.0, &registers) }
    }
}

/// A function and its nine arguments, for [`Function::call_with_stack`].
type Nine = (u64, [u64; 9]);

impl Function {
    /// As [`Function::call`], for functions of more than six arguments, of which the rest goes on the stack.
    ///
    /// # Safety
    /// As [`Function::call`].
    pub unsafe fn call_with_stack<const N: usize>(self, arguments: [u64; N]) -> u64 {
        const { assert!(N <= 9) };
        let mut nine = [0; 9];
        nine[..N].copy_from_slice(&arguments);
        let nine: Nine = (self.0, nine);
        // SAFETY: a function of one argument, called in the way module code is: what faults in it ends the task.
        unsafe { call_module(push_and_call as *const () as u64, &[&raw const nine as u64, 0, 0, 0, 0, 0]) }
    }
}

/// Calls a function with nine arguments, of which it takes as many as it likes.
unsafe extern "C" fn push_and_call(nine: *const Nine) -> u64 {
    type Taking = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64, u64, u64, u64) -> u64;
    // SAFETY: call_with_stack() gives the pair; the address is a function's, and its caller vouches for the arguments.
    unsafe {
        let (address, [a, b, c, d, e, f, g, h, i]) = *nine;
        std::mem::transmute::<usize, Taking>(address as usize)(a, b, c, d, e, f, g, h, i)
    }
}

/// The address of `bytes`, for a function that reads them.
pub fn of(bytes: &[u8]) -> u64 {
    // Code that reckons backwards from an end must not meet the small number that stands for no bytes at all.
    static NONE: [u8; 64] = [0; 64];
    if bytes.is_empty() { NONE[32..].as_ptr() as u64 } else { bytes.as_ptr() as u64 }
}

/// The address of `bytes`, for a function that writes them.
pub fn to(bytes: &mut [u8]) -> u64 {
    bytes.as_mut_ptr() as u64
}
