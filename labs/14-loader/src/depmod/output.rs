//! The texts of modules.dep and its siblings. kmod 30, tools/depmod.c, the functions named output_*.

use bstr::{BStr, ByteSlice};

use super::graph::Graph;
use super::{Facts, ModuleFile, walk};

/// Everything that is known of the modules, in the order in which they are listed.
pub struct Modules<'a> {
    /// Where they are.
    pub files: &'a [ModuleFile],
    /// What they say, in the same order.
    pub facts: &'a [Facts],
}

impl Modules<'_> {
    /// modules.dep: `path: path of one it needs, of the next …`, each before those that it needs itself.
    pub fn dependencies(&self, graph: &Graph, order: &[usize]) -> Vec<u8> {
        let mut text = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            text.extend_from_slice(file.path.as_bytes());
            text.push(b':');
            for needed in
                graph.needs_in_all(at, order).into_iter().filter_map(|needed| self.files.get(needed))
            {
                text.push(b' ');
                text.extend_from_slice(needed.path.as_bytes());
            }
            text.push(b'\n');
        }
        text
    }

    /// modules.alias: `alias pattern name`.
    pub fn aliases(&self) -> Vec<u8> {
        let mut text = b"# Aliases extracted from modules themselves.\n".to_vec();
        for (file, facts) in self.files.iter().zip(self.facts) {
            facts.aliases.iter().for_each(|alias| line(&mut text, &["alias", &file.name], 1, alias));
        }
        text
    }

    /// modules.softdep: `softdep name pre: names post: names`.
    pub fn soft_dependencies(&self) -> Vec<u8> {
        let mut text = b"# Soft dependencies extracted from modules themselves.\n".to_vec();
        for (file, facts) in self.files.iter().zip(self.facts) {
            let dependencies = &facts.soft_dependencies;
            dependencies
                .iter()
                .for_each(|dependency| line(&mut text, &["softdep", &file.name], 2, dependency));
        }
        text
    }

    /// modules.symbols: `alias symbol:symbol name`, in the order of kmod's hash table.
    pub fn symbols(&self, graph: &Graph) -> Vec<u8> {
        let mut text = b"# Aliases for symbols, used by symbol_request().\n".to_vec();
        let mut symbols: Vec<(&BStr, usize)> =
            graph.owners.iter().map(|(&name, &owner)| (name, owner)).collect();
        walk::sort_as_walked(&mut symbols, walk::SYMBOLS, |(name, _)| name);
        for (symbol, owner) in symbols {
            let owner = self.files.get(owner).map_or("", |file| &file.name);
            line(&mut text, &["alias", owner], 1, &[b"symbol:", symbol.as_bytes()].concat());
        }
        text
    }

    /// modules.devname: `name device type major:minor`, so that udev can make the device before the module
    /// is there. Empty where no module has such a device.
    pub fn device_names(&self, warnings: &mut Vec<String>) -> Vec<u8> {
        let mut text = Vec::new();
        for (file, facts) in self.files.iter().zip(self.facts) {
            let name = &file.name;
            match device(facts) {
                (Some(device), Some(number)) => {
                    if text.is_empty() {
                        text.extend_from_slice(b"# Device nodes to trigger on-demand module loading.\n");
                    }
                    text.extend_from_slice(
                        &[name.as_bytes(), b" ", device, b" ", number.as_bytes(), b"\n"].concat(),
                    );
                }
                (Some(device), None) => {
                    let device = BStr::new(device);
                    warnings.push(format!("{name} has the device {device} without major and minor number"));
                }
                (None, _) => {}
            }
        }
        text
    }
}

/// Adds a line of words, `value` being put at position `at` of them.
fn line(text: &mut Vec<u8>, words: &[&str], at: usize, value: &[u8]) {
    let mut words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    words.insert(at, value);
    text.extend_from_slice(&words.join(&b' '));
    text.push(b'\n');
}

/// A module's device and its number (such as `c10:200`), from the first aliases that have them.
fn device(facts: &Facts) -> (Option<&[u8]>, Option<String>) {
    let (mut device, mut number) = (None, None);
    for alias in &facts.aliases {
        if let Some(name) = alias.strip_prefix(b"devname:") {
            device = Some(name);
        } else if let Some(found) = device_number(alias) {
            number = Some(found);
        }
        if device.is_some() && number.is_some() {
            break;
        }
    }
    (device, number)
}

/// `char-major-10-200` is `c10:200`.
fn device_number(alias: &[u8]) -> Option<String> {
    let kinds: [(&[u8], char); 2] = [(b"char-major-", 'c'), (b"block-major-", 'b')];
    let (rest, kind) =
        kinds.iter().find_map(|(prefix, kind)| alias.strip_prefix(*prefix).map(|rest| (rest, kind)))?;
    let (major, rest) = number(rest)?;
    let (minor, _) = number(rest.strip_prefix(b"-")?)?;
    Some(format!("{kind}{major}:{minor}"))
}

/// The decimal number at the start, and what follows it.
fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    Some((digits.to_str().ok()?.parse().ok()?, rest))
}
