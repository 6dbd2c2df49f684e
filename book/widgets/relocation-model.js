// @ts-check
// What the kernel does with one relocation: arch/x86/kernel/module.c, __apply_relocate_add. The same as lab 6's `apply`,
// against which it is tested (ci/widgets).

/**
 * A type of relocation. `fits` is how its four bytes are filled up again when they are compared with S + A.
 * @typedef {object} RelocationKind
 * @property {number} number
 * @property {string} name
 * @property {"S + A" | "S + A - P" | ""} formula
 * @property {0 | 4 | 8} size bytes
 * @property {"zeroes" | "sign" | ""} fits
 */

/**
 * A relocation of one of the course's modules. S and P are hexadecimal; `said` is what the kernel prints.
 * @typedef {object} RelocationPreset
 * @property {string} title
 * @property {string} module
 * @property {string} symbol
 * @property {number} kind
 * @property {string} S
 * @property {number} A
 * @property {string} P
 * @property {string} before
 * @property {string} after
 * @property {string} said
 */

/**
 * What becomes of a relocation. `value` is S + A; `result` is what the formula makes, of which the low bytes are
 * written; `readBack` are the bytes written, filled up again, where they are compared with S + A.
 * @typedef {object} Relocated
 * @property {"nothing" | "written" | "overflow" | "not zero" | "unknown"} verdict
 * @property {bigint} value
 * @property {bigint} result
 * @property {bigint | null} readBack
 * @property {number[]} after
 * @property {string} said
 */

const relocation = (() => {
    /** @type {RelocationKind[]} */
    const KINDS = [
        { number: 0, name: "NONE", formula: "", size: 0, fits: "" },
        { number: 1, name: "64", formula: "S + A", size: 8, fits: "" },
        { number: 2, name: "PC32", formula: "S + A - P", size: 4, fits: "" },
        { number: 4, name: "PLT32", formula: "S + A - P", size: 4, fits: "" },
        { number: 10, name: "32", formula: "S + A", size: 4, fits: "zeroes" },
        { number: 11, name: "32S", formula: "S + A", size: 4, fits: "sign" },
        { number: 24, name: "PC64", formula: "S + A - P", size: 8, fits: "" },
    ];

    /** @param {bigint} value */
    const wrapped = (value) => BigInt.asUintN(64, value);

    /**
     * The lowest `size` bytes of a value, the lowest first.
     * @param {bigint} value
     * @param {number} size
     */
    const littleEndian = (value, size) => Array.from({ length: size }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));

    /**
     * Applies a relocation to the bytes that stand at its place: `bytes[0]` is at P.
     * @param {number} number the type
     * @param {{ S: bigint, A: bigint, P: bigint }} operands S and P without a sign
     * @param {number[]} bytes at least as many as the type writes
     * @param {string} module its name
     * @returns {Relocated}
     */
    function apply(number, { S, A, P }, bytes, module) {
        const value = wrapped(S + A);
        const kind = KINDS.find((kind) => kind.number === number);
        if (kind === undefined) {
            const said = `module: ${module}: Unknown rela relocation: ${number}`;
            return { verdict: "unknown", value, result: 0n, readBack: null, after: bytes, said };
        }
        const { formula, size, fits } = kind;
        const result = formula === "S + A - P" ? wrapped(value - P) : formula === "S + A" ? value : 0n;
        if (size === 0) {
            return { verdict: "nothing", value, result, readBack: null, after: bytes, said: "" };
        }
        if (bytes.slice(0, size).some((byte) => byte !== 0)) {
            const where = `loc ${P.toString(16).padStart(16, "0")}, val ${value.toString(16)}`;
            const said = `module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type ${number}, ${where}`;
            return { verdict: "not zero", value, result, readBack: null, after: bytes, said };
        }
        const after = [...littleEndian(result, size), ...bytes.slice(size)];
        const readBack =
            fits === "zeroes" ? BigInt.asUintN(32, result) : fits === "sign" ? wrapped(BigInt.asIntN(32, result)) : null;
        if (readBack !== null && readBack !== value) {
            const said = `module: overflow in relocation type ${number} val ${value.toString(16)}\nmodule: \`${module}' likely not compiled with -mcmodel=kernel`;
            return { verdict: "overflow", value, result, readBack, after, said };
        }
        return { verdict: "written", value, result, readBack, after, said: "" };
    }

    /**
     * The number of 64 bits that somebody typed, in hexadecimal, with or without a sign; `null` where it is none.
     * @param {string} text
     */
    function parse(text) {
        const digits = /^\s*(-?)\s*(?:0x)?([0-9a-f]{1,16})\s*$/i.exec(text.replace(/_/g, ""));
        if (digits === null) {
            return null;
        }
        const value = BigInt(`0x${digits[2]}`);
        return digits[1] === "-" ? -value : value;
    }

    /**
     * A number with its sign, in hexadecimal.
     * @param {bigint} value
     */
    const signed = (value) => (value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);

    /**
     * The formula with the numbers put in, and what it makes.
     * @param {RelocationKind} kind
     * @param {{ S: bigint, A: bigint, P: bigint }} operands
     * @param {bigint} result
     */
    function numbers(kind, { S, A, P }, result) {
        if (kind.formula === "") {
            return "";
        }
        const sum = `${signed(S)} ${A < 0n ? "-" : "+"} ${signed(A < 0n ? -A : A)}`;
        return `${sum}${kind.formula === "S + A - P" ? ` - ${signed(P)}` : ""} = ${signed(result)}`;
    }

    return { KINDS, apply, parse, signed, numbers };
})();
