#include "corpus.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "driver.h"

namespace bench {

Corpus::Corpus(const Options& o) {
  if (o.corpus.empty()) {
    for (size_t i = 0; i < o.messages; ++i) generated_.push_back(message_of(i, o.bytes));
    messages_.assign(generated_.begin(), generated_.end());
    return;
  }
  std::ifstream file(o.corpus, std::ios::binary);
  if (!file) throw std::runtime_error("there is no corpus in " + o.corpus);
  file_.assign(std::istreambuf_iterator<char>(file), {});
  for (size_t at = 0; at < file_.size();) {
    size_t line_end = file_.find('\n', at);
    if (line_end == std::string::npos) throw std::runtime_error("the corpus is cut off");
    size_t bytes = std::stoul(file_.substr(at, line_end - at));
    if (bytes > file_.size() - line_end - 1) throw std::runtime_error("the corpus is cut off");
    messages_.push_back(std::string_view(file_).substr(line_end + 1, bytes));
    at = line_end + 1 + bytes;
  }
}

}  // namespace bench
