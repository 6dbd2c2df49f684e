//! A reader for BTF: structures, their fields, and what those are (include/uapi/linux/btf.h).

use anyhow::{Context, Result, bail};

const INT: u32 = 1;
const PTR: u32 = 2;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const TYPEDEF: u32 = 8;
const VOLATILE: u32 = 9;
const CONST: u32 = 10;
const RESTRICT: u32 = 11;
const FUNC_PROTO: u32 = 13;
const VAR: u32 = 14;
const DATASEC: u32 = 15;
const DECL_TAG: u32 = 17;
const TYPE_TAG: u32 = 18;
const ENUM64: u32 = 19;

/// A field of a structure or union.
struct Member {
    name: String,
    kind: u32,
    /// Bits from the start of what it is a member of.
    offset: u32,
}

/// One type; what its fields mean depends on `kind`.
struct Type {
    kind: u32,
    name: String,
    /// A size in bytes, or the number of the type that this one refers to.
    size_or_type: u32,
    members: Vec<Member>,
    /// Of an array: element type and count.
    array: (u32, u32),
}

/// All types, by number; number 0 is void.
pub struct Types(Vec<Type>);

impl Types {
    /// Reads the contents of a `.BTF` section.
    pub fn parse(section: &[u8]) -> Result<Types> {
        if word(section, 0)? & 0xffff != 0xeb9f {
            bail!("no BTF magic");
        }
        let header = word(section, 4)? as usize;
        let part = |offset: usize| -> Result<&[u8]> {
            let start = header + word(section, offset)? as usize;
            section
                .get(start..start + word(section, offset + 4)? as usize)
                .context("a part lies outside .BTF")
        };
        let (mut records, strings) = (part(8)?, part(16)?);
        let mut types = vec![Type {
            kind: 0,
            name: "void".to_owned(),
            size_or_type: 0,
            members: Vec::new(),
            array: (0, 0),
        }];
        while !records.is_empty() {
            let (read, length) = read_type(records, strings)?;
            types.push(read);
            records = records.get(length..).context("a type is cut short")?;
        }
        Ok(Types(types))
    }

    /// The size of the structure called `name`.
    pub fn size_of(&self, name: &str) -> Option<u64> {
        self.structure(name).map(|structure| structure.size_or_type.into())
    }

