// Any octets, cut anywhere, with every decision a caller may take: nothing crashes, nothing outgrows its limit, and
// where all is held and nothing is wrong, the cuts do not matter.
#include <cstdint>
#include <cstdlib>

#include "wire/framer.h"

namespace {

using roost::Bytes;
using roost::BytesView;
using roost::wire::Framer;
using roost::wire::FramerLimits;

constexpr FramerLimits kLimits{
    .line_bytes_max = 200, .discard_bytes_max = 400, .skip_bytes_max = 300, .literals_max = 5};

struct Outcome {
  Bytes commands;
  bool wrong = false;
};

// `choices` empty: hold everything.
Outcome run(BytesView input, size_t step, BytesView choices) {
  Framer framer(kLimits);
  Outcome out;
  size_t decisions = 0;
  while (!input.empty()) {
    BytesView piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    for (auto event = Framer::Event::command; event != Framer::Event::need_more;) {
      event = framer.next(piece);
      if (framer.frame().text.size() > kLimits.line_bytes_max) abort();
      if (event == Framer::Event::command) {
        out.commands += framer.frame().text + "\n";
        for (const auto& l : framer.frame().literals) out.commands += l.bytes + "\n";
      } else if (event == Framer::Event::literal) {
        int choice = choices.empty() ? 0 : static_cast<uint8_t>(choices[decisions++ % choices.size()]) % 3;
        if (choice == 0) framer.hold();
        if (choice == 1) framer.stream();
        if (choice == 2) framer.refuse(piece);
      } else if (event == Framer::Event::error) {
        out.wrong = true;
      } else if (event == Framer::Event::fatal) {
        return out;
      }
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  BytesView choices(reinterpret_cast<const char*>(data), 3);
  BytesView input(reinterpret_cast<const char*>(data) + 3, size - 3);
  run(input, 1 + static_cast<uint8_t>(choices[0]), choices);
  Outcome whole = run(input, input.size(), {});
  Outcome pieces = run(input, 1, {});
  if (!whole.wrong && whole.commands != pieces.commands) abort();
  return 0;
}
