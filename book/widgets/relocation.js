// @ts-check
// The relocation calculator of chapter 6.

widgets.place("relocation", (live) => {
    const { element, hex, twoDigits, bytes, choice, labelled } = widgets;

    /** @param {string} name */
    const field = (name) =>
        element("input", { type: "text", name, spellcheck: "false", autocomplete: "off", autocapitalize: "off", input: show });
    const [S, A, P, place] = [field("S"), field("A"), field("P"), field("bytes")];
    const kinds = choice(
        relocation.KINDS.map(({ name, number }) => `R_X86_64_${name} (${number})`),
        show,
    );
    const presets = choice([...relocationPresets.map(({ title }) => title), "my own numbers"], (chosen) => take(chosen));
    const formula = element("p", { class: "relocation-formula" });
    const grid = element("div", { class: "relocation-bytes" });
    const verdict = element("div", { class: "widget-says", role: "status" });
    let module = "";

    /** @param {number} chosen */
    function take(chosen) {
        const preset = relocationPresets[chosen];
        if (preset === undefined) {
            return;
        }
        module = preset.module;
        kinds.value = String(relocation.KINDS.findIndex(({ number }) => number === preset.kind));
        S.value = preset.S;
        A.value = relocation.signed(BigInt(preset.A));
        P.value = preset.P;
        place.value = preset.before;
        show();
        presets.value = String(chosen);
    }

    /** What was typed into a field of numbers; the field is marked where it is none. */
    function read(/** @type {HTMLInputElement} */ input, /** @type {boolean} */ maySign) {
        const value = relocation.parse(input.value);
        const good = value !== null && (maySign || value >= 0n);
        input.setAttribute("aria-invalid", String(!good));
        return good ? value : null;
    }

    function show() {
        presets.value = String(relocationPresets.length);
        const kind = relocation.KINDS[Number(kinds.value)];
        const [s, a, p] = [read(S, false), read(A, true), read(P, false)];
        const there = bytes(place.value);
        const enough = there !== null && there.length <= 8;
        place.setAttribute("aria-invalid", String(!enough));
        if (kind === undefined || s === null || a === null || p === null || !enough) {
            formula.textContent = "";
            grid.replaceChildren();
            verdict.replaceChildren(
                element("p", {}, "S, A and P are hexadecimal numbers of at most 16 digits, A with a sign; the bytes have two digits each."),
            );
            return;
        }
        // What was not typed is zero, as the compiler leaves it.
        const before = [...there, 0, 0, 0, 0, 0, 0, 0, 0].slice(0, Math.max(kind.size, there.length));
        const operands = { S: s, A: a, P: p };
        const done = relocation.apply(kind.number, operands, before, module);
        const numbers = relocation.numbers(kind, operands, done.result);
        formula.replaceChildren(
            kind.formula === "" ? "nothing is computed" : element("strong", {}, kind.formula),
            element("br"),
            element("code", {}, numbers),
        );
        grid.replaceChildren(row("before", before, kind.size), row("after", done.after, kind.size));
        verdict.replaceChildren(...says(kind, done));
    }

    /**
     * A line of bytes, those of the place marked.
     * @param {string} name
     * @param {number[]} bytes
     * @param {number} size
     */
    function row(name, bytes, size) {
        const cells = bytes.map((byte, at) => element("code", { class: at < size ? "is-place" : "" }, twoDigits(byte)));
        return element("div", {}, element("span", {}, name), ...cells.flatMap((cell) => [cell, " "]));
    }

    /**
     * What came of it, in words.
     * @param {RelocationKind} kind
     * @param {Relocated} done
     */
    function says(kind, done) {
        const sentences = [];
        const bytes = kind.size === 8 ? "eight" : "four";
        switch (done.verdict) {
            case "nothing":
                sentences.push("Nothing is written, and nothing is looked at.");
                break;
            case "not zero":
                sentences.push(`The module is refused: the ${bytes} bytes at P are not all zero. None of them has changed.`);
                break;
            default:
                sentences.push(`The low ${bytes} bytes are written, the lowest first.`);
        }
        if (done.readBack !== null) {
            const filled = kind.fits === "sign" ? "their sign" : "zeroes";
            const again = done.readBack === done.value ? "S + A again: it fits" : `not S + A, which is ${hex(done.value)}`;
            sentences.push(`Filled up with ${filled} they are ${hex(done.readBack)}, ${again}.`);
        } else if (kind.name === "PC32" || kind.name === "PLT32") {
            const fits = BigInt.asUintN(64, BigInt.asIntN(32, done.result)) === done.result;
            if (done.verdict === "written") {
                sentences.push(`Nobody asks whether they fit. ${fits ? "They do." : "They do not: the jump would lead elsewhere, and 6.1 says nothing."}`);
            }
        }
        if (done.verdict === "overflow") {
            sentences.push("The module is refused, with the bytes written:");
        }
        const words = done.said === "" ? [] : [element("pre", {}, done.said)];
        return [element("p", {}, sentences.join(" ")), ...words];
    }

    live.append(
        labelled("a relocation of one of the course's modules", presets),
        element(
            "div",
            { class: "relocation-fields" },
            labelled("type", kinds),
            labelled("S, the symbol's value", S),
            labelled("A, the addend", A),
            labelled("P, the address of the place", P),
            labelled("the bytes at P before", place),
        ),
        formula,
        grid,
        verdict,
    );
    take(0);
});
