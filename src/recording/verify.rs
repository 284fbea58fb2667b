//! Whether a recording is what was recorded: its cast against its chain, and the chain against a hash that the journal has.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use super::{Begin, Block, ChainLine, Hash, Lines, MAX_CHAIN_LINE, Seal, writer::CHAIN};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    /// As the first line of the chain says; `None` if that is none.
    pub(crate) begin: Option<Begin>,
    /// The last of the blocks that are as they were written.
    pub(crate) last: Option<Block>,
    pub(crate) seal: Option<Seal>,
    /// The hash that stands for everything found to be in order.
    pub(crate) head: Option<Hash>,
    pub(crate) state: State,
    /// Where the wanted hash was met: after so many blocks.
    pub(crate) met: Option<u64>,
}

/// How it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// To the last byte as it was sealed.
    Intact,
    /// As it was written, and without an end: still being recorded, or its daemon never came to it. So many bytes of the cast
    /// have no whole line of the chain yet, or the other way round.
    Unsealed { unfinished: u64 },
    /// Not as it was written.
    Altered { file: &'static str, byte: u64, what: String },
}

/// Goes through the recording whose cast is `cast`; its chain lies beside it. `wanted` is a hash that the journal has.
///
/// # Errors
/// What reading says.
pub(crate) fn verify(cast: &Path, wanted: Option<Hash>) -> io::Result<Report> {
    let named = |path: PathBuf| File::open(&path).map_err(|error| of_file(&path, &error));
    // The chain first: what is written while it is read comes to the cast later than to the chain.
    let chain = named(cast.with_extension(CHAIN))?;
    let length = chain.metadata()?.len();
    let cast = named(cast.to_owned())?;
    Walk::new(Lines::new(BufReader::new(chain.take(length)), MAX_CHAIN_LINE), cast, wanted)?.go()
}

