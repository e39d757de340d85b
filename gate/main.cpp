// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "gate/app/command_line.hpp"

int main(int argc, char** argv) {
  return modelgate::run_command_line(std::span<char* const>(argv, static_cast<std::size_t>(argc)));
}
