// SPDX-License-Identifier: MIT
// What the wire server, the host plugin and the instance metadata service answer; all of them, since their
// paths do not meet. Knows nothing of sockets.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/sim/fabric/store.hpp"

namespace dockerext::fabric {

struct HttpRequest {
  std::string method;
  std::string path;  // with its query
  std::string body;
  std::function<std::string(const std::string& name)> header;  // empty: not sent
};

struct Answer {
  int status = 200;
  std::string body = {};
};

class Responder {
 public:
  explicit Responder(const Store& store) : store_(store) {}

  Answer Respond(const HttpRequest& request);

 private:
  Result<Answer> Find(const HttpRequest& request);
  Result<Answer> Get(const HttpRequest& request);
  Result<Answer> GetConfig(const HttpRequest& request);
  Result<Answer> GetPackage(std::string_view name) const;
  Result<Answer> GetCertificates(const HttpRequest& request) const;
  Result<Answer> Put(const HttpRequest& request) const;
  Result<Answer> Post(const HttpRequest& request) const;

  const Store& store_;
  std::atomic<std::uint64_t> fetched_ = 0;  // asked for by several threads
};

}  // namespace dockerext::fabric
