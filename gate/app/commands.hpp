// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "gate/core/verdict.hpp"

namespace modelgate {

/// Each command takes the words after its name and returns the exit code; errors are printed to stderr.
ExitCode command_init(std::span<const std::string> words);
ExitCode command_run(std::span<const std::string> words);
ExitCode command_predict(std::span<const std::string> words);
ExitCode command_validate(std::span<const std::string> words);
ExitCode command_plan(std::span<const std::string> words);
ExitCode command_explain(std::span<const std::string> words);
ExitCode command_render(std::span<const std::string> words);
ExitCode command_verify(std::span<const std::string> words);
ExitCode command_diff(std::span<const std::string> words);
ExitCode command_completion(std::span<const std::string> words);
ExitCode command_selftest(std::span<const std::string> words);
ExitCode command_list(std::span<const std::string> words);

/// Prints an error for people and returns its exit code.
ExitCode fail_with(const struct Error& error);

}  // namespace modelgate
