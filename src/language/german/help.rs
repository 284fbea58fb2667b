//! The help in German.

use super::duration;
use crate::language::Help;

pub(super) const HELP: Help = Help {
    title: "Hilfe",
    where_you_are: "<section aria-labelledby=\"where\">\n<h2 id=\"where\">Wo Sie sind</h2>\n\
    <p>Eine Sitzung ist eine Linux-Shell in einem eigenen Container: ein kleines System mit eigenen Dateien, Prozessen und \
    Benutzern, das entsteht, wenn Sie es starten, und gelöscht wird, wenn es endet. Niemand sonst ist darin, und es sieht \
    nichts von anderen Sitzungen oder von dem Rechner ringsum. Was Sie darin kaputt machen, betrifft nur Sie, und aufräumen \
    müssen Sie nicht.</p>\n\
    <p>Dieselbe Sitzung können Sie aus jedem Browser öffnen, in dem Sie angemeldet sind. Das Fenster, das sie zuletzt \
    geöffnet hat, hat die Tastatur; die anderen zeigen, was geschieht, und bieten an, sie zurückzuholen.</p>\n</section>\n",
    limits: "<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">Was begrenzt ist</h2>\n\
         <p>Rechenzeit, Speicher, die Zahl der Prozesse und der Platz an den wenigen Stellen, die beschreibbar sind. An einer \
         Grenze wird es langsam, oder etwas schlägt fehl („No space left on device“, „Cannot allocate memory“, „Resource \
         temporarily unavailable“); ein Programm, das mehr Speicher will, als es gibt, wird abgebrochen.</p>\n{}\
         <p>Ohne Netzwerk finden <code>git push</code>, Downloads und Paketmanager niemanden, mit dem sie sprechen könnten. \
         Auch wer in der Sitzung root ist, ändert daran nichts.</p>\n</section>\n",
    limits_of_a_stranger: "<p>Wie viel, hängt vom Profil ab, mit dem eine Sitzung gestartet wird. \
         <a href=\"/login?next=/help\">Melden Sie sich an</a>, um hier zu sehen, was Sie verwenden dürfen.</p>\n",
    when: "<section aria-labelledby=\"when\">\n<h2 id=\"when\">Wann eine Sitzung endet</h2>\n<ul class=\"points\">\n\
         <li>Wenn ihre Shell endet (<code>exit</code>, <kbd>Strg</kbd> <kbd>D</kbd>) oder wenn Sie auf „Beenden“ \
         drücken.</li>\n\
         <li><strong>Nach {} ohne Eingabe.</strong> Eine Minute vorher zählt eine Zeile unter dem Terminal herunter; jede \
         Taste erhält die Sitzung.</li>\n<li>{}</li>\n\
         <li><strong>Nach insgesamt {}.</strong> Eine Minute vorher zählt eine Zeile unter dem Terminal herunter; \
         verlängern lässt sich das nicht.</li>\n\
         <li>Wenn die Administration sie beendet oder der Rechner heruntergefahren wird.</li>\n</ul>\n\
         <p>Ein Neustart dieses Dienstes allein beendet nichts: Die Seite kommt von selbst zu ihrer Sitzung \
         zurück.</p>\n</section>\n",
    when_left: "<strong>Sofort</strong>, wenn der letzte Browser sie verlässt.",
    when_detached: "<strong>Nach {} ohne Browser.</strong> Öffnen Sie sie vorher wieder, von der Startseite oder unter ihrer \
             Adresse, und sie geht dort weiter, wo sie war.",
    lost: "<section aria-labelledby=\"lost\">\n<h2 id=\"lost\">Was verloren geht und wie Sie Arbeit behalten</h2>\n\
         <p>Am Ende wird alles im Container gelöscht, auch Ihr Home-Verzeichnis, und niemand kann es zurückholen. {}</p>\n\
         <p>Was Sie behalten wollen, muss vorher heraus:</p>\n<ul class=\"points\">\n\
         <li><strong>Dateien</strong>, die Schaltfläche über dem Terminal, holt eine Datei unter ihrem Pfad heraus, etwa \
         <code>notes.txt</code> in Ihrem Home-Verzeichnis oder <code>/tmp/out.log</code>. Packen Sie ein Verzeichnis vorher: \
         <code>tar czf work.tar.gz work</code>.</li>\n\
         <li>Sie bringt auch Dateien hinein, ebenso wie das Ablegen auf dem Terminal: in Ihr Home-Verzeichnis, soweit dort \
         Platz ist. Von einer, die abbricht, wird nichts aufbewahrt.</li>\n\
         <li>Markieren Sie Text mit der Maus, und kopieren Sie ihn. Nach dem Ende bleibt der letzte Bildschirm lesbar, bis \
         Sie die Seite verlassen.</li>\n\
         <li>Text lässt sich einfügen: bis zu 8 MB auf einmal, zum Beispiel in <code>cat &gt; FILE</code>, beendet mit \
         <kbd>Strg</kbd> <kbd>D</kbd>.</li>\n</ul>\n</section>\n",
    lost_at_once: "Ein geschlossener Tab ist hier das Ende der Sitzung.",
    lost_later: |seconds| {
        let time = duration(seconds);
        format!(
            "Ein geschlossener Tab, neues Laden oder ein gestörtes Netz verliert {time} lang nichts: Programme laufen \
                 solange weiter."
        )
    },
    keys: "<section aria-labelledby=\"keys\">\n<h2 id=\"keys\">Tasten</h2>\n\
    <p>Tasten gehen an die Shell, auch Tab. Diese nicht:</p>\n<dl class=\"facts keys-list\">\n\
    <dt><kbd>Strg</kbd> <kbd>Umschalt</kbd> <kbd>F6</kbd></dt><dd>führt aus dem Terminal zu den Schaltflächen darüber und \
    zurück</dd>\n\
    <dt><kbd>Strg</kbd> <kbd>Umschalt</kbd> <kbd>C</kbd></dt><dd>kopiert, was markiert ist; <kbd>Strg</kbd> <kbd>C</kbd> \
    tut das auch, solange etwas markiert ist, und unterbricht sonst</dd>\n\
    <dt><kbd>Strg</kbd> <kbd>Umschalt</kbd> <kbd>V</kbd></dt><dd>fügt ein; ebenso <kbd>Umschalt</kbd> \
    <kbd>Einfg</kbd></dd>\n\
    <dt><kbd>Strg</kbd> <kbd>Umschalt</kbd> <kbd>F</kbd></dt><dd>sucht in dem, was das Terminal gezeigt hat</dd>\n\
    <dt><kbd>Strg</kbd> <kbd>Umschalt</kbd> <kbd>+</kbd></dt><dd>größere Schrift; mit <kbd>−</kbd> kleinere, mit \
    <kbd>0</kbd> die übliche</dd>\n\
    <dt><kbd>Strg</kbd> und ein Klick</dt><dd>öffnet einen Link, der im Terminal steht</dd>\n\
    <dt>Rechte Maustaste</dt><dd>öffnet ein Menü: kopieren, einfügen, alles markieren, suchen, leeren. Die Menütaste auch. \
    Mit <kbd>Umschalt</kbd> ist es das Menü des Browsers; wo ein Programm die Maus verwendet, gehört die Taste allein dem \
    Programm</dd>\n\
    </dl>\n\
    <p>Eingefügte Zeilen, die ein Programm eine nach der anderen ausführen würde, werden erst gezeigt, und Sie werden \
    gefragt. Eine Shell, die Eingefügtes kennzeichnet, wie Bash an ihrer Eingabeaufforderung, wartet von selbst auf \
    <kbd>Eingabe</kbd>.</p>\n\
    <p>Für einen Screenreader schaltet die erste Schaltfläche auf der Seite des Terminals einen Modus ein, in dem sich die \
    Zeilen einzeln lesen lassen.</p>\n\
    <p>Manche Tasten behält ein Browser für sich, etwa <kbd>Strg</kbd> <kbd>W</kbd>, was den Tab schließt. Auf einem Mac \
    kopieren und fügen <kbd>⌘</kbd> <kbd>C</kbd> und <kbd>⌘</kbd> <kbd>V</kbd> ein wie überall.</p>\n</section>\n",
    settings: "<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Farben und Einstellungen</h2>\n\
    <p>Seiten und Terminal sind hell oder dunkel wie Ihr System und haben mehr Kontrast, wenn es das verlangt. Ein anderes \
    Farbschema lässt sich unter jeder Seite und in den Einstellungen des Terminals wählen. Dort finden Sie auch: ein dunkles \
    Terminal auf hellen Seiten, die Schriftgröße, den Cursor, das Tonzeichen, das sofortige Kopieren von Markiertem, die \
    Frage, bevor Zeilen eingefügt werden, die Reihe zusätzlicher Tasten, wie viele Zeilen behalten werden, den \
    Screenreader-Modus und wie das Terminal gezeichnet wird. Dieser Browser behält alles davon, für jede Sitzung.</p>\n\
    <p>Die Sprache ist die, die Ihr Browser wünscht, soweit es sie hier gibt. Eine andere lässt sich an denselben Stellen \
    wählen.</p>\n\
    <p>Jede Seite lässt sich vergrößern. Wo Ihr System weniger Bewegung verlangt, bewegt sich und blinkt nichts.</p>\n\
    </section>\n",
    phone: "<section aria-labelledby=\"phone\">\n<h2 id=\"phone\">Auf dem Telefon oder Tablet</h2>\n<ul class=\"points\">\n\
    <li>Tippen Sie für die Tastatur auf das Terminal. Ein Finger, der sich bewegt, blättert, auch in Programmen wie \
    <code>less</code>; zwei Finger vergrößern.</li>\n\
    <li>Ein Finger, der ruht, markiert das Wort unter ihm, und mehr, wenn er sich dann bewegt; hebt er ab, bietet das Menü \
    Kopieren und Einfügen an.</li>\n\
    <li>In der Reihe zusätzlicher Tasten ist, was der Tastatur fehlt: Esc, Tab, Strg, Alt, Pfeile und mehr. Strg und Alt \
    gelten für die nächste Taste; zweimal gedrückt, bis Sie noch einmal drücken. Gehalten wiederholen sich die \
    anderen.</li>\n</ul>\n</section>\n",
    connection: "<section aria-labelledby=\"connection\">\n<h2 id=\"connection\">Wenn das Netz ausfällt</h2>\n\
         <p>Die Zeile unter dem Terminal sagt, ob es verbunden ist und wie viele Millisekunden der Weg zum Dienst und zurück \
         dauert. Ohne Verbindung ist der Cursor hohl, und was Sie tippen, wird nicht gesendet, auch später nicht. Die Seite \
         kommt von selbst zurück: Sie versucht es immer wieder, und sofort, wenn Ihr Netz wieder da ist oder Sie zur Seite \
         zurückkommen. {}</p>\n</section>\n",
    connection_at_once: "Hier endet eine Sitzung mit ihrer Verbindung.",
    connection_later: |seconds| format!("Die Sitzung geht solange weiter, {} lang.", duration(seconds)),
    reasons: "<section aria-labelledby=\"reasons\">\n<h2 id=\"reasons\">Warum eine Sitzung endete</h2>\n\
         <p>Am Ende sagt es die Seite, und 24 Stunden lang sagen es die Startseite und die Adresse der Sitzung.</p>\n\
         <dl class=\"facts\">\n{}</dl>\n</section>\n",
    trouble: "<section aria-labelledby=\"trouble\">\n<h2 id=\"trouble\">Wenn etwas schiefgeht</h2>\n\
    <p>Eine Meldung kann eine Referenz nennen, und jede Sitzung hat eine Kennung, die neben ihrem Namen und in ihrer Adresse \
    steht. Nennen Sie sie denen, die diesen Dienst betreiben: Unter ihnen stehen im Journal die Einzelheiten.</p>\n\
    </section>\n",
};
