// What the scripts show in German. Pages that the daemon renders have theirs in src/language/german.rs.

import { clock, locale, speak, timecode } from './words.js';

/** As in “noch 2 Tage”; under ten minutes to the second. @param {number} seconds @param {string} [days] the plural */
export function duration(seconds, days = 'Tage') {
  const whole = Math.max(0, Math.round(seconds));
  const day = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (day > 0) return `${day} ${day === 1 ? 'Tag' : days}${hours > 0 ? ` ${hours} h` : ''}`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return whole >= 600 ? `${minutes} min` : `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** As in “nach 2 Tagen”. @param {number} seconds */
function after(seconds) {
  return duration(seconds, 'Tagen');
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${Math.ceil(bytes / 1024)} KB`;
}

/** Bytes in the largest unit of which it is at least one. @param {number} bytes */
function amount(bytes) {
  const [unit, size] = bytes < 1048576 ? ['KB', 1024] : bytes < 10 * 1073741824 ? ['MB', 1048576] : ['GB', 1073741824];
  return `${Math.round(bytes / Number(size))} ${unit}`;
}

/** Thousandths of a processor as processors, with at most two digits behind the comma. @param {number} millicpus */
function processors(millicpus) {
  return String(Math.round(millicpus / 10) / 100).replace('.', ',');
}

/** Who came through the host's own door has no name but a number. @param {string[]} names */
function administrators(names) {
  return names.map((name) => (/^uid \d+$/.test(name) ? `die Administration dieses Rechners (${name})` : name)).join(', ');
}

