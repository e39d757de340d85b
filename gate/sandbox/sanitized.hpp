// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Whether this is a build for finding errors (ci/sanitize). Its workers have no limit on memory, as AddressSanitizer
/// lays out terabytes of addresses, and may make pipes, by which the sanitizers ask whether memory can be read.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace modelgate
