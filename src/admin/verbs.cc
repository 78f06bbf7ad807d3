#include "admin/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "admin/verb_run.h"
#include "base/log.h"
#include "base/utf8.h"

namespace roost::admin {
namespace {

const std::vector<Verb>& all_verbs() {
  static const std::vector<Verb> verbs = [] {
    std::vector<Verb> all;
    for (auto group : {user_verbs(), app_password_verbs(), mailbox_verbs(), acl_verbs(), quota_verbs(),
                       retention_verbs(), backup_verbs(), index_verbs(), server_verbs()})
      all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return verbs;
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string aligned(const std::vector<std::string>& titles, const std::vector<std::vector<Json>>& rows) {
  std::vector<size_t> widths;
  for (const std::string& title : titles) widths.push_back(title.size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text_of(row[i]).size());
  }
  std::string out;
  auto add_line = [&](const auto& cell_at) {
    for (size_t i = 0; i < titles.size(); ++i) {
      out += i + 1 == titles.size() ? cell_at(i) : fmt::format("{:<{}}  ", cell_at(i), widths[i]);
    }
    out += '\n';
  };
  add_line([&](size_t i) { return titles[i]; });
  for (const auto& row : rows) add_line([&](size_t i) { return text_of(row[i]); });
  return out;
}

std::string key_of(std::string title) {
  for (char& c : title) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return title;
}

size_t required_arguments(const VerbSyntax& syntax) {
  size_t count = 0;
  for (size_t at = 0; at < syntax.arguments.size() && syntax.arguments[at] != '['; ++count) {
    at = std::min(syntax.arguments.find(' ', at), syntax.arguments.size() - 1) + 1;
  }
  return count;
}

// What goes into names that clients are shown.
bool is_text(const std::string& argument) { return utf8_prefix(argument) == argument.size(); }

}  // namespace

task<> VerbRun::say(std::string text) {
  if (!request.json) co_await output.write({Frame::Kind::standard_output, std::move(text)});
}

task<> VerbRun::print(Json json) {
  if (!request.json) co_return;
  Bytes text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  for (size_t at = 0; at < text.size(); at += kFrameBytesMax / 2) {
    Frame frame{Frame::Kind::standard_output, text.substr(at, kFrameBytesMax / 2)};
    co_await output.write(std::move(frame));
  }
}

task<> VerbRun::table(std::vector<std::string> titles, std::vector<std::vector<Json>> rows) {
  if (!request.json) {
    Bytes text = aligned(titles, rows);
    for (size_t at = 0; at < text.size(); at += kFrameBytesMax / 2) co_await say(text.substr(at, kFrameBytesMax / 2));
    co_return;
  }
  Json list = Json::array();
  for (auto& row : rows) {
    Json object = Json::object();
    for (size_t i = 0; i < titles.size(); ++i) object[key_of(titles[i])] = std::move(row[i]);
    list.push_back(std::move(object));
  }
  co_await print(std::move(list));
}

task<Result<accounts::AccountPtr>> VerbRun::account(std::string name) {
  ROOST_CO_TRY(auto user, co_await services.authenticator.find_user(name));
  if (!user) co_return no(Code::nonexistent, fmt::format("There is no user '{}'", name));
  co_return co_await services.accounts.open(user->account);
}

std::string format_time(int64_t seconds) {
  std::time_t t = seconds;
  std::tm tm{};
  gmtime_r(&t, &tm);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                     tm.tm_min, tm.tm_sec);
}

task<int> run_verb(Services& services, Request request, Output& output) {
  const auto& verbs = all_verbs();
  auto verb = std::ranges::find(verbs, request.verb, [](const Verb& v) { return v.syntax.verb; });
  if (verb == verbs.end()) {
    co_await output.write({Frame::Kind::standard_error, fmt::format("There is no verb '{}'.\n", request.verb)});
    co_return kUsage;
  }
  if (request.arguments.size() < required_arguments(verb->syntax)) {
    co_await output.write(
        {Frame::Kind::standard_error, fmt::format("Usage: roost {} {}\n", request.verb, verb->syntax.arguments)});
    co_return kUsage;
  }
  if (!std::ranges::all_of(request.arguments, is_text)) {
    co_await output.write({Frame::Kind::standard_error, "Arguments must be UTF-8.\n"});
    co_return kUsage;
  }
  std::string failure;
  try {
    auto done = co_await verb->run(VerbRun{services, request, output});
    if (done) co_return kOk;
    failure = as_sentence(done.error().text);
  } catch (const std::exception& e) {
    log::error("verb_defect", {{"verb", request.verb}, {"what", e.what()}});
    failure = "An internal error; the server's log has it.";
  }
  co_await output.write({Frame::Kind::standard_error, failure + "\n"});
  co_return kFailed;
}

std::string as_sentence(std::string text) {
  if (text.empty()) text = "It failed";
  auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  bool begins_with_a_word = std::ranges::all_of(text.substr(0, text.find(' ')), is_small);
  if (begins_with_a_word) text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (text.back() != '.' && text.back() != '?') text += '.';
  return text;
}

std::span<const VerbSyntax> verb_syntaxes() {
  static const std::vector<VerbSyntax> syntaxes = [] {
    std::vector<VerbSyntax> all;
    for (const Verb& verb : all_verbs()) all.push_back(verb.syntax);
    return all;
  }();
  return syntaxes;
}

}  // namespace roost::admin
