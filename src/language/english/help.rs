//! The help in English.

use super::duration;
use crate::language::Help;

pub(super) const HELP: Help = Help {
    title: "Help",
    where_you_are: "<section aria-labelledby=\"where\">\n<h2 id=\"where\">Where you are</h2>\n\
    <p>A session is a Linux shell in a container of your own: a small system with its own files, processes and users, \
    made when you start it and deleted when it ends. Nobody else is in it, and it sees nothing of other sessions or of \
    the machine around it. What you break in it is only your own, and you need not tidy up.</p>\n\
    <p>You can open the same session from any browser in which you are signed in. The window that opened \
    it last has the keyboard; the others show what happens, and offer to take it back.</p>\n</section>\n",
    limits: "<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">What is limited</h2>\n\
         <p>Processor time, memory, the number of processes, and the space in the few places that can be written to. At a \
         limit things get slow or fail (“No space left on device”, “Cannot allocate memory”, “Resource temporarily \
         unavailable”); a program that wants more memory than there is gets killed.</p>\n{}\
         <p>Without a network, <code>git push</code>, downloads and package installers have nobody to talk to. Being root \
         inside does not change any of this.</p>\n</section>\n",
    limits_of_a_stranger: "<p>How much, depends on the profile that a session is started with. <a href=\"/login?next=/help\">Sign in\
             </a> to see here what you may use.</p>\n",
    when: "<section aria-labelledby=\"when\">\n<h2 id=\"when\">When a session ends</h2>\n<ul class=\"points\">\n\
         <li>When its shell ends (<code>exit</code>, <kbd>Ctrl</kbd> <kbd>D</kbd>), or when you press End.</li>\n\
         <li><strong>After {} without typing.</strong> A minute before, a line below the terminal counts down; any key \
         keeps the session.</li>\n<li>{}</li>\n\
         <li><strong>After {} in all.</strong> A minute before, a line below the terminal counts down; nothing prolongs \
         it.</li>\n<li>When an administrator ends it, or the machine goes down.</li>\n</ul>\n\
         <p>A restart of this service alone ends nothing: the page comes back to its session by itself.</p>\n</section>\n",
    when_left: "<strong>At once</strong> when the last browser leaves it.",
    when_detached: "<strong>After {} without a browser.</strong> Open it again before that, from the start page or at its own \
             address, and it goes on where it was.",
    lost: "<section aria-labelledby=\"lost\">\n<h2 id=\"lost\">What is lost, and how to keep work</h2>\n\
         <p>At the end everything in the container is deleted, your home included, and nobody can bring it back. {}</p>\n\
         <p>What you want to keep has to leave before that:</p>\n<ul class=\"points\">\n\
         <li><strong>Files</strong>, the button above the terminal, takes a file out by its path, like \
         <code>notes.txt</code> in your home or <code>/tmp/out.log</code>. Pack a directory first: <code>tar czf \
         work.tar.gz work</code>.</li>\n\
         <li>It brings files in, too, as does dropping them onto the terminal: into your home, as far as there is room. Of \
         one that breaks off nothing is kept.</li>\n\
         <li>Select text with the mouse and copy it. After the end the last screen stays readable until you leave the \
         page.</li>\n\
         <li>Text can be pasted: up to 8 MB at once, for example into <code>cat &gt; FILE</code>, ended by \
         <kbd>Ctrl</kbd> <kbd>D</kbd>.</li>\n</ul>\n</section>\n",
    lost_at_once: "A closed tab is the end of the session here.",
    lost_later: |seconds| {
        let time = duration(seconds);
        format!("A closed tab, a reload or a broken network loses nothing for {time}: programs run on meanwhile.")
    },
    keys: "<section aria-labelledby=\"keys\">\n<h2 id=\"keys\">Keys</h2>\n\
    <p>Keys go to the shell, Tab included. These do not:</p>\n<dl class=\"facts keys-list\">\n\
    <dt><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>F6</kbd></dt><dd>leaves the terminal for the buttons above it, and leads \
    back</dd>\n\
    <dt><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>C</kbd></dt><dd>copies what is selected; <kbd>Ctrl</kbd> <kbd>C</kbd> does \
    too while something is selected, and interrupts otherwise</dd>\n\
    <dt><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>V</kbd></dt><dd>pastes; so does <kbd>Shift</kbd> <kbd>Insert</kbd></dd>\n\
    <dt><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>F</kbd></dt><dd>searches in what the terminal has shown</dd>\n\
    <dt><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>+</kbd></dt><dd>larger letters; with <kbd>−</kbd> smaller ones, with \
    <kbd>0</kbd> the usual size</dd>\n\
    <dt><kbd>Ctrl</kbd> and a click</dt><dd>opens a link that stands in the terminal</dd>\n\
    <dt>Right button</dt><dd>opens a menu: copy, paste, select all, search, clear. So does the menu key. With \
    <kbd>Shift</kbd> it is the browser’s own menu; where a program uses the mouse, the button alone is the program’s</dd>\n\
    </dl>\n\
    <p>Pasted lines that a program would run one by one are shown first, and you are asked. A shell that marks what is \
    pasted, as Bash does at its prompt, waits for <kbd>Enter</kbd> by itself.</p>\n\
    <p>For a screen reader, the first button of the terminal’s page turns on a mode in which the rows can be read one by \
    one.</p>\n\
    <p>A browser keeps some keys for itself, such as <kbd>Ctrl</kbd> <kbd>W</kbd>, which closes the tab. On a Mac, \
    <kbd>⌘</kbd> <kbd>C</kbd> and <kbd>⌘</kbd> <kbd>V</kbd> copy and paste as everywhere.</p>\n</section>\n",
    settings: "<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Themes and settings</h2>\n\
    <p>Pages and terminal are light or dark as your system is, and have more contrast if it asks for that. Another theme can \
    be chosen below each page, and in the terminal’s settings. There you also find: a dark terminal on light pages, the size \
    of letters, the cursor, the bell, copying at once what is selected, the question before lines are pasted, the row of \
    extra keys, how many lines are kept, the screen reader mode, and how the terminal is drawn. This browser keeps all of it, \
    for every session.</p>\n\
    <p>The language is the one that your browser asks for, as far as it is to be had here. Another one can be chosen in the \
    same places.</p>\n\
    <p>Every page can be zoomed. Where your system asks for less motion, nothing moves or blinks.</p>\n</section>\n",
    phone: "<section aria-labelledby=\"phone\">\n<h2 id=\"phone\">On a phone or tablet</h2>\n<ul class=\"points\">\n\
    <li>Tap the terminal for the keyboard. A finger that moves scrolls, also in programs such as <code>less</code>; two \
    fingers zoom.</li>\n\
    <li>A finger that rests selects the word below it, and more when it then moves; when it leaves, the menu offers to copy \
    and paste.</li>\n\
    <li>The row of extra keys has what the keyboard lacks: Esc, Tab, Ctrl, Alt, arrows and more. Ctrl and Alt count for the \
    next key; pressed twice, until you press them again. Held, the others repeat.</li>\n</ul>\n</section>\n",
    connection: "<section aria-labelledby=\"connection\">\n<h2 id=\"connection\">When the network breaks</h2>\n\
         <p>The line below the terminal says whether it is connected, and how many milliseconds the way to the service and \
         back takes. Without a connection the cursor is hollow, and what you type is not sent, not even later. The page comes \
         back by itself: it tries again and again, at once when your network is there again or you come back to the page. \
         {}</p>\n</section>\n",
    connection_at_once: "Here a session ends when its connection does.",
    connection_later: |seconds| format!("The session goes on meanwhile, for {}.", duration(seconds)),
    reasons: "<section aria-labelledby=\"reasons\">\n<h2 id=\"reasons\">Why a session ended</h2>\n\
         <p>The page says it at the end, and for 24 hours the start page and the session’s own address do.</p>\n\
         <dl class=\"facts\">\n{}</dl>\n</section>\n",
    trouble: "<section aria-labelledby=\"trouble\">\n<h2 id=\"trouble\">When something goes wrong</h2>\n\
    <p>A message may name a reference, and every session has an id, which stands beside its name and in its address. Give \
    them to whoever runs this service: the journal has the details under them.</p>\n</section>\n",
};
