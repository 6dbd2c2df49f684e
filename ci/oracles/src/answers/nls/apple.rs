//! Character sets of Apple's that are variants of MacRoman: what each has in other places. Apple published them as
//! tables at Unicode (VENDORS/APPLE), for Celtic and Gaelic after Michael Everson's.

/// Characters in a row, from a byte on.
pub type Row = (u8, &'static str);

/// The character of `byte`, where one of the rows has it; U+F8FF of the rows is Apple's own sign.
pub fn decode(rows: &[Row], byte: u8) -> Option<u16> {
    rows.iter().rev().find_map(|(first, row)| {
        let character = row.chars().nth(usize::from(byte.checked_sub(*first)?))?;
        u16::try_from(u32::from(character)).ok()
    })
}

/// Welsh. 0xF0 was the clubs before Unicode had a shamrock.
pub const CELTIC: &[Row] = &[(0xde, "Ŷŷ"), (0xe2, "Ỳỳ"), (0xf0, "♣"), (0xf6, "ÝýŴŵẄẅẀẁẂẃ")];

/// Irish: Celtic, and the letters with a dot above.
pub const GAELIC: &[Row] = &[
    (0xb0, "Ḃ"),
    (0xb4, "ḃĊċḊḋḞḟĠġṀ"),
    (0xc0, "ṁṖṗɼ"),
    (0xc5, "ſṠ"),
    (0xd6, "ṡẛ"),
    (0xda, "Ṫ"),
    (0xde, "Ŷŷ"),
    (0xe0, "ṫ"),
    (0xe2, "Ỳỳ⁊"),
    (0xf0, "♣"),
    (0xf6, "ÝýŴŵẄẅẀẁẂẃ"),
];

/// Croatian and Slovene.
pub const CROATIAN: &[Row] = &[
    (0xa9, "Š"),
    (0xae, "Ž"),
    (0xb4, "∆"),
    (0xb9, "š"),
    (0xbe, "ž"),
    (0xc6, "Ć"),
    (0xc8, "Č"),
    (0xd0, "Đ"),
    (0xd8, "\u{f8ff}©"),
    (0xde, "Æ»–"),
    (0xe6, "ć"),
    (0xe8, "č"),
    (0xf0, "đ"),
    (0xf9, "πË"),
    (0xfd, "Êæ"),
];

/// Icelandic.
pub const ICELAND: &[Row] = &[(0xa0, "Ý"), (0xdc, "ÐðÞþý")];

/// Romanian, with commas below.
pub const ROMANIAN: &[Row] = &[(0xae, "ĂȘ"), (0xbe, "ăș"), (0xde, "Țț")];

/// Turkish. 0xF5 is nothing that can be read.
pub const TURKISH: &[Row] = &[(0xda, "ĞğİıŞş"), (0xf5, "\u{f8a0}")];

/// Greek: nearly all of it.
pub const GREEK: &[Row] = &[
    (0x80, "Ä¹²É³ÖÜ΅àâä΄¨çéèêë£™îï•½‰ôö¦€ùûü"),
    (0xa0, "†ΓΔΘΛΞΠß®©ΣΪ§≠°·Α±≤≥¥ΒΕΖΗΙΚΜΦΫΨΩ"),
    (0xc0, "άΝ¬ΟΡ≈Τ«»…\u{a0}ΥΧΆΈœ–―“”‘’÷ΉΊΌΎέήίόΏ"),
    (0xe0, "ύαβψδεφγηιξκλμνοπώρστθωςχυζϊϋΐΰ\u{ad}"),
];

/// Inuktitut: the syllables in the order of their consonants, each with i, ii, u, uu, a, aa and alone.
pub const INUIT: &[Row] = &[
    (0x80, "ᐃᐄᐅᐆᐊᐋᐱᐲᐳᐴᐸᐹᑉᑎᑏᑐᑑᑕᑖᑦᑭᑮᑯᑰᑲᑳᒃᒋᒌᒍᒎᒐ"),
    (0xa0, "ᒑ°ᒡᒥᒦ•¶ᒧ®©™ᒨᒪᒫᒻᓂᓃᓄᓅᓇᓈᓐᓯᓰᓱᓲᓴᓵᔅᓕᓖᓗ"),
    (0xc0, "ᓘᓚᓛᓪᔨᔩᔪᔫᔭ…\u{a0}ᔮᔾᕕᕖᕗ–—“”‘’ᕘᕙᕚᕝᕆᕇᕈᕉᕋᕌ"),
    (0xe0, "ᕐᕿᖀᖁᖂᖃᖄᖅᖏᖐᖑᖒᖓᖔᖕᙱᙲᙳᙴᙵᙶᖖᖠᖡᖢᖣᖤᖥᖦᕼŁł"),
];
