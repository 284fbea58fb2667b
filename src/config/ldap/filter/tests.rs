use ldap3::asn1::{ASNTag as _, PL};
use proptest::prelude::*;

use super::{
    position::{stays_a_name, stays_a_value},
    *,
};

const AD: &str = "(&(objectCategory=person)(objectClass=user)(sAMAccountName={username})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))";

#[test]
fn what_people_type_to_be_everybody_is_a_value() {
    let template = FilterTemplate::parse("(&(objectClass=inetOrgPerson)(uid={username}))").unwrap();
    for typed in
        ["*", "alice)(uid=*", "*)(objectClass=*", "a\\2a", "\\", "(", ")", "\0", "alice*", "Jos\u{e9}", "#lead"]
    {
        stays_a_value(&template, typed);
    }
    assert_eq!(template.fill("st*r", "").as_str(), "(&(objectClass=inetOrgPerson)(uid=st\\2ar))");
}

#[test]
fn a_placeholder_stands_where_a_value_stands_or_nowhere() {
    for (text, why) in [
        ("({username}=x)", NotAFilter::Position),
        ("({username})", NotAFilter::Position),
        ("(uid=a){username}", NotAFilter::Position),
        ("{username}", NotAFilter::Position),
        ("(&{username}(uid=x))", NotAFilter::Position),
        ("(uid=\\{username})", NotAFilter::Position),
        ("(uid=\\4{username})", NotAFilter::Position),
        ("(uid={user})", NotAFilter::Placeholder),
        ("(uid={username)", NotAFilter::Placeholder),
        ("(uid=username})", NotAFilter::Placeholder),
        ("(uid={})", NotAFilter::Placeholder),
        ("(uid=%s)(", NotAFilter::Syntax),
        ("uid={username}", NotAFilter::Syntax),
        ("(&(uid={username})", NotAFilter::Syntax),
        ("(uid={username}))", NotAFilter::Syntax),
        ("", NotAFilter::Syntax),
    ] {
        assert_eq!(FilterTemplate::parse(text), Err(why), "{text}");
    }
    assert_eq!(Filter::parse("(uid={username})"), Err(NotAFilter::NoPlaceholderHere));
    assert!(Filter::parse("(!(loginShell=/sbin/nologin))").is_ok());
    let deep = format!("{}(uid={{username}}){}", "(!".repeat(16), ")".repeat(16));
    assert_eq!(FilterTemplate::parse(&deep), Err(NotAFilter::Syntax));
    assert_eq!(FilterTemplate::parse(&"x".repeat(3000)), Err(NotAFilter::TooLong));
}

#[test]
fn a_filter_for_anybody_keeps_the_rest_of_it() {
    let of = |text: &str| FilterTemplate::parse(text).unwrap();
    assert_eq!(of(AD).fill_any().as_str(), AD.replace("{username}", "*"));
    assert!(of(AD).can_be_any() && of("(mail={username}@example.org)").can_be_any());
    for odd in ["(uid:caseExactMatch:={username})", "(uid>={username})", "(cn=*{username}*)"] {
        assert!(!of(odd).can_be_any(), "{odd}");
    }
}

#[test]
fn a_login_name_is_a_value_of_the_dn_whatever_is_typed() {
    let template = BindTemplate::parse("uid={username},ou=people,dc=example,dc=org").unwrap();
    let filled = |typed: &str| template.fill(typed).unwrap().as_str().to_owned();
    assert_eq!(filled("mallory,ou=nest"), "uid=mallory\\2cou\\3dnest,ou=people,dc=example,dc=org");
    assert_eq!(filled("mira"), "uid=mira,ou=people,dc=example,dc=org");
    assert_eq!(template.fill(""), None);
}

#[test]
fn a_login_name_of_active_directory_has_no_sign_that_would_make_it_another_kind_of_name() {
    for template in ["{username}@ad.example.org", "EXAMPLE\\{username}"] {
        let template = BindTemplate::parse(template).unwrap();
        assert!(template.fill("mira.k-2").is_some() && template.fill("J\u{fc}rgen").is_some());
        for typed in ["CN=x,DC=y", "OTHER\\mira", "mira@other", "a/b", "a*", "a:b", ""] {
            assert_eq!(template.fill(typed), None, "{typed}");
        }
    }
}

#[test]
fn a_bind_template_is_a_dn_or_a_login_name() {
    for text in [
        "uid=x",
        "{username}",
        "uid={username},ou={username}",
        "uid={user},dc=x",
        "{username}=x,dc=y",
        "uid=a,{username}",
        "uid=\\{username},dc=x",
        "\\{username}",
        "@{username}",
        "{username}@",
        "a{username}@x",
        "uid={username},dc",
        "uid={username},dc=\u{7}",
    ] {
        assert!(BindTemplate::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_input_leaves_its_position_in_a_filter(typed in r"[a-c()*\\&|!=:~<> \x00-\x{20ac}]{0,40}") {
        for text in [AD, "(|(uid={username})(mail={username}))", "(|(member={user_dn})(memberUid={username}))", "(|(cn=a*{username}b)(mail={username}@x))"] {
            let template = FilterTemplate::parse(text).unwrap();
            stays_a_value(&template, &typed);
        }
    }

    #[test]
    fn no_input_leaves_its_position_in_a_dn(typed in r#"[a-c,+"\\<>;=# \x01-\x{20ac}]{1,40}"#) {
        stays_a_name(&typed);
    }

    #[test]
    fn no_template_makes_the_parsers_panic(text in r"[a-c(){}&|!=*\\@,username_dn\x00-\x{20ac}]{0,60}") {
        let _ = (FilterTemplate::parse(&text), BindTemplate::parse(&text), Filter::parse(&text));
    }

    #[test]
    fn bytes_are_a_value_too(bytes in proptest::collection::vec(any::<u8>(), 1..20)) {
        let filter = Filter::equals_bytes("objectGUID", &bytes);
        let tag = ldap3::parse_filter(filter.as_str()).unwrap().into_structure();
        let PL::C(parts) = tag.payload else { panic!("an equality has two parts") };
        prop_assert_eq!(&parts[1].payload, &PL::P(bytes));
    }
}
