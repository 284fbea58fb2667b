//! Admission, and waiting for ends while others start.

use super::{admission::within_pace, *};
use crate::{session::record, terminal::Ring};

/// Two locks, taken in both orders, stood still at some hundredth request.
#[test]
fn waiting_for_an_end_and_starting_sessions_do_not_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_path_buf();
    let (done, finished) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let roster = runtime.block_on(async { Roster::for_test(&path) });
        let id = SessionId::random();
        let (inbox, _asked) = mpsc::channel(8);
        let entry = Entry {
            person: record::tests::example().person,
            profile: "shell".into(),
            created: 0,
            lifetime: BootTime::now(),
            standing: watch::channel(Standing { word: "starting", detached: None, watched_by: Vec::new() }).1,
            inbox,
            output: Arc::new(Output::new(Ring::create(&path.join("x.ring")).unwrap(), Size::DEFAULT, None)),
            bell: Arc::new(Notify::new()),
            desk: Arc::new(tokio::sync::Semaphore::new(1)),
        };
        roster.table().insert(id, entry);
        let ends = runtime.spawn({
            let roster = roster.clone();
            async move { roster.end(id, EndReason::Admin, "test").await }
        });
        for _ in 0..200_000 {
            let _table = roster.table(); // as `start` does
            roster.0.live.send_modify(|live| *live += 1);
        }
        roster.table().remove(&id);
        roster.0.live.send_modify(|live| *live += 1);
        done.send(runtime.block_on(ends).unwrap()).unwrap();
    });
    assert_eq!(finished.recv_timeout(Duration::from_secs(20)), Ok(true), "they wait for each other");
}

#[tokio::test]
async fn whoever_is_barred_loses_their_own_sessions_and_no_others() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let mut inboxes = Vec::new();
    for (n, (name, word)) in [("ada", "attached"), ("ada", "ending"), ("bea", "detached")].into_iter().enumerate() {
        let person = Person { owner: OwnerId::ldap(name), name: name.into(), ..record::tests::example().person };
        let (inbox, asked) = mpsc::channel(1);
        let entry = Entry {
            person,
            profile: "shell".into(),
            created: 0,
            lifetime: BootTime::now(),
            standing: watch::channel(Standing { word, detached: None, watched_by: Vec::new() }).1,
            inbox,
            output: Arc::new(Output::new(
                Ring::create(&dir.path().join(format!("{n}.ring"))).unwrap(),
                Size::DEFAULT,
                None,
            )),
            bell: Arc::new(Notify::new()),
            desk: Arc::new(tokio::sync::Semaphore::new(1)),
        };
        roster.table().insert(SessionId::random(), entry);
        inboxes.push(asked);
    }
    let owners: Vec<_> = roster.owners().into_values().collect();
    assert_eq!(owners, ["ada", "bea"]);
    let minute = Duration::from_secs(60);
    assert_eq!(roster.bar(&OwnerId::ldap("ada"), minute, "disabled"), 1);
    let told: Vec<_> = inboxes.iter_mut().map(|inbox| inbox.try_recv()).collect();
    assert!(matches!(&told[0], Ok(Message::Barred { within, why }) if *within == minute && why == "disabled"));
    assert!(told[1].is_err() && told[2].is_err());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_is_a_fault_told_to_its_owner_and_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let roster = Roster::for_test(dir.path());
    let record = record::tests::example();
    let (id, who) = (record.id, record.person.clone());
    roster.0.live.send_modify(|live| *live += 1); // as `board` does
    let task = tokio::spawn(async { panic!("a defect") });
    roster.clone().watch(id, Note::of(&record), task, Arc::default(), None).await;
    let note = roster.find_ended(id).expect("its owner finds out");
    assert_eq!((note.reason, note.owner == who.owner), (EndReason::Fault, true));
    assert_eq!(
        roster.seat_for(id, &Claim::Own { person: who, window: None }),
        Err(NoSeat::Over(EndReason::Fault, None))
    );
    assert_eq!(*roster.live().borrow(), 0);
}

#[test]
fn the_seventh_start_in_a_minute_waits_until_the_first_is_a_minute_old() {
    let (mut pace, owner, start) = (HashMap::new(), OwnerId::local("a"), Instant::now());
    for second in 0..6 {
        assert_eq!(within_pace(&mut pace, &owner, 6, start + Duration::from_secs(second)), Ok(()));
    }
    assert_eq!(within_pace(&mut pace, &owner, 6, start + Duration::from_secs(10)), Err(51));
    assert_eq!(within_pace(&mut pace, &OwnerId::local("b"), 6, start + Duration::from_secs(10)), Ok(()));
    assert_eq!(within_pace(&mut pace, &owner, 6, start + Duration::from_secs(60)), Ok(()));
    assert_eq!(pace.len(), 2);
    let later = start + Duration::from_secs(600);
    assert_eq!(within_pace(&mut pace, &OwnerId::local("c"), 6, later), Ok(()));
    assert_eq!(pace.len(), 1, "who has not started anything lately takes no room");
}
