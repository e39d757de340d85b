// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checks/cache.hpp"
#include "checks/check.hpp"
#include "checks/lazy.hpp"
#include "checks/pictures/choose.hpp"
#include "checks/pictures/place.hpp"

namespace modelgate {

/// Draws single pictures and keeps what several of them need: the rows of every group of a scope (4 bytes a row) and
/// the levels of scores. Safe to use from several threads; the evidence must outlive it.
class Gallery {
 public:
  explicit Gallery(const Evidence& evidence) : evidence_(evidence) {}

  /// Empty where nothing can be drawn.
  Pictures draw(const CheckResult& result);

 private:
  /// A group of the rows of one table: the golden rows', or one label's of them.
  struct Site {
    const ScoreTable* table = nullptr;
    EvidenceCache* cache = nullptr;
    const Grouping* grouping = nullptr;
    std::size_t group = 0;
  };
  using RowLists = std::vector<std::vector<std::uint32_t>>;

  std::optional<Site> site_of(const CheckResult& result);
  Pictures draw_rows(const CheckResult& result, Drawing drawing, const Site& site);
  const std::vector<std::uint32_t>& rows_of(const Site& site);
  const std::vector<Level>& levels_of(const CheckResult& result, const PicturePlace& place, Role role);
  Pictures draw_latency(const LoadShape& shape) const;

  const Evidence evidence_;
  LazyMap<RowLists> rows_;
  LazyMap<std::vector<Level>> levels_;
};

}  // namespace modelgate
