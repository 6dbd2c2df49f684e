// The module inspector, against lab 1's reference; and files that nobody would call modules.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "../browser.mjs";

const { inspector, inspectedModule, layoutModules, widgets } = load(
    ["shared.js", "data/inspector.js", "data/layout.js", "inspector-model.js"],
    "({ inspector, inspectedModule, layoutModules, widgets })",
);
const cases = JSON.parse(readFileSync(new URL("../../widgets/cases/inspector.json", import.meta.url), "utf8"));
const file = (digits) => Uint8Array.from(widgets.bytes(digits));

test("the sections, the strings and the signature are those that the reference finds", () => {
    for (const { file: digits, sections, modinfo, signature } of cases) {
        const whole = file(digits);
        const signed = inspector.signature(whole);
        assert.equal(signed === null ? 0 : whole.length - signed.end, signature);
        const bytes = signed === null ? whole : whole.subarray(0, signed.end);
        const found = inspector.sections(bytes);
        const as = ({ name, kind, flags, offset, size, link, info, data }) => {
            const length = data === null ? 0 : data.end - data.start;
            return [name, kind, widgets.hex(flags), widgets.hex(offset), widgets.hex(size), link, info, length];
        };
        assert.deepEqual(found.map(as), sections);
        const strings = inspector.modinfo(bytes, found).map(({ offset, size }) => Buffer.from(bytes.subarray(offset, offset + size)).toString());
        assert.deepEqual(strings, modinfo);
        assert.ok(Array.isArray(inspector.inspect(whole)));
    }
});

test("the module that is shown has the sections that chapter 5 lays out", () => {
    const hello = layoutModules.find(({ name }) => name === "hello");
    const found = inspector.sections(file(inspectedModule));
    assert.deepEqual(found.map(({ name, size }) => [name, Number(size)]), hello.sections.map(([name, , size]) => [name, size]));
});

test("every field lies in the file, and what is no module is said to be none", () => {
    const whole = file(inspectedModule);
    let seed = 1;
    const dice = (below) => (seed = (seed * 48271) % 2147483647) % below;
    let refused = 0;
    for (let turn = 0; turn < 1500; turn++) {
        const damaged = turn % 3 === 0 ? whole.slice(0, dice(whole.length)) : whole.slice();
        for (let change = 0; change < 1 + dice(6); change++) {
            damaged[dice(turn % 2 ? damaged.length : 64)] = dice(256);
        }
        const parts = inspector.inspect(damaged);
        refused += Number(typeof parts === "string");
        for (const { fields } of typeof parts === "string" ? [] : parts) {
            for (const { name, offset, size } of fields) {
                assert.ok(offset + size <= damaged.length, `${name}: ${offset} + ${size} of ${damaged.length}`);
            }
        }
    }
    assert.ok(refused > 100, `${refused} were refused`);
    assert.match(inspector.inspect(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)), /xz/);
    assert.match(inspector.inspect(new Uint8Array()), /no ELF file/);
});
