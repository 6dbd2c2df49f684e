//! The system's C compiler and the options with which kernel code is compiled (arch/x86/Makefile).

use std::{
    env, io,
    path::Path,
    process::{Command, Output},
};

use crate::BuildError;

/// Options that gcc and clang both understand.
const FLAGS: &[&str] = &[
    "-std=gnu11",
    "-O2",
    "-Wall",
    "-Wextra",
    // A function in a table of operations takes what the table says, needed or not.
    "-Wno-unused-parameter",
    "-Werror",
    // No C library: only our headers, and the compiler may not assume what printf or malloc do.
    "-ffreestanding",
    "-nostdinc",
    // Modules live in the top 2 GiB of the address space, where a sign-extended 32-bit address reaches.
    "-mcmodel=kernel",
    "-fno-pie",
    "-fno-pic",
    // An interrupt uses the stack right below the stack pointer: nothing may be kept there.
    "-mno-red-zone",
    // The floating-point and vector registers belong to user space.
    "-mno-mmx",
    "-mno-sse",
    "-mno-sse2",
    "-mno-80387",
    // What distributions switch on for programs, and a kernel without its support cannot run.
    "-fno-stack-protector",
    "-fcf-protection=none",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    // The kernel's C: no tentative definitions, pointers of any type alias, no tables of jumps that
    // would go around the retpolines.
    "-fno-common",
    "-fno-strict-aliasing",
    "-fno-delete-null-pointer-checks",
    "-fno-jump-tables",
    "-fno-ident",
];

/// 8-byte stack alignment, and every indirect call through a thunk: what `retpoline=Y` promises.
const GCC_FLAGS: &[&str] = &[
    "-mpreferred-stack-boundary=3",
    "-fno-stack-clash-protection",
    "-mindirect-branch=thunk-extern",
    "-mindirect-branch-register",
];
const CLANG_FLAGS: &[&str] = &[
    "-mstack-alignment=8",
    "-mretpoline-external-thunk",
    // `CC="clang -fuse-ld=lld"` names an option that only the link needs.
    "-Wno-unused-command-line-argument",
];

/// Options of the final link. The compiler drives it, so that it finds the linker that fits.
const LINK_FLAGS: &[&str] = &["-r", "-nostdlib", "-Wl,--build-id=sha1", "-Wl,-T,module.lds"];

/// A C compiler that makes x86-64 Linux objects.
pub(crate) struct Compiler {
    /// The program and its own options: `CC="clang --target=x86_64-linux-gnu"` has two words.
    words: Vec<String>,
    /// Everything that decides what it makes of a source: its version and the options we give it.
    pub(crate) identity: String,
    flags: Vec<&'static str>,
}

impl Compiler {
    /// The compiler that `command` names, or `$CC`, or `cc`.
    ///
    /// # Errors
    /// There is none, or it compiles for another machine.
    pub(crate) fn find(command: Option<&str>) -> Result<Compiler, BuildError> {
        let command = command.map(str::to_owned).or_else(|| env::var("CC").ok()).unwrap_or_default();
        let mut words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            words.push("cc".into());
        }
        let mut compiler = Compiler { words, identity: String::new(), flags: FLAGS.to_vec() };
        let target = compiler.ask("-dumpmachine")?;
        if !(target.starts_with("x86_64-") && target.contains("linux")) {
            return Err(BuildError::WrongTarget { command: compiler.words.join(" "), target });
        }
        let version = compiler.ask("--version")?;
        let clang = version.contains("clang");
        compiler.flags.extend(if clang { CLANG_FLAGS } else { GCC_FLAGS });
        compiler.identity = [version, target, compiler.flags.join(" "), LINK_FLAGS.join(" ")].join("\n");
        Ok(compiler)
    }

    /// Compiles `source` to `object`, both names in `dir`; `module` becomes KBUILD_MODNAME.
    pub(crate) fn compile(&self, job: Job<'_>, source: &str, object: &str) -> Result<(), BuildError> {
        let mut command = self.command_for(job);
        self.run(command.args(["-c", source, "-o", object]), job.blame)
    }

    /// What `source` becomes when the preprocessor is done with it, exports still visible as
    /// `__GENKSYMS_EXPORT_SYMBOL(name)`.
    pub(crate) fn preprocess(&self, job: Job<'_>, source: &str, text: &str) -> Result<(), BuildError> {
        let mut command = self.command_for(job);
        self.run(command.args(["-E", "-D__GENKSYMS__", source, "-o", text]), job.blame)
    }

    /// Puts `objects` together to the module `file`, by the linker script module.lds in `dir`.
    pub(crate) fn link(&self, job: Job<'_>, objects: &[&str], file: &str) -> Result<(), BuildError> {
        let mut command = self.program();
        command.current_dir(job.dir).args(LINK_FLAGS).args(objects).args(["-o", file]);
        self.run(&mut command, job.blame)
    }

    fn program(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        // Messages in English, and nothing from the environment that changes what is made.
        command.args(&self.words[1..]).env("LC_ALL", "C").env_remove("CPATH").env_remove("C_INCLUDE_PATH");
        command
    }

    fn command_for(&self, job: Job<'_>) -> Command {
        let mut command = self.program();
        command.current_dir(job.dir).args(&self.flags).arg("-isystem").arg(job.include);
        command.arg(format!("-DKBUILD_MODNAME=\"{}\"", job.module));
        command
    }

    fn run(&self, command: &mut Command, blame: &Path) -> Result<(), BuildError> {
        let output = self.output(command)?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        let output = String::from_utf8_lossy(&said).into_owned();
        Err(BuildError::Compiler { file: blame.to_owned(), output })
    }

    fn ask(&self, question: &str) -> Result<String, BuildError> {
        let output = self.output(self.program().arg(question))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn output(&self, command: &mut Command) -> Result<Output, BuildError> {
        command.output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BuildError::NoCompiler { command: self.words[0].clone() },
            _ => BuildError::Io { path: self.words[0].clone().into(), error },
        })
    }
}

/// What the compiler that [`build`](crate::build) takes by itself says of its version, in one line.
///
/// # Errors
/// There is none, or it compiles for another machine.
pub fn compiler_version() -> Result<String, BuildError> {
    let identity = Compiler::find(None)?.identity;
    Ok(identity.lines().next().unwrap_or_default().to_string())
}

/// One module's work: where it is done, for which module, and which file is to blame for errors.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) include: &'a Path,
    pub(crate) module: &'a str,
    pub(crate) blame: &'a Path,
}
