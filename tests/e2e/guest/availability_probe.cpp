// SPDX-License-Identifier: MIT
// availability-probe: a minimal server, and a probe that measures whether a server answers. Linked
// statically, so that this one file is a complete container image.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handler/adapters/posix/unique_fd.hpp"
#include "handler/base/text.hpp"

namespace dockerext {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::string_view kAnswer =
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nalive\n";

// Longer than the second after which TCP retransmits a lost segment: only a refused or an unanswered request
// counts as lost.
constexpr milliseconds kTimeLimit{2000};

constexpr const char* kHelp = R"(usage: availability-probe serve PORT
       availability-probe probe ADDRESS PORT INTERVAL_MS
       availability-probe ping SOCKET INTERVAL_MS
serve answers every HTTP request on all IPv4 addresses. probe sends one every INTERVAL_MS, each on its own
connection and on schedule even if earlier ones are pending, until its standard input ends or SIGTERM; it
prints "answered" after the first answer, and one line of JSON at the end. A request is lost if it is refused,
cut or not answered in 2 s. ping does the same with /_ping of the dockerd on a Unix socket.
)";

// The request of a probe, and the body of the expected answer.
struct Query {
  std::string_view request;
  std::string_view body;
};

constexpr Query kHttpQuery{"GET / HTTP/1.0\r\n\r\n", "alive\n"};
constexpr Query kPingQuery{"GET /_ping HTTP/1.0\r\n\r\n", "OK"};

bool IsAnswer(std::string_view answer, const Query& query) {
  const std::string end = "\r\n\r\n" + std::string(query.body);
  return answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.ends_with(end);
}

struct Target {
  sockaddr_storage address{};
  socklen_t size = 0;
  Query query;
};

template <class Address>
Target MakeTarget(const Address& address, const Query& query) {
  Target target{.size = sizeof(address), .query = query};
  std::memcpy(&target.address, &address, sizeof(address));
  return target;
}

sockaddr_in Address(in_addr host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr = host;
  return address;
}

int Fail(const char* doing) {
  std::perror(doing);
  return 1;
}

// Reads before it answers: closing a socket with unread bytes resets the connection and loses the answer.
void AnswerOne(const UniqueFd& client) {
  const timeval limit{1, 0};  // a stalled client delays the others no longer than this
  setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  std::array<char, 512> block{};
  std::string request;
  while (request.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = recv(client.get(), block.data(), block.size(), 0);
    if (count <= 0) return;
    request.append(block.data(), static_cast<std::size_t>(count));
  }
  send(client.get(), kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
}

int Serve(std::uint16_t port) {
  std::signal(SIGTERM, _exit);  // PID 1 of a container ignores signals without a handler
  const UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = Address({htonl(INADDR_ANY)}, port);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return Fail("binding");
  if (listen(listener.get(), SOMAXCONN) != 0) return Fail("listening");
  while (true) {
    const UniqueFd client(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client) AnswerOne(client);
  }
}

struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t lost = 0;
  milliseconds longest_gap{0};  // between two answers
  milliseconds slowest{0};      // of the requests that were answered
};

class Request {
 public:
  explicit Request(const Target& to)
      : fd_(socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), query_(to.query) {
    const int done = connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to.address), to.size);
    failed_ = done != 0 && errno != EINPROGRESS;
  }

  enum class State { kPending, kAnswered, kLost };

  State Advance(short events, Clock::time_point now) {
    if (!failed_ && !sent_ && (events & (POLLOUT | POLLERR | POLLHUP)) != 0) SendQuery();
    if (!failed_ && sent_ && (events & (POLLIN | POLLERR | POLLHUP)) != 0 && ReadAnswer())
      return State::kAnswered;
    return failed_ || now >= Deadline() ? State::kLost : State::kPending;
  }

  pollfd Wanted() const { return {fd_.get(), static_cast<short>(sent_ ? POLLIN : POLLOUT), 0}; }
  Clock::time_point started() const { return started_; }
  Clock::time_point Deadline() const { return started_ + kTimeLimit; }

 private:
  void SendQuery() {
    const std::string_view request = query_.request;
    const ssize_t count = send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL);
    sent_ = true;
    failed_ = count != static_cast<ssize_t>(request.size());
  }

  // True when the answer is complete.
  bool ReadAnswer() {
    std::array<char, 512> block{};
    const ssize_t count = recv(fd_.get(), block.data(), block.size(), 0);
    if (count > 0) answer_.append(block.data(), static_cast<std::size_t>(count));
    if (IsAnswer(answer_, query_)) return true;
    failed_ = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
    return false;
  }

  UniqueFd fd_;
  Query query_;
  Clock::time_point started_ = Clock::now();
  std::string answer_;
  bool sent_ = false;
  bool failed_ = false;
};

volatile std::sig_atomic_t g_stop_requested = 0;

class Probe {
 public:
  Probe(const Target& target, milliseconds interval) : target_(target), interval_(interval) {}

