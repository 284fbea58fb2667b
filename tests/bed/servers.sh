#!/usr/bin/env bash
# Servers that Coracle meets in the field, each in namespaces of its own over a Debian 13 root: nothing is installed on the
# host, and nothing listens but on its loopback.
#
#   servers.sh up NAME slapd|samba|389ds [OPTION...]
#       a directory with the people of servers/people.py; its facts name PORT (LDAP, StartTLS), TLS_PORT (LDAPS), CA (file)
#   servers.sh up NAME nginx|apache|caddy|fail2ban|registry DIR [PORT...] [OPTION...]
#       with the configuration DIR/{nginx.conf,apache.conf,Caddyfile,registry.yml} or the whole configuration directory DIR of
#       fail2ban, which is /site inside; waits until all PORTs listen
#   servers.sh ask NAME WORDS...       asks or changes a directory as its administrator; see the end of servers/kind-KIND.py
#   servers.sh run NAME CMD...         as root inside; stdin, output and exit code pass
#   servers.sh halt NAME               as a server that is down: its ports refuse
#   servers.sh start NAME              again, with the data it had
#   servers.sh log NAME                what it wrote
#   servers.sh down NAME               ends it; nothing stays running, mounted or on disk
#   servers.sh once [OPTION...] -- CMD...   one command as root over a fresh root, gone after it
#   servers.sh root                    prints the path of the root
#
#   OPTION: --bind HOST-PATH:PATH      a file or directory of the host, at PATH inside
#
# `up` prints the path of the facts (see facts.sh), after OWNER=PID as for machine.sh, whose `sweep` finds servers, too.
# A directory's people are made once and kept as a second layer below each run's own.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/facts.sh
. "$BED/facts.sh"

READY_WAIT=60 # s until it answers; measured 0.3 to 6
HALT_WAIT=10  # s; servers/init.py kills after 5
KILL_WAIT=5   # s for the kernel to take the namespaces apart
LOCK_WAIT=120 # s for others that are choosing ports
LOG_TAIL=60   # lines
# Below the ports that the kernel gives to whoever connects.
FIRST_PORT=14000
LAST_PORT=14999

RIG=$BED/servers
PACKAGES=$RIG/packages
HOST_NAME=dc1.corp.example.org

usage() { die "usage: servers.sh up NAME KIND ... | ask NAME WORDS... | run NAME CMD... | halt NAME | start NAME | log NAME | down NAME | once [--bind HOST:INSIDE] -- CMD... | root"; }

# --- what is kept ----------------------------------------------------------------------------------------------------

make_root() {
  need mmdebstrap mmdebstrap
  mmdebstrap --quiet --variant=minbase --include="$(grep -v '^#' "$PACKAGES" | xargs | tr ' ' ,)" trixie "$1"
}

root() { keep root-servers "$(key_of "$PACKAGES")" "" make_root; }

# The state of a directory: what its kind's `provision` wrote over the root.
make_state() {
  local goal=$1
  mkdir -p "$goal.making/upper"
  # A shell in front reaps what a server leaves.
  # shellcheck disable=SC2016  # expanded by the inner shell
  "${NAMESPACES[@]}" --net "$0" --inside "$goal.making" "$(root)" -- \
    sh -euc 'ip link set lo up; python3 "/rig/kind-$1.py" provision' _ "$KIND" || {
    rm -rf --one-file-system "$goal.making"
    return 1
  }
  mv -T "$goal.making/upper" "$goal"
  rm -rf --one-file-system "$goal.making"
}

state() { keep "state-$KIND" "$(key_of "$PACKAGES" "$RIG"/{people,certificates,tree}.py "$RIG/kind-$KIND.py")" "" make_state; }

# --- namespaces ------------------------------------------------------------------------------------------------------

# Their first process ends with the one that made them, and everything in them with it.
NAMESPACES=(unshare --mount --propagation private --pid --fork --kill-child --uts --ipc)

