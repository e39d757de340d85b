// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/error.hpp"

namespace modelgate {

struct RenderOptions {
  std::string report;
  std::vector<std::string> outputs;
};

struct VerifyOptions {
  std::string report;
  std::string model;
  std::string production;  ///< empty: not asked for
  std::string dataset;
  std::string gate;
  std::optional<std::chrono::seconds> max_age;
  std::vector<std::string> allowed_overrides;
};

struct DiffOptions {
  std::string before;
  std::string after;
  bool markdown = false;
  std::string output;  ///< .md; empty: standard output
};

struct ExplainOptions {
  std::string id;      ///< metric or check id; empty: list the ids of the report
  std::string report;  ///< --from; empty: the registry's own text
};

/// What --help prints, the options' list included.
std::string render_help();
std::string verify_help();
std::string diff_help();
std::string explain_help();

/// Usage errors that name the word.
Result<RenderOptions> parse_render(std::span<const std::string> words);
Result<VerifyOptions> parse_verify(std::span<const std::string> words);
Result<DiffOptions> parse_diff(std::span<const std::string> words);
Result<ExplainOptions> parse_explain(std::span<const std::string> words);

/// True where the two paths name one file that is there.
bool is_same_file(const std::string& one, const std::string& other);

}  // namespace modelgate
