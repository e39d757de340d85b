// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <span>

#include "gate/app/command_line.hpp"
#include "gate/app/heap.hpp"

int main(int argc, char** argv) {
  modelgate::set_up_heap();
  return modelgate::run_command_line(std::span<char* const>(argv, static_cast<std::size_t>(argc)));
}
