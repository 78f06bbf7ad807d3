// Several tasks at once, on the loop of whoever waits for them.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "rt/event.h"
#include "rt/loop.h"
#include "rt/task.h"

namespace roost::rt {

namespace detail {

template <class T>
task<> gather_one(task<T> work, std::optional<T>* result, size_t* pending, Event* done) {
  result->emplace(co_await std::move(work));
  if (--*pending == 0) done->set();
}

}  // namespace detail

// Runs all of `work`; their values in the same order, once the last is done. A task that may throw must catch itself.
template <class T>
task<std::vector<T>> gather(std::vector<task<T>> work) {
  std::vector<std::optional<T>> results(work.size());
  size_t pending = work.size();
  Event done;
  for (size_t i = 0; i < work.size(); ++i) {
    spawn(*Loop::current(), detail::gather_one(std::move(work[i]), &results[i], &pending, &done));
  }
  if (!work.empty()) co_await done.wait();
  std::vector<T> values;
  values.reserve(results.size());
  for (auto& result : results) values.push_back(std::move(*result));
  co_return values;
}

}  // namespace roost::rt
