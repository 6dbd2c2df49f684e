// @ts-check
// The version of a symbol: the CRC-32 of its signature (scripts/genksyms/genksyms.c, `crctab32` and
// `partial_crc32_one`). The same as lab 3's `crc32`, against which it is tested (ci/widgets).

/**
 * A declaration with the signature and the version that lab 3's reference makes of it. `isKernels`: the kernel exports
 * the symbol, and the version is in its Module.symvers.
 * @typedef {object} VersionExample
 * @property {string} symbol
 * @property {string} from
 * @property {string} text
 * @property {string} signature
 * @property {number} crc
 * @property {boolean} isKernels
 */

const version = (() => {
    /** What a checksum starts with. */
    const START = 0xffffffff;

    /** What each byte does to a checksum. */
    const EFFECT = Uint32Array.from({ length: 256 }, (_, byte) => {
        let crc = byte;
        for (let bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
        }
        return crc;
    });

    /**
     * The checksum `crc` after `bytes` as well.
     * @param {number} crc
     * @param {Iterable<number>} bytes
     */
    function crc32(crc, bytes) {
        for (const byte of bytes) {
            crc = (crc >>> 8) ^ (EFFECT[(crc ^ byte) & 0xff] ?? 0);
        }
        return crc >>> 0;
    }

    /**
     * All bits inverted: what a checksum is finished with.
     * @param {number} crc
     */
    const inverted = (crc) => ~crc >>> 0;

    /**
     * The tokens of a signature, in which a blank follows each.
     * @param {string} signature
     */
    const tokens = (signature) => signature.split(" ").slice(0, -1);

    /**
     * The bytes that a token adds: its own and the blank after it. None where it is empty.
     * @param {string} token
     */
    const bytesOf = (token) => (token === "" ? [] : Array.from(new TextEncoder().encode(`${token} `)));

    /**
     * The checksum before the first token, and after each.
     * @param {string[]} tokens
     */
    function run(tokens) {
        const registers = [START];
        let crc = START;
        for (const token of tokens) {
            crc = crc32(crc, bytesOf(token));
            registers.push(crc);
        }
        return registers;
    }

    /**
     * The version of the symbol whose signature has these tokens.
     * @param {string[]} tokens
     */
    const of = (tokens) => inverted(run(tokens).at(-1) ?? START);

    return { START, tokens, bytesOf, run, inverted, of };
})();
