//! Whole numbers: roots, divisors, powers, populations. Linux: lib/math/.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; int_sqrt/1, gcd/2, lcm/2, int_pow/2);
}

unsafe extern "C" fn int_sqrt(number: u64) -> u64 {
    number.isqrt()
}

unsafe extern "C" fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

unsafe extern "C" fn lcm(a: u64, b: u64) -> u64 {
    if a == 0 || b == 0 {
        return 0;
    }
    // SAFETY: gcd() touches nothing but its arguments.
    (a / unsafe { gcd(a, b) }).wrapping_mul(b)
}

unsafe extern "C" fn int_pow(base: u64, exponent: u32) -> u64 {
    base.wrapping_pow(exponent)
}
