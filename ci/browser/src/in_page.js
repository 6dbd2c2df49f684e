// What each page is asked, within the page. Every function gives plain values, for JSON.
globalThis.inPage = (() => {
    const frame = () => new Promise((done) => setTimeout(done, 30));

    // Resolves when what follows a change of size has been done: the observers of sizes come with the next picture.
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))));

    // Something that a reader would find again: the element's name, classes and first words.
    const name = (element) => {
        const classes = Array.from(element.classList, (word) => "." + word).join("");
        const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
        return element.tagName.toLowerCase() + classes + (words ? ` "${words}"` : "");
    };

    const diagrams = () => Array.from(document.querySelectorAll("pre.mermaid"));
    const isDrawn = (diagram) => diagram.querySelector("svg") !== null && diagram.dataset.processed === "true";

    // Resolves when the fonts are there and the diagrams drawn, or after `patience` milliseconds.
    const settled = async (patience) => {
        const until = performance.now() + patience;
        await document.fonts.ready;
        while (!diagrams().every(isDrawn) && performance.now() < until) {
            await frame();
        }
        // What a mermaid error would still add, and the layout after it.
        await frame();
    };

    // What is wrong with the diagrams.
    const badDiagrams = () => {
        const faults = diagrams().flatMap((diagram, at) => {
            const which = `diagram ${at + 1}`;
            const drawing = diagram.querySelector("svg");
            if (drawing === null) {
                return [`${which} is not drawn: ${name(diagram)}`];
            }
            const has = (part) => drawing.querySelector(`:scope > ${part}`)?.textContent.trim();
            return [
                /Syntax error/i.test(drawing.textContent) && `${which}: mermaid finds a syntax error`,
                !has("title") && `${which} has no title: it needs a line 'accTitle: …'`,
                !has("desc") && `${which} has no description: it needs a line 'accDescr: …'`,
            ].filter(Boolean);
        });
        // mermaid puts what it cannot draw at the end of the page.
        const lost = document.querySelectorAll("body > [id^='dmermaid']").length;
        return lost ? [...faults, "mermaid left an error at the end of the page"] : faults;
    };

    const scrolls = (element) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);
    const isContained = (element) => {
        for (let at = element; at && at !== document.body; at = at.parentElement) {
            if (scrolls(at)) {
                return true;
            }
        }
        return false;
    };

    // How the page is wider than the window, or what sticks out of it; null where nothing does.
    const overflow = () => {
        const width = document.documentElement.clientWidth;
        const out = Array.from(document.querySelectorAll("main *")).find((element) => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && box.right > width + 1 && !isContained(element);
        });
        const wide = document.documentElement.scrollWidth;
        if (out === undefined && wide <= width) {
            return null;
        }
        return `it is ${wide} px wide` + (out ? `, and ${name(out)} sticks out` : "");
    };

    // Where the links lead, and the places on this page that links can lead to.
    const links = () => ({
        to: Array.from(document.querySelectorAll("a[href]"), (link) => {
            const said = link.getAttribute("href");
            return { said, resolved: URL.canParse(said, document.baseURI) ? new URL(said, document.baseURI).href : null };
        }),
        places: Array.from(document.querySelectorAll("[id]"), (element) => element.id),
    });

    // What axe-core finds, which must have been loaded before.
    const accessibility = async (colours) => {
        const { violations } = await axe.run(document, {
            resultTypes: ["violations"],
            // It would read the style sheets again, which no browser allows in pages from files.
            preload: false,
            rules: { "color-contrast": { enabled: colours } },
        });
        return violations.map(({ id, impact, help, nodes }) => ({
            rule: id,
            impact,
            help,
            places: nodes.map((node) => node.target.flat().join(" ")),
        }));
    };

    // The diagrams that were taken out of the page, and what stands there for each.
    let taken = [];
    const takeDiagrams = () => {
        taken = diagrams();
        taken.forEach((diagram, at) => {
            const picture = document.createElement("img");
            picture.src = `diagram-${at}.png`;
            const words = (part) => diagram.querySelector(`svg > ${part}`)?.textContent ?? "";
            picture.alt = `${words("title")}. ${words("desc")}`;
            diagram.replaceWith(picture);
        });
        return taken.length;
    };

    // Shows one of them alone, and where it stands: a page of all chapters is too tall for taking its picture.
    const showTaken = (at) => {
        document.querySelector("main").replaceChildren(taken[at]);
        const { x, y, width, height } = taken[at].querySelector("svg").getBoundingClientRect();
        return { x: x + scrollX, y: y + scrollY, width, height };
    };

    // The page's text as HTML for a reader that runs no scripts: everything open, and no buttons. The cover goes where
    // covers go.
    const forPaper = () => {
        document.querySelectorAll("main .buttons, main script, main style, main img[src$='cover.svg']").forEach((element) => {
            element.remove();
        });
        // The contents lead to the words of a heading, which are a link to themselves here.
        document.querySelectorAll("main a.header").forEach((link) => link.replaceWith(...link.childNodes));
        for (const folded of document.querySelectorAll("main details")) {
            const open = document.createElement("div");
            open.className = "folded";
            const question = document.createElement("p");
            const strong = document.createElement("strong");
            strong.append(...(folded.querySelector("summary")?.childNodes ?? []));
            question.append(strong);
            folded.querySelector("summary")?.remove();
            open.append(question, ...folded.childNodes);
            folded.replaceWith(open);
        }
        const { lang } = document.documentElement;
        return `<!doctype html><html lang="${lang}"><meta charset="utf-8"><body>${document.querySelector("main").innerHTML}</body></html>`;
    };

    const figures = () => ({ diagrams: diagrams().length });

    return { settled, drawn, badDiagrams, overflow, links, accessibility, takeDiagrams, showTaken, forPaper, figures };
})();
null;
