// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/types.h>
#include <sys/un.h>

#include <array>
#include <span>
#include <string>

namespace modelgate::test {

/// What a worker finds around it: files of the gate's user, sockets that listen, the gate itself.
struct Scene {
  std::string golden;    ///< holds the labels
  std::string report;    ///< what the gate says
  std::string model;     ///< the worker's own
  std::string newcomer;  ///< is not there yet
  int model_fd = -1;
  int shared = -1;            ///< memory sealed as the gate's buffers are
  std::array<int, 2> pair{};  ///< two ends of one connection
  sockaddr_in tcp{};
  sockaddr_in udp{};
  sockaddr_un unix_path{};
  sockaddr_un unix_abstract{};
  socklen_t abstract_size = 0;
  pid_t gate = -1;
};

/// One thing that hostile code might try, and what has to stop it.
struct Attack {
  const char* name;
  bool (*succeeds)(const Scene& scene);
  int landlock_from = 0;         ///< the first ABI of Landlock that stops it; 0: none does
  bool filter_stops = true;      ///< the allow-list of system calls stops it
  bool never_from_root = false;  ///< nor can a root without capabilities do it to one who has them
  bool never = false;            ///< the gate's own measures stop it at every level
};

/// isolation.md's table and its kin.
std::span<const Attack> attacks();

}  // namespace modelgate::test
