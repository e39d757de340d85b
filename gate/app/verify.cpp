// SPDX-License-Identifier: Apache-2.0
#include "gate/after/verify.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>

#include "gate/app/after_options.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/options.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"
#include "gate/config/gate_file.hpp"
#include "gate/data/data_files.hpp"
#include "gate/integrity/digest.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// The digest that a run computes of the same path.
FileProof proof_of(const std::string& path) {
  constexpr std::array formats{DataFormat::parquet, DataFormat::csv, DataFormat::npz};
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return {path, sha256_file(path)};
  const auto found = find_data_files("The path", path, path, formats);
  if (!found) return {path, std::unexpected(found.error())};
  return {path, sha256_files(found->paths)};
}

std::optional<FileProof> proof_if_asked(const std::string& path) {
  return path.empty() ? std::nullopt : std::optional<FileProof>(proof_of(path));
}

/// The effective digest of the reviewed file under the report's own overrides, which verify judges one by one.
std::optional<FileProof> gate_proof(const std::string& path, const StoredReport& report) {
  if (path.empty()) return std::nullopt;
  PlanRequest request;
  request.gate_file = path;
  for (const Override& one : report.plan.overrides) request.sets.push_back(one.key + "=" + one.value);
  request.first_release = !report.run.models[index_of(Role::production)].present;
  auto plan = load_plan(request, registered_specs());
  if (!plan && request.first_release) {  // where the file itself says first_release, the option is one too many
    request.first_release = false;
    plan = load_plan(request, registered_specs());
  }
  if (!plan) return FileProof{path, std::unexpected(plan.error())};
  return FileProof{path, plan->gate_sha256};
}

std::string good_news(const VerifyRequest& request, const StoredReport& report) {
  return fmt::format("verified: {} allows {}: pass in full scope, the very bytes judged (sha256 {}), run started {}\n",
                     clean_line(request.report), clean_line(request.candidate.path), *request.candidate.sha256,
                     clean_line(report.run.started));
}

std::string bad_news(const VerifyRequest& request, const std::vector<std::string>& objections) {
  std::string text = fmt::format("not verified: {} does not allow a deployment of {}:\n", clean_line(request.report),
                                 clean_line(request.candidate.path));
  for (const std::string& objection : objections) {
    std::string lead = "  - ";
    for (const std::string& line : wrap(clean_line(objection), 76)) {
      text += lead + line + "\n";
      lead = "    ";
    }
  }
  return text;
}

}  // namespace

ExitCode command_verify(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(verify_help());
    return ExitCode::pass;
  }
  const auto options = parse_verify(words);
  if (!options) return fail_with(options.error());
  const auto report = read_report(options->report);
  if (!report) return fail_with(report.error());
  const VerifyRequest request{options->report,
                              proof_of(options->model),
                              proof_if_asked(options->production),
                              proof_if_asked(options->dataset),
                              gate_proof(options->gate, *report),
                              options->max_age,
                              std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
                              options->allowed_overrides};
  const std::vector<std::string> objections = objections_to(*report, request);
  if (objections.empty()) {
    print_out(log_safe(good_news(request, *report)));
    return ExitCode::pass;
  }
  print_err(log_safe(bad_news(request, objections)));
  return ExitCode::block;
}

}  // namespace modelgate
