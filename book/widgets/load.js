// @ts-check
// Loads what a page's widgets need, and only on pages that have one.
//
// An element `data-widget="NAME"` is drawn by three files beside this one: NAME.css, NAME-model.js and NAME.js. The
// model is plain computing, one global constant, and knows no page: the tests run it without a browser. NAME.js finds
// the elements and draws. What stands in the element before is for readers without JavaScript and for paper: the page
// with the whole book, which is there to be printed, keeps it.
(() => {
    if (/\/print(\.html)?$/.test(location.pathname)) {
        return;
    }
    const names = new Set();
    for (const element of document.querySelectorAll("[data-widget]")) {
        names.add(element.getAttribute("data-widget"));
    }
    for (const name of names) {
        const style = document.createElement("link");
        style.rel = "stylesheet";
        style.href = `${path_to_root}widgets/${name}.css`;
        document.head.append(style);
        for (const file of [`${name}-model.js`, `${name}.js`]) {
            const script = document.createElement("script");
            script.src = `${path_to_root}widgets/${file}`;
            script.async = false; // the model first
            document.head.append(script);
        }
    }
})();
