// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace modelgate {

/// Hands decoded chunks from one writer to several readers through a ring of slots, each slot free again once every
/// reader is done with it. Knows slots and rows only; thread-safe.
class ChunkRing {
 public:
  struct Chunk {
    std::size_t slot = 0;
    std::size_t rows = 0;
  };

  ChunkRing(std::size_t slots, std::size_t readers);

  /// Writer: the next slot to fill; waits for it at most this long. Free at once when no reader is left.
  std::optional<std::size_t> acquire(double seconds);
  /// Writer: the acquired slot holds this many rows.
  void publish(std::size_t rows);
  /// Writer: no more chunks will come.
  void close();
  /// Writer: readers are to stop where they are.
  void abandon();
  /// Writer: waits at most this long for every reader to have left; true when they have.
  bool wait_for_readers(double seconds);

  /// Reader: its next chunk; waits for one, nothing at the end.
  std::optional<Chunk> next(std::size_t reader);
  /// Reader: its next chunk if one is there.
  std::optional<Chunk> next_if_ready(std::size_t reader);
  /// Reader: its oldest chunk not yet done is done.
  void done(std::size_t reader);
  /// Reader: finished or failed; the ring no longer waits for it.
  void leave(std::size_t reader);

  /// Rows every remaining reader is done with; rows published when none remains.
  std::size_t rows_done() const;

 private:
  struct Reader {
    std::size_t taken = 0;
    std::size_t done = 0;
    std::size_t rows_done = 0;
    bool present = true;
  };

  std::size_t slowest() const;
  std::optional<Chunk> take(std::size_t reader);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> rows_;  // by slot
  std::vector<Reader> readers_;
  std::size_t published_ = 0;
  std::size_t rows_published_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace modelgate
