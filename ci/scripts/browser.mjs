// The book's scripts as a browser loads them: each in the same global scope, one after the other, without a page.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

/** The folder of the widgets. */
export const WIDGETS = fileURLToPath(new URL("../../book/widgets/", import.meta.url));

/**
 * Runs files of `book/widgets`, then answers what `expression` is in their scope.
 * @param {string[]} files
 * @param {string} expression
 */
export function load(files, expression) {
    // Values are of this realm, so that `assert.deepEqual` compares them as its own.
    for (const file of files) {
        vm.runInThisContext(readFileSync(WIDGETS + file, "utf8"), { filename: WIDGETS + file });
    }
    return vm.runInThisContext(expression);
}
