#!/usr/bin/env python3
"""record.py NAME...: records programs for the tests of src/screen, as NAME.cast beside this file (asciicast, version 2).

Wants root, vim, tmux, htop, less, apt, git and python3 on a Debian; run it in a throw-away system. Each program runs in
namespaces of its own, under a host name and a home that are nobody's, so a recording says nothing of where it was made.
"""

import codecs, fcntl, json, os, pty, select, shutil, signal, struct, sys, tempfile, termios, time

HERE = os.path.dirname(os.path.abspath(__file__))
QUIET = 0.4  # seconds without output after which the next key is pressed
LONG = 6.0  # seconds that a program may go on printing

TEXT = "".join(f"line {n}: the quick brown fox jumps over the lazy dog, ünïcödé 日本語 😀\n" for n in range(1, 120))
COLOURS = r"""
printf 'basic  '; for c in 0 1 2 3 4 5 6 7; do printf '\033[3%dm%d\033[9%dm%d\033[4%dm \033[10%dm \033[0m' $c $c $c $c $c $c; done; echo
for c in $(seq 16 255); do printf '\033[48;5;%dm%4d' $c $c; done; printf '\033[0m\n'
for r in $(seq 0 16 255); do printf '\033[48;2;%d;100;%dm ' $r $((255 - r)); done; printf '\033[0m\n'
for s in 1 2 3 4 5 7 8 9 21 53 4:3 4:4 4:5; do printf '\033[%smstyle %s\033[0m ' $s $s; done; echo
printf '\033[4:3;58;2;255;0;0mcurly red\033[59;24m \033[4;58:5:33mblue\033[0m\n\033[44mto the edge\033[K\033[0m\n'
"""
WIDE = r"""
printf '日本語のテキスト、全角文字。한국어 문장입니다. 中文字符测试\n%.0s' 1 2 3
printf '%s\n' '👩‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷🇯🇵 ☺️ ☺ 1️⃣ #️⃣ 👍🏽 ❤️ ⚠️ ⚠' 'é à ñ ö क्षि नमस्ते ไทย עברית العربية' '각 ﷽ ﬁ ˚ ½ ── ══ ▓▒░'
printf '%078d日本語 past the edge 👩‍🚀👩‍🚀\n' 7
"""
LINKS = r"""
printf '\033]8;;https://example.org/plain\033\\a link\033]8;;\033\\ and \033]8;id=7;https://example.org/parts\033\\one\033]8;;\033\\ of '
printf '\033]8;id=7;https://example.org/parts\033\\two parts\033]8;;\033\\\n'
for n in $(seq 40); do printf '\033[3%dm\033]8;;file:///srv/%d\033\\file-%d\033]8;;\033\\\033[0m\n' $((n % 8)) $n $n; done
printf '\033]0;a title with ünïcödé\007\033]4;1;#c01c28\007\033]11;#101418\007'
"""
MOUSE = r"""
printf '\033[?1000h\033[?1002h\033[?1006h\033[?1004h\033[?2004h\033[?1h\033=\033[4 q\033[2;10r\033[?6h\033[3;3Hin the region'
printf '\0337\033[5;20H\033[1mbold\0338 saved \033(0lqqk\033(B\033[3g\033[1;9H\033H\033[1;17H\033H\n\n\n\n\n\n\n\n\n\n\tx\ty'
"""
PROGRESS = r"""
printf '\0337\033[0;23r\0338\033[1A'
for n in $(seq 1 40); do
  printf 'Unpacking package-%d (1.%d) over (1.%d) ...\r\n' $n $n $((n - 1))
  printf '\0337\033[24;0f\033[42m\033[30mProgress: [%3d%%]\033[49m\033[39m [%s] \0338' $((n * 100 / 40)) "$(printf '#%.0s' $(seq $n))"
done
printf '\0337\033[0;24r\0338\033[1A\033[J'
"""

# Meters that say nothing of the machine.
HTOP = """htop_version=3.2.2
config_reader_min_version=3
header_layout=two_50_50
column_meters_0=Clock Hostname
column_meter_modes_0=2 2
column_meters_1=Tasks
column_meter_modes_1=2
"""

