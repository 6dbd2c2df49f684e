//! Relocations: the places to patch once addresses are known, and with what.
//! include/uapi/linux/elf.h, Elf64_Rela; kernel/module/main.c, apply_relocations.

use goblin::elf::section_header::SHT_RELA;
use goblin::elf64::reloc::{self, SIZEOF_RELA, r_sym, r_type};

use crate::records::record;
use crate::section::Section;

/// One place to patch: with S + A, or what `kind` makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rela {
    /// The place: an offset in the target section.
    pub offset: u64,
    /// R_X86_64_64 and its siblings.
    pub kind: u32,
    /// The number of the symbol whose value is S.
    pub symbol: u32,
    /// A.
    pub addend: i64,
}

/// A section of relocations that the kernel applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelocationTable<'a> {
    /// The number of the section that holds the relocations.
    pub section: usize,
    /// The number of the section that they patch.
    pub target: usize,
    data: &'a [u8],
}

impl<'a> RelocationTable<'a> {
    /// The relocations, in file order. A trailing part of a record is ignored, as the kernel does.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Rela> + Clone + use<'a> {
        self.data.chunks_exact(SIZEOF_RELA).map(|bytes| {
            let raw: reloc::Rela = record(bytes, 0).unwrap_or_default();
            Rela {
                offset: raw.r_offset,
                kind: r_type(raw.r_info),
                symbol: r_sym(raw.r_info),
                addend: raw.r_addend,
            }
        })
    }
}

/// The tables that the kernel applies, in the order of the file: the sections of type [`SHT_RELA`] whose
/// target, section number `info`, exists and is to be loaded. A table without such a target is no error,
/// but passed over. Whether the table itself is to be loaded does not matter (it never is).
///
/// Never a target, though they say ALLOC in the file, are the sections in `kept_out`, which are `.modinfo`,
/// `__versions` and `.data..percpu` where the module has them: by now the kernel has dropped ALLOC from
/// their headers (rewrite_section_headers, layout_and_allocate).
pub fn relocation_tables<'a>(
    sections: &[Section<'a>],
    kept_out: [Option<usize>; 3],
) -> Vec<RelocationTable<'a>> {
    // ANCHOR: task_relocation_tables
    let table = |(number, section): (usize, &Section<'a>)| {
        let target = section.info as usize;
        let applied = section.kind == SHT_RELA
            && sections.get(target).is_some_and(Section::is_alloc)
            && !kept_out.contains(&Some(target));
        applied.then_some(RelocationTable { section: number, target, data: section.data })
    };
    sections.iter().enumerate().filter_map(table).collect()
    // ANCHOR_END: task_relocation_tables
}
