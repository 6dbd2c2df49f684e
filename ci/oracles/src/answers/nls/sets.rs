//! Which character set each module brings, who knows it, and where Linux has a mind of its own.

use encoding_rs as whatwg;

use super::{apple, oracle::Oracle};

/// A module's character set.
pub struct Set {
    /// The module.
    pub module: &'static str,
    /// What `load_nls` calls it.
    pub charset: &'static str,
    /// Who knows it.
    pub oracle: Oracle,
    /// Whether it has characters of more than one byte.
    pub is_double: bool,
    /// Whether Linux also encodes what only looks like a character of the set.
    pub has_lookalikes: bool,
    /// Where Linux decodes differently.
    pub decode: Vec<(Vec<u8>, Option<u16>)>,
    /// Where Linux encodes differently.
    pub encode: Vec<(u16, Option<&'static [u8]>)>,
    /// Whether the characters of Latin-1 are encoded as themselves.
    pub has_latin: bool,
    /// Why it does.
    pub why: &'static str,
    /// Whether it encodes what the oracle decodes, whatever it decodes itself.
    pub encodes_by_oracle: bool,
}

impl Set {
    fn new(module: &'static str, charset: &'static str, oracle: Oracle) -> Set {
        let (decode, encode) = (Vec::new(), Vec::new());
        let (is_double, has_lookalikes, has_latin, encodes_by_oracle) = (false, false, false, false);
        Set {
            module,
            charset,
            oracle,
            is_double,
            has_lookalikes,
            decode,
            encode,
            has_latin,
            why: "",
            encodes_by_oracle,
        }
    }

    /// One of those of East Asia.
    fn double(self) -> Set {
        Set { is_double: true, has_lookalikes: true, ..self }
    }

    fn with_latin(self) -> Set {
        Set { has_latin: true, ..self }
    }

    fn decodes(mut self, bytes: impl IntoIterator<Item = (u8, Option<u16>)>) -> Set {
        self.decode.extend(bytes.into_iter().map(|(byte, character)| (vec![byte], character)));
        self
    }

    fn lacks(mut self, sequences: &[&[u8]]) -> Set {
        self.decode.extend(sequences.iter().map(|bytes| (bytes.to_vec(), None)));
        self
    }

