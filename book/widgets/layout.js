// @ts-check
// The layout passes as boxes, in chapter 5.

widgets.place("layout", (live) => {
    const { element, hex, choice, labelled, walk } = widgets;

    const modules = choice(
        layoutModules.map(({ name }) => `${name}.ko`),
        (chosen) => open(chosen),
    );
    const passes = element("ol", { class: "layout-passes", start: 0 });
    const says = element("div", { class: "widget-says", role: "status" });
    const picture = element("div", { class: "layout-picture", "aria-hidden": "true" });
    const rows = element("tbody");
    const table = element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...["section", "place", "size", "align", "flags"].map((name) => element("th", { scope: "col" }, name)))),
        rows,
    );

    let module = layoutModules[0];
    /** @type {LayoutStep[]} */
    let steps = [];
    /** @type {number[]} */
    let flags = [];
    /** How many steps are done. */
    let at = 0;
    const bar = walk(
        () => at,
        () => steps.length,
        (step) => {
            at = step;
            show();
        },
    );

    /** @param {number} chosen */
    function open(chosen) {
        module = layoutModules[chosen] ?? module;
        if (module === undefined) {
            return;
        }
        ({ steps, flags } = layout.layOut(module));
        at = 0;
        show();
    }

    /** @param {number} number */
    const nameOf = (number) => module?.sections[number]?.[0] ?? "";

    function show() {
        if (module === undefined) {
            return;
        }
        const done = steps.slice(0, at);
        const now = done.at(-1);
        bar.show();
        passes.replaceChildren(
            ...layout.PASSES.map(({ group, needed, unwanted }, pass) => {
                const wants = layout.names(needed) + (unwanted === 0 ? "" : `, not ${layout.names(unwanted)}`);
                const isNow = now?.pass === pass;
                return element("li", { class: `layout-group-${pass}`, "aria-current": isNow ? "step" : false }, `${group}: ${wants}`);
            }),
        );
        says.replaceChildren(element("p", {}, now === undefined ? before(module) : sentence(now)));
        picture.replaceChildren(part("core", done), part("init", done));
        rows.replaceChildren(...module.sections.flatMap((_, number) => (number === 0 ? [] : [row(number, done)])));
    }

    /**
     * What is so before the first pass.
     * @param {LayoutModule} module
     */
    function before(module) {
        const kept = [...module.notLoaded, module.percpu].flatMap((number) => (number === null ? [] : [nameOf(number)]));
        const late = module.sections.flatMap(([name], number) => ((flags[number] ?? 0) & 0x200000 ? [name] : []));
        const words = `Nothing has a place yet. ALLOC has been cleared for ${kept.join(", ")}.`;
        return late.length === 0 ? words : `${words} RO_AFTER_INIT has been set for ${late.join(", ")}.`;
    }

    /**
     * A step in words.
     * @param {LayoutStep} step
     */
    function sentence({ kind, part, pass, section, from, offset, end, border }) {
        const where = `${part} part, pass ${pass}`;
        if (kind === "names") {
            return `${part} part: the names of the symbols go behind everything, and the part ends at ${hex(end)}, ${end} bytes.`;
        }
        if (kind === "end") {
            const rounded = end === from ? `it ends at ${hex(end)} as it is` : `${hex(from)} is rounded up to the end of the page, ${hex(end)}`;
            const noted = pass === 2 && part === "init" ? ", and ro_after_init_size is a copy of ro_size" : border === "" ? "" : `, which is ${border}`;
            return `${where} is over: ${rounded}${noted}.`;
        }
        const [, , size, alignment] = module?.sections[section] ?? ["", 0, 0, 0];
        const gap = offset === from ? "" : ` The part ended at ${hex(from)}; ${offset - from} bytes are skipped for the alignment.`;
        return `${where} takes ${nameOf(section)} (${layout.names(flags[section] ?? 0)}): ${size} bytes, aligned to ${alignment}, at ${hex(offset)}.${gap}`;
    }

    /**
     * A part's pages, each a bar in which its sections lie.
     * @param {LayoutPart} part
     * @param {LayoutStep[]} done
     */
    function part(part, done) {
        const its = done.filter((step) => step.part === part);
        const end = its.at(-1)?.end ?? 0;
        const pages = [];
        for (let start = 0; start < Math.max(end, 1); start += layout.PAGE) {
            const label = element("span", { class: "layout-label" }, hex(start));
            pages.push(element("div", { class: "layout-page" }, label, element("div", { class: "layout-bar" }, ...boxes(its, start))));
        }
        return element("div", {}, element("strong", {}, `${part} part: ${hex(end)} bytes`), ...pages);
    }

    /**
     * What of the steps lies in the page at `start`.
     * @param {LayoutStep[]} steps
     * @param {number} start
     */
    function boxes(steps, start) {
        return steps.flatMap((step) => {
            const [from, to] = step.kind === "place" ? [step.offset, step.end] : [step.from, step.end];
            const [left, right] = [Math.max(from, start), Math.min(to, start + layout.PAGE)];
            if (left >= right) {
                return [];
            }
            const kind = step.kind === "place" ? `layout-group-${step.pass}` : `layout-${step.kind}`;
            const box = element("span", { class: `${kind}${step === stepAtHand() ? " is-now" : ""}`, title: `${nameOf(step.section)} ${hex(from)}–${hex(to)}` });
            box.style.left = `${((left - start) / layout.PAGE) * 100}%`;
            box.style.width = `${((right - left) / layout.PAGE) * 100}%`;
            return [box];
        });
    }

    const stepAtHand = () => steps[at - 1];

    /**
     * A section as a row of the table.
     * @param {number} number
     * @param {LayoutStep[]} done
     */
    function row(number, done) {
        const [name, , size, alignment] = module?.sections[number] ?? ["", 0, 0, 0];
        const step = done.find(({ section }) => section === number);
        const isPerCpu = number === module?.percpu;
        const isLoaded = ((flags[number] ?? 0) & 2) !== 0;
        const place = step ? `${step.part} ${hex(step.offset)}` : isPerCpu ? "per CPU" : isLoaded ? "" : "not loaded";
        const cells = [element("code", {}, name), place, hex(size), String(alignment), layout.names(flags[number] ?? 0)];
        const isNow = step !== undefined && step === stepAtHand();
        return element(
            "tr",
            { class: isLoaded ? (isNow ? "is-now" : "") : "is-out", "aria-current": isNow ? "step" : false },
            ...cells.map((cell) => element("td", {}, cell)),
        );
    }

    live.append(
        labelled("module", modules),
        bar.bar,
        says,
        passes,
        picture,
        element("p", { class: "layout-legend" }, "A bar is a page of 4096 bytes. Hatched is what a group leaves of its last page; grey are the names."),
        element("div", { class: "layout-table", tabindex: 0, role: "region", "aria-label": "the module's sections" }, table),
    );
    open(0);
});
