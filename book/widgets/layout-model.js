// @ts-check
// Where a module's sections go: kernel/module/main.c, layout_sections. The same as lab 5's `layout_sections`, against
// which it is tested (ci/widgets).

/** @typedef {"core" | "init"} LayoutPart */

/**
 * A module's sections: name, flags (the lower half of sh_flags), size and alignment in bytes. `notLoaded` are the numbers
 * of .modinfo and __versions, `percpu` that of the per-CPU section. What the reference makes of them: the places by number, each
 * part's four borders (the ends of text, read-only data, data that is read-only after init, and all), and both sizes
 * with the names of the symbols.
 * @typedef {object} LayoutModule
 * @property {string} name
 * @property {[string, number, number, number][]} sections
 * @property {(number | null)[]} notLoaded
 * @property {number | null} percpu
 * @property {[number, "core" | "init" | "percpu", number][]} places
 * @property {number[]} core
 * @property {number[]} init
 * @property {number[]} withNames
 */

/**
 * A step: a section gets its place, a pass ends, or the names of the symbols are added. Offsets are bytes from the
 * start of the part; `from` is where the part ended before, `end` where it ends now.
 * @typedef {object} LayoutStep
 * @property {"place" | "end" | "names"} kind
 * @property {LayoutPart} part
 * @property {number} pass
 * @property {number} section -1 where it is about none
 * @property {number} from
 * @property {number} offset where the section begins
 * @property {number} end
 * @property {string} border what is noted at the end of a pass
 */

const layout = (() => {
    const [WRITE, ALLOC, EXECINSTR, RO_AFTER_INIT] = [1, 2, 4, 0x200000];
    const PAGE = 4096;

    /** For each pass: the flags that a section must have, and those that it must not. */
    const PASSES = [
        { group: "text", needed: EXECINSTR | ALLOC, unwanted: 0 },
        { group: "read-only data", needed: ALLOC, unwanted: WRITE },
        { group: "read-only after init", needed: RO_AFTER_INIT | ALLOC, unwanted: 0 },
        { group: "writable data", needed: WRITE | ALLOC, unwanted: 0 },
        { group: "small data", needed: ALLOC, unwanted: 0 },
    ];

    /**
     * Flags by name.
     * @param {number} flags
     */
    function names(flags) {
        /** @type {[number, string][]} */
        const all = [
            [ALLOC, "ALLOC"],
            [WRITE, "WRITE"],
            [EXECINSTR, "EXECINSTR"],
            [RO_AFTER_INIT, "RO_AFTER_INIT"],
        ];
        const set = all.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name);
        return set.length === 0 ? "none" : set.join(", ");
    }

    /**
     * The flags that count, by section number.
     * @param {LayoutModule} module
     */
    function effectiveFlags({ sections, notLoaded, percpu }) {
        const flags = sections.map(([, flags]) => flags);
        const late = [".data..ro_after_init", "__jump_table"].map((wanted) =>
            sections.findIndex(([name, flags], number) => number > 0 && name === wanted && (flags & ALLOC) !== 0),
        );
        for (const number of [...notLoaded, percpu]) {
            if (number !== null) {
                flags[number] = (flags[number] ?? 0) & ~ALLOC;
            }
        }
        for (const number of late.filter((number) => number >= 0)) {
            flags[number] = (flags[number] ?? 0) | RO_AFTER_INIT;
        }
        return flags;
    }

    /**
     * The first multiple of `alignment` that is not before `offset`.
     * @param {number} offset
     * @param {number} alignment
     */
    const aligned = (offset, alignment) => Math.ceil(offset / Math.max(alignment, 1)) * Math.max(alignment, 1);

    /**
     * All steps of both parts, and each part's borders.
     * @param {LayoutModule} module
     */
    function layOut(module) {
        const flags = effectiveFlags(module);
        /** @type {LayoutStep[]} */
        const steps = [];
        const borders = { core: [0, 0, 0, 0], init: [0, 0, 0, 0] };
        const placed = new Set();
        for (const part of /** @type {LayoutPart[]} */ (["core", "init"])) {
            let end = 0;
            PASSES.forEach(({ needed, unwanted }, pass) => {
                module.sections.forEach(([name, , size, alignment], section) => {
                    const its = flags[section] ?? 0;
                    const wanted = (its & needed) === needed && (its & unwanted) === 0;
                    const here = (name.startsWith(".init") ? "init" : "core") === part;
                    if (wanted && here && !placed.has(section)) {
                        const offset = aligned(end, alignment);
                        steps.push({ kind: "place", part, pass, section, from: end, offset, end: offset + size, border: "" });
                        placed.add(section);
                        end = offset + size;
                    }
                });
                const from = end;
                const isRounded = !(pass === 3 || (pass === 2 && part === "init"));
                end = isRounded ? aligned(end, PAGE) : end;
                const border = ["text_size", "ro_size", "ro_after_init_size", "", "size"][pass] ?? "";
                if (border !== "") {
                    borders[part][Math.min(pass, 3)] = pass === 2 && part === "init" ? (borders.init[1] ?? 0) : end;
                }
                steps.push({ kind: "end", part, pass, section: -1, from, offset: end, end, border });
            });
            const whole = module.withNames[part === "core" ? 0 : 1] ?? end;
            steps.push({ kind: "names", part, pass: 5, section: -1, from: end, offset: end, end: whole, border: "" });
        }
        return { steps, borders, flags };
    }

    return { PAGE, PASSES, names, effectiveFlags, layOut };
})();
