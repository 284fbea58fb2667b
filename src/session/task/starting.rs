//! From the first stage of a launch to a shell that runs.

use std::sync::PoisonError;

use tokio::{sync::mpsc, time::Instant};

use super::{Ending, FIRST_SIZE, Report, Running, Sailing, Work};
use crate::{
    audit,
    podman::{Prepared, Pulled},
    session::{
        EndReason, Size,
        launch::{Failure, Leftover, Stage},
        resize::Resizer,
        state::{Event, State},
    },
    terminal::{Step, ToClient},
};

impl Sailing {
    pub(super) fn stage(&mut self, stage: Stage) {
        match stage {
            Stage::Waiting(place, of) => self.progress(ToClient::step(Step::Queue, place as u64, of as u64)),
            Stage::LeftQueue => self.step(Event::LeftQueue),
            Stage::Slot(slot) => {
                self.t.record.mapping = slot.mapping;
                *self.t.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(slot);
                self.remember();
            }
            Stage::PullBegan => self.step(Event::PullBegan),
            Stage::Pull(Pulled { done, total, layers, complete, text }) => {
                self.progress(ToClient::Progress { step: Step::Pull, done, total, layers, complete, text });
            }
            Stage::PullOver => self.step(Event::PullOver),
            Stage::Image(digest) => self.image = digest,
            Stage::Step(step) => self.progress(ToClient::step(step, 0, 0)),
            Stage::Prepared(prepared) => {
                self.facts.clone_from(&prepared.facts);
                self.proven = Some(prepared.certificate.clone());
                self.work = Work::Prepared(prepared);
                if let State::Ending(reason) = self.t.machine.state() {
                    return self.take_down(reason);
                }
                match self.size {
                    Some(size) => self.start_shell(size),
                    None => self.first_size = Some(Instant::now() + FIRST_SIZE),
                }
            }
            Stage::Failed(failure) => self.failed(failure),
        }
    }

    pub(super) fn failed(&mut self, Failure { reason, detail, container }: Failure) {
        tracing::warn!(session = %self.id(), %reason, detail, "the session did not start");
        self.work = if container == Leftover::Perhaps { Work::Adrift } else { Work::Nothing };
        drop(self.leaving.take()); // nothing to leave
        let left_behind = container == Leftover::Later;
        if let State::Ending(reason) = self.t.machine.state() {
            if let Some(ending) = &mut self.ending {
                ending.left_behind = left_behind;
            }
            return self.take_down(reason);
        }
        self.ending = Some(Ending { detail, left_behind, ..Ending::by_itself(reason) });
        self.step(Event::Failed(reason));
    }

    pub(super) fn start_shell(&mut self, size: Size) {
        self.first_size = None;
        let Work::Prepared(prepared) = std::mem::replace(&mut self.work, Work::Starting) else { return };
        self.progress(ToClient::step(Step::Start, 0, 0));
        self.set_size(size);
        self.resizer = Some(Resizer::new(prepared.sizes(), size));
        let (reports, recording) = (self.t.reports.0.clone(), self.t.recording.clone());
        tokio::spawn(async move {
            let begun = match recording {
                Some(recording) => recording.begin(size).await,
                None => Ok(()),
            };
            let report = match begun {
                Ok(()) => match prepared.start(size).await {
                    Ok((terminal, conmon)) => Report::Running(Running { terminal, conmon }),
                    Err(error) => Report::Stage(Stage::Failed(Failure::of_container(error))),
                },
                Err(detail) => Report::Stage(Stage::Failed(unrecorded(*prepared, detail).await)),
            };
            if let Err(mpsc::error::SendError(Report::Running(running))) = reports.send(report).await {
                running.terminal.leave().await; // the session's task is gone; its watcher removes the container
            }
        });
    }

    pub(super) fn running(&mut self, running: Running) {
        self.take_terminal(running);
        if let State::Ending(reason) = self.t.machine.state() {
            return self.take_down(reason);
        }
        self.t.record.certificate = self.proven.take();
        self.progress = None;
        self.audit_start();
        self.step(Event::Running);
        self.remember();
        if let (Some(size), Some(resizer)) = (self.size, &self.resizer) {
            resizer.resize(size); // it may have changed since the shell was given its first one
        }
        self.welcome();
        self.show_to_onlookers();
        if let Some((departure, done)) = self.leaving.take() {
            self.leave(departure, done);
        }
    }

    fn progress(&mut self, frame: ToClient) {
        self.progress = Some(frame.clone());
        self.tell_all(&frame);
    }

    pub(super) fn audit_start(&self) {
        let record = &self.t.record;
        audit::record(&audit::Event::SessionStart {
            id: record.id,
            user: &record.person.name,
            profile: &record.profile.name,
            image: &self.image,
            facts: &self.facts,
        });
    }
}

/// What has to be recorded and cannot be does not start.
async fn unrecorded(prepared: Prepared, detail: String) -> Failure {
    let container = if prepared.abandon().await.is_ok() { Leftover::None } else { Leftover::Perhaps };
    Failure { reason: EndReason::RecordingFailed, detail, container }
}
