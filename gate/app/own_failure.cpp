// SPDX-License-Identifier: Apache-2.0
#include "gate/app/own_failure.hpp"

#include <fmt/format.h>

#include <new>
#include <string>
#include <system_error>

namespace modelgate {
namespace {

std::string words_of(const std::exception& thrown) {
  if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr)
    return "modelgate: no memory was left, so nothing was judged. Give the step more (ulimit -v, the container's or "
           "job's limit), or a smaller runtime.chunk, and run it again.";
  const auto* const system = dynamic_cast<const std::system_error*>(&thrown);
  if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again)
    return "modelgate: a thread could not be started, so nothing was judged: this user or container may have no more, "
           "or there is no memory for its stack. Raise that limit (ulimit -u, ulimit -v, the container's pids limit) "
           "and run it again.";
  return fmt::format("modelgate: internal error: {}", thrown.what());
}

}  // namespace

Error own_failure(const std::exception& thrown) { return {ErrorKind::internal, Reason::internal, words_of(thrown)}; }

}  // namespace modelgate
