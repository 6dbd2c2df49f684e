//! The guest's report, read: `guest/src/main.rs` says how it is written.

/// What the guest reported of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Which order.
    pub number: usize,
    /// The errnos of what had to be there first.
    pub before: Vec<i32>,
    /// The file was handed to the kernel.
    pub is_asked: bool,
    /// What the system call returned; `None` where it never did.
    pub answer: Option<i32>,
    /// The kernel's log since then.
    pub log: Vec<String>,
    /// The kernel's taints.
    pub taints: Option<u64>,
    /// The errno of the removal.
    pub removal: Option<i32>,
    /// The order came to its end.
    pub is_ended: bool,
}

/// A whole boot's report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The guest came up.
    pub is_up: bool,
    /// The slate can be wiped.
    pub is_clean: bool,
    /// One report for each order that was begun.
    pub reports: Vec<Report>,
    /// The guest ended the boot itself.
    pub is_over: bool,
}

impl Transcript {
    /// Reads a report as far as it goes: a kernel may die in the middle of a line.
    pub fn read(text: &str) -> Transcript {
        let mut transcript = Transcript::default();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match (word, transcript.reports.last_mut()) {
                ("up", _) => {
                    transcript.is_up = true;
                    transcript.is_clean = rest == "clean";
                }
                ("over", _) => transcript.is_over = true,
                ("begin", _) => {
                    let number = rest.parse().unwrap_or_default();
                    transcript.reports.push(Report { number, ..Report::default() });
                }
                (word, Some(report)) => report.take(word, rest),
                _ => {}
            }
        }
        transcript
    }
}

impl Report {
    fn take(&mut self, word: &str, rest: &str) {
        match word {
            "before" => {
                let errno = rest.split(' ').next().and_then(|errno| errno.parse().ok());
                self.before.push(errno.unwrap_or_default());
            }
            "ask" => self.is_asked = true,
            "answer" => self.answer = rest.parse().ok(),
            "line" => self.log.extend(unescaped(rest).lines().map(str::to_owned)),
            "taints" => self.taints = rest.parse().ok(),
            "removal" => self.removal = rest.parse().ok(),
            "end" => self.is_ended = true,
            _ => {}
        }
    }
}

/// A record's text without `/dev/kmsg`'s escapes, `\xNN` for a byte (`kernel/printk/printk.c, append_char`).
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.strip_prefix(b"x").and_then(|after| after.get(..2)).filter(|_| first == b'\\');
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_with_all_that_was_reported_of_it() {
        let text = "up clean\nbegin 7\nbefore 0 m/0\nbefore 19 m/1\nask \nanswer 8\nline crc7: no\nline a\\x0ab\\x5c\n\
                    taints 4096\nend \nover \n";
        let transcript = Transcript::read(text);
        assert!(transcript.is_up && transcript.is_clean && transcript.is_over);
        let report = Report {
            number: 7,
            before: vec![0, 19],
            is_asked: true,
            answer: Some(8),
            log: vec!["crc7: no".into(), "a".into(), "b\\".into()],
            taints: Some(4096),
            removal: None,
            is_ended: true,
        };
        assert_eq!(transcript.reports, [report]);
    }

    #[test]
    fn a_report_that_breaks_off_in_a_line_has_the_lines_before_it() {
        let transcript = Transcript::read("up once\nbegin 0\nask \nanswer 1");
        assert!(!transcript.is_clean && !transcript.is_over);
        let [report] = &transcript.reports[..] else { panic!("{transcript:?}") };
        assert!(report.is_asked && !report.is_ended);
        assert_eq!(report.answer, None, "of -12 or -1 nobody knows which it was to be");
    }

    #[test]
    fn what_a_module_prints_is_never_taken_for_a_report() {
        let transcript =
            Transcript::read("up clean\nbegin 0\nask \nanswer 0\nline x\\x0aanswer 8\\x0aend \n");
        let report = &transcript.reports[0];
        assert_eq!((report.answer, report.is_ended), (Some(0), false));
        assert_eq!(report.log, ["x", "answer 8", "end "]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_as_the_loader_replaces_them() {
        assert_eq!(unescaped("a\\xffb\\x5cxff"), "a\u{fffd}b\\xff");
        assert_eq!(unescaped("\\x"), "\\x");
        assert_eq!(unescaped("\\xzz"), "\\xzz");
    }
}
