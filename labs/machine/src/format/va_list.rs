//! A C `va_list` of the System V ABI, read by hand.

/// What C code passes as `va_list`: a pointer to this.
#[repr(C)]
#[derive(Debug)]
pub struct VaList {
    gp_offset: u32,
    fp_offset: u32,
    overflow_arg_area: *const u64,
    reg_save_area: *const u8,
}

impl VaList {
    /// A list of `arguments`, which must outlive its use.
    pub fn over(arguments: &[u64]) -> VaList {
        VaList {
            gp_offset: 48,
            fp_offset: 176,
            overflow_arg_area: arguments.as_ptr(),
            reg_save_area: std::ptr::null(),
        }
    }

    /// The list of a call that passed `registers` and more on the stack at `stack`, behind its `fixed` first arguments.
    pub(crate) fn of_call(registers: &[u64; 6], fixed: u32, stack: u64) -> VaList {
        VaList {
            gp_offset: 8 * fixed.min(6),
            fp_offset: 176,
            overflow_arg_area: stack as *const u64,
            reg_save_area: registers.as_ptr().cast(),
        }
    }

    /// The next argument, as the 64 bits that it was passed in.
    ///
    /// # Safety
    /// The list is one that the compiler, or a variadic stub, made for a call that is still running, and there is a
    /// further argument: as many as the format string asks for.
    pub unsafe fn next(&mut self) -> u64 {
        if self.gp_offset < 48 {
            // SAFETY: the register save area holds six words, and this is one of them.
            let word =
                unsafe { self.reg_save_area.add(self.gp_offset as usize).cast::<u64>().read_unaligned() };
            self.gp_offset += 8;
            return word;
        }
        // SAFETY: the caller promises a further argument, and those beyond the registers are words on its stack.
        unsafe {
            let word = self.overflow_arg_area.read_unaligned();
            self.overflow_arg_area = self.overflow_arg_area.add(1);
            word
        }
    }
}
