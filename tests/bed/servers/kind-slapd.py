"""OpenLDAP with its password policies and memberOf, as `servers.sh up NAME slapd` runs it.

Beyond people.py it has: states that only ppolicy knows (`grace`, `soon`), login names that are odd themselves, two
entries for the login `dup`, and a posixGroup `unixers`. The service account may read everything but passwords.
"""

import os
import subprocess
import sys
import time

import certificates
import people
import tree
from tree import GROUP_BASE, SUFFIX

POLICIES = f"ou=policies,{SUFFIX}"
ADMIN, ADMIN_PASSWORD = f"cn=admin,{SUFFIX}", "Admin.Door-9"
CONFIG, DATA = "/etc/rig/slapd.conf", "/var/lib/rig"
FOR_EVER = 10 * 365 * 86400  # s, longer than a cached state is used
LONG_AGO, NEVER_AGAIN = "20200101000000Z", "000001010000Z"

ODD_LOGINS = ["o,comma", "st*r", "pa(ren)", "back\\slash", "j\u00fcrgen", "#lead"]
EXTRA = [
    ("grace", "Gra Ce", ["developers"]),
    ("soon", "So On", ["developers"]),
    ("dup", "Dup One", ["developers"]),
    ("dup", "Dup Two", ["developers"]),
    ("erik", "Erik Unix", []),  # in unixers
    *((login, f"Odd Login {n}", ["developers"]) for n, login in enumerate(ODD_LOGINS)),
]
PEOPLE = people.PEOPLE + EXTRA

LOCKING = {"pwdLockout": "TRUE", "pwdMaxFailure": str(people.LOCKOUT), "pwdFailureCountInterval": "0"}
# Attributes of each policy; the first is everybody's.
POLICY = {
    "default": LOCKING,
    "mustchange": LOCKING | {"pwdMustChange": "TRUE"},
    "expired": LOCKING | {"pwdMaxAge": "86400"},
    "grace": LOCKING | {"pwdMaxAge": "86400", "pwdGraceAuthNLimit": "50"},
    "soon": LOCKING | {"pwdMaxAge": str(FOR_EVER), "pwdExpireWarning": str(FOR_EVER)},
}
# What makes the state of an account.
STATE = {
    "locked": {"pwdAccountLockedTime": "20260101000000Z"},
    "disabled": {"pwdAccountLockedTime": NEVER_AGAIN},
    "expired": {"pwdPolicySubentry": f"cn=expired,{POLICIES}", "pwdChangedTime": LONG_AGO},
    "grace": {"pwdPolicySubentry": f"cn=grace,{POLICIES}", "pwdChangedTime": LONG_AGO},
    "soon": {"pwdPolicySubentry": f"cn=soon,{POLICIES}", "pwdChangedTime": time.strftime("%Y%m%d%H%M%SZ", time.gmtime())},
    "mustchange": {"pwdPolicySubentry": f"cn=mustchange,{POLICIES}", "pwdReset": "TRUE"},
}

CONFIG_TEXT = f"""
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile /run/slapd.pid
TLSCACertificateFile {certificates.CA}
TLSCertificateFile {certificates.CERTIFICATE}
TLSCertificateKeyFile {certificates.KEY}
access to dn.base="" by * read
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
database mdb
directory {DATA}
suffix "{SUFFIX}"
rootdn "{ADMIN}"
rootpw "{ADMIN_PASSWORD}"
index objectClass,uid,cn,member,memberUid,entryUUID eq
overlay memberof
overlay ppolicy
ppolicy_default "cn=default,{POLICIES}"
ppolicy_use_lockout
"""


def entries():
    """Everything but the groups of names, in the order in which it can be added."""
    yield SUFFIX, {"objectClass": ["dcObject", "organization"], "o": "Example Works", "dc": "example"}
    yield tree.unit(POLICIES)
    for name, rules in POLICY.items():
        yield f"cn={name},{POLICIES}", {
            "objectClass": ["person", "pwdPolicy"], "sn": name, "pwdAttribute": "userPassword",
        } | rules
    yield from tree.below_suffix(PEOPLE, STATE)
    yield f"cn=unixers,{GROUP_BASE}", {"objectClass": "posixGroup", "gidNumber": "5000", "memberUid": "erik"}


def provision():
    certificates.make()
    os.makedirs(DATA)
    with open(CONFIG, "w") as file:
        file.write(CONFIG_TEXT)
    # slapadd writes operational attributes as they are, so nobody waits until a password has expired.
    subprocess.run(["slapadd", "-q", "-f", CONFIG], input=tree.ldif(entries()), check=True)
    # memberOf is there only for groups that are added through the server.
    server = subprocess.Popen(["slapd", "-d", "0", "-f", CONFIG, "-h", "ldap://127.0.0.1"])
    people.until_listens(389)
    tree.add(tree.groups(PEOPLE), ADMIN, ADMIN_PASSWORD)
    server.terminate()
    server.wait()


def serve():
    os.execvp("slapd", ["slapd", "-d", "0", "-f", CONFIG, "-h", "ldap://127.0.0.1 ldaps://127.0.0.1"])


# --- asked by tests --------------------------------------------------------------------------------------------------


def dn(login):
    return tree.dn(PEOPLE, login)


def operational(login):
    import ldap

    return tree.connection(ADMIN, ADMIN_PASSWORD).search_s(dn(login), ldap.SCOPE_BASE, attrlist=["+"])[0][1]


def change(of, *changes):
    from ldap.controls.simple import RelaxRulesControl

    tree.connection(ADMIN, ADMIN_PASSWORD).modify_ext_s(of, list(changes), serverctrls=[RelaxRulesControl()])


def failures(login):
    """How many wrong passwords in a row it has counted, and whether that locked the account."""
    known = operational(login)
    print(len(known.get("pwdFailureTime", [])), "locked" if "pwdAccountLockedTime" in known else "open")


def disable(login):
    import ldap

    change(dn(login), (ldap.MOD_REPLACE, "pwdAccountLockedTime", [NEVER_AGAIN.encode()]))


def enable(login):
    """Also forgets wrong passwords."""
    import ldap

    change(dn(login), *((ldap.MOD_REPLACE, name, None) for name in ("pwdAccountLockedTime", "pwdFailureTime")))


def leave(login, group):
    import ldap

    change(f"cn={group},{GROUP_BASE}", (ldap.MOD_DELETE, "member", [dn(login).encode()]))


def join(login, group):
    import ldap

    change(f"cn={group},{GROUP_BASE}", (ldap.MOD_ADD, "member", [dn(login).encode()]))


ANSWERS = {act.__name__: act for act in (provision, serve, failures, disable, enable, leave, join)}
if __name__ == "__main__":
    ANSWERS[sys.argv[1]](*sys.argv[2:])
