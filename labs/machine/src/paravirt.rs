//! `pv_ops`: what a kernel that may be a guest does through pointers (arch/x86/kernel/paravirt.c). Where modules have
//! not been patched, their interrupts on and off, their page table entries and model-specific registers come here.

use abi::offsets::paravirt_patch_template as pv;

use crate::{Table, base::IRQS};

/// -EIO: no such model-specific register.
const NO_SUCH_REGISTER: i32 = -5;

/// Registers it.
pub(crate) fn register(table: &mut Table<'_>) {
    // What is not filled in is a null pointer, and calling it says so.
    let mut ops = vec![0; pv::SIZE];
    let mut put = |offset: usize, function: u64| {
        if let Some(place) = ops.get_mut(offset..offset + 8) {
            place.copy_from_slice(&function.to_le_bytes());
        }
    };
    for (offset, function) in interrupts(table).into_iter().chain(identities(table)).chain(processor(table)) {
        put(offset, function);
    }
    table.data("pv_ops", pv::SIZE, 64, &ops);
}

/// Functions that change nothing but rax, as their callers expect. Interrupts are a bit in each CPU's area.
fn interrupts(table: &mut Table<'_>) -> Vec<(usize, u64)> {
    let with = |code: &[u8], rest: &[u8]| [code, &(IRQS as u32).to_le_bytes(), rest].concat();
    // mov eax, gs:[IRQS]; ret
    let save = table.unnamed(&with(&[0x65, 0x8b, 0x04, 0x25], &[0xc3]));
    // and dword ptr gs:[IRQS], ~0x200; ret
    let disable = table.unnamed(&with(&[0x65, 0x81, 0x24, 0x25], &[0xff, 0xfd, 0xff, 0xff, 0xc3]));
    // or dword ptr gs:[IRQS], 0x200; ret
    let enable = table.unnamed(&with(&[0x65, 0x81, 0x0c, 0x25], &[0x00, 0x02, 0x00, 0x00, 0xc3]));
    // mov byte ptr [rdi], 0; ret
    let unlock = table.unnamed(&[0xc6, 0x07, 0x00, 0xc3]);
    // xor eax, eax; ret
    let never = table.unnamed(&[0x31, 0xc0, 0xc3]);
    vec![
        (pv::SAVE_FLAGS, save),
        (pv::IRQ_DISABLE, disable),
        (pv::IRQ_ENABLE, enable),
        (pv::QUEUED_SPIN_UNLOCK, unlock),
        (pv::VCPU_IS_PREEMPTED, never),
    ]
}

/// A page table entry's value is what is in it: mov rax, rdi; ret
fn identities(table: &mut Table<'_>) -> Vec<(usize, u64)> {
    let identity = table.unnamed(&[0x48, 0x89, 0xf8, 0xc3]);
    let entries = [
        pv::PTE_VAL,
        pv::MAKE_PTE,
        pv::PGD_VAL,
        pv::MAKE_PGD,
        pv::PMD_VAL,
        pv::MAKE_PMD,
        pv::PUD_VAL,
        pv::MAKE_PUD,
        pv::P4D_VAL,
        pv::MAKE_P4D,
    ];
    entries.map(|entry| (entry, identity)).to_vec()
}

/// A processor without model-specific registers, whose caches look after themselves.
fn processor(table: &mut Table<'_>) -> Vec<(usize, u64)> {
    let nothing = table.unnamed(&[0xc3]);
    // push rbx; mov r8, rdx; mov r9, rcx; mov r10, rdi; mov r11, rsi; mov eax, [rdi]; mov ecx, [rdx]; cpuid;
    // mov [r10], eax; mov [r11], ebx; mov [r8], ecx; mov [r9], edx; pop rbx; ret
    let cpuid = table.unnamed(&[
        0x53, 0x49, 0x89, 0xd0, 0x49, 0x89, 0xc9, 0x49, 0x89, 0xfa, 0x49, 0x89, 0xf3, 0x8b, 0x07, 0x8b, 0x0a,
        0x0f, 0xa2, 0x41, 0x89, 0x02, 0x41, 0x89, 0x1b, 0x41, 0x89, 0x08, 0x41, 0x89, 0x11, 0x5b, 0xc3,
    ]);
    // xor eax, eax; ret
    let zero = table.unnamed(&[0x31, 0xc0, 0xc3]);
    let error = NO_SUCH_REGISTER.to_le_bytes();
    // mov dword ptr [rsi], -EIO; xor eax, eax; ret
    let read_safe = table.unnamed(&[&[0xc7, 0x06][..], &error, &[0x31, 0xc0, 0xc3]].concat());
    // mov eax, -EIO; ret
    let write_safe = table.unnamed(&[&[0xb8][..], &error, &[0xc3]].concat());
    vec![
        (pv::IO_DELAY, nothing),
        (pv::WBINVD, nothing),
        (pv::CPUID, cpuid),
        (pv::READ_MSR, zero),
        (pv::WRITE_MSR, nothing),
        (pv::READ_MSR_SAFE, read_safe),
        (pv::WRITE_MSR_SAFE, write_safe),
    ]
}
