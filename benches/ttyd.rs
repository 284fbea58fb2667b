//! The peer: ttyd, which runs a command for each browser; here `podman run`.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::{
    Outcome, floors, processes, setting,
    terminal::{self, PATIENCE, Terminal},
    web,
};

// The first byte of its messages.
const INPUT: u8 = b'0';
const OUTPUT: u8 = b'0';

pub(crate) struct Ttyd {
    process: Child,
    port: u16,
}

impl Ttyd {
    /// `BENCH_TTYD` is its command line up to its own options: it lives in a root of its own, with its own loader.
    pub(crate) fn start() -> Outcome<Ttyd> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let command = setting("BENCH_TTYD")?;
        let mut words = command.split_whitespace();
        let program = words.next().ok_or("BENCH_TTYD is empty")?;
        let process = Command::new(program)
            .args(words)
            .args(["--port", &port.to_string(), "--interface", "127.0.0.1", "--writable", "podman"])
            .args(floors::podman_run()?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{program}: {e}"))?;
        let ttyd = Ttyd { process, port };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > PATIENCE {
                return Err("ttyd does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(20)); // the pace of polling, not a wait
        }
        Ok(ttyd)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn open(&self) -> Outcome<Seat> {
        let mut socket = web::websocket(self.port, "/ws", "Sec-WebSocket-Protocol: tty\r\n")?;
        socket.send(Message::binary(br#"{"AuthToken":"","columns":80,"rows":24}"#.to_vec()))?;
        Ok(Seat { socket })
    }

    pub(crate) fn shell(&self) -> Outcome<Seat> {
        let mut seat = self.open()?;
        terminal::prompt(&mut seat)?;
        Ok(seat)
    }
}

impl Drop for Ttyd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = processes::remove_containers();
    }
}

/// One browser's terminal.
pub(crate) struct Seat {
    socket: WebSocket<TcpStream>,
}

impl Seat {
    /// Lets the shell leave, so that its container goes.
    pub(crate) fn end(mut self) -> Outcome<()> {
        terminal::leave(&mut self)?;
        while self.socket.read().is_ok() {}
        Ok(())
    }
}

impl Terminal for Seat {
    fn send(&mut self, input: &[u8]) -> Outcome<()> {
        let mut message = vec![INPUT];
        message.extend_from_slice(input);
        Ok(self.socket.send(Message::binary(message))?)
    }

    fn receive(&mut self, output: &mut Vec<u8>) -> Outcome<()> {
        if let Message::Binary(bytes) = self.socket.read().map_err(|e| format!("ttyd: {e}"))? {
            if let Some((&OUTPUT, text)) = bytes.split_first() {
                output.extend_from_slice(text);
            }
        }
        Ok(())
    }
}
