// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sandbox/attacks.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace modelgate::test {
namespace {

bool opens(const std::string& path, int flags) { return ::open(path.c_str(), flags | O_CLOEXEC, 0600) >= 0; }

bool overwrites(const Scene& scene) { return opens(scene.report, O_WRONLY | O_TRUNC); }
bool creates(const Scene& scene) { return opens(scene.newcomer, O_WRONLY | O_CREAT); }
bool empties_while_reading(const Scene& scene) { return opens(scene.model, O_RDONLY | O_TRUNC); }
bool truncates_by_path(const Scene& scene) { return ::truncate(scene.report.c_str(), 0) == 0; }
bool deletes(const Scene& scene) { return ::unlink(scene.report.c_str()) == 0; }
bool changes_rights(const Scene& scene) { return ::chmod(scene.report.c_str(), 0600) == 0; }
bool reads_labels(const Scene& scene) { return opens(scene.golden, O_RDONLY); }

/// A child was made; it is gone again.
bool had_child(long pid) {
  if (pid == 0) ::_exit(0);
  return pid > 0 && ::waitpid(static_cast<pid_t>(pid), nullptr, 0) == pid;
}

bool forks(const Scene& /*scene*/) { return had_child(::fork()); }
bool forks_by_the_old_call(const Scene& /*scene*/) { return had_child(::syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L)); }
bool forks_by_the_new_call(const Scene& /*scene*/) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  return had_child(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

/// /bin/false ends with 1, which is how a success is told.
bool executes(const Scene& /*scene*/) {
  std::string name = "false";
  std::array<char*, 2> words{name.data(), nullptr};
  ::execve("/bin/false", words.data(), words.data() + 1);
  return false;
}

bool connects(int domain, const void* address, socklen_t size) {
  const int socket = ::socket(domain, SOCK_STREAM, 0);
  return socket >= 0 && ::connect(socket, static_cast<const sockaddr*>(address), size) == 0;
}

bool connects_by_tcp(const Scene& scene) { return connects(AF_INET, &scene.tcp, sizeof scene.tcp); }
bool connects_by_path(const Scene& scene) { return connects(AF_UNIX, &scene.unix_path, sizeof scene.unix_path); }
bool connects_by_name(const Scene& scene) { return connects(AF_UNIX, &scene.unix_abstract, scene.abstract_size); }
bool sends_by_udp(const Scene& scene) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const auto* to = reinterpret_cast<const sockaddr*>(&scene.udp);
  return socket >= 0 && ::sendto(socket, "labels", 6, 0, to, sizeof scene.udp) == 6;
}

bool kills(const Scene& scene) { return ::kill(scene.gate, SIGKILL) == 0; }
bool kills_a_thread(const Scene& scene) { return ::syscall(SYS_tkill, scene.gate, SIGKILL) == 0; }
bool kills_by_descriptor(const Scene& scene) {
  const long descriptor = ::syscall(SYS_pidfd_open, scene.gate, 0U);
  return descriptor >= 0 && ::syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, nullptr, 0U) == 0;
}

/// The kernel itself sends a signal when a descriptor becomes readable, to whomever the descriptor's owner named.
bool has_the_kernel_kill(const Scene& scene) {
  const int read_end = scene.pair[0];
  if (::fcntl(read_end, F_SETOWN, scene.gate) != 0 || ::fcntl(read_end, F_SETSIG, SIGKILL) != 0) return false;
  if (::fcntl(read_end, F_SETFL, O_ASYNC) != 0 || ::write(scene.pair[1], "x", 1) != 1) return false;
  for (int i = 0; i < 100 && ::getppid() == scene.gate; ++i) ::usleep(2000);
  return ::getppid() != scene.gate;
}

/// RLIMIT_DATA counts neither.
constexpr int anonymous_memory = PROT_READ | PROT_WRITE;
bool maps(int flags) { return ::mmap(nullptr, 4096, anonymous_memory, flags | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }
bool shares_memory_of_no_file(const Scene& /*scene*/) { return maps(MAP_SHARED); }
bool has_another_stack(const Scene& /*scene*/) { return maps(MAP_PRIVATE | MAP_GROWSDOWN); }
bool enlarges_its_stack(const Scene& /*scene*/) {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) & ~std::uintptr_t{4095};
  const std::uintptr_t unused = here - (std::uintptr_t{16} << 12U);
  *reinterpret_cast<volatile char*>(unused) = 0;       // NOLINT(performance-no-int-to-ptr)
  void* const page = reinterpret_cast<void*>(unused);  // NOLINT(performance-no-int-to-ptr)
  return ::mremap(page, 4096, std::size_t{1} << 20U, MREMAP_MAYMOVE) != MAP_FAILED;
}

