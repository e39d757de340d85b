// SPDX-License-Identifier: Apache-2.0
// modelgate-worker: one model in a process of its own. Started by modelgate, of no use alone.
#include <malloc.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "gate/wire/message.hpp"
#include "gate/worker/service.hpp"
#include "gate/worker/torch_model.hpp"

namespace {

constexpr int loader_failed = 127;

/// Keeps freed memory instead of giving it back and faulting it in again for every request: twice as fast, and steady.
void pin_allocator() {
  constexpr int huge = 1 << 30;
  constexpr int largest_of_old_glibc = 32 << 20;
  constexpr int top_pad = 64 << 20;
  mallopt(M_TRIM_THRESHOLD, huge);
  if (mallopt(M_MMAP_THRESHOLD, huge) == 0) mallopt(M_MMAP_THRESHOLD, largest_of_old_glibc);
  mallopt(M_TOP_PAD, top_pad);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv, argv + argc);
  if (argc != 7 || words[1] != "--threads" || words[3] != "--allocator" || words[5] != "--executor") {
    std::fputs("modelgate-worker is started by modelgate.\n", stderr);
    return 2;
  }
  if (words[4] == "pinned") pin_allocator();
  int threads = 0;
  std::from_chars(words[2].data(), words[2].data() + words[2].size(), threads);
  if (threads < 1) return 2;
  if (!modelgate::is_our_torch()) {  // told as the dynamic loader tells of a library that does not fit
    std::fputs("modelgate-worker: error while loading shared libraries: another version of libtorch\n", stderr);
    return loader_failed;
  }
  const int code = modelgate::serve(modelgate::worker_socket_fd, {threads, words[6] == "profiling"});
  std::fflush(nullptr);
  std::_Exit(code);  // libtorch's own farewell takes milliseconds, a model's may never end
}