/** @type {import('./words.js').Words} */
const german = {
  session: 'Sitzung',
  startingTitle: 'Ihre Sitzung wird gestartet',
  signedIn: 'Angemeldet',
  steps: {
    queue: 'Auf einen Platz warten',
    pull: 'Das Image holen',
    create: 'Den Container anlegen',
    verify: 'Seine Grenzen nachweisen',
    start: 'Die Shell starten',
  },
  stepStates: { done: 'erledigt', now: 'läuft', next: 'folgt' },
  stepNote({ step, done, total, layers, complete, text }) {
    if (step === 'queue') return `${done}. von ${total} Wartenden`;
    if (step !== 'pull') return german.stepNotes[step] ?? text;
    const so = layers === null ? text || 'Das Image wird geholt' : complete === null ? `Schicht ${layers}` : `${complete} von ${layers} Schichten`;
    return total > 0 ? `${amount(done)} von ${amount(total)}, ${so}` : so;
  },
  stepNotes: {
    create: 'Der Container wird angelegt', verify: 'Seine Grenzen werden geprüft', start: 'Die Shell wird gestartet',
  },
  elapsed: (seconds) => `Bisher ${duration(seconds)}. Ein Start, der zu lange dauert, wird von selbst aufgegeben.`,

  link: { connecting: 'verbindet', starting: 'startet', on: 'verbunden', away: 'nicht verbunden', over: 'beendet' },
  rtt: (ms) => `${ms < 10 ? ms.toFixed(1).replace('.', ',') : Math.round(ms)} ms`,
  silent: (ms) => `keine Antwort seit ${Math.floor(ms / 1000)} s`,
  left: (seconds) => `noch ${duration(seconds)}`,
  size: (cols, rows) => `${cols}×${rows}`,
  unavailable: 'k. A.',
  usage: {
    cpu: (millicpus, limit) => processors(millicpus) + (limit === null ? '' : `/${processors(limit)}`),
    memory: (bytes, limit) => (limit === null ? amount(bytes) : `${Math.round(bytes / 1048576)}/${amount(limit)}`),
    pids: (pids, limit) => `${pids}${limit === null ? '' : `/${limit}`}`,
  },
  queued: (bytes) => `wird gesendet, noch ${kilobytes(bytes)}`,

  reconnecting: (seconds, attempt) =>
    `Keine Verbindung. ${seconds > 0 ? `Versuch ${attempt} in ${seconds} s.` : `Versuch ${attempt} …`} `
    + 'Was Sie jetzt tippen, wird nicht gesendet.',
  restarting: 'Der Dienst startet neu. Ihre Sitzung geht weiter, und diese Seite kommt zu ihr zurück. Was Sie jetzt tippen, '
    + 'wird nicht gesendet.',
  waitsForYou: (seconds) => (seconds > 0 ? `Die Sitzung wartet ${duration(seconds)} auf einen Browser.` : ''),
  now: 'Jetzt',
  back: 'Wieder verbunden.',
  away: {
    title: 'Keine Verbindung',
    text: 'Diese Seite versucht es von selbst weiter, und sofort, wenn Ihr Netz wieder da ist. Was Sie jetzt tippen, wird '
      + 'nicht gesendet.',
    until: (moment) => `Die Sitzung geht ohne Sie weiter, mindestens bis ${new Intl.DateTimeFormat(locale(), { timeStyle: 'short' })
      .format(moment)} Uhr.`,
    now: 'Jetzt versuchen',
  },
  idle: (seconds) => `Noch da? Es wurde lange nichts getippt: Die Sitzung endet in ${duration(seconds)}. Jede Taste erhält sie.`,
  stay: 'Erhalten',
  lifetime: (seconds) => `Zeitgrenze: Die Sitzung endet in ${duration(seconds)}, was immer Sie tippen.`,
  directory: (seconds) => 'Ihr Konto darf diesen Dienst nicht mehr verwenden: Die Sitzung endet in '
    + `${duration(seconds)}, was immer Sie tippen.`,
  oom: (killed) => `Kein Speicher mehr: ${killed === 1 ? 'Ein Prozess wurde' : `${killed} Prozesse wurden`} abgebrochen. `
    + 'Die Shell geht weiter; laden Sie weniger auf einmal.',
  recorded: 'Diese Sitzung wird aufgezeichnet: alles, was ihr Bildschirm zeigt. Was Sie tippen, nur soweit der Bildschirm es zeigt.',
  unrecorded: 'Diese Sitzung wird nicht mehr aufgezeichnet. Sie läuft weiter.',
  gap: 'Hier fehlt ein Teil der Ausgabe. Was der Bildschirm ab jetzt zeigt, stimmt.',
  hide: 'Ausblenden',
  pasteTooLarge: (most) => `Das sind mehr als ${kilobytes(most)} auf einmal, daher wurde nichts eingefügt.`,
  inputLost: (unsent, unsure) => [
    unsent > 0 ? `${kilobytes(unsent)} Ihrer Eingabe wurden nicht gesendet.` : '',
    unsure > 0 ? `Was Sie zuletzt tippten (höchstens ${kilobytes(unsure)}), kam vielleicht nicht bei der Shell an.` : '',
  ].join(' ').trim(),

  ended: {
    title: 'Sitzung beendet',
    status: (status) => `Exit-Status ${status}`,
    kept: 'Alles darin ist gelöscht. Was auf diesem Bildschirm steht, lässt sich noch lesen und kopieren.',
    reason: (reason) => `Grund: ${reason}`,
    newSession: 'Neue Sitzung',
    toStart: 'Zurück zum Start',
    unknown: 'Die Sitzung ist vorbei.',
    session: (id) => `Sitzung ${id}`,
  },
  reasons: {
    exit: 'Die Shell wurde beendet.',
    idle: 'Die Sitzung endete, weil zu lange nichts eingegeben wurde.',
    detached: 'Die Sitzung endete, weil kein Browser rechtzeitig zu ihr zurückkam.',
    lifetime: 'Die Sitzung hat ihre Höchstdauer erreicht.',
    oom: 'Der Sitzung ging der Speicher aus, und sie wurde beendet. Starten Sie eine neue, und laden Sie weniger auf einmal.',
    disk: 'Die Sitzung hat ihre Festplatte gefüllt und wurde beendet. Starten Sie eine neue, und bewahren Sie weniger darin auf.',
    owner: 'Sie haben die Sitzung beendet.',
    admin: 'Die Administration hat die Sitzung beendet.',
    directory: 'Die Sitzung endete, weil Ihr Konto diesen Dienst nicht mehr verwenden darf.',
    shutdown: 'Die Sitzung endete, weil der Dienst heruntergefahren wird.',
    engine: 'Die Container-Engine hat die Sitzung gestoppt.',
    lost: 'Die Sitzung ging verloren, als der Rechner ausfiel.',
    'start-failed': 'Die Sitzung konnte nicht gestartet werden.',
    'image-missing': 'Das Image der Sitzung ist auf diesem Rechner nicht vorhanden.',
    'host-full': 'Dieser Rechner ist voll. Versuchen Sie es in ein paar Minuten noch einmal.',
    'limits-unproven': 'Die Sitzung wurde abgelehnt, weil sich ihre Grenzen nicht bestätigen ließen.',
    'recording-failed': 'Die Sitzung endete, weil sie aufgezeichnet werden muss und das misslang.',
    fault: 'Die Sitzung endete durch einen Fehler in Coracle.',
  },
  notStarted: {
    title: 'Die Sitzung wurde nicht gestartet',
    kept: 'Nichts davon ist übrig.',
    help: {
      'image-missing': 'Bereitstellen kann es nur die Administration. Nennen Sie ihr das Profil und die Sitzung unten.',
      'host-full': 'Auch eine Sitzung zu beenden, die Sie nicht mehr brauchen, schafft Platz.',
      'limits-unproven': 'Ohne sie wurde keine Shell gestartet. Warum, findet die Administration mit der Sitzung unten heraus.',
      'start-failed': 'Versuchen Sie es noch einmal. Misslingt es wieder, findet die Administration mit der Sitzung unten heraus, '
        + 'warum.',
      fault: 'Warum, findet die Administration mit der Sitzung unten heraus.',
    },
  },
  watching: 'Diese Sitzung wird in einem anderen Fenster oder auf einem anderen Gerät benutzt. Sie schauen zu; was Sie hier '
    + 'tippen, wird nicht gesendet.',
  takeBack: 'Zurückholen',
  watched: {
    looking: (user) => `Sie schauen bei der Sitzung von ${user} zu. Nichts von dem, was Sie hier tun, erreicht sie, und `
      + `${user} erfährt davon.`,
    mark: (by) => `es schaut zu: ${administrators(by)}`,
    now: (by) => `${administrators(by)} ${by.length === 1 ? 'schaut bei dieser Sitzung zu und sieht' : 'schauen bei dieser Sitzung zu und sehen'} `
      + 'ihren Bildschirm. Was Sie unsichtbar eingeben, etwa ein Passwort, bleibt unsichtbar.',
    before: (before) => `Bei dieser Sitzung hat zugeschaut: ${before
      .map(({ by, until }) => `${administrators([by])} bis ${clock(until)}`).join(', ')}.`,
  },
  takenOver: {
    title: 'Anderswo geöffnet',
    text: 'Diese Sitzung wird jetzt in einem anderen Fenster oder auf einem anderen Gerät gezeigt. Nichts ging verloren.',
    act: 'Zurückholen',
  },
  notYours: { title: 'Nicht Ihre Sitzung', text: 'Diese Sitzung gehört jemand anderem.' },
  gone: { title: 'Diese Sitzung ist vorbei', text: 'Sie ist beendet, und nichts davon wurde aufbewahrt.' },
  tooMany: { title: 'Zu viele Verbindungen', text: 'Schließen Sie andere Fenster dieses Dienstes, und versuchen Sie es noch einmal.' },
  broken: {
    title: 'Die Verbindung wurde abgelehnt', text: 'Seite und Dienst haben einander nicht verstanden. Laden Sie die Seite neu.',
  },
  tryAgain: 'Noch einmal',
  reload: 'Seite neu laden',
  reference: (reference) => `Referenz ${reference}`,

  confirmEnd: {
    title: 'Diese Sitzung beenden?',
    text: 'Ihre Shell und alles darin wird sofort gelöscht.',
    act: 'Sitzung beenden',
    cancel: 'Abbrechen',
  },
  terminalLabel: 'Terminal-Eingabe. Strg Umschalt F6 führt aus dem Terminal.',
  tooMuchOutput: 'Zu viel Ausgabe zum Vorlesen. Gehen Sie stattdessen durch die Zeilen.',
  readerOn: 'Der Screenreader-Modus ist an.',
  readerOff: 'Der Screenreader-Modus ist aus.',
  close: 'Schließen',
  notLoaded: 'Ein Teil dieser Seite konnte nicht geladen werden. Prüfen Sie die Verbindung, oder laden Sie die Seite neu.',
  opens: (address) => `Strg+Klick öffnet ${address}`,

  facts: {
    open: 'Grenzen',
    title: 'Was diese Sitzung begrenzt',
    text: 'Vom Kernel zurückgelesen, bevor ihre Shell gestartet wurde. Ohne diese Nachweise gäbe es keine Sitzung.',
    names: {
      memory: 'Speicher', swap: 'Swap', cpu: 'Prozessor', pids: 'Prozesse', network: 'Netzwerk', isolation: 'Benutzer-IDs',
      capabilities: 'Capabilities', gains: 'Neue Rechte', seccomp: 'Systemaufrufe', root: 'Systemdateien', ends: 'Endet',
    },
    none: 'Nicht begrenzt: Dieser Rechner hat dafür keinen Controller',
    memory: (bytes) => (bytes === null ? german.facts.none : `Höchstens ${amount(bytes)}`),
    swap: (bytes) => (bytes === 0 ? 'Keiner' : german.facts.memory(bytes)),
    cpu: (millicpus) => (millicpus === null ? german.facts.none
      : `Höchstens die Zeit von ${processors(millicpus)} ${millicpus === 1000 ? 'Prozessor' : 'Prozessoren'}`),
    pids: (pids) => (pids === null ? german.facts.none : `Höchstens ${pids}`),
    network: (network) => ({
      none: 'Keines: Sie erreicht sich selbst und sonst nichts',
      outbound: 'Verbindungen nach außen, soweit die Regeln des Rechners sie zulassen; keine von dort',
      'outbound-and-host': 'Verbindungen nach außen und zu den eigenen Adressen dieses Rechners; keine von dort',
    })[network] ?? network,
    isolation: (isolation) => ({
      slots: 'Ein eigener Bereich, den keine andere Sitzung hat',
      shared: 'Ein Bereich, den sie mit anderen Sitzungen teilt',
    })[isolation] ?? isolation,
    capabilities: (names) => (names.length === 0 ? 'Keine, und keine zu bekommen' : `${names.join(', ')}: innen, und keine anderen`),
    gains: (blocked) => (blocked ? 'Gesperrt: Kein Programm gewinnt welche dadurch, dass es ausgeführt wird' : 'Nicht gesperrt'),
    seccomp: (seccomp) => (seccomp === 'coracle' ? 'Gefiltert nach der eigenen Liste von Coracle' : seccomp),
    root: (readOnly) => (readOnly ? 'Nur lesbar' : 'Beschreibbar, auf der Festplatte des Rechners, bis zur Größe im Profil'),
    ends: (idle, detached) => `Nach ${after(idle)} ohne Eingabe, ${detached > 0 ? `nach ${after(detached)} ` : ''}`
      + 'ohne Browser, oder wenn ihre Zeit um ist',
  },

  files: {
    open: 'Dateien',
    title: 'Dateien',
    text: 'Dateien kommen in das Home-Verzeichnis dieser Sitzung und werden mit ihr gelöscht. Sie können sie auch auf dem '
      + 'Terminal ablegen.',
    list: 'Was hineingebracht oder herausgeholt wurde',
    pick: 'Dateien hineinbringen',
    limit: (most) => (most === 0 ? 'Die Administration hat das abgeschaltet.'
      : `Jede höchstens ${amount(most)}, soweit im Home-Verzeichnis Platz ist.`),
    path: 'Eine Datei herausholen',
    pathHint: (most) => (most === 0 ? 'Die Administration hat das abgeschaltet.'
      : `Ihr Pfad, etwa notes.txt im Home-Verzeichnis oder /tmp/out.log. Höchstens ${amount(most)}; packen Sie Verzeichnisse vorher.`),
    fetch: 'Herunterladen',
    unnamed: 'Datei',
    drop: 'Legen Sie Dateien hier ab, um sie in das Home-Verzeichnis dieser Sitzung zu bringen.',
    directory: 'Verzeichnis',
    packFirst: 'Verzeichnisse werden nicht gesendet. Packen Sie es, zum Beispiel als tar, und senden Sie das.',
    waiting: 'wartet',
    progress: (name) => `Fortschritt von ${name}`,
    soFar: (bytes, total) => (total > 0 ? `${amount(bytes)} von ${amount(total)}` : 'beginnt'),
    percent: (bytes, total) => `Dateien ${total > 0 ? Math.floor((100 * bytes) / total) : 0} %`,
    arrived: (path) => `ist in der Sitzung als ${path}`,
    saved: 'dem Browser zum Speichern übergeben',
    cancel: 'Abbrechen',
    cancelled: 'abgebrochen, nichts wurde aufbewahrt',
    exists: 'Eine Datei dieses Namens gibt es schon.',
    keepBoth: 'Beide behalten',
    replace: 'Ersetzen',
    skip: 'Überspringen',
    tooLarge: (size, most) => `Sie hat ${amount(size)}, und höchstens ${amount(most)} werden gesendet.`,
    broken: 'Die Verbindung brach ab, und nichts von der Datei wurde aufbewahrt. Versuchen Sie es noch einmal.',
  },

  settings: {
    open: 'Einstellungen',
    title: 'Einstellungen',
    text: 'In diesem Browser gespeichert, für jede Sitzung.',
    textSize: 'Schriftgröße',
    pixels: (size) => `${size} px`,
    bigger: 'Größere Schrift (Strg+Umschalt+Plus)',
    smaller: 'Kleinere Schrift (Strg+Umschalt+Minus)',
    reset: 'Zurücksetzen',
    resetLabel: 'Auf die übliche Schriftgröße zurücksetzen (Strg+Umschalt+0)',
    scrollback: 'Zeilen, die über dem Bildschirm behalten werden',
    lines: (count) => count.toLocaleString('de'),
    groups: { look: 'Aussehen', keys: 'Tasten und Zwischenablage', output: 'Ausgabe' },
    switches: {
      darkTerminal: 'Dunkles Terminal auch auf hellen Seiten',
      cursorBlinks: 'Cursor blinkt',
      ctrlVPastes: 'Strg+V fügt ein, wie es Strg+Umschalt+V immer tut',
      copyOnSelect: 'Was markiert wird, wird sofort kopiert',
      pasteWarning: 'Fragen, bevor mehrere Zeilen in ein Programm eingefügt werden, das jede sofort ausführen würde',
      screenReader: 'Screenreader-Modus: Zeilen lassen sich einzeln lesen, und Ausgaben werden vorgelesen',
    },
    choices: {
      theme: {
        label: 'Farbschema',
        options: {
          auto: 'Wie das System', light: 'Hell', dark: 'Dunkel', 'light-contrast': 'Hoher Kontrast, schwarz auf weiß',
          'dark-contrast': 'Hoher Kontrast, weiß auf schwarz',
        },
      },
      cursor: { label: 'Cursor', options: { block: 'Block', bar: 'Balken', underline: 'Unterstrich' } },
      bell: { label: 'Tonzeichen', options: { flash: 'Aufblinken', sound: 'Ton', none: 'Nichts' } },
      extraKeys: {
        label: 'Reihe zusätzlicher Tasten', options: { auto: 'Auf Touchscreens', always: 'Immer', never: 'Nie' },
      },
      renderer: {
        label: 'Zeichnen, ab dem nächsten Terminal',
        options: { auto: 'Grafikkarte, falls vorhanden', dom: 'Seitenelemente', webgl: 'WebGL' },
      },
    },
    language: { label: 'Sprache', auto: 'Wie der Browser' },
    help: 'Hilfe',
  },

  menu: {
    label: 'Terminal',
    copy: 'Kopieren',
    paste: 'Einfügen',
    selectAll: 'Alles markieren',
    search: 'Suchen',
    clear: 'Gezeigtes leeren',
    keys: { copy: 'Strg+Umschalt+C', paste: 'Strg+Umschalt+V', search: 'Strg+Umschalt+F' },
    refused: 'Der Browser lässt diese Seite die Zwischenablage nicht lesen. Strg+Umschalt+V fügt ein, ohne ihn zu fragen.',
  },

  paste: {
    title: (lines) => (lines === 1 ? 'Eine Zeile einfügen, die sofort läuft?' : `${lines.toLocaleString('de')} Zeilen einfügen?`),
    text: 'Das Programm im Terminal nimmt jede Zeile, als hätten Sie danach die Eingabetaste gedrückt.',
    preview: 'Was eingefügt würde',
    more: (lines) => `und ${lines.toLocaleString('de')} weitere`,
    never: 'Nicht mehr fragen',
    act: 'Einfügen',
  },

  extraKeys: {
    label: 'Zusätzliche Tasten',
    signs: {
      escape: 'Esc', tab: 'Tab', ctrl: 'Strg', alt: 'Alt', up: '↑', down: '↓', left: '←', right: '→', home: 'Pos1',
      end: 'Ende', pageUp: 'Bild↑', pageDown: 'Bild↓',
    },
    names: {
      up: 'Aufwärts', down: 'Abwärts', left: 'Links', right: 'Rechts', '|': 'Senkrechter Strich', '/': 'Schrägstrich',
      '-': 'Minus', '~': 'Tilde',
    },
  },

  search: {
    open: 'Suchen',
    label: 'Im Terminal suchen',
    field: 'Suchen nach',
    exact: 'Groß- und Kleinschreibung beachten',
    regex: 'Regulärer Ausdruck',
    previous: 'Voriger Treffer (Eingabe)',
    next: 'Nächster Treffer (Umschalt+Eingabe)',
    close: 'Schließen (Escape)',
    wrong: 'kein Muster',
    empty: 'passt auf nichts',
    count: (at, total, most) => (total === 0 ? 'nicht gefunden' : `${at || '–'} von ${total}${total === most ? '+' : ''}`),
  },

  replay: {
    play: 'Abspielen',
    pause: 'Anhalten',
    again: 'Noch einmal',
    position: 'Zeitpunkt',
    of: (at, duration) => `${timecode(at)} von ${timecode(duration)}`,
    running: 'Läuft noch: gezeigt, soweit sie reicht.',
    brokenOff: 'Abgebrochen: Das Ende wurde nicht aufgezeichnet.',
    recorded: (moment) => `Aufgezeichnet ${new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' })
      .format(moment)}`,
    marks: {
      gap: (text) => (/^gap: \d/.test(text) ? `Fehlende Ausgabe: ${text.replace(/^gap: (\d+) bytes.*/, '$1')} Byte` : 'Hier kann Ausgabe fehlen'),
      resize: (text) => `Größe ${text}`,
      marker: (text) => `Notiz: ${text}`,
    },
    speed: (speed) => `Tempo ${speed}`,
    search: {
      label: 'In der Aufzeichnung suchen',
      field: 'Suchen nach',
      previous: 'Voriger Treffer (N)',
      next: 'Nächster Treffer (n)',
      close: 'Schließen (Escape)',
      searching: 'wird gesucht …',
      none: 'nicht gefunden',
      count: (at, total, more) => `${at || '–'} von ${total}${more ? '+' : ''}`,
    },
    keys: {
      title: 'Tasten',
      text: 'Sie gelten überall, wo nicht gerade etwas eingegeben wird.',
      list: [
        [['Leertaste'], 'Abspielen oder anhalten'],
        [['←', '→'], '5 Sekunden zurück oder vor'],
        [['↓', '↑'], 'Eine Minute zurück oder vor'],
        [['Pos1', 'Ende'], 'Zum Anfang oder zum Ende'],
        [['.'], 'Anhalten und zeigen, was als Nächstes geschah'],
        [['−', '+'], 'Langsamer oder schneller'],
        [['[', ']'], 'Zur vorigen oder nächsten Marke'],
        [['/'], 'Suchen'],
        [['n', 'N'], 'Zum nächsten oder vorigen Treffer'],
        [['?'], 'Diese Liste'],
      ],
    },
  },

  api: {
    starting: 'Eine Sitzung wird gestartet …',
    ending: 'Die Sitzung wird beendet …',
    ended: 'Die Sitzung ist beendet.',
    unreachable: 'Der Dienst antwortet nicht. Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.',
    odd: (status) => `Der Dienst hat mit Status ${status} geantwortet.`,
  },
  home: {
    stale: 'Der Dienst antwortet nicht. Diese Seite zeigt, was zuletzt bekannt war, und sieht von selbst wieder nach.',
  },
  login: {
    show: 'Zeigen', hide: 'Verbergen', showLabel: 'Passwort zeigen', hideLabel: 'Passwort verbergen',
    caps: 'Die Feststelltaste ist an.',
  },
};

speak(german);
