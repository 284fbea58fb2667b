#!/usr/bin/env python3
"""What is in the source package and not ours: crates below vendor/, and the terminal emulator below web/vendor/.

    vendored.py strip VENDOR METADATA...      leaves of crates that no METADATA names only what cargo reads, and of none a binary
    vendored.py copyright HEAD VENDOR         prints debian/copyright: HEAD, then a paragraph for each crate and licence
    vendored.py sbom METADATA LOCK VERSIONS EPOCH
                                              prints a CycloneDX document of what is in the program

Same input, same bytes. A crate that does not say its licence stops it.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import re
import sys
import tomllib

# Import libraries for Windows, objects and WebAssembly: made from something that is not there, for other systems than ours.
BINARIES = {".a", ".lib", ".o", ".obj", ".dll", ".exe", ".wasm", ".so", ".dylib"}
# Text of an RFC, whose licence no distribution calls free; the crate's tests read it, and nothing else.
NOT_FREE = {("ldap3", "data/core.ldif")}
LICENCE_FILES = re.compile(r"^(licen[cs]e|copying|unlicense|copyright|notice)", re.IGNORECASE)
COPYRIGHT_LINE = re.compile(r"^\W*(?:portions )?copyright\s+(?:\(c\)|©|[12][0-9]{3})", re.IGNORECASE)
TEMPLATE = re.compile(r"\[yyyy\]|\{yyyy\}|<year>|name of author", re.IGNORECASE)
# Debian's names where they differ from SPDX's.
DEBIAN_NAMES = {"MIT": "Expat", "LGPL-2.1-or-later": "LGPL-2.1+"}
# Texts that Debian has in /usr/share/common-licenses.
COMMON = {"Apache-2.0": "Apache-2.0", "LGPL-2.1-or-later": "LGPL-2.1"}
# Which file of a crate with several has the text of a licence.
TEXT_FILES = {
    "MIT": r"mit",
    "Unlicense": r"^unlicense$",
    "Zlib": r"zlib",
    "0BSD": r"0bsd",
    "BSD-2-Clause": r"bsd",
    "BSD-3-Clause": r"bsd",
    "ISC": r"isc|^license$",
    "Unicode-3.0": r"unicode|^license$",
}


def strip(vendor, used):
    """Removes files, and their lines in each crate's list of checksums: cargo compares that with what is there."""
    for crate in sorted(vendor.iterdir()):
        package = manifest(crate)
        sums = crate / ".cargo-checksum.json"
        listed = json.loads(sums.read_text())
        needed = (package["name"], package["version"]) in used
        for file in [f for f in crate.rglob("*") if f.is_file() and f != sums]:
            wanted = file.suffix not in BINARIES and (package["name"], str(file.relative_to(crate))) not in NOT_FREE
            if not wanted or not (needed or file.name == "Cargo.toml" or LICENCE_FILES.match(file.name)):
                file.unlink()
                listed["files"].pop(str(file.relative_to(crate)), None)
        for directory in sorted((d for d in crate.rglob("*") if d.is_dir()), reverse=True):
            if not any(directory.iterdir()):
                directory.rmdir()
        if not needed:
            (crate / "src").mkdir()
            (crate / "src/lib.rs").write_text("// Not for the systems that this package is for: vendored.py left it out.\n")
        sums.write_text(json.dumps(listed, sort_keys=True, separators=(",", ":")))


def manifest(crate):
    return tomllib.loads((crate / "Cargo.toml").read_text())["package"]


def crates(vendor):
    for directory in sorted(vendor.iterdir()):
        package = manifest(directory)
        if not package.get("license"):
            sys.exit(f"vendored.py: {directory} does not say its licence")
        texts = sorted(f for f in directory.iterdir() if f.is_file() and LICENCE_FILES.match(f.name))
        yield directory, package, texts


def expression(spdx):
    """The words of a licence expression: names, and, or, with, parentheses."""
    return re.findall(r"[()]|[^\s()]+", spdx.replace("/", " OR "))


def names_in(spdx):
    return [word for word in expression(spdx) if word not in ("(", ")", "OR", "AND")]


def in_debian(spdx):
    words = [DEBIAN_NAMES.get(word, word) for word in expression(spdx)]
    text = " ".join(word.lower() if word in ("OR", "AND", "WITH") else word for word in words)
    text = text.replace(" with LLVM-exception", " with LLVM exception")
    # A comma binds weaker than both.
    return re.sub(r"\( (.*?) \) and", r"\1, and", text)


def copyrights(directory, package, texts):
    found = []
    for file in texts:
        for line in file.read_text(errors="replace").splitlines():
            if COPYRIGHT_LINE.match(line) and not TEMPLATE.search(line):
                words = re.sub(r"^\W*(?:portions )?copyright\s*(\(c\)|©)?\s*", "", line.strip(), flags=re.IGNORECASE)
                found.append(words.strip(" .*#/"))
    found = found or [re.sub(r"\s+", " ", author) for author in package.get("authors", [])]
    found = found or [f"the authors of {package['name']}"]
    return list(dict.fromkeys(line for line in found if line))


