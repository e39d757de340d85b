// SPDX-License-Identifier: Apache-2.0
// Loaded before everything else (LD_PRELOAD): fails the n-th of one kind of call of the program "modelgate", and of no
// other, workers included. Told by the environment:
//   MODELGATE_FAULT="write:17:ENOSPC"   the 17th write fails so;  "write:17+:ENOSPC"   it and all that follow
//   MODELGATE_FAULT="write:0:EIO"       none fails: only counts
//   MODELGATE_FAULT="read:5:HANG"       the 5th never returns, as of a disk that is gone
//   MODELGATE_FAULT_LOG=FILE            at the end, or when one failed: "<calls seen> <calls failed>"
// The C library's own calls of itself (its heap's mmap, a FILE's write) do not come by here.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

// glibc's own: this library must not allocate to allocate.
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);
extern "C" void* __libc_realloc(void* old, std::size_t size);
extern "C" void* __libc_memalign(std::size_t alignment, std::size_t size);

namespace {

struct Plan {
  char call[16] = "";
  long first = 0;
  bool onward = false;
  bool hang = false;
  int error = EIO;
  char log[512] = "";
  pid_t gate = 0;  ///< what it forks is no longer the gate
};

Plan plan;
std::atomic<long> seen{0};
std::atomic<long> failed{0};
std::atomic<bool> armed{false};

int error_of(const char* name) {
  constexpr std::array known{std::pair{"ENOSPC", ENOSPC}, std::pair{"ENOMEM", ENOMEM}, std::pair{"EAGAIN", EAGAIN},
                             std::pair{"EMFILE", EMFILE}, std::pair{"EACCES", EACCES}};
  for (const auto& [word, number] : known) {
    if (strcmp(name, word) == 0) return number;
  }
  return EIO;
}

/// By bare system calls: the very functions watched here must not be used.
void tell() {
  if (plan.log[0] == '\0') return;
  char text[64];
  const int size = snprintf(text, sizeof text, "%ld %ld\n", seen.load(), failed.load());
  const long fd = syscall(SYS_openat, AT_FDCWD, plan.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return;
  syscall(SYS_write, fd, text, static_cast<std::size_t>(size));
  syscall(SYS_close, fd);
}

__attribute__((constructor)) void arm() {
  const char* const told = getenv("MODELGATE_FAULT");
  if (told == nullptr || strcmp(program_invocation_short_name, "modelgate") != 0) return;
  char plus = '\0';
  if (sscanf(told, "%15[a-z]:%ld%c", plan.call, &plan.first, &plus) < 3) return;
  plan.onward = plus == '+';
  const char* const how = strrchr(told, ':') + 1;
  plan.hang = strcmp(how, "HANG") == 0;
  plan.error = error_of(how);
  const char* const log = getenv("MODELGATE_FAULT_LOG");
  if (log != nullptr) snprintf(plan.log, sizeof plan.log, "%s", log);
  plan.gate = getpid();
  armed = true;
}

__attribute__((destructor)) void disarm() {
  if (armed.exchange(false) && getpid() == plan.gate) tell();
}

/// Whether this call is to fail; errno is then set.
bool fails(const char* call) {
  if (!armed.load(std::memory_order_relaxed) || strcmp(plan.call, call) != 0 || getpid() != plan.gate) return false;
  const long number = ++seen;
  const bool hit = plan.first > 0 && (plan.onward ? number >= plan.first : number == plan.first);
  if (!hit) return false;
  ++failed;
  tell();
  while (plan.hang) pause();
  errno = plan.error;
  return true;
}

/// The function that would be called without this library.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool for_writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY; }

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, std::size_t size) {
  static auto* const real = next<ssize_t(int, const void*, std::size_t)>("write");
  return fails("write") ? -1 : real(fd, bytes, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static auto* const real = next<ssize_t(int, const iovec*, int)>("writev");
  return fails("write") ? -1 : real(fd, parts, count);
}

ssize_t read(int fd, void* bytes, std::size_t size) {
  static auto* const real = next<ssize_t(int, void*, std::size_t)>("read");
  return fails("read") ? -1 : real(fd, bytes, size);
}

ssize_t pread64(int fd, void* bytes, std::size_t size, off64_t offset) {
  static auto* const real = next<ssize_t(int, void*, std::size_t, off64_t)>("pread64");
  return fails("read") ? -1 : real(fd, bytes, size, offset);
}

ssize_t pread(int fd, void* bytes, std::size_t size, off_t offset) { return pread64(fd, bytes, size, offset); }

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);  // not read by the kernel where no file is made
  va_end(rest);
  if (for_writing(flags) && fails("open")) return -1;
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode));
}

int openat64(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (for_writing(flags) && fails("open")) return -1;
  return static_cast<int>(syscall(SYS_openat, folder, path, flags | O_LARGEFILE, mode));
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return open64(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return openat64(folder, path, flags, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  static auto* const real = next<FILE*(const char*, const char*)>("fopen64");
  return strpbrk(mode, "wa+") != nullptr && fails("open") ? nullptr : real(path, mode);
}

FILE* fopen(const char* path, const char* mode) { return fopen64(path, mode); }

int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  return fails("fsync") ? -1 : real(fd);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("rename");
  return fails("rename") ? -1 : real(from, to);
}

int renameat(int from_fd, const char* from, int to_fd, const char* to) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*)>("renameat");
  return fails("rename") ? -1 : real(from_fd, from, to_fd, to);
}

int linkat(int from_fd, const char* from, int to_fd, const char* to, int flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, int)>("linkat");
  return fails("linkat") ? -1 : real(from_fd, from, to_fd, to, flags);
}

void* mmap64(void* address, std::size_t size, int protection, int flags, int fd, off64_t offset) noexcept {
  if (fails("mmap")) return MAP_FAILED;
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, fd, offset));
}

void* mmap(void* address, std::size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  return mmap64(address, size, protection, flags, fd, offset);
}

pid_t fork() noexcept {
  static auto* const real = next<pid_t()>("fork");
  return fails("fork") ? -1 : real();
}

int memfd_create(const char* name, unsigned flags) noexcept {
  static auto* const real = next<int(const char*, unsigned)>("memfd_create");
  return fails("channel") ? -1 : real(name, flags);
}

int pipe2(int* ends, int flags) noexcept {
  static auto* const real = next<int(int*, int)>("pipe2");
  return fails("channel") ? -1 : real(ends, flags);
}

int socketpair(int domain, int type, int protocol, int* ends) noexcept {
  static auto* const real = next<int(int, int, int, int*)>("socketpair");
  return fails("channel") ? -1 : real(domain, type, protocol, ends);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) noexcept {
  static auto* const real = next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  return fails("thread") ? plan.error : real(thread, attributes, run, argument);
}

void* malloc(std::size_t size) noexcept { return fails("malloc") ? nullptr : __libc_malloc(size); }

void* calloc(std::size_t count, std::size_t size) noexcept {
  return fails("malloc") ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) noexcept { return fails("malloc") ? nullptr : __libc_realloc(old, size); }

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return fails("malloc") ? nullptr : __libc_memalign(alignment, size);
}

int posix_memalign(void** place, std::size_t alignment, std::size_t size) noexcept {
  void* const got = fails("malloc") ? nullptr : __libc_memalign(alignment, size);
  if (got == nullptr) return ENOMEM;
  *place = got;
  return 0;
}

}  // extern "C"
