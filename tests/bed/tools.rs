//! An image to work in: editors, compilers and debuggers do what people expect of them in the profile `shell`, under our
//! seccomp profile, in 80 × 24.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    browser::{Browser, Terminal},
    machine::Machine,
    service::Service,
};

/// For the first session with this image, whose 15,000 files Podman copies for its ids.
const FIRST_START: Duration = Duration::from_secs(180);

#[tokio::test]
async fn in_an_image_with_tools_all_of_them_work() {
    let service = Service::plain();
    service.configure_raw(&format!(
        "[sessions]\nrequire_limits = false\nstart = \"3m\"\n[[profiles]]\nname = \"shell\"\nimage = \"{}\"\npull = \"never\"\n",
        Machine::tools_image()
    ));
    let alice = Browser::of("alice").await;
    let id = alice.new_session().await;
    let mut t = alice.socket(&id).await;
    t.say(json!({"type": "resize", "cols": 80, "rows": 24})).await;
    let began = Instant::now();
    while !t.frames.iter().any(|f| f["type"] == "started") {
        let left = FIRST_START.saturating_sub(began.elapsed());
        assert!(matches!(tokio::time::timeout(left, t.step()).await, Ok(true)), "no shell: {:?}", t.frames);
    }
    t.prompt().await;
    assert_eq!(t.ask("stty size").await, "24 80");

    vim_edits_a_file(&mut t).await;
    tmux_splits_and_detaches(&mut t).await;
    htop_draws(&mut t).await;
    git_commits(&mut t).await;
    python_computes(&mut t).await;
    gcc_makes_a_program_that_runs(&mut t).await;
    gdb_stops_it_and_looks_inside(&mut t).await;
    strace_sees_its_calls(&mut t).await;
    node_runs(&mut t).await;

    t.type_in("exit\r").await;
    assert_eq!(t.ends().await, ("exit".to_owned(), Some(0)));
    service.nothing_left();
}

async fn vim_edits_a_file(t: &mut Terminal) {
    t.type_in("vim note.txt\r").await;
    t.shows("[New]").await;
    t.type_in("ia line from vim\x1b:wq\r").await;
    t.shows("written").await;
    t.shows("$ ").await;
    assert_eq!(t.ask("cat note.txt").await, "a line from vim");
}

async fn tmux_splits_and_detaches(t: &mut Terminal) {
    // Keys that come within a millisecond would be taken for a paste, and not as commands.
    t.type_in("tmux new -s boat ';' set -g assume-paste-time 0\r").await;
    t.shows("[boat]").await;
    t.type_in("\x02\"\x02d").await;
    t.shows("[detached (from session boat)]").await;
    t.shows("$ ").await;
    assert_eq!(
        t.ask("tmux list-panes -t boat -F x | wc -l; tmux display -p -t boat '#{window_width}x#{window_height}'")
            .await
            .split_whitespace()
            .collect::<Vec<_>>(),
        ["2", "80x23"]
    );
    assert_eq!(t.ask("tmux kill-server && echo gone").await, "gone");
}

async fn htop_draws(t: &mut Terminal) {
    t.type_in("htop\r").await;
    t.shows("Load average").await;
    t.shows("Quit").await;
    t.type_in("q").await;
    t.shows("$ ").await;
}

async fn git_commits(t: &mut Terminal) {
    let commit = "git init -q repo && cd repo && git config user.email crew@localhost && git config user.name crew && \
                  touch f && git add f && git commit -qm first && git log --format=%an:%s";
    assert_eq!(t.ask(commit).await, "crew:first");
}

async fn python_computes(t: &mut Terminal) {
    let pool = "from multiprocessing import Pool; print(sum(Pool(2).map(abs, range(-10, 0))), 2**70)";
    assert_eq!(t.ask(&format!("python3 -c '{pool}'")).await, "55 1180591620717411303424");
}

async fn gcc_makes_a_program_that_runs(t: &mut Terminal) {
    let source = r#"'#include <stdio.h>' 'int twice(int n) { return 2 * n; }' 'int main(void) { printf("%d\n", twice(21)); return 0; }'"#;
    assert_eq!(
        t.ask(&format!("printf '%s\\n' {source} | tee boat.c | wc -l; gcc -g -o boat boat.c && ./boat"))
            .await
            .split_whitespace()
            .collect::<Vec<_>>(),
        ["3", "42"]
    );
}

/// A breakpoint needs ptrace, and a program at fixed addresses personality(2): gdb warns where that is refused.
async fn gdb_stops_it_and_looks_inside(t: &mut Terminal) {
    let said = t.ask("gdb -nx -q -batch -ex 'break twice' -ex run -ex backtrace -ex 'print n' ./boat 2>&1").await;
    for wanted in ["Breakpoint 1, twice (n=21) at boat.c:2", "#1 ", "in main ()", "$1 = 21"] {
        assert!(said.contains(wanted), "no `{wanted}` in: {said}");
    }
    assert!(!said.contains("warning"), "{said}");
}

async fn strace_sees_its_calls(t: &mut Terminal) {
    let said = t.ask("strace -f -o trace -e trace=write,exit_group ./boat; cat trace").await;
    assert!(said.contains(r#"write(1, "42\n", 3)"#) && said.contains("exited with 0"), "{said}");
}

/// Its compiler at work: memory that is written and then executed, and threads.
async fn node_runs(t: &mut Terminal) {
    let hot = "let s = 0; for (let i = 0; i < 1e7; i++) s += i % 7; \
               new (require('worker_threads').Worker)('0', {eval: true}).on('exit', c => console.log(s, c))";
    assert_eq!(t.ask(&format!("node -e \"{hot}\"")).await, "29999994 0");
}
