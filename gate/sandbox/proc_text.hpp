// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace modelgate {

/// The value of one line of a /proc/PID/status, whose name is given without its colon, without the blanks before it;
/// empty where there is no such line.
std::string_view proc_status_value(std::string_view status, std::string_view name);

/// Field n of a /proc/PID/stat as numbered in proc(5), n >= 3; the program's name in field 2 may hold anything. Empty
/// where there is no such field.
std::string_view proc_stat_field(std::string_view stat, int n);

}  // namespace modelgate
