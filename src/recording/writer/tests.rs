use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::{
    auth::OwnerId,
    recording::{MAX_EVENT, text},
};

fn begin() -> Begin {
    Begin::new("abcdefghijkl".parse().unwrap(), OwnerId::local("0123456789abcdef"), "mira".into(), "shell".into())
}

fn header() -> Header {
    Header { size: Size::DEFAULT, timestamp: Some(1), title: "shell of mira".into() }
}

/// What a session does: output, and after it another width.
type Step = (Vec<u8>, Option<u16>);

/// Goes on recording the whole of a session from wherever the recording stands, as the recorder does.
fn record(writer: &mut Writer, steps: &[Step], most: usize) {
    let mut output = Vec::new();
    for (bytes, cols) in steps {
        output.extend_from_slice(bytes);
        while (writer.position() as usize) < output.len() {
            let from = writer.position() as usize;
            let some = &output[from..output.len().min(from + most)];
            let (text, taken) = match text::decode(some) {
                (_, 0) => (text::decode_all(some), some.len()),
                decoded => decoded,
            };
            let (events, raw) = (vec![(writer.now(), What::Output(text))], some[..taken].to_vec());
            writer.append(Piece { events, raw, position: (from + taken) as u64 }).unwrap();
        }
        let size = cols.map(|cols| Size { cols, rows: 24 });
        if let Some(size) = size.filter(|size| writer.position() as usize == output.len() && *size != writer.size()) {
            let events = vec![(writer.now(), What::Resize(size))];
            writer.append(Piece { events, raw: Vec::new(), position: output.len() as u64 }).unwrap();
        }
    }
}

/// All that a player shows, with the sizes where they are.
fn shown(dir: &Path) -> String {
    let cast = std::fs::read(&paths(dir, begin().session)[0]).unwrap();
    let mut lines = Lines::new(cast.as_slice(), MAX_EVENT);
    Header::parse(lines.next().unwrap().unwrap().bytes).unwrap();
    let mut shown = String::new();
    while let Some(line) = lines.next().unwrap() {
        assert!(line.whole);
        match Event::parse(line.bytes).unwrap().unwrap().what {
            What::Output(text) => shown.push_str(&text),
            What::Resize(size) => shown.push_str(&format!("<{}>", size.cols)),
            What::Marker(text) | What::Exit(text) => shown.push_str(&format!("<{text}>")),
            What::Other => panic!("never written"),
        }
    }
    shown
}

fn seal(dir: &Path) -> Seal {
    let chain = std::fs::read_to_string(&paths(dir, begin().session)[1]).unwrap();
    match ChainLine::parse(chain.lines().last().unwrap().as_bytes()).unwrap() {
        (ChainLine::Seal(seal), _) => Seal { cast: 0, ended: 0, ..seal }, // numbers of milliseconds differ in length
        (ChainLine::Block(block), _) => panic!("not sealed: {block:?}"),
    }
}

