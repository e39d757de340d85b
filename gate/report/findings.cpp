// SPDX-License-Identifier: Apache-2.0
#include "gate/report/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

std::string cause_of(const CheckResult& result) {
  if (result.outcome == Outcome::error) return result.message;
  if (result.outcome != Outcome::not_assessable) return {};
  return result.detail.empty() ? result.message : result.detail;
}

}  // namespace

std::vector<Finding> findings_of(const std::vector<const CheckResult*>& results) {
  std::vector<Finding> findings;
  for (const CheckResult* result : results) {
    const std::string cause = cause_of(*result);
    const auto same = std::ranges::find_if(
        findings, [&](const Finding& f) { return !cause.empty() && f.outcome == result->outcome && f.cause == cause; });
    if (same == findings.end()) {
      findings.push_back({result->outcome, cause, result->message, {result}});
      continue;
    }
    same->results.push_back(result);
    if (same->message != result->message) same->message = cause;  // the message names the metric, the cause does not
  }
  return findings;
}

std::string title_of(const Finding& finding) {
  return finding.results.size() == 1 ? title_of(*finding.results.front())
                                     : fmt::format("{} checks, one cause", finding.results.size());
}

std::vector<std::pair<std::string, std::vector<std::string>>> left_out_by_reason(const Verdict& verdict) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
  const auto add = [&](const std::string& reason, std::string name) {
    auto same = std::ranges::find(reasons, reason, [](const auto& entry) { return entry.first; });
    if (same == reasons.end()) same = reasons.insert(reasons.end(), {reason, {}});
    if (std::ranges::find(same->second, name) == same->second.end()) same->second.push_back(std::move(name));
  };
  for (const CheckResult* result : with_standing(verdict, Standing::left_out))
    add(result->message.empty() ? outcome_words(result->outcome) : result->message, title_of(*result));
  for (const NotJudged& one : verdict.not_judged) add(one.reason, clean_line(one.id));
  return reasons;
}

std::vector<std::string> files_by_folder(const std::vector<std::string>& paths) {
  std::vector<std::pair<std::string, std::string>> folders;
  for (const std::string& path : paths) {
    const std::filesystem::path file(path);
    const std::string folder = file.has_parent_path() ? file.parent_path().string() + "/" : "";
    auto same = std::ranges::find(folders, folder, [](const auto& entry) { return entry.first; });
    if (same == folders.end()) same = folders.insert(folders.end(), {folder, folder});
    same->second += (same->second.empty() ? "" : "  ") + file.filename().string();
  }
  std::vector<std::string> texts(folders.size());
  std::ranges::transform(folders, texts.begin(), [](const auto& entry) { return entry.second; });
  return texts;
}

}  // namespace modelgate
