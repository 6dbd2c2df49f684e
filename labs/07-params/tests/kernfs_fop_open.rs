//! Files in /sys/module/NAME/parameters: which there are, and what may be done with them. Then a module with a
//! type of its own, from insmod to cat.

use abi::Errno;
use bstr::BStr;
use params::{
    Access, Array, Charp, Parameter, Setting, Type, Variables, kernfs_fop_open, param_attr_show,
    param_attr_store,
};
use proptest::prelude::*;

use crate::settings::insmod;

/// Opens the file `name` of a module whose parameters have these names and modes.
fn open(files: &[(&str, u16)], name: &str, access: Access) -> Result<usize, Errno> {
    let parameter = |&(name, perm)| Parameter { name: BStr::new(name), value_is_optional: false, perm };
    let table: Vec<_> = files.iter().map(parameter).collect();
    kernfs_fop_open(name.into(), &table, access)
}

#[test]
fn a_file_that_all_may_read_and_root_may_write_is_opened_for_both() {
    let files = [("rx_mode", 0o444), ("volume", 0o644)];
    assert_eq!(open(&files, "volume", Access::Read), Ok(1), "0644 lets read; it is at place 1 of the table");
    assert_eq!(
        open(&files, "volume", Access::Write),
        Ok(1),
        "0644 lets its owner write, and one who may is enough"
    );
}

#[test]
fn not_even_root_writes_to_a_file_that_nobody_may_write() {
    let answer = open(&[("volume", 0o444)], "volume", Access::Write);
    assert_eq!(
        answer,
        Err(Errno::EACCES),
        "sysfs checks the mode for root too; on a disk root would succeed"
    );
}

#[test]
fn not_even_root_reads_a_file_that_nobody_may_read() {
    assert_eq!(open(&[("key", 0o200)], "key", Access::Read), Err(Errno::EACCES), "0200: a password, say");
    assert_eq!(open(&[("key", 0o200)], "key", Access::Write), Ok(0), "0200: it can be set all the same");
}

#[test]
fn a_parameter_without_permissions_has_no_file() {
    for access in [Access::Read, Access::Write] {
        assert_eq!(open(&[("volume", 0)], "volume", access), Err(Errno::ENOENT), "perm 0: {access:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_not_there() {
    assert_eq!(open(&[("volume", 0o644)], "loudness", Access::Read), Err(Errno::ENOENT), "another name");
    assert_eq!(open(&[], "volume", Access::Write), Err(Errno::ENOENT), "no parameters, no files");
}

#[test]
fn a_files_name_is_spelled_in_one_way_only() {
    let answer = open(&[("rx_mode", 0o644)], "rx-mode", Access::Read);
    assert_eq!(answer, Err(Errno::ENOENT), "insmod takes both spellings, a directory has one");
}

#[test]
fn the_permission_of_the_group_or_of_others_will_do() {
    assert_eq!(open(&[("volume", 0o040)], "volume", Access::Read), Ok(0), "0040 & 0444 is not 0");
    assert_eq!(open(&[("volume", 0o002)], "volume", Access::Write), Ok(0), "0002 & 0222 is not 0");
    assert_eq!(
        open(&[("volume", 0o111)], "volume", Access::Read),
        Err(Errno::EACCES),
        "0111 & 0444 is 0: to run it is no help"
    );
}

/// A type of our own: one of three words.
#[derive(Debug, PartialEq)]
struct Colour(usize);

const COLOURS: [&str; 3] = ["red", "green", "blue"];

impl Type for Colour {
    fn set(&mut self, value: Option<&mut [u8]>, _param: &mut Setting<'_>) -> Result<(), Errno> {
        let value = value.ok_or(Errno::EINVAL)?;
        let word = value.strip_suffix(b"\n").unwrap_or(value);
        self.0 = COLOURS.iter().position(|colour| colour.as_bytes() == word).ok_or(Errno::EINVAL)?;
        Ok(())
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        Ok(format!("{}\n", COLOURS[self.0]).into_bytes())
    }
}

#[test]
fn a_type_of_ones_own_is_set_stored_and_shown_like_the_kernels() {
    let (mut volume, mut quiet, mut colour) = (5i32, false, Colour(0));
    let (mut motto, mut primes) = (Charp::default(), Array::new([2u32, 3, 5, 7]));
    let mut module = Variables::new()
        .module_param("volume", 0o644, &mut volume)
        .module_param("quiet", 0o644, &mut quiet)
        .module_param("motto", 0o444, &mut motto)
        .module_param("primes", 0o444, &mut primes)
        .module_param("colour", 0o644, &mut colour);
    let table = module.table();
    let arguments = r#"volume=-3 quiet colour=blue motto="per aspera" primes=11,13"#;
    let result = insmod(&mut module, arguments);
    assert_eq!(result, Ok(()), "{arguments}");

    let stored = param_attr_store("colour".into(), &mut b"green\n".to_vec(), &table, &mut module);
    assert_eq!(stored, Ok(()), "echo green > colour, which is 0644");
    let refused = param_attr_store("motto".into(), &mut b"x\n".to_vec(), &table, &mut module);
    assert_eq!(refused, Err(Errno::EACCES), "echo x > motto, which is 0444");

    let mut shown = String::new();
    for name in ["volume", "quiet", "motto", "primes", "colour"] {
        let text = param_attr_show(name.into(), &table, &mut module).unwrap_or_default();
        shown += &String::from_utf8_lossy(&text);
    }
    assert_eq!(shown, "-3\nY\nper aspera\n11,13\ngreen\n", "cat volume quiet motto primes colour");
}

#[test]
fn a_text_that_is_stored_keeps_the_newline_that_echo_writes() {
    let mut motto = Charp::default();
    let mut module = Variables::new().module_param("motto", 0o644, &mut motto);
    let table = module.table();
    let stored = param_attr_store("motto".into(), &mut b"carpe diem\n".to_vec(), &table, &mut module);
    let shown = param_attr_show("motto".into(), &table, &mut module);
    assert_eq!(stored, Ok(()), "echo carpe diem > motto, which is 0644");
    let shown = shown.map(|text| String::from_utf8_lossy(&text).into_owned());
    assert_eq!(
        shown,
        Ok("carpe diem\n\n".into()),
        "the newline that echo wrote, and the one that every value is shown with: hence echo -n"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mode_lets_in_whom_any_of_its_bits_lets_in(perm in 1u16..0o1000) {
        let files = [("volume", perm)];
        let reads = open(&files, "volume", Access::Read).is_ok();
        prop_assert_eq!(reads, perm & 0o444 != 0, "to read: mode {:04o}, mask 0444, of which one bit will do", perm);
        let writes = open(&files, "volume", Access::Write).is_ok();
        prop_assert_eq!(writes, perm & 0o222 != 0, "to write: mode {:04o}, mask 0222, of which one bit will do", perm);
    }
}
