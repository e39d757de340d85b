// SPDX-License-Identifier: Apache-2.0
// The allow-list. What is not here fails with EPERM: fork, exec, sockets, ptrace, mounts, keys, io_uring, bpf, and all
// that Landlock has no rule for: chmod, chown, truncate, utime, extended attributes.
#include "gate/sandbox/syscall_list.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>

namespace modelgate {
namespace {

constexpr std::uint64_t whole = ~std::uint64_t{0};

constexpr std::array memory{"munmap", "mprotect", "madvise", "brk", "membarrier"};
constexpr std::array threads{"futex",
                             "set_robust_list",
                             "rseq",
                             "sched_yield",
                             "sched_getaffinity",
                             "sched_getscheduler",
                             "sched_getparam",
                             "sched_get_priority_max",
                             "sched_get_priority_min",
                             "getcpu",
                             "arch_prctl"};
constexpr std::array reading{"read",      "readv",      "pread64",  "preadv",     "lseek",      "close",
                             "fstat",     "newfstatat", "stat",     "lstat",      "statx",      "access",
                             "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "getcwd"};
constexpr std::array descriptors{"write", "writev", "dup", "dup2", "dup3", "poll", "ppoll", "fadvise64"};
constexpr std::array messages{"sendto", "recvfrom", "recvmsg"};
constexpr std::array clocks{"clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday",
                            "time",          "times",        "getrusage",       "getrandom"};
constexpr std::array self{"getpid",    "gettid",    "getppid",   "getuid",    "geteuid", "getgid", "getegid",
                          "getresuid", "getresgid", "getgroups", "getrlimit", "uname",   "sysinfo"};
constexpr std::array signals{"rt_sigaction", "rt_sigprocmask",  "rt_sigreturn", "rt_sigpending",
                             "sigaltstack",  "restart_syscall", "exit",         "exit_group"};
constexpr std::array plain{
    CallGroup{
        "memory of its own; machine code that libtorch's kernels write at run time needs mprotect. Not mremap, which "
        "enlarges the stack past every limit; glibc then copies",
        memory},
    CallGroup{"threads of its own, as OpenMP keeps them; arch_prctl asks for AMX. Not sched_setaffinity: the gate says "
              "on which CPUs a model is timed, and a library that asks takes the refusal",
              threads},
    CallGroup{"reading and finding files: which ones, Landlock says", reading},
    CallGroup{"what was open when it was shut in: its two pipes, its socket", descriptors},
    CallGroup{
        "the gate's orders and its answers, over the socket it has; it can make no other. Not sendmsg: descriptors "
        "that it sent and the gate never took would count against all of the user's, the gate's own among them",
        messages},
    CallGroup{"time and chance", clocks},
    CallGroup{"who and where it is", self},
    CallGroup{"handling signals, and its own end", signals},
};

constexpr std::array files{"pwrite64", "pwritev", "ftruncate", "fallocate", "fsync",    "fdatasync", "mkdir", "mkdirat",
                           "rmdir",    "unlink",  "unlinkat",  "rename",    "renameat", "renameat2", "flock", "umask"};
constexpr std::array writing{
    CallGroup{"files in its scratch folder, where an AOTInductor package is unpacked: no other, says Landlock, "
              "and none of all these once the package's own code runs",
              files},
};

/// Neither creating nor emptying: Landlock lets O_RDONLY | O_TRUNC pass before its ABI 3.
constexpr std::uint64_t open_mask = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
constexpr std::string_view opens = "opening a file to read it";
constexpr std::string_view opens_to_write = "opening a file to write it, in its scratch folder";
constexpr std::string_view flags =
    "flags and copies of descriptors, and the seals of shared memory; not F_SETOWN, which "
    "has the kernel send signals to any process of the user";
constexpr std::string_view counted =
    "memory of its own, files and the gate's buffers; neither shared memory of no file nor another stack, which the "
    "limit on memory does not count";
constexpr std::string_view thread_only =
    "starting a thread, never a process, never a namespace, nor one with descriptors of its own beyond their limit";
constexpr std::string_view own_name = "the name of a thread; not its dumpable flag, not its parent-death signal";
constexpr std::uint64_t clone_value = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND | CLONE_FILES;
constexpr std::uint64_t clone_mask = clone_value | CLONE_VFORK | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                     CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

constexpr BoundedCall bounded_by(std::string_view why, const char* name, ArgumentRule rule) {
  return {why, name, {rule, ArgumentRule{}}, 1};
}

constexpr std::array bounded{
    bounded_by(counted, "mmap", {3, MAP_GROWSDOWN | MAP_ANONYMOUS, 0}),
    bounded_by(counted, "mmap", {3, MAP_GROWSDOWN | MAP_SHARED, 0}),
    bounded_by(opens, "open", {1, open_mask, O_RDONLY}),
    bounded_by(opens, "openat", {2, open_mask, O_RDONLY}),
    bounded_by(flags, "fcntl", {1, whole, F_GETFD}),
    bounded_by(flags, "fcntl", {1, whole, F_SETFD}),
    bounded_by(flags, "fcntl", {1, whole, F_GETFL}),
    bounded_by(flags, "fcntl", {1, whole, F_SETFL}),
    bounded_by(flags, "fcntl", {1, whole, F_DUPFD}),
    bounded_by(flags, "fcntl", {1, whole, F_DUPFD_CLOEXEC}),
    bounded_by(flags, "fcntl", {1, whole, F_GET_SEALS}),
    bounded_by(thread_only, "clone", {0, clone_mask, clone_value}),
    bounded_by(own_name, "prctl", {0, whole, PR_SET_NAME}),
    bounded_by(own_name, "prctl", {0, whole, PR_GET_NAME}),
    BoundedCall{"its own limits, to read them", "prlimit64", {ArgumentRule{0, whole, 0}, ArgumentRule{2, whole, 0}}, 2},
};
constexpr std::uint64_t filter_flags =
    SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
constexpr std::array bounded_writing{
    BoundedCall{"the filter that ends all this",
                "seccomp",
                {ArgumentRule{0, whole, SECCOMP_SET_MODE_FILTER}, ArgumentRule{1, ~filter_flags, 0}},
                2},
    bounded_by(opens_to_write, "open", {1, O_ACCMODE, O_WRONLY}),
    bounded_by(opens_to_write, "open", {1, O_ACCMODE, O_RDWR}),
    bounded_by(opens_to_write, "openat", {2, O_ACCMODE, O_WRONLY}),
    bounded_by(opens_to_write, "openat", {2, O_ACCMODE, O_RDWR}),
};

constexpr std::array pipes{"pipe", "pipe2"};
constexpr std::array sanitizing{CallGroup{"asking whether memory can be read, as the sanitizers do", pipes}};

}  // namespace

std::span<const CallGroup> plain_calls() { return plain; }
std::span<const CallGroup> sanitizing_calls() { return sanitizing; }
std::span<const BoundedCall> bounded_calls() { return bounded; }
std::span<const CallGroup> writing_calls() { return writing; }
std::span<const BoundedCall> bounded_writing_calls() { return bounded_writing; }

}  // namespace modelgate
