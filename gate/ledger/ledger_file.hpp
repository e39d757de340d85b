// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "gate/core/error.hpp"
#include "gate/ledger/ledger.hpp"

namespace modelgate {

/// A ledger read under a lock that lasts as long as the object: two runs never count past each other. The lock is the
/// folder's own (flock), so that no file is left behind.
class LedgerFile {
 public:
  /// Waits up to 10 minutes for another run; give_up is asked meanwhile. A missing file is an empty ledger, a damaged
  /// or unreadable one a data error.
  static Result<LedgerFile> open(const std::string& path, const std::function<bool()>& give_up);

  LedgerFile(LedgerFile&& other) noexcept;
  LedgerFile& operator=(LedgerFile&& other) noexcept;
  ~LedgerFile();

  Ledger& ledger() { return ledger_; }

 private:
  explicit LedgerFile(int folder) : folder_(folder) {}

  int folder_ = -1;
  Ledger ledger_;
};

}  // namespace modelgate
