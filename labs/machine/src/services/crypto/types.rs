//! The kinds of algorithms (`struct crypto_type`): how they are looked up and where their common part lies. Linux:
//! crypto/internal.h, and the `crypto_*_type` of crypto/shash.c, skcipher.c, aead.c and their neighbours.

use std::mem::offset_of;

use super::layout::{
    AeadAlg, Ahash, AhashAlg, AkcipherAlg, Alg, KppAlg, RngAlg, ScompAlg, ShashAlg, SizedTfm, SkcipherAlg,
    Type,
};
use crate::Machine;
use crate::services::{with, with_of};

/// CRYPTO_ALG_TYPE_MASK: the part of the flags that says the kind.
pub const TYPE_MASK: u32 = 0xf;

/// A kind of algorithm that has a `struct crypto_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Aead,
    Skcipher,
    Kpp,
    Acomp,
    Scomp,
    Rng,
    Akcipher,
    Shash,
    Ahash,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Aead,
        Kind::Skcipher,
        Kind::Kpp,
        Kind::Acomp,
        Kind::Scomp,
        Kind::Rng,
        Kind::Akcipher,
        Kind::Shash,
        Kind::Ahash,
    ];

    /// CRYPTO_ALG_TYPE_*, which the flags of its algorithms carry.
    pub fn number(self) -> u32 {
        match self {
            Kind::Aead => 0x3,
            Kind::Skcipher => 0x5,
            Kind::Kpp => 0x8,
            Kind::Acomp => 0xa,
            Kind::Scomp => 0xb,
            Kind::Rng => 0xc,
            Kind::Akcipher => 0xd,
            Kind::Shash => 0xe,
            Kind::Ahash => 0xf,
        }
    }

    /// The bits of the number that count in a search: an ahash may be made of an shash, an acomp of an scomp.
    pub fn mask(self) -> u32 {
        match self {
            Kind::Ahash | Kind::Acomp => 0xe,
            _ => TYPE_MASK,
        }
    }

    /// How far in its transform the `struct crypto_tfm` lies.
    pub fn tfm_offset(self) -> usize {
        match self {
            Kind::Shash | Kind::Skcipher => offset_of!(SizedTfm, base),
            Kind::Aead => offset_of!(super::layout::Aead, base),
            Kind::Ahash => offset_of!(Ahash, base),
            Kind::Acomp => 32,
            Kind::Kpp | Kind::Scomp | Kind::Rng | Kind::Akcipher => 0,
        }
    }

    /// How far in its algorithm's structure the `struct crypto_alg` lies.
    pub fn alg_offset(self) -> usize {
        match self {
            Kind::Aead => offset_of!(AeadAlg, base),
            Kind::Skcipher => offset_of!(SkcipherAlg, base),
            Kind::Kpp => offset_of!(KppAlg, base),
            Kind::Acomp => 48,
            Kind::Scomp => offset_of!(ScompAlg, base),
            Kind::Rng => offset_of!(RngAlg, base),
            Kind::Akcipher => offset_of!(AkcipherAlg, base),
            Kind::Shash => offset_of!(ShashAlg, base),
            Kind::Ahash => offset_of!(AhashAlg, base),
        }
    }

    /// The address of its `struct crypto_type`.
    pub fn address(self) -> u64 {
        let index = Kind::ALL.iter().position(|kind| *kind == self).unwrap_or(0);
        with(|types: &mut Types| types.0) + (index * size_of::<Type>()) as u64
    }

    /// The kind whose `struct crypto_type` lies at an address.
    pub fn at(address: u64) -> Option<Kind> {
        let offset = address.checked_sub(with(|types: &mut Types| types.0))? as usize;
        Kind::ALL.get(offset / size_of::<Type>()).copied()
    }

    /// What an algorithm is, by its `cra_type`.
    pub unsafe fn of(alg: *const Alg) -> Option<Kind> {
        // SAFETY: a registered algorithm, or one about to be.
        let kind = unsafe { (*alg).kind };
        if kind == 0 { None } else { Kind::at(kind) }
    }
}

/// Where the structures lie, one after the other in the order of [`Kind::ALL`].
#[derive(Debug, Default)]
struct Types(u64);

pub fn start(machine: &Machine) {
    // Without memory for them nothing can be registered: the address stays 0.
    let Ok(address) = machine.memory().object(Kind::ALL.len() * size_of::<Type>(), 8) else { return };
    for (index, kind) in Kind::ALL.into_iter().enumerate() {
        let structure = Type {
            functions: [0; 7],
            kind: kind.number(),
            maskclear: !TYPE_MASK,
            maskset: kind.mask(),
            tfmsize: kind.tfm_offset() as u32,
        };
        // SAFETY: a new object with room for all of them.
        unsafe { (address as *mut Type).add(index).write(structure) };
    }
    with_of(machine, |types: &mut Types| types.0 = address);
}