  Tally Run() {
    next_ = last_answer_ = Clock::now();
    while (sending_ || !pending_.empty()) {
      StartDueRequests();
      const std::vector<pollfd> ready = Wait();
      if (ready.front().revents != 0 || g_stop_requested != 0) sending_ = false;
      Advance(ready);
    }
    return tally_;
  }

 private:
  void StartDueRequests() {
    for (; sending_ && Clock::now() >= next_; next_ += interval_) {
      pending_.emplace_back(target_);
      ++tally_.sent;
    }
  }

  // Waits until something happens or is due. Returns standard input first, then the pending requests in
  // order.
  std::vector<pollfd> Wait() const {
    std::vector<pollfd> fds = {{sending_ ? STDIN_FILENO : -1, POLLIN, 0}};
    for (const Request& request : pending_) fds.push_back(request.Wanted());
    Clock::time_point due = sending_ ? next_ : Clock::time_point::max();
    for (const Request& request : pending_) due = std::min(due, request.Deadline());
    const auto left = std::chrono::ceil<milliseconds>(due - Clock::now());
    poll(fds.data(), fds.size(), static_cast<int>(std::max(left, milliseconds(0)).count()));
    return fds;
  }

  void Advance(const std::vector<pollfd>& ready) {
    std::vector<Request> remaining;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      const auto now = Clock::now();
      const Request::State state = pending_[i].Advance(ready[i + 1].revents, now);
      if (state == Request::State::kPending) remaining.push_back(std::move(pending_[i]));
      if (state == Request::State::kLost) ++tally_.lost;
      if (state == Request::State::kAnswered) RecordAnswer(pending_[i], now);
    }
    pending_ = std::move(remaining);
  }

  void RecordAnswer(const Request& request, Clock::time_point now) {
    const auto since = [&](Clock::time_point then) { return std::chrono::ceil<milliseconds>(now - then); };
    if (tally_.answered == 0) {
      std::puts("answered");
      std::fflush(stdout);
    }
    ++tally_.answered;
    tally_.longest_gap = std::max(tally_.longest_gap, since(last_answer_));
    tally_.slowest = std::max(tally_.slowest, since(request.started()));
    last_answer_ = now;
  }

  const Target target_;
  const milliseconds interval_;
  std::vector<Request> pending_;
  Tally tally_;
  Clock::time_point next_;
  Clock::time_point last_answer_;
  bool sending_ = true;
};

int RunProbe(const Target& target, milliseconds interval) {
  std::signal(SIGTERM, [](int) { g_stop_requested = 1; });
  const Tally tally = Probe(target, interval).Run();
  std::printf(R"({"sent": %llu, "answered": %llu, "lost": %llu, "longest_gap_ms": %lld, "slowest_ms": %lld})"
              "\n",
              static_cast<unsigned long long>(tally.sent), static_cast<unsigned long long>(tally.answered),
              static_cast<unsigned long long>(tally.lost), static_cast<long long>(tally.longest_gap.count()),
              static_cast<long long>(tally.slowest.count()));
  return 0;
}

// 1 to 65535; nothing otherwise.
std::optional<std::uint16_t> ParsePositive(std::string_view text) {
  const auto number = ParseUnsigned(text);
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

int Usage() {
  std::fputs(kHelp, stderr);
  return 2;
}

int MainOfServe(const std::vector<std::string>& args) {
  const auto port = args.size() == 2 ? ParsePositive(args[1]) : std::nullopt;
  return port ? Serve(*port) : Usage();
}

int MainOfProbe(const std::vector<std::string>& args) {
  if (args.size() != 4) return Usage();
  in_addr host{};
  const auto port = ParsePositive(args[2]);
  const auto interval = ParsePositive(args[3]);
  if (inet_pton(AF_INET, args[1].c_str(), &host) != 1 || !port || !interval) return Usage();
  return RunProbe(MakeTarget(Address(host, *port), kHttpQuery), milliseconds(*interval));
}

int MainOfPing(const std::vector<std::string>& args) {
  const auto interval = args.size() == 3 ? ParsePositive(args[2]) : std::nullopt;
  sockaddr_un address{};
  if (!interval || args[1].size() >= sizeof(address.sun_path)) return Usage();
  address.sun_family = AF_UNIX;
  std::ranges::copy(args[1], std::begin(address.sun_path));
  return RunProbe(MakeTarget(address, kPingQuery), milliseconds(*interval));
}

int Main(const std::vector<std::string>& args) {
  if (!args.empty() && args[0] == "serve") return MainOfServe(args);
  if (!args.empty() && args[0] == "probe") return MainOfProbe(args);
  if (!args.empty() && args[0] == "ping") return MainOfPing(args);
  return Usage();
}

}  // namespace
}  // namespace dockerext

int main(int argc, char** argv) { return dockerext::Main({argv + 1, argv + argc}); }
