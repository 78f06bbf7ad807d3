// Tasks that never wait, from outside of every loop: the memory engine's calls run straight through there.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>

#include "rt/task.h"

namespace roost::simulation {

namespace detail {

struct Started {
  struct promise_type {
    Started get_return_object() { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const { std::abort(); }
  };
};

template <class T>
Started run_into(task<T> work, std::optional<T>* value) {
  value->emplace(co_await std::move(work));
}

}  // namespace detail

template <class T>
T run_now(task<T> work) {
  std::optional<T> value;
  detail::run_into(std::move(work), &value);
  return std::move(value).value();
}

}  // namespace roost::simulation