def paragraph(text):
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "\n".join(f" {line}" if line else " ." for line in lines)


def text_of(name, all_crates):
    if name in COMMON:
        return f" The text is in /usr/share/common-licenses/{COMMON[name]} on Debian systems."
    wanted = re.compile(TEXT_FILES.get(name, re.escape(name)), re.IGNORECASE)
    alone = [(d, texts) for d, package, texts in all_crates if names_in(package["license"]) == [name] and texts]
    others = [(d, texts) for d, package, texts in all_crates if name in names_in(package["license"])]
    for _, texts in alone:
        return paragraph(texts[0].read_text())
    for _, texts in others:
        for file in texts:
            if wanted.search(file.name):
                return paragraph(file.read_text())
    sys.exit(f"vendored.py: no crate brings the text of {name}")


def copyright_file(head, vendor):
    print(head.read_text().rstrip("\n"))
    all_crates = list(crates(vendor))
    names = set()
    for directory, package, texts in all_crates:
        names.update(names_in(package["license"]))
        holders = copyrights(directory, package, texts)
        print(f"\nFiles: vendor/{directory.name}/*")
        print("Copyright: " + "\n           ".join(holders))
        print(f"License: {in_debian(package['license'])}")
    # Only ever beside "Apache-2.0 with".
    names -= {"WITH", "LLVM-exception"}
    given = set(re.findall(r"^License: (\S+)\n ", head.read_text(), re.MULTILINE))
    for name in sorted(names):
        debian = DEBIAN_NAMES.get(name, name)
        if debian not in given:
            print(f"\nLicense: {debian}\n{text_of(name, all_crates)}")
    if any("LLVM-exception" in package["license"] for _, package, _ in all_crates):
        print("\nLicense: Apache-2.0 with LLVM exception")
        print(" The text of the licence is in /usr/share/common-licenses/Apache-2.0 on Debian systems; the exception is")
        print(" at the end of the file LICENSE-Apache-2.0_WITH_LLVM-exception of the crates that have it.")


def linked(metadata):
    """The ids of our own package and of what is linked into the program: no build scripts' and no tests' crates."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    todo, seen = [metadata["resolve"]["root"]], []
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.append(here)
            for dep in nodes[here]["deps"]:
                if any(kind["kind"] is None for kind in dep["dep_kinds"]):
                    todo.append(dep["pkg"])
    return seen, nodes


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def sbom(metadata, lock, versions, epoch):
    ids, nodes = linked(metadata)
    packages = {package["id"]: package for package in metadata["packages"]}
    sums = {(p["name"], p["version"]): p["checksum"] for p in lock["package"] if "checksum" in p}
    root = packages[metadata["resolve"]["root"]]
    components = []
    for package in sorted((packages[i] for i in ids if i != root["id"]), key=lambda p: (p["name"], p["version"])):
        components.append({
            "type": "library", "bom-ref": purl(package), "name": package["name"], "version": package["version"],
            "purl": purl(package), "licenses": [{"expression": package["license"].replace("/", " OR ")}],
            "hashes": [{"alg": "SHA-256", "content": sums[package["name"], package["version"]]}],
        })
    for line in versions.splitlines():
        if line and not line.startswith("#"):
            name, version, integrity = line.split()
            reference = f"pkg:npm/{name.replace('@', '%40')}@{version}"
            digest = base64.b64decode(integrity.removeprefix("sha512-")).hex()
            components.append({
                "type": "library", "bom-ref": reference, "name": name, "version": version, "purl": reference,
                "licenses": [{"expression": "MIT"}], "hashes": [{"alg": "SHA-512", "content": digest}],
            })
    known = set(ids)
    dependencies = [
        {"ref": purl(packages[i]), "dependsOn": sorted({purl(packages[d["pkg"]]) for d in nodes[i]["deps"] if d["pkg"] in known})}
        for i in sorted(ids, key=lambda i: purl(packages[i]))
    ]
    number = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    made = datetime.datetime.fromtimestamp(epoch, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "serialNumber": f"urn:uuid:{number[:8]}-{number[8:12]}-5{number[13:16]}-8{number[17:20]}-{number[20:32]}",
        "metadata": {"timestamp": made, "component": {
            "type": "application", "bom-ref": purl(root), "name": root["name"], "version": root["version"],
            "licenses": [{"expression": root["license"]}]}},
        "components": components, "dependencies": dependencies,
    }, indent=1))


match sys.argv[1:]:
    case ["strip", vendor, *metadata]:
        packages = (package for file in metadata for package in json.loads(pathlib.Path(file).read_text())["packages"])
        strip(pathlib.Path(vendor), {(package["name"], package["version"]) for package in packages})
    case ["copyright", head, vendor]:
        copyright_file(pathlib.Path(head), pathlib.Path(vendor))
    case ["sbom", metadata, lock, versions, epoch]:
        sbom(json.loads(pathlib.Path(metadata).read_text()), tomllib.loads(pathlib.Path(lock).read_text()),
             pathlib.Path(versions).read_text(), int(epoch))
    case _:
        sys.exit(__doc__)
