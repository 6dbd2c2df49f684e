// @ts-check
// The version of a symbol, token by token, in chapter 3.

widgets.place("version", (live) => {
    const { element, twoDigits, choice, labelled, walk } = widgets;

    const examples = choice(
        versionExamples.map(({ symbol, from }) => `${symbol} (${from})`),
        (chosen) => open(chosen),
    );
    const source = element("code");
    const line = element("div", { class: "version-tokens", role: "group", "aria-label": "the signature's tokens", keydown: move });
    const token = element("input", { type: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", input: change });
    const restore = element("button", { type: "button", click: () => open(Number(examples.value), at) }, "Restore all");
    const about = element("div", { class: "widget-says", role: "status" });
    const result = element("div", { class: "version-result", role: "status" });

    let example = versionExamples[0];
    /** @type {string[]} */
    let original = [];
    /** @type {string[]} */
    let tokens = [];
    /** How many tokens have gone in. */
    let at = 0;
    const steps = walk(
        () => at,
        () => tokens.length,
        (step) => go(step),
    );

    /**
     * @param {number} chosen
     * @param {number} [step]
     */
    function open(chosen, step = 1) {
        example = versionExamples[chosen] ?? example;
        if (example === undefined) {
            return;
        }
        source.textContent = example.text;
        original = version.tokens(example.signature);
        tokens = [...original];
        line.replaceChildren(
            ...tokens.map((_, number) => element("button", { type: "button", click: () => go(number + 1) })),
        );
        go(step);
    }

    /** @param {number} step */
    function go(step) {
        at = step;
        token.value = tokens[at - 1] ?? "";
        show();
    }

    /** The arrow keys walk along the tokens. */
    function move(/** @type {KeyboardEvent} */ event) {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by !== undefined) {
            event.preventDefault();
            go(Math.min(Math.max(at + by, 1), tokens.length));
            line.querySelectorAll("button")[at - 1]?.focus();
        }
    }

    /** The token at hand is what was typed. */
    function change() {
        tokens[at - 1] = token.value.trim();
        show();
    }

    function show() {
        const registers = version.run(tokens);
        const eight = (/** @type {number | undefined} */ number) => `0x${(number ?? 0).toString(16).padStart(8, "0")}`;
        line.querySelectorAll("button").forEach((button, number) => {
            const text = tokens[number] ?? "";
            const isChanged = text !== original[number];
            button.textContent = text === "" ? "␀" : text;
            button.className = [number < at ? "is-in" : "", isChanged ? "is-changed" : ""].join(" ");
            button.tabIndex = number === Math.max(at - 1, 0) ? 0 : -1;
            button.setAttribute("aria-current", number === at - 1 ? "step" : "false");
            button.setAttribute("aria-label", (text === "" ? "nothing" : text) + (isChanged ? `, was ${original[number]}` : ""));
        });
        token.disabled = at === 0;
        steps.show();
        const here = tokens[at - 1];
        const bytes = here === undefined ? [] : version.bytesOf(here);
        about.replaceChildren(
            here === undefined
                ? element("p", {}, "Nothing has gone in yet. The checksum starts as ", element("code", {}, eight(version.START)), ".")
                : element(
                      "p",
                      {},
                      element("code", {}, eight(registers[at - 1])),
                      " and the bytes ",
                      element("code", {}, bytes.map(twoDigits).join(" ") || "none"),
                      " make ",
                      element("code", {}, eight(registers[at])),
                      ".",
                  ),
        );
        const crc = version.of(tokens);
        result.replaceChildren(
            element("p", {}, "All tokens in, and all bits inverted: ", element("strong", {}, element("code", {}, eight(crc)))),
            element("p", {}, ...compared(crc, eight)),
        );
    }

    /**
     * What the version means beside the one of the declaration as it is.
     * @param {number} crc
     * @param {(number: number) => string} eight
     */
    function compared(crc, eight) {
        if (example === undefined) {
            return [];
        }
        if (crc === example.crc) {
            const whose = example.isKernels ? ", and what Debian's Module.symvers says" : "";
            return [`That is what lab 3's reference computes${whose}.`];
        }
        const words = `disagrees about version of symbol ${example.symbol}`;
        return ["A module built for ", element("code", {}, eight(example.crc)), " would be told: it ", element("code", {}, words), "."];
    }

    live.append(
        labelled("symbol", examples),
        element("pre", {}, source),
        line,
        steps.bar,
        about,
        element("div", { class: "version-change" }, labelled("this token (change it: int to long)", token), restore),
        result,
    );
    // The chapter's own.
    const first = versionExamples.findIndex(({ isKernels }) => !isKernels);
    examples.value = String(first);
    open(first);
});
