// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/core/verdict.hpp"
#include "gate/data/profile.hpp"
#include "gate/propose/gate_text.hpp"

namespace modelgate {

/// Everything that init tells at its end.
struct InitReport {
  const propose::Proposal& proposal;
  const TableProfile& golden;
  std::string gate_file;  ///< as the command line has it
  std::string schema;     ///< written beside it; empty: there was one
  std::vector<propose::Doubt> doubts;
  std::vector<std::string> told;      ///< what was left out, and why
  std::vector<std::string> refusals;  ///< models that took no proposed inputs: their words
  std::optional<BlockChance> block_chance;
};

/// The text for people, at most 80 columns where names allow it: what was found, what to look at, what to do next.
std::string init_text(const InitReport& report);

}  // namespace modelgate
