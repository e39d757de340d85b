// SPDX-License-Identifier: Apache-2.0
#include "gate/after/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gate/core/policy.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// Clocks of two machines of one CI may differ by this much.
constexpr std::chrono::seconds clock_skew{300};

using Objections = std::vector<std::string>;

void object_to_verdict(const StoredReport& report, Objections& found) {
  const Verdict& verdict = report.verdict;
  if (verdict.kind != VerdictKind::pass || verdict.exit_code != ExitCode::pass)
    found.push_back(fmt::format(
        "The verdict is {} with exit code {}, so the gate did not allow this deployment: {} Deploy the candidate of a "
        "run that passed.",
        to_string(verdict.kind), static_cast<int>(verdict.exit_code), clean_line(verdict.headline, 300)));
  if (!is_partial(verdict)) return;
  std::string left_out;
  for (const NotJudged& one : verdict.not_judged)
    if (one.partial) left_out += (left_out.empty() ? ": " : ", ") + clean_line(one.id, 100);
  found.push_back(
      fmt::format("The scope is partial, so checks of the gate file were left out{}. Run the gate without --only and "
                  "with live models, and verify that report.",
                  shorten(left_out, 300)));
}

/// One file against the digest that the report has for it.
void object_to_file(const FileProof& proof, std::string_view what, const std::string& judged, Objections& found) {
  if (judged.empty()) {
    found.push_back(
        fmt::format("The report has no digest of the {}, so {} cannot be shown to be what was judged. Judge a file of "
                    "its own and verify that report.",
                    what, clean_line(proof.path)));
  } else if (!proof.sha256) {
    found.push_back(fmt::format("The {} {} cannot be read, so it cannot be compared with what was judged: {}", what,
                                clean_line(proof.path), clean_line(proof.sha256.error().message)));
  } else if (*proof.sha256 != judged) {
    found.push_back(
        fmt::format("The {} {} has sha256 {}, but the report judged {}: other bytes, of which the verdict says "
                    "nothing. Deploy the file that was judged, or run the gate on this one.",
                    what, clean_line(proof.path), *proof.sha256, judged));
  }
}

void object_to_files(const StoredReport& report, const VerifyRequest& request, Objections& found) {
  const auto& [candidate, production] = report.run.models;
  object_to_file(request.candidate, "candidate", candidate.sha256, found);
  const bool other_bytes =
      !candidate.sha256.empty() && request.candidate.sha256 && *request.candidate.sha256 != candidate.sha256;
  if (other_bytes && candidate.origin == "recorded predictions")
    found.back() +=
        " The run judged recorded predictions, whose file names the digest of the model itself: name that model.";
  if (request.production) object_to_file(*request.production, "production model", production.sha256, found);
  if (request.dataset) object_to_file(*request.dataset, "golden data", report.run.dataset_sha256, found);
  if (request.gate) object_to_file(*request.gate, "gate file", report.plan.gate_sha256, found);
}

void object_to_age(const StoredReport& report, const VerifyRequest& request, Objections& found) {
  const std::string& started = report.run.started;
  const auto instant = instant_from(started);
  if (!instant) {
    found.push_back(
        fmt::format("The report says no time at which it was started{}, so its age is unknown. Verify a "
                    "report as modelgate wrote it.",
                    started.empty() ? "" : fmt::format(" (\"{}\")", clean_line(started, 40))));
    return;
  }
  const std::chrono::seconds age = request.now - *instant;
  if (age < -clock_skew) {
    found.push_back(
        fmt::format("The run was started at {}, {} from now, so a clock is wrong or the report is not what it claims. "
                    "Set the clocks, or run the gate again.",
                    started, age_text(-age)));
  } else if (request.max_age && age > *request.max_age) {
    found.push_back(fmt::format(
        "The run was started at {}, {} ago, and --max-age allows {}: data and production may have moved on. Run the "
        "gate again.",
        started, age_text(age), age_text(*request.max_age)));
  }
}

void object_to_overrides(const StoredReport& report, const VerifyRequest& request, Objections& found) {
  for (const Override& one : report.plan.overrides) {
    const bool allowed = std::ranges::find(request.allowed_overrides, one.key) != request.allowed_overrides.end();
    if (allowed || is_harmless(one.key, report, request)) continue;
    const std::string_view proof = one.key == "dataset.path"             ? ", or prove the data with --dataset FILE"
                                   : one.key == "production.model"       ? ", or prove it with --production FILE"
                                   : one.key == "production.predictions" ? ", or prove it with --production FILE"
                                                                         : "";
    found.push_back(fmt::format(
        "The run was made with {} from the command line, so what was judged is not what stands in the reviewed gate "
        "file. Run the gate without it{}, or accept it with --allow-override {}.",
        shorten(override_text(one), 200), proof, clean_line(one.key, 100)));
  }
}

}  // namespace

bool is_harmless(std::string_view key, const StoredReport& report, const VerifyRequest& request) {
  constexpr std::array bounds{"runtime.timeout", "runtime.request_timeout", "runtime.memory", "runtime.chunk"};
  constexpr std::array sources{".model", ".predictions", ".version"};
  constexpr std::array speed{"runtime.threads", "runtime.device", "runtime.allocator"};
  const auto among = [&](const auto& keys) { return std::ranges::find(keys, key) != keys.end(); };
  const auto names = [&](std::string_view role) {
    return key.starts_with(role) && std::ranges::find(sources, key.substr(role.size())) != sources.end();
  };
  if (names("candidate")) return true;  // its bytes are proven in any case
  if (names("production")) return request.production.has_value();
  if (key == "dataset.path") return request.dataset.has_value();
  if (among(bounds)) return true;
  const bool timed = std::ranges::any_of(report.verdict.checks,
                                         [](const CheckResult& one) { return is_measured(one.planned.family); });
  return among(speed) && !timed;
}

std::vector<std::string> objections_to(const StoredReport& report, const VerifyRequest& request) {
  Objections found;
  object_to_verdict(report, found);
  object_to_files(report, request, found);
  object_to_age(report, request, found);
  object_to_overrides(report, request, found);
  return found;
}

}  // namespace modelgate
