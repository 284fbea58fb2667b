//! A file in shared memory into which a socket is read, such that a `kill -9` at any instruction loses and doubles nothing.
//!
//! Any read into memory of the process loses what it took if the process is killed before it can act on it. So the data go
//! into the shared memory, and `recvmmsg` counts them there, too: the kernel writes the length of what it read into the
//! `mmsghdr`, which lies in a *slot* of the same file, within the one system call. Two slots alternate, the one with the
//! higher sequence number counts, and the next process finds the length where this one could not look any more.
//!
//! The data are mapped twice in a row, so nothing that is read wraps. All pages are there before anything is read into them
//! (a page fault inside the call could lose a packet), and the file is never resized.

use std::{
    fs::File,
    io, mem,
    os::fd::{AsRawFd, BorrowedFd},
    ptr::{self, NonNull},
    sync::atomic::{Ordering, fence},
};

use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// Bytes of the file before the data: one page that is used and a hole, since a mapping begins at a multiple of the page
/// size, which is 64 KiB on some machines.
pub(crate) const DATA_AT: u64 = 64 * 1024;
/// Bytes of the file that belong to the header.
pub(crate) const HEADER: u64 = 4096;
/// Offset of the slots within the header; before it is the user's.
const SLOTS_AT: usize = 64;
/// Bytes of data of the largest file.
pub(crate) const LARGEST: usize = 1024 * 1024;
/// Bytes that one read takes at most. conmon's packets have 8 KiB.
pub(crate) const LONGEST: usize = 32 * 1024;
/// No socket brings so many bytes; positions up to there cannot overflow.
const MOST: u64 = 1 << 60;

/// How a socket's bytes come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// conmon's attach socket: packets, each a byte that says which output, then up to 8 KiB of it.
    Packets,
    /// Output and nothing else.
    Stream,
}

/// What one read found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// So many bytes of output more; none if a packet had none.
    Bytes(usize),
    /// The other side has closed, and everything was read.
    End,
}

/// One read, or what was written before it. Only the kernel and this module write here.
#[repr(C)]
struct Slot {
    /// The higher one counts.
    sequence: u64,
    /// Position at which the read begins.
    base: u64,
    /// Bytes of what is read that are no data: 1 for packets.
    prefix: u64,
    /// The kernel writes its `msg_len`.
    message: libc::mmsghdr,
}

const _: () =
    assert!(SLOTS_AT + 2 * mem::size_of::<Slot>() <= HEADER as usize && SLOTS_AT % mem::align_of::<Slot>() == 0);

/// The mapping: header page and data, twice. No two of the same file may be in use at a time.
#[derive(Debug)]
pub(crate) struct Mirrored {
    header: NonNull<u8>,
    /// Bytes, a power of two.
    capacity: usize,
    /// Which slot counts.
    current: usize,
    sequence: u64,
    position: u64,
}

// SAFETY: the mapping belongs to this value alone and is bound to no thread.
unsafe impl Send for Mirrored {}

impl Mirrored {
    /// Maps a file of [`DATA_AT`] bytes and `capacity` more, whose header has slots as an earlier process left them, or zeros.
    ///
    /// # Errors
    /// `InvalidData` when the file has another length or slots that no process leaves; else what the kernel says.
    pub(crate) fn map(file: &File, capacity: usize) -> io::Result<Mirrored> {
        let strange = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        let possible = capacity.is_power_of_two() && (DATA_AT as usize..=LARGEST).contains(&capacity);
        if !possible || file.metadata()?.len() != DATA_AT + capacity as u64 {
            return strange("a file of another length");
        }
        let header = map(file, capacity)?;
        let mut mirrored = Mirrored { header, capacity, current: 0, sequence: 0, position: 0 };
        let (first, second) = (mirrored.load(0), mirrored.load(1));
        mirrored.current = usize::from(second.sequence > first.sequence);
        let last = if mirrored.current == 1 { second } else { first };
        let length = u64::from(last.message.msg_len);
        let end = last.base.saturating_add(length);
        if last.prefix > 1 || length > LONGEST as u64 + last.prefix || end > MOST || last.sequence > MOST {
            return strange("a count of bytes that nobody wrote");
        }
        mirrored.sequence = last.sequence;
        mirrored.position = last.base + length.saturating_sub(last.prefix);
        Ok(mirrored)
    }

