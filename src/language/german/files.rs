//! Why a file was not brought in or out, and why a session was not started, in German.

use crate::session::{BadPath, FileError, Refusal, STALL};

pub(super) fn file(error: &FileError) -> String {
    match error {
        FileError::NoSuchSession => "Es gibt keine Sitzung mit dieser Kennung.".to_owned(),
        FileError::NotYours => "Diese Sitzung gehört jemand anderem.".to_owned(),
        FileError::NotRunning => {
            "Die Sitzung läuft nicht: Dateien gehen nur in eine Sitzung, die ihre Shell hat, und aus ihr heraus."
                .to_owned()
        }
        FileError::Busy => {
            "Eine andere Datei ist auf dem Weg in diese Sitzung oder aus ihr. Warten Sie, oder brechen Sie das ab."
                .to_owned()
        }
        FileError::Crowded => {
            "Auf diesem Rechner sind zu viele Dateien unterwegs. Versuchen Sie es gleich noch einmal.".to_owned()
        }
        FileError::Missing => "Eine Datei dieses Namens gibt es nicht, oder sie darf nicht gesehen werden.".to_owned(),
        FileError::NoDirectory => {
            "Das Verzeichnis, in das sie soll, gibt es nicht, oder es darf nicht gesehen werden.".to_owned()
        }
        FileError::Denied => "Dazu hat der Benutzer der Sitzung dort kein Recht.".to_owned(),
        FileError::Directory => "So heißt dort ein Verzeichnis.".to_owned(),
        FileError::Special => "Das ist keine gewöhnliche Datei: Nur solche werden gesendet.".to_owned(),
        FileError::Exists => "Eine Datei dieses Namens gibt es schon.".to_owned(),
        FileError::TooLarge { size, limit } => {
            format!("Die Datei hat {size} Bytes; höchstens {limit} werden gesendet.")
        }
        FileError::NoRoom(why) => format!("Für sie ist kein Platz: {why}."),
        FileError::NoTool(tool) => {
            format!("Dem Image der Sitzung fehlt das Programm `{tool}`, das hierfür gebraucht wird.")
        }
        FileError::Failed(why) => format!("In der Sitzung hat es nicht funktioniert: {why}."),
        FileError::Killed => {
            "Was in der Sitzung daran arbeitete, endete ohne ein Wort: Es wurde abgebrochen, oder die Sitzung endet."
                .to_owned()
        }
        FileError::Stalled => format!("{} Sekunden lang hat sich nichts bewegt.", STALL.as_secs()),
        FileError::Short => "Die Datei kam nicht vollständig an, und nichts davon wurde aufbewahrt.".to_owned(),
        FileError::Ended(reason) => format!("Die Sitzung ist beendet ({reason})."),
        FileError::Ending => {
            "Die Sitzung endet, oder der Dienst startet neu. Nichts von der Datei wurde aufbewahrt.".to_owned()
        }
        // Why is the journal's.
        FileError::Podman(_) | FileError::Broken(_) => super::WORDS.refusals.files_broken.text.to_owned(),
    }
}

pub(super) fn path(bad: BadPath) -> String {
    match bad {
        BadPath::Empty => "Der Pfad ist leer.",
        BadPath::Nul => "Im Pfad steht ein NUL-Zeichen.",
        BadPath::TooLong => "Der Pfad ist zu lang, oder ein Name darin.",
        BadPath::NoName => "Der Pfad nennt ein Verzeichnis: Geben Sie den Namen einer Datei an.",
    }
    .to_owned()
}

pub(super) fn not_started(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoSuchProfile => "Für Sie gibt es kein Profil dieses Namens.".to_owned(),
        Refusal::TooManyOfYours(most) => {
            format!(
                "Sie haben schon {most} Sitzungen, und mehr darf eine Person nicht haben. Beenden Sie erst eine davon."
            )
        }
        Refusal::TooFast(seconds) => {
            format!("Zu viele Starts. Versuchen Sie es in {seconds} Sekunden noch einmal.")
        }
        Refusal::HostFull | Refusal::NoLog(_) => {
            "Dieser Rechner ist voll. Versuchen Sie es in ein paar Minuten noch einmal.".to_owned()
        }
        Refusal::NotReady(_) => super::WORDS.refusals.not_ready.text.to_owned(), // why is the journal's
    }
}
