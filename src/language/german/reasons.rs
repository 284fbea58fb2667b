//! How sessions end, in German.

use crate::session::EndReason;

pub(super) fn reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Exit => "Die Shell wurde beendet.",
        EndReason::Idle => "Die Sitzung endete, weil zu lange nichts eingegeben wurde.",
        EndReason::Detached => "Die Sitzung endete, weil kein Browser rechtzeitig zu ihr zurückkam.",
        EndReason::Lifetime => "Die Sitzung hat ihre Höchstdauer erreicht.",
        EndReason::Oom => {
            "Der Sitzung ging der Speicher aus, und sie wurde beendet. Starten Sie eine neue, und laden Sie weniger auf \
             einmal."
        }
        EndReason::Disk => {
            "Die Sitzung hat ihre Festplatte gefüllt und wurde beendet. Starten Sie eine neue, und bewahren Sie weniger \
             darin auf."
        }
        EndReason::Owner => "Sie haben die Sitzung beendet.",
        EndReason::Admin => "Die Administration hat die Sitzung beendet.",
        EndReason::Directory => "Die Sitzung endete, weil Ihr Konto diesen Dienst nicht mehr verwenden darf.",
        EndReason::Shutdown => "Die Sitzung endete, weil der Dienst heruntergefahren wird.",
        EndReason::Engine => "Die Container-Engine hat die Sitzung gestoppt.",
        EndReason::Lost => "Die Sitzung ging verloren, als der Rechner ausfiel.",
        EndReason::StartFailed => "Die Sitzung konnte nicht gestartet werden.",
        EndReason::ImageMissing => "Das Image der Sitzung ist auf diesem Rechner nicht vorhanden.",
        EndReason::HostFull => "Dieser Rechner ist voll. Versuchen Sie es in ein paar Minuten noch einmal.",
        EndReason::LimitsUnproven => "Die Sitzung wurde abgelehnt, weil sich ihre Grenzen nicht bestätigen ließen.",
        EndReason::RecordingFailed => "Die Sitzung endete, weil sie aufgezeichnet werden muss und das misslang.",
        EndReason::Fault => "Die Sitzung endete durch einen Fehler in Coracle.",
    }
}

pub(super) fn advice(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Exit => {
            "Das tun exit und Strg+D. Ein anderer Status als 0 ist der des letzten Befehls; 137 heißt, dass sie \
             abgebrochen wurde, zum Beispiel weil der Speicher voll war."
        }
        EndReason::Idle => "Nur Eingaben zählen: Eine Seite, die bloß offen ist, erhält keine Sitzung.",
        EndReason::Detached => {
            "Ein geschlossener Tab, ein gestörtes Netz und ein schlafender Computer zählen alle als kein Browser."
        }
        EndReason::Lifetime => {
            "Verlängern lässt sich das nicht. Kopieren Sie, was bleiben soll, bevor die Zeit um ist."
        }
        EndReason::Oom => {
            "Ein großes Programm gehört neben die Shell und nicht an ihre Stelle: Dann wird nur das Programm abgebrochen."
        }
        EndReason::Disk => {
            "Alles außerhalb der kleinen Bereiche im Speicher liegt auf einer Festplatte, die sich alle Sitzungen teilen. \
             Nichts davon wird aufbewahrt."
        }
        EndReason::Owner => {
            "Das geschah in ihrem Fenster, auf der Startseite oder aus einem anderen Browser mit Ihrer Anmeldung."
        }
        EndReason::Admin => "Warum, kann Ihnen sagen, wer diesen Dienst betreibt.",
        EndReason::Directory => {
            "Es wurde im Verzeichnis der Organisation gesperrt oder entfernt oder hat eine Gruppe verlassen. Warum, kann \
             Ihnen sagen, wer das Verzeichnis verwaltet."
        }
        EndReason::Shutdown => "Sobald er wieder läuft, können Sie eine neue starten.",
        EndReason::Engine => {
            "An Ihren Eingaben lag es nicht. Wenn es wieder geschieht, sagen Sie denen Bescheid, die diesen Dienst \
             betreiben."
        }
        EndReason::Lost => "An Ihren Eingaben lag es nicht. Sie können eine neue starten.",
        EndReason::StartFailed => {
            "Versuchen Sie es noch einmal. Wenn es wieder misslingt, sagen Sie denen Bescheid, die diesen Dienst \
             betreiben."
        }
        EndReason::ImageMissing => "Bereitstellen kann es nur, wer diesen Dienst betreibt.",
        EndReason::HostFull => "Erst müssen Sitzungen anderer enden.",
        EndReason::LimitsUnproven => {
            "Coracle startet nichts, dessen Grenzen der Kernel nicht bestätigt. Sagen Sie denen Bescheid, die diesen \
             Dienst betreiben."
        }
        EndReason::RecordingFailed => {
            "Was bis dahin gezeigt wurde, ist aufgezeichnet. Wer diesen Dienst betreibt, muss Platz schaffen oder den \
             Datenträger in Ordnung bringen."
        }
        EndReason::Fault => "Bitte sagen Sie denen Bescheid, die diesen Dienst betreiben.",
    }
}
