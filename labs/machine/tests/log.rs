//! The log: levels, continued lines, bounds, dmesg's form.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use common::boot;
use machine::{Config, Level, Machine, printk::Record};

#[test]
fn a_prefix_gives_the_level_and_is_not_shown() {
    let machine = boot();
    machine.printk(Level::DEFAULT, "\x013serious\n");
    machine.printk(Level::DEFAULT, "plain\n");
    let records = machine.log().since(0);
    let seen: Vec<_> = records.iter().map(|record| (record.level, record.text.as_str())).collect();
    assert_eq!(seen, [(Level::ERR, "serious"), (Level::WARNING, "plain")]);
}

#[test]
fn a_line_without_its_newline_can_be_continued_and_one_with_it_cannot() {
    let machine = boot();
    for text in ["\x016one", "\x01c, two", "\x01c, three\n", "\x01cfour\n", "five", "six\n"] {
        machine.printk(Level::DEFAULT, text);
    }
    assert_eq!(machine.log().texts(), "one, two, three\nfour\nfive\nsix\n");
}

#[test]
fn dmesg_shows_seconds_and_microseconds_before_every_line() {
    let record = Record {
        sequence: 0,
        time: Duration::from_micros(1_234_567),
        level: Level::INFO,
        text: "a\nb".into(),
    };
    assert_eq!(record.to_string(), "[    1.234567] a\n[    1.234567] b");
}

#[test]
fn the_oldest_records_go_when_the_log_is_full() {
    let machine = Machine::boot(Config { log_size: 100, ..Config::default() }).unwrap();
    for at in 0..50 {
        machine.printk(Level::INFO, &format!("line number {at:02}\n"));
    }
    let records = machine.log().since(0);
    assert!(records.iter().map(|record| record.text.len()).sum::<usize>() <= 100);
    assert_eq!(records.last().map(|record| record.text.as_str()), Some("line number 49"));
    assert_eq!(records.last().map(|record| record.sequence + 1), Some(machine.log().next_sequence()));
}

#[test]
fn cleared_records_are_not_shown_again() {
    let machine = boot();
    machine.printk(Level::INFO, "before\n");
    machine.log().clear();
    machine.printk(Level::INFO, "after\n");
    assert_eq!(machine.log().texts(), "after\n");
}

#[test]
fn the_console_hears_every_line_when_it_is_complete() {
    let machine = boot();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = heard.clone();
    machine.log().set_console(move |record| ears.lock().unwrap().push(record.text.clone()));
    for text in ["one", "\x01c, two\n", "three", "four\n"] {
        machine.printk(Level::INFO, text);
    }
    assert_eq!(*heard.lock().unwrap(), ["one, two", "three", "four"]);
}
