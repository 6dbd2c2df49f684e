// The layout passes, against lab 5's reference.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "../browser.mjs";

const { layout, layoutModules } = load(["data/layout.js", "layout-model.js"], "({ layout, layoutModules })");
const cases = JSON.parse(readFileSync(new URL("../../widgets/cases/layout.json", import.meta.url), "utf8"));

test("every section gets the place that the reference gives it, and every group its end", () => {
    assert.ok(cases.length >= 200, `there are ${cases.length} cases`);
    for (const module of [...cases, ...layoutModules]) {
        const { steps, borders } = layout.layOut(module);
        const placed = steps.filter(({ kind }) => kind === "place").map(({ section, part, offset }) => [section, part, offset]);
        const expected = module.places.filter(([, part]) => part !== "percpu");
        const name = JSON.stringify(module.sections);
        assert.deepEqual(placed.sort(([a], [b]) => a - b), expected, name);
        assert.deepEqual(borders, { core: module.core, init: module.init }, name);
    }
});

test("the steps of a part follow one another without a gap or an overlap", () => {
    for (const module of layoutModules) {
        const { steps } = layout.layOut(module);
        for (const part of ["core", "init"]) {
            let end = 0;
            for (const step of steps.filter((step) => step.part === part)) {
                assert.equal(step.from, end);
                assert.ok(step.from <= step.offset && step.offset <= step.end);
                end = step.end;
            }
        }
    }
});
