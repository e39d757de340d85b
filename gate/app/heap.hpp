// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// One heap for all threads that keeps what it was given, its first part in huge pages: columns of a million rows are
/// written and freed one after another, and walks through them in order of score would wait for address translation.
/// First act of main.
void set_up_heap();

}  // namespace modelgate
