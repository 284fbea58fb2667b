//! A session's record: what the next daemon must know to go on with it. A file in the runtime directory, beside the ring.
//!
//! Two copies in one file, and behind them the screen (`terminal/checkpoint.rs`); each is written whole, with a sequence number and a checksum, over the older one. A daemon that
//! dies while writing leaves the other copy as it was.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{
    Size,
    state::Periods,
    task::{Ending, Kills},
};
use crate::{
    auth::Person,
    config::{Profile, RecordingPolicy},
    podman::Mapping,
    session::SessionId,
    sys::BootTime,
    terminal::{Certificate, Checkpoints, Look, Share},
};

const MAGIC: &[u8; 8] = b"corarec\n";
const VERSION: u32 = 1;
/// Bytes of one copy. A record is about 1.5 KB; the largest profile that the configuration lets through fits.
const COPY: usize = 32 * 1024;
/// Magic, version, sequence number, length, checksum.
const HEADER: usize = 8 + 4 + 8 + 4 + 32;
/// Bytes of each copy whose memory is taken at once.
const USUAL: u64 = 8 * 1024;
/// Bytes of a record file, for the log budget; the screen lies behind them.
pub(crate) const FILE_SIZE: u64 = 2 * COPY as u64;

/// What is remembered. Times are on CLOCK_BOOTTIME: the file does not survive a boot, and neither does a session.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Record {
    pub(crate) id: SessionId,
    pub(crate) person: Person,
    pub(crate) profile: Profile,
    pub(crate) config_hash: String,
    pub(crate) mapping: Mapping,
    pub(crate) periods: Periods,
    /// Unix seconds, for display.
    pub(crate) created: u64,
    pub(crate) lifetime: BootTime,
    /// When the detached deadline falls; `None` while a browser is there.
    pub(crate) detached: Option<BootTime>,
    /// Accurate to [`super::task`]'s interval.
    pub(crate) last_input: BootTime,
    pub(crate) size: Size,
    /// What the kernel confirmed at the start; `None` until the shell runs.
    pub(crate) certificate: Option<Certificate>,
    #[serde(default)] // a record of before there was such a thing
    pub(crate) kills: Kills,
    /// How it ends, once that is decided: a daemon that dies before all is done leaves the rest, and the reason, to the next.
    #[serde(default)]
    pub(crate) ending: Option<Ending>,
    /// Administrators who have looked at it, the last one last.
    #[serde(default)]
    pub(crate) looks: Vec<Look>,
    #[serde(default = "not_recorded")]
    pub(crate) recording: RecordingPolicy,
}

fn not_recorded() -> RecordingPolicy {
    RecordingPolicy::Off
}

/// The open file of a session's record.
#[derive(Debug)]
pub(crate) struct RecordFile {
    file: File,
    sequence: u64,
}

impl RecordFile {
    /// A new file at `path`, 0600, without a record yet.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn create(path: &Path) -> io::Result<RecordFile> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        file.set_len(FILE_SIZE)?;
        for copy in [0, COPY as u64] {
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), copy, USUAL)?;
        }
        Ok(RecordFile { file, sequence: 0 })
    }

    /// Where the session's screen is kept, behind the record; the memory for it is of `share`.
    ///
    /// # Errors
    /// When there are no more descriptors.
    pub(crate) fn checkpoints(&self, share: Share) -> io::Result<Checkpoints> {
        Ok(Checkpoints::new(self.file.try_clone()?, FILE_SIZE, share))
    }

    /// The newest whole copy of a file that an earlier daemon left.
    ///
    /// # Errors
    /// `InvalidData` when neither copy is whole and of this version.
    pub(crate) fn open(path: &Path) -> io::Result<(RecordFile, Record)> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let newest = [0, 1].into_iter().filter_map(|copy| read(&file, copy)).max_by_key(|(sequence, _)| *sequence);
        let (sequence, record) =
            newest.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no whole record of this version"))?;
        Ok((RecordFile { file, sequence }, record))
    }

    /// Replaces the record.
    ///
    /// # Errors
    /// `InvalidInput` when it is too large; else what the file system says.
    pub(crate) fn write(&mut self, record: &Record) -> io::Result<()> {
        let body = serde_json::to_vec(record)?;
        if body.len() > COPY - HEADER {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("a record of {} bytes", body.len())));
        }
        self.sequence += 1;
        self.file.write_all_at(&sealed(self.sequence, &body), self.sequence % 2 * COPY as u64)
    }
}

