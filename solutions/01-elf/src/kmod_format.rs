//! A module's description as kmod prints it, byte for byte (kmod 30, tools/modinfo.c): its strings, its
//! signature, and its parameters at the end, the last one first.

use abi::LoadError;
use bstr::{BStr, BString, ByteSlice};

use crate::any_elf::AnyElf;
use crate::modinfo::Modinfo;
use crate::pkcs7::Signer;
use crate::signature::split_signature;

/// What `modinfo` is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModinfoStyle<'a> {
    /// `-F`: only the values of this key.
    pub field: Option<&'a str>,
    /// What ends each line: `\n`, or `\0` for `-0`.
    pub end: u8,
}

impl Default for ModinfoStyle<'_> {
    fn default() -> Self {
        ModinfoStyle { field: None, end: b'\n' }
    }
}

/// What `modinfo` prints about a module `file` (decompressed) of which it says that it is at `path`;
/// kmod makes the path absolute.
///
/// # Errors
/// Where the file is no ELF file; kmod has then printed the path.
pub fn modinfo_text(path: impl AsRef<[u8]>, file: &[u8], style: ModinfoStyle) -> Result<Vec<u8>, LoadError> {
    let mut page = Page { style, text: Vec::new() };
    if style.field == Some("filename") {
        page.value(path.as_ref());
        return Ok(page.text);
    }
    if style.field.is_none() {
        page.aligned("filename", path.as_ref());
    }
    let entries = entries(file)?;
    match style.field {
        Some("parm") => parameters(&entries).iter().for_each(|parameter| page.value(&parameter.alone())),
        Some(field) => {
            entries.iter().filter(|(key, _)| key == field).for_each(|(_, value)| page.value(value));
        }
        None => page.everything(&entries),
    }
    Ok(page.text)
}

/// What is printed so far.
struct Page<'a> {
    style: ModinfoStyle<'a>,
    text: Vec<u8>,
}

impl Page<'_> {
    fn everything(&mut self, entries: &[(BString, BString)]) {
        for (key, value) in entries.iter().filter(|(key, _)| key != "parm" && key != "parmtype") {
            if self.style.end == 0 {
                self.value(&[key, b"=".as_slice(), value].concat());
            } else {
                self.aligned(key, value);
            }
        }
        for parameter in parameters(entries) {
            self.aligned("parm", &parameter.beside_its_key());
        }
    }

    /// `key:`, spaces up to the sixteenth column, the value.
    fn aligned(&mut self, key: impl AsRef<[u8]>, value: &[u8]) {
        let key = key.as_ref();
        self.text.extend_from_slice(key);
        self.text.push(b':');
        self.text.extend(std::iter::repeat_n(b' ', 15usize.saturating_sub(key.len())));
        self.value(value);
    }

    fn value(&mut self, value: &[u8]) {
        self.text.extend_from_slice(value);
        self.text.push(self.style.end);
    }
}

/// The strings of `.modinfo`, then what the signature says. A string without `=` is a key without value.
fn entries(file: &[u8]) -> Result<Vec<(BString, BString)>, LoadError> {
    let modinfo = Modinfo::new(AnyElf::open(file)?.section(".modinfo").unwrap_or_default());
    let strings = modinfo.strings().map(|string| string.split_once_str("=").unwrap_or((string, b"")));
    let mut entries: Vec<_> = strings.map(|(key, value)| (key.into(), value.into())).collect();
    let signature = split_signature(file).ok().and_then(|(_, signature)| signature);
    if let Some(signer) = signature.and_then(|signature| Signer::of(signature.blob)) {
        let lines: [(&str, BString); 5] = [
            ("sig_id", "PKCS#7".into()),
            ("signer", signer.issuer.into()),
            ("sig_key", hex(signer.serial).into()),
            ("sig_hashalgo", signer.digest.into()),
            ("signature", hex(signer.signature).into()),
        ];
        entries.extend(lines.map(|(key, value)| (key.into(), value)));
    }
    Ok(entries)
}

/// `01:12:DE:…`, twenty bytes on a line.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            text.push_str(if at % 20 == 0 { ":\n\t\t" } else { ":" });
        }
        text.extend([byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]));
    }
    text
}

/// A parameter: `parm=name:description` and `parmtype=name:type` taken together.
#[derive(Default)]
struct Parameter<'a> {
    name: &'a [u8],
    description: Option<&'a BStr>,
    kind: Option<&'a BStr>,
}

impl Parameter<'_> {
    /// As in the full description.
    fn beside_its_key(&self) -> Vec<u8> {
        match (self.description, self.kind) {
            (None, kind) => [self.name, b":", kind.unwrap_or_default()].concat(),
            (Some(_), _) => self.alone(),
        }
    }

    /// As with `-F parm`.
    fn alone(&self) -> Vec<u8> {
        match (self.description, self.kind) {
            (None, kind) => [self.name, b": (", kind.unwrap_or_default(), b")"].concat(),
            (Some(description), Some(kind)) => [self.name, b":", description, b" (", kind, b")"].concat(),
            (Some(description), None) => [self.name, b":", description].concat(),
        }
    }
}

/// The parameters in kmod's order: the one that is mentioned last comes first. A string without a colon
/// is left out.
fn parameters(entries: &[(BString, BString)]) -> Vec<Parameter<'_>> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for (key, value) in entries.iter().filter(|(key, _)| key == "parm" || key == "parmtype") {
        let Some((name, text)) = value.split_once_str(":") else { continue };
        let known = parameters.iter().position(|parameter| parameter.name == name);
        let at = known.unwrap_or_else(|| {
            parameters.push(Parameter { name, ..Parameter::default() });
            parameters.len() - 1
        });
        let Some(parameter) = parameters.get_mut(at) else { continue };
        let field = if key == "parm" { &mut parameter.description } else { &mut parameter.kind };
        *field = Some(BStr::new(text));
    }
    parameters.reverse();
    parameters
}
