// @ts-check
// The memory of a relocated section, in chapter 6.

widgets.place("memory", (live) => {
    const { element, hex, twoDigits, bytes, choice, dump, labelled } = widgets;

    const sections = choice(
        memorySections.map(({ module, name }) => `${module}, ${name}`),
        (chosen) => open(chosen),
    );
    const when = choice(["as in the file", "relocated"], () => show());
    const shown = dump("the section's bytes", false);
    const list = element("div", { class: "memory-list", role: "group", "aria-label": "places" });
    const says = element("div", { class: "widget-says", role: "status" });

    let section = memorySections[0];
    /** @type {MemoryPlace[]} */
    let places = [];
    /** @type {number[]} */
    let owners = [];
    let chosen = 0;

    /** @param {number} number */
    function open(number) {
        section = memorySections[number] ?? section;
        if (section === undefined) {
            return;
        }
        places = memory.places(section);
        owners = memory.owners(places, section.before.length / 2);
        list.replaceChildren(
            ...places.map(({ offset, kind, symbol }, at) =>
                element("button", { type: "button", click: () => choose(at) }, `${hex(offset)} ${kind.name} ${symbol}`),
            ),
        );
        choose(0);
    }

    /** @param {number} number */
    function choose(number) {
        chosen = number;
        show();
    }

    function show() {
        if (section === undefined) {
            return;
        }
        const now = bytes(when.value === "0" ? section.before : section.after) ?? [];
        const owner = (/** @type {number} */ at) => owners[at] ?? -1;
        const looks = (/** @type {number} */ at) => (owner(at) < 0 ? "" : owner(at) === chosen ? "is-place is-chosen" : "is-place");
        shown.show(now, 0, looks, (at) => choose(owner(at) < 0 ? chosen : owner(at)));
        list.querySelectorAll("button").forEach((button, at) => button.setAttribute("aria-pressed", String(at === chosen)));
        const place = places[chosen];
        says.replaceChildren(...(place === undefined ? [] : about(section, place)));
    }

    /**
     * A place in words.
     * @param {MemorySection} section
     * @param {MemoryPlace} place
     */
    function about(section, { offset, kind, symbol, operands }) {
        const part = (/** @type {string} */ text) => (bytes(text) ?? []).slice(offset, offset + kind.size);
        const before = part(section.before);
        const done = relocation.apply(kind.number, operands, before, section.module);
        const line = (/** @type {string} */ name, /** @type {string} */ value) => [element("dt", {}, name), element("dd", {}, element("code", {}, value))];
        return [
            element(
                "dl",
                {},
                ...line("type", `R_X86_64_${kind.name}`),
                ...line("S", `${hex(operands.S)}, ${symbol}`),
                ...line("A", relocation.signed(operands.A)),
                ...line("P", `${hex(operands.P)}, ${section.name} + ${hex(offset)}`),
                ...line(kind.formula, relocation.numbers(kind, operands, done.result)),
                ...line("before", before.map(twoDigits).join(" ")),
                ...line("after", done.after.map(twoDigits).join(" ")),
            ),
        ];
    }

    when.value = "1";
    live.append(
        element("div", { class: "memory-choices" }, labelled("section", sections), labelled("its bytes", when)),
        element("div", { class: "memory-panes" }, shown.grid, element("div", {}, list, says)),
    );
    open(0);
});
