//! The one door to Podman: spec → create → init → verify → attach → start → end. Its types and words stay in here.
