//! The kernel's printf: every line of the tables is a format, its arguments, and what the kernel prints.

use machine::format::{VaList, format};

/// What the kernel makes of `text` and `arguments`.
fn printed(text: &str, arguments: &[u64]) -> String {
    let text = format!("{text}\0");
    // SAFETY: the tables below give each format as many arguments as it asks for, and pointers to what it reads.
    let bytes = unsafe { format(text.as_ptr(), &mut VaList::over(arguments)) };
    String::from_utf8(bytes).unwrap()
}

#[track_caller]
fn expect(cases: &[(&str, &[u64], &str)]) {
    for (text, arguments, expected) in cases {
        assert_eq!(
            printed(text, arguments),
            *expected,
            "the kernel's printf of {text:?} with {arguments:x?}"
        );
    }
}

const MINUS_ONE: u64 = -1i64 as u64;

#[test]
fn integers_are_cut_to_the_size_that_the_format_names() {
    expect(&[
        ("%d", &[42], "42"),
        ("%d", &[0x1_0000_0001], "1"),
        ("%d", &[0xffff_ffff], "-1"),
        ("%u", &[MINUS_ONE], "4294967295"),
        ("%ld", &[MINUS_ONE], "-1"),
        ("%lu", &[MINUS_ONE], "18446744073709551615"),
        ("%lld %llu %llx", &[1, 2, 255], "1 2 ff"),
        ("%zu %zd %td", &[3, MINUS_ONE, 4], "3 -1 4"),
        ("%hhu %hhd", &[0x1ff, 0xff], "255 -1"),
        ("%hu %hd", &[0x1ffff, 0xffff], "65535 -1"),
        ("%Lx", &[0x1_2345_6789], "123456789"),
        ("%i", &[7], "7"),
        ("%lld", &[i64::MIN as u64], "-9223372036854775808"),
    ]);
}

#[test]
fn flags_width_and_precision_of_integers() {
    expect(&[
        ("[%5d]", &[42], "[   42]"),
        ("[%-5d]", &[42], "[42   ]"),
        ("[%05d]", &[42], "[00042]"),
        ("[%05d]", &[-42i32 as u32 as u64], "[-0042]"),
        ("[%-05d]", &[42], "[42   ]"),
        ("[%+d] [% d]", &[1, 1], "[+1] [ 1]"),
        ("[%+u]", &[1], "[1]"),
        ("%#x %#X %#o %#x", &[255, 255, 8, 0], "0xff 0XFF 010 0x0"),
        ("%#o", &[0], "0"),
        ("%08x", &[0xbeef], "0000beef"),
        ("%#010x", &[0xbeef], "0x0000beef"),
        ("%.4d", &[7], "0007"),
        ("[%8.3x]", &[10], "[     00a]"),
        ("%2d", &[100], "100"),
        ("[%*d] [%-*d]", &[4, 1, 4, 2], "[   1] [2   ]"),
        ("[%*d]", &[-4i32 as u32 as u64, 1], "[1   ]"),
        ("[%.*x]", &[3, 1], "[001]"),
        ("%o", &[8], "10"),
    ]);
}

#[test]
fn strings_and_characters() {
    let text = c"kernel".as_ptr() as u64;
    expect(&[
        ("%s", &[text], "kernel"),
        ("[%8s] [%-8s]", &[text, text], "[  kernel] [kernel  ]"),
        ("%.3s", &[text], "ker"),
        ("%.*s", &[2, text], "ke"),
        ("[%08s]", &[text], "[  kernel]"),
        ("%c%c", &[0x6f, 0x6b], "ok"),
        ("[%3c] [%-3c]", &[0x78, 0x79], "[  x] [y  ]"),
        ("100%%", &[], "100%"),
        ("", &[], ""),
    ]);
}

#[test]
fn a_pointer_that_can_point_to_nothing_is_said_and_not_followed() {
    expect(&[
        ("%s", &[0], "(null)"),
        ("%s", &[12], "(efault)"),
        ("%s", &[MINUS_ONE], "(efault)"),
        ("[%10s]", &[0], "[    (null)]"),
        ("%pM", &[0], "(null)"),
        ("%pI4", &[8], "(efault)"),
        ("%*ph", &[4, 0], "(null)"),
        ("%pV", &[0], "(null)"),
        ("%pR", &[0], "(null)"),
    ]);
}

#[test]
fn a_conversion_that_the_kernel_does_not_know_ends_the_text() {
    expect(&[("a%nb", &[], "a"), ("a%", &[], "a"), ("%d%y%d", &[1, 2], "1"), ("%f", &[1], "")]);
}

#[test]
fn plain_pointers_are_hashed_and_null_and_errors_are_not() {
    let one = printed("%p", &[0x1234_5678]);
    assert_eq!(one, printed("%p", &[0x1234_5678]), "the same address gets the same number");
    assert_ne!(one, printed("%p", &[0x1234_5679]));
    assert_ne!(one, format!("{:016x}", 0x1234_5678), "%p must not give the address away");
    assert_eq!(one.len(), 16);
    assert_eq!(one, printed("%pK", &[0x1234_5678]));
    expect(&[
        ("%p", &[0], "0000000000000000"),
        ("%p", &[MINUS_ONE], "ffffffffffffffff"),
        ("%px", &[0x1234_5678], "0000000012345678"),
        ("[%20px]", &[0x1234], "[                1234]"),
        ("%pe", &[-2i64 as u64], "-ENOENT"),
        ("%pe", &[-524i64 as u64], "-ENOTSUPP"),
        ("%pe", &[-4000i64 as u64], "-4000"),
    ]);
}

