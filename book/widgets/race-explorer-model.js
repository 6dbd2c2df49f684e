// @ts-check
// The race explorer's computing, without a page: where the reader is in the graph of all interleavings, what came
// before, what can come next, and how many of the ways from here end badly.
//
// The data are the scripts in races/, which `cargo course sync` derives from what `cargo course trace` explored. Their
// form is described in ci/course/src/race/script.rs.

/**
 * A line of a source, or all the lines of a task, which are the learner's: first, last, the task.
 * @typedef {[number, string] | [number, number, string]} RaceLine
 */

/** @typedef {{ name: string, lines: RaceLine[] }} RaceFile */

/**
 * An edge: the actor, the node that it leads to, and its steps by number.
 * @typedef {number[]} RaceEdge
 */

/**
 * @typedef {object} RaceData
 * @property {string} title
 * @property {string[]} actors The columns: "CPU 0: rmmod".
 * @property {string} interleavings How many there are; decimal.
 * @property {string} bad How many of them end badly; decimal.
 * @property {number} executions How many runs of the code it took to see all of them.
 * @property {number | null} firstBad Which of those was the first that ended badly, counted from 1.
 * @property {number} states How many states there were, before those that go on alike were put together.
 * @property {number[] | null} shortest The actors of the shortest schedule that ends badly.
 * @property {RaceFile[]} files
 * @property {[string, number, number, number][]} steps Text, file, line, 1 for a remark.
 * @property {([string] | [string, number, number] | null)[]} ends Nothing where it ends well; else the sentence, and
 *   where a check failed, the file and the line of it.
 * @property {string[]} variables
 * @property {string[]} values
 * @property {number[][]} memories A value for each variable.
 * @property {[number, RaceEdge[] | number][]} nodes The memory; the edges, or the number of an end.
 */

/**
 * A place in a source: the number of the file, and the line.
 * @typedef {{ file: number, line: number }} RacePlace
 */

/**
 * @typedef {object} RaceStep
 * @property {number} actor
 * @property {string[]} texts What is done, and remarks in parentheses.
 * @property {RacePlace} place
 */

/** @typedef {{ outcome: "good" | "bad", sentence: string, place: RacePlace | null }} RaceEnd */

