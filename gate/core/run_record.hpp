// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "gate/core/plan.hpp"

namespace modelgate {

/// What a model was, by its bytes.
struct ModelRecord {
  bool present = false;
  std::string path;
  std::string sha256;  ///< of the bytes the worker was given, or of the predictions files
  std::string version;
  /// "torchscript", "aotinductor", "recorded predictions", "recorded predictions, origin unproven", "dataset columns"
  std::string origin;
  std::string signed_by;  ///< SHA-256 of the public key (DER) whose signature over these bytes held; empty: none asked
};

/// SHA-256 of the ledger's bytes before and after a run; empty where there was no file.
struct LedgerDigests {
  std::string before;
  std::string after;
};

/// Everything about a run that is not a judgement; volatile data stand here alone.
struct RunRecord {
  std::string tool_version;
  std::string git_commit;
  std::string git_ref;         ///< "main", "refs/pull/7/merge": branch, tag or ref as the CI names it; empty: unknown
  std::string ci_system;       ///< "GitHub Actions", "GitLab CI", "Jenkins"; empty: none of them
  std::string ci_url;          ///< of the job or run
  std::string change_request;  ///< number of the pull or merge request; empty: none
  std::string actor;
  std::string hostname;
  std::string started;  ///< UTC, 2026-11-22T13:40:00Z
  double seconds = 0.0;
  std::string waivers_file;    ///< as the messages name it; empty: none
  std::string waivers_sha256;  ///< of the bytes that were applied
  LedgerDigests ledger;
  std::array<ModelRecord, 2> models;
  std::string dataset_path;
  std::string dataset_sha256;
  std::size_t dataset_rows = 0;
  std::vector<std::pair<std::string, std::string>> environment;  ///< cpu, kernel, libtorch, load average, …
  std::string isolation = "none";
};

}  // namespace modelgate
