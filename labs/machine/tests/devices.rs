//! Devices as programs and drivers see them: numbers, opens that hold the driver's module, and user memory.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use abi::{
    Errno,
    offsets::{cdev, file_operations, miscdevice},
};
use common::{boot, export, function};
use machine::{Machine, ModuleHooks};

/// A loader that counts references, and can be told that a module goes.
#[derive(Default)]
struct Counts {
    counts: Mutex<HashMap<u64, i32>>,
    going: Mutex<Vec<u64>>,
}

impl Counts {
    fn of(&self, module: u64) -> i32 {
        self.counts.lock().unwrap().get(&module).copied().unwrap_or(0)
    }
}

impl ModuleHooks for Counts {
    fn try_module_get(&self, module: u64) -> bool {
        if self.going.lock().unwrap().contains(&module) {
            return false;
        }
        *self.counts.lock().unwrap().entry(module).or_default() += 1;
        true
    }

    fn module_put(&self, module: u64) {
        *self.counts.lock().unwrap().entry(module).or_default() -= 1;
    }
}

fn machine() -> (Arc<Machine>, Arc<Counts>) {
    let (machine, counts) = (boot(), Arc::<Counts>::default());
    let hooks: Arc<dyn ModuleHooks> = counts.clone();
    machine.set_hooks(Arc::downgrade(&hooks));
    (machine, counts)
}

/// A structure with some fields set, which stays.
fn structure(size: usize, fields: &[(usize, u64)]) -> u64 {
    let words = Box::leak(vec![0u64; size.div_ceil(8)].into_boxed_slice());
    for (offset, value) in fields {
        words[offset / 8] = *value;
    }
    words.as_ptr() as u64
}

extern "C" fn read_greeting(_file: u64, to: u64, count: u64, position: u64) -> i64 {
    export("simple_read_from_buffer", &[to, count, position, c"hello".as_ptr() as u64, 5]) as i64
}

extern "C" fn write_to_nowhere(_file: u64, from: u64, count: u64, _position: u64) -> i64 {
    let mut bytes = vec![0u8; count as usize];
    let left = export("_copy_from_user", &[bytes.as_mut_ptr() as u64, from, count]);
    if left > 0 || bytes == b"bad" { -22 } else { count as i64 }
}

extern "C" fn copy_from_elsewhere(_file: u64, _command: u32, address: u64) -> i64 {
    let mut word = [0u8; 8];
    export("_copy_from_user", &[word.as_mut_ptr() as u64, address, 8]) as i64
}

extern "C" fn refuse(_inode: u64, _file: u64) -> i32 {
    -16
}

/// The module that the tests' drivers belong to.
const OWNER: u64 = 0x4000_0000;

fn operations(open: u64) -> u64 {
    structure(
        file_operations::SIZE,
        &[
            (file_operations::OWNER, OWNER),
            (file_operations::READ, function(read_greeting as *const ())),
            (file_operations::WRITE, function(write_to_nowhere as *const ())),
            (file_operations::UNLOCKED_IOCTL, function(copy_from_elsewhere as *const ())),
            (file_operations::OPEN, open),
        ],
    )
}

/// A registered misc device called `name`; its structure.
fn misc(machine: &Arc<Machine>, name: &'static std::ffi::CStr, open: u64) -> u64 {
    const ANY_MINOR: u64 = 255;
    let fields = [
        (miscdevice::MINOR, ANY_MINOR),
        (miscdevice::NAME, name.as_ptr() as u64),
        (miscdevice::FOPS, operations(open)),
    ];
    let misc = structure(miscdevice::SIZE, &fields);
    assert_eq!(machine.run(0, "init", || export("misc_register", &[misc]) as i32), Ok(0));
    misc
}

#[test]
fn an_open_device_holds_its_drivers_module() {
    let (machine, counts) = machine();
    misc(&machine, c"parrot", 0);
    let mut file = machine.devices().open("/dev/parrot").expect("it is registered");
    assert_eq!(counts.of(OWNER), 1);
    assert_eq!(file.read(100), Ok(b"hello".to_vec()));
    assert_eq!(file.read(100), Ok(vec![]), "the position moved on");
    file.close().expect("nothing can go wrong");
    assert_eq!(counts.of(OWNER), 0);
}

