//! Parameters that a module declares with `module_param_unsafe`: setting one is remembered.

use std::fs;

use course_modules::{BuildConfig, build};
use loader::{Kernel, KernelConfig};

const SOURCE: &str = "#include <linux/module.h>\n\
    static int speed;\n\
    module_param_unsafe(speed, int, 0644);\n\
    static int colour;\n\
    module_param(colour, int, 0644);\n\
    MODULE_DESCRIPTION(\"Has a switch under a cover\");\n\
    MODULE_LICENSE(\"GPL\");\n";

const LINE: &str = "Setting dangerous option speed - tainting kernel";

#[test]
fn whoever_sets_an_unsafe_parameter_taints_the_kernel() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("cover.c"), SOURCE).unwrap();
    let sources = directory.path().to_owned();
    let config = BuildConfig { sources, ..BuildConfig::new(directory.path().join("out")) };
    let file = fs::read(&build(&config).unwrap()[0].path).unwrap();
    for (arguments, by_file, count) in [
        ("", None, 0),
        ("colour=1", Some("colour"), 0),
        ("speed=1", None, 1),
        ("speed=fast", None, 1), // refused, but its set was called
        ("speed", None, 0),      // no value: refused before that
        ("", Some("speed"), 1),
        ("speed=1 colour=2 speed=3", Some("speed"), 3),
    ] {
        let kernel = Kernel::boot(KernelConfig::default()).unwrap();
        let loaded = kernel.init_module(&file, arguments);
        if let Some(parameter) = by_file {
            loaded.unwrap();
            let cover = kernel.registry().find("cover".into()).unwrap();
            kernel.set_parameter(&cover, parameter.into(), b"7").unwrap();
        }
        let log = kernel.machine().log().dmesg();
        assert_eq!(log.matches(LINE).count(), count, "'{arguments}', then {by_file:?}: {log}");
        let taints = kernel.registry().taints().to_string();
        assert_eq!(taints.contains('U'), count > 0, "'{arguments}', then {by_file:?}: {taints}");
    }
}
