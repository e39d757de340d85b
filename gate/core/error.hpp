// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "gate/core/outcome.hpp"

namespace modelgate {

/// Who can mend an error; decides the exit code (usage 2, data and model and internal 3, report 4).
enum class ErrorKind { usage, data, model, report, internal };

/// What went wrong, in one or more full sentences: what, where (file, column, row), what to do.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  Reason reason = Reason::internal;
  std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

/// An error of the command line or the gate file (exit 2).
inline std::unexpected<Error> usage_error(std::string message) {
  return std::unexpected(Error{ErrorKind::usage, Reason::data_invalid, std::move(message)});
}

/// An error of the golden data or of recorded predictions (exit 3).
inline std::unexpected<Error> data_error(std::string message, Reason reason = Reason::data_invalid) {
  return std::unexpected(Error{ErrorKind::data, reason, std::move(message)});
}

/// An error of one model: unloadable, crashed, timed out, wrong shape (exit 3).
inline std::unexpected<Error> model_error(Reason reason, std::string message) {
  return std::unexpected(Error{ErrorKind::model, reason, std::move(message)});
}

/// A report that could not be written (exit 4).
inline std::unexpected<Error> report_error(std::string message) {
  return std::unexpected(Error{ErrorKind::report, Reason::internal, std::move(message)});
}

/// A broken assumption of our own or a failed system call (exit 3).
inline std::unexpected<Error> internal_error(std::string message) {
  return std::unexpected(Error{ErrorKind::internal, Reason::internal, std::move(message)});
}

}  // namespace modelgate