# inside WORK LAYERS [HOST:INSIDE...] -- COMMAND...: becomes the command, with WORK's overlay over LAYERS as the whole
# file system.
inside() {
  local work=$1 layers=$2 bind from to
  shift 2
  mkdir -p "$work"/{upper,work,merged}
  mount -t overlay -o "lowerdir=$layers,upperdir=$work/upper,workdir=$work/work" overlay "$work/merged"
  cd "$work/merged" || exit
  mkdir -p rig
  mount --bind "$RIG" rig
  mount -o remount,bind,ro rig
  mount --rbind /dev dev
  mount -t tmpfs tmpfs dev/shm
  mount -t tmpfs -o mode=755 tmpfs run
  while [ "$1" != -- ]; do
    bind=$1 from=${1%:*} to=.${1##*:}
    [[ $bind == /*:/* ]] || die "--bind takes HOST-PATH:PATH, both absolute: '$bind'"
    if [ -d "$from" ]; then mkdir -p "$to"; else mkdir -p "$(dirname "$to")" && touch "$to"; fi
    mount --rbind "$from" "$to"
    shift
  done
  shift
  mount -t proc proc proc
  hostname "$HOST_NAME"
  printf '127.0.0.1 localhost\n127.0.0.1 %s %s\n::1 localhost\n' "$HOST_NAME" "${HOST_NAME%%.*}" >etc/hosts
  pivot_root . .
  umount -l .
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# Sets BINDS and WORDS from --bind and the other words.
take_options() {
  BINDS=() WORDS=()
  while [ $# -gt 0 ]; do
    case $1 in
    --bind)
      BINDS+=("${2:?--bind takes HOST-PATH:PATH}")
      shift 2
      ;;
    --)
      shift
      WORDS+=("$@")
      break
      ;;
    *)
      WORDS+=("$1")
      shift
      ;;
    esac
  done
}

# --- start -----------------------------------------------------------------------------------------------------------

# Sets LAYERS, and for a directory CA; makes what is not there yet.
prepare() {
  LAYERS=$(root) CA=''
  case $KIND in
  slapd | samba | 389ds)
    [ "${#WORDS[@]}" = 0 ] || die "$KIND takes no more words: ${WORDS[*]}"
    CA=$(state)/etc/rig/ca.pem
    LAYERS=$(state):$LAYERS
    ;;
  nginx | apache | caddy | fail2ban | registry)
    [ -d "${WORDS[0]-}" ] || die "servers.sh up NAME $KIND DIR: no directory '${WORDS[0]-}'"
    BINDS+=("$(readlink -f "${WORDS[0]}"):/site")
    ;;
  *) die "a server is slapd, samba, 389ds, nginx, apache, caddy, fail2ban or registry, and not '$KIND'" ;;
  esac
}

# Sets COMMAND to what servers/init.py is told, PORTS, and for a directory PORT and TLS_PORT.
compose() {
  PORT='' TLS_PORT='' PORTS=("${WORDS[@]:1}")
  case $KIND in
  slapd | samba | 389ds)
    PORT=$(unclaimed_port "$FIRST_PORT" "$LAST_PORT")
    TLS_PORT=$(unclaimed_port $((PORT + 1)) "$LAST_PORT")
    PORTS=("$PORT" "$TLS_PORT")
    COMMAND=(--relay "$PORT:389" --relay "$TLS_PORT:636" -- python3 "/rig/kind-$KIND.py" serve)
    ;;
  nginx) COMMAND=(-- nginx -c /site/nginx.conf -g 'daemon off;') ;;
  apache) COMMAND=(-- apache2 -f /site/apache.conf -D FOREGROUND) ;;
  caddy) COMMAND=(-- caddy run --config /site/Caddyfile --adapter caddyfile) ;;
  registry) COMMAND=(-- docker-registry serve /site/registry.yml) ;;
  fail2ban) COMMAND=(-- fail2ban-server -f -c /site -s /run/fail2ban.sock -p /run/fail2ban.pid) ;;
  esac
}

# shellcheck disable=SC2034  # some are for write_facts
up() {
  local lock port
  valid_name "${1-}"
  NAME=$1 KIND=${2-} SUITE=trixie
  shift 2 || usage
  take_options "$@"
  "$BED/machine.sh" sweep
  WORK=$MACHINES/$NAME HOMES='' L='' LBORN=''
  [ ! -e "$WORK" ] || die "server '$NAME' exists: servers.sh down $NAME"
  prepare
  install -d -m 755 "$CACHE" "$MACHINES"
  # A port is free until somebody listens: one start at a time.
  exec {lock}>"$CACHE/servers.lock"
  flock -w "$LOCK_WAIT" "$lock" || die "waited $LOCK_WAIT s for another run that is starting a server"
  compose
  install -d -m 755 "$WORK"
  trap 'say "server $NAME did not start"; tail -n 20 "$WORK/log" >&2 || true; down "$NAME"' EXIT
  setsid "${NAMESPACES[@]}" "$0" --inside "$WORK" "$LAYERS" ${BINDS[@]+"${BINDS[@]}"} -- python3 /rig/init.py "${COMMAND[@]}" \
    </dev/null >"$WORK/log" 2>&1 {lock}>&- &
  P=$!
  PBORN=$(born "$P")
  write_facts
  printf 'KIND=%s PORT=%s TLS_PORT=%s\nCA=%s\n' "$KIND" "$PORT" "$TLS_PORT" "$CA" >>"$WORK/facts"
  for port in ${PORTS[@]+"${PORTS[@]}"}; do
    within "$READY_WAIT" listens "$port" || die "nobody listens on port $port after $READY_WAIT s"
  done
  exec {lock}>&-
  within "$READY_WAIT" answers || die "it does not answer after $READY_WAIT s"
  alive "$P" "$PBORN" || die "it ended while it was starting"
  trap - EXIT
  facts_of "$NAME"
  echo
}

listens() { grep -hq "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F:]* 0A" /proc/net/tcp /proc/net/tcp6 || ! alive "$P" "$PBORN"; }

# A directory answers once it shows its root entry; the others once their ports listen.
answers() {
  ! alive "$P" "$PBORN" || case $KIND in
  slapd | samba | 389ds) within_it ldapsearch -x -LLL -o nettimeout=2 -H ldap://127.0.0.1 -s base -b '' 1.1 >/dev/null 2>&1 ;;
  fail2ban) within_it fail2ban-client -c /site -s /run/fail2ban.sock ping >/dev/null 2>&1 ;;
  esac
}

# --- while it runs ---------------------------------------------------------------------------------------------------

load_running() {
  load "${1-}"
  alive "$P" "$PBORN" || die "no server '$NAME' is running: servers.sh up $NAME KIND"
}

# The first process of the namespaces.
first() { pgrep -P "$P"; }

within_it() {
  nsenter -t "$(first)" -a -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

says() { [ "$(cat "/proc/$(first)/root/run/server-state" 2>/dev/null)" = "$1" ] || ! alive "$P" "$PBORN"; }

halt() {
  kill -USR1 "$(first)"
  within "$HALT_WAIT" says halted || die "server $NAME does not halt within $HALT_WAIT s"
}

start() {
  kill -USR2 "$(first)"
  within "$HALT_WAIT" says up || die "server $NAME does not start within $HALT_WAIT s"
  within "$READY_WAIT" answers || die "server $NAME does not answer after $READY_WAIT s"
  alive "$P" "$PBORN" || die "server $NAME ended; its words are in $WORK/log"
}

gone() { ! alive "$P" "$PBORN" && { [ -z "$FIRST" ] || ! alive "$FIRST" "$FIRSTBORN"; }; }

down() {
  load "${1-}"
  [ -d "$WORK" ] || return 0
  FIRST='' FIRSTBORN=''
  if alive "$P" "$PBORN"; then
    FIRST=$(first || true)
    FIRSTBORN=$([ -z "$FIRST" ] || born "$FIRST")
    kill -KILL "$P" 2>/dev/null || true
    within "$KILL_WAIT" gone || die "server $NAME would not die; its files stay in $WORK"
  fi
  rm -rf --one-file-system "$WORK"
  rmdir "$MACHINES" 2>/dev/null || true
}

once() {
  local work status=0
  take_options "$@"
  [ "${#WORDS[@]}" -gt 0 ] || usage
  install -d -m 755 "$CACHE"
  work=$(mktemp -d "$CACHE/once.XXXXXX")
  # shellcheck disable=SC2064  # now
  trap "rm -rf --one-file-system '$work'" EXIT
  "${NAMESPACES[@]}" "$0" --inside "$work" "$(root)" ${BINDS[@]+"${BINDS[@]}"} -- "${WORDS[@]}" || status=$?
  return "$status"
}

verb=${1-}
case $verb in
up | ask | run | halt | start | log | down | once | root | --inside)
  become_root "$@"
  shift
  ;;
*) usage ;;
esac
case $verb in
up) up "$@" ;;
ask | run | halt | start | log)
  load_running "${1-}"
  shift
  case $verb in
  ask) within_it python3 "/rig/kind-$KIND.py" "$@" ;;
  run) within_it "$@" ;;
  halt) halt ;;
  start) start ;;
  log) tail -n "$LOG_TAIL" "$WORK/log" ;;
  esac
  ;;
down) down "$@" ;;
once) once "$@" ;;
root) root ;;
--inside) inside "$@" ;;
esac
