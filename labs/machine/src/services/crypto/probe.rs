//! An algorithm whose name is a formula, such as `ctr(aes)`: its template is found and told to build it. Linux:
//! crypto/algboss.c, cryptomgr_schedule_probe.

use abi::Errno;

use super::attribute::{NameAttribute, TypeAttribute};
use super::flag;
use super::template;
use crate::services::invoke::invoke_int;
use crate::services::{host, module_refs};

/// CRYPTO_MAX_ATTRS: how many names may stand between the parentheses.
const MOST: usize = 32;
/// How often a template may find that what it stands on has just gone.
const TRIES: usize = 8;

/// A formula's template and arguments, which may be formulas themselves.
fn parse(name: &[u8]) -> Option<(&[u8], Vec<&[u8]>)> {
    let open = name.iter().position(|&byte| byte == b'(')?;
    let (template, rest) = (name.get(..open)?, name.get(open + 1..)?);
    let inside = rest.strip_suffix(b")")?;
    let mut depth = 0usize;
    let mut arguments = vec![];
    let mut start = 0;
    for (at, &byte) in inside.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => {
                arguments.push(inside.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments.push(inside.get(start..)?);
    let sound = depth == 0 && !template.is_empty() && arguments.len() < MOST;
    (sound && arguments.iter().all(|argument| !argument.is_empty())).then_some((template, arguments))
}

/// Builds and registers what a formula describes.
pub fn build(name: &[u8], kind: u32, mask: u32) -> Result<(), Errno> {
    let (template, names) = parse(name).ok_or(Errno::ENOENT)?;
    let template = template::find(template).ok_or(Errno::ENOENT)?;
    let asked = TypeAttribute::new(kind | flag::LARVAL, mask);
    let names: Vec<NameAttribute> = names.into_iter().map(NameAttribute::new).collect();
    let mut attributes = vec![&raw const asked as u64];
    attributes.extend(names.iter().map(|name| &raw const *name as u64));
    attributes.push(0);
    // SAFETY: find() has taken a reference on the template's module; create() is told of attributes as it expects them.
    unsafe {
        let mut result = 0;
        for _ in 0..TRIES {
            result = invoke_int((*template).create, [template as u64, attributes.as_ptr() as u64]);
            if result != Errno::EAGAIN.to_return() as i32 {
                break;
            }
        }
        module_refs::put((*template).module);
        host::check(result).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_formula_is_a_template_and_names_that_may_be_formulas() {
        assert_eq!(parse(b"ctr(aes)"), Some((&b"ctr"[..], vec![&b"aes"[..]])));
        assert_eq!(
            parse(b"authenc(hmac(sha256),cbc(aes))"),
            Some((&b"authenc"[..], vec![&b"hmac(sha256)"[..], b"cbc(aes)"]))
        );
    }

    #[test]
    fn what_is_no_formula_is_not_built() {
        for name in
            ["aes", "(aes)", "ctr(", "ctr(aes", "ctr()", "ctr(a,)", "ctr(a))(b)", "ctr(aes)x", ")(", ""]
        {
            assert_eq!(parse(name.as_bytes()), None, "{name}");
        }
    }
}
