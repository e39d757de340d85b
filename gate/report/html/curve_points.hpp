// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "gate/core/pictures.hpp"
#include "gate/report/html/frame.hpp"

namespace modelgate {

/// The points that can be drawn.
std::vector<Point> points_of(const std::optional<Curve>& curve);

/// y at this x, between the neighbouring points; points must not be empty.
double height_at(const std::vector<Point>& points, double x);

/// The first x at which a distribution reaches this share; points must not be empty.
double quantile_of(const std::vector<Point>& points, double share);

/// The line as far as the picture reaches; its last point stands on the edge.
std::vector<Point> within(const Frame& frame, const std::vector<Point>& points, const Interval& x);

/// A long tail would press the rest against the axis: both models' values up to where they have 99.5 % of their rows.
Extent extent_of(const std::vector<Point>& candidate, const std::vector<Point>& production);

}  // namespace modelgate
