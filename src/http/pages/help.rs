//! Help for the people who use it.

use super::{Html, ProfileView, Terms, bar, looks, page, profile, words};
use crate::{auth::Person, session::EndReason};

/// `terms`: how long sessions last here. `reader`: who is signed in, and the profiles that they may use.
pub(crate) fn help(terms: Terms, reader: Option<(&Person, &[ProfileView])>) -> String {
    let body = Html::fill(
        "{}<main id=\"main\" class=\"page help\">\n<h1>Help</h1>\n{}{}{}{}{}{}{}{}{}{}</main>\n{}",
        &[
            &bar(reader.map(|(person, _)| person)),
            &Html::fixed(WHERE),
            &limits(reader.map(|(_, profiles)| profiles)),
            &when(terms),
            &what_is_lost(terms),
            &Html::fixed(KEYS),
            &Html::fixed(SETTINGS),
            &Html::fixed(PHONE),
            &connection(terms),
            &reasons(),
            &Html::fixed(TROUBLE),
            &looks(),
        ],
    );
    page("Help", &Html::default(), "help", &body)
}

const WHERE: &str = "<section aria-labelledby=\"where\">\n<h2 id=\"where\">Where you are</h2>\n\
    <p>A session is a Linux shell in a container of your own: a small system with its own files, processes and users, \
    made when you start it and deleted when it ends. Nobody else is in it, and it sees nothing of other sessions or of \
    the machine around it. What you break in it is only your own, and you need not tidy up.</p>\n\
    <p>You can open the same session from any browser in which you are signed in. The window that opened \
    it last has the keyboard; the others show what happens, and offer to take it back.</p>\n</section>\n";

fn limits(profiles: Option<&[ProfileView]>) -> Html {
    let own = match profiles {
        None => Html::fixed(
            "<p>How much, depends on the profile that a session is started with. <a href=\"/login?next=/help\">Sign in\
             </a> to see here what you may use.</p>\n",
        ),
        Some([]) => {
            Html::fixed("<p>There is no profile that you may use. Ask whoever runs this service for one.</p>\n")
        }
        Some(profiles) => {
            let cards = profiles
                .iter()
                .map(|one| Html::fill("<li class=\"row\"><h3>{}</h3>\n{}</li>\n", &[&one.name, &profile::facts(one)]));
            Html::fill("<ul class=\"rows\">\n{}</ul>\n", &[&Html::join(cards)])
        }
    };
    Html::fill(
        "<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">What is limited</h2>\n\
         <p>Processor time, memory, the number of processes, and the space in the few places that can be written to. At a \
         limit things get slow or fail (“No space left on device”, “Cannot allocate memory”, “Resource temporarily \
         unavailable”); a program that wants more memory than there is gets killed.</p>\n{}\
         <p>Without a network, <code>git push</code>, downloads and package installers have nobody to talk to. Being root \
         inside does not change any of this.</p>\n</section>\n",
        &[&own],
    )
}

fn when(terms: Terms) -> Html {
    let without_browser = match terms.detached {
        0 => Html::fixed("<strong>At once</strong> when the last browser leaves it."),
        seconds => Html::fill(
            "<strong>After {} without a browser.</strong> Open it again before that, from the start page or at its own \
             address, and it goes on where it was.",
            &[&words::duration(seconds)],
        ),
    };
    Html::fill(
        "<section aria-labelledby=\"when\">\n<h2 id=\"when\">When a session ends</h2>\n<ul class=\"points\">\n\
         <li>When its shell ends (<code>exit</code>, <kbd>Ctrl</kbd> <kbd>D</kbd>), or when you press End.</li>\n\
         <li><strong>After {} without typing.</strong> A minute before, a line below the terminal counts down; any key \
         keeps the session.</li>\n<li>{}</li>\n\
         <li><strong>After {} in all.</strong> A minute before, a line below the terminal counts down; nothing prolongs \
         it.</li>\n<li>When an administrator ends it, or the machine goes down.</li>\n</ul>\n\
         <p>A restart of this service alone ends nothing: the page comes back to its session by itself.</p>\n</section>\n",
        &[&words::duration(terms.idle), &without_browser, &words::duration(terms.lifetime)],
    )
}

