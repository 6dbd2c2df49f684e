//! Two answers beside one another, for people: in 80 columns, and in words where there is no colour.

use abi::Errno;
use console::measure_text_width;
use referee::{Agreement, Answer, Init, comparable};

use super::Case;
use crate::layout::{Look, WIDTH, beside};

/// One file: what both say, line against line, then what it comes to.
pub fn text(case: &Case, look: &Look) -> String {
    let mut out = format!("{}\n", look.strong.apply_to(case.file.display()));
    let (theirs, ours) = (comparable(&case.said.lines, &case.said), comparable(&case.ours.lines, &case.said));
    for (whose, line) in side_by_side(&theirs, &ours) {
        let (label, style) = match whose {
            Whose::Both => ("  both    ", &look.good),
            Whose::Linux => ("  Linux   ", &look.bad),
            Whose::Loader => ("  loader  ", &look.bad),
        };
        out += &format!("{}", style.apply_to(beside(label, &line)));
    }
    for line in &case.said.crash {
        out += &format!("{}", look.faint.apply_to(beside("  crash   ", line)));
    }
    let answer = format!(
        "Linux {}: {}. The loader: {}. {}",
        case.kernel,
        linux(case),
        loader(case),
        conclusion(case.agreement)
    );
    out += &beside("  ", &answer);
    out.push('\n');
    out
}

/// All files, a line each.
pub fn table(cases: &[Case], look: &Look) -> String {
    let kernel = cases.iter().map(|case| case.kernel.len()).max().unwrap_or_default().max("kernel".len());
    let file = WIDTH.saturating_sub(kernel + 44).max(12);
    let row = |columns: [&str; 5]| {
        let [name, of, linux, loader, both] = columns;
        let name = shortened(name, file);
        format!("{name:file$}  {of:kernel$}  {linux:12}  {loader:12}  {both}")
    };
    let mut out =
        format!("{}\n", look.faint.apply_to(row(["file", "kernel", "Linux", "loader", ""]).trim_end()));
    for case in cases {
        let name = case.file.file_name().unwrap_or_default().to_string_lossy();
        let (word, style) = match case.agreement {
            Agreement::Same => ("agree", &look.good),
            Agreement::Spared => ("spared", &look.good),
            Agreement::Stricter => ("stricter", &look.good),
            Agreement::Messages => ("words differ", &look.bad),
            Agreement::Taints => ("taints differ", &look.bad),
            Agreement::Answers => ("DIFFER", &look.bad),
        };
        let line = row([&name, &case.kernel, &short(case), &loader(case), word]);
        out += &format!("{}\n", style.apply_to(line.trim_end()));
    }
    let agree = cases.iter().filter(|case| case.agreement.is_agreement()).count();
    out + &format!("{agree} of {} as they should be\n", cases.len())
}

/// The end of `name`, which says more than its beginning.
fn shortened(name: &str, width: usize) -> String {
    if measure_text_width(name) <= width {
        return name.to_owned();
    }
    let tail: Vec<char> = name.chars().rev().take(width.saturating_sub(1)).collect();
    format!("…{}", tail.into_iter().rev().collect::<String>())
}

fn short(case: &Case) -> String {
    match case.said.answer {
        Answer::Loaded => match case.said.init {
            Some(Init::Crashed) => "OK, CRASH".into(),
            Some(Init::Hung) => "OK, HANG".into(),
            _ => "OK".into(),
        },
        Answer::Refused(errno) => name(errno),
        Answer::Crashed => "CRASH".into(),
        Answer::Hung => "HANG".into(),
    }
}

fn linux(case: &Case) -> String {
    let init = match case.said.init {
        None => String::new(),
        Some(Init::Returned(value)) => match i32::try_from(-value).ok().and_then(Errno::from_number) {
            Some(errno) => format!(", and init returned {errno}"),
            None => format!(", and init returned {value}"),
        },
        Some(Init::Crashed) => ", and init took the kernel with it".into(),
        Some(Init::Hung) => ", and init never returned".into(),
    };
    match case.said.answer {
        Answer::Loaded => format!("OK{init}"),
        _ => short(case),
    }
}

