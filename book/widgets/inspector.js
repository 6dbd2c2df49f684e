// @ts-check
// The module inspector of chapter 1: the fields of a file, and where their bytes are.

widgets.place("inspector", (live) => {
    const { element, hex, bytes, labelled, dump } = widgets;

    /** How many bytes are shown before a field, and at most in all. */
    const [BEFORE, MOST] = [16, 256];

    const select = element("select", { change: () => openPart(Number(select.value)) });
    const own = element("input", { type: "file", accept: ".ko,.o", change: readOwn });
    const list = element("div", { class: "inspector-fields", role: "group", "aria-label": "fields" });
    const shown = dump("the bytes around the field", true);
    const says = element("div", { class: "widget-says", role: "status" });
    const title = element("strong");

    let file = new Uint8Array();
    /** @type {InspectedPart[]} */
    let parts = [];
    /** @type {InspectedField[]} */
    let fields = [];
    let chosen = 0;

    /**
     * Shows a file. What cannot be read changes nothing but what is said.
     * @param {string} name
     * @param {Uint8Array} content
     */
    function open(name, content) {
        const found = inspector.inspect(content);
        if (typeof found === "string") {
            says.replaceChildren(element("p", {}, `${name}: ${found}`));
            return;
        }
        [file, parts] = [Uint8Array.from(content), found];
        title.textContent = `${name}, ${content.length} bytes`;
        select.replaceChildren(...parts.map(({ name }, at) => element("option", { value: at }, name)));
        openPart(0);
    }

    /** @param {number} number */
    function openPart(number) {
        fields = parts[number]?.fields ?? [];
        list.replaceChildren(...fields.map(({ name }, at) => element("button", { type: "button", click: () => choose(at) }, name)));
        choose(0);
    }

    /** @param {number} number */
    function choose(number) {
        chosen = number;
        const field = fields[chosen];
        if (field === undefined) {
            return;
        }
        list.querySelectorAll("button").forEach((button, at) => button.setAttribute("aria-pressed", String(at === chosen)));
        const start = Math.max(0, Math.floor((field.offset - BEFORE) / 8) * 8);
        const around = file.subarray(start, Math.min(start + MOST, file.length));
        const of = (/** @type {number} */ at) => fields.findIndex(({ offset, size }) => offset <= at && at < offset + size);
        const isIn = (/** @type {number} */ at) => field.offset <= at && at < field.offset + field.size;
        shown.show(
            around,
            start,
            (at) => (isIn(at) ? "is-place is-chosen" : of(at) < 0 ? "" : "is-place"),
            (at) => of(at) >= 0 && choose(of(at)),
        );
        const rest = field.offset + field.size - (start + around.length);
        const more = rest > 0 ? ` ${rest} more bytes follow.` : "";
        says.replaceChildren(
            element("p", {}, element("code", {}, field.name), ...(field.value === "" ? [] : [": ", element("strong", {}, field.value)])),
            element("p", {}, `${field.says}. At byte ${hex(field.offset)}, ${field.size} bytes.${more}`),
        );
    }

    /** Reads the file that somebody has chosen. It stays in this page. */
    async function readOwn() {
        const mine = own.files?.[0];
        if (mine !== undefined) {
            open(mine.name, new Uint8Array(await mine.arrayBuffer()));
        }
    }

    live.append(
        title,
        element("div", { class: "inspector-choices" }, labelled("part", select), labelled("a module of your own (it is read here and sent nowhere)", own)),
        list,
        says,
        shown.grid,
    );
    open("hello.ko", Uint8Array.from(bytes(inspectedModule) ?? []));
});
