// SPDX-License-Identifier: MIT
// Owner of a file descriptor; -1 is none. And errno as an Error.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "handler/base/result.hpp"

namespace dockerext::guest {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() {
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Directly after the call that failed.
inline Error ErrnoError(std::string_view doing) {
  const int number = errno;
  return Error{number == ENOENT || number == ESRCH ? Code::kNotFound : Code::kInternal,
               std::string(doing) + ": " + std::strerror(number)};
}

}  // namespace dockerext::guest
