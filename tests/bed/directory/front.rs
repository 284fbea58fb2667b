//! Everything at once, as a company has it: the system units, nginx with the sample, https, Active Directory.

use super::rig::{Kind, PASSWORD, Rig, SERVICE_PASSWORD, Tls, profiles};
use crate::{
    account::System,
    browser::Browser,
    machine::until,
    proxy::front::{self, Choice, Front, NAME, SAMPLE_TIMEOUT, Upstream},
};

#[tokio::test]
async fn somebody_of_active_directory_logs_in_through_nginx_over_https_and_gets_a_shell() {
    let rig = Rig::of(Kind::Samba);
    let public_url = format!("https://{NAME}:{}", front::ports().1);
    let system = System::start(
        &format!(
            "[server]\npublic_url = \"{public_url}\"\ntrusted_proxies = [\"127.0.0.1\"]\n\
             [auth]\nbackends = [\"ldap\"]\n[auth.ldap]\n{}",
            rig.connection(Tls::Whole)
        ),
        "",
    );
    // As the manual says: the password is a credential, which systemd reads as root.
    let put = |line: &str, text: &str| {
        let done = system.machine.run(&["sh", "-c", line], text);
        assert_eq!(done.code, 0, "{done:?}");
    };
    put("umask 077; cat > /etc/coracle/credentials/ldap-bind-password", SERVICE_PASSWORD);
    put("cat > /etc/coracle/ca.pem", &std::fs::read_to_string(&rig.ca).expect("the CA is readable"));
    let choice = Choice { upstream: Upstream::Tcp, base: "", timeout: SAMPLE_TIMEOUT };
    let nginx = Front::start(front::Kind::Nginx, choice, 0);

    let mut mira = Browser::on(nginx.road.clone());
    let page = mira.get("/login").await;
    assert!(page.status == 200 && page.body.contains("name=\"password\""), "{page:?}");
    let answer = mira.login("mira", PASSWORD).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let me = mira.get("/api/v1/me").await.json();
    assert_eq!((&me["user"], &me["admin"]), (&"mira".into(), &false.into()), "{me}");
    assert_eq!(profiles(&mira).await, ["shell"]);
    let (id, mut terminal) = mira.shell().await;
    assert_eq!(terminal.ask("echo $((6*7))").await, "42");
    terminal.type_in("exit 7\r").await;
    assert_eq!(terminal.ends().await, ("exit".to_owned(), Some(7)));
    assert_eq!(system.end_of(&id), ("exit".to_owned(), "mira".to_owned()));
    let login = until("her login is audited", || {
        system.journal(&["_SYSTEMD_UNIT=coracle.service", "CORACLE_EVENT=login", "CORACLE_USER=mira"]).pop()
    });
    assert_eq!(login["CORACLE_PEER"], "127.0.0.77", "where she is, and not where nginx is: {login}");
    assert_eq!(Browser::on(nginx.road.clone()).login("mira", "not hers").await.status, 403);
    system.nothing_left();
    system.sh("rm /etc/coracle/credentials/ldap-bind-password /etc/coracle/ca.pem");
}
