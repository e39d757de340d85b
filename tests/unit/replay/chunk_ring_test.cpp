// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/chunk_ring.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace modelgate {
namespace {

TEST(ChunkRing, GivesEveryReaderEveryChunkInOrderAndNeverReusesASlotInUse) {
  constexpr std::size_t chunks = 5000;
  ChunkRing ring(3, 2);
  std::vector<std::size_t> content(3);  // guarded by the ring alone: a data race here is its fault
  std::vector<std::size_t> seen(2);
  std::vector<std::jthread> readers;
  for (std::size_t reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      while (const auto chunk = ring.next(reader)) {
        if (content[chunk->slot] == seen[reader] && chunk->rows == seen[reader] % 7 + 1) ++seen[reader];
        ring.done(reader);
      }
      ring.leave(reader);
    });
  }
  std::size_t rows = 0;
  for (std::size_t i = 0; i < chunks; ++i) {
    const auto slot = ring.acquire(10);
    ASSERT_TRUE(slot.has_value());
    content[*slot] = i;
    ring.publish(i % 7 + 1);
    rows += i % 7 + 1;
  }
  ring.close();
  ASSERT_TRUE(ring.wait_for_readers(10));
  readers.clear();
  EXPECT_EQ(seen, (std::vector<std::size_t>{chunks, chunks}));
  EXPECT_EQ(ring.rows_done(), rows);
}

TEST(ChunkRing, WaitsForTheSlowestReader) {
  ChunkRing ring(2, 2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(ring.acquire(1).has_value());
    ring.publish(10);
  }
  ASSERT_TRUE(ring.next(0).has_value());
  ring.done(0);
  EXPECT_FALSE(ring.acquire(0.01).has_value());  // reader 1 has not seen the first
  EXPECT_EQ(ring.rows_done(), 0U);
  ring.leave(1);
  EXPECT_TRUE(ring.acquire(0.01).has_value());
  EXPECT_EQ(ring.rows_done(), 10U);
}

TEST(ChunkRing, NeverWaitsWithoutReaders) {
  ChunkRing ring(2, 1);
  ring.leave(0);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(ring.acquire(0).has_value());
    ring.publish(5);
  }
  EXPECT_EQ(ring.rows_done(), 50U);
  EXPECT_TRUE(ring.wait_for_readers(0));
}

TEST(ChunkRing, AbandonedGivesNothingMore) {
  ChunkRing ring(2, 1);
  ASSERT_TRUE(ring.acquire(0).has_value());
  ring.publish(5);
  ring.abandon();
  EXPECT_FALSE(ring.next(0).has_value());
}

}  // namespace
}  // namespace modelgate
