// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/chunk_ring.hpp"

#include <algorithm>
#include <chrono>

namespace modelgate {

ChunkRing::ChunkRing(std::size_t slots, std::size_t readers) : rows_(slots), readers_(readers) {}

std::optional<std::size_t> ChunkRing::acquire(double seconds) {
  std::unique_lock lock(mutex_);
  const auto free = [this] { return published_ - slowest() < rows_.size(); };
  if (!changed_.wait_for(lock, std::chrono::duration<double>(seconds), free)) return std::nullopt;
  return published_ % rows_.size();
}

void ChunkRing::publish(std::size_t rows) {
  const std::lock_guard lock(mutex_);
  rows_[published_ % rows_.size()] = rows;
  ++published_;
  rows_published_ += rows;
  changed_.notify_all();
}

void ChunkRing::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void ChunkRing::abandon() {
  const std::lock_guard lock(mutex_);
  closed_ = abandoned_ = true;
  changed_.notify_all();
}

bool ChunkRing::wait_for_readers(double seconds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                           [this] { return std::ranges::none_of(readers_, &Reader::present); });
}

std::optional<ChunkRing::Chunk> ChunkRing::next(std::size_t reader) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || readers_[reader].taken < published_; });
  return take(reader);
}

std::optional<ChunkRing::Chunk> ChunkRing::next_if_ready(std::size_t reader) {
  const std::lock_guard lock(mutex_);
  return take(reader);
}

void ChunkRing::done(std::size_t reader) {
  const std::lock_guard lock(mutex_);
  Reader& self = readers_[reader];
  self.rows_done += rows_[self.done % rows_.size()];
  ++self.done;
  changed_.notify_all();
}

void ChunkRing::leave(std::size_t reader) {
  const std::lock_guard lock(mutex_);
  readers_[reader].present = false;
  changed_.notify_all();
}

std::size_t ChunkRing::rows_done() const {
  const std::lock_guard lock(mutex_);
  std::size_t least = rows_published_;
  for (const Reader& reader : readers_) {
    if (reader.present) least = std::min(least, reader.rows_done);
  }
  return least;
}

std::size_t ChunkRing::slowest() const {
  std::size_t least = published_;
  for (const Reader& reader : readers_) {
    if (reader.present) least = std::min(least, reader.done);
  }
  return least;
}

std::optional<ChunkRing::Chunk> ChunkRing::take(std::size_t reader) {
  Reader& self = readers_[reader];
  if (abandoned_ || self.taken >= published_) return std::nullopt;
  const std::size_t slot = self.taken++ % rows_.size();
  return Chunk{slot, rows_[slot]};
}

}  // namespace modelgate
