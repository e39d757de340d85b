// SPDX-License-Identifier: Apache-2.0
#include "gate/app/own_inputs.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

#include "gate/data/data_files.hpp"
#include "gate/report/report.hpp"

namespace modelgate {
namespace {

/// The files of a dataset or of predictions; what cannot be found yet is told by whoever reads it.
void add_data_files(std::vector<std::string>& files, const std::string& path) {
  constexpr std::array formats{DataFormat::parquet, DataFormat::csv, DataFormat::npz};
  const auto found = find_data_files("the file", path, path, formats);
  if (found) files.insert(files.end(), found->paths.begin(), found->paths.end());
}

std::vector<std::string> inputs_of(const Plan& plan) {
  std::vector<std::string> files{plan.gate_file};
  if (!plan.extends_file.empty()) files.push_back(plan.extends_file);
  if (!plan.waivers.empty()) files.push_back(plan.waivers);
  if (plan.ledger) files.push_back(plan.ledger->path);
  add_data_files(files, plan.dataset.path);
  for (const ModelSpec& model : plan.models) {
    if (model.source == ModelSource::live) files.push_back(model.path);
    if (model.signature) files.insert(files.end(), {model.signature->bundle, model.signature->public_key});
    if (model.source == ModelSource::recorded) add_data_files(files, model.path);
    for (const InputSpec& input : model.inputs) {
      if (!input.vocabulary.empty()) files.push_back(input.vocabulary);
    }
  }
  return files;
}

/// Also where one of the two is not there yet, as a ledger before its first run.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code absent;
  if (std::filesystem::equivalent(one, other, absent)) return true;
  const auto first = std::filesystem::weakly_canonical(std::filesystem::absolute(one, absent), absent);
  const auto second = std::filesystem::weakly_canonical(std::filesystem::absolute(other, absent), absent);
  return !absent && !first.empty() && first == second;
}

}  // namespace

Result<void> spare_own_inputs(const Plan& plan, std::span<const std::string> outputs) {
  for (const std::string& input : inputs_of(plan)) {
    for (const std::string& output : outputs) {
      if (!same_file(input, output)) continue;
      return usage_error(
          fmt::format("-o {} would overwrite {}, which this gate reads. Name another file.", output, input));
    }
  }
  return {};
}

bool may_hold_an_error(const std::string& output, const std::string& gate_file) {
  if (!gate_file.empty() && same_file(output, gate_file)) return false;
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(output, unknown)) return true;  // absent, or told by whoever writes
  std::ifstream file(output, std::ios::binary);
  std::string beginning(4096, '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<std::size_t>(file.gcount()));
  return (beginning.empty() && file.eof()) || begins_as_report(output, beginning);
}

}  // namespace modelgate
