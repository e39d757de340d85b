// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/config/read.hpp"
#include "gate/config/section.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// The row of the registry an entry's metric names, or null after saying why none fits the family and task.
const CheckSpec* find_metric(const Section& entry, Family family, std::span<const CheckSpec* const> specs, Task task);

/// An explicit id may not look like a part of another id: results append .column=value to it.
void check_id(const Section& entry);

/// The stable id of a planned check: family.metric.limit[.attribute=a+b][.class=c][.batch=n][.load=l], scope keys only
/// where written; an explicit id replaces family.metric.
std::string derived_id(const PlannedCheck& check, const Section& entry, std::optional<std::int64_t> batch);

/// What tells planned checks apart: the base id and the columns of the slice, whose values the results append.
std::string identity(const PlannedCheck& check);

/// Says which two entries would give results of the same id.
void check_unique_ids(std::span<const CheckEntry> entries, Problems& problems);

}  // namespace modelgate
