// @ts-check
// The race explorer: the reader lets the CPUs take their steps, and sees what comes of it. What it computes is in
// race-explorer-model.js; here are the page and the keys.
//
// In the page:
//   .race-explorer[data-race="10-refcount/no-count"]   the widget; it takes the focus, and keys act while it is inside
//   .race-explorer[data-ready]                         the race is loaded and drawn
//   button[data-actor="0"]                             lets that actor take his next step; aria-disabled if he cannot
//   button[data-action="back"], "forward", "restart", "shortest", "random"
//   .race-end[data-outcome="bad"], "good"              stands there only at an end, with the sentence that says how
//   .race-lanes tbody tr                               a step each; [aria-current] the one at hand, .is-undone is ahead
//   .race-variables tr.is-changed                      what the last step changed
//   .race-source .is-here                              the line of the source that the step at hand stands in
//   .race-say                                          what a screen reader is told of each step
//   .race-fallback                                     the table for paper and for readers without JavaScript
// Keys: 0, 1, 2 the actors; b or Backspace back; f forward; r restart; s the shortest way to a bad end; p play a random
// schedule.
(() => {
    /** The lines of the source above and below the step at hand. */
    const AROUND = 6;

    /** @type {Record<string, string>} */
    const KEYS = { b: "back", Backspace: "back", f: "forward", r: "restart", s: "shortest", p: "random" };

    const { element } = widgets;
    let drawn = 0;

    /**
     * What a step does: code where it is code, else words.
     * @param {string} text
     */
    function step(text) {
        if (!text.includes("(") || text.startsWith("(")) {
            return element("span", {}, text);
        }
        // In a narrow lane it is broken where a reader would break it.
        const pieces = text.split(/(?<=[.(])/).flatMap((piece) => [element("wbr"), piece]);
        return element("code", {}, ...pieces);
    }

    /**
     * A number as people read it.
     * @param {bigint | number} number
     */
    const counted = (number) => number.toLocaleString("en-GB");

    /**
     * A number of things: "1 step", "5 steps".
     * @param {number} number
     * @param {string} thing
     */
    const some = (number, thing) => `${counted(number)} ${thing}${number === 1 ? "" : "s"}`;

    /**
     * A text for those who hear it.
     * @param {string} text
     */
    const spoken = (text) => text.replaceAll(" → ", ", which gives ");

    /**
     * Whether a line of a file is in what is shown as one.
     * @param {RaceLine} entry
     * @param {number} line
     */
    const covers = ([first, second], line) =>
        typeof second === "number" ? first <= line && line <= second : first === line;

    /** A widget in its page. */
    class Explorer {
        /**
         * @param {HTMLElement} root
         * @param {RaceData} data
         */
        constructor(root, data) {
            this.root = root;
            this.data = data;
            this.walk = new raceModel.Walk(data);
            drawn += 1;
            const title = `race-${drawn}`;

            this.task = element("p", { class: "race-task" });
            this.rows = element("tbody");
            this.scroller = element(
                "div",
                { class: "race-scroller", role: "group", "aria-label": "The steps so far", tabindex: "0" },
                this.lanes(),
            );
            this.steppers = data.actors.map((actor, number) => {
                const next = element("span", { class: "race-next" });
                const button = element(
                    "button",
                    { type: "button", class: "race-step", "data-actor": `${number}`, "aria-keyshortcuts": `${number}` },
                    element("span", { class: "race-who" }, element("kbd", { "aria-hidden": "true" }, `${number}`), ` ${actor}`),
                    next,
                );
                button.addEventListener("click", () => this.takeStep(number));
                return { button, next };
            });
            this.now = element("div", { class: "race-now" });
            this.variables = element("tbody");
            this.place = element("figcaption");
            this.source = element("code");
            this.tally = element("p", { class: "race-tally" });
            this.say = element("div", { class: "race-say", role: "status" });
            this.actions = this.buttons();

            this.scroller.style.setProperty("--rows", `${this.walk.ahead[0].steps}`);
            const next = element("div", { class: "race-steppers" }, ...this.steppers.map(({ button }) => button));
            next.style.setProperty("--lanes", `${data.actors.length}`);
            const memory = element("caption", {}, "In memory");
            const live = element(
                "div",
                { class: "race-live" },
                element("p", { class: "race-title", id: title }, data.title),
                this.task,
                element(
                    "div",
                    { class: "race-stage" },
                    element("div", { class: "race-main" }, this.scroller, next, this.now),
                    element("div", { class: "race-side" }, element("table", { class: "race-variables" }, memory, this.variables)),
                ),
                element("div", { class: "race-actions" }, ...this.actions.values()),
                element(
                    "figure",
                    { class: "race-source" },
                    this.place,
                    element("pre", { tabindex: "0", role: "group", "aria-label": "The source around this step" }, this.source),
                ),
                this.tally,
                element("p", { class: "race-hint" }, "The keys act while the explorer has the focus: click into it, or come here by Tab."),
                this.say,
            );
            root.append(live);
            root.setAttribute("role", "group");
            root.setAttribute("aria-labelledby", title);
            root.tabIndex = 0;
            root.addEventListener("keydown", (event) => this.key(event));
            this.draw();
            root.dataset.ready = "";
        }

        /** The table of the steps, a column for each actor. */
        lanes() {
            const heads = this.data.actors.map((actor) => element("th", { scope: "col" }, actor));
            const table = element(
                "table",
                { class: "race-lanes" },
                element("thead", {}, element("tr", {}, element("td"), ...heads)),
                this.rows,
            );
            return table;
        }

        /** The buttons that are no steps. */
        buttons() {
            /** @type {[string, string, string][]} */
            const all = [
                ["back", "b", "Back"],
                ["forward", "f", "Forward"],
                ["restart", "r", "Restart"],
                ["random", "p", "Play a random schedule"],
                ["shortest", "s", "Show me the shortest way to the crash"],
            ];
            const buttons = new Map();
            for (const [action, key, words] of all) {
                if (action === "shortest" && this.data.shortest === null) {
                    continue;
                }
                const attributes = { type: "button", "data-action": action, "aria-keyshortcuts": key };
                const button = element("button", attributes, element("kbd", { "aria-hidden": "true" }, key), ` ${words}`);
                button.addEventListener("click", () => this.act(action));
                buttons.set(action, button);
            }
            return buttons;
        }

        /** @param {KeyboardEvent} event */
        key(event) {
            if (event.ctrlKey || event.altKey || event.metaKey) {
                return;
            }
            const actor = /^[0-9]$/.test(event.key) ? Number(event.key) : -1;
            const action = KEYS[event.key];
            if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
                // They scroll what has the focus here, and do not turn the book's page.
                event.stopPropagation();
                return;
            }
            if (action === undefined && (actor < 0 || actor >= this.data.actors.length)) {
                return;
            }
            event.preventDefault();
            event.stopPropagation();
            if (action === undefined) {
                this.takeStep(actor);
            } else {
                this.act(action);
            }
        }

        /** @param {number} actor */
        takeStep(actor) {
            if (this.walk.step(actor)) {
                this.draw();
                this.tellStep();
            } else {
                this.tell(`${this.data.actors[actor]} ${this.why(actor)}.`);
            }
        }

        /** @param {string} action */
        act(action) {
            const { walk } = this;
            switch (action) {
                case "back":
                    if (walk.back()) {
                        this.draw();
                        this.tell(walk.at === 0 ? "Back at the beginning." : `Back after step ${walk.at}. ${this.oddsInWords()}`);
                    } else {
                        this.tell("This is the beginning.");
                    }
                    break;
                case "forward":
                    if (walk.forward()) {
                        this.draw();
                        this.tellStep();
                    } else {
                        this.tell("No step was taken back.");
                    }
                    break;
                case "restart":
                    walk.restart();
                    this.draw();
                    this.tell(`At the beginning. ${this.oddsInWords()}`);
                    break;
                case "shortest":
                    if (walk.shortest()) {
                        this.draw();
                        this.tell(`The shortest way, in ${some(walk.at, "step")}. ${this.endInWords()} Go back to follow it.`);
                    }
                    break;
                case "random":
                    walk.playRandom();
                    this.draw();
                    this.tell(`A random schedule, ${some(walk.at, "step")}. ${this.endInWords()}`);
                    break;
            }
        }

        /**
         * Why an actor can take no step.
         * @param {number} actor
         */
        why(actor) {
            if (this.walk.end !== null) {
                return "stops here: this is the end";
            }
            return this.walk.waits(actor) ? "waits for another CPU" : "is done";
        }

        /** What can be heard of the step that was just taken. */
        tellStep() {
            const { walk } = this;
            const { actor, texts } = walk.steps[walk.at - 1];
            const changed = walk.memory.filter((variable) => variable.isChanged);
            const values = changed.map(({ name, value }) => `${name} is now ${value}.`);
            const words = [`Step ${walk.at}, ${this.data.actors[actor]}: ${texts.map(spoken).join(", ")}.`, ...values];
            this.tell([...words, walk.end === null ? this.oddsInWords() : this.endInWords()].join(" "));
        }

        /** @param {string} words */
        tell(words) {
            this.say.textContent = words;
        }

        endInWords() {
            const end = this.walk.end;
            return end === null ? "" : end.outcome === "bad" ? `It ends badly: ${end.sentence}` : end.sentence;
        }

        oddsInWords() {
            const { total, bad } = this.walk.odds;
            if (bad === 0n) {
                return total === 1n
                    ? "The one interleaving from here ends well."
                    : `All ${counted(total)} interleavings from here end well.`;
            }
            if (bad === total) {
                return total === 1n
                    ? "The one interleaving from here ends badly."
                    : `All ${counted(total)} interleavings from here end badly.`;
            }
            return `Of ${counted(total)} interleavings from here ${counted(bad)} ${bad === 1n ? "ends" : "end"} badly.`;
        }

        /** What the reader is asked to do. */
        taskInWords() {
            const [total, bad] = [BigInt(this.data.interleavings), BigInt(this.data.bad)];
            if (bad === 0n) {
                return `None of ${counted(total)} interleavings ends badly. Try to prove that wrong.`;
            }
            if (bad === total) {
                return `All ${counted(total)} interleavings end badly. Drive one to its end, and see why.`;
            }
            const which = bad === 1n ? "the interleaving that ends badly" : "an interleaving that ends badly";
            return `Find ${which}. ${bad === 1n ? "There is one" : `There are ${counted(bad)}`} among ${counted(total)}.`;
        }

        /** What the tries have come to. */
        tallyInWords() {
            const { tries, random, found, wasShown } = this.walk;
            const words = [];
            const count = tries.good + tries.bad;
            if (count > 0) {
                words.push(`You drove ${some(count, "interleaving")} to the end: ${tries.bad} badly, ${tries.good} well.`);
            }
            if (found !== null && this.data.shortest !== null) {
                const least = this.data.shortest.length;
                const length = found.steps === least ? "None is shorter." : `The shortest has ${least}.`;
                const how = wasShown ? "" : ` by yourself, in try ${found.attempt}`;
                words.push(`You found a bad end${how}, in ${some(found.steps, "step")}. ${length}`);
            }
            if (random.good + random.bad > 0) {
                words.push(`Random schedules: ${random.bad} ended badly, ${random.good} well.`);
            }
            return words.join(" ");
        }

        /** Shows where the walk is. */
        draw() {
            const { walk } = this;
            this.task.textContent = this.taskInWords();
            this.drawLanes();
            this.drawNext();
            this.drawNow();
            this.drawVariables();
            this.drawSource();
            this.tally.textContent = this.tallyInWords();
            this.can("back", walk.at > 0);
            this.can("forward", walk.at < walk.path.length);
            this.can("restart", walk.path.length > 0);
        }

        /**
         * Says of a button whether it does something. It stays in its place and keeps the focus.
         * @param {string} action
         * @param {boolean} can
         */
        can(action, can) {
            this.actions.get(action)?.setAttribute("aria-disabled", `${!can}`);
        }

        drawLanes() {
            const { walk, data } = this;
            const rows = walk.steps.map(({ actor, texts }, number) => {
                const row = element("tr", {}, element("th", { scope: "row" }, `${number + 1}`));
                data.actors.forEach((_, column) => {
                    const cell = element("td", { "data-lane": `${column}` });
                    if (column === actor) {
                        texts.forEach((text) => cell.append(step(text), " "));
                        cell.classList.add("is-step");
                    }
                    row.append(cell);
                });
                if (number === walk.at - 1) {
                    row.setAttribute("aria-current", "step");
                }
                if (number >= walk.at) {
                    row.classList.add("is-undone");
                    row.firstElementChild?.append(element("span", { class: "race-hidden" }, " taken back"));
                }
                return row;
            });
            this.rows.replaceChildren(...rows);
            const here = rows[walk.at - 1];
            const { scroller } = this;
            if (here === undefined) {
                scroller.scrollTop = 0;
            } else {
                // Below the heads, which stay; the page itself must not move.
                const head = scroller.querySelector("thead")?.clientHeight ?? 0;
                const above = here.offsetTop - head;
                const below = here.offsetTop + here.offsetHeight - scroller.clientHeight;
                scroller.scrollTop = Math.min(Math.max(scroller.scrollTop, below), above);
            }
        }

        drawNext() {
            this.steppers.forEach(({ button, next }, actor) => {
                const coming = this.walk.next(actor);
                button.setAttribute("aria-disabled", `${coming === null}`);
                if (coming === null) {
                    next.replaceChildren(this.why(actor));
                } else {
                    // What comes back is not known before.
                    const [text] = coming.texts.filter((text) => !text.startsWith("("));
                    next.replaceChildren(step((text ?? coming.texts[0]).split(" → ")[0]));
                }
            });
        }

        /** How it ended; or, before that, how it still can end. */
        drawNow() {
            const { end, odds } = this.walk;
            if (end === null) {
                const bad = element("span");
                bad.style.width = `${Number((odds.bad * 1000n) / odds.total) / 10}%`;
                this.now.replaceChildren(
                    element("p", { class: "race-odds" }, this.oddsInWords()),
                    element("div", { class: "race-bar", "aria-hidden": "true" }, bad),
                );
                return;
            }
            const words = end.outcome === "bad" ? [element("strong", {}, "It ends badly."), ` ${end.sentence}`] : [end.sentence];
            this.now.replaceChildren(element("p", { class: "race-end", "data-outcome": end.outcome }, ...words));
        }

        drawVariables() {
            const rows = this.walk.memory.map(({ name, value, isChanged }) => {
                const mark = isChanged ? [element("span", { class: "race-mark" }, " changed")] : [];
                return element(
                    "tr",
                    isChanged ? { class: "is-changed" } : {},
                    element("th", { scope: "row" }, element("code", {}, name)),
                    element("td", {}, value, ...mark),
                );
            });
            this.variables.replaceChildren(...rows);
        }

        drawSource() {
            const { walk, data } = this;
            const { file, line } = walk.place;
            const { name, lines } = data.files[file];
            const at = lines.findIndex((entry) => covers(entry, line));
            const shown = lines.slice(Math.max(0, at - AROUND), at + AROUND + 1);
            const code = shown.filter((entry) => entry.length === 2 && entry[1] !== "").map(([, text]) => String(text));
            const indent = Math.min(...code.map((text) => text.length - text.trimStart().length));
            // Who goes on at which line.
            const goesOn = data.actors.map((_, actor) => walk.next(actor)?.place);
            const pieces = shown.map((entry) => {
                const text =
                    entry.length === 3 ? `    … these lines are yours to write: task ${entry[2]}` : entry[1].slice(indent);
                const row = element("span", { class: "race-line" });
                const who = goesOn.flatMap((next, actor) => (next?.file === file && covers(entry, next.line) ? [actor] : []));
                row.append(
                    element("span", { class: "race-next-here", "aria-hidden": "true" }, who.length > 0 ? `${who.join(" ")}▸` : ""),
                    element("span", { class: "race-number", "aria-hidden": "true" }, `${entry[0]}`),
                    `${text}\n`,
                );
                row.classList.toggle("is-here", walk.at > 0 && covers(entry, line));
                row.classList.toggle("is-task", entry.length === 3);
                return row;
            });
            this.source.replaceChildren(...pieces);
            this.place.textContent = walk.at > 0 ? `${name}, line ${line}` : name;
        }
    }

    for (const root of document.querySelectorAll(".race-explorer")) {
        const data = root instanceof HTMLElement ? globalThis.races?.[root.dataset.race ?? ""] : undefined;
        if (root instanceof HTMLElement && data !== undefined) {
            new Explorer(root, data);
        }
    }
})();
