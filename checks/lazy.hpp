// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace modelgate {

/// A value made once, by the first thread that asks; the others wait for it.
template <class Value>
class Lazy {
 public:
  template <class Make>
  const Value& get(Make&& make) {
    const std::scoped_lock lock(mutex_);
    if (!value_) value_.emplace(std::forward<Make>(make)());
    return *value_;
  }

 private:
  std::mutex mutex_;
  std::optional<Value> value_;
};

/// Lazy values by key; addresses stay valid, and different keys are made at the same time.
template <class Value>
class LazyMap {
 public:
  template <class Make>
  const Value& get(const std::string& key, Make&& make) {
    return slot(key).get(std::forward<Make>(make));
  }

 private:
  Lazy<Value>& slot(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    std::unique_ptr<Lazy<Value>>& found = slots_[key];
    if (!found) found = std::make_unique<Lazy<Value>>();
    return *found;
  }

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Lazy<Value>>> slots_;
};

}  // namespace modelgate
