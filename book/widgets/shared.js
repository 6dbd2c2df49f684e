// @ts-check
// What the small widgets have in common: elements, numbers, bytes, and the place in the page that they are drawn in.

const widgets = (() => {
    /** @typedef {string | number | boolean | ((event: any) => void)} Attribute */

    /**
     * Makes an element. An attribute that is `false` is left out, one that is a function is called for its event.
     * @template {keyof HTMLElementTagNameMap} T
     * @param {T} tag
     * @param {Record<string, Attribute>} [attributes]
     * @param {...(Node | string)} children
     * @returns {HTMLElementTagNameMap[T]}
     */
    function element(tag, attributes = {}, ...children) {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
            if (typeof value === "function") {
                made.addEventListener(name, value);
            } else if (value !== false) {
                made.setAttribute(name, value === true ? "" : String(value));
            }
        }
        made.append(...children);
        return made;
    }

    /**
     * A number as the book writes it.
     * @param {number | bigint} value
     */
    const hex = (value) => `0x${value.toString(16)}`;

    /**
     * A byte as two digits.
     * @param {number} byte
     */
    const twoDigits = (byte) => byte.toString(16).padStart(2, "0");

    /**
     * A byte as a character, or a point where it is none that can be seen.
     * @param {number} byte
     */
    const character = (byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : ".");

    /**
     * The bytes that a text of digits stands for; `null` where it is none.
     * @param {string} text
     */
    function bytes(text) {
        const digits = text.replace(/\s+/g, "");
        if (!/^([0-9a-f]{2})*$/i.test(digits)) {
            return null;
        }
        return Array.from(digits.matchAll(/../g), ([pair]) => parseInt(pair, 16));
    }

    /**
     * A choice of texts, by number.
     * @param {string[]} texts
     * @param {(chosen: number) => void} choose
     */
    function choice(texts, choose) {
        const options = texts.map((text, at) => element("option", { value: at }, text));
        const select = element("select", { change: () => choose(Number(select.value)) }, ...options);
        return select;
    }

    /**
     * A control with its name before it.
     * @param {string} name
     * @param {HTMLElement} control
     */
    const labelled = (name, control) => element("label", { class: "widget-field" }, element("span", {}, name), control);

    /**
     * Four buttons that walk through `count()` steps: to the start, back, forward, to the end.
     * @param {() => number} at
     * @param {() => number} last
     * @param {(step: number) => void} go
     */
    function walk(at, last, go) {
        /** @type {[string, () => number][]} */
        const ways = [
            ["Start", () => 0],
            ["Back", () => at() - 1],
            ["Forward", () => at() + 1],
            ["End", last],
        ];
        const step = (/** @type {number} */ to) => go(Math.min(Math.max(to, 0), last()));
        const buttons = ways.map(([name, to]) => element("button", { type: "button", click: () => step(to()) }, name));
        const says = element("span", { class: "widget-count" });
        const bar = element("div", { class: "widget-walk" }, ...buttons, says);
        return {
            bar,
            /** Says where it is, and whether there is a way on. A button that has the focus keeps it. */
            show() {
                says.textContent = `step ${at()} of ${last()}`;
                buttons.forEach((button, number) => {
                    const ends = number < 2 ? at() === 0 : at() === last();
                    button.setAttribute("aria-disabled", String(ends));
                });
            },
        };
    }

    /**
     * An element for bytes, eight a line, which scrolls where there are many; and how they come into it.
     * @param {string} name
     * @param {boolean} withText whether the bytes stand beside it as characters
     */
    function dump(name, withText) {
        const grid = element("div", { class: "widget-hex", tabindex: 0, role: "region", "aria-label": name });
        return {
            grid,
            /**
             * Shows bytes, the first of which has the number `start`. `classOf` says how each looks, `choose` is called for one
             * that is pressed.
             * @param {ArrayLike<number>} bytes
             * @param {number} start
             * @param {(at: number) => string} classOf
             * @param {(at: number) => void} choose
             */
            show(bytes, start, classOf, choose) {
                const lines = [];
                const digits = (start + bytes.length).toString(16).length;
                for (let from = 0; from < bytes.length; from += 8) {
                    const line = Array.from({ length: Math.min(8, bytes.length - from) }, (_, at) => from + at);
                    const cells = line.map((at) => {
                        const cell = element("span", { class: classOf(start + at) }, twoDigits(bytes[at] ?? 0));
                        cell.addEventListener("click", () => choose(start + at));
                        return cell;
                    });
                    const label = (start + from).toString(16).padStart(Math.max(digits, 3), "0");
                    const text = line.map((at) => character(bytes[at] ?? 0)).join("");
                    const beside = withText ? [element("span", { class: "widget-text", "aria-hidden": "true" }, text)] : [];
                    lines.push(element("div", {}, element("span", { class: "widget-offset" }, label), ...cells, ...beside));
                }
                grid.replaceChildren(...lines);
            },
        };
    }

    /**
     * Calls `draw` with an empty element in each place of the page that is for the widget `name`.
     * @param {string} name
     * @param {(live: HTMLElement) => void} draw
     */
    function place(name, draw) {
        for (const figure of document.querySelectorAll(`[data-widget="${name}"]`)) {
            const caption = figure.querySelector("figcaption");
            const live = element("div", { class: "widget-live", role: "group", "aria-labelledby": caption?.id ?? false });
            // The book turns its pages with the arrow keys, but not while somebody works in here.
            live.addEventListener("keydown", (event) => {
                if (event.key.startsWith("Arrow")) {
                    event.stopPropagation();
                }
            });
            draw(live);
            figure.append(live);
            figure.classList.add("widget-is-live");
        }
    }

    return { element, hex, twoDigits, bytes, choice, labelled, walk, dump, place };
})();
