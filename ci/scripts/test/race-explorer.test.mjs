import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { load, WIDGETS } from "../browser.mjs";

const SCRIPTS = readdirSync(WIDGETS, { recursive: true }).filter((name) => /^races\W.*\.js$/.test(name));
const { Walk } = load(["race-explorer-model.js", ...SCRIPTS], "raceModel");
/** @type {Record<string, any>} */
const races = load([], "races");

/** What each node leads to. */
const edges = (data, node) => (Array.isArray(data.nodes[node][1]) ? data.nodes[node][1] : []);

test("every script brings one race, under the name of its file", () => {
    const names = SCRIPTS.map((script) => script.replaceAll("\\", "/").replace(/^races\/(.*)\.js$/, "$1"));
    assert.ok(names.length > 0);
    assert.deepEqual(Object.keys(races).sort(), names.sort());
});

for (const [name, data] of Object.entries(races)) {
    test(`${name}: every edge leads to a node further on, and everything that is named is there`, () => {
        const reached = new Set([0]);
        data.nodes.forEach(([memory, further], node) => {
            assert.equal(data.memories[memory].length, data.variables.length);
            data.memories[memory].forEach((value) => assert.equal(typeof data.values[value], "string"));
            if (!Array.isArray(further)) {
                assert.notEqual(data.ends[further], undefined);
                return;
            }
            assert.ok(further.length > 0, `nobody can go on from node ${node}, and it is no end`);
            for (const [actor, to, ...steps] of further) {
                assert.ok(actor < data.actors.length);
                assert.ok(to > node && to < data.nodes.length);
                assert.ok(steps.length > 0 && steps.every((step) => step < data.steps.length));
                reached.add(to);
            }
        });
        assert.equal(reached.size, data.nodes.length, "some nodes are led to by nobody");
        for (const [text, file, line] of data.steps) {
            const covers = ([first, second]) => (typeof second === "number" ? first <= line && line <= second : first === line);
            assert.ok(data.files[file].lines.some(covers), `the line of "${text}" is not shown`);
        }
    });

    test(`${name}: as many interleavings, and bad ones, as were explored`, () => {
        const { total, bad } = new Walk(data).odds;
        assert.deepEqual([`${total}`, `${bad}`], [data.interleavings, data.bad]);
    });

    test(`${name}: the shortest schedule ends badly, and no other does so sooner`, () => {
        const walk = new Walk(data);
        assert.equal(walk.shortest(), data.bad !== "0");
        if (data.shortest === null) {
            return;
        }
        assert.equal(walk.end.outcome, "bad");
        assert.equal(walk.at, data.shortest.length);
        let level = new Set([0]);
        for (let steps = 0; steps < data.shortest.length; steps += 1) {
            for (const node of level) {
                assert.equal(data.ends[data.nodes[node][1]] ?? null, null, `node ${node}, after ${steps} steps`);
            }
            level = new Set([...level].flatMap((node) => edges(data, node).map(([, to]) => to)));
        }
    });

    test(`${name}: a random schedule comes to an end, and back from there to the beginning`, () => {
        const walk = new Walk(data);
        let seed = 1;
        const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
        for (let run = 0; run < 20; run += 1) {
            walk.playRandom(random);
            assert.notEqual(walk.end, null);
            assert.ok(walk.place.file < data.files.length);
        }
        assert.equal(walk.random.good + walk.random.bad, 20);
        const memory = walk.memory;
        while (walk.back());
        assert.equal(walk.node, 0);
        while (walk.forward());
        assert.deepEqual(walk.memory, memory);
    });
}

/** Two actors, one step each; it ends badly when the second is the first. */
const small = () => ({
    title: "small",
    actors: ["CPU 0: a", "CPU 1: b"],
    interleavings: "2",
    bad: "1",
    executions: 2,
    firstBad: 2,
    states: 4,
    shortest: [1],
    files: [{ name: "a.rs", lines: [[1, "a();"], [2, 4, "task"]] }],
    steps: [["a.store(1)", 0, 1, 0], ["b.load() → 0", 0, 3, 0], ["sleeps", 0, 1, 1]],
    ends: [null, ["no", 0, 1]],
    variables: ["a", "b"],
    values: ["0", "1"],
    memories: [[0, 0], [1, 0]],
    nodes: [[0, [[0, 1, 0], [1, 3, 1]]], [1, [[1, 2, 1, 2]]], [1, 0], [0, 1]],
});

test("a step moves on, says what it changed, and can be taken back and again", () => {
    const walk = new Walk(small());
    assert.equal(walk.next(1).texts[0], "b.load() → 0");
    assert.ok(walk.step(0));
    assert.deepEqual(walk.memory.map(({ value, isChanged }) => [value, isChanged]), [["1", true], ["0", false]]);
    assert.ok(!walk.step(0), "who is done takes no step");
    assert.ok(!walk.waits(0) && walk.next(0) === null);
    assert.deepEqual(walk.odds, { total: 1n, bad: 0n });
    assert.ok(walk.step(1));
    assert.deepEqual(walk.steps[1].texts, ["b.load() → 0", "(sleeps)"]);
    assert.equal(walk.end.outcome, "good");
    assert.ok(walk.back() && walk.back() && !walk.back());
    assert.ok(walk.step(0) && walk.forward() && !walk.forward());
    assert.deepEqual(walk.tries, { good: 1, bad: 0 }, "the same end again is no new try");
});

test("who cannot go on, but will, waits", () => {
    const data = small();
    data.nodes[0][1].pop();
    assert.ok(new Walk(data).waits(1));
});

test("the reader's own find is told from what was shown", () => {
    const walk = new Walk(small());
    assert.ok(walk.shortest());
    assert.deepEqual([walk.found, walk.wasShown, walk.tries.bad], [null, true, 0]);
    assert.deepEqual(walk.place, { file: 0, line: 1 }, "the check that failed");
    walk.restart();
    walk.step(0);
    walk.step(1);
    walk.restart();
    walk.step(1);
    assert.deepEqual(walk.found, { attempt: 2, steps: 1 });
});

test("each interleaving is as likely as any other", () => {
    const walk = new Walk(small());
    walk.playRandom(() => 0.49);
    assert.equal(walk.end.outcome, "good");
    walk.playRandom(() => 0.51);
    assert.equal(walk.end.outcome, "bad");
});
