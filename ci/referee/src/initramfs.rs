//! The files of the kernel's first and only file system: a cpio archive in the form `newc`
//! (Documentation/driver-api/early-userspace/buffer-format.rst).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, ensure};
use cpio::newc;

use crate::order::Order;

/// An ordinary file that everybody may run (include/uapi/linux/stat.h: S_IFREG, 0755).
const REGULAR: u32 = 0o100_755;

/// A directory.
const DIRECTORY: u32 = 0o040_755;

/// Writes an archive in which `init` carries out `orders`; `first`, another archive, is unpacked before it.
///
/// # Errors
/// A file cannot be read or written, or an argument has a line's end in it.
pub fn write(
    to: &Path,
    first: Option<&Path>,
    init: &Path,
    slate: Option<&Path>,
    orders: &[Order],
) -> anyhow::Result<()> {
    let mut modules = Modules::default();
    let text = orders_text(orders, &mut modules)?;
    let mut out = BufWriter::new(File::create(to).with_context(|| to.display().to_string())?);
    if let Some(first) = first {
        out.write_all(&read(first)?)?;
        // The kernel skips zeroes between archives, and wants each to begin at a multiple of four.
        let length = fs::metadata(first)?.len();
        out.write_all(&[0; 4][..(length.next_multiple_of(4) - length) as usize])?;
    }
    entry(&mut out, "m", DIRECTORY, &[])?;
    entry(&mut out, "init", REGULAR, &read(init)?)?;
    if let Some(slate) = slate {
        entry(&mut out, "slate.ko", REGULAR, &read(slate)?)?;
    }
    entry(&mut out, "orders", REGULAR, text.as_bytes())?;
    for (number, file) in modules.files.iter().enumerate() {
        let bytes = read(file)?;
        // insmod of user space decompresses; what cannot be decompressed goes as it is.
        let plain = abi::decompress(&bytes);
        entry(&mut out, &Modules::name(number), REGULAR, plain.as_deref().unwrap_or(&bytes))?;
    }
    newc::trailer(&mut out)?;
    Ok(out.flush()?)
}

/// The files of a batch, each once.
#[derive(Default)]
struct Modules<'o> {
    files: Vec<&'o Path>,
    numbers: HashMap<&'o Path, usize>,
}

impl<'o> Modules<'o> {
    /// The path in the archive of `file`.
    fn path(&mut self, file: &'o Path) -> String {
        let number = *self.numbers.entry(file).or_insert_with(|| {
            self.files.push(file);
            self.files.len() - 1
        });
        Modules::name(number)
    }

    fn name(number: usize) -> String {
        format!("m/{number}")
    }
}

/// What `guest/src/main.rs` reads.
fn orders_text<'o>(orders: &'o [Order], modules: &mut Modules<'o>) -> anyhow::Result<String> {
    let mut text = String::new();
    for (number, order) in orders.iter().enumerate() {
        ensure!(!order.arguments.contains('\n'), "{}: a line's end in the arguments", order.name);
        writeln!(text, "begin {number}")?;
        for file in &order.before {
            writeln!(text, "need {}", modules.path(file))?;
        }
        writeln!(text, "ask {}\t{}", modules.path(&order.file), order.arguments)?;
        writeln!(text, "end")?;
    }
    Ok(text)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| file.display().to_string())
}

fn entry(out: impl Write, name: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let size = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let mut entry = newc::Builder::new(name).mode(mode).nlink(1).write(out, size);
    entry.write_all(bytes)?;
    entry.finish().map(drop)
}
