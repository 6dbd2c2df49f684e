//! Scatterlists: chains, copies, walks.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use abi::{
    Errno,
    offsets::{scatterlist, sg_mapping_iter},
};
use common::{boot, export};

const ENTRY: u64 = scatterlist::SIZE as u64;

/// A list in the machine's RAM with pieces of these sizes, all filled with their number.
fn list(sizes: &[u32]) -> u64 {
    let list = export("__kmalloc", &[sizes.len() as u64 * ENTRY, 0]);
    export("sg_init_table", &[list, sizes.len() as u64]);
    for (index, size) in sizes.iter().enumerate() {
        let buffer = export("__kmalloc", &[u64::from(*size), 0]);
        let one = export("__kmalloc", &[ENTRY, 0]);
        export("sg_init_one", &[one, buffer, u64::from(*size)]);
        // SAFETY: entries and buffers of these sizes; whether it is the last one is the list's own affair.
        unsafe {
            std::ptr::write_bytes(buffer as *mut u8, index as u8 + 1, *size as usize);
            let (entry, one) = ((list + index as u64 * ENTRY) as *mut u64, one as *const u64);
            *entry = *entry & 2 | *one & !2;
            *entry.add(1) = *one.add(1);
        }
    }
    list
}

fn bytes(list: u64, count: u64, skip: u64) -> Vec<u8> {
    let mut out = vec![0; 64];
    let copied = export("sg_pcopy_to_buffer", &[list, 100, out.as_mut_ptr() as u64, count, skip]);
    out.truncate(copied as usize);
    out
}

#[test]
fn a_list_is_copied_piece_by_piece() {
    boot()
        .run(0, "test", || {
            let list = list(&[3, 2, 4]);
            assert_eq!(bytes(list, 64, 0), [1, 1, 1, 2, 2, 3, 3, 3, 3]);
            assert_eq!(bytes(list, 3, 2), [1, 2, 2]);
            assert_eq!(bytes(list, 64, 9), []);
            assert_eq!(export("sg_nents", &[list]), 3);
            assert_eq!(export("sg_nents_for_len", &[list, 4]), 2);
            assert_eq!(export("sg_nents_for_len", &[list, 10]) as i32, Errno::EINVAL.to_return() as i32);
            assert_eq!(export("sg_last", &[list, 3]), list + 2 * ENTRY);
            assert_eq!(export("sg_next", &[list + 2 * ENTRY]), 0);
        })
        .unwrap();
}

#[test]
fn writing_into_a_list_stays_within_it() {
    boot()
        .run(0, "test", || {
            let list = list(&[3, 2]);
            let data = [9u8; 8];
            assert_eq!(export("sg_copy_from_buffer", &[list, 2, data.as_ptr() as u64, 8]), 5);
            assert_eq!(bytes(list, 64, 0), [9; 5]);
            export("scatterwalk_map_and_copy", &[[7u8; 2].as_ptr() as u64, list, 2, 2, 1]);
            assert_eq!(bytes(list, 64, 0), [9, 9, 7, 7, 9]);
        })
        .unwrap();
}

#[test]
fn a_list_can_go_on_in_another_array() {
    boot()
        .run(0, "test", || {
            let (first, second) = (list(&[3, 1]), list(&[2, 4]));
            // The second entry becomes a reference to the other array (sg_chain).
            // SAFETY: a list of two entries.
            unsafe { *((first + ENTRY) as *mut u64) = second | 1 };
            assert_eq!(export("sg_next", &[first]), second);
            assert_eq!(bytes(first, 64, 0), [1, 1, 1, 1, 1, 2, 2, 2, 2]);
        })
        .unwrap();
}

#[test]
fn the_first_bytes_can_be_cut_off() {
    boot()
        .run(0, "test", || {
            let list = list(&[3, 2, 4]);
            let cut = export("__kmalloc", &[2 * ENTRY, 0]);
            assert_eq!(export("scatterwalk_ffwd", &[cut, list, 0]), list);
            assert_eq!(export("scatterwalk_ffwd", &[cut, list, 3]), list + ENTRY);
            let rest = export("scatterwalk_ffwd", &[cut, list, 4]);
            assert_eq!((rest, bytes(rest, 64, 0)), (cut, vec![2, 3, 3, 3, 3]));
            let rest = export("scatterwalk_ffwd", &[cut, list, 8]);
            assert_eq!(bytes(rest, 64, 0), [3]);
        })
        .unwrap();
}

#[test]
fn pieces_are_mapped_one_by_one_and_the_rest_of_one_comes_again() {
    boot()
        .run(0, "test", || {
            let list = list(&[3, 2]);
            let mut iter = [0u64; sg_mapping_iter::SIZE / 8];
            let at = iter.as_mut_ptr() as u64;
            export("sg_miter_start", &[at, list, 2, 0]);
            let mut next = |consumed: Option<u64>| {
                if let Some(consumed) = consumed {
                    iter[sg_mapping_iter::CONSUMED / 8] = consumed;
                }
                (export("sg_miter_next", &[at]) & 1, iter[sg_mapping_iter::LENGTH / 8])
            };
            assert_eq!(next(None), (1, 3));
            assert_eq!(next(Some(1)), (1, 2), "only one byte was consumed");
            assert_eq!(next(None), (1, 2));
            assert_eq!(next(None).0, 0);
            export("sg_miter_stop", &[at]);
        })
        .unwrap();
}
