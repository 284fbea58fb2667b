#!/usr/bin/env python3
"""Writes x86_64.json and aarch64.json beside itself: what a session's shell may ask of the kernel.

Run it after a change here and commit all three files; a unit test reads the profiles back and fails when a call that
must stay shut is open. One file per architecture, each native only: 32-bit and x32 calls are a second kernel surface
that no shell needs, and crun refuses socket rules for several architectures in one file.

Whatever is not named answers ENOSYS, which programs take as "an older kernel" and work around.
"""
import json
import os

ENOSYS, EPERM, EPROTONOSUPPORT, EAFNOSUPPORT = 38, 1, 93, 97

# Calls both architectures have, by what they are for.
EVERYWHERE = {
    "files: open, read, write, map their contents": """
        openat openat2 close close_range read pread64 readv preadv preadv2 write pwrite64 writev pwritev pwritev2 lseek
        copy_file_range sendfile splice tee readahead fadvise64 fallocate ftruncate truncate fsync fdatasync sync syncfs
        sync_file_range dup dup3 fcntl flock ioctl pipe2""",
    "files: names, kinds, owners, times, attributes": """
        chdir fchdir getcwd mkdirat linkat symlinkat readlinkat unlinkat renameat renameat2 getdents64 faccessat
        faccessat2 fstat newfstatat statx statfs fstatfs fchmod fchmodat fchmodat2 fchown fchownat umask utimensat
        getxattr lgetxattr fgetxattr setxattr lsetxattr fsetxattr listxattr llistxattr flistxattr removexattr
        lremovexattr fremovexattr inotify_init1 inotify_add_watch inotify_rm_watch""",
    "memory": """
        brk mmap mprotect mremap munmap msync madvise mincore mlock mlock2 mlockall munlock munlockall memfd_create
        membarrier pkey_alloc pkey_free pkey_mprotect""",
    "processes: begin, end, wait, look at and debug one's own": """
        execve execveat exit exit_group wait4 waitid getpid getppid gettid getpgid setpgid getsid setsid prctl
        pidfd_open pidfd_send_signal process_mrelease ptrace process_vm_readv process_vm_writev set_tid_address
        set_robust_list get_robust_list rseq restart_syscall""",
    "processes: who they are; without capabilities these change nothing": """
        getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid
        setfsuid setfsgid setgroups capget capset""",
    "processes: shares and limits": """
        getrlimit setrlimit prlimit64 getrusage getpriority setpriority ioprio_get ioprio_set sched_yield
        sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam
        sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
        getcpu""",
    "programs that build a narrower cage of their own": """
        seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self""",
    "signals": """
        kill tkill tgkill rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
        rt_sigtimedwait rt_tgsigqueueinfo sigaltstack signalfd4""",
    "waiting for several things, locks": """
        ppoll pselect6 epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 eventfd2 futex
        io_setup io_submit io_getevents io_cancel io_destroy""",
    "time": """
        clock_getres clock_gettime clock_nanosleep nanosleep gettimeofday getitimer setitimer times timer_create
        timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime""",
    "sockets that are there (which kinds may be made is below)": """
        socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt sendto
        sendmsg sendmmsg recvfrom recvmsg recvmmsg""",
    "queues, semaphores and shared memory between processes": """
        msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget mq_open mq_unlink mq_notify
        mq_getsetattr mq_timedreceive mq_timedsend""",
    "small questions": "getrandom sysinfo uname",
}

# x86_64 keeps the older spellings of the same things.
ONLY_X86_64 = """
    open creat access stat lstat readlink mkdir rmdir link symlink unlink rename chmod chown lchown utime utimes futimesat
    getdents dup2 pipe poll select epoll_create epoll_ctl_old epoll_wait epoll_wait_old eventfd inotify_init signalfd
    fork vfork alarm pause time getpgrp arch_prctl get_thread_area set_thread_area"""

CLONE_NEW = 0x7E020000  # every namespace flag
S_IFMT, S_IFIFO, S_IFREG = 0o170000, 0o010000, 0o100000
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16


def argument(index, op, value, second=0):
    return {"index": index, "value": value, "valueTwo": second, "op": "SCMP_CMP_" + op}


def allow(names, why, *arguments):
    return {"comment": why, "names": names.split(), "action": "SCMP_ACT_ALLOW", "args": list(arguments)}


def refuse(names, errno, why, *arguments):
    return {"comment": why, "names": names.split(), "action": "SCMP_ACT_ERRNO", "errnoRet": errno, "args": list(arguments)}


def rules(machine):
    for why, names in EVERYWHERE.items():
        yield allow(names, why)
    if machine == "x86_64":
        yield allow(ONLY_X86_64, "the older spellings")

    why = "no namespace inside the namespace: a nested user namespace is the door to most local root exploits"
    yield allow("clone", why, argument(0, "MASKED_EQ", CLONE_NEW, 0))
    yield refuse("clone3", ENOSYS, "its flags lie in memory, out of sight; the C library falls back to clone")
    yield refuse("unshare setns", EPERM, why)

    yield refuse("""mount umount2 pivot_root chroot fsopen fsmount fsconfig fspick move_mount open_tree mount_setattr
        name_to_handle_at open_by_handle_at""", EPERM, "without capabilities there is nothing to mount")
    yield refuse("add_key keyctl request_key", EPERM, "a long history of bugs, no use in a shell")
    yield refuse("bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register pidfd_getfd kcmp", EPERM,
                 "wide kernel surface; programs fall back when refused")
    yield refuse("mbind set_mempolicy get_mempolicy syslog reboot swapon swapoff sethostname setdomainname"
                 + (" modify_ldt" if machine == "x86_64" else ""), EPERM, "the machine's business, not a guest's")

    why = "pipes and plain files only; a device node would need capabilities anyway"
    for call, at in [("mknod", 1)] * (machine == "x86_64") + [("mknodat", 2)]:
        for kind in (S_IFIFO, S_IFREG):
            yield allow(call, why, argument(at, "MASKED_EQ", S_IFMT, kind))

    why = "asking, Linux, Linux without address randomisation (gdb), and 32-bit uname; READ_IMPLIES_EXEC stays shut"
    for persona in (0, 0x8, 0x20000, 0x20008, 0x40000, 0xFFFFFFFF):
        yield allow("personality", why, argument(0, "EQ", persona))

    for family in (AF_UNIX, AF_INET, AF_INET6):
        yield allow("socket", "local, IPv4 and IPv6 sockets", argument(0, "EQ", family))
    yield allow("socket", "netlink: routes and links only", argument(0, "EQ", AF_NETLINK), argument(2, "EQ", 0))
    yield refuse("socket", EPROTONOSUPPORT, "su and useradd go on without the audit socket at this answer, at no other",
                 argument(0, "EQ", AF_NETLINK), argument(2, "NE", 0))
    why = "every other family: rarely used code that many exploits began in"
    for family in sorted(set(range(17)) - {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}):
        yield refuse("socket", EAFNOSUPPORT, why, argument(0, "EQ", family))
    yield refuse("socket", EAFNOSUPPORT, why, argument(0, "GT", AF_NETLINK))


def profile(machine):
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": ENOSYS,
        "archMap": [{"architecture": "SCMP_ARCH_" + machine.upper(), "subArchitectures": []}],
        "syscalls": list(rules(machine)),
    }


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    for machine in ("x86_64", "aarch64"):
        with open(os.path.join(here, machine + ".json"), "w", encoding="ascii") as out:
            json.dump(profile(machine), out, indent=1)
            out.write("\n")