    fn encodes(self, encode: &[(u16, Option<&'static [u8]>)]) -> Set {
        Set { encode: encode.to_vec(), ..self }
    }

    fn because(self, why: &'static str) -> Set {
        Set { why, ..self }
    }
}

/// Those that need no further words: module, name, and name for iconv.
const PLAIN: [(&str, &str, &str); 28] = [
    ("mac-centeuro", "maccenteuro", "MAC-CENTRALEUROPE"),
    ("nls_ascii", "ascii", "ASCII"),
    ("nls_cp1250", "cp1250", "CP1250"),
    ("nls_cp437", "cp437", "CP437"),
    ("nls_cp737", "cp737", "CP737"),
    ("nls_cp775", "cp775", "CP775"),
    ("nls_cp850", "cp850", "CP850"),
    ("nls_cp852", "cp852", "CP852"),
    ("nls_cp855", "cp855", "CP855"),
    ("nls_cp857", "cp857", "CP857"),
    ("nls_cp860", "cp860", "CP860"),
    ("nls_cp861", "cp861", "CP861"),
    ("nls_cp862", "cp862", "CP862"),
    ("nls_cp863", "cp863", "CP863"),
    ("nls_cp864", "cp864", "CP864"),
    ("nls_cp865", "cp865", "CP865"),
    ("nls_cp866", "cp866", "CP866"),
    ("nls_cp869", "cp869", "CP869"),
    ("nls_iso8859-1", "iso8859-1", "ISO8859-1"),
    ("nls_iso8859-13", "iso8859-13", "ISO8859-13"),
    ("nls_iso8859-15", "iso8859-15", "ISO8859-15"),
    ("nls_iso8859-2", "iso8859-2", "ISO8859-2"),
    ("nls_iso8859-3", "iso8859-3", "ISO8859-3"),
    ("nls_iso8859-4", "iso8859-4", "ISO8859-4"),
    ("nls_iso8859-5", "iso8859-5", "ISO8859-5"),
    ("nls_iso8859-9", "iso8859-9", "ISO8859-9"),
    ("nls_koi8-r", "koi8-r", "KOI8-R"),
    ("nls_koi8-u", "koi8-u", "KOI8-U"),
];

/// All of them.
pub fn sets() -> Vec<Set> {
    let plain = PLAIN.map(|(module, charset, name)| Set::new(module, charset, Oracle::Iconv(name)));
    plain.into_iter().chain(macintosh()).chain(single_bytes()).chain(double_bytes()).collect()
}

fn macintosh() -> Vec<Set> {
    vec![
        Set::new("mac-roman", "macroman", Oracle::Whatwg(whatwg::MACINTOSH)),
        Set::new("mac-cyrillic", "maccyrillic", Oracle::Whatwg(whatwg::X_MAC_CYRILLIC)),
        Set::new("mac-celtic", "macceltic", Oracle::Apple(apple::CELTIC)),
        Set::new("mac-croatian", "maccroatian", Oracle::Apple(apple::CROATIAN)),
        Set::new("mac-gaelic", "macgaelic", Oracle::Apple(apple::GAELIC)),
        Set::new("mac-greek", "macgreek", Oracle::Apple(apple::GREEK)),
        Set::new("mac-iceland", "maciceland", Oracle::Apple(apple::ICELAND)),
        Set::new("mac-inuit", "macinuit", Oracle::Apple(apple::INUIT)),
        Set::new("mac-romanian", "macromanian", Oracle::Apple(apple::ROMANIAN)),
        Set::new("mac-turkish", "macturkish", Oracle::Apple(apple::TURKISH)),
    ]
}

fn single_bytes() -> Vec<Set> {
    vec![
        Set::new("nls_cp1251", "cp1251", Oracle::Iconv("CP1251"))
            .encodes(&[
                (0x490, None),
                (0x491, Some(b"\xa5")),
                (0x492, Some(b"\xb4")),
                (0x20ac, None),
                (0xc3, Some(b"\xbb")),
                (0xcb, Some(b"\xbb")),
                (0xd3, Some(b"\xbb")),
                (0xdb, Some(b"\xbb")),
                (0xe3, Some(b"\xbb")),
                (0xeb, Some(b"\xbb")),
                (0xf3, Some(b"\xbb")),
                (0xfb, Some(b"\xbb")),
            ])
            .because("the way back has no euro, and two of its pages are a place off"),
        Set::new("nls_cp1255", "cp1255", Oracle::Whatwg(whatwg::WINDOWS_1255))
            .decodes([(0xaf, Some(0x203e)), (0xdf, Some(0x2017)), (0xca, None), (0xfd, None), (0xfe, None)])
            .encodes(&[
                (0xa1, None),
                (0xbf, None),
                (0x2116, Some(b"\xb9")),
                (0x200e, Some(b"\xfd")),
                (0x200f, Some(b"\xfe")),
                (0x203e, None),
                (0x2017, None),
            ])
            .because("two signs of ISO 8859-8 as it was in 1988, and marks of direction, one way only"),
        Set::new("nls_cp874", "cp874", Oracle::CodePage(874))
            .decodes([(0x80, None)])
            .because("from before the euro"),
        Set { has_lookalikes: true, ..Set::new("nls_iso8859-14", "iso8859-14", Oracle::Iconv("ISO8859-14")) }
            .encodes(&[(0x10a, Some(b"\xa6")), (0x10b, Some(b"\xab"))])
            .because("the way back is partly that of a draft"),
        Set::new("nls_iso8859-6", "iso8859-6", Oracle::Iconv("ISO8859-6"))
            .decodes((0..10).map(|digit| (b'0' + digit, Some(0x660 + u16::from(digit)))))
            .because("digits in Arabic, as the first tables at Unicode had them"),
        Set::new("nls_iso8859-7", "iso8859-7", Oracle::Iconv("ISO8859-7"))
            .decodes([(0xa1, Some(0x2bd)), (0xa2, Some(0x2bc)), (0xa4, None), (0xa5, None), (0xaa, None)])
            .because("the edition of 1987"),
        koi8_ru(),
        Set::new("nls_utf8", "utf8", Oracle::Utf8),
    ]
}

/// Linux makes it of KOI8-U and two Belarusian letters. Decoding, it asks the wrong way round which bytes those are, so
/// that every byte but them is one of them (fs/nls/nls_koi8-ru.c, char2uni: `!= 0xae`).
fn koi8_ru() -> Set {
    let letter = |byte: u8| (byte, Some(if byte & 0x10 == 0 { 0x45e } else { 0x40e }));
    Set { encodes_by_oracle: true, ..Set::new("nls_koi8-ru", "koi8-ru", Oracle::Iconv("KOI8-U")) }
        .decodes((0..=255).filter(|byte| byte & 0xef != 0xae).map(letter))
        .encodes(&[(0x45e, Some(b"\xae")), (0x40e, Some(b"\xbe")), (0x255d, None), (0x256c, None)])
        .because("KOI8-U and two letters, decoded the wrong way round")
}

fn double_bytes() -> Vec<Set> {
    vec![
        Set::new("nls_cp932", "cp932", Oracle::Iconv("CP932")).double(),
        Set::new("nls_cp936", "cp936", Oracle::Iconv("CP936")).double(),
        Set::new("nls_cp949", "cp949", Oracle::Iconv("UHC"))
            .double()
            .with_latin()
            .encodes(&[(0x20a9, Some(b"\0\\")), (0x20ac, None)])
            .because("Latin-1 encoded as itself, the won with a NUL, the euro not"),
        Set::new("nls_cp950", "cp950", Oracle::Iconv("CP950"))
            .double()
            .with_latin()
            .encodes(&[(0x20ac, None)])
            .because("Latin-1 encoded as itself, and no way back for the euro"),
        Set::new("nls_euc-jp", "euc-jp", Oracle::IconvWithin("EUC-JP-MS", "CP932"))
            .double()
            .lacks(&[b"\x8f\xa2\xb7", b"\x8f\xa2\xf1"])
            .because("no more characters than cp932 has, on whose table it stands, and each but once"),
    ]
}
