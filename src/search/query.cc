#include "search/query.h"

#include <chrono>

namespace roost::search {
namespace {

class Checker {
 public:
  explicit Checker(const QueryLimits& limits) : limits_(limits) {}

  Result<> visit(const Query& query, uint32_t depth) {
    if (depth > limits_.depth_max) return no(Code::limit, "Search keys are nested too deeply.");
    if (++nodes_ > limits_.nodes_max) return no(Code::limit, "Too many search keys.");
    return std::visit([&](const auto& node) { return check(node, depth); }, query.node);
  }

 private:
  Result<> check(const And& node, uint32_t depth) { return children(node.of, depth); }
  Result<> check(const Or& node, uint32_t depth) { return children(node.of, depth); }
  Result<> check(const Not& node, uint32_t depth) {
    if (node.of.size() != 1) return fault("NOT without exactly one search key");
    return children(node.of, depth);
  }
  Result<> check(const InField& node, uint32_t) { return needle(node.needle); }
  Result<> check(const InHeader& node, uint32_t) { return needle(node.needle); }
  Result<> check(const InBody& node, uint32_t) { return needle(node.needle); }
  Result<> check(const InText& node, uint32_t) { return needle(node.needle); }
  template <class Leaf>
  Result<> check(const Leaf&, uint32_t) {
    return {};
  }

  Result<> children(const std::vector<Query>& of, uint32_t depth) {
    for (const Query& child : of) ROOST_TRY_VOID(visit(child, depth + 1));
    return {};
  }

  Result<> needle(const std::string& needle) {
    if (needle.size() > limits_.needle_bytes_max) return no(Code::limit, "A search string is too long.");
    if (++needles_ > limits_.needles_max) return no(Code::limit, "Too many search strings.");
    return {};
  }

  const QueryLimits& limits_;
  uint32_t nodes_ = 0;
  uint32_t needles_ = 0;
};

constexpr int64_t kDaySeconds = 86'400;

}  // namespace

int64_t day_number(Day day) {
  using namespace std::chrono;
  auto first = year(day.year) / month(day.month) / 1;
  return sys_days(first).time_since_epoch().count() + day.day - 1;
}

int64_t day_number(int64_t seconds, int zone_minutes) {
  int64_t days = seconds / kDaySeconds;
  int64_t rest = seconds % kDaySeconds + int64_t{zone_minutes} * 60;
  if (rest < 0) return days - 1 - (-rest - 1) / kDaySeconds;
  return days + rest / kDaySeconds;
}

Result<> check_query(const Query& query, const QueryLimits& limits) { return Checker(limits).visit(query, 1); }

}  // namespace roost::search