fn of_file(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// On the way through both files.
struct Walk<C, R> {
    chain: Lines<C>,
    cast: R,
    length: u64,
    wanted: Option<Hash>,
    report: Report,
}

impl<C: io::BufRead> Walk<C, BufReader<File>> {
    fn new(chain: Lines<C>, cast: File, wanted: Option<Hash>) -> io::Result<Self> {
        let length = cast.metadata()?.len();
        let state = State::Unsealed { unfinished: 0 };
        let report = Report { begin: None, last: None, seal: None, head: None, state, met: None };
        Ok(Walk { chain, cast: BufReader::new(cast), length, wanted, report })
    }

    fn go(mut self) -> io::Result<Report> {
        self.report.state = self.walk()?;
        if self.wanted.is_some() && self.report.met.is_none() && !matches!(self.report.state, State::Altered { .. }) {
            let what =
                "no block of it has the hash that was given: it is another recording, or was written anew".into();
            self.report.state = State::Altered { file: CHAIN, byte: 0, what };
        }
        Ok(self.report)
    }

    fn walk(&mut self) -> io::Result<State> {
        let altered = |byte, what: String| Ok(State::Altered { file: CHAIN, byte, what });
        let first = match self.chain.next() {
            Ok(Some(line)) if line.whole => line.bytes.to_vec(),
            Ok(_) => return Ok(State::Unsealed { unfinished: self.length }),
            Err(error) => return too_long(error),
        };
        match Begin::parse(&first) {
            Ok(begin) => self.report.begin = Some(begin),
            Err(why) => return altered(0, why.to_string()),
        }
        let mut before = Begin::hash(&first);
        self.report.head = Some(before);
        loop {
            let (at, line) = match self.chain.next() {
                Ok(None) => return Ok(State::Unsealed { unfinished: self.length - self.covered() }),
                // Half a line, at the end of the file: a crash leaves that.
                Ok(Some(line)) if !line.whole => {
                    let unfinished = line.bytes.len() as u64 + self.length - self.covered();
                    return Ok(State::Unsealed { unfinished });
                }
                Ok(Some(line)) => (line.at, line.bytes.to_vec()),
                Err(error) => return too_long(error),
            };
            if self.report.seal.is_some() {
                return altered(at, "there is something behind its seal".into());
            }
            let (parsed, hash) = match ChainLine::parse(&line) {
                Ok(parsed) => parsed,
                Err(why) => return altered(at, why.to_string()),
            };
            match parsed {
                ChainLine::Seal(seal) => {
                    if !ChainLine::is_genuine(&line, before, b"") {
                        return altered(at, "its seal does not fit to what is before it".into());
                    }
                    if self.length != self.covered() || seal.cast != self.length {
                        let what = format!("it has {} bytes, and {} are sealed", self.length, self.covered());
                        return Ok(State::Altered { file: "cast", byte: self.covered().min(self.length), what });
                    }
                    self.report.seal = Some(seal);
                    self.meet(hash);
                    if self.chain.next()?.is_some() {
                        return altered(at + line.len() as u64 + 1, "there is something behind its seal".into());
                    }
                    return Ok(State::Intact);
                }
                ChainLine::Block(block) => {
                    let begins = self.covered();
                    let Some(length) = block.cast.checked_sub(begins).filter(|length| *length <= super::MAX_BLOCK)
                    else {
                        return altered(at, "its offset is that of no block".into());
                    };
                    let mut bytes = Vec::new();
                    (&mut self.cast).take(length).read_to_end(&mut bytes)?;
                    if (bytes.len() as u64) < length {
                        return self.missing(begins, length, &bytes);
                    }
                    if !ChainLine::is_genuine(&line, before, &bytes) {
                        let what = format!("its bytes {begins} to {} are not those that were recorded", block.cast);
                        return Ok(State::Altered { file: "cast", byte: begins, what });
                    }
                    before = hash;
                    self.report.last = Some(block);
                    self.meet(hash);
                }
            }
        }
    }

    /// The cast ends within a block: a crash leaves that of the last block only, and then there is no seal.
    fn missing(&mut self, begins: u64, length: u64, bytes: &[u8]) -> io::Result<State> {
        let more = match self.chain.next() {
            Ok(line) => line.is_some_and(|line| line.whole),
            Err(error) => return too_long(error),
        };
        if !more {
            return Ok(State::Unsealed { unfinished: bytes.len() as u64 });
        }
        let what =
            format!("it is cut: {} of the {length} bytes from {begins} on are missing", length - bytes.len() as u64);
        Ok(State::Altered { file: "cast", byte: begins + bytes.len() as u64, what })
    }

    fn meet(&mut self, hash: Hash) {
        self.report.head = Some(hash);
        if self.wanted == Some(hash) {
            self.report.met = Some(self.report.last.as_ref().map_or(0, |block| block.n + 1));
        }
    }

    /// Bytes of the cast that were found to be in order.
    fn covered(&self) -> u64 {
        self.report.last.as_ref().map_or(0, |block| block.cast)
    }
}

fn too_long(error: io::Error) -> io::Result<State> {
    match error.kind() {
        io::ErrorKind::InvalidData => Ok(State::Altered { file: CHAIN, byte: 0, what: error.to_string() }),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        auth::OwnerId,
        recording::{Header, Piece, What, Writer},
        session::Size,
    };

    fn recording(dir: &Path) -> (PathBuf, Hash, Hash) {
        let begin = Begin::new(
            "abcdefghijkl".parse().unwrap(),
            OwnerId::local("0123456789abcdef"),
            "mira".into(),
            "shell".into(),
        );
        let header = Header { size: Size::DEFAULT, timestamp: None, title: String::new() };
        let mut writer = Writer::begin(dir, begin, &header).unwrap();
        let mut middle = writer.head();
        for n in 0..6u64 {
            let raw = format!("line {n}\r\n");
            let events = vec![(n * 10, What::Output(raw.clone()))];
            writer.append(Piece { events, raw: raw.into_bytes(), position: (n + 1) * 8 }).unwrap();
            if n == 2 {
                middle = writer.head();
            }
        }
        (dir.join("abcdefghijkl.cast"), middle, writer.seal("exit", Some(0)).unwrap())
    }

    fn state(cast: &Path) -> State {
        verify(cast, None).unwrap().state
    }

    #[test]
    fn a_recording_is_intact_and_the_journals_hashes_are_met_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let (cast, middle, sealed) = recording(dir.path());
        let report = verify(&cast, Some(sealed)).unwrap();
        assert_eq!((report.state, report.head, report.met), (State::Intact, Some(sealed), Some(8)));
        assert_eq!(report.seal.unwrap().stream, 48);
        assert_eq!(verify(&cast, Some(middle)).unwrap().met, Some(4));
        let other = verify(&cast, Some(Begin::hash(b"other"))).unwrap();
        assert!(matches!(other.state, State::Altered { .. }), "{other:?}");
    }

    #[test]
    fn each_flipped_byte_of_either_file_is_found_and_its_place_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let (cast, _, sealed) = recording(dir.path());
        for file in [cast.clone(), cast.with_extension("chain")] {
            let whole = std::fs::read(&file).unwrap();
            for at in 0..whole.len() {
                let mut wrong = whole.clone();
                wrong[at] ^= 1;
                std::fs::write(&file, &wrong).unwrap();
                let report = verify(&cast, Some(sealed)).unwrap();
                let State::Altered { byte, .. } = &report.state else {
                    panic!("byte {at} of {}: {report:?}", file.display())
                };
                if file == cast {
                    assert!(*byte <= at as u64 && at as u64 - byte < 100, "byte {at} was said to be at {byte}");
                }
            }
            std::fs::write(&file, &whole).unwrap();
        }
    }

    #[test]
    fn a_cut_is_found_wherever_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (cast, _, sealed) = recording(dir.path());
        let chain = cast.with_extension("chain");
        let [whole, links] = [&cast, &chain].map(|file| std::fs::read(file).unwrap());
        for cut in 0..whole.len() {
            std::fs::write(&cast, &whole[..cut]).unwrap();
            match state(&cast) {
                State::Altered { file: "cast", byte, .. } => assert_eq!(byte, cut as u64),
                other => panic!("cut to {cut}: {other:?}"),
            }
        }
        std::fs::write(&cast, &whole).unwrap();
        for cut in 0..links.len() {
            std::fs::write(&chain, &links[..cut]).unwrap();
            assert!(matches!(state(&cast), State::Unsealed { .. }), "cut to {cut}: {:?}", state(&cast));
            let report = verify(&cast, Some(sealed)).unwrap();
            assert!(matches!(report.state, State::Altered { .. }), "who knows the seal sees that it is missing: {cut}");
        }
        std::fs::write(&chain, [links.as_slice(), b"{}\n"].concat()).unwrap();
        assert!(matches!(state(&cast), State::Altered { file: "chain", .. }));
        std::fs::write(&chain, &links).unwrap();
        std::fs::write(&cast, [whole.as_slice(), b"[0.1, \"o\", \"more\"]\n"].concat()).unwrap();
        assert!(matches!(state(&cast), State::Altered { file: "cast", .. }));
    }

    #[test]
    fn one_that_is_being_recorded_is_in_order_as_far_as_it_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (cast, ..) = recording(dir.path());
        let chain = cast.with_extension("chain");
        let [whole, links] = [&cast, &chain].map(|file| std::fs::read_to_string(file).unwrap());
        let lines: Vec<&str> = links.split_inclusive('\n').collect();
        // Killed between the line of the chain and the bytes of the cast.
        std::fs::write(&chain, lines[..4].concat()).unwrap();
        let two = whole.split_inclusive('\n').take(2).map(str::len).sum::<usize>();
        std::fs::write(&cast, &whole[..two + 5]).unwrap();
        let report = verify(&cast, None).unwrap();
        assert_eq!((report.state, report.last.unwrap().n), (State::Unsealed { unfinished: 5 }, 1));
    }
}