const raceModel = (() => {
    /**
     * The edges of a node; none at an end.
     * @param {RaceData} data
     * @param {number} node
     * @returns {RaceEdge[]}
     */
    function edges(data, node) {
        const further = data.nodes[node][1];
        return typeof further === "number" ? [] : further;
    }

    /**
     * How a node ends, or null where somebody can take a step.
     * @param {RaceData} data
     * @param {number} node
     * @returns {RaceEnd | null}
     */
    function endOf(data, node) {
        const number = data.nodes[node][1];
        if (typeof number !== "number") {
            return null;
        }
        const end = data.ends[number];
        if (end === null) {
            return { outcome: "good", sentence: "It ended well.", place: null };
        }
        const [sentence, file, line] = end;
        const place = file === undefined || line === undefined ? null : { file, line };
        return { outcome: "bad", sentence, place };
    }

    /**
     * What lies before each node. Every edge leads to a node with a higher number, so one walk from the end will do.
     * @param {RaceData} data
     */
    function ahead(data) {
        /** @type {{ total: bigint, bad: bigint, steps: number, actors: Set<number> }[]} */
        const all = new Array(data.nodes.length);
        for (let node = data.nodes.length - 1; node >= 0; node -= 1) {
            const end = endOf(data, node);
            const here = {
                total: end === null ? 0n : 1n, // interleavings from here
                bad: end?.outcome === "bad" ? 1n : 0n, // those of them that end badly
                steps: 0, // of the longest of them
                actors: new Set(), // who takes a step in any of them
            };
            for (const [actor, to] of edges(data, node)) {
                here.total += all[to].total;
                here.bad += all[to].bad;
                here.steps = Math.max(here.steps, all[to].steps + 1);
                here.actors.add(actor);
                all[to].actors.forEach((later) => here.actors.add(later));
            }
            all[node] = here;
        }
        return all;
    }

    /**
     * What an edge does.
     * @param {RaceData} data
     * @param {RaceEdge} edge
     * @returns {RaceStep}
     */
    function stepOf(data, edge) {
        const [actor, , ...numbers] = edge;
        const steps = numbers.map((number) => data.steps[number]);
        const [, file, line] = steps.find(([, , , isNote]) => !isNote) ?? steps[0];
        return { actor, texts: steps.map(([text, , , isNote]) => (isNote ? `(${text})` : text)), place: { file, line } };
    }

    /** A reader on his way through a race. */
    class Walk {
        /** @param {RaceData} data */
        constructor(data) {
            this.data = data;
            this.ahead = ahead(data);
            /**
             * The edges that were taken; those behind `at` were taken back and can be taken again.
             * @type {RaceEdge[]}
             */
            this.path = [];
            this.at = 0;
            /** What the reader's own tries, and random schedules, have come to. */
            this.tries = { good: 0, bad: 0 };
            this.random = { good: 0, bad: 0 };
            /**
             * The try in which the reader first came to a bad end, and how many steps it had.
             * @type {{ attempt: number, steps: number } | null}
             */
            this.found = null;
            /** Whether the shortest way to a bad end was asked for. */
            this.wasShown = false;
        }

        /** The node that the reader is at. */
        get node() {
            return this.at === 0 ? 0 : this.path[this.at - 1][1];
        }

        /** How it ended, if it has. */
        get end() {
            return endOf(this.data, this.node);
        }

        /** How many interleavings there are from here, and how many of them end badly. */
        get odds() {
            const { total, bad } = this.ahead[this.node];
            return { total, bad };
        }

        /** The steps that were taken, and those that were taken back. */
        get steps() {
            return this.path.map((edge) => stepOf(this.data, edge));
        }

        /**
         * What an actor would do next, if he can take a step here.
         * @param {number} actor
         * @returns {RaceStep | null}
         */
        next(actor) {
            const edge = this.edge(actor);
            return edge === undefined ? null : stepOf(this.data, edge);
        }

        /**
         * Whether an actor who can take no step here will later take one.
         * @param {number} actor
         */
        waits(actor) {
            return this.edge(actor) === undefined && this.ahead[this.node].actors.has(actor);
        }

        /** The variables, and which of them the last step changed. */
        get memory() {
            const now = this.data.memories[this.data.nodes[this.node][0]];
            const before = this.at < 2 ? 0 : this.path[this.at - 2][1];
            const was = this.data.memories[this.data.nodes[before][0]];
            return this.data.variables.map((name, number) => ({
                name,
                value: this.data.values[now[number]],
                isChanged: now[number] !== was[number],
            }));
        }

        /**
         * Where the step at hand stands in the sources: the last one, or the check that it failed; at the beginning what
         * the first actor will do.
         * @returns {RacePlace}
         */
        get place() {
            const edge = this.at === 0 ? edges(this.data, 0)[0] : this.path[this.at - 1];
            return this.end?.place ?? stepOf(this.data, edge).place;
        }

        /**
         * Lets an actor take his next step. False where he cannot.
         * @param {number} actor
         */
        step(actor) {
            return this.take(actor, this.tries, true);
        }

        /** Takes the last step back. False at the beginning. */
        back() {
            const can = this.at > 0;
            this.at -= can ? 1 : 0;
            return can;
        }

        /** Takes a step again that was taken back. False where there is none. */
        forward() {
            const can = this.at < this.path.length;
            this.at += can ? 1 : 0;
            return can;
        }

        /** To the beginning; nothing can be taken again. */
        restart() {
            this.path = [];
            this.at = 0;
        }

        /** The shortest way to a bad end, at that end. False where there is none. */
        shortest() {
            if (this.data.shortest === null) {
                return false;
            }
            this.restart();
            this.wasShown = true;
            return this.data.shortest.every((actor) => this.take(actor, null, false));
        }

        /**
         * A random schedule to an end: from here, or at an end from the beginning. Each interleaving is as likely as any
         * other.
         * @param {() => number} random From 0 to 1, without 1.
         */
        playRandom(random = Math.random) {
            if (this.end !== null) {
                this.restart();
            }
            while (this.end === null) {
                const choices = edges(this.data, this.node);
                const total = Number(this.ahead[this.node].total);
                let left = random() * total;
                const chosen = choices.find(([, to]) => (left -= Number(this.ahead[to].total)) < 0);
                this.take((chosen ?? choices[choices.length - 1])[0], this.random, false);
            }
        }

        /**
         * @param {number} actor
         * @returns {RaceEdge | undefined}
         */
        edge(actor) {
            return edges(this.data, this.node).find((edge) => edge[0] === actor);
        }

        /**
         * @param {number} actor
         * @param {{ good: number, bad: number } | null} count Where an end is counted that this comes to.
         * @param {boolean} byHand
         */
        take(actor, count, byHand) {
            const edge = this.edge(actor);
            if (edge === undefined) {
                return false;
            }
            if (this.path[this.at] === edge) {
                // Taken before: what came of it has been counted.
                this.at += 1;
                return true;
            }
            this.path.length = this.at;
            this.path.push(edge);
            this.at += 1;
            const end = this.end;
            if (end !== null && count !== null) {
                count[end.outcome] += 1;
                if (byHand && end.outcome === "bad" && this.found === null) {
                    this.found = { attempt: this.tries.good + this.tries.bad, steps: this.at };
                }
            }
            return true;
        }
    }

    return { Walk };
})();
