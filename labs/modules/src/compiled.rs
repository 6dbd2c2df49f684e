//! A module that is compiled and not yet finished, for whoever finishes modules without our builder.

use abi::{Symvers, symvers::Entry};

use crate::{BuildError, glue, object::Object};

/// What is known of a module's object file.
#[derive(Debug)]
pub struct CompiledModule {
    name: String,
    object: Object,
}

impl CompiledModule {
    /// Reads `bytes`, the object file of the module `name`.
    ///
    /// # Errors
    /// It is no object file that the course's headers and a C compiler make.
    pub fn read(name: &str, bytes: &[u8]) -> Result<CompiledModule, BuildError> {
        let bad = |wrong| BuildError::BadObject { module: name.to_owned(), wrong };
        Ok(CompiledModule { name: name.to_owned(), object: Object::read(bytes).map_err(bad)? })
    }

    /// What it exports; `crc` says the version of each symbol, or that it has none.
    ///
    /// # Errors
    /// What `crc` says, for the first symbol where it fails.
    pub fn exports<E>(&self, crc: impl Fn(&str) -> Result<u32, E>) -> Result<Vec<Entry>, E> {
        let exports = self.object.exports.iter().map(|export| {
            Ok(Entry {
                crc: crc(&export.name)?,
                name: export.name.clone(),
                exporter: self.name.clone(),
                gpl_only: export.gpl_only,
                namespace: export.namespace.clone(),
            })
        });
        exports.collect()
    }

    /// The C text that finishes it, for a kernel and modules that export what `symvers` lists.
    ///
    /// # Errors
    /// It uses a symbol that nobody exports.
    pub fn mod_c(&self, symvers: &Symvers, vermagic: &str) -> Result<String, BuildError> {
        glue::mod_c(&self.name, &self.object, symvers, vermagic)
    }
}
