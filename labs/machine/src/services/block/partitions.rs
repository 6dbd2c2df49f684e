//! The partition table of a PC: four records in the first sector, and a chain of further sectors for logical
//! partitions. Linux: block/partitions/msdos.c.

/// A partition that a table names; sectors of 512 bytes, counted from the disk's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub number: u32,
    pub start: u64,
    pub sectors: u64,
}

/// What a table says: the partitions, and the line that the kernel prints of it after the disk's name, each number in
/// place of the partition's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    pub partitions: Vec<Found>,
    pub words: Vec<Word>,
}

/// A piece of that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Partition(u32),
    Open,
    Close,
}

/// DISK_MAX_PARTS.
const LIMIT: u32 = 256;
/// The record's offsets and the types that are no data partitions.
const TABLE: usize = 446;
const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];
const PROTECTIVE: u8 = 0xee;
/// How many links of a chain may lead to no partition before it counts as a loop.
const LINKS: u32 = 100;

#[derive(Debug, Clone, Copy)]
struct Record {
    active: u8,
    kind: u8,
    start: u64,
    sectors: u64,
}

impl Record {
    fn extended(&self) -> bool {
        EXTENDED.contains(&self.kind)
    }
}

/// The four records of a sector that ends in 55 AA.
fn records(sector: &[u8]) -> Option<[Record; 4]> {
    if sector.get(510..512)? != [0x55, 0xaa] {
        return None;
    }
    let word = |at: usize| {
        u64::from(u32::from_le_bytes([sector[at], sector[at + 1], sector[at + 2], sector[at + 3]]))
    };
    let record = |index: usize| {
        let at = TABLE + 16 * index;
        Record { active: sector[at], kind: sector[at + 4], start: word(at + 8), sectors: word(at + 12) }
    };
    Some([record(0), record(1), record(2), record(3)])
}

/// Reads the table of a disk; none when it has no such table. `Err` when a sector of it could not be read.
pub fn scan(mut read: impl FnMut(u64) -> Option<Vec<u8>>) -> Result<Option<Scan>, ()> {
    let first = read(0).ok_or(())?;
    let Some(table) = records(&first) else { return Ok(None) };
    // A filesystem without a table has code where the table would be.
    let plausible = table.iter().all(|record| matches!(record.active, 0 | 0x80) && record.kind != PROTECTIVE);
    if !plausible {
        return Ok(None);
    }
    let mut scan = Scan::default();
    for (number, record) in (1..).zip(table).filter(|(_, record)| record.sectors != 0) {
        if record.extended() {
            // Room for a boot loader, and nothing that somebody could make a filesystem in.
            scan.add(number, record.start, record.sectors.min(2));
            scan.words.push(Word::Open);
            scan.logical(record.start, record.sectors, &mut read);
            scan.words.push(Word::Close);
        } else {
            scan.add(number, record.start, record.sectors);
        }
    }
    Ok(Some(scan))
}

impl Scan {
    fn add(&mut self, number: u32, start: u64, sectors: u64) {
        self.partitions.push(Found { number, start, sectors });
        self.words.push(Word::Partition(number));
    }

    /// Follows the chain of logical partitions, numbered from 5.
    fn logical(&mut self, first: u64, size: u64, read: &mut impl FnMut(u64) -> Option<Vec<u8>>) {
        let (mut here, mut here_size) = (first, size);
        let mut next_number = self.partitions.iter().map(|found| found.number + 1).max().unwrap_or(5).max(5);
        let mut links = 0;
        while links < LINKS && next_number < LIMIT {
            links += 1;
            let Some(table) = read(here).as_deref().and_then(records) else { return };
            for (index, record) in table.iter().enumerate() {
                if record.sectors == 0 || record.extended() {
                    continue;
                }
                let start = here + record.start;
                let end = start + record.sectors;
                // The third and fourth record are sometimes garbage.
                let within =
                    record.start + record.sectors <= here_size && start >= first && end <= first + size;
                if index >= 2 && !within {
                    continue;
                }
                self.add(next_number, start, record.sectors);
                links = 0;
                next_number += 1;
            }
            let Some(link) = table.iter().find(|record| record.sectors != 0 && record.extended()) else {
                return;
            };
            (here, here_size) = (first + link.start, link.sectors);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sector(entries: &[(usize, u8, u32, u32)]) -> Vec<u8> {
        let mut sector = vec![0; 512];
        for &(index, kind, start, sectors) in entries {
            let at = TABLE + 16 * index;
            sector[at + 4] = kind;
            sector[at + 8..at + 12].copy_from_slice(&start.to_le_bytes());
            sector[at + 12..at + 16].copy_from_slice(&sectors.to_le_bytes());
        }
        sector[510..].copy_from_slice(&[0x55, 0xaa]);
        sector
    }

    #[test]
    fn primary_partitions_keep_their_place_in_the_table() {
        let disk = sector(&[(0, 0x83, 64, 960), (2, 0x82, 1024, 1024)]);
        let scan = scan(|_| Some(disk.clone())).expect("readable").expect("a table");
        let numbers: Vec<u32> = scan.partitions.iter().map(|found| found.number).collect();
        assert_eq!(numbers, [1, 3]);
        assert_eq!(scan.partitions[1], Found { number: 3, start: 1024, sectors: 1024 });
    }

    #[test]
    fn logical_partitions_are_counted_from_the_extended_one() {
        let read = |at: u64| match at {
            0 => Some(sector(&[(0, 0x05, 100, 1000)])),
            100 => Some(sector(&[(0, 0x83, 10, 50), (1, 0x05, 200, 300)])),
            300 => Some(sector(&[(0, 0x83, 10, 60)])),
            _ => None,
        };
        let scan = scan(read).expect("readable").expect("a table");
        let found: Vec<(u32, u64, u64)> =
            scan.partitions.iter().map(|found| (found.number, found.start, found.sectors)).collect();
        assert_eq!(found, [(1, 100, 2), (5, 110, 50), (6, 310, 60)]);
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let read =
            |at: u64| Some(if at == 0 { sector(&[(0, 0x05, 1, 9)]) } else { sector(&[(1, 0x05, 0, 9)]) });
        assert_eq!(scan(read).expect("readable").expect("a table").partitions.len(), 1);
    }

    #[test]
    fn a_boot_sector_without_a_table_has_no_partitions() {
        let mut boot = sector(&[(0, 0x83, 64, 960)]);
        boot[TABLE] = 0x41;
        assert_eq!(scan(|_| Some(boot.clone())), Ok(None));
        assert_eq!(scan(|_| Some(vec![0; 512])), Ok(None));
        assert_eq!(scan(|_| None), Err(()));
    }
}
