// SPDX-License-Identifier: Apache-2.0
#include "gate/app/ci_place.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "gate/app/git_checkout.hpp"
#include "gate/app/surroundings.hpp"

namespace modelgate {
namespace {

/// "refs/pull/7/merge" → "7".
std::string pull_request_of(const std::string& ref) {
  constexpr std::string_view mark = "refs/pull/";
  if (!ref.starts_with(mark)) return {};
  return ref.substr(mark.size(), ref.find('/', mark.size()) - mark.size());
}

void note_github(RunRecord& record) {
  record.ci_system = "GitHub Actions";
  record.git_commit = variable({"GITHUB_SHA"});
  record.git_ref = variable({"GITHUB_HEAD_REF", "GITHUB_REF_NAME", "GITHUB_REF"});
  record.change_request = pull_request_of(variable({"GITHUB_REF"}));
  record.actor = variable({"GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"});  // who started this attempt, not the first one
  const std::string server = variable({"GITHUB_SERVER_URL"});
  const std::string run = variable({"GITHUB_RUN_ID"});
  if (!server.empty() && !run.empty())
    record.ci_url = fmt::format("{}/{}/actions/runs/{}", server, variable({"GITHUB_REPOSITORY"}), run);
}

void note_gitlab(RunRecord& record) {
  record.ci_system = "GitLab CI";
  record.git_commit = variable({"CI_COMMIT_SHA"});
  record.git_ref = variable({"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"});
  record.change_request = variable({"CI_MERGE_REQUEST_IID"});
  record.ci_url = variable({"CI_JOB_URL"});
  record.actor = variable({"GITLAB_USER_LOGIN"});
}

void note_jenkins(RunRecord& record) {
  record.ci_system = "Jenkins";
  record.git_commit = variable({"GIT_COMMIT"});
  record.git_ref = variable({"CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"});
  record.change_request = variable({"CHANGE_ID"});
  record.ci_url = variable({"BUILD_URL"});
  record.actor = variable({"BUILD_USER_ID", "CHANGE_AUTHOR"});
}

}  // namespace

void note_ci_place(RunRecord& record) {
  if (!variable({"GITHUB_ACTIONS", "GITHUB_RUN_ID"}).empty()) {
    note_github(record);
  } else if (!variable({"GITLAB_CI", "CI_JOB_URL"}).empty()) {
    note_gitlab(record);
  } else if (!variable({"JENKINS_URL", "BUILD_URL"}).empty()) {
    note_jenkins(record);
  }
  if (record.git_commit.empty()) {
    std::error_code ignored;
    const GitCheckout checkout = git_checkout(std::filesystem::current_path(ignored));
    record.git_commit = checkout.commit;
    if (record.git_ref.empty()) record.git_ref = checkout.branch;
  }
  if (record.actor.empty()) record.actor = variable({"USER"});
}

}  // namespace modelgate
