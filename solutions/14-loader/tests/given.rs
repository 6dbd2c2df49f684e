//! The tests of what the lab gives: patterns, kmod's order, the shell's lines and arguments.

#[path = "../src/shell/arguments.rs"]
#[allow(dead_code, reason = "the library uses all of it")]
mod arguments;
#[path = "../src/fnmatch.rs"]
#[allow(dead_code, reason = "the library uses all of it")]
mod fnmatch;
#[path = "../src/shell/line.rs"]
#[allow(dead_code, reason = "the library uses all of it")]
mod line;
#[path = "../src/depmod/walk.rs"]
#[allow(dead_code, reason = "the library uses all of it")]
mod walk;

use std::fs;

use loader::ModuleTree;

#[test]
fn a_name_is_looked_up_first_and_an_alias_then() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).expect("a file");
    write("modules.dep", "a.ko:\nd-e.ko.xz:\n");
    write("modules.alias", "# remark\nalias crypto-a a\nalias x* d_e\nalias x1 a\n");
    let tree = ModuleTree::open(directory.path()).expect("both can be read");
    assert_eq!(tree.lookup("crypto-a"), ["a"]);
    assert_eq!(tree.lookup("x1"), ["d_e", "a"]);
    assert_eq!(tree.lookup("d-e"), ["d_e"]);
    assert!(tree.lookup("nobody").is_empty());
}

mod of_fnmatch {
    use super::fnmatch::*;

    #[test]
    fn an_alias_is_a_pattern() {
        for (pattern, name, matches) in [
            ("crypto_md4", "crypto_md4", true),
            ("pci:v*d*sv*", "pci:v00008086d00001234sv0001", true),
            ("usb:v[0-9]p?", "usb:v7px", true),
            ("usb:v[!0-9]p?", "usb:v7px", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*", "", true),
            ("", "x", false),
            ("[", "[", false),
        ] {
            assert_eq!(fnmatch(pattern.as_bytes(), name.as_bytes()), matches, "{pattern} {name}");
        }
    }
}

mod of_walk {
    use super::walk::*;

    /// Every 1,800th line of the modules.symbols that kmod 30 wrote for Debian's 6.1.0-56-amd64.
    #[test]
    fn names_are_walked_in_kmods_order() {
        let walked = [
            "drm_need_swiotlb",
            "__SCT__tp_func_pnfs_mds_fallback_pg_init_read",
            "__traceiter_bcache_journal_full",
            "__snd_util_mem_free",
            "rvt_unregister_device",
            "vmci_qpair_enqueue",
            "snd_hdac_register_chmap_ops",
            "mpls_output_possible",
        ];
        let mut names = walked;
        names.sort_unstable();
        sort_as_walked(&mut names, SYMBOLS, |name| name.as_bytes());
        assert_eq!(names, walked);
    }
}

mod of_line {
    use super::line::*;

    fn command(words: &[&str], redirect: Option<&str>, may_fail: bool) -> Result<Line, String> {
        let words = words.iter().map(|word| word.to_string()).collect();
        Ok(Line::Command { words, redirect: redirect.map(str::to_owned), may_fail })
    }

    #[test]
    fn a_line_is_split_into_words_as_sh_does() {
        assert_eq!(
            Line::parse("insmod a.ko who='two words'"),
            command(&["insmod", "a.ko", "who=two words"], None, false)
        );
    }

    #[test]
    fn remarks_and_empty_lines_are_nothing_to_do() {
        for text in ["", "   ", "# a remark", "!", "! "] {
            assert_eq!(Line::parse(text), Ok(Line::Nothing), "{text:?}");
        }
    }

    #[test]
    fn output_goes_to_the_file_after_the_last_arrow() {
        for text in ["echo hi > /dev/x", "echo hi >/dev/x"] {
            assert_eq!(Line::parse(text), command(&["echo", "hi"], Some("/dev/x"), false), "{text:?}");
        }
        assert_eq!(Line::parse("echo '1 > 0'"), command(&["echo", "1 > 0"], None, false));
    }

    #[test]
    fn a_mark_says_that_a_command_may_fail() {
        assert_eq!(Line::parse("! rmmod x"), command(&["rmmod", "x"], None, true));
    }

    #[test]
    fn what_cannot_be_understood_is_said_in_a_sentence() {
        assert_eq!(Line::parse("echo 'x"), Err("a quote is not closed".into()));
        assert_eq!(Line::parse("echo x >"), Err("a file name is missing after '>'".into()));
        assert_eq!(Line::parse("> x"), Err("a command is missing before '>'".into()));
    }
}

mod of_arguments {
    use super::arguments::*;

    #[test]
    fn numbers_are_integers_and_other_words_are_texts() {
        assert_eq!(Argument::parse("42"), Ok(Argument::Integer(42)));
        assert_eq!(Argument::parse("-1"), Ok(Argument::Integer(u64::MAX)));
        assert_eq!(Argument::parse("0xff"), Ok(Argument::Integer(255)));
        assert_eq!(Argument::parse("text:42"), Ok(Argument::Text("42".into())));
        assert_eq!(Argument::parse("abc"), Ok(Argument::Text("abc".into())));
        assert_eq!(Argument::parse("-"), Ok(Argument::Text("-".into())));
    }

    #[test]
    fn bytes_and_buffers_are_checked() {
        assert_eq!(Argument::parse("hex:00fF"), Ok(Argument::Bytes(vec![0, 255])));
        for word in ["hex:0", "hex:zz", "hex:é0", "buf:0", "buf:-1", "buf:99999999999"] {
            assert!(Argument::parse(word).is_err(), "{word}");
        }
    }
}
