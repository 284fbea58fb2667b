//! Edges of the machine one by one, then all of them: the whole reachable state space.

use std::collections::{HashSet, VecDeque};

use super::*;

const A: AttachmentId = AttachmentId(1);
const B: AttachmentId = AttachmentId(2);

fn at(seconds: u64) -> BootTime {
    BootTime::from_millis(seconds * 1000)
}

fn periods() -> Periods {
    let s = Duration::from_secs;
    Periods { idle: s(900), detached: s(600), lifetime: s(28_800), start: s(30) }
}

/// A session whose shell runs since second 1, with A at the keyboard.
fn attached() -> Machine {
    let mut m = Machine::new(periods(), at(0));
    m.step(Event::LeftQueue, at(0));
    m.step(Event::Came(A), at(0));
    assert_eq!(m.step(Event::Running, at(1)), []);
    assert_eq!(m.state(), State::Attached(A));
    m
}

#[test]
fn a_browser_lost_while_starting_means_detached_as_soon_as_it_runs() {
    let mut m = Machine::new(periods(), at(0));
    m.step(Event::Came(A), at(0));
    m.step(Event::Left(A), at(0));
    m.step(Event::Running, at(5));
    assert_eq!(m.state(), State::Detached);
    assert_eq!(m.detached(), Some(at(605)));
}

#[test]
fn the_newest_attachment_takes_the_keyboard_and_the_older_ones_leaving_changes_nothing() {
    let mut m = attached();
    assert_eq!(m.step(Event::Came(B), at(2)), [Action::TakeOver(A)]);
    assert_eq!(m.step(Event::Left(A), at(3)), []);
    assert_eq!(m.step(Event::Input(A), at(3)), []);
    assert_eq!(m.state(), State::Attached(B));
    assert_eq!(m.step(Event::Left(B), at(4)), []);
    assert_eq!(m.state(), State::Detached);
}

#[test]
fn idle_is_warned_a_minute_before_and_a_key_takes_the_warning_back() {
    let mut m = attached();
    assert_eq!(m.next_deadline(), Some(at(1 + 840)));
    assert_eq!(m.step(Event::Tick, at(840)), []);
    assert_eq!(m.step(Event::Tick, at(841)), [Action::WarnIdle(Duration::from_secs(60))]);
    assert_eq!(m.step(Event::Tick, at(842)), [], "one warning, not one a second");
    assert_eq!(m.step(Event::Input(A), at(850)), [Action::WarnIdle(Duration::ZERO)]);
    assert_eq!(m.step(Event::Tick, at(850 + 900)), [Action::Stop(EndReason::Idle)]);
}

#[test]
fn a_key_after_the_idle_deadline_comes_too_late() {
    let mut m = attached();
    assert_eq!(m.step(Event::Input(A), at(901)), [Action::Stop(EndReason::Idle)]);
    assert_eq!(m.state(), State::Ending(EndReason::Idle));
}

#[test]
fn idle_does_not_count_while_detached_nor_detached_while_attached() {
    let mut m = attached();
    m.step(Event::Left(A), at(100));
    assert_eq!(m.step(Event::Tick, at(699)), []);
    m.step(Event::Came(B), at(699));
    assert_eq!(m.step(Event::Tick, at(699 + 800)), [], "neither the old idle nor the detached deadline is left");
    m.step(Event::Left(B), at(1500));
    assert_eq!(m.step(Event::Tick, at(2100)), [Action::Stop(EndReason::Detached)]);
}

#[test]
fn a_detached_period_of_zero_ends_with_the_last_tab() {
    let mut m = Machine::new(Periods { detached: Duration::ZERO, ..periods() }, at(0));
    m.step(Event::Came(A), at(0));
    m.step(Event::Running, at(1));
    assert_eq!(m.step(Event::Left(A), at(2)), [Action::Stop(EndReason::Detached)]);
}

#[test]
fn the_start_deadline_counts_from_the_queue_and_not_during_a_pull() {
    let mut m = Machine::new(periods(), at(0));
    assert_eq!(m.step(Event::Tick, at(100)), [], "in the queue");
    m.step(Event::LeftQueue, at(100));
    m.step(Event::PullBegan, at(110));
    assert_eq!(m.step(Event::Tick, at(500)), [], "pulling");
    m.step(Event::PullOver, at(500));
    assert_eq!(m.step(Event::Tick, at(529)), []);
    assert_eq!(m.step(Event::Tick, at(530)), [Action::Stop(EndReason::StartFailed)]);
}

#[test]
fn lifetime_ends_whatever_is_typed() {
    let mut m = attached();
    let mut now = 1;
    while now < 28_740 {
        m.step(Event::Input(A), at(now));
        now += 800;
    }
    m.step(Event::Input(A), at(28_100));
    assert_eq!(m.step(Event::Tick, at(28_740)), [Action::WarnLifetime(Duration::from_secs(60))]);
    m.step(Event::Input(A), at(28_799));
    assert_eq!(m.step(Event::Tick, at(28_800)), [Action::Stop(EndReason::Lifetime)]);
}

