// What mdBook's pages lack for those who read with a keyboard, with a screen reader, or on paper.
(() => {
    // The sign that folds the table of contents says that it is expanded, which only a button can be.
    const toggle = document.getElementById("mdbook-sidebar-toggle");
    if (toggle !== null) {
        toggle.setAttribute("role", "button");
        toggle.tabIndex = 0;
        toggle.addEventListener("keydown", (event) => {
            if (event.key === "Enter" || event.key === " ") {
                event.preventDefault();
                toggle.click();
            }
        });
    }

    document.getElementById("mdbook-menu-bar")?.setAttribute("role", "banner");

    // What scrolls sideways must be reachable, or its right half is lost to a keyboard.
    const wide = "main pre > code, main .table-wrapper, main pre.mermaid";
    const reach = (/** @type {Element} */ element) => {
        if (!(element instanceof HTMLElement)) {
            return;
        }
        if (element.scrollWidth > element.clientWidth) {
            element.tabIndex = 0;
        } else {
            element.removeAttribute("tabindex");
        }
    };
    const resized = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
    document.querySelectorAll(wide).forEach((element) => resized.observe(element));

    // What is folded is a prediction, a question, or just an aside: the heading above it tells.
    /** @type {Record<string, string>} */
    const kinds = { "predict-before-coding": "prediction", questions: "question" };
    /** @type {string | undefined} */
    let kind;
    for (const element of document.querySelectorAll("main > h2, main > details")) {
        if (element.tagName === "H2") {
            // On the page with all chapters the second of a name ends in -1, and so on.
            kind = Object.keys(kinds).find((name) => element.id === name || element.id.startsWith(`${name}-`));
        } else if (kind !== undefined) {
            element.classList.add(kinds[kind]);
        }
    }

    // Paper cannot be unfolded.
    /** @type {HTMLDetailsElement[]} */
    let unfolded = [];
    window.addEventListener("beforeprint", () => {
        const details = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("main details:not([open])"));
        unfolded = Array.from(details);
        unfolded.forEach((details) => {
            details.open = true;
        });
    });
    window.addEventListener("afterprint", () => {
        unfolded.forEach((details) => {
            details.open = false;
        });
    });
})();
