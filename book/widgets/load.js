// @ts-check
// Loads what a page's widgets need, and only on pages that have one.
//
// An element `data-widget="NAME"` is drawn by three files beside this one: NAME.css, NAME-model.js and NAME.js. The
// model is plain computing, one global constant, and knows no page: the tests run it without a browser. NAME.js finds
// the elements and draws. What else they need, data among it, the elements name in `data-needs`; all of that is loaded
// first. What stands in the element before is for readers without JavaScript and for paper: the page with the whole
// book, which is there to be printed, keeps it.
(() => {
    if (/\/print(\.html)?$/.test(location.pathname)) {
        return;
    }
    const needed = new Set();
    const own = new Set();
    for (const element of document.querySelectorAll("[data-widget]")) {
        const name = element.getAttribute("data-widget");
        const needs = element.getAttribute("data-needs")?.split(" ") ?? [];
        needs.forEach((file) => needed.add(file));
        [`${name}.css`, `${name}-model.js`, `${name}.js`].forEach((file) => own.add(file));
    }
    for (const file of new Set([...needed, ...own])) {
        const address = `${path_to_root}widgets/${file}`;
        if (file.endsWith(".css")) {
            const style = document.createElement("link");
            style.rel = "stylesheet";
            style.href = address;
            document.head.append(style);
        } else {
            const script = document.createElement("script");
            script.src = address;
            script.async = false; // in this order
            document.head.append(script);
        }
    }
})();
