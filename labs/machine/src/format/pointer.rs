//! `%p` and what may follow it (lib/vsprintf.c, pointer).

use abi::{
    Errno,
    offsets::{block_device, dentry, file, gendisk, resource, va_format},
};

use super::{
    DEEPEST, LONGEST, address, bits, bytes, c_string, error, network, number, spec::Spec, string, text,
    unusable, widen, word,
};

/// Adds what `letters` say of the pointer `value`.
///
/// # Safety
/// `value` points to what the letters say, or is one of the pointers that point to nothing.
pub(super) unsafe fn put(out: &mut Vec<u8>, value: u64, spec: &Spec, letters: &[u8], depth: u32) {
    let letter = |at: usize| letters.get(at).copied().unwrap_or(0);
    match letter(0) {
        b'S' | b's' | b'B' => return text(out, address::symbol(value, letter(0)).as_bytes(), spec),
        b'x' => return plain(out, value, spec),
        b'e' => return error_pointer(out, value, spec),
        b'u' | b'k' if letter(1) == b's' => {
            // SAFETY: the caller's promise.
            return unsafe { string(out, value, spec) };
        }
        b'u' | b'k' => return error(out, "(einval)", spec),
        b'h' | b'E' if spec.field_width == Some(0) => return,
        b'h' | b'b' | b'M' | b'm' | b'I' | b'i' | b'E' | b'U' | b'V' | b'4' | b'a' | b'd' | b'D' | b'g'
        | b'R' | b'r' | b'N' | b'G' => {}
        _ => return hashed(out, value, spec),
    }
    if let Some(message) = unusable(value) {
        return error(out, message, spec);
    }
    // SAFETY: the caller's promise, letter by letter.
    unsafe {
        match letter(0) {
            b'h' => bits::hex(out, value, spec, letter(1)),
            b'b' => bits::bitmap(out, value, spec, letter(1) == b'l'),
            b'E' => bits::escaped(out, &bytes(value, spec.field_width.unwrap_or(1).max(0) as usize)),
            b'M' | b'm' => widen(out, &network::mac(&bytes(value, 6), letter(0), letter(1)), spec),
            b'I' | b'i' => match network::ip(value, letters) {
                Some(address) => widen(out, &address, spec),
                None => hashed(out, value, spec),
            },
            b'U' => text(out, &network::uuid(&bytes(value, 16), letter(1)), spec),
            b'V' => inner(out, value, depth),
            b'4' => text(out, &bits::fourcc(word(value) as u32), spec),
            b'a' => number::put_address(out, word(value), 8),
            b'd' => path(out, value, spec, letter(1)),
            b'D' => path(out, word(value + file::DENTRY as u64), spec, letter(1)),
            b'g' => block(out, value, spec),
            b'R' | b'r' => text(out, &described(value, letter(0) == b'R'), spec),
            _ => number::put_address(out, word(value), 8),
        }
    }
}

/// `pointer_string`.
fn plain(out: &mut Vec<u8>, value: u64, spec: &Spec) {
    let fill = spec.field_width.is_none();
    let field_width = spec.field_width.or(Some(16));
    number::put(
        out,
        value,
        &Spec { base: 16, zero: spec.zero || fill, field_width, signed: false, upper: false, ..*spec },
    );
}

/// `default_pointer`: not the address but a number that stands for it, so that logs do not give addresses away.
fn hashed(out: &mut Vec<u8>, value: u64, spec: &Spec) {
    let known = value == 0 || value > u64::MAX - 4095;
    plain(out, if known { value } else { address::hash(value) }, spec);
}

/// `%pe`.
fn error_pointer(out: &mut Vec<u8>, value: u64, spec: &Spec) {
    match Errno::from_return(value as i64) {
        Some(errno) => text(out, format!("-{}", errno.name()).as_bytes(), spec),
        None if value > u64::MAX - 4095 => {
            number::put(out, value, &Spec { signed: true, base: 10, ..*spec });
        }
        None => hashed(out, value, spec),
    }
}

