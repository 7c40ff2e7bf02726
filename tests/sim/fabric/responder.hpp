// SPDX-License-Identifier: MIT
// Answers the requests of the wire server, the host plugin and the instance metadata service, whose paths do
// not overlap. Independent of sockets.
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
  std::string path;  // including the query
  std::string body;
  std::function<std::string(const std::string& name)> header;  // empty: not sent
};

struct HttpResponse {
  int status = 200;
  std::string body = {};
};

class Responder {
 public:
  explicit Responder(const Store& store) : store_(store) {}

  HttpResponse Respond(const HttpRequest& request);

 private:
  Result<HttpResponse> Find(const HttpRequest& request);
  Result<HttpResponse> Get(const HttpRequest& request);
  Result<HttpResponse> GetConfig(const HttpRequest& request);
  Result<HttpResponse> GetPackage(std::string_view name) const;
  Result<HttpResponse> GetCertificates(const HttpRequest& request) const;
  Result<HttpResponse> Put(const HttpRequest& request) const;
  Result<HttpResponse> Post(const HttpRequest& request) const;

  const Store& store_;
  std::atomic<std::uint64_t> fetched_ = 0;  // several threads access it
};

}  // namespace dockerext::fabric
