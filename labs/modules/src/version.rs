//! The version of an exported symbol: a number that changes when its declaration does.

/// The symbol version of `symbol`, exported by a source that the preprocessor turned into `text`.
///
/// It is the CRC-32 of the tokens of the symbol's definition, up to the function's body or the
/// variable's initial value. The kernel's genksyms goes deeper: it also writes out every structure that
/// the declaration names (scripts/genksyms/genksyms.c, `expand_and_crc_sym`), so that a version changes
/// when a structure's insides do. `None` where `text` does not declare `symbol`.
///
/// Why not the real one, which the course has? It is lab 3's, and its learner has yet to write half of it. The
/// course's modules must be built before any lab is done, by the tool and by every lab's tests; all of these share
/// one store of built modules, so all must find the same numbers. The course's own modules
/// export nothing whose declaration names a structure, and are all built at once: what this function cannot see does
/// not happen there. A module of your own that shares a structure with another one
/// deserves better: `cargo loader genksyms` and `cargo loader modpost` give it the kernel's own versions.
pub fn symbol_version(text: &str, symbol: &str) -> Option<u32> {
    let tokens = tokens(text);
    let declarations = declarations(&tokens);
    let declares = |declaration: &&[&str]| declaration.contains(&symbol) && is_declaration(declaration);
    let last = declarations.into_iter().rfind(declares)?;
    Some(crc32fast::hash(last.join(" ").as_bytes()))
}

/// Exports stand at the outermost level as well, and name the symbol too.
fn is_declaration(tokens: &[&str]) -> bool {
    !tokens.contains(&"__GENKSYMS_EXPORT_SYMBOL") && !tokens.contains(&"__asm__")
}

/// The C tokens of `text`: words, strings and single characters; no white space, no line markers.
fn tokens(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(tokens_of_line).collect()
}

fn tokens_of_line(line: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => quoted_length(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length of the string or character constant at the beginning of `text`, both quotes included.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// The declarations at the outermost level, each without what it ends in: `;`, a body, or `= value`.
fn declarations<'t, 'a>(tokens: &'t [&'a str]) -> Vec<&'t [&'a str]> {
    let mut found = Vec::new();
    let (mut depth, mut start, mut end) = (0usize, 0, None);
    for (at, &token) in tokens.iter().enumerate() {
        match token {
            "{" | "=" if depth == 0 && end.is_none() => end = Some(at),
            _ => {}
        }
        match token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (token == ";" || token == "}") {
            found.extend(tokens.get(start..end.unwrap_or(at)));
            (start, end) = (at + 1, None);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::symbol_version;
    use proptest::prelude::*;

    const SOURCE: &str = "int add(int a, int b);\nint add(int a, int b)\n{\n\treturn a + b;\n}\n\
                          __GENKSYMS_EXPORT_SYMBOL(add);\nint beads = 10;\n__GENKSYMS_EXPORT_SYMBOL(beads);\n";

    #[test]
    fn a_version_is_the_same_however_the_declaration_is_laid_out_and_whatever_the_body_does() {
        let other =
            SOURCE.replace("(int a, int b)", "(int a,\n# 7 \"x.h\"\n    int\tb )").replace("a + b", "b + a");
        assert_eq!(symbol_version(SOURCE, "add"), symbol_version(&other, "add"));
        assert_eq!(symbol_version(SOURCE, "beads"), symbol_version(&SOURCE.replace("= 10", "= 12"), "beads"));
    }

    #[test]
    fn a_version_changes_with_the_type_of_a_parameter_or_of_the_result() {
        for other in [SOURCE.replace("int b", "long b"), SOURCE.replace("int add", "long add")] {
            assert_ne!(symbol_version(SOURCE, "add"), symbol_version(&other, "add"));
        }
        assert_ne!(symbol_version(SOURCE, "add"), symbol_version(SOURCE, "beads"));
    }

    #[test]
    fn what_is_not_declared_has_no_version() {
        assert_eq!(symbol_version(SOURCE, "subtract"), None);
        assert_eq!(symbol_version("__GENKSYMS_EXPORT_SYMBOL(f);", "f"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z{}();=\"'\\\\ é\n]{0,60}", symbol in "[a-z]") {
            let _ = symbol_version(&text, &symbol);
        }
    }
}