#[test]
fn symbols_that_nobody_knows_are_printed_as_addresses() {
    expect(&[("%pS %ps %pB", &[0x1234, 0x1234, 0x1234], "0x1234 0x1234 0x1234")]);
}

#[test]
fn bytes_in_hexadecimal_as_many_as_the_width_says() {
    let bytes = [0x00u8, 0x0a, 0xff, 0x10];
    let at = bytes.as_ptr() as u64;
    expect(&[
        ("%*ph", &[4, at], "00 0a ff 10"),
        ("%*phC", &[3, at], "00:0a:ff"),
        ("%*phD", &[3, at], "00-0a-ff"),
        ("%*phN", &[4, at], "000aff10"),
        ("%4ph", &[at], "00 0a ff 10"),
        ("%ph", &[at], "00"),
        ("[%*ph]", &[0, at], "[]"),
    ]);
}

#[test]
fn bitmaps_as_numbers_and_as_lists() {
    let map = [0x8000_0000_0000_000fu64, 0x3];
    let at = map.as_ptr() as u64;
    expect(&[
        ("%*pbl", &[128, at], "0-3,63-65"),
        ("%*pb", &[8, at], "0f"),
        ("%*pb", &[64, at], "80000000,0000000f"),
        ("%*pb", &[66, at], "3,80000000,0000000f"),
        ("%*pbl", &[3, at], "0-2"),
        ("[%*pbl]", &[0, at], "[]"),
    ]);
}

#[test]
fn addresses_of_the_network() {
    let mac = [0u8, 1, 2, 0xab, 0xcd, 0xef];
    let (mac, v4) = (mac.as_ptr() as u64, [192u8, 168, 0, 7]);
    let v4 = v4.as_ptr() as u64;
    let v6 = [0x20u8, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    let mapped = [0u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4];
    let (v6, mapped, zero) = (v6.as_ptr() as u64, mapped.as_ptr() as u64, [0u8; 16]);
    let zero = zero.as_ptr() as u64;
    let socket = [2u8, 0, 0, 80, 127, 0, 0, 1];
    let socket = socket.as_ptr() as u64;
    expect(&[
        ("%pM", &[mac], "00:01:02:ab:cd:ef"),
        ("%pMR", &[mac], "ef:cd:ab:02:01:00"),
        ("%pMF", &[mac], "00-01-02-ab-cd-ef"),
        ("%pm", &[mac], "000102abcdef"),
        ("%pI4", &[v4], "192.168.0.7"),
        ("%pi4", &[v4], "192.168.000.007"),
        ("%pI4h", &[v4], "7.0.168.192"),
        ("%pI6", &[v6], "2001:0db8:0000:0000:0001:0000:0000:0001"),
        ("%pi6", &[v6], "20010db8000000000001000000000001"),
        ("%pI6c", &[v6], "2001:db8::1:0:0:1"),
        ("%pI6c", &[mapped], "::ffff:1.2.3.4"),
        ("%pI6c", &[zero], "::"),
        ("%pIS", &[socket], "127.0.0.1"),
        ("%pISp", &[socket], "127.0.0.1:80"),
    ]);
}

#[test]
fn uuids_in_both_byte_orders() {
    let bytes: Vec<u8> = (0..16).map(|at| at * 0x11).collect();
    let at = bytes.as_ptr() as u64;
    expect(&[
        ("%pUb", &[at], "00112233-4455-6677-8899-aabbccddeeff"),
        ("%pU", &[at], "00112233-4455-6677-8899-aabbccddeeff"),
        ("%pUB", &[at], "00112233-4455-6677-8899-AABBCCDDEEFF"),
        ("%pUl", &[at], "33221100-5544-7766-8899-aabbccddeeff"),
        ("%pUL", &[at], "33221100-5544-7766-8899-AABBCCDDEEFF"),
    ]);
}

#[test]
fn formats_within_formats() {
    let arguments = [5, c"inner".as_ptr() as u64];
    let mut list = VaList::over(&arguments);
    let inner = [c"%d %s".as_ptr() as u64, &raw mut list as u64];
    let at = inner.as_ptr() as u64;
    expect(&[("<%pV> <%pV>", &[at, at], "<5 inner> <5 inner>")]);
}

#[test]
fn resources_escapes_and_pixel_formats() {
    let memory = [0x1000u64, 0x1fff, 0, 0x200];
    let port = [0x60u64, 0x60, 0, 0x100];
    let text = b"a\n\x01z";
    let code = 0x3432_5258u32;
    let address = 0xfeed_f00du64;
    expect(&[
        ("%pR", &[memory.as_ptr() as u64], "[mem 0x00001000-0x00001fff]"),
        ("%pr", &[memory.as_ptr() as u64], "[mem 0x00001000-0x00001fff flags 0x200]"),
        ("%pR", &[port.as_ptr() as u64], "[io  0x0060]"),
        ("%*pE", &[4, text.as_ptr() as u64], "a\\n\\001z"),
        ("%p4cc", &[&raw const code as u64], "XR24 little-endian (0x34325258)"),
        ("%pad", &[&raw const address as u64], "0x00000000feedf00d"),
    ]);
}

#[test]
fn what_follows_a_pointers_letters_is_text() {
    let mac = [1u8, 2, 3, 4, 5, 6];
    expect(&[("%pM, %d", &[mac.as_ptr() as u64, 3], "01:02:03:04:05:06, 3")]);
}
