// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/app/init_models.hpp"

namespace modelgate {

/// Finds a live model's inputs by trying it in a worker: the guesses of gate/propose one after another, until it takes
/// one that leaves no doubt, else the one that goes best with the labels. What the model says itself is followed:
/// another type of number, one element of a tuple or dict.
Result<SettledModel> settle_live(Role role, const GivenModel& given, const TableProfile& golden,
                                 const DatasetSpec& dataset, const propose::Roles& roles);

}  // namespace modelgate
