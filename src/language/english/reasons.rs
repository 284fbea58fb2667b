//! How sessions end, in English.

use crate::session::EndReason;

pub(super) fn reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Exit => "The shell ended.",
        EndReason::Idle => "The session ended because nothing was typed for too long.",
        EndReason::Detached => "The session ended because no browser came back to it in time.",
        EndReason::Lifetime => "The session reached its time limit.",
        EndReason::Oom => "The session ran out of memory and was ended. Start a new one, and load less at a time.",
        EndReason::Disk => "The session filled its disk and was ended. Start a new one, and keep less in it.",
        EndReason::Owner => "You ended the session.",
        EndReason::Admin => "An administrator ended the session.",
        EndReason::Directory => "The session ended because your account may not use this service any more.",
        EndReason::Shutdown => "The session ended because the service is shutting down.",
        EndReason::Engine => "The container engine stopped the session.",
        EndReason::Lost => "The session was lost when the host went down.",
        EndReason::StartFailed => "The session could not be started.",
        EndReason::ImageMissing => "The session's image is not on this host.",
        EndReason::HostFull => "This host is full. Try again in a few minutes.",
        EndReason::LimitsUnproven => "The session was refused because its limits could not be confirmed.",
        EndReason::RecordingFailed => "The session ended because it has to be recorded and could not be.",
        EndReason::Fault => "The session ended because of a fault in Coracle.",
    }
}

pub(super) fn advice(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Exit => {
            "That is what exit and Ctrl+D do. A status other than 0 is the last command's; 137 means that it was \
             killed, for example because the memory was full."
        }
        EndReason::Idle => "Only typing counts: a page that is merely open does not keep a session.",
        EndReason::Detached => "A closed tab, a broken network and a sleeping computer all count as no browser.",
        EndReason::Lifetime => "Nothing prolongs that. Copy what must last before the time is up.",
        EndReason::Oom => {
            "A large program belongs beside the shell, not in its place: then only the program is stopped."
        }
        EndReason::Disk => {
            "Everything outside the small places in memory lies on a disk that all sessions share. Nothing of it is kept."
        }
        EndReason::Owner => {
            "That was done in its window, from the start page, or from another browser with your login."
        }
        EndReason::Admin => "Whoever runs this service can tell you why.",
        EndReason::Directory => {
            "It was disabled or removed in the company's directory, or left a group. Whoever looks after the directory \
             can tell you why."
        }
        EndReason::Shutdown => "You can start a new one once it is back.",
        EndReason::Engine => "It was nothing that you typed. If it happens again, tell whoever runs this service.",
        EndReason::Lost => "It was nothing that you typed. You can start a new one.",
        EndReason::StartFailed => "Try once more. If it fails again, tell whoever runs this service.",
        EndReason::ImageMissing => "Only whoever runs this service can put it there.",
        EndReason::HostFull => "Sessions of others have to end first.",
        EndReason::LimitsUnproven => {
            "Coracle starts nothing whose limits the kernel does not confirm. Tell whoever runs this service."
        }
        EndReason::RecordingFailed => {
            "What was shown until then is recorded. Whoever runs this service has to make room, or mend the disk."
        }
        EndReason::Fault => "Please tell whoever runs this service.",
    }
}
