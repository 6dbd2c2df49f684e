// @ts-check
// What stands where in a module file: include/uapi/linux/elf.h, and the strings and the signature of a module. The same as
// lab 1's reference reads, against which it is tested (ci/widgets).

/**
 * A run of bytes with a meaning. `offset` and `size` are bytes of the file.
 * @typedef {{ name: string, offset: number, size: number, value: string, says: string }} InspectedField
 */

/**
 * A part of the file, and its fields.
 * @typedef {{ name: string, fields: InspectedField[] }} InspectedPart
 */

/**
 * A section, as its header describes it; `data` are its bytes in the file, where it has any.
 * @typedef {object} InspectedSection
 * @property {string} name
 * @property {number} kind
 * @property {bigint} flags
 * @property {bigint} offset
 * @property {bigint} size
 * @property {number} link
 * @property {number} info
 * @property {bigint} alignment
 * @property {{ start: number, end: number } | null} data
 */

const inspector = (() => {
    const [SHT_NULL, SHT_NOBITS] = [0, 8];
    const MARKER = "~Module signature appended~\n";

    /** @type {[string, number, number, string][]} */
    const FILE_HEADER = [
        ["e_ident, magic", 0, 4, "\\x7fELF: what every ELF file begins with"],
        ["e_ident, class", 4, 1, "2: 64 bits"],
        ["e_ident, data", 5, 1, "1: little-endian"],
        ["e_ident, version", 6, 1, "1, the only one"],
        ["e_ident, the rest", 7, 9, "which system's rules; zeroes here"],
        ["e_type", 16, 2, "1 is relocatable, which a module is; 2 a program, 3 a shared library"],
        ["e_machine", 18, 2, "62 is x86-64"],
        ["e_version", 20, 4, "1, the only one"],
        ["e_entry", 24, 8, "where a program begins; a module has its init function"],
        ["e_phoff", 32, 8, "where the program headers begin; a module has none"],
        ["e_shoff", 40, 8, "where the section headers begin"],
        ["e_flags", 48, 4, "x86-64 has none"],
        ["e_ehsize", 52, 2, "the size of this header"],
        ["e_phentsize", 54, 2, "the size of a program header"],
        ["e_phnum", 56, 2, "how many of them"],
        ["e_shentsize", 58, 2, "the size of a section header"],
        ["e_shnum", 60, 2, "how many of them"],
        ["e_shstrndx", 62, 2, "the number of the section with the sections' names"],
    ];

    /** @type {[string, number, number, string][]} */
    const SECTION_HEADER = [
        ["sh_name", 0, 4, "where the name begins in the table of names"],
        ["sh_type", 4, 4, "what the section holds: 1 bytes, 2 symbols, 3 strings, 4 relocations, 7 notes, 8 zeroes that the file does not have"],
        ["sh_flags", 8, 8, "1 write, 2 alloc (to be loaded), 4 execinstr"],
        ["sh_addr", 16, 8, "its address; the kernel writes it when it is known"],
        ["sh_offset", 24, 8, "where its bytes begin in the file"],
        ["sh_size", 32, 8, "how many there are"],
        ["sh_link", 40, 4, "another section: for symbols that of their names, for relocations that of the symbols"],
        ["sh_info", 44, 4, "for relocations the section that they patch"],
        ["sh_addralign", 48, 8, "its address is a multiple of this"],
        ["sh_entsize", 56, 8, "the size of a record, where it is made of records"],
    ];

    /** What else somebody may choose, by its first bytes. */
    const OTHERS = [
        { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "compressed with xz: unpack it first, with xz --decompress --keep" },
        { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "compressed with zstd: unpack it first, with zstd --decompress --keep" },
        { magic: [0x1f, 0x8b], what: "compressed with gzip: unpack it first, with gunzip --keep" },
    ];

    /**
     * The number in `size` bytes, the lowest first; bytes behind the end count as zero.
     * @param {Uint8Array} file
     * @param {number} at
     * @param {number} size
     */
    function number(file, at, size) {
        let value = 0n;
        for (let byte = size - 1; byte >= 0; byte--) {
            value = (value << 8n) | BigInt(file[at + byte] ?? 0);
        }
        return value;
    }

    /**
     * The characters of bytes, one each.
     * @param {Uint8Array} bytes
     */
    const text = (bytes) => Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte === 0 ? "" : "·")).join("");

    /**
     * The signature behind a file, which itself has its `end` there; `null` where there is none that makes sense. Of a kind
     * that is not PKCS#7 the kernel cuts off only the marker.
     * @param {Uint8Array} file
     */
    function signature(file) {
        const marker = file.length - MARKER.length;
        const isMarked = marker > 0 && Array.from(MARKER).every((char, at) => file[marker + at] === char.charCodeAt(0));
        const about = marker - 12;
        if (!isMarked || about < 1) {
            return null;
        }
        const length = [8, 9, 10, 11].reduce((sum, at) => sum * 256 + (file[about + at] ?? 0), 0);
        const isKnown = file[about + 2] === 2;
        return length < about ? { end: isKnown ? about - length : marker, about, marker, length, isKnown } : null;
    }

    /**
     * A string that a NUL ends, in a part of the file.
     * @param {Uint8Array} file
     * @param {{ start: number, end: number } | null} within
     * @param {bigint} at
     */
    function cstr(file, within, at) {
        if (within === null || at >= BigInt(within.end - within.start)) {
            return "";
        }
        const start = within.start + Number(at);
        const end = file.subarray(start, within.end).indexOf(0);
        return end < 0 ? "" : text(file.subarray(start, start + end));
    }

    /**
     * The sections of a file, or why it has none that could be shown.
     * @param {Uint8Array} file
     * @returns {InspectedSection[] | string}
     */
    function sections(file) {
        const other = OTHERS.find(({ magic }) => magic.every((byte, at) => file[at] === byte));
        if (other !== undefined) {
            return `This file is ${other.what}.`;
        }
        if (file.length < 64 || number(file, 0, 4) !== 0x464c457fn) {
            return "This is no ELF file.";
        }
        if (file[4] !== 2 || file[5] !== 1) {
            return "This is no ELF file of 64 bits, little-endian.";
        }
        const [table, count] = [number(file, 40, 8), Number(number(file, 60, 2))];
        if (number(file, 58, 2) !== 64n || count === 0 || table + BigInt(64 * count) > BigInt(file.length)) {
            return "Its table of section headers is not in the file.";
        }
        const start = Number(table);
        const all = Array.from({ length: count }, (_, at) => {
            const field = (/** @type {number} */ offset, /** @type {number} */ size) => number(file, start + 64 * at + offset, size);
            const [kind, offset, size] = [Number(field(4, 4)), field(24, 8), field(32, 8)];
            const isThere = kind !== SHT_NULL && kind !== SHT_NOBITS && offset + size <= BigInt(file.length);
            const data = isThere ? { start: Number(offset), end: Number(offset + size) } : null;
            const name = "";
            return { name, kind, flags: field(8, 8), offset, size, link: Number(field(40, 4)), info: Number(field(44, 4)), alignment: field(48, 8), data };
        });
        const names = all[Number(number(file, 62, 2))]?.data ?? null;
        all.forEach((section, at) => {
            section.name = cstr(file, names, number(file, start + 64 * at, 4));
        });
        return all;
    }

    /**
     * The strings of `.modinfo`, with their places.
     * @param {Uint8Array} file
     * @param {InspectedSection[]} sections
     * @returns {InspectedField[]}
     */
    function modinfo(file, sections) {
        const section = sections.find(({ name, flags }, at) => at > 0 && name === ".modinfo" && (flags & 2n) !== 0n);
        const { start, end } = section?.data ?? { start: 0, end: 0 };
        const fields = [];
        for (let at = start; at < end; ) {
            const nul = file.subarray(at, end).indexOf(0);
            const size = nul < 0 ? end - at : nul;
            if (size > 0) {
                const [key = "", ...value] = text(file.subarray(at, at + size)).split("=");
                fields.push({ name: key, offset: at, size, value: value.join("="), says: "key and value; a NUL ends it" });
            }
            at += size + 1;
        }
        return fields;
    }

    /**
     * All parts of a file, or why there are none.
     * @param {Uint8Array} whole
     * @returns {InspectedPart[] | string}
     */
    function inspect(whole) {
        const signed = signature(whole);
        const file = signed === null ? whole : whole.subarray(0, signed.end);
        const all = sections(file);
        if (typeof all === "string") {
            return all;
        }
        const table = Number(number(file, 40, 8));
        const fields = (/** @type {typeof FILE_HEADER} */ layout, /** @type {number} */ base) =>
            layout.map(([name, offset, size, says]) => {
                const value = number(file, base + offset, size);
                const said = value < 10n ? `${value}` : `0x${value.toString(16)}, ${value}`;
                return { name, offset: base + offset, size, value: name.startsWith("e_ident") ? "" : said, says };
            });
        const parts = [{ name: "ELF header", fields: fields(FILE_HEADER, 0) }];
        const strings = modinfo(file, all);
        if (strings.length > 0) {
            parts.push({ name: ".modinfo, string by string", fields: strings });
        }
        all.forEach((section, at) => {
            const its = fields(SECTION_HEADER, table + 64 * at);
            const { name, data } = section;
            if (data !== null && data.end > data.start) {
                its.push({ name: "its bytes", offset: data.start, size: data.end - data.start, value: "", says: "what sh_offset and sh_size lead to" });
            }
            parts.push({ name: `section ${at}: ${name || "(no name)"}`, fields: its });
        });
        if (signed !== null) {
            const { end, about, marker, length, isKnown } = signed;
            const blob = { name: "the blob", offset: end, size: length, value: "", says: "PKCS#7: who signed, and the signature" };
            parts.push({
                name: "signature",
                fields: [
                    ...(isKnown ? [blob] : []),
                    { name: "its description", offset: about, size: 12, value: `${length} bytes`, says: "the kind, and the length, the highest byte first" },
                    { name: "the marker", offset: marker, size: MARKER.length, value: MARKER.trim(), says: "that there is a signature at all" },
                ],
            });
        }
        return parts;
    }

    return { signature, sections, modinfo, inspect };
})();
