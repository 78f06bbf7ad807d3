// Scenarios that read one mailbox: opening it, FETCH, SEARCH, SORT and THREAD.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "corpus.h"
#include "driver.h"

namespace bench {
namespace {

constexpr size_t kSelects = 20;
constexpr size_t kChangedWhileAway = 100;

// What one response to FETCH says must fit the message with that number.
using CheckRow = std::function<void(size_t number, std::string_view response)>;

// One FETCH of everything, `rounds` times; the fastest counts, and each must give every message, in order.
void time_fetch(const Options& o, const char* name, const std::string& items, const CheckRow& check) {
  auto connection = logged_in(o, 0);
  size_t exists = messages_in(*connection, o.mailbox);
  connection->run("SELECT " + o.mailbox);
  size_t count = 0;
  size_t bytes = 0;
  bool done = false;
  EventLoop loop;
  connection->on_response([&](std::string_view response) {
    bytes += response.size();
    if (response.starts_with("t ")) expect_ok(response);
    done |= response.starts_with("t ");
    if (response.find(" FETCH (") > 20) return;
    ++count;
    expect(response.starts_with(fmt::format("* {} FETCH (", count)), "FETCH out of order");
    check(count, response);
  });
  loop.add(*connection);
  double best = 1e9;
  Measurement measured(o, name);
  for (size_t i = 0; i < o.rounds; ++i) {
    count = bytes = 0;
    done = false;
    double begin = now_seconds();
    connection->send("t FETCH 1:* " + items + "\r\n");
    loop.run_until([&] { return done; });
    best = std::min(best, now_seconds() - begin);
    expect(count == exists && count > 0, fmt::format("{} of {} messages", count, exists));
  }
  measured.end(count * o.rounds);
  measured.add_throughput(count, bytes, best);
  measured.print();
}

// Runs `command` o.rounds times; `prefix` begins the response whose numbers are given.
std::vector<size_t> time_numbers(const Options& o, const char* name, const std::string& command,
                                 std::string_view prefix) {
  auto connection = logged_in(o, 0, true);
  Latencies latencies;
  std::string all;
  Measurement measured(o, name);
  for (size_t i = 0; i < o.rounds; ++i) {
    double begin = now_seconds();
    all = connection->run(command);
    latencies.seconds.push_back(now_seconds() - begin);
  }
  measured.end(o.rounds);
  measured.add(latencies);
  measured.print();
  size_t at = all.find(prefix);
  expect(at != std::string::npos, "no answer to " + command);
  return numbers_in(std::string_view(all).substr(at + prefix.size(), all.find("\r\n", at) - at - prefix.size()));
}

void search(const Options& o, const char* name, const std::string& key) {
  auto found = time_numbers(o, name, fmt::format("SEARCH {} \"{}\"", key, o.word), "* SEARCH");
  expect(found == numbers_in(o.expect), fmt::format("SEARCH {} found other messages", key));
}

// The answer must have every message once.
void order(const Options& o, const char* name, const std::string& command, std::string_view prefix) {
  auto numbers = time_numbers(o, name, command, prefix);
  std::ranges::sort(numbers);
  expect(numbers.size() == messages_in(*logged_in(o, 0), o.mailbox), "not every message");
  for (size_t i = 0; i < numbers.size(); ++i) expect(numbers[i] == i + 1, "a message twice or not at all");
}

size_t rows_in(std::string_view told) {
  size_t rows = 0;
  for (size_t at = 0; (at = told.find(" FETCH (", at)) != told.npos; ++at) ++rows;
  return rows;
}

// Changes messages all over the mailbox; gives the argument of the SELECT of a client that has not seen that.
std::string change_while_away(const Options& o, Connection& connection, size_t exists, bool on) {
  std::string opened = connection.run("SELECT " + o.mailbox);
  for (size_t n = 0; n < kChangedWhileAway; ++n) {
    size_t number = n * (exists / kChangedWhileAway) + 1;
    connection.run(fmt::format("STORE {} {}FLAGS.SILENT (\\Answered)", number, on ? "+" : "-"));
  }
  connection.run("UNSELECT");
  return fmt::format("(QRESYNC ({} {}))", number_after(opened, "UIDVALIDITY "), number_after(opened, "HIGHESTMODSEQ "));
}

}  // namespace

void run_select(const Options& o) {
  auto connection = logged_in(o, 0);
  size_t exists = messages_in(*connection, o.mailbox);
  Latencies warm;
  double first = 0;
  Measurement measured(o, "select");
  for (size_t i = 0; i < kSelects; ++i) {
    double begin = now_seconds();
    std::string told = connection->run("SELECT " + o.mailbox);
    (i == 0 ? first : warm.seconds.emplace_back()) = now_seconds() - begin;
    expect(told.find(fmt::format("* {} EXISTS", exists)) != told.npos, "another EXISTS");
    connection->run("UNSELECT");
  }
  measured.end(kSelects);
  measured.add("first_ms", first * 1e3);
  measured.add(warm);
  measured.print();
}

void run_qresync(const Options& o) {
  auto connection = logged_in(o, 0);
  size_t exists = messages_in(*connection, o.mailbox);
  expect(exists >= kChangedWhileAway, "too few messages");
  connection->run("ENABLE QRESYNC");
  Latencies latencies;
  for (size_t i = 0; i < o.rounds; ++i) {
    // Odd rounds end where the one before began, so that a prepared mailbox is left as it was found.
    std::string known = change_while_away(o, *connection, exists, i % 2 == 0);
    double begin = now_seconds();
    std::string told = connection->run(fmt::format("SELECT {} {}", o.mailbox, known));
    latencies.seconds.push_back(now_seconds() - begin);
    expect(rows_in(told) == kChangedWhileAway, fmt::format("{} changes were told", rows_in(told)));
    connection->run("UNSELECT");
  }
  Measurement measured(o, "qresync");
  measured.add(latencies);
  measured.print();
}

void run_fetch_flags(const Options& o) {
  time_fetch(o, "fetch-flags", "(UID FLAGS)", [](size_t, std::string_view response) {
    expect(response.find("UID ") != response.npos && response.find("FLAGS (") != response.npos, "no UID or FLAGS");
  });
}

void run_fetch_envelope(const Options& o) {
  Corpus corpus(o);
  time_fetch(o, "fetch-envelope", "(ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)",
             [&](size_t number, std::string_view response) {
               for (std::string_view item : {"ENVELOPE (", "BODYSTRUCTURE (", "INTERNALDATE \""}) {
                 expect(response.find(item) != response.npos, fmt::format("no {}", item));
               }
               expect(number_after(response, "RFC822.SIZE ") == corpus.message(number).size(), "another RFC822.SIZE");
             });
}

void run_fetch_bodies(const Options& o) {
  Corpus corpus(o);
  time_fetch(o, "fetch-bodies", "(BODY.PEEK[])", [&](size_t number, std::string_view response) {
    size_t start = response.find("}\r\n") + 3;
    expect(response.substr(start, corpus.message(number).size()) == corpus.message(number), "another body");
  });
}

void run_search_body(const Options& o) { search(o, "search-body", "BODY"); }
void run_search_text(const Options& o) { search(o, "search-text", "TEXT"); }
void run_sort(const Options& o) { order(o, "sort", "SORT (REVERSE DATE) UTF-8 ALL", "* SORT"); }
void run_thread(const Options& o) { order(o, "thread", "THREAD REFERENCES UTF-8 ALL", "* THREAD"); }

}  // namespace bench
