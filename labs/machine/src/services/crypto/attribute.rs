//! What a template is told: the kind asked for, and the names between its parentheses. Linux: crypto/algapi.c,
//! crypto/algboss.c; the netlink attributes of include/linux/crypto.h.

use abi::Errno;

use super::flag;
use super::layout::{Alg, Instance, MAX_ALG_NAME};
use crate::exports::Table;
use crate::services::{err_ptr, fail, functions, text};

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_attr_alg_name/1, crypto_get_attr_type/1, crypto_check_attr_type/3, crypto_inst_setname/3);
}

/// CRYPTOA_ALG and CRYPTOA_TYPE.
const ALG: u16 = 1;
const TYPE: u16 = 2;

/// `struct rtattr` with a `struct crypto_attr_type` behind it.
#[repr(C)]
pub struct TypeAttribute {
    length: u16,
    attribute: u16,
    pub kind: u32,
    pub mask: u32,
}

impl TypeAttribute {
    pub fn new(kind: u32, mask: u32) -> TypeAttribute {
        TypeAttribute { length: size_of::<TypeAttribute>() as u16, attribute: TYPE, kind, mask }
    }
}

/// `struct rtattr` with a `struct crypto_attr_alg` behind it.
#[repr(C)]
pub struct NameAttribute {
    length: u16,
    attribute: u16,
    name: [u8; MAX_ALG_NAME],
}

impl NameAttribute {
    pub fn new(name: &[u8]) -> NameAttribute {
        NameAttribute { length: size_of::<NameAttribute>() as u16, attribute: ALG, name: Alg::name_of(name) }
    }
}

/// The address of a name's first byte, or an errno as a pointer.
pub unsafe extern "C" fn crypto_attr_alg_name(attribute: *mut NameAttribute) -> u64 {
    if attribute.is_null() {
        return err_ptr(Errno::ENOENT);
    }
    // SAFETY: an attribute; its length says whether the name is there.
    unsafe {
        if usize::from((*attribute).length) < size_of::<NameAttribute>() || (*attribute).attribute != ALG {
            return err_ptr(Errno::EINVAL);
        }
        (*attribute).name[MAX_ALG_NAME - 1] = 0;
        (&raw const (*attribute).name) as u64
    }
}

/// The kind that was asked for: the first of a template's attributes.
unsafe fn attr_type<'a>(attributes: *const *const TypeAttribute) -> Result<&'a TypeAttribute, Errno> {
    // SAFETY: an array of attributes; the length says whether kind and mask are there.
    unsafe {
        let first = (*attributes).as_ref().ok_or(Errno::ENOENT)?;
        let whole = usize::from(first.length) >= size_of::<TypeAttribute>() && first.attribute == TYPE;
        if whole { Ok(first) } else { Err(Errno::EINVAL) }
    }
}

unsafe extern "C" fn crypto_get_attr_type(attributes: *const *const TypeAttribute) -> u64 {
    // SAFETY: as attr_type.
    match unsafe { attr_type(attributes) } {
        Ok(first) => (&raw const first.kind) as u64,
        Err(errno) => err_ptr(errno),
    }
}

/// Whether a template can be what was asked for, and what it must ask of what it stands on.
pub unsafe fn check_type(attributes: *const *const TypeAttribute, kind: u32) -> Result<u32, Errno> {
    // SAFETY: as attr_type.
    let asked = unsafe { attr_type(attributes)? };
    if (asked.kind ^ kind) & asked.mask != 0 {
        return Err(Errno::EINVAL);
    }
    // Who wants something without one of these wants it so all the way down.
    Ok((asked.kind ^ flag::INHERITED) & asked.mask & flag::INHERITED)
}

unsafe extern "C" fn crypto_check_attr_type(
    attributes: *const *const TypeAttribute,
    kind: u32,
    mask: *mut u32,
) -> i32 {
    // SAFETY: as attr_type; the caller's variable.
    unsafe {
        match check_type(attributes, kind) {
            Ok(inherited) => {
                *mask = inherited;
                0
            }
            Err(errno) => fail(errno),
        }
    }
}

/// `template(algorithm)`, if that is short enough.
pub fn compose(template: &[u8], algorithm: &[u8]) -> Result<[u8; MAX_ALG_NAME], Errno> {
    let name = [template, b"(", algorithm, b")"].concat();
    if name.len() < MAX_ALG_NAME { Ok(Alg::name_of(&name)) } else { Err(Errno::ENAMETOOLONG) }
}

/// Names an instance after its template and what it stands on.
pub unsafe fn set_name(inst: *mut Instance, template: &[u8], below: *const Alg) -> Result<(), Errno> {
    // SAFETY: the caller's instance and algorithm.
    unsafe {
        (*inst).alg.name = compose(template, Alg::text(&(*below).name))?;
        (*inst).alg.driver_name = compose(template, Alg::text(&(*below).driver_name))?;
    }
    Ok(())
}

unsafe extern "C" fn crypto_inst_setname(inst: *mut Instance, template: *const u8, below: *const Alg) -> i32 {
    // SAFETY: as set_name; a NUL-terminated name.
    unsafe { set_name(inst, text::bytes(template), below).map_or_else(fail, |()| 0) }
}
