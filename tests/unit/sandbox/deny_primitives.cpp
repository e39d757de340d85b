// SPDX-License-Identifier: Apache-2.0
// deny-primitives landlock|seccomp|both PROGRAM [ARGUMENT…]: runs a program as on a kernel without them.
#include <unistd.h>

#include <cstdio>

#include "tests/unit/sandbox/deny.hpp"

int main(int argc, char** argv) {
  if (argc < 3 || !modelgate::test::deny(argv[1])) {
    std::fputs("deny-primitives landlock|seccomp|both PROGRAM [ARGUMENT...]\n", stderr);
    return 125;
  }
  ::execv(argv[2], argv + 2);
  std::perror(argv[2]);
  return 126;
}
