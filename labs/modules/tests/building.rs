//! How modules are built: once, the same each time, by several at once, and with clear words where it
//! cannot be done.

use std::{fs, path::Path, thread, time::SystemTime};

use course_modules::{BuildConfig, BuildError, BuiltModule, build, cached};
use tempfile::TempDir;

/// A directory with the sources given, to be built for the usual kernel into its subdirectory `out`.
fn workshop(sources: &[(&str, &str)]) -> (TempDir, BuildConfig) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in sources {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let config = BuildConfig { sources: dir.path().to_owned(), ..BuildConfig::new(dir.path().join("out")) };
    (dir, config)
}

const ONE: &str = "#include <linux/module.h>\nint one(void)\n{\n\treturn 1;\n}\n\
                   EXPORT_SYMBOL(one);\nMODULE_LICENSE(\"GPL\");\n";
const TWO: &str = "#include <linux/module.h>\nint one(void);\nint init_module(void)\n{\n\treturn one() - 1;\n}\n\
                   MODULE_LICENSE(\"GPL\");\n";

fn rebuilt(modules: &[BuiltModule]) -> Vec<&str> {
    modules.iter().filter(|module| module.rebuilt).map(|module| &*module.name).collect()
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn every_module_of_the_course_is_built() {
    let names: Vec<_> = cached().unwrap().iter().map(|module| &*module.name).collect();
    let expected = "abacus careless fnv halfway hello merchant mishap parrot ramdisk rogue settings tally ticker watcher";
    assert_eq!(names.join(" "), expected);
    assert!(cached().unwrap().iter().all(|module| module.path.is_file()));
}

#[test]
fn the_readme_tells_what_each_module_is_for() {
    let readme = include_str!("../README.md");
    for module in cached().unwrap() {
        let link = format!("| [{0}](c/{0}.c) | ", module.name);
        assert!(readme.contains(&link), "labs/modules/README.md has no line for {}", module.name);
    }
}

#[test]
fn what_has_not_changed_is_not_built_again() {
    let (_dir, config) = workshop(&[("one.c", ONE), ("two.c", TWO)]);
    let first = build(&config).unwrap();
    assert_eq!(rebuilt(&first), ["one", "two"]);
    let times: Vec<_> = first.iter().map(|module| modified(&module.path)).collect();
    let second = build(&config).unwrap();
    assert_eq!(rebuilt(&second), [""; 0]);
    assert_eq!(second.iter().map(|module| modified(&module.path)).collect::<Vec<_>>(), times);
}

#[test]
fn a_change_rebuilds_the_module_and_whoever_uses_what_changed() {
    let (dir, config) = workshop(&[("one.c", ONE), ("two.c", TWO)]);
    build(&config).unwrap();
    fs::write(dir.path().join("one.c"), ONE.replace("return 1", "return 3 - 2")).unwrap();
    assert_eq!(
        rebuilt(&build(&config).unwrap()),
        ["one"],
        "the declaration is the same, and so is its version"
    );
    fs::write(dir.path().join("one.c"), ONE.replace("int one", "long one")).unwrap();
    assert_eq!(rebuilt(&build(&config).unwrap()), ["one", "two"], "two's __versions holds the old version");
    fs::write(dir.path().join("one.c"), ONE).unwrap();
    assert_eq!(rebuilt(&build(&config).unwrap()), [""; 0], "all this was built before");
}

#[test]
fn two_builds_are_the_same_byte_for_byte() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = build(&BuildConfig::new(first.path())).map(|modules| contents(&modules)).unwrap();
    let second = build(&BuildConfig::new(second.path())).map(|modules| contents(&modules)).unwrap();
    assert!(first == second, "nothing of the place or the time of a build may be in a module");
}

fn contents(modules: &[BuiltModule]) -> Vec<Vec<u8>> {
    modules.iter().map(|module| fs::read(&module.path).unwrap()).collect()
}

