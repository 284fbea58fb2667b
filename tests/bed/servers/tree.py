"""The tree that OpenLDAP and 389 Directory Server have in common."""

import base64
import subprocess

import people

SUFFIX = "dc=example,dc=org"
PEOPLE_BASE, GROUP_BASE = f"ou=people,{SUFFIX}", f"ou=groups,{SUFFIX}"
SERVICE = f"cn=coracle,ou=services,{SUFFIX}"


def dn_of(login, full_name):
    return people.dn_of(login, full_name, PEOPLE_BASE)


def dn(known, login):
    return next(dn_of(other, name) for other, name, _ in known if other == login)


def unit(dn):
    return dn, {"objectClass": "organizationalUnit"}


def below_suffix(known, states):
    """Units, the service account and people, with the attributes that make the state of an account."""
    for name in ("people", "groups", "services"):
        yield unit(f"ou={name},{SUFFIX}")
    yield SERVICE, {"objectClass": ["person"], "sn": "Coracle", "userPassword": people.SERVICE_PASSWORD}
    above = PEOPLE_BASE
    for deeper in people.DEEP:
        above = f"ou={people.escaped(deeper)},{above}"
        yield unit(above)
    for login, name, _ in known:
        yield dn_of(login, name), {
            "objectClass": "inetOrgPerson", "uid": login, "sn": name, "userPassword": people.PASSWORD,
        } | states.get(login, {})


def groups(known):
    """Groups of names, each behind those that are in it."""
    for group, inner in reversed(people.GROUPS.items()):
        members = [dn_of(login, name) for login, name, groups in known if group in groups]
        members += [f"cn={other},{GROUP_BASE}" for other in inner]
        yield f"cn={group},{GROUP_BASE}", {"objectClass": "groupOfNames", "member": members}


def ldif(entries):
    def line(attribute, value):
        return f"{attribute}:: {base64.b64encode(value.encode()).decode()}\n"

    text = ""
    for dn, attributes in entries:
        text += line("dn", dn)
        for attribute, values in attributes.items():
            text += "".join(line(attribute, value) for value in ([values] if isinstance(values, str) else values))
        text += "\n"
    return text.encode()


def add(entries, admin, password):
    words = ["ldapadd", "-x", "-H", "ldap://127.0.0.1", "-D", admin, "-w", password]
    subprocess.run(words, input=ldif(entries), stdout=subprocess.DEVNULL, check=True)


def connection(admin, password):
    """As the directory's administrator."""
    import ldap

    found = ldap.initialize("ldap://127.0.0.1")
    found.simple_bind_s(admin, password)
    return found