fn what_is_lost(terms: Terms) -> Html {
    let tab = match terms.detached {
        0 => Html::fixed("A closed tab is the end of the session here."),
        seconds => Html::fill(
            "A closed tab, a reload or a broken network loses nothing for {}: programs run on meanwhile.",
            &[&words::duration(seconds)],
        ),
    };
    Html::fill(
        "<section aria-labelledby=\"lost\">\n<h2 id=\"lost\">What is lost, and how to keep work</h2>\n\
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
        &[&tab],
    )
}

const KEYS: &str = "<section aria-labelledby=\"keys\">\n<h2 id=\"keys\">Keys</h2>\n\
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
    <kbd>⌘</kbd> <kbd>C</kbd> and <kbd>⌘</kbd> <kbd>V</kbd> copy and paste as everywhere.</p>\n</section>\n";

const SETTINGS: &str = "<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Themes and settings</h2>\n\
    <p>Pages and terminal are light or dark as your system is, and have more contrast if it asks for that. Another theme can \
    be chosen below each page, and in the terminal’s settings. There you also find: a dark terminal on light pages, the size \
    of letters, the cursor, the bell, copying at once what is selected, the question before lines are pasted, the row of \
    extra keys, how many lines are kept, the screen reader mode, and how the terminal is drawn. This browser keeps all of it, \
    for every session.</p>\n\
    <p>Every page can be zoomed. Where your system asks for less motion, nothing moves or blinks.</p>\n</section>\n";

const PHONE: &str = "<section aria-labelledby=\"phone\">\n<h2 id=\"phone\">On a phone or tablet</h2>\n<ul class=\"points\">\n\
    <li>Tap the terminal for the keyboard. A finger that moves scrolls, also in programs such as <code>less</code>; two \
    fingers zoom.</li>\n\
    <li>A finger that rests selects the word below it, and more when it then moves; when it leaves, the menu offers to copy \
    and paste.</li>\n\
    <li>The row of extra keys has what the keyboard lacks: Esc, Tab, Ctrl, Alt, arrows and more. Ctrl and Alt count for the \
    next key; pressed twice, until you press them again. Held, the others repeat.</li>\n</ul>\n</section>\n";

fn connection(terms: Terms) -> Html {
    let waits = match terms.detached {
        0 => Html::fixed("Here a session ends when its connection does."),
        seconds => Html::fill("The session goes on meanwhile, for {}.", &[&words::duration(seconds)]),
    };
    Html::fill(
        "<section aria-labelledby=\"connection\">\n<h2 id=\"connection\">When the network breaks</h2>\n\
         <p>The line below the terminal says whether it is connected, and how many milliseconds the way to the service and \
         back takes. Without a connection the cursor is hollow, and what you type is not sent, not even later. The page comes \
         back by itself: it tries again and again, at once when your network is there again or you come back to the page. \
         {}</p>\n</section>\n",
        &[&waits],
    )
}

/// Every reason there is, so that none can be shown that is not told here.
fn reasons() -> Html {
    let rows = EndReason::ALL.iter().map(|reason| {
        Html::fill(
            "<dt><code>{}</code></dt><dd>{} <span class=\"advice\">{}</span></dd>\n",
            &[&reason.code(), &reason.sentence(), &words::advice(*reason)],
        )
    });
    Html::fill(
        "<section aria-labelledby=\"reasons\">\n<h2 id=\"reasons\">Why a session ended</h2>\n\
         <p>The page says it at the end, and for 24 hours the start page and the session’s own address do.</p>\n\
         <dl class=\"facts\">\n{}</dl>\n</section>\n",
        &[&Html::join(rows)],
    )
}

const TROUBLE: &str = "<section aria-labelledby=\"trouble\">\n<h2 id=\"trouble\">When something goes wrong</h2>\n\
    <p>A message may name a reference, and every session has an id, which stands beside its name and in its address. Give \
    them to whoever runs this service: the journal has the details under them.</p>\n</section>\n";
