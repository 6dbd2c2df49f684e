// @ts-check
// The bytes of a section before and after relocation, with its places.

/**
 * A section of one of the course's modules at its address. Each place is its offset, its type, the name of its symbol,
 * S in hexadecimal, and A.
 * @typedef {object} MemorySection
 * @property {string} module
 * @property {string} name
 * @property {string} address hexadecimal
 * @property {string} before
 * @property {string} after
 * @property {[number, number, string, string, number][]} places
 */

/**
 * @typedef {object} MemoryPlace
 * @property {number} offset
 * @property {RelocationKind} kind
 * @property {string} symbol
 * @property {{ S: bigint, A: bigint, P: bigint }} operands
 */

const memory = (() => {
    /**
     * The places of a section, by offset.
     * @param {MemorySection} section
     * @returns {MemoryPlace[]}
     */
    const places = (section) =>
        section.places.flatMap(([offset, number, symbol, S, A]) => {
            const kind = relocation.KINDS.find((kind) => kind.number === number);
            const P = BigInt(section.address) + BigInt(offset);
            return kind === undefined ? [] : [{ offset, kind, symbol, operands: { S: BigInt(S), A: BigInt(A), P } }];
        });

    /**
     * Which place each byte belongs to, by the place's number; -1 where nothing is patched.
     * @param {MemoryPlace[]} places
     * @param {number} size of the section; bytes
     */
    function owners(places, size) {
        const owners = Array.from({ length: size }, () => -1);
        places.forEach(({ offset, kind }, number) => owners.fill(number, offset, offset + kind.size));
        return owners;
    }

    return { places, owners };
})();
