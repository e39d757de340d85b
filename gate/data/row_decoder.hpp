// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/columns.hpp"
#include "gate/data/golden_reader.hpp"
#include "gate/data/table_source.hpp"
#include "gate/data/values.hpp"

namespace modelgate {

/// Where the golden rows' own columns stand, known once their types are.
struct BoundRows {
  std::vector<BoundColumn> label;    ///< one or none; several for multilabel
  std::vector<BoundColumn> weight;   ///< one or none
  std::vector<BoundColumn> cluster;  ///< one or none
  std::vector<BoundColumn> query;    ///< one or none
  std::vector<BoundColumn> id;       ///< one or none
  std::vector<BoundColumn> categories;
  DataFormat format = DataFormat::parquet;
  std::string file;  ///< the first file, for errors
};

/// Something of the golden rows that is appended to RowColumns run by run.
class RowDecoder {
 public:
  virtual ~RowDecoder() = default;
  virtual Result<void> decode(const Run& run, RowColumns& rows) = 0;
  /// After the last row of all.
  virtual Result<void> finish(RowColumns&) { return {}; }
};

using RowDecoderResult = Result<std::unique_ptr<RowDecoder>>;

/// Labels: 0/1 or the positive text, class indexes or names, finite numbers, or relevances of 0 or more, by task.
RowDecoderResult make_label_decoder(const GoldenRequest& request, const BoundRows& bound);
/// Labels of a multilabel task: columns of 0/1, or one column of lists of 0/1, all of one length. They are named after
/// their columns, unless class_names gives them other names; a list's by their place.
RowDecoderResult make_label_bits_decoder(const GoldenRequest& request, const BoundRows& bound);
/// Weights: finite and not negative; frequencies whole, exposures above 0.
RowDecoderResult make_weight_decoder(const BoundRows& bound, WeightKind kind);
/// Units, by the text of their values; key names the gate file's key ("dataset.cluster"). Null and empty are errors.
RowDecoderResult make_unit_decoder(const BoundColumn& column, UnitColumn RowColumns::* units, std::string_view key,
                                   const BoundRows& bound);
/// Slice and attribute columns: texts, integers, booleans; at most 1,000 values each.
RowDecoderResult make_category_decoder(const BoundColumn& column, std::size_t index, const BoundRows& bound);

/// The class of a label's or a class prediction's text: 1 for label.positive, else 0; or the place among class_names.
/// Empty when the task and the request declare no texts.
struct ClassTexts {
  std::vector<std::string> names;
  std::optional<std::string> positive;

  static ClassTexts of(Task task, const LabelSpec& label, const std::vector<std::string>& class_names);
  bool declared() const { return positive.has_value() || !names.empty(); }
  /// True when every class name is a whole number, so that numbers are names, not indexes.
  bool numeric_names() const;
  /// The class, or −1 when the text is none of the declared.
  std::int64_t code(std::string_view text) const;
};

/// The 64-bit XXH3 of an id's text; integers are hashed by their decimal digits.
std::uint64_t id_hash(std::string_view text);

/// Ids of a run, hashed, and kept if keep is not null, as texts if texts is not null; a null id is an error.
Result<void> decode_ids(const Run& run, const BoundColumn& column, std::vector<std::uint64_t>& hashes, IdValues* keep,
                        std::vector<std::string>* texts = nullptr);

/// Rows by their id hash. Two different ids share a hash with probability n² / 2⁶⁵.
class HashIndex {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// Indexes the hashes, which must outlive the index, up to the first duplicate.
  explicit HashIndex(std::span<const std::uint64_t> hashes);
  /// The first two rows with one hash, or nothing.
  const std::optional<std::pair<std::size_t, std::size_t>>& duplicate() const { return duplicate_; }
  /// The row with this hash, or none.
  std::size_t find(std::uint64_t hash) const;

 private:
  struct Slot {
    std::uint32_t tag = 0;  // upper half of the hash
    std::uint32_t row = 0;  // row + 1; 0: free
  };
  std::size_t slot_of(std::uint64_t hash) const;

  std::span<const std::uint64_t> hashes_;
  std::vector<Slot> slots_;
  std::optional<std::pair<std::size_t, std::size_t>> duplicate_;
};

}  // namespace modelgate
