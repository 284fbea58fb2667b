//! Sockets handed over by systemd (by name), READY, WATCHDOG, STOPPING; the accept loop that owns the idle exit.