/// One copy: the header, then the body.
pub(super) fn sealed(sequence: u64, body: &[u8]) -> Vec<u8> {
    let mut copy = Vec::with_capacity(HEADER + body.len());
    copy.extend_from_slice(MAGIC);
    copy.extend_from_slice(&VERSION.to_le_bytes());
    copy.extend_from_slice(&sequence.to_le_bytes());
    copy.extend_from_slice(&(body.len() as u32).to_le_bytes());
    copy.extend_from_slice(&checksum(sequence, body));
    copy.extend_from_slice(body);
    copy
}

fn checksum(sequence: u64, body: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(sequence.to_le_bytes()).chain_update(body).finalize().into()
}

fn read(file: &File, copy: u64) -> Option<(u64, Record)> {
    let mut bytes = vec![0; COPY];
    file.read_exact_at(&mut bytes, copy * COPY as u64).ok()?;
    let (header, body) = bytes.split_at(HEADER);
    if header[..8] != *MAGIC || header[8..12] != VERSION.to_le_bytes() {
        return None;
    }
    let sequence = u64::from_le_bytes(header[12..20].try_into().ok()?);
    let length = u32::from_le_bytes(header[20..24].try_into().ok()?) as usize;
    let body = body.get(..length)?;
    if header[24..] != checksum(sequence, body) {
        return None;
    }
    Some((sequence, serde_json::from_slice(body).ok()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        auth::OwnerId,
        config::{GuestUser, Pull},
    };

    pub(crate) fn example() -> Record {
        let minute = Duration::from_secs(60);
        Record {
            id: "abcdefghijkl".parse().unwrap(),
            person: Person {
                owner: OwnerId::local("0123456789abcdef"),
                name: "mira".into(),
                groups: vec![],
                admin: false,
            },
            profile: Profile {
                name: "shell".into(),
                description: String::new(),
                image: "localhost/x:1".into(),
                pull: Pull::Never,
                command: vec!["/bin/bash".into()],
                user: GuestUser { name: "crew".into(), uid: 1000, gid: 1000 },
                groups: vec![],
                env: Default::default(),
                memory: 200 << 20,
                millicpus: 500,
                pids: 128,
                tmpfs: vec![],
                shm: 16 << 20,
                nofile: 1024,
                network: crate::config::Network::None,
                allow_host_access: false,
                capabilities: std::collections::BTreeSet::new(),
                layer_size: None,
                recording: None,
                warm: 0,
            },
            config_hash: "00".into(),
            mapping: Mapping::Slot(3),
            periods: Periods { idle: minute, detached: minute, lifetime: minute, start: minute },
            created: 1,
            lifetime: BootTime::from_millis(9),
            detached: None,
            last_input: BootTime::from_millis(5),
            size: Size::DEFAULT,
            certificate: None,
            kills: Kills::default(),
            ending: None,
            recording: RecordingPolicy::Off,
            looks: Vec::new(),
        }
    }

    #[test]
    fn the_newest_whole_copy_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.rec");
        let mut file = RecordFile::create(&path).unwrap();
        let mut record = example();
        for created in 1..=5 {
            record.created = created;
            file.write(&record).unwrap();
            assert_eq!(RecordFile::open(&path).unwrap().1.created, created);
        }
        // The newest copy torn anywhere: the one before it counts.
        for at in [0, 9, 13, 30, HEADER + 3] {
            let whole = std::fs::read(&path).unwrap();
            let mut torn = whole.clone();
            torn[COPY + at] ^= 0x40; // sequence 5 lies in the second copy
            std::fs::write(&path, &torn).unwrap();
            assert_eq!(RecordFile::open(&path).unwrap().1.created, 4, "torn at {at}");
            std::fs::write(&path, &whole).unwrap();
        }
    }

    #[test]
    fn a_file_without_a_whole_copy_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.rec");
        drop(RecordFile::create(&path).unwrap());
        assert_eq!(RecordFile::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        std::fs::write(&path, b"short").unwrap();
        assert!(RecordFile::open(&path).is_err());
    }

    #[test]
    fn a_record_too_large_for_its_copy_is_refused_and_the_old_one_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.rec");
        let mut file = RecordFile::create(&path).unwrap();
        let mut record = example();
        file.write(&record).unwrap();
        record.config_hash = "x".repeat(COPY);
        assert!(file.write(&record).is_err());
        assert_eq!(RecordFile::open(&path).unwrap().1, example());
    }
}