fn loader(case: &Case) -> String {
    case.ours.errno.map_or("OK".into(), name)
}

fn name(errno: i32) -> String {
    Errno::from_number(errno).map_or_else(|| errno.to_string(), |errno| errno.name().to_owned())
}

fn conclusion(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Same => "They agree.",
        Agreement::Spared => "The loader refuses what would have been its end.",
        Agreement::Stricter => "The loader is stricter than Linux 6.1, by a rule of the book's list.",
        Agreement::Messages => "The answer is the same, the words are not.",
        Agreement::Taints => "They agree, but not on the taints.",
        Agreement::Answers => "They DISAGREE.",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Both,
    Linux,
    Loader,
}

/// The lines of both in one order: a longest common subsequence, and what each has besides.
fn side_by_side(theirs: &[String], ours: &[String]) -> Vec<(Whose, String)> {
    // common[i][j] is how much theirs[i..] and ours[j..] have in common.
    let mut common = vec![vec![0usize; ours.len() + 1]; theirs.len() + 1];
    for (i, line) in theirs.iter().enumerate().rev() {
        for (j, our) in ours.iter().enumerate().rev() {
            common[i][j] =
                if line == our { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (theirs.get(i), ours.get(j)) {
            (Some(line), Some(our)) if line == our => {
                lines.push((Whose::Both, line.clone()));
                (i, j) = (i + 1, j + 1);
            }
            (Some(line), our) if our.is_none() || common[i + 1][j] >= common[i][j + 1] => {
                lines.push((Whose::Linux, line.clone()));
                i += 1;
            }
            (_, Some(our)) => {
                lines.push((Whose::Loader, our.clone()));
                j += 1;
            }
            _ => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use referee::{Ours, Said, compare};

    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    fn case(answer: Answer, theirs: &[&str], errno: Option<i32>, ours: &[&str]) -> Case {
        let said = Said {
            answer,
            lines: lines(theirs),
            init: None,
            init_lines: Vec::new(),
            taints: None,
            removal: None,
            before: Vec::new(),
            crash: Vec::new(),
            is_clean: true,
        };
        let ours = Ours { errno, lines: lines(ours), taints: 0, is_stricter: false };
        let agreement = compare(&said, &ours);
        Case { file: "a/crc7.ko".into(), kernel: "6.1.0-56-amd64".into(), said, ours, agreement }
    }

    #[test]
    fn lines_that_both_say_stand_once_and_the_others_say_whose_they_are() {
        let (theirs, ours) = (lines(&["a", "b", "d"]), lines(&["b", "c", "d"]));
        let merged = side_by_side(&theirs, &ours);
        let text: Vec<_> = merged.iter().map(|(whose, line)| format!("{whose:?} {line}")).collect();
        assert_eq!(text, ["Linux a", "Both b", "Loader c", "Both d"]);
    }

    #[test]
    fn everything_fits_into_eighty_columns_without_colours() {
        let long = "word ".repeat(40);
        let cases = [
            case(Answer::Refused(8), &[&long, "x"], Some(8), &[&long]),
            case(Answer::Crashed, &[], None, &[]),
            case(Answer::Loaded, &[], None, &[]),
        ];
        let look = Look::plain();
        let shown = cases.iter().map(|case| text(case, &look)).collect::<String>() + &table(&cases, &look);
        assert!(shown.lines().all(|line| measure_text_width(line) <= WIDTH), "{shown}");
        assert!(
            shown.contains("words differ") && shown.contains("DIFFER") && shown.contains("agree"),
            "{shown}"
        );
        assert!(shown.ends_with("1 of 3 as they should be\n"), "{shown}");
    }
}
