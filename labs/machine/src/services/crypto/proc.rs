//! /proc/crypto: every algorithm with what there is to know of it, the newest first. Linux: crypto/proc.c.

use std::fmt::Write;
use std::sync::atomic::Ordering;

use super::layout::{AeadAlg, AhashAlg, Alg, RngAlg, ShashAlg, SkcipherAlg};
use super::types::{Kind, TYPE_MASK};
use super::{cipher, flag, registry};
use crate::current;

/// The whole file.
pub fn list() -> String {
    // SAFETY: registered algorithms.
    registry::all().into_iter().map(|alg| unsafe { describe(alg) }).collect()
}

/// A line as /proc/crypto has them.
fn line(text: &mut String, label: &str, value: impl std::fmt::Display) {
    // Writing to a String does not fail.
    let _ = writeln!(text, "{label:<13}: {value}");
}

fn yes(set: bool) -> &'static str {
    if set { "yes" } else { "no" }
}

/// # Safety for all of this file
/// The algorithm is a living one.
unsafe fn describe(alg: *mut Alg) -> String {
    let mut text = String::new();
    // SAFETY: as above.
    unsafe {
        let module =
            if (*alg).module == 0 { None } else { current().machine().hooks().module_name((*alg).module) };
        line(&mut text, "name", String::from_utf8_lossy(Alg::text(&(*alg).name)));
        line(&mut text, "driver", String::from_utf8_lossy(Alg::text(&(*alg).driver_name)));
        line(&mut text, "module", module.as_deref().unwrap_or("kernel"));
        line(&mut text, "priority", (*alg).priority);
        // Relaxed: a number for its reader.
        line(&mut text, "refcnt", registry::references(alg).load(Ordering::Relaxed));
        line(&mut text, "selftest", if (*alg).flags & flag::TESTED != 0 { "passed" } else { "unknown" });
        line(&mut text, "internal", yes((*alg).flags & flag::INTERNAL != 0));
        match Kind::of(alg) {
            Some(kind) => of_kind(&mut text, &*alg, kind),
            None => plain(&mut text, &*alg),
        }
    }
    text.push('\n');
    text
}

fn plain(text: &mut String, alg: &Alg) {
    match alg.flags & TYPE_MASK {
        cipher::NUMBER => {
            line(text, "type", "cipher");
            line(text, "blocksize", alg.blocksize);
            line(text, "min keysize", alg.cipher.min_keysize);
            line(text, "max keysize", alg.cipher.max_keysize);
        }
        cipher::COMPRESS => line(text, "type", "compression"),
        _ => line(text, "type", "unknown"),
    }
}

unsafe fn of_kind(text: &mut String, base: &Alg, kind: Kind) {
    let whole = base as *const Alg as u64 - kind.alg_offset() as u64;
    let is_async = yes(base.flags & flag::ASYNC != 0);
    // SAFETY: an algorithm of that kind lies around its common part.
    unsafe {
        match kind {
            Kind::Shash => {
                line(text, "type", "shash");
                line(text, "blocksize", base.blocksize);
                line(text, "digestsize", (*(whole as *const ShashAlg)).digestsize);
            }
            Kind::Ahash => {
                line(text, "type", "ahash");
                line(text, "async", is_async);
                line(text, "blocksize", base.blocksize);
                line(text, "digestsize", (*(whole as *const AhashAlg)).digestsize);
            }
            Kind::Skcipher => {
                let alg = &*(whole as *const SkcipherAlg);
                line(text, "type", "skcipher");
                line(text, "async", is_async);
                line(text, "blocksize", base.blocksize);
                line(text, "min keysize", alg.min_keysize);
                line(text, "max keysize", alg.max_keysize);
                line(text, "ivsize", alg.ivsize);
                line(text, "chunksize", alg.chunksize);
                line(text, "walksize", alg.walksize);
            }
            Kind::Aead => {
                let alg = &*(whole as *const AeadAlg);
                line(text, "type", "aead");
                line(text, "async", is_async);
                line(text, "blocksize", base.blocksize);
                line(text, "ivsize", alg.ivsize);
                line(text, "maxauthsize", alg.maxauthsize);
                line(text, "geniv", "<none>");
            }
            Kind::Rng => {
                line(text, "type", "rng");
                line(text, "seedsize", (*(whole as *const RngAlg)).seedsize);
            }
            Kind::Akcipher => line(text, "type", "akcipher"),
            Kind::Kpp => line(text, "type", "kpp"),
            Kind::Scomp => line(text, "type", "scomp"),
            Kind::Acomp => line(text, "type", "acomp"),
        }
    }
}
