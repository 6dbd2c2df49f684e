//! From C sources to modules: compile, see what each object exports and uses, finish, link
//! (scripts/Makefile.build, Makefile.modpost and Makefile.modfinal).

use std::{
    fs,
    path::{Path, PathBuf},
};

use abi::{Symvers, symvers::Entry};

use crate::{
    BuildConfig, BuildError,
    compiler::{Compiler, Job},
    glue,
    object::{Export, Object},
    parallel::in_parallel,
    sources::{files_in, read_headers},
    store::{self, Store},
    symbol_version,
};

/// A module that lies ready to be inserted.
#[derive(Debug, Clone)]
pub struct BuiltModule {
    /// Its name, as `lsmod` prints it.
    pub name: String,
    /// The `.ko` file.
    pub path: PathBuf,
    /// What it exports, with the versions.
    pub exports: Vec<Entry>,
    /// The modules whose exports it uses.
    pub depends: Vec<String>,
    /// Whether anything had to be compiled or linked for it.
    pub rebuilt: bool,
}

/// Builds every module in `config.sources`, in the order of their names.
///
/// What has not changed (source, headers, compiler, options, versions of the symbols used) is not built
/// again. Several processes may build into one directory at once: files appear whole or not at all.
///
/// # Errors
/// There is no C compiler for x86-64 Linux, a source does not compile, a symbol is exported by nobody,
/// or a file cannot be read or written.
pub fn build(config: &BuildConfig) -> Result<Vec<BuiltModule>, BuildError> {
    let builder = Builder {
        config,
        compiler: Compiler::find(config.compiler.as_deref())?,
        include: config.include.canonicalize().map_err(BuildError::io(&config.include))?,
        headers: read_headers(&config.include)?,
        store: Store::open(config.out_dir.join("store"))?,
    };
    let sources = files_in(&config.sources, "c")?;
    let compiled = in_parallel(&sources, |source| builder.compile(source))?;
    let mut symvers = config.symvers.clone();
    for entry in compiled.iter().flat_map(|module| &module.exports) {
        symvers.insert(entry.clone());
    }
    in_parallel(&compiled, |module| builder.finish(module, &symvers))
}

struct Builder<'a> {
    config: &'a BuildConfig,
    compiler: Compiler,
    include: PathBuf,
    /// The text of all the headers: whatever they change, every module may depend on it.
    headers: String,
    store: Store,
}

/// A module between its compilation and its link.
struct Compiled {
    name: String,
    source: PathBuf,
    key: u64,
    object: Vec<u8>,
    contents: Object,
    exports: Vec<Entry>,
    rebuilt: bool,
}

impl Builder<'_> {
    fn compile(&self, source: &PathBuf) -> Result<Compiled, BuildError> {
        let stem = source.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem.replace('-', "_");
        let text = fs::read_to_string(source).map_err(BuildError::io(source))?;
        let key = store::key(&[&self.compiler.identity, &self.headers, &name, &text]);

        let c_file = format!("{stem}.c");
        let (object, rebuilt) = self.store.get_or_make(&format!("{name}.o"), key, || {
            let make = |job: Job<'_>, output: &str| self.compiler.compile(job, &c_file, output);
            self.work(&name, source, &[(&c_file, text.as_bytes())], make)
        })?;
        let contents = read_object(&name, &object)?;
        let exports = if contents.exports.is_empty() {
            Vec::new()
        } else {
            let (preprocessed, _) = self.store.get_or_make(&format!("{name}.i"), key, || {
                let make = |job: Job<'_>, output: &str| self.compiler.preprocess(job, &c_file, output);
                self.work(&name, source, &[(&c_file, text.as_bytes())], make)
            })?;
            versioned_exports(&name, &contents, &String::from_utf8_lossy(&preprocessed))?
        };
        Ok(Compiled { name, source: source.clone(), key, object, contents, exports, rebuilt })
    }

    fn finish(&self, module: &Compiled, symvers: &Symvers) -> Result<BuiltModule, BuildError> {
        const SCRIPT: &str = include_str!("module.lds");
        let Compiled { name, object, contents, .. } = module;
        let mod_c = glue::mod_c(name, contents, symvers, &self.config.vermagic)?;
        let key = store::key(&[&format!("{:016x}", module.key), &mod_c, SCRIPT]);

        let file = format!("{name}.ko");
        let (bytes, linked) = self.store.get_or_make(&file, key, || {
            let (o, mod_c_file, mod_o) =
                (format!("{name}.o"), format!("{name}.mod.c"), format!("{name}.mod.o"));
            let inputs =
                [(&*o, &object[..]), (&*mod_c_file, mod_c.as_bytes()), ("module.lds", SCRIPT.as_bytes())];
            self.work(name, &module.source, &inputs, |job, output| {
                self.compiler.compile(job, &mod_c_file, &mod_o)?;
                self.compiler.link(job, &[&o, &mod_o], output)
            })
        })?;
        let path = self.config.out_dir.join(file);
        store::publish(&path, &bytes)?;
        Ok(BuiltModule {
            name: name.clone(),
            path,
            exports: module.exports.clone(),
            depends: glue::dependencies(contents, symvers),
            rebuilt: module.rebuilt || linked,
        })
    }

    /// Lets `make` make a file in a directory of its own that holds `inputs`, and returns what it made.
    fn work(
        &self,
        module: &str,
        blame: &Path,
        inputs: &[(&str, &[u8])],
        make: impl FnOnce(Job<'_>, &str) -> Result<(), BuildError>,
    ) -> Result<Vec<u8>, BuildError> {
        let dir = tempfile::tempdir_in(&self.config.out_dir).map_err(BuildError::io(&self.config.out_dir))?;
        for (name, bytes) in inputs {
            let path = dir.path().join(name);
            fs::write(&path, bytes).map_err(BuildError::io(path))?;
        }
        make(Job { dir: dir.path(), include: &self.include, module, blame }, "output")?;
        let output = dir.path().join("output");
        fs::read(&output).map_err(BuildError::io(output))
    }
}

fn read_object(module: &str, bytes: &[u8]) -> Result<Object, BuildError> {
    Object::read(bytes).map_err(|wrong| BuildError::BadObject { module: module.to_owned(), wrong })
}

/// What Module.symvers says about the exports of `module`.
fn versioned_exports(module: &str, object: &Object, text: &str) -> Result<Vec<Entry>, BuildError> {
    let entry = |export: &Export| {
        let crc = symbol_version(text, &export.name).ok_or_else(|| BuildError::BadObject {
            module: module.to_owned(),
            wrong: format!("{} is exported and not declared", export.name),
        })?;
        Ok(Entry {
            crc,
            name: export.name.clone(),
            exporter: module.to_owned(),
            gpl_only: export.gpl_only,
            namespace: export.namespace.clone(),
        })
    };
    object.exports.iter().map(entry).collect()
}
