// Draws the page's mermaid diagrams. The library is large, so only a page that has a diagram loads it, and
// from the book itself: nothing comes from the network. Where it is missing, the diagram's text stays.
(() => {
    const diagrams = document.querySelectorAll("pre.mermaid");
    if (diagrams.length === 0) {
        return;
    }
    const dark = () => ["ayu", "coal", "navy"].some((name) => document.documentElement.classList.contains(name));
    const sources = Array.from(diagrams, (diagram) => diagram.textContent);

    const draw = () => {
        diagrams.forEach((diagram, at) => {
            diagram.removeAttribute("data-processed");
            diagram.textContent = sources[at];
        });
        mermaid.initialize({ startOnLoad: false, theme: dark() ? "dark" : "neutral" });
        mermaid.run({ nodes: diagrams });
    };

    const library = document.createElement("script");
    library.src = path_to_root + "mermaid.min.js";
    library.onload = () => {
        let wasDark = dark();
        draw();
        new MutationObserver(() => {
            if (dark() !== wasDark) {
                wasDark = dark();
                draw();
            }
        }).observe(document.documentElement, { attributeFilter: ["class"] });
    };
    document.head.append(library);
})();
