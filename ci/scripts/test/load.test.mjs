import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WIDGETS } from "../browser.mjs";

const BOOK = join(WIDGETS, "..");

test("a widget that a page names has its style, its model and its script", () => {
    const pages = readdirSync(BOOK, { recursive: true }).filter((name) => name.endsWith(".md"));
    for (const page of pages) {
        for (const [, widget] of readFileSync(join(BOOK, page), "utf8").matchAll(/data-widget="([^"]*)"/g)) {
            for (const file of [`${widget}.css`, `${widget}-model.js`, `${widget}.js`]) {
                assert.ok(existsSync(join(WIDGETS, file)), `${page} names the widget ${widget}: there is no ${file}`);
            }
        }
    }
});
