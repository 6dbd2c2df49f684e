//! The page of the book about what our loader refuses and Linux 6.1 does not, derived from the list of the rules
//! ([`Stricter`]) and from the files that break them ([`Case`]).

use std::fmt::Write;

use abi::Stricter;
use specimens::stricter::{ASKED, Case, Seen};

/// The page of the book.
pub const PAGE: &str = "book/stricter-than-linux.md";

/// The page.
pub fn page() -> String {
    let dies = Case::all().iter().filter(|case| case.seen == Seen::Dies).count();
    let mut page = format!(
        "# Stricter than Linux 6.1\n\n\
         Whoever may load a module may do anything: its init runs in kernel mode. So Linux 6.1 believes much of what a\n\
         module file says about itself; root who wants to bring the kernel down need not write a broken file for it. But\n\
         files also break without anybody wanting it, and a loader that believes them turns a bad sector into a dead\n\
         machine, or a living one with somebody's bytes in the wrong place. Newer kernels check more: 6.4 asks for the\n\
         size and the type of `.gnu.linkonce.this_module`, for one.\n\n\
         Ours runs in your process, where a wild pointer is yours. It checks all that it relies on, after every check\n\
         that 6.1 makes up to that point, and refuses with ENOEXEC and a line of its own:\n\n\
         ```text\n\
         {}RULE: what exactly is wrong\n\
         ```\n\n\
         These are all such rules; in the code they are `abi::Stricter`. Where another refusal of ours is not Linux's, that\n\
         is a mistake.\n\n\
         | rule | refuses | where 6.1 does not look, and what that can do |\n|---|---|---|\n",
        Stricter::PREFIX
    );
    for rule in Stricter::ALL {
        let (refuses, unchecked, hurts) = (rule.refuses(), rule.unchecked(), rule.hurts());
        let _ = writeln!(page, "| `{rule}` | {} | {}: {} |", code(refuses), code(unchecked), code(hurts));
    }
    let _ = write!(
        page,
        "\n## What a real kernel did\n\n\
         For each rule there are files that break it and are sound otherwise, each made from a module of the course by\n\
         changing one to three fields (`labs/specimens/src/damage/stricter.rs`). Linux {ASKED} was given each of them, alone,\n\
         in a machine that could be thrown away; {dies} of the {} killed it. `cargo course damage --stricter FILE -o DIR` makes\n\
         them of whatever module you like; do not insert them on a machine that you need.\n\n\
         | file | made from | what is wrong with it | Linux {ASKED} |\n|---|---|---|---|\n",
        Case::all().len()
    );
    for Case { name, base, about, seen, note, .. } in Case::all() {
        let seen = match seen {
            Seen::Loads => "loads it".to_string(),
            Seen::Refuses(errno) => format!("refuses it with {errno}"),
            Seen::Dies => "**dies**".to_string(),
        };
        let _ = writeln!(page, "| `{name}` | {base} | {} | {seen}: {} |", code(about), code(note));
    }
    page
}

/// Names of sections, files, functions and constants as code.
fn code(text: &str) -> String {
    let word = |word: &str| {
        let name = word.trim_matches([',', ';', ':', '(', ')']);
        let (before, after) = word.split_once(name).unwrap_or_default();
        let is_name = name.contains('_') || name.ends_with(".c") || name.len() > 1 && name.starts_with('.');
        if is_name { format!("{before}`{name}`{after}") } else { word.to_string() }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_every_file_has_a_line_and_sections_look_like_code() {
        let page = page();
        for rule in Stricter::ALL {
            assert!(page.contains(&format!("\n| `{rule}` | ")), "{rule}");
        }
        for case in Case::all() {
            assert!(page.contains(&format!("\n| `{}` | {} | ", case.name, case.base)), "{}", case.name);
        }
        assert_eq!(code("a .modinfo, or (a_b) of x.c: d"), "a `.modinfo`, or (`a_b`) of `x.c`: d");
    }
}
