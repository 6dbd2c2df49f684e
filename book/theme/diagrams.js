// Draws the page's mermaid diagrams. The library is large, so only a page that has a diagram loads it, and
// from the book itself: nothing comes from the network. Where it is missing, the diagram's text stays.
(() => {
    const diagrams = document.querySelectorAll("pre.mermaid");
    if (diagrams.length === 0) {
        return;
    }
    const dark = () => ["ayu", "coal", "navy"].some((name) => document.documentElement.classList.contains(name));
    const sources = Array.from(diagrams, (diagram) => diagram.textContent);
    const onLight = {
        background: "#ffffff",
        primaryColor: "#e6eff9",
        primaryBorderColor: "#3a6ea5",
        primaryTextColor: "#17202c",
        secondaryColor: "#fdf0dd",
        tertiaryColor: "#f3f5f8",
        tertiaryTextColor: "#17202c",
        lineColor: "#4a5868",
        edgeLabelBackground: "#ffffff",
        noteBkgColor: "#fff3d4",
        noteBorderColor: "#c78a2c",
        noteTextColor: "#2b2110",
    };
    const onDark = {
        darkMode: true,
        background: "#161a23",
        primaryColor: "#27344f",
        primaryBorderColor: "#7db3e6",
        primaryTextColor: "#e6eaf3",
        secondaryColor: "#3d3325",
        tertiaryColor: "#202634",
        tertiaryTextColor: "#e6eaf3",
        lineColor: "#aab5c8",
        edgeLabelBackground: "#202634",
        noteBkgColor: "#3d3325",
        noteBorderColor: "#d99a3d",
        noteTextColor: "#f6e7cf",
    };

    const draw = async () => {
        // Boxes are as wide as their words, and that depends on the font.
        await document.fonts.ready;
        diagrams.forEach((diagram, at) => {
            diagram.removeAttribute("data-processed");
            diagram.textContent = sources[at];
        });
        const themeVariables = { fontFamily: "Open Sans, sans-serif", ...(dark() ? onDark : onLight) };
        mermaid.initialize({ startOnLoad: false, theme: "base", themeVariables });
        await mermaid.run({ nodes: diagrams });
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
    library.onerror = () => {
        const note = document.createElement("p");
        note.innerHTML =
            "Here the source of a diagram stands in its place: this book was built without <code>mermaid.min.js</code>, " +
            "which <code>cargo course book --for-mdbook</code> fetches for <code>mdbook build</code>.";
        diagrams[0]?.before(note);
    };
    document.head.append(library);
})();