# Name, size, program, keys; a pair among the keys is a new size.
RECORDINGS = {
    "vim": ((80, 24), ["vim", "-u", "NONE", "-N", "-i", "NONE", "+syntax on", "+set nu hls mouse=a", "text"],
            ["/fox\r", "3j", ":vsplit\r", "dd", "ihello 日本\x1b", (100, 30), "G", ":terminal\r", (60, 20), ":only!\r", ":q!\r", ":qa!\r"]),
    "less": ((80, 24), ["less", "-R", "-N", "text"], [" ", " ", "/dog\r", "n", "g", (60, 15), " ", "-S\r", "\x1b[C", "q"]),
    "tmux": ((80, 24), ["tmux", "-f", "/dev/null", "new", "sh"],
             ["seq 30\r", "\x02%", "ls /etc | head -40\r", '\x02"', "printf '\\033[31mred 日本\\033[0m\\n'\r", (100, 28), "\x02o", "\x02[", "\x1b[5~", "q",
              (70, 20), "\x02z", "\x02d"]),
    "htop": ((100, 30), ["htop", "-d", "5"], ["\x1b[B", "\x1b[B", "t", (80, 24), "\x1bOQ", "\x1b", "q"]),
    "apt": ((80, 24), ["sh", "-c", "apt-get -o Dpkg::Progress-Fancy=1 --color -s install hello 2>/dev/null; apt list 'libc*' 2>/dev/null | head -60; " + PROGRESS], []),
    "git": ((80, 24), ["sh", "-c", "git init -q r; cd r; git config user.name A; git config user.email a@example.org; cp ../text .; git add .; "
                       "git commit -qm one --date=2020-01-01; sed -i s/fox/cat/ text; git -c color.ui=always diff | head -90; git -c color.ui=always status"], []),
    "colours": ((80, 24), ["sh", "-c", COLOURS], [(60, 20), (90, 24)]),
    "wide": ((80, 24), ["sh", "-c", WIDE], [(50, 20), (81, 24), (40, 10), (80, 24)]),
    "links": ((80, 24), ["sh", "-c", LINKS], [(60, 24)]),
    "mouse": ((80, 24), ["sh", "-c", MOUSE], []),
    "listing": ((80, 24), ["sh", "-c", "ls -lR --color=always /usr/lib/python3*/ | head -1400"], [(50, 24), (120, 40), (80, 24)]),
    "shell": ((80, 24), ["sh"], ["PS1='$ '\r", "echo one two three\r", "cat text | head -30\r", "echo a very long command line that goes past the edge of the screen and on to "
              "the next one, so it wraps", "\x08\x08\x08", (60, 24), (30, 12), (100, 24), "\r", "clear\r", "printf '\\033[2J\\033[3J\\033[H'\r", "exit\r"]),
}


def record(name):
    (cols, rows), program, keys = RECORDINGS[name]
    home = tempfile.mkdtemp()
    with open(f"{home}/text", "w") as file:
        file.write(TEXT)
    os.makedirs(f"{home}/.config/htop")
    with open(f"{home}/.config/htop/htoprc", "w") as file:
        file.write(HTOP)
    inside = "hostname boat; mount -t tmpfs none /root; cp -r . /root/h; cd /root/h; exec setsid -c \"$@\""
    argv = ["unshare", "-mpuf", "--mount-proc", "sh", "-c", inside, "sh", *program]
    environment = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/root/h", "PS1": "$ ",
                   "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/usr/games", "COLORTERM": "truecolor", "SHELL": "/bin/sh"}
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(home)
        os.execvpe(argv[0], argv, environment)
    events, decoder, began = [], codecs.getincrementaldecoder("utf-8")("replace"), time.monotonic()

    def size(cols, rows):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def listen(quiet=QUIET):
        until = time.monotonic() + LONG
        while time.monotonic() < until and select.select([fd], [], [], quiet)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                return
            if not data:
                return
            events.append([round(time.monotonic() - began, 3), "o", decoder.decode(data)])

    size(cols, rows)
    listen(QUIET if keys else LONG)
    for key in keys:
        if isinstance(key, tuple):
            events.append([round(time.monotonic() - began, 3), "r", f"{key[0]}x{key[1]}"])
            size(*key)
        else:
            try:
                os.write(fd, key.encode())
            except OSError:
                break
        listen()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    shutil.rmtree(home)
    with open(f"{HERE}/{name}.cast", "w") as file:
        print(json.dumps({"version": 2, "width": cols, "height": rows}), file=file)
        for event in events:
            print(json.dumps(event, ensure_ascii=False), file=file)


for name in sys.argv[1:] or RECORDINGS:
    record(name)
