// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/config/gate_file.hpp"

namespace modelgate::test {

/// A small registry of the tests' own: what the reader does must not depend on the checks that happen to be built.
std::span<const CheckSpec* const> specs();

/// The sample of the documentation without the keys that this version refuses.
std::string_view sample();

/// A short valid gate file, replacements applied in order; each "from" must occur.
std::string short_gate(std::initializer_list<std::pair<std::string_view, std::string_view>> replacements = {});

/// The short gate file with one check in place of its own.
std::string gate_with_check(std::string_view check, std::string_view family = "accuracy");

/// Writes the text as modelgate.yaml into a fresh folder, makes that the working directory while it lives.
class GateFolder {
 public:
  explicit GateFolder(std::string_view text);
  ~GateFolder();
  GateFolder(const GateFolder&) = delete;
  GateFolder& operator=(const GateFolder&) = delete;

  Result<Plan> load(PlanRequest request = {}) const { return load_plan(request, specs()); }

 private:
  std::filesystem::path before_;
  std::filesystem::path folder_;
};

/// The plan of a gate file that must be valid.
Plan plan_of(std::string_view text, PlanRequest request = {});

/// The whole message of a gate file that must be refused.
std::string error_of(std::string_view text, PlanRequest request = {});

/// The same without the lines shown: one line a problem, "file:line: error: what; what to do".
std::string sentences_of(std::string_view text, PlanRequest request = {});

/// The ids of the plan's checks, each with its slice's columns.
std::vector<std::string> ids_of(const Plan& plan);

}  // namespace modelgate::test
