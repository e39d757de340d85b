// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace modelgate {

/// The smallest keyed hashes of a set of row ids, sorted, at most sketch_size: enough to tell how much two sets overlap
/// and nothing of the ids themselves. The same for any row order; the sketch of a union is the merge of the sketches.
/// Source: Broder AZ (1997), On the resemblance and containment of documents (bottom-k sketch).
using Sketch = std::vector<std::uint64_t>;
inline constexpr std::size_t sketch_size = 1024;

/// The sketch of the rows with these id hashes; empty for no rows. O(rows) time, O(1) memory.
Sketch sketch_of(std::span<const std::uint64_t> id_hashes);

/// The sketch of both sets together.
Sketch merged(const Sketch& one, const Sketch& other);

/// The estimated share of the smaller set that the other set holds, too: 1 for a set and its extension, 0 where either
/// is empty.
double overlap(const Sketch& one, const Sketch& other);

}  // namespace modelgate
