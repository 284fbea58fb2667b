//! What is said in German.

mod files; //   why files were not brought in or out, and sessions not started
mod help; //    the help
mod reasons; // how sessions end

use super::{
    Language, Saying, Words,
    table::{Ended, Launcher, Numbers, Page, Profile, Recordings, Refusals, SignIn, Terminal},
};
use crate::{
    auth::{Notice, Stopped},
    session::Terms,
};

pub(super) static WORDS: Words = Words {
    language: Language::German,
    numbers: Numbers { point: ',', duration, after, ago: |seconds| format!("vor {}", after(seconds)) },
    page: Page {
        skip: "Zum Inhalt",
        help: "Hilfe",
        sign_in: "Anmelden",
        sign_out: "Abmelden",
        admin: "Admin",
        back: "Zurück zum Start",
        change_password: "Passwort ändern",
        status: "<p class=\"hint\">Status <code>{}</code></p>\n",
        status_reference: "<p class=\"hint\">Status <code>{}</code>, Referenz <code>{}</code></p>\n",
        not_found: say(
            "Hier ist nichts",
            "Diese Adresse führt nirgendwohin. Vielleicht ist sie vertippt oder stammt aus einer älteren Version.",
        ),
        no_such_session: say(
            "Diese Sitzung ist vorbei",
            "Unter dieser Adresse gibt es keine Sitzung. Sie ist beendet, und nichts davon wurde aufbewahrt. Sie können \
             eine neue starten.",
        ),
        not_yours: say("Nicht Ihre Sitzung", "Diese Sitzung gehört jemand anderem, daher können Sie sie nicht öffnen."),
        not_ready: say(
            "Noch nicht bereit",
            "Coracle läuft, kann Ihnen aber noch nicht dienen: Seine Konfiguration oder seine Container-Engine ist nicht \
             in Ordnung. Diese Seite sieht alle fünf Sekunden wieder nach. Was fehlt, steht im Journal des Dienstes.",
        ),
    },
    sign_in: SignIn {
        title: "Anmelden",
        user: "Benutzername",
        password: "Passwort",
        submit: "Anmelden",
        hint: "Sie bekommen eine eigene Linux-Shell. Wenn die Sitzung endet, wird nichts davon aufbewahrt.",
        wrong: "Dieser Name und dieses Passwort gehören nicht zusammen.",
        slow: |seconds| format!("Zu viele Versuche. Versuchen Sie es in {} noch einmal.", after(seconds)),
        stopped,
        no_directory: "Das Verzeichnis der Organisation antwortet nicht, daher kann sich im Moment niemand anmelden. \
                       Versuchen Sie es in einer Minute noch einmal.",
        no_directory_but_own: "Das Verzeichnis der Organisation antwortet nicht, daher kann man sich nur mit den eigenen \
                               Konten dieses Dienstes anmelden, mit dem richtigen Passwort. Steht Ihr Konto im \
                               Verzeichnis, versuchen Sie es in einer Minute noch einmal.",
        reference: |reference| format!("Referenz {reference}."),
        plain_http_title: "Keine Anmeldung über unverschlüsseltes HTTP",
        plain_http: "<p class=\"alert\">Diese Seite kam über unverschlüsseltes HTTP. Ein Passwort, das Sie hier eingeben, \
         könnte unterwegs mitgelesen werden. Coracle fragt nicht danach.</p>\n\
         <p>Fragen Sie nach der <code>https://</code>-Adresse dieses Dienstes.</p>\n\
         <p class=\"hint\">Für die Administration: Bieten Sie ihn über HTTPS an, mit einem Zertifikat in \
         <code>server.tls</code> der <code>config.toml</code> oder über einen Proxy, und setzen Sie \
         <code>server.public_url</code> auf diese Adresse. Ein Proxy auf einem anderen Rechner muss in \
         <code>server.trusted_proxies</code> stehen und <code>X-Forwarded-Proto: https</code> senden. In einem Netz, in \
         dem allen vertraut wird, erlaubt <code>server.insecure_http = true</code> dieses Formular auch über \
         unverschlüsseltes HTTP.</p>\n",
    },
    launcher: Launcher {
        title: "Start",
        needs_scripts: "Ein Terminal braucht JavaScript, und die Schaltflächen auf dieser Seite ebenso.",
        password,
        own: "Ihre Sitzungen",
        own_none: "Von Ihnen läuft nichts.",
        all: "Alle Sitzungen",
        all_none: "Niemand hat eine Sitzung.",
        you: "(Sie)",
        just_started: "gerade gestartet",
        started: |seconds| format!("vor {} gestartet", after(seconds)),
        ends_unless_opened: |seconds| format!("endet in {}, wenn sie nicht geöffnet wird", after(seconds)),
        left: |seconds| format!("noch {}", duration(seconds)),
        open: "Öffnen",
        open_label: |id| format!("Sitzung {id} öffnen"),
        watch: "Zuschauen",
        watch_label: |id, user| format!("Bei Sitzung {id} von {user} zuschauen"),
        watched_by: |names| format!("es schaut zu: {names}"),
        end: "Beenden",
        end_label: |id| format!("Sitzung {id} beenden"),
        ask_own: "Diese Sitzung beenden?",
        ask_others: |user| format!("Die Sitzung von {user} beenden?"),
        deleted: "Ihre Shell und alles darin wird sofort gelöscht.",
        end_session: "Sitzung beenden",
        keep: "Behalten",
        ended: "In den letzten 24 Stunden beendet",
        more: |count| format!("{count} weitere"),
        status: |status| format!("Exit-Status {status}."),
        how_ended: |id| format!("Wie Sitzung {id} endete"),
        profiles: "Neue Sitzung",
        no_profiles: "Es gibt kein Profil, das Sie verwenden dürfen. Bitten Sie darum, wer diesen Dienst betreibt.",
        lead: "Eine Sitzung ist eine Linux-Shell in einem eigenen Container. Wenn sie endet, wird alles darin gelöscht.",
        new: "Neue Sitzung",
        new_label: |profile| format!("Neue Sitzung: {profile}"),
        state: |state| {
            Some(match state {
                "starting" => "startet",
                "attached" => "in einem Browser geöffnet",
                "detached" => "nirgends geöffnet",
                "ending" => "wird beendet",
                _ => return None,
            })
        },
    },
    profile: Profile {
        limits: "Grenzen",
        writable: "Beschreibbar",
        nothing: "nichts",
        everything_else: "alles andere",
        network: "Netzwerk",
        recorded: "Aufgezeichnet",
        what_is_recorded: "was der Bildschirm zeigt",
        ends: "Endet",
        limits_are: |processors, millicpus, memory, pids| {
            let plural = if millicpus > 1000 { "CPUs" } else { "CPU" };
            format!("{processors} {plural} · {memory} Speicher, kein Swap · {pids} Prozesse")
        },
        network_is: |network| {
            Some(match network {
                "none" => "kein Netzwerk",
                "outbound" => "Verbindungen nach außen, keine von dort",
                _ => return None,
            })
        },
        ends_when,
    },
    terminal: Terminal {
        title: |id| format!("Sitzung {id}"),
        reader: "Screenreader-Modus",
        session: "Sitzung",
        recorded: "Wird aufgezeichnet",
        search: "Suchen",
        files: "Dateien",
        settings: "Einstellungen",
        help: "Hilfe",
        start: "Start",
        end: "Beenden",
        label: "Terminal",
        needs_scripts: "Ein Terminal braucht JavaScript.",
        cpu: "CPU",
        memory: "Speicher",
        pids: "Prozesse",
        way_out: "<kbd>Strg</kbd> <kbd>Umschalt</kbd> <kbd>F6</kbd> führt aus dem Terminal und zurück",
    },
    ended: Ended {
        title: "Sitzung beendet",
        session: "Sitzung",
        profile: "Profil",
        reason: "Grund",
        status: "Exit-Status",
        ended: "Beendet",
        lasted: "Dauer",
        deleted: "Alles darin ist gelöscht.",
        deleted_but_recorded: "Alles darin ist gelöscht. Was ihr Bildschirm zeigte, ist aufgezeichnet.",
        hint: "Falls etwas damit nicht stimmte, nennen Sie die Kennung der Sitzung denen, die diesen Dienst betreiben.",
    },
    recordings: Recordings {
        title: "Aufzeichnungen",
        lead: "Was die Terminals Ihrer Sitzungen gezeigt haben. Auch die Administration darf es sehen. Was getippt wurde, \
               steht nicht darin.",
        lead_admin: "Was die Terminals aller Sitzungen gezeigt haben. Was getippt wurde, steht nicht darin. Wer eine ansieht, \
                     wird festgehalten.",
        none: "Es gibt keine Aufzeichnung, die Sie sehen dürfen.",
        start: "Start",
        replay: "Ansehen",
        replay_label: |id| format!("Aufzeichnung {id} ansehen"),
        long: |length, size| format!("Länge {length}, {size}"),
        complete: "vollständig",
        running: "läuft noch",
        broken_off: "abgebrochen",
        newer: "Neuere",
        older: "Ältere",
        more: "Weitere Aufzeichnungen",
        range: |first, last, count| format!("{first} bis {last} von {count}"),
        one: |id| format!("Aufzeichnung {id}"),
        search: "Suchen",
        keys: "Tasten",
        download: "Herunterladen",
        label: "Was das Terminal gezeigt hat",
        needs_scripts: "Eine Wiedergabe braucht JavaScript.",
        speed: "Tempo",
        pauses: "Pausen",
        at_most: |seconds| format!("höchstens {seconds} s"),
        in_full: "in voller Länge",
    },
    help: help::HELP,
    refusals: Refusals {
        too_large: say("Zu viel", "Es wurde mehr gesendet, als hier je gebraucht wird."),
        too_slow: say("Zu langsam", "Die Anfrage kam nicht rechtzeitig an."),
        broken_off: say("Abgebrochen", "Die Anfrage kam nicht vollständig an."),
        wrong_type: say("Nicht verstanden", "Der Content-Type der Anfrage ist nicht der, der hier erwartet wird."),
        malformed: say("Nicht verstanden", "Der Inhalt der Anfrage ergibt keinen Sinn."),
        foreign_origin: say(
            "Abgelehnt",
            "Die Anfrage kam nicht von einer Seite dieses Dienstes. Öffnen Sie seine Adresse direkt und versuchen Sie es \
             noch einmal.",
        ),
        foreign_name: say(
            "Falsche Adresse",
            "Unter dem Namen, den Ihr Browser verwendet hat, antwortet dieser Dienst nicht.",
        ),
        wrong_method: say("Nicht möglich", "So lässt sich diese Adresse nicht verwenden."),
        not_ready: say("Noch nicht bereit", "Der Dienst ist nicht bereit."),
        nothing_here: say("Hier ist nichts", "Hier ist nichts."),
        sign_in_first: say("Erst anmelden", "Melden Sie sich zuerst an."),
        sign_in_broken: say(
            "Anmeldung gestört",
            "Die Anmeldung funktioniert im Moment nicht. Warum, steht unter dieser Referenz im Journal des Dienstes.",
        ),
        admins_only: say("Nicht für Sie", "Die Sitzungen anderer sieht nur die Administration."),
        not_yours: say("Nicht für Sie", "Diese Sitzung gehört jemand anderem."),
        no_such_session: say("Diese Sitzung ist vorbei", "Es gibt keine Sitzung mit dieser Kennung."),
        no_websocket: say("Ein WebSocket", "Diese Adresse spricht nur WebSocket."),
        websocket_version: say("Ein WebSocket", "Von WebSocket wird nur Version 13 gesprochen."),
        websocket_key: say("Ein WebSocket", "Der WebSocket-Schlüssel ist fehlerhaft."),
        no_uploads: say(
            "Nicht erlaubt",
            "Dateien können hier nicht in Sitzungen gebracht werden: Die Administration hat das abgeschaltet.",
        ),
        no_downloads: say(
            "Nicht erlaubt",
            "Dateien können hier nicht aus Sitzungen geholt werden: Die Administration hat das abgeschaltet.",
        ),
        files_broken: say(
            "Es hat nicht funktioniert",
            "Die Container-Engine hat es nicht getan. Warum, steht unter dieser Referenz im Journal des Dienstes.",
        ),
        too_many_tickets: say(
            "Zu viele Tickets",
            "Zu viele Tickets sind ungenutzt. Versuchen Sie es in einer halben Minute noch einmal.",
        ),
        no_such_recording: say(
            "Keine solche Aufzeichnung",
            "Unter dieser Adresse gibt es keine Aufzeichnung, die Sie sehen dürfen. Alte werden nach einiger Zeit gelöscht.",
        ),
        recording_broken: say(
            "Es hat nicht funktioniert",
            "Die Aufzeichnung ließ sich nicht lesen. Warum, steht unter dieser Referenz im Journal des Dienstes.",
        ),
        no_time: say("Nicht verstanden", "Es fehlt eine Zeit in Millisekunden."),
        no_text: say("Nicht verstanden", "Der gesuchte Text ist leer oder zu lang."),
        too_many_searches: say(
            "Zu beschäftigt",
            "Gerade werden andere Aufzeichnungen durchsucht. Versuchen Sie es gleich noch einmal.",
        ),
        crowded: "Zu viele Anfragen auf einmal von dieser Adresse\n",
        unclear_proxy: "Die Header Forwarded und X-Forwarded des Proxys sind fehlerhaft oder widersprechen einander. Er \
                        muss eine Art setzen und die andere entfernen: siehe trusted_proxies in config.toml.\n",
    },
    reason: reasons::reason,
    advice: reasons::advice,
    not_started: files::not_started,
    file: files::file,
    path: files::path,
};

