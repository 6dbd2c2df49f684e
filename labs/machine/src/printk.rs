//! The log: records with a level and a time, in a bounded ring (kernel/printk/printk.c).

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::task::try_current;

/// A record's level, 0 to 7 (include/linux/kern_levels.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

#[allow(missing_docs)]
impl Level {
    pub const EMERG: Level = Level(0);
    pub const ALERT: Level = Level(1);
    pub const CRIT: Level = Level(2);
    pub const ERR: Level = Level(3);
    pub const WARNING: Level = Level(4);
    pub const NOTICE: Level = Level(5);
    pub const INFO: Level = Level(6);
    pub const DEBUG: Level = Level(7);
    /// Where a message names none (`default_message_loglevel`).
    pub const DEFAULT: Level = Level::WARNING;

    /// The level's number.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Counts all records ever made.
    pub sequence: u64,
    /// Since the machine booted.
    pub time: Duration,
    /// Its level.
    pub level: Level,
    /// Its text, without level and final newline. Later lines of the same message are in it, separated by `\n`.
    pub text: String,
}

impl fmt::Display for Record {
    /// As dmesg shows it: `[    1.234567] text`, each further line of the text on its own with the same time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, line) in self.text.split('\n').enumerate() {
            let newline = if at > 0 { "\n" } else { "" };
            write!(f, "{newline}[{:5}.{:06}] {line}", self.time.as_secs(), self.time.subsec_micros())?;
        }
        Ok(())
    }
}

type Console = Box<dyn Fn(&Record) + Send + Sync>;

/// The ring of records.
pub struct Log {
    ring: Mutex<Ring>,
    console: Mutex<Option<std::sync::Arc<Console>>>,
}

#[derive(Default)]
struct Ring {
    records: VecDeque<Record>,
    /// Bytes of text in the records, and how many there may be.
    bytes: usize,
    limit: usize,
    next: u64,
    /// Records before this have been cleared (`dmesg -C`).
    cleared: u64,
    /// The last record did not end in a newline and may be continued.
    open: bool,
}

impl Log {
    pub(crate) fn new(limit: usize) -> Log {
        Log { ring: Mutex::new(Ring { limit, ..Ring::default() }), console: Mutex::new(None) }
    }

    /// Adds a message. A prefix such as `KERN_ERR` (`\x01` and a digit) overrides `level`; `\x01c` (`KERN_CONT`)
    /// continues a message that did not end in a newline.
    pub fn print(&self, time: Duration, level: Level, text: &str) {
        let (level, continues, text) = split_level(level, text);
        let (text, ended) = match text.strip_suffix('\n') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let finished = self.ring().add(time, level, continues, text, ended);
        let console = self.console.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(console) = console {
            for record in finished {
                console(&record);
            }
        }
    }

    /// The records from number `sequence` on that have not been cleared. The next call's `sequence` is the last
    /// record's plus 1.
    pub fn since(&self, sequence: u64) -> Vec<Record> {
        let ring = self.ring();
        let first = sequence.max(ring.cleared);
        ring.records.iter().filter(|record| record.sequence >= first).cloned().collect()
    }

    /// The number that the next record will have.
    pub fn next_sequence(&self) -> u64 {
        self.ring().next
    }

    /// What `dmesg` prints: every record that is not cleared, one line each.
    pub fn dmesg(&self) -> String {
        self.since(0).iter().map(|record| format!("{record}\n")).collect()
    }

    /// The texts only, without times: one line each.
    pub fn texts(&self) -> String {
        self.since(0).iter().map(|record| format!("{}\n", record.text)).collect()
    }

    /// `dmesg -C`.
    pub fn clear(&self) {
        let mut ring = self.ring();
        ring.cleared = ring.next;
    }

    /// Calls `console` for every new line, on the thread that prints it. It must not print itself.
    pub fn set_console(&self, console: impl Fn(&Record) + Send + Sync + 'static) {
        *self.console.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(std::sync::Arc::new(Box::new(console)));
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// Adds or continues a record; those that are complete now.
    fn add(&mut self, time: Duration, level: Level, continues: bool, text: &str, ended: bool) -> Vec<Record> {
        let mut finished = Vec::new();
        match self.records.back_mut() {
            Some(last) if continues && self.open => {
                last.text.push_str(text);
                self.bytes += text.len();
            }
            last => {
                finished.extend(last.filter(|_| self.open).cloned());
                self.records.push_back(Record { sequence: self.next, time, level, text: text.to_owned() });
                self.next += 1;
                self.bytes += text.len();
            }
        }
        self.open = !ended;
        if ended {
            finished.extend(self.records.back().cloned());
        }
        while self.bytes > self.limit && self.records.len() > 1 {
            self.bytes -= self.records.pop_front().map_or(0, |record| record.text.len());
        }
        finished
    }
}

/// `printk_parse_prefix`: level, whether it continues the last message, and the text without prefixes.
fn split_level(mut level: Level, mut text: &str) -> (Level, bool, &str) {
    let mut continues = false;
    while let Some(rest) = text.strip_prefix('\x01') {
        match rest.bytes().next() {
            Some(digit @ b'0'..=b'7') => level = Level(digit - b'0'),
            Some(b'c') => continues = true,
            _ => break,
        }
        text = &rest[1..];
    }
    (level, continues, text)
}

/// Adds `text` to the log of the machine whose task calls this; nothing happens outside a task.
pub fn printk(level: Level, text: &str) {
    if let Some(current) = try_current() {
        current.machine().printk(level, text);
    }
}
