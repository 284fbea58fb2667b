//! In which language a browser is answered.

use crate::daemon::{Bed, can_run};
use crate::login::{as_user, sign_in_as};
use crate::wire::{body, get, header, post, status};

#[test]
fn a_page_is_in_the_language_that_was_chosen_else_in_the_one_that_is_accepted_else_in_english() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    let _daemon = bed.start();
    for (headers, tag, said) in [
        ("", "en", "User name"),
        ("Accept-Language: de-DE,de;q=0.9,en;q=0.8\r\n", "de", "Benutzername"),
        ("Accept-Language: en;q=0.5\r\nAccept-Language: de;q=0.6\r\n", "de", "Benutzername"),
        ("Accept-Language: de;q=0, *;q=0.1\r\n", "en", "User name"),
        ("Accept-Language: \u{fc}\r\n", "en", "User name"),
        ("Accept-Language: en\r\nCookie: coracle-language=de\r\n", "de", "Benutzername"),
        ("Accept-Language: de\r\nCookie: a=b; coracle-language=en\r\n", "en", "User name"),
        ("Accept-Language: de\r\nCookie: coracle-language=xx\r\n", "de", "Benutzername"),
    ] {
        let page = get(bed.address(), "/login", headers);
        assert!(page.contains(&format!("<html lang=\"{tag}\">")) && page.contains(said), "{headers}{page}");
        assert_eq!(header(&page, "cache-control"), Some("no-store"), "another language must not come from a cache");
    }
    let nowhere = get(bed.address(), "/nowhere", "Accept-Language: de\r\n");
    assert!(status(&nowhere) == 404 && nowhere.contains("Hier ist nichts"), "{nowhere}");
}

#[test]
fn what_is_refused_is_said_in_the_language_of_the_request_and_codes_stay() {
    if !can_run() {
        return;
    }
    let bed = Bed::new("");
    bed.add_mira();
    let _daemon = bed.start();
    let german = "Accept-Language: de\r\n";
    let wrong = post(bed.address(), "/login", german, "user=mira&password=wrong&next=");
    assert!(status(&wrong) == 403 && wrong.contains("gehören nicht zusammen. Referenz "), "{wrong}");
    let stranger = get(bed.address(), "/api/v1/me", german);
    assert!(body(&stranger).contains("\"title\":\"Unauthorized\""), "{stranger}");
    assert!(body(&stranger).contains("\"detail\":\"Melden Sie sich zuerst an.\""), "{stranger}");
    let (cookie, _) = sign_in_as(&bed, "mira", "");
    let home = get(bed.address(), "/", &format!("{}{german}", as_user(&cookie)));
    assert!(home.contains("Von Ihnen läuft nichts.") && home.contains("Abmelden"), "{home}");
    let gone = "/api/v1/sessions/abcdefghij23";
    let missing = get(bed.address(), gone, &format!("{}{german}", as_user(&cookie)));
    assert!(body(&missing).contains("Es gibt keine Sitzung mit dieser Kennung."), "{missing}");
    let plain = get(bed.address(), gone, &as_user(&cookie));
    assert!(body(&plain).contains("There is no session of that id."), "programs read English: {plain}");
}
