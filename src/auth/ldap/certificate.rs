//! What can be told of a certificate without trusting it: for `coracle ldap test`, and for errors that explain.

use std::net::{Ipv4Addr, Ipv6Addr};

use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};

use super::ber::{INTEGER, OCTETS, SEQUENCE, SET, element, line, take};

/// Most characters of one name.
const MAX_NAME: usize = 256;
/// Most names that are listed.
const MAX_NAMES: usize = 50;

/// One certificate as it was presented. Fields that could not be read say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// `CN=ldap.example.org, O=Example`
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// DNS names and addresses that it is good for.
    pub(crate) names: Vec<String>,
    /// `2027-11-26 15:00:00 UTC`
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    /// It says of itself that it is a CA.
    pub(crate) ca: bool,
    /// SHA-256 in hexadecimal, colons between bytes, as openssl prints it.
    pub(crate) fingerprint: String,
}

impl Certificate {
    pub(super) fn of(der: &CertificateDer<'_>) -> Certificate {
        let unread = || "(not readable)".to_owned();
        let hash: Vec<String> = Sha256::digest(der).iter().map(|b| format!("{b:02X}")).collect();
        let mut certificate = Certificate {
            subject: unread(),
            issuer: unread(),
            names: Vec::new(),
            not_before: unread(),
            not_after: unread(),
            ca: false,
            fingerprint: hash.join(":"),
        };
        // What was read before something unknown came is kept.
        let _ = certificate.read(der);
        certificate
    }

    /// Certificate ::= SEQUENCE { tbs SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, key, …,
    /// [3] extensions }, … }
    fn read(&mut self, der: &[u8]) -> Option<()> {
        const VERSION: u8 = 0xa0;
        const EXTENSIONS: u8 = 0xa3;
        let mut outer = take(&mut &*der, SEQUENCE)?;
        let mut body = take(&mut outer, SEQUENCE)?;
        take(&mut body, VERSION);
        take(&mut body, INTEGER)?;
        take(&mut body, SEQUENCE)?;
        self.issuer = distinguished_name(take(&mut body, SEQUENCE)?);
        let mut validity = take(&mut body, SEQUENCE)?;
        self.not_before = time(element(&mut validity)?)?;
        self.not_after = time(element(&mut validity)?)?;
        self.subject = distinguished_name(take(&mut body, SEQUENCE)?);
        while let Some((tag, mut content)) = element(&mut body) {
            if tag == EXTENSIONS {
                let mut extensions = take(&mut content, SEQUENCE)?;
                while let Some(extension) = take(&mut extensions, SEQUENCE) {
                    self.extension(extension)?;
                }
            }
        }
        Some(())
    }

    fn extension(&mut self, mut rest: &[u8]) -> Option<()> {
        const OID: u8 = 0x06;
        const BOOLEAN: u8 = 0x01;
        const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
        const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
        let oid = take(&mut rest, OID)?;
        take(&mut rest, BOOLEAN);
        let mut value = take(&mut rest, OCTETS)?;
        match oid {
            ALTERNATIVE_NAMES => {
                let mut names = take(&mut value, SEQUENCE)?;
                while let Some((tag, content)) = element(&mut names) {
                    if self.names.len() < MAX_NAMES {
                        self.names.extend(alternative_name(tag, content));
                    }
                }
            }
            BASIC_CONSTRAINTS => {
                let mut inside = take(&mut value, SEQUENCE)?;
                self.ca = take(&mut inside, BOOLEAN).is_some_and(|b| b != [0]);
            }
            _ => {}
        }
        Some(())
    }
}

fn alternative_name(tag: u8, content: &[u8]) -> Option<String> {
    const DNS: u8 = 0x82;
    const ADDRESS: u8 = 0x87;
    match tag {
        DNS => Some(line(&String::from_utf8_lossy(content), MAX_NAME)),
        ADDRESS => match *content {
            [a, b, c, d] => Some(Ipv4Addr::new(a, b, c, d).to_string()),
            _ => <[u8; 16]>::try_from(content).ok().map(|bytes| Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    }
}

/// UTCTime `YYMMDDhhmmssZ` or GeneralizedTime `YYYYMMDDhhmmssZ`.
fn time((tag, content): (u8, &[u8])) -> Option<String> {
    const UTC_TIME: u8 = 0x17;
    let digits = content.strip_suffix(b"Z").filter(|d| d.iter().all(u8::is_ascii_digit))?;
    let digits = std::str::from_utf8(digits).ok()?;
    let digits = match tag {
        // RFC 5280: 50 to 99 are of the last century.
        UTC_TIME => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        _ => digits.to_owned(),
    };
    let part = |from: usize| digits.get(from..from + 2);
    let (year, month, day) = (digits.get(..4)?, part(4)?, part(6)?);
    Some(format!("{year}-{month}-{day} {}:{}:{} UTC", part(8)?, part(10)?, part(12)?))
}

/// `CN=a, O=b`, in the certificate's order.
fn distinguished_name(mut rest: &[u8]) -> String {
    let mut parts = Vec::new();
    while let Some(mut set) = take(&mut rest, SET) {
        while let Some(mut pair) = take(&mut set, SEQUENCE) {
            let (Some((_, oid)), Some((tag, value))) = (element(&mut pair), element(&mut pair)) else { continue };
            parts.push(format!("{}={}", attribute(oid), directory_string(tag, value)));
        }
    }
    line(&parts.join(", "), MAX_NAME)
}

fn attribute(oid: &[u8]) -> &'static str {
    match oid {
        [0x55, 4, 3] => "CN",
        [0x55, 4, 6] => "C",
        [0x55, 4, 7] => "L",
        [0x55, 4, 8] => "ST",
        [0x55, 4, 10] => "O",
        [0x55, 4, 11] => "OU",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25] => "DC",
        _ => "?",
    }
}

fn directory_string(tag: u8, value: &[u8]) -> String {
    const BMP_STRING: u8 = 0x1e;
    match tag {
        BMP_STRING => {
            let units: Vec<u16> = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(value).into_owned(),
    }
}
