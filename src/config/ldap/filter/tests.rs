use ldap3::asn1::{ASNTag as _, PL, StructureTag};
use proptest::prelude::*;

use super::{super::Dn, *};

const AD: &str = "(&(objectCategory=person)(objectClass=user)(sAMAccountName={username})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))";

/// The filter as it goes over the wire, with every value in its place.
fn sent(filter: &Filter) -> Vec<Vec<u8>> {
    fn walk(tag: &StructureTag, path: &mut Vec<u8>, into: &mut Vec<Vec<u8>>) {
        path.push(u8::try_from(tag.id).unwrap());
        match &tag.payload {
            PL::P(bytes) => into.push([path.as_slice(), b"|", bytes].concat()),
            PL::C(tags) => {
                into.push(path.clone());
                tags.iter().for_each(|tag| walk(tag, path, into));
            }
        }
        path.pop();
    }
    let tag = ldap3::parse_filter(filter.as_str()).expect("a filled template is a filter").into_structure();
    let mut all = Vec::new();
    walk(&tag, &mut Vec::new(), &mut all);
    all
}

/// What must be sent: the template's own structure, with `value` where the sample stood.
fn expected(template: &FilterTemplate, sample: &str, value: &str) -> Vec<Vec<u8>> {
    let mut all = sent(&template.fill(sample, sample));
    for item in &mut all {
        if let Some(before) = item.strip_suffix(sample.as_bytes()) {
            *item = [before, value.as_bytes()].concat();
        }
    }
    all
}

#[test]
fn what_people_type_to_be_everybody_is_a_value() {
    let template = FilterTemplate::parse("(&(objectClass=inetOrgPerson)(uid={username}))").unwrap();
    for typed in
        ["*", "alice)(uid=*", "*)(objectClass=*", "a\\2a", "\\", "(", ")", "\0", "alice*", "Jos\u{e9}", "#lead"]
    {
        let filter = template.fill(typed, "");
        assert_eq!(sent(&filter), expected(&template, "sample", typed), "{filter}");
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
        for text in [AD, "(|(uid={username})(mail={username}))", "(|(member={user_dn})(memberUid={username}))"] {
            let template = FilterTemplate::parse(text).unwrap();
            prop_assert_eq!(sent(&template.fill(&typed, &typed)), expected(&template, "sample", &typed));
        }
    }

    #[test]
    fn no_input_leaves_its_position_in_a_dn(typed in r#"[a-c,+"\\<>;=# \x01-\x{20ac}]{1,40}"#) {
        let template = BindTemplate::parse("uid={username},ou=people,dc=example,dc=org").unwrap();
        let name = template.fill(&typed).unwrap();
        let dn = Dn::parse(name.as_str());
        prop_assert!(dn.is_some(), "{}", name.as_str());
        let dn = dn.unwrap();
        prop_assert_eq!(dn.depth(), 4);
        let rest = Dn::parse("uid=x,ou=people,dc=example,dc=org").unwrap();
        prop_assert!(dn.has_parent_of(&rest));
        // As directories compare it: without case, with single blanks, which the escapes at its ends are not.
        let plain = |text: &str| text.to_lowercase().split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        prop_assert_eq!(plain(std::str::from_utf8(dn.first_value()).unwrap()), plain(&typed));
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
