"""Certificates as a site with a CA of its own has them."""

import os
import subprocess

DIRECTORY = "/etc/rig"
CA, CERTIFICATE, KEY = (f"{DIRECTORY}/{name}.pem" for name in ("ca", "server", "server-key"))
NAMES = "DNS:localhost,DNS:dc1.corp.example.org,IP:127.0.0.1,IP:::1"
DAYS = "3650"  # the state that holds them is cached


def make():
    """A CA, and a server certificate by it for NAMES."""
    os.makedirs(DIRECTORY, exist_ok=True)
    ca_key = f"{DIRECTORY}/ca-key.pem"
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(
        "req", "-x509", *new_key, "-keyout", ca_key, "-out", CA, "-days", DAYS,
        "-subj", "/O=Example Works/CN=Example Works Root CA",
    )
    openssl(
        "req", "-x509", *new_key, "-keyout", KEY, "-out", CERTIFICATE, "-days", DAYS, "-CA", CA, "-CAkey", ca_key,
        "-subj", "/CN=dc1.corp.example.org", "-addext", f"subjectAltName={NAMES}",
        "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth",
    )


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
