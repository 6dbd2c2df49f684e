//! `cargo course trace`: every interleaving of the course's races, for the book's explorer.
//!
//! A lab with races has `examples/trace.rs` beside its solution, which explores some scenarios and prints them as one
//! JSON document (its form is described in `labs/explore/src/traces.rs`). The example of the page on exploring does the
//! same when it is asked to. Here they are run and taken apart: a file for each scenario.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    build,
    cargo::cargo,
    files::write,
    layout::wrapped,
    manifest::{Lab, Manifest},
    originals,
    progress::Progress,
    root::Root,
};

/// The options of `cargo course trace`.
#[derive(Debug, Args)]
pub struct Options {
    /// Scenarios, as `10-refcount/NAME` or NAME; or folders, as `10` or `explore`; without any, all of them
    names: Vec<String>,
    /// The folder to write to: DIR/10-refcount/NAME.json
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show the shortest interleaving that ends badly, and write nothing
    #[arg(long, conflicts_with = "out")]
    print: bool,
    /// Print what was explored as JSON
    #[arg(long)]
    json: bool,
}

/// A program that explores scenarios and prints them.
#[derive(Debug)]
struct Program {
    /// The folder that its scenarios are filed under: `10-refcount`.
    folder: String,
    /// Its source, from the root.
    source: String,
    package: String,
    example: &'static str,
    features: &'static [&'static str],
    arguments: &'static [&'static str],
}

/// One scenario, explored.
#[derive(Debug)]
pub struct Explored {
    /// `10-refcount/NAME`.
    pub name: String,
    /// What the program printed of it.
    pub trace: Value,
}

/// Explores, and writes or prints what came of it.
///
/// # Errors
/// A lab's scenarios cannot be built or explored, a name is none, or a file cannot be written.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    originals::need_solutions(root)?;
    let manifest = Manifest::read(root)?;
    let chosen = explored(root, &manifest, &options.names)?;
    let out = options.out.clone().unwrap_or_else(|| root.target().join("trace"));
    if !options.print {
        for Explored { name, trace } in &chosen {
            write(&out.join(name).with_extension("json"), &(trace.to_string() + "\n"))?;
        }
    }
    if options.json {
        println!("{:#}", chosen.iter().map(figures).collect::<Value>());
        return Ok(());
    }
    for one in &chosen {
        print!("{}", if options.print { shortest(one) } else { line(one) });
    }
    if !options.print {
        println!("{} scenarios written to {}", chosen.len(), root.short(&out));
    }
    Ok(())
}

/// The scenarios that `names` name, as the command line does, explored; all of them, where nothing is named.
///
/// # Errors
/// Scenarios cannot be built or explored, or a name is none.
pub fn explored(root: &Root, manifest: &Manifest, names: &[String]) -> Result<Vec<Explored>> {
    let programs = programs(root, manifest);
    let is_named = |program: &&Program| names.iter().any(|name| names_folder(&program.folder, name));
    // Whoever names folders only need not wait for the others.
    let all_are_folders =
        names.iter().all(|name| programs.iter().any(|program| names_folder(&program.folder, name)));
    let asked: Vec<&Program> = match all_are_folders && !names.is_empty() {
        true => programs.iter().filter(is_named).collect(),
        false => programs.iter().collect(),
    };
    let mut explored = Vec::new();
    for program in asked {
        explored.extend(explore(root, program)?);
    }
    choose(explored, names)
}

/// The programs that are there.
fn programs(root: &Root, manifest: &Manifest) -> Vec<Program> {
    let mut programs = vec![Program {
        folder: "explore".to_string(),
        source: "labs/explore/examples/race.rs".to_string(),
        package: "explore".to_string(),
        example: "race",
        features: &["--features", "model"],
        arguments: &["trace"],
    }];
    programs.extend(manifest.present().map(of_lab));
    programs.retain(|program| root.join(&program.source).is_file());
    programs
}

/// The program that explores a lab's scenarios, if it has some.
fn of_lab(lab: &Lab) -> Program {
    Program {
        folder: lab.folder(),
        source: format!("{}/examples/trace.rs", lab.solution()),
        package: format!("{}-solution", lab.library),
        example: "trace",
        features: &[],
        arguments: &[],
    }
}

