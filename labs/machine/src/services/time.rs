//! The time of day, the time since boot, and jiffies in other units. Linux: kernel/time/timekeeping.c, kernel/time/time.c.

use std::time::Duration;

use crate::services::functions;
use crate::{HZ, Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; ktime_get/0, ktime_get_with_offset/1, ktime_get_coarse_with_offset/1, ktime_get_real_seconds/0,
        ktime_get_real_ts64/1, ktime_get_ts64/1, ns_to_timespec64/1,
        jiffies_to_msecs/1, jiffies_to_usecs/1, jiffies64_to_nsecs/1, jiffies64_to_msecs/1, __msecs_to_jiffies/1,
        __usecs_to_jiffies/1, nsecs_to_jiffies/1, nsecs_to_jiffies64/1, jiffies_to_clock_t/1, jiffies_64_to_clock_t/1,
        clock_t_to_jiffies/1, ktime_get_real_fast_ns/0, ktime_get_seconds/0, mktime64/6);
    for name in [
        "ktime_get_raw",
        "ktime_get_mono_fast_ns",
        "ktime_get_boot_fast_ns",
        "ktime_get_raw_fast_ns",
        "sched_clock",
    ] {
        table.alias(name, "ktime_get");
    }
    table.alias("ktime_get_coarse_real_ts64", "ktime_get_real_ts64");
    for name in ["ktime_get_coarse_ts64", "ktime_get_raw_ts64"] {
        table.alias(name, "ktime_get_ts64");
    }
}

const NANOSECONDS: u64 = 1_000_000_000;
/// Nanoseconds in a jiffy.
const JIFFY: u64 = NANOSECONDS / HZ;
/// USER_HZ: the clock ticks that programs count in.
const USER_HZ: u64 = 100;
/// MAX_JIFFY_OFFSET: as long as one can wait.
const MOST: u64 = (i64::MAX >> 1) as u64 - 1;

/// struct timespec64, returned in two registers.
#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

impl From<Duration> for Timespec {
    fn from(time: Duration) -> Timespec {
        Timespec { seconds: time.as_secs() as i64, nanoseconds: i64::from(time.subsec_nanos()) }
    }
}

fn monotonic() -> u64 {
    current().machine().clock().nanoseconds()
}

fn real() -> Duration {
    current().machine().clock().real()
}

unsafe extern "C" fn ktime_get() -> u64 {
    monotonic()
}

unsafe extern "C" fn ktime_get_seconds() -> i64 {
    (monotonic() / NANOSECONDS) as i64
}

/// TK_OFFS_REAL is 0, TK_OFFS_BOOT 1, TK_OFFS_TAI 2: the machine never sleeps, and knows of no leap seconds.
unsafe extern "C" fn ktime_get_with_offset(offset: u32) -> u64 {
    if offset == 1 { monotonic() } else { real().as_nanos() as u64 }
}

unsafe extern "C" fn ktime_get_coarse_with_offset(offset: u32) -> u64 {
    // SAFETY: no requirements.
    unsafe { ktime_get_with_offset(offset) / JIFFY * JIFFY }
}

unsafe extern "C" fn ktime_get_real_seconds() -> i64 {
    real().as_secs() as i64
}

unsafe extern "C" fn ktime_get_real_fast_ns() -> u64 {
    real().as_nanos() as u64
}

unsafe extern "C" fn ktime_get_real_ts64(to: *mut Timespec) {
    // SAFETY: the caller's variable.
    unsafe { to.write(real().into()) };
}

unsafe extern "C" fn ktime_get_ts64(to: *mut Timespec) {
    // SAFETY: the caller's variable.
    unsafe { to.write(Duration::from_nanos(monotonic()).into()) };
}

unsafe extern "C" fn ns_to_timespec64(nanoseconds: i64) -> Timespec {
    let unit = NANOSECONDS as i64;
    Timespec { seconds: nanoseconds.div_euclid(unit), nanoseconds: nanoseconds.rem_euclid(unit) }
}

unsafe extern "C" fn jiffies_to_msecs(jiffies: u64) -> u32 {
    jiffies.wrapping_mul(1000 / HZ) as u32
}

unsafe extern "C" fn jiffies_to_usecs(jiffies: u64) -> u32 {
    jiffies.wrapping_mul(1_000_000 / HZ) as u32
}

unsafe extern "C" fn jiffies64_to_nsecs(jiffies: u64) -> u64 {
    jiffies.wrapping_mul(JIFFY)
}

unsafe extern "C" fn jiffies64_to_msecs(jiffies: u64) -> u64 {
    jiffies.wrapping_mul(1000 / HZ)
}

unsafe extern "C" fn __msecs_to_jiffies(milliseconds: u32) -> u64 {
    // Negative numbers are "for ever".
    if (milliseconds as i32) < 0 { MOST } else { u64::from(milliseconds).div_ceil(1000 / HZ) }
}

unsafe extern "C" fn __usecs_to_jiffies(microseconds: u32) -> u64 {
    u64::from(microseconds).div_ceil(1_000_000 / HZ)
}

unsafe extern "C" fn nsecs_to_jiffies(nanoseconds: u64) -> u64 {
    nanoseconds / JIFFY
}

unsafe extern "C" fn nsecs_to_jiffies64(nanoseconds: u64) -> u64 {
    nanoseconds / JIFFY
}

unsafe extern "C" fn jiffies_to_clock_t(jiffies: u64) -> u64 {
    (u128::from(jiffies) * u128::from(USER_HZ) / u128::from(HZ)) as u64
}

unsafe extern "C" fn jiffies_64_to_clock_t(jiffies: u64) -> u64 {
    (u128::from(jiffies) * u128::from(USER_HZ) / u128::from(HZ)) as u64
}

unsafe extern "C" fn clock_t_to_jiffies(ticks: u64) -> u64 {
    (u128::from(ticks) * u128::from(HZ) / u128::from(USER_HZ)) as u64
}

/// Seconds since 1970 of a date in the Gregorian calendar, by Gauss's rule that January and February end the year before.
unsafe extern "C" fn mktime64(year: u32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> i64 {
    let (year, month) = if month <= 2 {
        (i64::from(year) - 1, i64::from(month) + 10)
    } else {
        (i64::from(year), i64::from(month) - 2)
    };
    let days = year / 4 - year / 100 + year / 400 + 367 * month / 12 + i64::from(day) + year * 365 - 719_499;
    ((days * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60 + i64::from(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_jiffies() {
        // SAFETY: pure functions of their arguments.
        unsafe {
            assert_eq!((__msecs_to_jiffies(1), __msecs_to_jiffies(4), __msecs_to_jiffies(5)), (1, 1, 2));
            assert_eq!(__msecs_to_jiffies(u32::MAX), MOST);
            assert_eq!(jiffies_to_msecs(25), 100);
        }
    }

    #[test]
    fn dates_become_seconds_since_1970() {
        // SAFETY: a pure function of its arguments.
        unsafe {
            assert_eq!(mktime64(1970, 1, 1, 0, 0, 0), 0);
            assert_eq!(mktime64(2000, 2, 29, 12, 0, 0), 951_825_600);
        }
    }
}
