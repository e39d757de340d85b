// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "gate/config/key_tables.hpp"

namespace modelgate {
namespace {

constexpr double endless = 1e308;

constexpr auto rows = std::to_array<Key>({
    {.where = Where::costs,
     .name = "fp",
     .shape = Shape::number,
     .high = endless,
     .required = true,
     .doc = "What a false positive costs."},
    {.where = Where::costs,
     .name = "fn",
     .shape = Shape::number,
     .high = endless,
     .required = true,
     .doc = "What a false negative costs, in the same unit."},
    {.where = Where::ledger,
     .name = "path",
     .shape = Shape::path,
     .required = true,
     .doc = "JSON file that outlives the run: in the repository or a cache of the CI."},
    {.where = Where::ledger,
     .name = "budget",
     .shape = Shape::whole,
     .low = 1,
     .high = 1e6,
     .required = true,
     .doc = "Candidates that these golden rows may judge; pass is judged at alpha over it."},
    {.where = Where::ledger,
     .name = "looks",
     .shape = Shape::whole,
     .fallback = "1",
     .low = 1,
     .high = 100,
     .heir = Heir::fixed,
     .doc = "Looks at one candidate while the golden rows grow; alpha is spent over them."},
    {.where = Where::first_release, .name = "owner", .required = true, .doc = "Who answers for the first release."},
    {.where = Where::first_release, .name = "reason", .required = true, .doc = "Why there is nothing to compare with."},
    {.where = Where::first_release,
     .name = "until",
     .shape = Shape::date,
     .required = true,
     .doc = "Last day on which it holds."},
    {.where = Where::reports,
     .name = "row_evidence",
     .shape = Shape::word,
     .words = "off|hashed|plain",
     .fallback = "off",
     .doc = "Whether flips.parquet lists the rows that went from right to wrong, ids hashed or as they are."},
    {.where = Where::reports,
     .name = "suppress_below",
     .shape = Shape::whole,
     .fallback = "0",
     .high = 1e9,
     .heir = Heir::raise,
     .doc = "Slices with fewer flipped rows are not named, and pictures show no fewer rows."},
    {.where = Where::reports,
     .name = "samples",
     .shape = Shape::flag,
     .fallback = "false",
     .doc = "Whether the timings are written, too: every request in samples.parquet, every round in latency.json."},
});

}  // namespace

std::span<const Key> terms_keys() { return rows; }

}  // namespace modelgate
