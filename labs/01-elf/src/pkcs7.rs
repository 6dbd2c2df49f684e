//! Who signed a module, as the PKCS#7 message behind it says (RFC 2315, section 9).
//! The kernel reads the same in crypto/asymmetric_keys/pkcs7_parser.c; kmod leaves it to OpenSSL.

use bstr::BStr;

use crate::der::{Reader, dotted, tag};

/// The X.520 attribute "common name", 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// The first signer of a PKCS#7 message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer<'a> {
    /// The common name of the issuer of the signer's certificate; of several names the last one, where
    /// none is a common name; up to the first NUL.
    pub issuer: &'a BStr,
    /// The certificate's serial number, big-endian, without leading zeroes.
    pub serial: &'a [u8],
    /// The digest that was signed: its name as OpenSSL spells it, else the object identifier.
    pub digest: String,
    /// The signature itself.
    pub signature: &'a [u8],
}

impl<'a> Signer<'a> {
    /// Finds the first signer in a message; `None` where it is not one, or names its signer otherwise than
    /// by issuer and serial number.
    pub fn of(message: &'a [u8]) -> Option<Signer<'a>> {
        let mut content_info = Reader::new(message).enter(tag::SEQUENCE)?;
        content_info.expect(tag::OBJECT_IDENTIFIER)?;
        let mut signed_data = content_info.enter(tag::CONTEXT_0)?.enter(tag::SEQUENCE)?;
        signed_data.expect(tag::INTEGER)?;
        signed_data.expect(tag::SET)?; // the digests' algorithms
        signed_data.expect(tag::SEQUENCE)?; // what is signed: empty, the module is elsewhere
        signed_data.skip(tag::CONTEXT_0); // certificates
        signed_data.skip(tag::CONTEXT_0 + 1); // revocation lists
        let mut signer = signed_data.enter(tag::SET)?.enter(tag::SEQUENCE)?;

        signer.expect(tag::INTEGER)?;
        let mut certificate = signer.enter(tag::SEQUENCE)?;
        let issuer = common_name(certificate.enter(tag::SEQUENCE)?);
        let serial = without_leading_zeroes(certificate.expect(tag::INTEGER)?);
        let digest = digest_name(signer.enter(tag::SEQUENCE)?.expect(tag::OBJECT_IDENTIFIER)?)?;
        signer.skip(tag::CONTEXT_0); // authenticated attributes
        signer.expect(tag::SEQUENCE)?; // the signature's algorithm
        let signature = signer.expect(tag::OCTET_STRING)?;
        Some(Signer { issuer, serial, digest, signature })
    }
}

/// Whether `blob` begins as such a message does: an object identifier, and content. What it is about is not looked at.
pub fn is_message(blob: &[u8]) -> bool {
    let content = || {
        let mut info = Reader::new(blob).enter(tag::SEQUENCE)?;
        info.expect(tag::OBJECT_IDENTIFIER)?;
        info.expect(tag::CONTEXT_0)
    };
    content().is_some()
}

/// The common name in a distinguished name, which is a sequence of sets of attributes.
fn common_name(mut name: Reader<'_>) -> &BStr {
    let mut found: &[u8] = &[];
    'name: while let Some(mut attributes) = name.enter(tag::SET) {
        while let Some(mut attribute) = attributes.enter(tag::SEQUENCE) {
            let identifier = attribute.expect(tag::OBJECT_IDENTIFIER);
            let (_, value) = attribute.next().unwrap_or_default();
            found = value;
            if identifier == Some(COMMON_NAME) {
                break 'name;
            }
        }
    }
    BStr::new(found.split(|&byte| byte == 0).next().unwrap_or_default())
}

fn without_leading_zeroes(number: &[u8]) -> &[u8] {
    let zeroes = number.iter().take_while(|&&byte| byte == 0).count();
    number.get(zeroes..).unwrap_or_default()
}

fn digest_name(identifier: &[u8]) -> Option<String> {
    let dotted = dotted(identifier)?;
    let name = match dotted.as_str() {
        "1.2.840.113549.2.4" => "md4",
        "1.2.840.113549.2.5" => "md5",
        "1.3.14.3.2.26" => "sha1",
        "1.3.36.3.2.1" => "ripemd160",
        "2.16.840.1.101.3.4.2.1" => "sha256",
        "2.16.840.1.101.3.4.2.2" => "sha384",
        "2.16.840.1.101.3.4.2.3" => "sha512",
        "2.16.840.1.101.3.4.2.4" => "sha224",
        "2.16.840.1.101.3.4.2.8" => "sha3-256",
        "2.16.840.1.101.3.4.2.9" => "sha3-384",
        "2.16.840.1.101.3.4.2.10" => "sha3-512",
        "1.2.156.10197.1.401" => "sm3",
        _ => return Some(dotted),
    };
    Some(name.into())
}
