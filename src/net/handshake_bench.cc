// What a TLS handshake costs the loop that it runs on: the CPU time of all the server's steps, and of the longest,
// which delays everybody else there. By the kind of the certificate's key.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "net/openssl_ptr.h"
#include "net/tls.h"
#include "net/tls_layer.h"

namespace roost::net {
namespace {

double cpu_us() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

SelfSigned with_rsa(unsigned bits) {
  const KeyPtr key(EVP_RSA_gen(bits));
  const X509Ptr certificate(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const BioPtr first(BIO_new(BIO_s_mem()));
  const BioPtr second(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(first.get(), certificate.get());
  PEM_write_bio_PrivateKey(second.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(first.get()), text_of(second.get())};
}

// One handshake over a pair of sockets; gives the CPU time of each of the server's steps.
std::vector<double> shake_hands(TlsContext& context, SSL_CTX* client_context, int version) {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) return {};
  std::vector<double> steps;
  {
    TlsLayer server(context.new_ssl(), fds[0]);
    SSL* client = SSL_new(client_context);
    SSL_set_max_proto_version(client, version);
    SSL_set_fd(client, fds[1]);
    for (bool done = false; !done;) {
      SSL_connect(client);
      const double start = cpu_us();
      const Step step = server.handshake();
      steps.push_back(cpu_us() - start);
      done = step.done() || step.closed();
    }
    SSL_free(client);
  }
  ::close(fds[0]);
  ::close(fds[1]);
  return steps;
}

// `bits`: of an RSA key; 0: EC P-256, which Roost's own certificate has.
void tls_handshakes(benchmark::State& state) {
  const auto bits = static_cast<unsigned>(state.range(0));
  const SelfSigned made = bits == 0 ? make_self_signed("localhost").value() : with_rsa(bits);
  const auto context = make_tls(made.certificate_pem, made.key_pem).value();
  SSL_CTX* client = SSL_CTX_new(TLS_client_method());
  double all = 0;
  double longest = 0;
  double sum_of_longest = 0;
  for (auto _ : state) {
    const auto steps = shake_hands(*context, client, static_cast<int>(state.range(1)));
    const double most = *std::ranges::max_element(steps);
    for (const double step : steps) all += step;
    sum_of_longest += most;
    longest = std::max(longest, most);
  }
  const auto count = static_cast<double>(state.iterations());
  state.counters["server_us"] = all / count;
  state.counters["longest_step_us"] = sum_of_longest / count;
  state.counters["worst_step_us"] = longest;
  SSL_CTX_free(client);
}
BENCHMARK(tls_handshakes)
    ->ArgNames({"rsa_bits", "version"})
    ->ArgsProduct({{0, 2048, 3072, 4096}, {TLS1_2_VERSION, TLS1_3_VERSION}})
    ->Iterations(100)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace roost::net
