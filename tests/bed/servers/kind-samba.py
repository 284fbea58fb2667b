"""Samba as an Active Directory domain controller, as `servers.sh up NAME samba` runs it.

Beyond people.py it has the state `accountexpired`. Everybody's login is the sAMAccountName; full names are the CN. Binds need TLS, as by
default (`ldap server require strong auth`). The service account is an ordinary member of Domain Users.
"""

import os
import subprocess
import sys

import certificates
import people

REALM, DOMAIN = "CORP.EXAMPLE.ORG", "CORP"
SUFFIX = "DC=corp,DC=example,DC=org"
STAFF = f"OU=Staff,{SUFFIX}"
SERVICE = "coracle-svc"
ADMIN_PASSWORD = "Admin.Door-9"
STATE = "/var/lib/rig"
CONFIG = f"{STATE}/etc/smb.conf"
LONG_AGO = 127_000_000_000_000_000  # in 2003, as Windows counts time
# A lock-out lasts until an administrator ends it.
PASSWORD_RULES = {
    "min-pwd-age": 0, "max-pwd-age": 0, "account-lockout-threshold": people.LOCKOUT, "account-lockout-duration": 0,
}

# Login names that are odd themselves, as far as this kind of directory takes them.
ODD_LOGINS = ["pa(ren)", "j\u00fcrgen", "#lead"]
PEOPLE = people.PEOPLE + [
    ("accountexpired", "Acc Ount", ["developers"]),
    *((login, f"Odd Login {n}", ["developers"]) for n, login in enumerate(ODD_LOGINS)),
]


def dn_of(login, full_name):
    return people.dn_of(login, full_name, STAFF)


def tool(*words):
    subprocess.run(["samba-tool", *map(str, words), "-s", CONFIG], check=True, stdout=subprocess.DEVNULL)


def database():
    from samba.auth import system_session
    from samba.param import LoadParm
    from samba.samdb import SamDB

    settings = LoadParm()
    settings.load(CONFIG)
    return SamDB(url=f"{STATE}/private/sam.ldb", session_info=system_session(), lp=settings)


def provision():
    certificates.make()
    os.makedirs(STATE)
    subprocess.run(
        ["samba-tool", "domain", "provision", f"--realm={REALM}", f"--domain={DOMAIN}", "--server-role=dc",
         "--dns-backend=NONE", f"--adminpass={ADMIN_PASSWORD}", f"--targetdir={STATE}", "--host-name=dc1",
         "--host-ip=127.0.0.1", "--option=server services = ldap, cldap, kdc, rpc",
         f"--option=tls keyfile = {certificates.KEY}", f"--option=tls certfile = {certificates.CERTIFICATE}",
         f"--option=tls cafile = {certificates.CA}", "--option=interfaces = lo", "--option=bind interfaces only = yes"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )
    tool("domain", "passwordsettings", "set", *(f"--{name}={value}" for name, value in PASSWORD_RULES.items()))
    db = database()
    db.transaction_start()
    above = STAFF
    db.add({"dn": above, "objectClass": "organizationalUnit"})
    for deeper in people.DEEP:
        above = f"OU={people.escaped(deeper)},{above}"
        db.add({"dn": above, "objectClass": "organizationalUnit"})
    db.newuser(SERVICE, people.SERVICE_PASSWORD)
    for login, name, _ in PEOPLE:
        dn = dn_of(login, name)
        db.add({"dn": dn, "objectClass": "user", "sAMAccountName": login, "userPrincipalName": f"{login}@{REALM.lower()}"})
        db.setpassword(named(login), people.PASSWORD, login == "mustchange")
        db.enable_account(named(login))
    for group in people.GROUPS:
        db.newgroup(group, groupou=None)
    for group, inner in people.GROUPS.items():
        members = [login for login, _, groups in PEOPLE if group in groups]
        db.add_remove_group_members(group, members + inner)
    db.transaction_commit()
    states(db)


def states(db):
    db.disable_account(named("disabled"))
    db.setexpiry(named("accountexpired"), 0)
    tool("domain", "passwordsettings", "pso", "create", "short-lived", 10, "--max-pwd-age=1", "--min-pwd-age=0")
    tool("domain", "passwordsettings", "pso", "apply", "short-lived", "expired")
    # What the server itself lets nobody write: straight into the partition's file.
    import ldb

    partition = ldb.Ldb(f"tdb://{STATE}/private/sam.ldb.d/{SUFFIX.upper()}.ldb")
    for login, attribute, value in (("expired", "pwdLastSet", LONG_AGO), ("locked", "lockoutTime", LONG_AGO)):
        message = ldb.Message(db.search(expression=named(login), attrs=[])[0].dn)
        message[attribute] = ldb.MessageElement(str(value), ldb.FLAG_MOD_REPLACE, attribute)
        partition.modify(message)


def named(login):
    import ldb

    return f"(sAMAccountName={ldb.binary_encode(login)})"


def serve():
    os.makedirs("/run/samba", exist_ok=True)
    os.execvp("samba", ["samba", "-i", "-M", "single", "-s", CONFIG, "--debug-stdout", "-d", "1"])


# --- asked by tests --------------------------------------------------------------------------------------------------


def failures(login):
    """How many wrong passwords in a row it has counted, and whether that locked the account."""
    from samba.dsdb import UF_LOCKOUT

    computed = "msDS-User-Account-Control-Computed"
    entry = database().search(expression=named(login), attrs=["badPwdCount", computed])[0]
    locked = int(entry[computed][0]) & UF_LOCKOUT
    print(entry.get("badPwdCount", [b"0"])[0].decode(), "locked" if locked else "open")


def disable(login):
    database().disable_account(named(login))


def enable(login):
    """Also forgets wrong passwords."""
    db = database()
    db.enable_account(named(login))
    dn = db.search(expression=named(login), attrs=[])[0].dn
    db.modify_ldif(f"dn: {dn}\nchangetype: modify\nreplace: lockoutTime\nlockoutTime: 0\n")


def leave(login, group):
    database().add_remove_group_members(group, [login], add_members_operation=False)


def join(login, group):
    database().add_remove_group_members(group, [login])


ANSWERS = {act.__name__: act for act in (provision, serve, failures, disable, enable, leave, join)}
if __name__ == "__main__":
    ANSWERS[sys.argv[1]](*sys.argv[2:])