/// `%pV`: a format and its arguments, in a structure.
///
/// # Safety
/// `value` points to a `struct va_format`.
unsafe fn inner(out: &mut Vec<u8>, value: u64, depth: u32) {
    if depth >= DEEPEST {
        return;
    }
    // SAFETY: the caller's promise. The list is copied, as va_copy does: the caller's own stays where it is.
    unsafe {
        let mut list = (word(value + va_format::ARGUMENTS as u64) as *const super::VaList).read();
        out.extend(super::nested(word(value + va_format::FORMAT as u64) as *const u8, &mut list, depth + 1));
    }
}

/// `%pd`, `%pd2` to `%pd4`: the last names of a path.
///
/// # Safety
/// `value` points to a `struct dentry`.
unsafe fn path(out: &mut Vec<u8>, mut value: u64, spec: &Spec, depth: u8) {
    let depth = if (b'2'..=b'4').contains(&depth) { depth - b'0' } else { 1 };
    let mut names = Vec::new();
    for at in 0..depth {
        if let Some(message) = unusable(value) {
            return error(out, message, spec);
        }
        // SAFETY: the caller's promise; a dentry's parent is a dentry.
        let (parent, name) = unsafe {
            (
                word(value + dentry::PARENT as u64),
                c_string(word(value + dentry::NAME as u64) as *const u8, LONGEST),
            )
        };
        let root = parent == value;
        names.push(if root && at > 0 { Vec::new() } else { name });
        if root {
            break;
        }
        value = parent;
    }
    names.reverse();
    text(out, &names.join(&b'/'), spec);
}

/// `%pg`: a block device's name.
///
/// # Safety
/// `value` points to a `struct block_device`.
unsafe fn block(out: &mut Vec<u8>, value: u64, spec: &Spec) {
    // SAFETY: the caller's promise; a block device has a disk.
    let (name, partition) = unsafe {
        let disk = word(value + block_device::DISK as u64);
        let name = c_string((disk + gendisk::DISK_NAME as u64) as *const u8, 32);
        (name, *bytes(value + block_device::PARTNO as u64, 1).first().unwrap_or(&0))
    };
    let mut whole = name.clone();
    if partition != 0 {
        if name.last().is_some_and(u8::is_ascii_digit) {
            whole.push(b'p');
        }
        whole.extend(partition.to_string().into_bytes());
    }
    text(out, &whole, spec);
}

/// `%pR` and `%pr`: a resource's kind and range.
///
/// # Safety
/// `value` points to a `struct resource`.
unsafe fn described(value: u64, decode: bool) -> Vec<u8> {
    // SAFETY: the caller's promise.
    let (start, end, flags) = unsafe {
        let at = |offset: usize| word(value + offset as u64);
        (at(resource::START), at(resource::END), at(resource::FLAGS))
    };
    let hexadecimal =
        |width: i32| Spec { special: true, zero: true, field_width: Some(width), ..Spec::hexadecimal() };
    let (kind, spec) = match flags {
        _ if flags & 0x100 != 0 => ("io  ", hexadecimal(6)),
        _ if flags & 0x200 != 0 => ("mem ", hexadecimal(10)),
        _ if flags & 0x400 != 0 => ("irq ", Spec::decimal()),
        _ if flags & 0x800 != 0 => ("dma ", Spec::decimal()),
        _ if flags & 0x1000 != 0 => ("bus ", Spec { special: false, ..hexadecimal(2) }),
        _ => ("??? ", hexadecimal(10)),
    };
    let decode = decode && kind != "??? ";
    let mut out = format!("[{kind}").into_bytes();
    if decode && flags & 0x2000_0000 != 0 {
        out.extend(b"size ");
        number::put(&mut out, end.wrapping_sub(start).wrapping_add(1), &spec);
    } else {
        number::put(&mut out, start, &spec);
        if start != end {
            out.push(b'-');
            number::put(&mut out, end, &spec);
        }
    }
    let words =
        [(0x10_0000, " 64bit"), (0x2000, " pref"), (0x20_0000, " window"), (0x1000_0000, " disabled")];
    if decode {
        out.extend(words.iter().filter(|word| flags & word.0 != 0).flat_map(|word| word.1.bytes()));
    } else {
        out.extend(format!(" flags {flags:#x}").into_bytes());
    }
    out.push(b']');
    out
}
