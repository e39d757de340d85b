// SPDX-License-Identifier: Apache-2.0
#include "checks/pictures/draw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "checks/pictures/choose.hpp"
#include "checks/pictures/gallery.hpp"

namespace modelgate {
namespace {

/// A picture to be drawn once, for all results that ask for it.
struct Order {
  const CheckResult* example = nullptr;
  std::vector<std::size_t> results;
  Pictures pictures;
};

void draw_all(Gallery& gallery, std::vector<Order*>& orders, unsigned threads) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> starved{false};
  const auto work = [&] {
    for (std::size_t at = next++; at < orders.size(); at = next++) {
      try {
        orders[at]->pictures = gallery.draw(*orders[at]->example);
      } catch (const std::bad_alloc&) {
        starved = true;
      } catch (const std::exception&) {  // a picture is lost, the verdict stands
        orders[at]->pictures = {};
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    try {
      for (std::size_t i = 1; i < std::min<std::size_t>(std::max(1U, threads), orders.size()); ++i)
        workers.emplace_back(work);
    } catch (const std::system_error&) {
      work();  // fewer threads draw as well
    }
    work();
  }
  if (starved) throw std::bad_alloc();  // not a report with gaps that it does not tell of
}

}  // namespace

void draw_pictures(const Evidence& evidence, std::span<CheckResult> results, unsigned threads) {
  const Task task = evidence.table == nullptr ? evidence.plan.task : evidence.table->task;
  std::map<std::string, Order> orders;
  std::vector<Order*> queue;
  std::size_t pictured = 0;
  for (const std::size_t at : worth_drawing(results)) {
    if (pictured == most_pictured_results) break;
    const CheckResult& result = results[at];
    const Drawing drawing = drawing_of(result.planned, task);
    if (drawing == Drawing::none) continue;
    auto [found, fresh] = orders.try_emplace(question_of(result, drawing));
    if (!fresh && result.outcome == Outcome::pass) continue;
    if (fresh) {
      found->second.example = &result;
      queue.push_back(&found->second);
    }
    found->second.results.push_back(at);
    ++pictured;
  }
  Gallery gallery(evidence);
  draw_all(gallery, queue, threads);
  for (const Order* order : queue)
    for (const std::size_t at : order->results) results[at].pictures = order->pictures;
}

}  // namespace modelgate
