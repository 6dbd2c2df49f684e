//! What a kernel's modules have: memory, per-CPU data, registrations. Taken before and after, to find what is left.

use std::collections::BTreeMap;
use std::sync::Arc;

use loader::Kernel;

/// What there was at some moment.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// Bytes of low memory by what they were allocated for; the machine's own excepted.
    regions: BTreeMap<Arc<str>, usize>,
    /// Bytes of each CPU's area.
    percpu: usize,
    /// Allocations by the address that asked for them, 0 for the machine's own on a module's behalf.
    objects: BTreeMap<u64, (usize, u64)>,
    /// Registrations with stubs: who, and what undoes them.
    registrations: BTreeMap<(String, &'static str), usize>,
}

impl Books {
    /// What there is now.
    pub fn of(kernel: &Kernel) -> Books {
        let machine = kernel.machine();
        let mut books = Books { percpu: machine.percpu().in_use(), ..Books::default() };
        for (label, size) in machine.memory().regions() {
            if !label.starts_with("kernel ") {
                *books.regions.entry(label).or_default() += size;
            }
        }
        for leak in machine.leaks(0..u64::MAX) {
            books.objects.insert(leak.caller, (leak.objects, leak.bytes));
        }
        for registration in machine.registrations() {
            *books.registrations.entry((registration.module, registration.undone_by)).or_default() += 1;
        }
        books
    }

    /// The callers of all allocations.
    pub fn callers(&self) -> impl Iterator<Item = u64> {
        self.objects.keys().copied()
    }

    /// Forgets what modules that stay have: their memory, what they allocated and registered.
    pub fn forget(&mut self, names: &[String], places: &BTreeMap<u64, Place>) {
        let stays = |module: &str| names.iter().any(|name| name == module);
        self.regions.retain(|label, _| !stays(label.split(' ').next().unwrap_or_default()));
        self.objects.retain(|caller, _| !places.get(caller).is_some_and(|place| stays(&place.module)));
        self.registrations.retain(|(module, _), _| !stays(module));
        if !names.is_empty() {
            self.percpu = 0;
            self.objects.remove(&0);
        }
    }

    /// Forgets what the machine itself allocated: it may keep something from the first time on.
    pub fn forget_the_machines(&mut self) {
        self.objects.remove(&0);
    }

    /// What there is now and was not `before`, in words.
    pub fn more_than(&self, before: &Books, places: &BTreeMap<u64, Place>) -> Vec<String> {
        let mut more = Vec::new();
        for (label, &size) in &self.regions {
            if size > before.regions.get(label).copied().unwrap_or_default() {
                more.push(format!("memory of {label}"));
            }
        }
        if self.percpu > before.percpu {
            more.push(format!("{} bytes per CPU", self.percpu - before.percpu));
        }
        for (caller, &(objects, bytes)) in &self.objects {
            let (objects_before, bytes_before) = before.objects.get(caller).copied().unwrap_or_default();
            if objects > objects_before {
                let place =
                    places.get(caller).map_or_else(|| format!("{caller:#x}"), |place| place.text.clone());
                let (objects, bytes) = (objects - objects_before, bytes.saturating_sub(bytes_before));
                more.push(format!("{objects} allocations of {place}, {bytes} bytes"));
            }
        }
        for ((module, undone_by), &count) in &self.registrations {
            let key = (module.clone(), *undone_by);
            if count > before.registrations.get(&key).copied().unwrap_or_default() {
                more.push(format!("{module} did not call {undone_by}"));
            }
        }
        more
    }
}

/// What an address was called while its module was there.
#[derive(Debug, Clone)]
pub struct Place {
    /// The module.
    pub module: String,
    /// Symbol, offset and module.
    pub text: String,
}

/// Adds names for the addresses that allocated something.
pub fn name(kernel: &Kernel, books: &Books, places: &mut BTreeMap<u64, Place>) {
    for caller in books.callers().filter(|&caller| caller != 0) {
        if !places.contains_key(&caller)
            && let Some(place) = kernel.machine().symbolize(caller)
        {
            let module = place.module.clone().unwrap_or_default();
            places.insert(caller, Place { module, text: place.to_string() });
        }
    }
}