/// Whether `name` names this folder, or a scenario in it: `10`, `10-refcount`, `10-refcount/NAME`.
fn names_folder(folder: &str, name: &str) -> bool {
    let name = name.split('/').next().unwrap_or(name);
    let number = folder.split('-').next().unwrap_or_default();
    name == folder || name.parse::<u8>().is_ok_and(|name| number.parse() == Ok(name))
}

/// Whether `wanted` names the scenario `name`, which is `10-refcount/NAME`.
fn names(wanted: &str, name: &str) -> bool {
    let (folder, scenario) = name.split_once('/').unwrap_or(("", name));
    let (lab, what) = match wanted.split_once('/') {
        Some((lab, what)) => (Some(lab), Some(what)),
        None if wanted == folder || wanted.parse::<u8>().is_ok() => (Some(wanted), None),
        None => (None, Some(wanted)),
    };
    lab.is_none_or(|lab| names_folder(folder, lab)) && what.is_none_or(|what| what == scenario)
}

/// Those that are wanted: all, where nothing is named.
fn choose(explored: Vec<Explored>, wanted: &[String]) -> Result<Vec<Explored>> {
    ensure!(!explored.is_empty(), "no lab has scenarios to explore yet");
    for name in wanted {
        if !explored.iter().any(|one| names(name, &one.name)) {
            let there: Vec<&str> = explored.iter().map(|one| one.name.as_str()).collect();
            bail!("no scenario is called '{name}': there are {}", there.join(", "));
        }
    }
    let is_wanted = |one: &Explored| wanted.is_empty() || wanted.iter().any(|name| names(name, &one.name));
    Ok(explored.into_iter().filter(is_wanted).collect())
}

/// Explores every scenario of a program.
fn explore(root: &Root, program: &Program) -> Result<Vec<Explored>> {
    let Program { folder, source, package, example, features, arguments } = program;
    let progress = Progress::spinner(&format!("building the scenarios of {folder}"));
    let mut command = cargo(root);
    command.args(["build", "--package", package, "--example", example]).args(*features);
    let built = match build::run(root, command, &progress)? {
        Ok(built) => built,
        Err(broken) => {
            drop(progress);
            broken.print();
            bail!("the scenarios of {folder} do not build: rustc's words are above")
        }
    };
    let executable = built.executable(example)?;
    drop(progress);
    let _progress = Progress::spinner(&format!("exploring the races of {folder}"));
    let mut command = Command::new(&executable);
    let output = command.args(*arguments).current_dir(root.path()).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run {}", executable.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{source} failed: {}", said.trim());
    parse(program, &String::from_utf8_lossy(&output.stdout))
}

/// The scenarios in what a program printed.
fn parse(program: &Program, printed: &str) -> Result<Vec<Explored>> {
    let Program { folder, source, .. } = program;
    let traces: BTreeMap<String, Value> =
        serde_json::from_str(printed).with_context(|| format!("{source} prints no JSON of scenarios"))?;
    let explored = |(name, trace): (String, Value)| {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(!name.is_empty() && name.chars().all(is_name), "{source}: '{name}' is no name of a file");
        ensure!(trace["graph"]["nodes"].is_array(), "{source}: {name} has no graph");
        Ok(Explored { name: format!("{folder}/{name}"), trace })
    };
    traces.into_iter().map(explored).collect()
}

/// What was explored, without the graph.
fn figures(one: &Explored) -> Value {
    let Explored { name, trace } = one;
    json!({
        "name": name, "scenario": trace["scenario"], "actors": trace["graph"]["actors"], "states": trace["states"],
        "interleavings": trace["interleavings"], "bad": trace["bad"], "executions": trace["executions"],
        "shortest": trace["shortest"],
    })
}

/// One line about a scenario, and one about how it can end badly.
fn line(one: &Explored) -> String {
    let trace = &one.trace;
    let text = |name: &str| trace[name].as_str().unwrap_or_default().to_string();
    let mut line =
        format!("{}: {} states, {} interleavings, ", one.name, trace["states"], text("interleavings"));
    line += &match trace["shortest"].as_object() {
        None => "none ends badly".to_string(),
        Some(shortest) => {
            format!(
                "{} bad; found by execution {} of {}, the shortest has {} steps",
                text("bad"),
                shortest["first_bad"],
                trace["executions"],
                shortest["length"]
            )
        }
    };
    wrapped(&line) + "\n"
}

