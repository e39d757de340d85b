// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace modelgate {

/// What is known of how often these golden rows have judged candidates. The ledger says it; without one it is unknown.
struct Reuse {
  enum class Status { unknown, not_judged, counted, candidates_exhausted, looks_exhausted };

  Status status = Status::unknown;
  std::string ledger;             ///< path of the ledger as written; empty: none
  std::string known_by;           ///< "row ids", or "file digest" where the rows have no id
  std::size_t candidates = 0;     ///< this candidate's number among the distinct ones judged on these rows, from 1
  std::size_t budget = 0;         ///< candidates that the rows may judge
  std::size_t looks = 0;          ///< looks declared
  std::vector<double> look_rows;  ///< rows at each of this candidate's looks, the present one last
  bool seen = false;              ///< this very candidate was judged on this very data before: it costs nothing
  double fail_level = 0.05;       ///< one-sided level of a fail over the whole gate at this look
  std::string sentence;           ///< for people: "Candidate 3 of 10 on these golden rows, known by row ids."

  bool exhausted() const { return status == Status::candidates_exhausted || status == Status::looks_exhausted; }
};

}  // namespace modelgate
