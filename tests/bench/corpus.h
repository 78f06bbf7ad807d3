// The messages of a file that tests/bench/corpus.py made; without one, generated ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios.h"

namespace bench {

class Corpus {
 public:
  // o.corpus, or o.messages messages of o.bytes. Throws if the file is not there or not whole.
  explicit Corpus(const Options& o);

  size_t size() const { return messages_.size(); }
  // The message with this sequence number, if the corpus was appended to an empty mailbox.
  std::string_view message(size_t number) const { return messages_.at(number - 1); }

 private:
  std::vector<std::string> generated_;
  std::string file_;
  std::vector<std::string_view> messages_;
};

}  // namespace bench
