//! What stands in the page for a race: the shortest interleaving that ends badly, as a table. The explorer takes its
//! place where scripts run; on paper, and without them, it stays.

use super::explored::{Outcome, Race, sentence_and_place};

/// HTML without an empty line, so that markdown takes it as one piece.
pub(super) fn fragment(name: &str, race: &Race) -> String {
    let inner = match &race.shortest {
        Some(shortest) => table(race, &shortest.schedule),
        None => format!(
            "<p><em>{}</em>: none of {} ends badly. There is nothing to show on paper; in a browser with JavaScript \
             you can try to prove that wrong, step by step.</p>\n",
            escaped(&race.scenario),
            counted(&race.interleavings)
        ),
    };
    format!(
        "<div class=\"race-explorer\" data-widget=\"race-explorer\" \
         data-needs=\"shared.js races/{name}.js\" data-race=\"{name}\">\n\
         <div class=\"race-fallback\">\n{inner}</div>\n</div>\n"
    )
}

fn table(race: &Race, schedule: &[usize]) -> String {
    let columns = race.graph.actors.len();
    let heads: String =
        race.graph.actors.iter().map(|actor| format!("<th scope=\"col\">{}</th>", escaped(actor))).collect();
    let mut rows = String::new();
    let mut end = None;
    for (number, edge) in (1..).zip(race.along(schedule)) {
        for step in &edge.steps {
            let head = format!("<th scope=\"row\">{number}</th>");
            let (label, text) = match step.is_note {
                true => ("<td></td>".to_owned(), format!("({})", escaped(&step.text))),
                // What is no code is said in words.
                false if !step.text.contains('(') => (head, escaped(&step.text)),
                false => (head, format!("<code>{}</code>", escaped(&step.text))),
            };
            let cell = |column| if column == edge.actor { text.as_str() } else { "" };
            let cells: String = (0..columns).map(|column| format!("<td>{}</td>", cell(column))).collect();
            rows += &format!("<tr>{label}{cells}</tr>\n");
        }
        end = race.graph.nodes[edge.to].outcome.as_ref();
    }
    let sentence = match end {
        Some(Outcome::Bad(sentence)) => escaped(sentence_and_place(sentence).0),
        _ => String::new(),
    };
    format!(
        "<div class=\"table-wrapper\"><table>\n<caption>{}: of {}, {}. This is the \
         shortest.</caption>\n<thead><tr><td></td>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n\
         <p><strong>{sentence}</strong></p>\n",
        escaped(&race.scenario),
        counted(&race.interleavings),
        if race.bad == "1" {
            "one ends badly".to_owned()
        } else {
            format!("{} end badly", with_commas(&race.bad))
        },
    )
}

fn counted(number: &str) -> String {
    let what = if number == "1" { "interleaving" } else { "interleavings" };
    format!("{} {what}", with_commas(number))
}

/// `3773090` as `3,773,090`.
fn with_commas(number: &str) -> String {
    let mut text = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && (number.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text as HTML has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_shortest_failure_is_a_table_and_markdown_finds_no_end_in_it() {
        let step = |text: &str, is_note: bool| json!({ "text": text, "file": "a.rs", "line": 1, "is_note": is_note });
        let trace = json!({ "scenario": "a & b", "executions": 1, "states": 3, "interleavings": "12345", "bad": "1",
            "shortest": { "first_bad": 1, "schedule": [1] },
            "graph": { "actors": ["CPU 0: a", "CPU 1: b"], "nodes": [
                { "variables": [], "outcome": null,
                  "edges": [{ "actor": 1, "to": 1, "steps": [step("f<u8>()", false), step("sleeps", true)] }] },
                { "variables": [], "outcome": { "Bad": "it ends (a.rs:1)" }, "edges": [] },
            ] } });
        let html = fragment("01-x/t", &Race::read(&trace).unwrap());
        assert!(!html.contains("\n\n"), "{html}");
        for part in [
            "data-race=\"01-x/t\"",
            "a &amp; b: of 12,345 interleavings, one ends badly.",
            "<tr><th scope=\"row\">1</th><td></td><td><code>f&lt;u8&gt;()</code></td></tr>",
            "<tr><td></td><td></td><td>(sleeps)</td></tr>",
            "<strong>it ends</strong>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }
}
