// SPDX-License-Identifier: Apache-2.0
#include "gate/app/isolation_notice.hpp"

#include <fmt/format.h>

#include "gate/app/terminal.hpp"
#include "gate/sandbox/isolation.hpp"

namespace modelgate {

void warn_of_isolation(const std::optional<Confinement>& weakest) {
  if (weakest && level_of(*weakest) != Isolation::full)
    print_err(fmt::format("warning: {}\n", isolation_warning(*weakest)));
}

}  // namespace modelgate
