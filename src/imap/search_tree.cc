// The branches of a SEARCH's tree, with a stack of its own: clients write a thousand ORs in a row.
#include "imap/parser.h"
#include "imap/search.h"
#include "imap/search_key.h"

namespace roost::imap {
namespace {

using Op = SearchKey::Op;

class TreeReader {
 public:
  explicit TreeReader(Parser& in) : in_(in) {}

  Result<SearchKey> read() {
    open_.push_back({.op = Op::and_});
    while (true) {
      ROOST_TRY(bool opened, open());
      if (opened) continue;
      if (++keys_ > kSearchKeysMax) return no(Code::limit, "Too many search keys in one command");
      ROOST_TRY(SearchKey key, parse_search_leaf(in_));
      ROOST_TRY(bool done, close(std::move(key)));
      if (done) return std::move(root_);
    }
  }

 private:
  // A key that is waiting for others.
  struct Branch {
    Op op;
    size_t missing = 0;  // operands, of or_ and not_
    bool parenthesis = false;
    std::vector<SearchKey> children;
  };

  // "(", "NOT" SP or "OR" SP at the position. An OR as the operand of an OR, and a NOT as that of a NOT, open nothing.
  Result<bool> open() {
    Op above = open_.back().op;
    if (in_.take('(')) {
      ROOST_TRY_VOID(push({.op = Op::and_, .parenthesis = true}));
    } else if (in_.take_word("OR")) {
      ROOST_TRY_VOID(in_.space());
      if (above == Op::or_) {
        open_.back().missing += 1;
      } else {
        ROOST_TRY_VOID(push({.op = Op::or_, .missing = 2}));
      }
    } else if (in_.take_word("NOT")) {
      ROOST_TRY_VOID(in_.space());
      if (above == Op::not_) {
        open_.pop_back();
      } else {
        ROOST_TRY_VOID(push({.op = Op::not_, .missing = 1}));
      }
    } else {
      return false;
    }
    return true;
  }

  Result<> push(Branch branch) {
    if (open_.size() > kSearchDepthMax) return no(Code::limit, "Search keys nested too deeply");
    open_.push_back(std::move(branch));
    return {};
  }

  // Gives `key` to the innermost branch, and that to the next if it is complete thereby. True at the end of the
  // command.
  Result<bool> close(SearchKey key) {
    while (true) {
      Branch& top = open_.back();
      if (top.op == Op::and_) {
        add(top, std::move(key));
        if (in_.take(' ')) return false;
        bool parenthesis = top.parenthesis;
        ROOST_TRY_VOID(parenthesis ? in_.expect(')', "a space or ')' after a search key") : in_.end());
        key = finish();
        if (parenthesis) continue;
        root_ = std::move(key);
        return true;
      }
      add(top, std::move(key));
      if (--top.missing > 0) {
        ROOST_TRY_VOID(in_.space());
        return false;
      }
      key = finish();
    }
  }

  // and_ within and_, or_ within or_: the children move up.
  static void add(Branch& to, SearchKey key) {
    if (key.op != to.op || to.op == Op::not_) {
      to.children.push_back(std::move(key));
      return;
    }
    for (SearchKey& child : key.children) to.children.push_back(std::move(child));
  }

  SearchKey finish() {
    Branch branch = std::move(open_.back());
    open_.pop_back();
    if (branch.op == Op::not_) return negate_search_key(std::move(branch.children.front()));
    if (branch.children.size() == 1) {
      SearchKey only = std::move(branch.children.front());
      return only;
    }
    SearchKey out{.op = branch.op};
    out.children = std::move(branch.children);
    return out;
  }

  Parser& in_;
  std::vector<Branch> open_;
  SearchKey root_;
  size_t keys_ = 0;
};

}  // namespace

Result<SearchKey> parse_search_keys(Parser& in) { return TreeReader(in).read(); }

}  // namespace roost::imap
