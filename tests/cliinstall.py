"""make install, manual pages, completion.  Part of run-cli."""

import os
import re
import subprocess
import tempfile

import suite

CASES = []


def case(f):
    CASES.append(f)
    return f


def once(f):
    f.once = True
    return f


def eq(got, want):
    assert got == want, f"want {want!r}\ngot  {got!r}"


def verbs(g):
    status, out = g("--help")
    eq(status, 0)
    return re.findall(r"^  ([a-z]+) ", out, re.M)


def options(g, verb):
    """The options in the first columns of a verb's help."""
    status, out = g(verb, "--help")
    eq(status, 0)
    found = set()
    for line in out.splitlines():
        m = re.match(r" {1,6}(-\S.*?)(  |$)", line)
        if m:
            found |= set(re.findall(r"(?:^|[ ,|])(--?[a-zA-Z][-a-z]*)",
                                    m.group(1)))
    return found


@case
@once
def install(g):
    """It runs from where it was put, without the tree that made it."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as d:
        os.chmod(d, 0o755)
        log = subprocess.run(
            ["make", "-s", "-C", suite.TOP, f"B={suite.BUILD}",
             f"DESTDIR={d}", "PREFIX=/opt/guise", "install"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert log.returncode == 0, log.stdout.decode()
        top = d + "/opt/guise"
        for name in ("bin/guise", "libexec/guise/guise-kern",
                     "share/man/man1/guise.1",
                     "share/bash-completion/completions/guise",
                     "share/zsh/site-functions/_guise"):
            assert os.path.exists(f"{top}/{name}"), name
        for verb in verbs(g):
            page = f"{top}/share/man/man1/guise-{verb}.1"
            assert os.path.exists(page), page
        argv = [top + "/bin/guise", "try", "--", "echo", "installed"]
        eq(suite.run(argv, cwd="/"), (0, "installed\n"))
        eq(suite.run(suite.as_nobody(argv), cwd="/"), (0, "installed\n"))


@case
@once
def manual_pages(g):
    """Each verb has one, and each option of its help stands in it."""
    page = {}
    for verb in verbs(g):
        with open(f"{suite.TOP}/man/guise-{verb}.1", encoding="utf-8") as f:
            page[verb] = f.read()
    for verb, text in page.items():
        shared = text
        if verb == "try":
            shared += page["run"]
        missing = []
        for opt in options(g, verb) - {"-h", "--help"}:
            name = opt[1:].replace("-", r"\\?-")
            if not re.search(rf"(^|[\s,]){name}(?![a-z])", shared, re.M):
                missing.append(opt)
        eq((verb, sorted(missing)), (verb, []))


def complete(g, *words):
    """What bash offers for the last word."""
    script = (f". {suite.TOP}/cmd/guise/completion/guise.bash\n"
              "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _guise; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    r = subprocess.run(["bash", "-c", script, "bash", g.bin, *words],
                       stdout=subprocess.PIPE, check=True, cwd="/",
                       encoding="utf-8")
    return r.stdout.split()


@case
@once
def bash_completion(g):
    eq(complete(g, "tr"), ["try", "trace"])
    eq(set(verbs(g)) - set(complete(g, "")), set())
    for verb in ("run", "try", "syscalls"):
        eq((verb, sorted(options(g, verb) - set(complete(g, verb, "-")))),
           (verb, []))
    eq(complete(g, "try", "--comm"), ["--commit"])
    assert "/usr" in complete(g, "run", "--rootfs", "/us")
    eq(complete(g, "syscalls", "--abi", "free"), ["freebsd64"])
    assert "env" in complete(g, "try", "--", "en")
    assert "root" in complete(g, "run", "-u", "roo")
