//! The layout passes: the sections of the course's modules, with the places that the reference gives them.

use anyhow::{Result, anyhow};
use elf::Module;
use layout::{Layout, PartLayout, Position, effective_flags, end_pass, layout_pass};
use serde_json::{Value, json};

use crate::{
    Files,
    html::{code, escape, figure, table},
    modules::Modules,
};

/// How many passes there are over each part.
const PASSES: usize = 5;

/// The modules that are shown; the first stands in the page without JavaScript.
const SHOWN: [&str; 4] = ["tally", "hello", "merchant", "abacus"];

/// The sections of `module`, and where they go: what the widget starts from, and what it must come to.
///
/// # Errors
/// The module is refused.
pub fn described(module: &Module) -> Result<Value> {
    let refused = |refusal| anyhow!("{}: {refusal}", module.name);
    let whole = Layout::of(module).map_err(refused)?;
    let flags = effective_flags(module);
    let mut passes = Layout::new(module);
    for part in [Position::Core, Position::Init] {
        for pass in 0..PASSES {
            layout_pass(&mut passes, module, &flags, part, pass).map_err(refused)?;
            let sizes = if part == Position::Core { &mut passes.core } else { &mut passes.init };
            end_pass(sizes, part, pass).map_err(refused)?;
        }
    }
    let sections = module.sections.iter();
    // All flags that decide anything lie in the lower half.
    let sections: Vec<Value> = sections
        .map(|section| {
            json!([section.name.to_string(), section.flags as u32, section.size, section.alignment])
        })
        .collect();
    let places: Vec<Value> = whole
        .placements()
        .map(|(number, place)| json!([number, format!("{:?}", place.part).to_lowercase(), place.offset]))
        .collect();
    let borders = |part: PartLayout| [part.text_size, part.ro_size, part.ro_after_init_size, part.size];
    Ok(json!({
        "name": module.name.to_string(), "sections": sections,
        "notLoaded": [module.modinfo_section, module.versions], "percpu": module.percpu,
        "core": borders(passes.core), "init": borders(passes.init),
        "withNames": [whole.core.size, whole.init.size], "places": places,
    }))
}

/// The data, and what stands in the page without JavaScript.
pub fn files(modules: &Modules, files: &mut Files) -> Result<()> {
    let (mut lines, mut still) = (Vec::new(), String::new());
    for name in SHOWN {
        let module = Module::parse(modules.file(name)?).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
        if still.is_empty() {
            still = picture(&module)?;
        }
        lines.push(described(&module)?.to_string());
    }
    let data =
        format!("/** @type {{LayoutModule[]}} */\nconst layoutModules = [\n{},\n];\n", lines.join(",\n"));
    files.insert("book/widgets/data/layout.js".into(), data);
    let caption = "The passes over a module&#39;s sections, one section at a time.";
    files.insert(
        "book/widgets/data/layout.html".into(),
        figure("layout", caption, &still, &["data/layout.js"]),
    );
    Ok(())
}

/// The sections in the order of their places, page by page.
fn picture(module: &Module) -> Result<String> {
    let layout = Layout::of(module).map_err(|refusal| anyhow!("{}: {refusal}", module.name))?;
    let mut places: Vec<_> = layout.placements().collect();
    places.sort_by_key(|(number, place)| (place.part, place.offset, *number));
    let mut rows = Vec::new();
    for (number, place) in places {
        let Some(section) = module.sections.get(number).filter(|section| section.size > 0) else { continue };
        let (part, groups) = match place.part {
            Position::Core => ("core", Some(layout.core)),
            Position::Init => ("init", Some(layout.init)),
            Position::PerCpu => ("per CPU", None),
        };
        let group = groups.and_then(|part| part.groups().find(|group| group.range.contains(&place.offset)));
        rows.push(vec![
            part.into(),
            group.map_or_else(String::new, |group| format!("{:?}", group.protection)),
            code(escape(&section.name.to_string())),
            code(format!("{:#x}", place.offset)),
            code(format!("{:#x}", section.size)),
            section.alignment.to_string(),
        ]);
    }
    Ok(format!(
        "<p>The sections of {} that have a size, in the order of their places. Each group begins with a page, at a \
         multiple of 0x1000. The core part has {} bytes in all, the names of its symbols included, and the init part {}.</p>\n{}",
        code(escape(&module.name.to_string())),
        layout.core.size,
        layout.init.size,
        table(&["part", "protection", "section", "offset", "size", "alignment"], &rows)
    ))
}
