#include "auth/worker.h"

#include <atomic>
#include <thread>
#include <utility>

#include "auth/confine.h"
#include "auth/local.h"
#include "auth/protocol.h"
#include "auth/socket.h"
#include "rt/real.h"
#include "sasl/secret.h"

namespace roost::auth {
namespace {

constexpr uint32_t kRequestsMax = 8192;  // under way at once; the server sends fewer

template <class T>
Result<protocol::Answer> as_answer(Result<T> result) {
  if (!result) return std::unexpected(std::move(result).error());
  if constexpr (std::is_void_v<T>) {
    return protocol::Answer{};
  } else {
    return protocol::Answer{*std::move(result)};
  }
}

class Worker {
 public:
  Worker(int fd, const Config& config)
      : fd_(fd), loops_(rt::make_loops(1)), pool_(rt::make_pool("auth-hash", config.hash_threads)) {}

  int run(const Config& config) {
    Result<std::unique_ptr<Authenticator>> made = make_local_authenticator(config, loops_->at(0), *pool_);
    if (!made) return say_why_not(fd_, made.error());
    authenticator_ = *std::move(made);
    reply(0, protocol::Answer{});
    std::thread reader([this] { read_all(); });
    loops_->run();
    reader.join();
    return 0;
  }

 private:
  // On a thread of its own, as nothing but this blocks on the socket.
  void read_all() {
    Bytes buffer;
    size_t size = 0;
    while (receive_message(fd_, buffer, size, true) == Received::message) {
      auto request = protocol::decode_request(BytesView(buffer).substr(0, size));
      sasl::wipe(buffer);
      if (!request || under_way_.load() >= kRequestsMax) break;
      under_way_.fetch_add(1);
      rt::spawn(loops_->at(0), serve(*std::move(request)));
    }
    loops_->stop();
  }

  task<> serve(protocol::Numbered<protocol::Request> request) {
    Result<protocol::Answer> result = co_await answer(std::move(request.body));
    reply(request.id, std::move(result));
    under_way_.fetch_sub(1);
  }

  task<Result<protocol::Answer>> answer(protocol::Request request) {
    if (auto* q = std::get_if<protocol::CheckPassword>(&request)) {
      co_return as_answer(co_await authenticator_->check_password(q->name, std::move(q->password), q->origin));
    }
    if (auto* q = std::get_if<protocol::CheckCredential>(&request)) {
      co_return as_answer(co_await authenticator_->check_credential(std::move(q->credential), q->origin));
    }
    if (auto* q = std::get_if<protocol::CheckToken>(&request)) {
      co_return as_answer(co_await authenticator_->check_token(std::move(q->shown), q->origin));
    }
    if (auto* q = std::get_if<protocol::StartScram>(&request)) {
      co_return as_answer(co_await authenticator_->scram_start(std::move(q->start), q->origin));
    }
    if (auto* q = std::get_if<protocol::FinishScram>(&request)) {
      co_return as_answer(co_await authenticator_->scram_finish(q->conversation, q->client_final));
    }
    if (auto* q = std::get_if<protocol::FindUser>(&request)) {
      co_return as_answer(co_await authenticator_->find_user(q->name));
    }
    co_return co_await answer_change(std::move(request));
  }

  task<Result<protocol::Answer>> answer_change(protocol::Request request) {
    if (auto* q = std::get_if<protocol::AddUser>(&request)) {
      co_return as_answer(co_await authenticator_->add_user(q->name, q->account, std::move(q->password)));
    }
    if (auto* q = std::get_if<protocol::SetPassword>(&request)) {
      co_return as_answer(co_await authenticator_->set_password(q->name, std::move(q->password)));
    }
    if (auto* q = std::get_if<protocol::SetDisabled>(&request)) {
      co_return as_answer(co_await authenticator_->set_disabled(q->name, q->disabled));
    }
    if (auto* q = std::get_if<protocol::RemoveUser>(&request)) {
      co_return as_answer(co_await authenticator_->remove_user(q->name));
    }
    if (auto* q = std::get_if<protocol::ListUsers>(&request)) {
      co_return as_answer(co_await authenticator_->list_users(q->after));
    }
    co_return co_await answer_about_devices(std::move(request));
  }

  task<Result<protocol::Answer>> answer_about_devices(protocol::Request request) {
    if (auto* q = std::get_if<protocol::AddAppPassword>(&request)) {
      co_return as_answer(co_await authenticator_->add_app_password(q->name, q->device));
    }
    if (auto* q = std::get_if<protocol::ListAppPasswords>(&request)) {
      co_return as_answer(co_await authenticator_->list_app_passwords(q->name));
    }
    if (auto* q = std::get_if<protocol::RemoveAppPassword>(&request)) {
      co_return as_answer(co_await authenticator_->remove_app_password(q->name, q->device));
    }
    co_return bad("The configuration comes first, and once.");
  }

  // On the loop (or before it runs), so that replies leave one at a time. The server always reads: it cannot block
  // long.
  void reply(uint64_t id, Result<protocol::Answer> result) {
    Secret message = protocol::encode(id, protocol::Reply{authenticator_->policy(), std::move(result)});
    send_message(fd_, message.view(), true);
  }

  int fd_;
  std::unique_ptr<rt::RealLoops> loops_;
  std::unique_ptr<rt::Pool> pool_;
  std::unique_ptr<Authenticator> authenticator_;
  std::atomic<uint32_t> under_way_{0};
};

}  // namespace

int say_why_not(int fd, const Error& error) {
  send_message(fd, protocol::encode(0, protocol::Reply{{}, std::unexpected(error)}).view(), true);
  return 1;
}

int run_auth_worker(int fd, const Config& config) {
  if (auto confined = confine_worker(config); !confined) return say_why_not(fd, confined.error());
  auto* worker = new Worker(fd, config);  // never destroyed: what is under way ends with the process
  return worker->run(config);
}

}  // namespace roost::auth