    /// The offset of the field at `path`, which has dots where it goes into inner structures that have names.
    pub fn offset_of(&self, structure: &str, path: &str) -> Option<u64> {
        let mut at = 0;
        let mut inside = self.structure(structure)?;
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            let (offset, kind) = self.find(inside, name)?;
            at += offset;
            if names.peek().is_some() {
                inside = self.0.get(self.strip(kind) as usize)?;
            }
        }
        Some(at)
    }

    /// Every field of the structure called `name`, one line each.
    pub fn describe(&self, name: &str) -> Option<Vec<String>> {
        let structure = self.structure(name)?;
        let mut lines = vec![format!("struct {name}: {0:#x} ({0}) bytes", structure.size_or_type)];
        self.describe_into(structure, 0, 1, &mut lines);
        Some(lines)
    }

    fn describe_into(&self, of: &Type, base: u64, depth: usize, lines: &mut Vec<String>) {
        for member in &of.members {
            let at = base + u64::from(member.offset / 8);
            let indent = "  ".repeat(depth);
            let (size, kind) = (self.size(member.kind), self.name(member.kind));
            lines.push(format!("{indent}{at:#06x} {size:5} {kind} {}", member.name));
            if let Some(inner) = self.0.get(self.strip(member.kind) as usize)
                && member.name.is_empty()
            {
                self.describe_into(inner, at, depth + 1, lines);
            }
        }
    }

    /// The named structure or union, or what the typedef of that name stands for.
    fn structure(&self, name: &str) -> Option<&Type> {
        let named =
            |kinds: &[u32]| self.0.iter().find(|each| kinds.contains(&each.kind) && each.name == name);
        named(&[STRUCT, UNION]).or_else(|| {
            let alias = named(&[TYPEDEF])?;
            self.0.get(self.strip(alias.size_or_type) as usize)
        })
    }

    /// Offset and type of the field `name`, also where it is a field of an anonymous member.
    fn find(&self, of: &Type, name: &str) -> Option<(u64, u32)> {
        of.members.iter().find_map(|member| {
            let offset = u64::from(member.offset / 8);
            if member.name == name {
                return Some((offset, member.kind));
            }
            let anonymous =
                member.name.is_empty().then(|| self.0.get(self.strip(member.kind) as usize))??;
            self.find(anonymous, name).map(|(inner, kind)| (offset + inner, kind))
        })
    }

    /// The type below typedefs and qualifiers.
    fn strip(&self, mut kind: u32) -> u32 {
        while let Some(Type {
            kind: TYPEDEF | VOLATILE | CONST | RESTRICT | TYPE_TAG, size_or_type, ..
        }) = self.0.get(kind as usize)
        {
            kind = *size_or_type;
        }
        kind
    }

    fn size(&self, kind: u32) -> u64 {
        match self.0.get(self.strip(kind) as usize) {
            Some(Type { kind: PTR, .. }) => 8,
            Some(Type { kind: ARRAY, array: (element, count), .. }) => {
                self.size(*element) * u64::from(*count)
            }
            Some(Type { kind: INT | STRUCT | UNION | ENUM | ENUM64, size_or_type, .. }) => {
                (*size_or_type).into()
            }
            _ => 0,
        }
    }

    fn name(&self, kind: u32) -> String {
        let Some(this) = self.0.get(kind as usize) else { return "?".to_owned() };
        match this.kind {
            PTR => format!("{} *", self.name(this.size_or_type)),
            ARRAY => format!("{}[{}]", self.name(this.array.0), this.array.1),
            VOLATILE | CONST | RESTRICT | TYPE_TAG => self.name(this.size_or_type),
            FUNC_PROTO => "function".to_owned(),
            STRUCT => format!("struct {}", this.name),
            UNION => format!("union {}", this.name),
            ENUM | ENUM64 => format!("enum {}", this.name),
            _ => this.name.clone(),
        }
    }
}

/// The first type of `records`, and its length in bytes.
fn read_type(records: &[u8], strings: &[u8]) -> Result<(Type, usize)> {
    let info = word(records, 4)?;
    let (kind, count) = (info >> 24 & 0x1f, (info & 0xffff) as usize);
    let mut members = Vec::new();
    let mut array = (0, 0);
    let extra = match kind {
        STRUCT | UNION => {
            // With the top bit set, an offset's upper eight bits are the width of a bit field.
            let mask = if info >> 31 == 1 { 0x00ff_ffff } else { u32::MAX };
            for at in (12..).step_by(12).take(count) {
                let name = string(strings, word(records, at)?)?;
                members.push(Member {
                    name,
                    kind: word(records, at + 4)?,
                    offset: word(records, at + 8)? & mask,
                });
            }
            12 * count
        }
        ARRAY => {
            array = (word(records, 12)?, word(records, 20)?);
            12
        }
        ENUM | FUNC_PROTO => 8 * count,
        DATASEC | ENUM64 => 12 * count,
        INT | VAR | DECL_TAG => 4,
        _ => 0,
    };
    let name = string(strings, word(records, 0)?)?;
    Ok((Type { kind, name, size_or_type: word(records, 8)?, members, array }, 12 + extra))
}

fn word(bytes: &[u8], at: usize) -> Result<u32> {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk()).context(".BTF is cut short")?;
    Ok(u32::from_le_bytes(*word))
}

fn string(strings: &[u8], at: u32) -> Result<String> {
    let rest = strings.get(at as usize..).context("a name lies outside the strings")?;
    let name = rest.split(|&byte| byte == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(name).into_owned())
}
