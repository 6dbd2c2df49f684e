// The relocation calculator and the memory of a section, against lab 6's reference and against real modules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "../browser.mjs";

const files = ["shared.js", "data/relocation.js", "data/memory.js", "relocation-model.js", "memory-model.js"];
const { relocation, relocationPresets, memory, memorySections, widgets } = load(
    files,
    "({ relocation, relocationPresets, memory, memorySections, widgets })",
);
const cases = JSON.parse(readFileSync(new URL("../../widgets/cases/relocation.json", import.meta.url), "utf8"));

test("every relocation writes the reference's bytes and says the kernel's words", () => {
    assert.ok(cases.length >= 500, `there are ${cases.length} cases`);
    const verdicts = new Set();
    for (const { kind, S, A, address, offset, before, after, said } of cases) {
        const bytes = widgets.bytes(before);
        const P = BigInt.asUintN(64, BigInt(address) + BigInt(offset));
        const done = relocation.apply(kind, { S: BigInt(S), A: BigInt(A), P }, bytes.slice(offset), "m");
        const name = JSON.stringify({ kind, S, A, address, offset, before });
        assert.equal([...bytes.slice(0, offset), ...done.after].map(widgets.twoDigits).join(" "), after, name);
        assert.equal(done.said, said, name);
        verdicts.add(done.verdict);
    }
    assert.deepEqual([...verdicts].sort(), ["not zero", "nothing", "overflow", "unknown", "written"]);
});

test("each relocation that is offered comes out as in the module", () => {
    for (const { title, module, kind, S, A, P, before, after, said } of relocationPresets) {
        const operands = { S: BigInt(S), A: BigInt(A), P: BigInt(P) };
        const done = relocation.apply(kind, operands, widgets.bytes(before), module);
        assert.equal(done.after.map(widgets.twoDigits).join(" "), after, title);
        assert.equal(done.said, said, title);
    }
});

test("all places of a section patched make the section as it is in memory", () => {
    for (const section of memorySections) {
        const bytes = widgets.bytes(section.before);
        const places = memory.places(section);
        assert.equal(places.length, section.places.length);
        for (const { offset, kind, operands } of places) {
            const done = relocation.apply(kind.number, operands, bytes.slice(offset), section.module);
            assert.equal(done.verdict, "written");
            bytes.splice(offset, bytes.length, ...done.after);
        }
        assert.equal(bytes.map(widgets.twoDigits).join(""), section.after);
        const owners = memory.owners(places, bytes.length);
        const patched = places.reduce((sum, { kind }) => sum + kind.size, 0);
        assert.equal(owners.filter((owner) => owner >= 0).length, patched, "no byte belongs to two places");
    }
});

test("numbers are read as they are typed, and what is none is refused", () => {
    const read = { "0x10": 16n, ff: 255n, "-4": -4n, " -0x4 ": -4n, ffffffff_81100000: 0xffffffff81100000n };
    for (const [text, value] of Object.entries(read)) {
        assert.equal(relocation.parse(text), value, text);
    }
    for (const text of ["", "0x", "12345678123456789", "g", "1 2", "--4"]) {
        assert.equal(relocation.parse(text), null, text);
    }
});
