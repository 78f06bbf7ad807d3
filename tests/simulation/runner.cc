#include "runner.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "world.h"

namespace roost::simulation {
namespace {

constexpr uint64_t kSeedsPerProcess = 50;

// What a process says of each of its runs, through a pipe. The reason follows, `reason_bytes` long.
struct Report {
  uint64_t seed = 0;
  bool begun = false;  // and not yet over: the last of these names who took the process down
  bool failed = false;
  uint64_t events = 0;
  uint64_t records = 0;
  uint64_t checkpoints = 0;
  uint64_t crashes = 0;
  uint64_t reason_bytes = 0;
};

void write_all(int to, const void* data, size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    ssize_t written = ::write(to, at, size);
    if (written <= 0) std::_Exit(3);
    at += written;
    size -= static_cast<size_t>(written);
  }
}

bool read_all(FILE* from, void* data, size_t size) { return std::fread(data, 1, size, from) == size; }

void run_and_report(const Plan& plan, bool twice, int to) {
  Report report{.seed = plan.seed, .begun = true};
  write_all(to, &report, sizeof report);
  Outcome outcome = run_plan(plan);
  if (twice && !outcome.failure && run_plan(plan).hash != outcome.hash) {
    outcome.failure = "the same plan ran another way the second time";
  }
  std::string reason = outcome.failure.value_or("");
  report = {.seed = plan.seed,
            .begun = false,
            .failed = outcome.failure.has_value(),
            .events = outcome.events,
            .records = outcome.records,
            .checkpoints = outcome.checkpoints,
            .crashes = outcome.crashes,
            .reason_bytes = reason.size()};
  write_all(to, &report, sizeof report);
  write_all(to, reason.data(), reason.size());
}

// A process that runs them and reports. What it leaves in memory goes with it.
struct Child {
  pid_t pid = 0;
  FILE* reports = nullptr;
  uint64_t until = 0;  // of its seeds
};

template <class Work>
Child start(Work work) {
  int ends[2];
  std::fflush(nullptr);
  if (::pipe(ends) != 0) std::abort();
  pid_t pid = ::fork();
  if (pid < 0) std::abort();
  if (pid == 0) {
    ::close(ends[0]);
    // The server's log, which is full of what was done to it.
    if (std::freopen("/dev/null", "w", stderr) == nullptr) std::_Exit(3);
    work(ends[1]);
    std::_Exit(0);
  }
  ::close(ends[1]);
  return {.pid = pid, .reports = ::fdopen(ends[0], "r")};
}

// How the process ended; empty if all went well.
std::string end(Child child) {
  std::fclose(child.reports);
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  if (WIFSIGNALED(status))
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with status {}", WEXITSTATUS(status));
}

// Reads what the child says until it ends; calls on_end(Report, reason) for each of its runs.
// Gives the seed that ended it too soon.
template <class OnEnd>
std::optional<uint64_t> listen(Child child, OnEnd on_end) {
  std::optional<uint64_t> running;
  for (Report report; read_all(child.reports, &report, sizeof report);) {
    if (report.begun) {
      running = report.seed;
      continue;
    }
    std::string reason(report.reason_bytes, '\0');
    if (!read_all(child.reports, reason.data(), reason.size())) break;
    running.reset();
    on_end(report, reason);
  }
  std::string how = end(child);
  if (running) on_end(Report{.seed = *running, .failed = true}, "the process was " + how);
  return running;
}

}  // namespace

std::optional<std::string> failure_of(const Plan& plan) {
  std::optional<std::string> failure;
  Child child = start([&](int to) { run_and_report(plan, false, to); });
  listen(child, [&](const Report& report, const std::string& reason) {
    if (report.failed) failure = reason;
  });
  return failure;
}

Totals sweep(const Sweep& what, const std::function<void(const Plan&, const std::string&)>& failed) {
  Totals totals;
  uint64_t next = what.first;
  auto left = [&] {
    return totals.failures < what.failures_max && (what.count == 0 || next < what.first + what.count);
  };
  // One lane for each process: as long as one is read, the others go on by themselves.
  std::vector<Child> lanes;
  auto begin = [&](uint64_t from, uint64_t until) {
    lanes.push_back(start([from, until](int to) {
      for (uint64_t seed = from; seed < until; ++seed) {
        run_and_report(plan_of(seed), seed % kSeedsPerReplay == 0, to);
      }
    }));
    lanes.back().until = until;
  };
  while (left() || !lanes.empty()) {
    while (left() && lanes.size() < what.processes) {
      uint64_t from = next;
      next += kSeedsPerProcess;
      if (what.count != 0) next = std::min(next, what.first + what.count);
      begin(from, next);
    }
    Child first = lanes.front();
    lanes.erase(lanes.begin());
    auto died_at = listen(first, [&](const Report& report, const std::string& reason) {
      ++totals.seeds;
      totals.events += report.events;
      totals.records += report.records;
      totals.checkpoints += report.checkpoints;
      totals.crashes += report.crashes;
      if (!report.failed) return;
      ++totals.failures;
      failed(plan_of(report.seed), reason);
    });
    if (died_at && *died_at + 1 < first.until && totals.failures < what.failures_max) begin(*died_at + 1, first.until);
  }
  return totals;
}

// Greedily: half the steps, a client less, a node less, a fault less, as long as it still fails.
Plan shrink(Plan plan) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    std::vector<Plan> candidates;
    auto candidate = [&](auto change) {
      Plan one = plan;
      change(one);
      if (one != plan) candidates.push_back(one);
    };
    for (uint32_t divisor : {2U, 4U, 10U}) {
      candidate([&](Plan& p) { p.steps = std::max(1U, p.steps - p.steps / divisor); });
    }
    candidate([](Plan& p) { p.steps = std::max(1U, p.steps - 1); });
    candidate([](Plan& p) { p.clients = std::max(1U, p.clients - 1); });
    candidate([](Plan& p) { p.nodes = std::max(1U, p.nodes - 1); });
    for (size_t i = 0; i < kFaultNames.size(); ++i) candidate([i](Plan& p) { p.faults &= ~(1U << i); });
    for (const Plan& one : candidates) {
      if (!failure_of(one)) continue;
      plan = one;
      smaller = true;
      break;
    }
  }
  return plan;
}

}  // namespace roost::simulation
