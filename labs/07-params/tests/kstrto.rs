//! Whole numbers of every width: `lib/kstrtox.c`, `kernel/params.c, STANDARD_PARAM_DEF`.

use abi::Errno;
use params::{Hexint, Type, kstrto};
use proptest::prelude::*;

use crate::settings::{set, shown};

#[test]
fn a_number_is_read_and_printed_again() {
    assert_eq!(kstrto::<i32>(b"-3"), Ok(-3), "int volume=-3");
    assert_eq!(kstrto::<u8>(b"255"), Ok(255), "byte volume=255");
    let mut volume = 5i32;
    assert_eq!(set(&mut volume, Some("-3")), (Ok(()), vec![]), "a good value is set in silence");
    assert_eq!(shown(&volume), Ok("-3\n".into()), "what cat /sys/module/settings/parameters/volume prints");
}

#[test]
fn the_text_says_which_base_it_is_in() {
    assert_eq!(kstrto::<u32>(b"0x10"), Ok(16), "base 0: 0x is hexadecimal");
    assert_eq!(kstrto::<u32>(b"010"), Ok(8), "base 0: a 0 in front is octal, and many a user has wondered");
    assert_eq!(kstrto::<i16>(b"-0x10"), Ok(-16), "behind a minus too");
    assert_eq!(kstrto::<u32>(b"09"), Err(Errno::EINVAL), "9 is no octal digit");
}

#[test]
fn each_type_ends_where_its_bits_end() {
    assert_eq!((kstrto::<u8>(b"255"), kstrto::<u8>(b"256")), (Ok(255), Err(Errno::ERANGE)), "byte");
    assert_eq!((kstrto::<i16>(b"32767"), kstrto::<i16>(b"32768")), (Ok(32767), Err(Errno::ERANGE)), "short");
    assert_eq!(
        (kstrto::<i16>(b"-32768"), kstrto::<i16>(b"-32769")),
        (Ok(-32768), Err(Errno::ERANGE)),
        "short"
    );
    assert_eq!((kstrto::<u16>(b"65535"), kstrto::<u16>(b"65536")), (Ok(65535), Err(Errno::ERANGE)), "ushort");
    assert_eq!(kstrto::<i32>(b"2147483648"), Err(Errno::ERANGE), "int: 0x80000000 does not wrap to a minus");
    assert_eq!(kstrto::<u32>(b"0x100000000"), Err(Errno::ERANGE), "uint: not cut to 0");
}

#[test]
fn the_widest_types_reach_to_64_bits() {
    assert_eq!(kstrto::<u64>(b"18446744073709551615"), Ok(u64::MAX), "ulong has no sign to lose a bit to");
    assert_eq!(kstrto::<u64>(b"18446744073709551616"), Err(Errno::ERANGE), "ulong");
    assert_eq!(kstrto::<i64>(b"-9223372036854775808"), Ok(i64::MIN), "long");
    assert_eq!(kstrto::<i64>(b"9223372036854775808"), Err(Errno::ERANGE), "long");
}

#[test]
fn a_type_without_a_sign_takes_no_minus_and_calls_it_invalid() {
    for text in [&b"-1"[..], b"-0"] {
        assert_eq!(kstrto::<u32>(text), Err(Errno::EINVAL), "kstrtouint calls kstrtoull: EINVAL, not ERANGE");
    }
    assert_eq!(kstrto::<u8>(b"-1"), Err(Errno::EINVAL), "byte");
    assert_eq!(kstrto::<u16>(b"-1"), Err(Errno::EINVAL), "ushort");
    assert_eq!(kstrto::<u64>(b"-1"), Err(Errno::EINVAL), "ulong");
    assert_eq!(kstrto::<i32>(b"-0"), Ok(0), "with a sign it is a number");
    assert_eq!(kstrto::<u32>(b"+1"), Ok(1), "a plus is for both");
}

#[test]
fn one_newline_is_forgiven_and_nothing_else() {
    assert_eq!(kstrto::<i32>(b"7\n"), Ok(7), "echo 7 > /sys/module/… writes one");
    for text in [&b""[..], b"7 ", b" 7", b"7\n\n", b"7k", b"loud", b"-", b"0x"] {
        let text_was = String::from_utf8_lossy(text);
        assert_eq!(kstrto::<i32>(text), Err(Errno::EINVAL), "{text_was:?} is no number from end to end");
    }
}

#[test]
fn a_refused_number_leaves_the_old_one() {
    let mut volume = 5i32;
    assert_eq!(set(&mut volume, Some("loud")), (Err(Errno::EINVAL), vec![]), "it is parse_args that prints");
    assert_eq!(volume, 5, "set writes to the variable only once the text has been read");
    let mut mask = Hexint(1);
    assert_eq!(set(&mut mask, Some("0x123456789")).0, Err(Errno::ERANGE), "36 bits do not fit into 32");
    assert_eq!(mask, Hexint(1), "and the old value stays");
}

#[test]
fn a_hexint_is_read_like_any_number_and_printed_with_six_digits() {
    let mut mask = Hexint(0);
    assert_eq!(set(&mut mask, Some("255")).0, Ok(()), "it need not be written in hexadecimal");
    assert_eq!(shown(&mask), Ok("0x0000ff\n".into()), "%#08x: eight characters, the 0x among them");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_again(number: i64) {
        let text = number.to_string();
        prop_assert_eq!(kstrto::<i64>(text.as_bytes()), Ok(number), "{} as a long", text);
        let short = i16::try_from(number).map_err(|_| Errno::ERANGE);
        prop_assert_eq!(kstrto::<i16>(text.as_bytes()), short, "{} as a short", text);
        let mut copy = 0i64;
        let result = copy.set(Some(&mut text.into_bytes()), &mut params::Setting::of("n".into()));
        prop_assert_eq!((result, copy), (Ok(()), number), "set writes what kstrto has read");
    }

    #[test]
    fn any_bytes_end_in_an_answer(text: Vec<u8>) {
        for answer in [kstrto::<u8>(&text).err(), kstrto::<i64>(&text).err()].into_iter().flatten() {
            let known = matches!(answer, Errno::EINVAL | Errno::ERANGE);
            prop_assert!(known, "{} is neither of the two refusals there are", answer);
        }
    }
}