    /// All bytes ever read and written.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Counts on from `position`, as if so many bytes had been there.
    ///
    /// # Errors
    /// `InvalidData` when no socket brings so many.
    pub(crate) fn begin_at(&mut self, position: u64) -> io::Result<()> {
        if position > MOST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a count of bytes that no socket brings"));
        }
        self.next_slot(position, 0);
        Ok(())
    }

    /// Reads once from `socket`, without waiting: a whole packet, or up to `most` bytes ([`LONGEST`] at most) of a stream.
    ///
    /// # Errors
    /// `WouldBlock` when there is nothing; `InvalidData` when a packet was longer than [`LONGEST`] (its end is lost) or too many
    /// bytes came in all.
    pub(crate) fn receive(&mut self, socket: BorrowedFd<'_>, how: Framing, most: usize) -> io::Result<Received> {
        loop {
            match self.receive_once(socket, how, most.clamp(1, LONGEST)) {
                // The other side closed and had not read all that was sent to it: `recvmmsg` says so before it gives what is
                // still there to be read, and says it once.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn receive_once(&mut self, socket: BorrowedFd<'_>, how: Framing, most: usize) -> io::Result<Received> {
        let (prefix, most) = match how {
            Framing::Packets => (1, LONGEST),
            Framing::Stream => (0, most),
        };
        if self.position + most as u64 > MOST {
            return Err(too_many());
        }
        let slot = self.next_slot(self.position, prefix);
        let mut kind = [0u8; 1];
        let data = self.data(self.position);
        let mut parts = [
            libc::iovec { iov_base: kind.as_mut_ptr().cast(), iov_len: prefix as usize },
            libc::iovec { iov_base: data.as_ptr().cast(), iov_len: most },
        ];
        // SAFETY: the slot lies in the mapped header, and `&mut self` keeps everybody else off it. The kernel writes one byte
        // into `kind` and at most `most` <= LONGEST <= capacity bytes behind `data`, which begins in the first of the two
        // mappings of the data; both parts and the array of them live until the call is over. All pointers are this
        // process' own: none is ever taken from the file.
        let read = unsafe {
            let mut message: libc::msghdr = mem::zeroed();
            message.msg_iov = parts.as_mut_ptr();
            message.msg_iovlen = parts.len() as _;
            (&raw mut (*slot).message.msg_hdr).write_volatile(message);
            libc::recvmmsg(socket.as_raw_fd(), &raw mut (*slot).message, 1, libc::MSG_DONTWAIT as _, ptr::null_mut())
        };
        if read < 0 {
            return Err(io::Error::last_os_error());
        }
        let done = self.load(self.current).message;
        let length = u64::from(done.msg_len).min(most as u64 + prefix);
        self.position += length.saturating_sub(prefix);
        if done.msg_hdr.msg_flags & libc::MSG_TRUNC != 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a packet too long for any terminal's"));
        }
        Ok(if length == 0 { Received::End } else { Received::Bytes((length - prefix) as usize) })
    }

    /// Appends bytes of the process' own; of more than the capacity only the last ones stay.
    ///
    /// # Errors
    /// `InvalidData` when no socket brings so many.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.position + bytes.len() as u64 > MOST {
            return Err(too_many());
        }
        let skipped = bytes.len().saturating_sub(self.capacity);
        let kept = &bytes[skipped..];
        let data = self.data(self.position + skipped as u64);
        // SAFETY: `kept` has at most `capacity` bytes, and behind `data` there are as many that are mapped: it begins in the
        // first of two mappings of the data.
        unsafe { ptr::copy_nonoverlapping(kept.as_ptr(), data.as_ptr(), kept.len()) };
        self.next_slot(self.position + bytes.len() as u64, 0);
        Ok(())
    }

    /// Copies what lies from `position` on; whether that is still there, or there yet, is the caller's to know.
    pub(crate) fn read(&self, position: u64, buf: &mut [u8]) {
        let n = buf.len().min(self.capacity);
        // SAFETY: as for `write`. Nobody writes meanwhile: that takes `&mut self`.
        unsafe { ptr::copy_nonoverlapping(self.data(position).as_ptr(), buf.as_mut_ptr(), n) };
    }

    /// Lets the other slot count, from `position` on; its sequence number is written last.
    fn next_slot(&mut self, position: u64, prefix: u64) -> *mut Slot {
        self.current ^= 1;
        self.sequence += 1;
        self.position = position;
        let slot = self.slot(self.current);
        // SAFETY: the slot lies in the mapped header, aligned, and `&mut self` keeps everybody else off it. The writes are
        // volatile so that all are made, and in this order, before the process can be killed at a later one.
        unsafe {
            (&raw mut (*slot).message.msg_len).write_volatile(0);
            (&raw mut (*slot).base).write_volatile(position);
            (&raw mut (*slot).prefix).write_volatile(prefix);
            fence(Ordering::Release);
            (&raw mut (*slot).sequence).write_volatile(self.sequence);
        }
        slot
    }

    /// A copy of a slot.
    fn load(&self, which: usize) -> Slot {
        fence(Ordering::Acquire);
        // SAFETY: the slot lies in the mapped header, aligned; it is made of numbers and of pointers that nobody follows, so
        // whatever bytes the file has are a value. The kernel writes there only inside `receive`.
        unsafe { self.slot(which).read_volatile() }
    }

    fn slot(&self, which: usize) -> *mut Slot {
        // SAFETY: both slots are inside of the header's page (see the assertion above).
        unsafe { self.header.as_ptr().add(SLOTS_AT).cast::<Slot>().add(which & 1) }
    }

    /// Where `position` lies in the first of the two mappings of the data.
    fn data(&self, position: u64) -> NonNull<u8> {
        let at = position as usize & (self.capacity - 1);
        // SAFETY: the data begin DATA_AT bytes behind the header and are longer than `at`.
        unsafe { self.header.add(DATA_AT as usize + at) }
    }
}

