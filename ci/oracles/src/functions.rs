//! The kernel's functions that the book names, compared with the kernel's sources: each is defined in the file that the
//! book's index names, and no function of those files is named in the book and missing from the index.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use course::{
    kernel_functions::{Functions, named},
    root::Root,
};

/// How many lines a function's head may have, from its name to its brace.
const LONGEST_HEAD: usize = 12;

/// The options of `oracles functions`.
#[derive(Debug, Args)]
pub struct Options {
    /// The kernel's sources, unpacked
    #[arg(long)]
    source: PathBuf,
}

/// Compares them; true where all agree.
///
/// # Errors
/// The list, a page of the book or a file of the kernel cannot be read.
pub fn compare(options: &Options) -> Result<bool> {
    let root = Root::above(&std::env::current_dir()?)?;
    let named = named(&root)?;
    let functions = Functions::read(&root)?;
    let indexed: BTreeSet<&String> = functions.0.values().flatten().collect();
    let (mut compared, mut wrong) = (0, 0);
    for (file, listed) in &functions.0 {
        let defined = definitions(&options.source.join(file))?;
        compared += listed.len();
        for name in listed.iter().filter(|name| !defined.contains(*name)) {
            println!("{file} does not define {name}");
            wrong += 1;
        }
        for name in named.iter().filter(|name| defined.contains(*name) && !indexed.contains(name)) {
            println!("{name} of {file} is named in the book and is not in its index");
            wrong += 1;
        }
    }
    println!("{compared} functions of the book's index compared with the kernel's sources: {wrong} wrong");
    Ok(wrong == 0 && compared > 0)
}

/// The functions, system calls and macros with parameters that a file of C or assembly defines.
fn definitions(path: &Path) -> Result<BTreeSet<String>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let defined = lines.iter().enumerate().flat_map(|(at, line)| defined_at(line, &lines[at..]));
    Ok(defined.into_iter().map(str::to_string).collect())
}

/// What `line` begins to define, if anything; `rest` are the lines from it on. Before a function's name there may be
/// attributes with parentheses of their own, so every name that a parenthesis follows counts.
fn defined_at<'a>(line: &'a str, rest: &[&str]) -> Vec<&'a str> {
    if let Some(body) = line.strip_prefix('#').and_then(|line| line.trim_start().strip_prefix("define")) {
        return called(body)
            .into_iter()
            .take(1)
            .filter(|name| body.trim_start().starts_with(*name))
            .collect();
    }
    let names = called(line);
    // A system call, or a function in assembly, is the argument of a macro.
    let makes = |name: &str| name.starts_with("SYSCALL_DEFINE") || name.starts_with("SYM_FUNC_START");
    if names.first().is_some_and(|name| makes(name)) {
        let argument = line.split(['(', ',', ')']).nth(1);
        return argument.into_iter().collect();
    }
    let starts = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let opens = rest.iter().take(LONGEST_HEAD).flat_map(|line| line.chars()).find(|c| matches!(c, '{' | ';'));
    if starts && opens == Some('{') { names } else { Vec::new() }
}

/// The names that an opening parenthesis follows at once.
fn called(line: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = line.match_indices('(').map(|(at, _)| &line[..at]);
    let names = before.filter_map(|before| before.rsplit(|c| !is_name(c)).next());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_system_calls_and_macros_are_definitions_and_declarations_and_calls_are_not() {
        let text = "int declared(int);\nstatic int one(struct module *mod,\n\t       const char *name)\n{\n\tcalled(1);\n}\n\
                    SYSCALL_DEFINE2(delete_module, const char __user *, name_user,\n#define with(x) x\n# define plain 1\n\
                    SYM_FUNC_START(memcpy)\nstatic __alloc_size(1) void *two(void) { return 0; }\n";
        let lines: Vec<&str> = text.lines().collect();
        let found: Vec<&str> =
            lines.iter().enumerate().flat_map(|(at, line)| defined_at(line, &lines[at..])).collect();
        assert_eq!(found, ["one", "delete_module", "with", "memcpy", "__alloc_size", "two"]);
    }
}
