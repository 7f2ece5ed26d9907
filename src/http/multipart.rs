//! `multipart/form-data` (RFC 7578), for the one form that sends a file.

/// The most parts that are read.
const MOST: usize = 10;

/// The longest boundary, in bytes (RFC 2046 section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FormPart<'a> {
    /// The name of its field.
    pub name: &'a str,
    /// What it holds.
    pub content: &'a [u8],
}

/// The parts of a body whose type is `content_type`; `None` when it is another type, or not written as the specification
/// says. No name is there twice.
#[must_use]
pub fn parse<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<FormPart<'a>>> {
    let delimiter = [b"--", boundary(content_type)?.as_bytes()].concat();
    let between = [b"\r\n", delimiter.as_slice()].concat();
    let mut parts: Vec<FormPart<'a>> = Vec::new();
    let mut rest = body.strip_prefix(delimiter.as_slice())?;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let (headers, content) = split(part, b"\r\n\r\n")?;
        let (content, after) = split(content, &between)?;
        let name = name(std::str::from_utf8(headers).ok()?)?;
        if parts.len() >= MOST || parts.iter().any(|known| known.name == name) {
            return None;
        }
        parts.push(FormPart { name, content });
        rest = after;
    }
    rest.starts_with(b"--").then_some(parts)
}

/// The boundary that a content type names (RFC 2046 section 5.1.1).
fn boundary(content_type: &str) -> Option<&str> {
    let (essence, parameters) = content_type.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim())
    })?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    ((1..=LONGEST_BOUNDARY).contains(&value.len()) && value.bytes().all(legal)).then_some(value)
}

/// The name of the field that a part is of (RFC 7578 section 4.2).
fn name(headers: &str) -> Option<&str> {
    let disposition = headers.split("\r\n").find_map(|header| {
        let (name, value) = header.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value.trim())
    })?;
    let (_, quoted) = disposition.strip_prefix("form-data")?.split_once("; name=\"")?;
    quoted.split_once('"').map(|(name, _)| name)
}

/// What stands before and behind the first `separator`.
fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.strip_prefix(separator)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----WebKitFormBoundaryAbc123";

    fn body(parts: &[&str]) -> Vec<u8> {
        let joined =
            parts.iter().fold(String::new(), |text, part| text + "------WebKitFormBoundaryAbc123\r\n" + part + "\r\n");
        format!("{joined}------WebKitFormBoundaryAbc123--\r\n").into_bytes()
    }

    // spec: RFC 7578 section 4 - a form with a file is read part by part
    #[test]
    fn fields_and_files() {
        let body = body(&[
            "Content-Disposition: form-data; name=\"version\"\r\n\r\n3",
            "Content-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\r\n--x\r\n",
        ]);
        let parts = parse(TYPE, &body).expect("a form");
        assert_eq!(
            parts,
            [FormPart { name: "version", content: b"3" }, FormPart { name: "logo", content: b"\r\n--x\r\n" }]
        );
        let quoted = "Multipart/Form-Data; charset=utf-8; boundary=\"----WebKitFormBoundaryAbc123\"";
        assert_eq!(parse(quoted, &body).map(|parts| parts.len()), Some(2));
    }

    #[test]
    fn whatever_is_not_written_so_is_refused() {
        let one = "Content-Disposition: form-data; name=\"a\"\r\n\r\n1";
        let good = body(&[one]);
        assert!(parse(TYPE, &good).is_some());
        for content_type in [
            "",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=x",
            "text/plain",
            "multipart/form-data; boundary=a\u{e9}",
        ] {
            assert_eq!(parse(content_type, &good), None, "{content_type}");
        }
        assert_eq!(parse(TYPE, &body(&[one, one])), None, "a field twice");
        assert_eq!(parse(TYPE, &body(&[&one.replace("form-data", "attachment")])), None);
        assert_eq!(parse(TYPE, &body(&["\r\n1"])), None, "no name");
        for end in 0..good.len().saturating_sub(4) {
            assert_eq!(parse(TYPE, &good[..end]), None, "cut at {end}");
        }
        let many: Vec<String> = (0..11).map(|number| one.replace("\"a\"", &format!("\"a{number}\""))).collect();
        assert_eq!(parse(TYPE, &body(&many.iter().map(String::as_str).collect::<Vec<_>>())), None);
    }
}
