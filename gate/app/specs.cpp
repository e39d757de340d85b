// SPDX-License-Identifier: Apache-2.0
#include "gate/app/specs.hpp"

#include "checks/check.hpp"

namespace modelgate {

std::vector<const CheckSpec*> registered_specs() {
  std::vector<const CheckSpec*> specs;
  for (const RegisteredCheck& check : registry()) specs.push_back(&check.spec);
  return specs;
}

}  // namespace modelgate
