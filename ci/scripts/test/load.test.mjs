import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { WIDGETS } from "../browser.mjs";

const BOOK = join(WIDGETS, "..");

test("a widget that a page names has its style, its model, its script and what it needs", () => {
    const pages = readdirSync(BOOK, { recursive: true }).filter((name) => /\.(md|html)$/.test(name));
    for (const page of pages) {
        for (const [element, widget] of readFileSync(join(BOOK, page), "utf8").matchAll(/<[^>]*data-widget="([^"]*)"[^>]*>/g)) {
            const needs = /data-needs="([^"]*)"/.exec(element)?.[1].split(" ") ?? [];
            for (const file of [`${widget}.css`, `${widget}-model.js`, `${widget}.js`, ...needs]) {
                assert.ok(existsSync(join(WIDGETS, file)), `${page} names the widget ${widget}: there is no ${file}`);
            }
        }
    }
});
