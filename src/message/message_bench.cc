// How fast messages are parsed, cards made and read, and text searched.
#include <benchmark/benchmark.h>

#include <array>

#include "message/card.h"
#include "message/casemap.h"
#include "message/parser.h"
#include "message/text.h"

namespace roost::message {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;

Bytes lines_of(BytesView line, size_t bytes) {
  Bytes out;
  while (out.size() < bytes) out += line;
  return out;
}

Bytes header() {
  return "Return-Path: <bounce@example.org>\r\nDelivered-To: anna@example.org\r\n"
         "Received: from mx.example.org (mx.example.org [192.0.2.1])\r\n\tby mail.example.org (Postfix) with ESMTPS id "
         "4XyZ01abcd\r\n\tfor <anna@example.org>; Fri, 21 Nov 2025 09:55:06 +0100 (CET)\r\n"
         "Received: from out.example.net (out.example.net [198.51.100.7])\r\n\tby mx.example.org (Postfix) with ESMTPS "
         "id "
         "4XyZ00efgh\r\n\tfor <anna@example.org>; Fri, 21 Nov 2025 09:55:05 +0100 (CET)\r\n"
         "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; "
         "s=s1;\r\n\th=from:to:subject:date;\r\n\tb="
         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz\r\n"
         "From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@example.net>\r\nTo: Anna Schmidt <anna@example.org>,\r\n"
         " Bernd <bernd@example.org>, \"Doe, Jane\" <jane.doe@example.com>\r\nCc: team@example.org\r\n"
         "Subject: Re: [team] =?utf-8?Q?Gr=C3=BC=C3=9Fe?= and plans for the next week\r\n"
         "Date: Fri, 21 Nov 2025 09:55:04 +0100\r\nMessage-ID: <20251121085504.ABC123@out.example.net>\r\n"
         "In-Reply-To: <20251120200000.XYZ@example.org>\r\nReferences: <20251119100000.AAA@example.net>\r\n"
         " <20251120200000.XYZ@example.org>\r\nMIME-Version: 1.0\r\nUser-Agent: Mozilla Thunderbird\r\n";
}

Bytes small_message() {
  return header() +
         "Content-Type: multipart/alternative; boundary=\"------------abc\"\r\n\r\n--------------abc\r\n"
         "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
         lines_of("This is a line of text as people write it in mail.\r\n", 1000) +
         "--------------abc\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
         lines_of("<p>This is a line of text as people write it.</p>\r\n", 1200) + "--------------abc--\r\n";
}

Bytes attachment(size_t bytes) {
  return header() +
         "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n\r\nsee below\r\n--b1\r\n"
         "Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         lines_of("TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVyIGFkaXBpc2NpbmcgZWxpdC4K\r\n", bytes) +
         "--b1--\r\n";
}

void parse_message(benchmark::State& state, BytesView message) {
  for (auto _ : state) {
    Parser parser;
    for (size_t at = 0; at < message.size(); at += kPieceBytes) parser.feed(message.substr(at, kPieceBytes));
    benchmark::DoNotOptimize(parser.finish());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * message.size()));
}

void parse_base64_attachment(benchmark::State& state) { parse_message(state, attachment(10'000'000)); }
BENCHMARK(parse_base64_attachment);

void parse_plain_body(benchmark::State& state) {
  parse_message(state, header() + "\r\n" + lines_of("A line of plain text, which is all there is.\r\n", 10'000'000));
}
BENCHMARK(parse_plain_body);

void parse_lines_of_dashes(benchmark::State& state) {
  Bytes message = attachment(1000);
  parse_message(state, message.substr(0, message.size() - 8) + lines_of("--not the boundary\r\n", 10'000'000));
}
BENCHMARK(parse_lines_of_dashes);

void make_card_of_4_kb(benchmark::State& state) {
  Bytes message = small_message();
  size_t card_bytes = 0;
  for (auto _ : state) card_bytes = encode_card(make_card(parse(message))).size();
  state.counters["message_bytes"] = static_cast<double>(message.size());
  state.counters["card_bytes"] = static_cast<double>(card_bytes);
}
BENCHMARK(make_card_of_4_kb);

void read_envelope(benchmark::State& state) {
  Bytes encoded = encode_card(make_card(parse(small_message())));
  Bytes out;
  for (auto _ : state) {
    out.clear();
    out += CardView::open(encoded)->envelope();
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(read_envelope);

void read_header_fields(benchmark::State& state) {
  Bytes encoded = encode_card(make_card(parse(small_message())));
  static constexpr std::array<BytesView, 14> kThunderbird = {
      "From",     "To",         "Cc",         "Bcc",        "Subject",     "Date",         "Message-ID",
      "Priority", "X-Priority", "References", "Newsgroups", "In-Reply-To", "Content-Type", "Reply-To"};
  for (auto _ : state) benchmark::DoNotOptimize(CardView::open(encoded)->header_fields(kThunderbird));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(read_header_fields);

void read_parts(benchmark::State& state) {
  Bytes encoded = encode_card(make_card(parse(small_message())));
  for (auto _ : state) benchmark::DoNotOptimize(CardView::open(encoded)->parts());
}
BENCHMARK(read_parts);

void search_text(benchmark::State& state, BytesView message, BytesView needle) {
  Parsed parsed = parse(message);
  for (auto _ : state) {
    std::vector<Matcher> matchers = {Matcher(search_fold(needle))};
    MatchSink sink(matchers);
    TextExtractor extractor(parsed.parts, TextScope::text, sink);
    for (const ByteRange& range : text_ranges(parsed.parts, TextScope::text)) {
      extractor.feed(range.offset, message.substr(range.offset, range.size));
    }
    extractor.finish();
    benchmark::DoNotOptimize(matchers.front().matched());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * message.size()));
}

constexpr BytesView kLine = "The quick brown fox jumps over the lazy dog, and nobody finds the needle.\r\n";

void search_7_bit(benchmark::State& state) {
  search_text(state, header() + "\r\n" + lines_of(kLine, 4'000'000), "needles in a haystack");
}
BENCHMARK(search_7_bit);

void search_utf8_cyrillic(benchmark::State& state) {
  search_text(state,
              header() + "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
                  lines_of("Съешь же ещё этих мягких французских булок, да выпей чаю\r\n", 2'000'000),
              "иголка");
}
BENCHMARK(search_utf8_cyrillic);

void search_quoted_printable(benchmark::State& state) {
  search_text(state,
              header() +
                  "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
                  lines_of("Gr=C3=BC=C3=9Fe aus M=C3=BCnchen, and some more plain text besides=\r\n", 2'000'000),
              "nadel");
}
BENCHMARK(search_quoted_printable);

void search_base64(benchmark::State& state) {
  search_text(
      state,
      header() + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
          lines_of("TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVyIGFkaXBpc2NpbmcgZWxpdC4K\r\n", 2'000'000),
      "needle");
}
BENCHMARK(search_base64);

void search_small_messages(benchmark::State& state) { search_text(state, small_message(), "needle"); }
BENCHMARK(search_small_messages);

}  // namespace
}  // namespace roost::message