/// The shortest interleaving that ends badly, as a person reads it.
fn shortest(one: &Explored) -> String {
    let trace = &one.trace;
    let mut text = line(one) + "\n";
    if let Some(shortest) = trace["shortest"].as_object() {
        let said = |name: &str| shortest.get(name).and_then(Value::as_str).unwrap_or_default();
        text += &format!("{}\n\n{}\n\n", wrapped(said("sentence")), said("table").trim_end_matches('\n'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Program {
        let text = "[[lab]]\nnumber = 1\ncrate = \"refcount\"\ntitle = \"t\"\nbuilds = \"b\"\nminutes = 1\n";
        of_lab(&Manifest::parse(text).unwrap().labs[0])
    }

    fn printed() -> String {
        let failure = json!({ "sentence": "CPU 1 runs in the text of disk, which CPU 0 freed.", "length": 2, "first_bad": 2,
            "schedule": [0, 1], "table": "    CPU 0 │ CPU 1\n  1 frees │\n  2       │ runs\n", "mermaid": "m" });
        let trace = |bad: &str, shortest: Value| {
            json!({ "scenario": "rmmod against open", "executions": 2, "states": 5, "interleavings": "3", "bad": bad,
                "shortest": shortest, "graph": { "actors": ["CPU 0", "CPU 1"], "nodes": [] } })
        };
        json!({ "broken": trace("1", failure), "right": trace("0", Value::Null) }).to_string()
    }

    #[test]
    fn a_scenario_is_named_alone_or_with_its_folder_and_a_folder_stands_for_all_in_it() {
        let names_of = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|name| name.to_string()).collect();
            let chosen = choose(parse(&program(), &printed()).unwrap(), &wanted)?;
            anyhow::Ok(chosen.into_iter().map(|one| one.name).collect::<Vec<_>>())
        };
        let (broken, right) = ("01-refcount/broken", "01-refcount/right");
        for all in [vec![], vec!["1"], vec!["01"], vec!["01-refcount"], vec!["broken", "1/right"]] {
            assert_eq!(names_of(&all).unwrap(), [broken, right], "{all:?}");
        }
        for one in ["right", "1/right", "01-refcount/right"] {
            assert_eq!(names_of(&[one]).unwrap(), [right], "{one}");
        }
        let refusal = names_of(&["wrong"]).unwrap_err().to_string();
        assert_eq!(refusal, format!("no scenario is called 'wrong': there are {broken}, {right}"));
    }

    #[test]
    fn what_a_program_prints_is_checked_before_it_names_a_file() {
        for (printed, expected) in [
            ("Exploring…\n{}", "prints no JSON of scenarios"),
            ("{\"../x\": {\"graph\": {\"nodes\": []}}}", "'../x' is no name of a file"),
            ("{\"x\": {}}", "x has no graph"),
        ] {
            let refusal =
                parse(&program(), printed).err().map(|error| format!("{error:#}")).unwrap_or_default();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn a_person_reads_the_sentence_and_the_table_as_it_is() {
        let explored = parse(&program(), &printed()).unwrap();
        assert_eq!(
            shortest(&explored[0]),
            "01-refcount/broken: 5 states, 3 interleavings, 1 bad; found by execution 2 of 2,\nthe shortest has 2 steps\n\n\
             CPU 1 runs in the text of disk, which CPU 0 freed.\n\n    CPU 0 │ CPU 1\n  1 frees │\n  2       │ runs\n\n"
        );
        assert!(shortest(&explored[1]).contains("none ends badly"));
    }

    #[test]
    fn a_program_reads_the_figures_without_the_graph() {
        let explored = parse(&program(), &printed()).unwrap();
        let figures = figures(&explored[0]);
        assert_eq!((&figures["name"], &figures["bad"]), (&json!("01-refcount/broken"), &json!("1")));
        assert!(figures["graph"].is_null());
    }
}
