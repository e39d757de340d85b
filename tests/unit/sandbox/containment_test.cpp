// SPDX-License-Identifier: Apache-2.0
// Each attack is tried by a process that has shut itself in as a worker does, on a process that has guarded itself as
// the gate does, with each of the two walls there or not, as root and as an ordinary user.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "gate/sandbox/confine.hpp"
#include "gate/sandbox/isolation.hpp"
#include "gate/sandbox/orphans.hpp"
#include "gate/sandbox/scratch.hpp"
#include "gate/sandbox/syscall_filter.hpp"
#include "gate/wire/shared_memory.hpp"
#include "tests/unit/sandbox/attacks.hpp"
#include "tests/unit/sandbox/deny.hpp"

namespace modelgate::test {
namespace {

constexpr uid_t nobody = 65534;
constexpr int stopped = 0;
constexpr int got_through = 1;
constexpr int not_as_wanted = 70;  ///< the walls are not those of the setting
constexpr int no_scene = 71;

struct Setting {
  const char* name;
  const char* denied;  ///< "" for nothing
  bool landlock;
  bool filter;

  friend std::ostream& operator<<(std::ostream& out, const Setting& setting) { return out << setting.name; }
};
constexpr std::array settings{Setting{"none", "both", false, false}, Setting{"Landlock only", "seccomp", true, false},
                              Setting{"filter only", "landlock", false, true}, Setting{"full", "", true, true}};

/// What this machine has, found by a child that shuts itself in: the ABI of Landlock, and a filter or not.
struct Means {
  int landlock = 0;
  bool filter = false;
};

template <class Action>
int exit_code_of(Action&& action) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(action());
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return got_through;  // the gate itself was killed
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

Means means() {
  const int code = exit_code_of([] {
    const Confinement held = confine({.model = ::open("/dev/null", O_RDONLY)});
    return static_cast<int>(held.landlock) * 2 + (held.seccomp ? 1 : 0);
  });
  return {code / 2, code % 2 == 1};
}

std::vector<uid_t> users() {
  if (::geteuid() != 0) return {::geteuid()};
  return {0, nobody};
}

bool become(uid_t user) {
  if (user == ::geteuid()) return true;
  return ::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(user) == 0;
}

int listening(int domain, int type, void* address, socklen_t* size) {
  const int socket = ::socket(domain, type, 0);
  auto* name = static_cast<sockaddr*>(address);
  if (socket < 0 || ::bind(socket, name, *size) != 0) return -1;
  if (type == SOCK_STREAM && ::listen(socket, 4) != 0) return -1;
  return ::getsockname(socket, name, size);
}

bool open_sockets(Scene& scene, const std::string& folder) {
  scene.tcp.sin_family = scene.udp.sin_family = AF_INET;
  scene.tcp.sin_addr.s_addr = scene.udp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t tcp = sizeof scene.tcp;
  socklen_t udp = sizeof scene.udp;
  scene.unix_path.sun_family = scene.unix_abstract.sun_family = AF_UNIX;
  (folder + "/socket").copy(scene.unix_path.sun_path, sizeof scene.unix_path.sun_path - 1);
  socklen_t path = sizeof scene.unix_path;
  const std::string name = "modelgate-" + std::to_string(::getpid());
  name.copy(scene.unix_abstract.sun_path + 1, sizeof scene.unix_abstract.sun_path - 1);
  scene.abstract_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return listening(AF_INET, SOCK_STREAM, &scene.tcp, &tcp) == 0 &&
         listening(AF_INET, SOCK_DGRAM, &scene.udp, &udp) == 0 &&
         listening(AF_UNIX, SOCK_STREAM, &scene.unix_path, &path) == 0 &&
         listening(AF_UNIX, SOCK_STREAM, &scene.unix_abstract, &scene.abstract_size) == 0 &&
         ::socketpair(AF_UNIX, SOCK_STREAM, 0, scene.pair.data()) == 0;
}

bool set_up(Scene& scene, const std::string& folder) {
  scene.golden = folder + "/golden.csv";
  scene.report = folder + "/report.json";
  scene.model = folder + "/model.pt";
  scene.newcomer = folder + "/newcomer";
  for (const std::string& path : {scene.golden, scene.report, scene.model}) std::ofstream(path) << "content\n";
  scene.model_fd = ::open(scene.model.c_str(), O_RDONLY | O_CLOEXEC);
  Result<UniqueFd> shared = create_shared_memory("attacked", 4096);
  if (!shared || scene.model_fd < 0) return false;
  scene.shared = ::dup(shared->get());
  scene.gate = ::getpid();
  return open_sockets(scene, folder);
}

int attack_as_worker(const Setting& setting, const Attack& attack, const Scene& scene) {
  if (setting.denied[0] != '\0' && !deny(setting.denied)) return not_as_wanted;
  const Confinement held = confine({.model = scene.model_fd});
  if (held.seccomp != setting.filter || (held.landlock != 0) != setting.landlock) return not_as_wanted;
  return attack.succeeds(scene) ? got_through : stopped;
}

int attacked_gate(const Setting& setting, const Attack& attack, uid_t user, const std::string& folder) {
  Scene scene;
  if (!become(user) || !set_up(scene, folder)) return no_scene;
  guard_gate();
  const pid_t worker = ::fork();
  if (worker == 0) ::_exit(attack_as_worker(setting, attack, scene));
  int status = 0;
  ::waitpid(worker, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

bool should_stop(const Attack& attack, const Setting& setting, uid_t user, int abi) {
  const bool by_landlock = setting.landlock && attack.landlock_from != 0 && abi >= attack.landlock_from;
  return attack.never || (attack.never_from_root && user == 0) || by_landlock ||
         (setting.filter && attack.filter_stops);
}

class Containment : public testing::TestWithParam<Setting> {};

TEST_P(Containment, IsWhatTheTableSays) {
  const Setting setting = GetParam();
  const Means here = means();
  if ((setting.landlock && here.landlock == 0) || (setting.filter && !here.filter))
    GTEST_SKIP() << "this machine lacks a wall; only what is left of them is tested";
  for (const uid_t user : users()) {
    for (const Attack& attack : attacks()) {
      SCOPED_TRACE(std::string(setting.name) + ", user " + std::to_string(user) + ": " + attack.name);
      auto folder = ScratchFolder::make();
      ASSERT_TRUE(folder.has_value()) << folder.error().message;
      ASSERT_EQ(::chmod(folder->path().c_str(), 0777), 0);
      const int code = exit_code_of([&] { return attacked_gate(setting, attack, user, folder->path()); });
      EXPECT_EQ(code, should_stop(attack, setting, user, here.landlock) ? stopped : got_through);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(With, Containment, testing::ValuesIn(settings), [](const auto& named) {
  std::string name = named.param.name;
  std::erase(name, ' ');
  return name;
});

TEST(ContainmentTable, HoldsNoAttackThatFullLetsThrough) {
  for (const Attack& attack : attacks()) {
    EXPECT_TRUE(should_stop(attack, settings.back(), nobody, 1))
        << attack.name << " on the oldest kernel with Landlock";
  }
}

/// Runs in a process that is shut in with a folder to write to.
template <class Action>
int confined_with_scratch(const std::string& scratch, Action&& action) {
  return exit_code_of([&] {
    const int model = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    return level_of(confine({.model = model, .scratch = scratch})) == Isolation::full ? action(model) : not_as_wanted;
  });
}

bool is_full_here() { return means().landlock != 0 && means().filter; }

TEST(Confined, WorkerCanStillDoWhatAModelNeeds) {
  if (!is_full_here()) GTEST_SKIP() << "this machine lacks a wall";
  const auto folder = ScratchFolder::make();
  ASSERT_TRUE(folder.has_value());
  const std::string made = folder->path() + "/unpacked";
  EXPECT_EQ(confined_with_scratch(folder->path(),
                                  [&](int model) {
                                    if (::open(("/proc/self/fd/" + std::to_string(model)).c_str(), O_RDONLY) < 0)
                                      return 2;
                                    if (::open("/proc/cpuinfo", O_RDONLY) < 0) return 3;
                                    std::thread([] {}).join();
                                    std::vector<char> memory(64U << 20U, 1);
                                    if (::mkdir(made.c_str(), 0700) != 0) return 4;
                                    const std::string file = made + "/library.so";
                                    const int written = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
                                    if (written < 0 || ::write(written, memory.data(), 10) != 10) return 5;
                                    if (::open(file.c_str(), O_RDONLY) < 0 || ::unlink(file.c_str()) != 0 ||
                                        ::rmdir(made.c_str()) != 0)
                                      return 6;
                                    return 0;
                                  }),
            0);
}

TEST(Confined, WorkerWithAFolderOfItsOwnCanWriteNowhereElse) {
  if (!is_full_here()) GTEST_SKIP() << "this machine lacks a wall";
  const auto own = ScratchFolder::make();
  const auto other = ScratchFolder::make();
  ASSERT_TRUE(own.has_value());
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(confined_with_scratch(own->path(),
                                  [&](int) {
                                    const std::string zip_slip =
                                        own->path() + "/../" + std::filesystem::path(other->path()).filename().string();
                                    if (::open((zip_slip + "/mark").c_str(), O_WRONLY | O_CREAT, 0600) >= 0) return 2;
                                    if (::symlink(other->path().c_str(), (own->path() + "/link").c_str()) == 0)
                                      return 3;
                                    if (::rename(own->path().c_str(), (other->path() + "/moved").c_str()) == 0)
                                      return 4;
                                    return 0;
                                  }),
            0);
  EXPECT_TRUE(std::filesystem::is_empty(other->path()));
}

/// What a worker that stopped writing could still do to its folder, whose file "old" is there; empty for nothing.
std::string still_done_to(const std::string& folder) {
  const std::string old = folder + "/old";
  const std::string fresh = folder + "/new";
  if (::open(fresh.c_str(), O_WRONLY | O_CREAT, 0600) >= 0 || ::open(fresh.c_str(), O_RDONLY | O_CREAT, 0600) >= 0)
    return "create";
  if (::open(old.c_str(), O_WRONLY) >= 0 || ::open(old.c_str(), O_RDWR) >= 0) return "open to write";
  if (::open(old.c_str(), O_RDONLY | O_TRUNC) >= 0) return "empty";
  if (::open(folder.c_str(), O_RDWR | O_TMPFILE, 0600) >= 0) return "open without a name";
  if (::mkdir(fresh.c_str(), 0700) == 0) return "make a folder";
  if (::rename(old.c_str(), fresh.c_str()) == 0 || ::unlink(old.c_str()) == 0) return "rename or remove";
  return {};
}

TEST(Confined, WorkerThatStoppedWritingReadsAndComputesAndNoThreadOfItWrites) {
  if (!is_full_here()) GTEST_SKIP() << "this machine lacks a wall";
  const auto folder = ScratchFolder::make();
  ASSERT_TRUE(folder.has_value());
  std::ofstream(folder->path() + "/old") << "content";
  std::string done = "nothing was tried";
  const int code = confined_with_scratch(folder->path(), [&](int) {
    std::atomic<bool> stopped_writing = false;
    std::thread earlier([&] {
      while (!stopped_writing) ::usleep(1000);
      done = still_done_to(folder->path());
    });
    if (!stop_writing()) return 2;
    stopped_writing = true;
    earlier.join();
    if (!done.empty() || !still_done_to(folder->path()).empty()) return 3;
    if (::open((folder->path() + "/old").c_str(), O_RDONLY) < 0) return 4;
    std::thread([] {}).join();
    return stop_writing() ? 5 : 0;  // no model may load filters
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder->path()), {}), 1);
}

TEST(Confined, WorkerCannotBeSetFreeAgain) {
  if (!is_full_here()) GTEST_SKIP() << "this machine lacks a wall";
  const auto folder = ScratchFolder::make();
  ASSERT_TRUE(folder.has_value());
  EXPECT_EQ(confined_with_scratch(folder->path(),
                                  [&](int model) {
                                    if (::prctl(PR_SET_PDEATHSIG, 0) == 0) return 2;
                                    if (::prctl(PR_SET_DUMPABLE, 1) == 0) return 3;
                                    const Confinement again = confine({.model = model, .scratch = "/"});
                                    return again.landlock != 0 || again.seccomp ? 4 : 0;
                                  }),
            0);
}

TEST(Confined, ProcessOfSeveralThreadsClaimsNoMoreThanHoldsThemAll) {
  EXPECT_EQ(exit_code_of([] {
              std::atomic<bool> end = false;
              std::thread other([&] {
                while (!end) ::usleep(1000);
              });
              const Confinement held = confine({.model = ::open("/dev/null", O_RDONLY)});
              end = true;
              other.join();
              return held.landlock != 0 || held.capabilities_dropped ? 1 : 0;
            }),
            0);
}

}  // namespace
}  // namespace modelgate::test
