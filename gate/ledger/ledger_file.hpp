// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "gate/core/error.hpp"
#include "gate/ledger/ledger.hpp"

namespace modelgate {

/// A ledger read under a lock that lasts as long as the object: two runs never count past each other. The lock is the
/// folder's own (flock), so that no file is left behind.
class LedgerFile {
 public:
  /// Waits up to 10 minutes for another run; give_up is asked meanwhile. A missing file is an empty ledger, a damaged
  /// or unreadable one a data error. A link is followed: lock and file are those of what it points to.
  static Result<LedgerFile> open(const std::string& path, const std::function<bool()>& give_up);

  LedgerFile(LedgerFile&& other) noexcept;
  LedgerFile& operator=(LedgerFile&& other) noexcept;
  ~LedgerFile();

  Ledger& ledger() { return ledger_; }
  /// The file itself, to be written to in place of a link.
  const std::string& path() const { return path_; }
  /// The bytes that were read; empty where there was no file.
  const std::string& found() const { return found_; }

 private:
  LedgerFile(int folder, std::string path) : folder_(folder), path_(std::move(path)) {}

  int folder_ = -1;
  std::string path_;
  std::string found_;
  Ledger ledger_;
};

}  // namespace modelgate