/// Chain and cast in the order in which they were written.
fn in_order(dir: &Path) -> Vec<(usize, Vec<u8>)> {
    let [cast, chain, _] = paths(dir, begin().session).map(|path| std::fs::read(path).unwrap());
    let (mut written, mut at) = (Vec::new(), 0);
    for line in chain.split_inclusive(|byte| *byte == b'\n') {
        written.push((1, line.to_vec()));
        if let Ok((ChainLine::Block(block), _)) = ChainLine::parse(line.strip_suffix(b"\n").unwrap()) {
            written.push((0, cast[at..block.cast as usize].to_vec()));
            at = block.cast as usize;
        }
    }
    assert_eq!(at, cast.len());
    written
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let piece = prop_oneof![
        any::<char>().prop_map(|c| c.to_string().into_bytes()),
        proptest::collection::vec(any::<u8>(), 1..5),
        "[a-z\u{1b}\r\n→é]{1,12}".prop_map(String::into_bytes),
    ];
    let bytes = proptest::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat());
    proptest::collection::vec((bytes, proptest::option::of(1u16..=200)), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn killed_at_any_byte_of_either_file_and_gone_on_with_a_recording_is_as_if_nothing_had_happened(
        steps in steps(), most in 4usize..20, cut in any::<prop::sample::Index>(), again in any::<prop::sample::Index>(),
    ) {
        let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut writer = Writer::begin(whole.path(), begin(), &header()).unwrap();
        record(&mut writer, &steps, most);
        let written = in_order(whole.path());
        writer.seal("exit", Some(3)).unwrap();

        // Killed twice, the second time perhaps while it was still mending.
        let total: usize = written.iter().map(|(_, bytes)| bytes.len()).sum();
        for cut in [cut.index(total + 1), again.index(total + 1)] {
            let mut files = [Vec::new(), Vec::new(), b"{\"time\":1,".to_vec()];
            let mut left = cut;
            for (file, bytes) in &written {
                let some = left.min(bytes.len());
                files[*file].extend_from_slice(&bytes[..some]);
                left -= some;
            }
            for (path, bytes) in paths(killed.path(), begin().session).iter().zip(&files) {
                std::fs::write(path, bytes).unwrap();
            }
            drop(Writer::resume(killed.path(), begin().session).unwrap());
        }
        let mut writer = match Writer::resume(killed.path(), begin().session).unwrap() {
            Left::Open(writer) => *writer,
            Left::Nothing => Writer::begin(killed.path(), begin(), &header()).unwrap(),
            Left::Sealed(_) => panic!("it was not"),
        };
        record(&mut writer, &steps, most);
        writer.seal("exit", Some(3)).unwrap();
        prop_assert_eq!(shown(killed.path()), shown(whole.path()));
        prop_assert_eq!(seal(killed.path()), seal(whole.path()));
        let output: Vec<u8> = steps.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        prop_assert_eq!(seal(whole.path()).raw_sha256, Some(sys::hex(&Sha256::digest(&output))));
        prop_assert_eq!(seal(whole.path()).stream, output.len() as u64);
    }
}

#[test]
fn while_one_writes_no_other_does_and_a_sealed_one_is_not_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let id = begin().session;
    let writer = Writer::begin(dir.path(), begin(), &header()).unwrap();
    assert_eq!(Writer::resume(dir.path(), id).err().unwrap().kind(), io::ErrorKind::WouldBlock);
    assert_eq!(Writer::begin(dir.path(), begin(), &header()).err().unwrap().kind(), io::ErrorKind::AlreadyExists);
    let head = writer.seal("exit", None).unwrap();
    match Writer::resume(dir.path(), id).unwrap() {
        Left::Sealed(hash) => assert_eq!(hash, head),
        Left::Open(_) | Left::Nothing => panic!("it is sealed"),
    }
    assert!(matches!(Writer::resume(dir.path(), "bbcdefghijkl".parse().unwrap()), Ok(Left::Nothing)));
}

#[test]
fn what_no_crash_of_ours_leaves_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::begin(dir.path(), begin(), &header()).unwrap();
    for _ in 0..3 {
        record(&mut writer, &[(vec![b'x'; 50], None)], 9);
    }
    drop(writer);
    let [cast, chain, _] = paths(dir.path(), begin().session);
    let whole = std::fs::read(&cast).unwrap();
    std::fs::write(&cast, &whole[..whole.len() / 2]).unwrap();
    let before = std::fs::read(&chain).unwrap();
    assert_eq!(Writer::resume(dir.path(), begin().session).err().unwrap().kind(), io::ErrorKind::InvalidData);
    assert_eq!((std::fs::read(&chain).unwrap(), std::fs::read(&cast).unwrap().len()), (before, whole.len() / 2));
}

#[test]
fn the_files_are_the_daemons_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let _writer = Writer::begin(dir.path(), begin(), &header()).unwrap();
    for path in paths(dir.path(), begin().session) {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