const fn say(title: &'static str, text: &'static str) -> Saying {
    Saying { title, text }
}

/// As in “noch 2 Tage”.
fn duration(seconds: u64) -> String {
    length(seconds, "Tage")
}

/// As in “nach 2 Tagen”.
fn after(seconds: u64) -> String {
    length(seconds, "Tagen")
}

fn length(seconds: u64, plural: &str) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let day = if days == 1 { "Tag" } else { plural };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} {day}"),
        (d, h, _) => format!("{d} {day} {h} h"),
    }
}

fn stopped(state: Stopped) -> &'static str {
    match state {
        Stopped::PasswordExpired => {
            "Ihr Passwort ist abgelaufen. Ändern Sie es dort, wo Sie das sonst tun, und melden Sie sich dann hier an."
        }
        Stopped::MustChange => "Sie müssen Ihr Passwort ändern, bevor Sie sich hier anmelden können.",
        Stopped::Disabled => "Ihr Konto ist gesperrt. Warum, weiß bei Ihnen, wer die Konten verwaltet.",
        Stopped::AccountExpired => "Ihr Konto ist abgelaufen. Verlängern kann es bei Ihnen, wer die Konten verwaltet.",
        Stopped::NotNow => "Ihr Konto darf zu dieser Zeit oder von hier aus nicht verwendet werden.",
        Stopped::NotAllowed => "Ihr Konto darf diesen Dienst nicht verwenden. Bitten Sie um Zugang, wer ihn betreibt.",
    }
}

fn password(notice: Notice) -> String {
    match notice {
        Notice::ExpiresIn { seconds } => format!("Ihr Passwort läuft in {} ab.", after(seconds)),
        Notice::GraceLoginsLeft { left: 0 } => {
            "Ihr Passwort ist abgelaufen, und dies war das letzte Mal, dass Sie sich damit anmelden konnten.".to_owned()
        }
        Notice::GraceLoginsLeft { left } => {
            format!("Ihr Passwort ist abgelaufen. Sie können sich damit noch {left}-mal anmelden.")
        }
    }
}

fn ends_when(Terms { idle, detached, lifetime }: Terms) -> String {
    let detached = match detached {
        0 => "ohne Browser sofort".to_owned(),
        seconds => format!("nach {} ohne Browser", after(seconds)),
    };
    format!("nach {} ohne Eingabe, {detached}, spätestens nach {}", after(idle), after(lifetime))
}