/// A thread with a table of descriptors of its own, to which the limit on open files applies anew.
bool has_more_descriptors(const Scene& /*scene*/) {
  alignas(16) static std::array<char, 16384> stack{};
  constexpr int flags = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND;
  const auto end = [](void*) {
    ::syscall(SYS_exit, 0);
    return 0;
  };
  return ::clone(end, stack.data() + stack.size(), flags, nullptr) > 0;
}

/// What is underway counts for the user: beyond the limit of open files nobody sends a descriptor any more, unless
/// root.
bool sends_descriptors(const Scene& scene) {
  char byte = 'x';
  iovec part{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), scene.pair.data(), sizeof(int));
  return ::sendmsg(scene.pair[0], &message, MSG_NOSIGNAL) == 1;
}

/// A limit of the CPU time would kill it; the one set here does no harm.
bool limits(const Scene& scene) {
  const rlimit none{0, 0};
  return ::prlimit(scene.gate, RLIMIT_CORE, &none, nullptr) == 0;
}
bool moves(const Scene& scene) {
  cpu_set_t cpus;
  return ::sched_getaffinity(0, sizeof cpus, &cpus) == 0 && ::sched_setaffinity(scene.gate, sizeof cpus, &cpus) == 0;
}

bool traces(const Scene& scene) { return ::ptrace(PTRACE_SEIZE, scene.gate, nullptr, nullptr) == 0; }
bool opens_memory(const Scene& scene) { return opens("/proc/" + std::to_string(scene.gate) + "/mem", O_RDWR); }
bool reads_memory(const Scene& scene) { return opens("/proc/" + std::to_string(scene.gate) + "/mem", O_RDONLY); }
bool writes_memory(const Scene& scene) {
  static std::uint64_t verdict = 1;  // at the same address in the gate, of which this process is a fork
  std::uint64_t pass = 0;
  const iovec from{&pass, sizeof pass};
  const iovec to{&verdict, sizeof verdict};
  return ::process_vm_writev(scene.gate, &from, 1, &to, 1, 0) == static_cast<ssize_t>(sizeof pass);
}
bool shrinks_shared_memory(const Scene& scene) { return ::ftruncate(scene.shared, 0) == 0; }

constexpr int no_landlock = 0;
constexpr int abi_of_truncate = 3;
constexpr int abi_of_tcp = 4;
constexpr int abi_of_scopes = 6;
constexpr auto table = std::to_array<Attack>({
    {"overwrite a report", overwrites, 1},
    {"create a file", creates, 1},
    {"delete a file", deletes, 1},
    {"empty a file that may be read, by O_TRUNC", empties_while_reading, abi_of_truncate},
    {"empty a file, by its path", truncates_by_path, abi_of_truncate},
    {"change the rights of a file", changes_rights, no_landlock},
    {"read the golden file", reads_labels, 1, false},
    {"fork", forks, no_landlock},
    {"fork by clone", forks_by_the_old_call, no_landlock},
    {"fork by clone3", forks_by_the_new_call, no_landlock},
    {"execute a program", executes, 1},
    {"connect by TCP", connects_by_tcp, abi_of_tcp},
    {"send by UDP", sends_by_udp, no_landlock},
    {"connect to a Unix socket by its path", connects_by_path, no_landlock},
    {"connect to an abstract Unix socket", connects_by_name, abi_of_scopes},
    {"kill the gate", kills, abi_of_scopes},
    {"kill the gate's thread", kills_a_thread, abi_of_scopes},
    {"kill the gate by its descriptor", kills_by_descriptor, abi_of_scopes},
    {"have the kernel kill the gate", has_the_kernel_kill, abi_of_scopes},
    {"have descriptors underway", sends_descriptors, no_landlock},
    {"share memory of no file", shares_memory_of_no_file, no_landlock},
    {"have another stack", has_another_stack, no_landlock},
    {"enlarge its stack past its limit", enlarges_its_stack, no_landlock},
    {"have a thread with descriptors of its own", has_more_descriptors, no_landlock},
    {"set the gate's limits", limits, no_landlock},
    {"move the gate to other CPUs", moves, no_landlock, true, true},
    {"trace the gate", traces, 1, true, true, true},
    {"open the gate's memory to write it", opens_memory, 1, true, true, true},
    {"open the gate's memory to read it", reads_memory, 1, true, true, true},
    {"write the gate's memory", writes_memory, 1, true, true, true},
    {"shrink the shared memory", shrinks_shared_memory, no_landlock, true, true, true},
});

}  // namespace

std::span<const Attack> attacks() { return table; }

}  // namespace modelgate::test
