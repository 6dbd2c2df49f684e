// The version of a symbol, against lab 3's reference and the kernel's own Module.symvers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "../browser.mjs";

const { version, versionExamples } = load(["data/version.js", "version-model.js"], "({ version, versionExamples })");
const read = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const cases = JSON.parse(read("ci/widgets/cases/version.json"));

test("every signature has the reference's version", () => {
    assert.ok(cases.length >= 50, `there are ${cases.length} cases`);
    for (const { signature, crc } of [...cases, ...versionExamples]) {
        const tokens = version.tokens(signature);
        assert.equal(tokens.map((token) => `${token} `).join(""), signature);
        assert.equal(version.of(tokens), crc, signature);
    }
});

test("what is shown of the kernel's symbols is what the kernel has", () => {
    const symvers = new Map(read("labs/machine/Module.symvers").split("\n").map((line) => line.split("\t").slice(0, 2).reverse()));
    for (const { symbol, crc } of versionExamples.filter(({ isKernels }) => isKernels)) {
        assert.equal(Number(symvers.get(symbol)), crc, symbol);
    }
});

test("a longer member makes the version that the chapter shows", () => {
    const { signature } = versionExamples.find(({ symbol }) => symbol === "read");
    const tokens = version.tokens(signature).map((token, at, all) => (token === "int" && all[at + 1] === "flags" ? "long" : token));
    assert.equal(version.of(tokens).toString(16), "f76e2cb6");
    assert.match(read("book/sessions/03-modversions.out"), /0xf76e2cb6/);
});

test("a token that is taken out adds no blank either", () => {
    assert.deepEqual(version.bytesOf(""), []);
    assert.equal(version.of(["a", "", "b"]), version.of(["a", "b"]));
});
