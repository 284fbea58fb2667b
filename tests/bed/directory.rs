//! The company's directory: real OpenLDAP, Samba as an Active Directory controller and 389 Directory Server, and people who
//! log in through the page. `rings.sh` starts the servers once for both releases.

#[path = "directory/front.rs"]
mod front; //    through nginx, under the system units
#[path = "directory/guessing.rs"]
mod guessing; // nobody's account is locked by guessing at Coracle
#[path = "directory/hostile.rs"]
mod hostile; //  servers that are no directory
#[path = "directory/login.rs"]
mod login; //    who gets in, and as whom
#[path = "directory/rig.rs"]
pub(crate) mod rig; //      the servers, and Coracle configured for one
#[path = "directory/states.rs"]
mod states; //   accounts that are not just good
#[path = "directory/staying.rs"]
mod staying; //  who may stay