impl Drop for Mirrored {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this length; no pointer into it leaves this value.
        let _ = unsafe { munmap(self.header.as_ptr().cast(), span(self.capacity)) }; // a whole mapping can be unmapped
    }
}

fn too_many() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "more bytes than any socket brings")
}

/// Bytes of address space: the header and its hole, the data, the data again.
fn span(capacity: usize) -> usize {
    DATA_AT as usize + 2 * capacity
}

/// The file, and behind it once more its data. The caller has looked at its length.
fn map(file: &File, capacity: usize) -> io::Result<NonNull<u8>> {
    let (rights, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED | MapFlags::POPULATE | MapFlags::FIXED);
    // SAFETY: new address space, wherever the kernel likes; nothing is mapped there that anybody could use.
    let whole = unsafe {
        mmap_anonymous(ptr::null_mut(), span(capacity), ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)?
    };
    let parts = [(0, HEADER as usize, 0), (DATA_AT, capacity, DATA_AT), (DATA_AT + capacity as u64, capacity, DATA_AT)];
    for (at, length, offset) in parts {
        // SAFETY: the three parts lie inside of the address space just taken, and what they replace is empty. The file is as
        // long as they are, and it is never cut: it is this daemon's own, in a directory that is closed to others.
        let mapped = unsafe { mmap(whole.add(at as usize), length, rights, flags, file, offset) };
        if let Err(error) = mapped {
            // SAFETY: as above; no pointer into it is kept.
            let _ = unsafe { munmap(whole, span(capacity)) };
            return Err(error.into());
        }
    }
    NonNull::new(whole.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}