#[test]
fn a_device_whose_module_goes_cannot_be_opened() {
    let (machine, counts) = machine();
    misc(&machine, c"parrot", 0);
    counts.going.lock().unwrap().push(OWNER);
    assert_eq!(machine.devices().open("/dev/parrot").map(drop), Err(Errno::ENODEV));
}

#[test]
fn an_open_that_the_driver_refuses_holds_nothing() {
    let (machine, counts) = machine();
    misc(&machine, c"parrot", function(refuse as *const ()));
    assert_eq!(machine.devices().open("/dev/parrot").map(drop), Err(Errno::EBUSY));
    assert_eq!(counts.of(OWNER), 0);
}

#[test]
fn a_deregistered_device_has_no_node_but_an_open_file_works_on() {
    let (machine, counts) = machine();
    let device = misc(&machine, c"parrot", 0);
    let mut file = machine.devices().open("/dev/parrot").expect("it is registered");
    machine.run(0, "exit", || export("misc_deregister", &[device])).unwrap();
    assert_eq!(machine.devices().open("/dev/parrot").map(drop), Err(Errno::ENOENT));
    assert_eq!(file.read(2), Ok(b"he".to_vec()));
    drop(file);
    assert_eq!(counts.of(OWNER), 0);
}

#[test]
fn what_a_driver_returns_reaches_the_program_as_its_errno() {
    let (machine, _counts) = machine();
    misc(&machine, c"parrot", 0);
    let mut file = machine.devices().open("/dev/parrot").expect("it is registered");
    assert_eq!(file.write(b"good"), Ok(4));
    assert_eq!(file.write(b"bad"), Err(Errno::EINVAL));
}

#[test]
fn an_address_that_is_not_the_users_copies_nothing() {
    let (machine, _counts) = machine();
    misc(&machine, c"parrot", 0);
    let mut file = machine.devices().open("/dev/parrot").expect("it is registered");
    let kernel = &machine as *const _ as u64;
    assert_eq!(file.ioctl(1, kernel), Ok(8), "the bytes that were not copied");
    assert_eq!(file.ioctl_buffer(1, &mut [0; 8]), Ok(0));
    assert_eq!(file.ioctl_buffer(1, &mut [0; 3]), Ok(5), "the part that is the user's is copied");
}

#[test]
fn a_cdev_with_an_owner_counts_it_beside_that_of_its_operations() {
    let (machine, counts) = machine();
    let device = structure(cdev::SIZE, &[]);
    let number = machine
        .run(0, "init", || {
            let number = Box::leak(Box::new(0u32));
            let name = c"beads".as_ptr() as u64;
            assert_eq!(export("alloc_chrdev_region", &[&raw mut *number as u64, 0, 1, name]) as i32, 0);
            export("cdev_init", &[device, operations(0)]);
            // SAFETY: the structure is a struct cdev.
            unsafe { *((device + cdev::OWNER as u64) as *mut u64) = OWNER };
            assert_eq!(export("cdev_add", &[device, u64::from(*number), 1]) as i32, 0);
            let class = export("__class_create", &[OWNER, name, 0]);
            let made = export("device_create", &[class, 0, u64::from(*number), 0, name]);
            assert!(made < u64::MAX - 4095, "device_create failed: {}", made as i64);
            *number
        })
        .unwrap();
    assert_eq!(number >> 20, 254, "the first major that is given out");
    let file = machine.devices().open("/dev/beads").expect("it has a node");
    assert_eq!(counts.of(OWNER), 2, "cdev_get() and fops_get(), fs/char_dev.c");
    drop(file);
    assert_eq!(counts.of(OWNER), 0);
}

#[test]
fn a_range_of_numbers_that_is_taken_is_refused() {
    let machine = boot();
    let answers = machine.run(0, "init", || {
        let take = |first: u64, count: u64| {
            export("register_chrdev_region", &[200 << 20 | first, count, c"abacus".as_ptr() as u64]) as i32
        };
        [take(0, 10), take(9, 1), take(10, 1), take((1 << 20) - 1, 2)]
    });
    assert_eq!(answers, Ok([0, -16, 0, 0]), "-EBUSY for an overlap");
    let majors: Vec<u32> = machine.devices().majors().into_iter().map(|(major, _)| major).collect();
    assert_eq!(majors, [200, 200, 200, 201], "a range that crosses majors is split");
}