#[test]
fn whoever_may_not_be_here_any_more_is_warned_and_then_the_session_ends_whatever_is_typed() {
    let mut m = attached();
    let minute = Duration::from_secs(60);
    assert_eq!(m.step(Event::Barred(minute), at(100)), [Action::WarnDirectory(minute)]);
    assert_eq!(m.step(Event::Barred(minute), at(130)), [], "told twice, it ends no later");
    assert_eq!(m.next_deadline(), Some(at(160)));
    m.step(Event::Input(A), at(159));
    m.step(Event::Left(A), at(159));
    assert_eq!(m.step(Event::Tick, at(160)), [Action::Stop(EndReason::Directory)]);
}

#[test]
fn an_adopted_session_keeps_the_deadlines_of_its_record() {
    let m = Machine::adopted(periods(), at(5000), Some(at(1200)), at(1000));
    assert_eq!((m.state(), m.next_deadline()), (State::Detached, Some(at(1200))));
    let m = Machine::adopted(periods(), at(5000), None, at(1000));
    assert_eq!(m.next_deadline(), Some(at(1600)));
    let mut late = Machine::adopted(periods(), at(900), None, at(1000));
    assert_eq!(late.step(Event::Tick, at(1000)), [Action::Stop(EndReason::Lifetime)]);
}

/// Small periods, so that the clock is part of the enumerated state: every event in every reachable state.
#[test]
fn in_the_whole_reachable_state_space_nothing_panics_every_path_ends_and_ends_once() {
    let s = Duration::from_secs;
    let mut total = 0;
    for detached in [0, 2] {
        total += explore(Periods { idle: s(4), detached: s(detached), lifetime: s(7), start: s(2) });
    }
    assert!(total > 1_000, "the space was really walked: {total} states");
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Node {
    machine: Machine,
    now: u64,
    stops: u8,
    finishes: u8,
}

fn events() -> Vec<Event> {
    let mut events = vec![
        Event::LeftQueue,
        Event::PullBegan,
        Event::PullOver,
        Event::Running,
        Event::ShellEnded,
        Event::OutOfMemory,
        Event::EngineDied,
        Event::Gone,
        Event::Barred(Duration::from_secs(1)),
        Event::Tick,
    ];
    events.extend([A, B].into_iter().flat_map(|x| [Event::Came(x), Event::Left(x), Event::Input(x)]));
    events.extend(EndReason::ALL.into_iter().flat_map(|r| [Event::End(r), Event::Failed(r)]));
    events
}

fn explore(periods: Periods) -> usize {
    let first = Node { machine: Machine::new(periods, at(0)), now: 0, stops: 0, finishes: 0 };
    let mut seen: HashSet<Node> = HashSet::from([first.clone()]);
    let mut todo = VecDeque::from([first]);
    let mut live: HashSet<Machine> = HashSet::new();
    while let Some(node) = todo.pop_front() {
        for event in events() {
            for wait in [0, 1] {
                let mut next = node.clone();
                next.now = (node.now + wait).min(12);
                let before = node.machine.clone();
                let actions = next.machine.step(event, at(next.now));
                check(&before, &mut next, event, &actions);
                if seen.insert(next.clone()) {
                    todo.push_back(next);
                }
            }
        }
        // Every path ends: time alone brings every live session to `Ending`, and `Gone` brings that to `Ended`.
        if live.insert(node.machine.clone()) {
            let mut m = node.machine.clone();
            m.step(Event::Tick, at(1_000));
            assert!(m.is_over(), "time alone does not end {:?}", node.machine);
            m.step(Event::Gone, at(1_000));
            assert!(matches!(m.state(), State::Ended(_)), "{m:?}");
        }
    }
    seen.len()
}

fn check(before: &Machine, next: &mut Node, event: Event, actions: &[Action]) {
    for action in actions {
        match action {
            Action::Stop(_) => next.stops += 1,
            Action::Finish(_) => next.finishes += 1,
            Action::TakeOver(who) | Action::Refuse(who) => {
                assert_ne!(next.machine.attachment(), Some(*who), "sent away and yet at the keyboard: {event:?}");
            }
            Action::WarnIdle(_) | Action::WarnLifetime(_) | Action::WarnDirectory(_) => {}
        }
    }
    let m = &next.machine;
    assert!(next.stops <= 1 && next.finishes <= 1, "ended twice: {before:?} {event:?} {actions:?}");
    assert_eq!(next.stops == 1, m.is_over(), "{before:?} {event:?} {actions:?}");
    assert_eq!(next.finishes == 1, matches!(m.state(), State::Ended(_)), "{before:?} {event:?} {actions:?}");
    // One owner: whoever came last has the keyboard, or was refused; whoever lost it was told.
    if let Event::Came(who) = event {
        assert!(m.attachment() == Some(who) || actions.contains(&Action::Refuse(who)), "{before:?} {event:?}");
    }
    if let (Some(old), Some(new)) = (before.attachment(), m.attachment()) {
        assert!(old == new || actions.contains(&Action::TakeOver(old)), "{before:?} {event:?}");
    }
    // The first reason stays.
    if let (State::Ending(was) | State::Ended(was), State::Ending(is) | State::Ended(is)) = (before.state(), m.state())
    {
        assert_eq!(was, is, "the reason changed at {event:?}");
    }
    // A live session always has a deadline to wake for.
    assert_eq!(m.next_deadline().is_none(), m.is_over());
}
