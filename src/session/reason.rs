//! Why a session ended: one stable code in the page, the close frame, the API, the journal and the record.

use std::fmt;

use crate::language::Language;

/// The stable codes; each issue adds the ones it can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EndReason {
    /// The shell ended by itself.
    Exit,
    /// No input for `sessions.idle` while attached.
    Idle,
    /// No browser for `sessions.detached`.
    Detached,
    /// Older than `sessions.lifetime`.
    Lifetime,
    /// Its shell was killed for want of memory.
    Oom,
    /// It wrote more to the host's disk than its profile allows, or than the disk could bear.
    Disk,
    /// Its owner ended it.
    Owner,
    /// An administrator ended it.
    Admin,
    /// The company's directory does not let its owner in any more.
    Directory,
    /// The host or the package is going down.
    Shutdown,
    /// conmon died, or others removed the container.
    Engine,
    /// The host went down under it, or its record is gone.
    Lost,
    /// No running shell within `sessions.start`, or Podman refused.
    StartFailed,
    /// The image is not there and may not be fetched.
    ImageMissing,
    /// No place within the queue's time, no slot, no log budget.
    HostFull,
    /// The kernel does not confirm what was asked.
    LimitsUnproven,
    /// It has to be recorded, and could not be.
    RecordingFailed,
    /// A defect of ours.
    Fault,
}

impl EndReason {
    /// Each of them, in the order in which they are declared.
    pub(crate) const ALL: [EndReason; 18] = [
        Self::Exit,
        Self::Idle,
        Self::Detached,
        Self::Lifetime,
        Self::Oom,
        Self::Disk,
        Self::Owner,
        Self::Admin,
        Self::Directory,
        Self::Shutdown,
        Self::Engine,
        Self::Lost,
        Self::StartFailed,
        Self::ImageMissing,
        Self::HostFull,
        Self::LimitsUnproven,
        Self::RecordingFailed,
        Self::Fault,
    ];

    /// The code, e.g. `start-failed`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Idle => "idle",
            Self::Detached => "detached",
            Self::Lifetime => "lifetime",
            Self::Oom => "oom",
            Self::Disk => "disk",
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Directory => "directory",
            Self::Shutdown => "shutdown",
            Self::Engine => "engine",
            Self::Lost => "lost",
            Self::StartFailed => "start-failed",
            Self::ImageMissing => "image-missing",
            Self::HostFull => "host-full",
            Self::LimitsUnproven => "limits-unproven",
            Self::RecordingFailed => "recording-failed",
            Self::Fault => "fault",
        }
    }

    /// A sentence for programs; people read it in their own language.
    pub(crate) fn sentence(self) -> &'static str {
        (Language::English.words().reason)(self)
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_same_word_everywhere() {
        for reason in EndReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
        }
    }

    #[test]
    fn all_leaves_none_out() {
        for (index, reason) in EndReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index, "{reason}");
        }
        let unknown = serde_json::from_value::<EndReason>("?".into()).unwrap_err().to_string();
        assert_eq!(unknown.matches('`').count() / 2, EndReason::ALL.len() + 1, "{unknown}");
    }
}