#[test]
fn several_may_build_into_one_directory_at_once() {
    let (_dir, config) = workshop(&[("one.c", ONE), ("two.c", TWO)]);
    let builds: Vec<_> = thread::scope(|scope| {
        let builders: Vec<_> = (0..4).map(|_| scope.spawn(|| build(&config))).collect();
        builders.into_iter().map(|builder| contents(&builder.join().unwrap().unwrap())).collect()
    });
    assert!(
        builds
            .iter()
            .all(|build| *build == builds[0] && build.iter().all(|file| file.starts_with(b"\x7fELF")))
    );
    let left: Vec<_> =
        fs::read_dir(&config.out_dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "one.ko, two.ko, store, and no work left lying about: {left:?}");
}

#[test]
fn a_module_depends_on_those_whose_exports_it_uses() {
    let (_dir, config) = workshop(&[("one.c", ONE), ("two.c", TWO)]);
    let modules = build(&config).unwrap();
    assert_eq!(modules[0].depends, [""; 0]);
    assert_eq!(modules[1].depends, ["one"]);
    assert_eq!(modules[0].exports[0].name, "one");
}

#[test]
fn a_dash_in_a_files_name_is_an_underscore_in_the_modules() {
    let (_dir, config) = workshop(&[("my-one.c", ONE), ("two.c", TWO)]);
    let modules = build(&config).unwrap();
    assert_eq!(modules[0].name, "my_one");
    assert_eq!(modules[1].depends, ["my_one"]);
}

#[test]
fn without_a_compiler_we_are_told_how_to_get_one() {
    let (_dir, mut config) = workshop(&[("one.c", ONE)]);
    config.compiler = Some("no-such-compiler".into());
    let error = build(&config).unwrap_err();
    assert!(matches!(error, BuildError::NoCompiler { .. }));
    let words = error.to_string();
    assert!(
        words.contains("`no-such-compiler` was not found") && words.contains("apt install gcc"),
        "{words}"
    );
    assert!(!words.contains('\n'), "one line");
}

#[test]
fn a_compiler_for_another_machine_is_refused_with_the_way_out() {
    let (_dir, mut config) = workshop(&[("one.c", ONE)]);
    // A program that answers every question with the question.
    config.compiler = Some("echo".into());
    let error = build(&config).unwrap_err();
    assert!(matches!(&error, BuildError::WrongTarget { target, .. } if target == "-dumpmachine"), "{error}");
    assert!(error.to_string().contains("CC=x86_64-linux-gnu-gcc"), "{error}");
}

#[test]
fn a_mistake_in_a_source_is_shown_with_its_file_and_line() {
    let (_dir, config) = workshop(&[("one.c", &ONE.replace("return 1", "return x"))]);
    let words = build(&config).unwrap_err().to_string();
    assert!(words.contains("one.c could not be built:\n") && words.contains("one.c:4:"), "{words}");
}

#[test]
fn a_symbol_that_nobody_exports_is_named_as_modpost_does() {
    let (_dir, config) = workshop(&[("two.c", TWO)]);
    let error = build(&config).unwrap_err();
    assert!(
        matches!(&error, BuildError::UndefinedSymbol { module, symbol } if module == "two" && symbol == "one")
    );
    assert_eq!(error.to_string(), "two: `one` is used, and nothing in Module.symvers exports it");
}

#[test]
fn a_weak_symbol_may_stay_undefined() {
    let weak = TWO.replace("int one(void);", "int one(void) __attribute__((__weak__));");
    let (_dir, config) = workshop(&[("two.c", &weak)]);
    assert_eq!(build(&config).unwrap()[0].depends, [""; 0]);
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let (_dir, mut config) = workshop(&[]);
    config.sources = "/no/such/directory".into();
    let words = build(&config).unwrap_err().to_string();
    assert!(words.starts_with("/no/such/directory: "), "{words}");
}

#[test]
fn clang_builds_the_same_interface_where_it_is_at_hand() {
    let dir = tempfile::tempdir().unwrap();
    let config = BuildConfig { compiler: Some("clang".into()), ..BuildConfig::new(dir.path()) };
    match build(&config) {
        Ok(modules) => {
            for (theirs, ours) in modules.iter().zip(cached().unwrap()) {
                assert_eq!((&theirs.name, &theirs.exports), (&ours.name, &ours.exports));
            }
        }
        Err(BuildError::NoCompiler { .. } | BuildError::WrongTarget { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}
