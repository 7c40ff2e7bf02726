// SPDX-License-Identifier: MIT
// Failure as a value: Error, Result<T> and Status, none of which can be ignored, and two macros for early
// return. Never throws; never holds a secret (see secret.hpp).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace dockerext {

// Closed, and named by the reaction it asks for, not by the place it came from.
enum class Code {
  kInvalidSettings,      // the customer must change the settings (exit 53)
  kUnsupportedPlatform,  // this distribution, release or architecture is not served (exit 51)
  kMissingDependency,    // the machine lacks something that we need (exit 52)
  kPackagesLocked,       // another package manager holds its locks (exit 56)
  kBusy,                 // try again within the budget
  kTimeout,              // the budget is used up
  kNotFound,             // it is not there; often an answer rather than a failure
  kSuperseded,           // a newer invocation took over: stop, and say nothing
  kInternal,             // everything else (exit 1)
};

struct [[nodiscard]] Error {
  Code code = Code::kInternal;
  std::string message;  // what failed, with the path, unit or command

  // "writing /etc/x: rename: No space left on device": says what was being done, in front of what failed.
  Error Context(std::string_view doing) && {
    return Error{code, std::string(doing) + ": " + std::move(message)};
  }
};

template <class T = std::monostate>
class [[nodiscard]] Result {
 public:
  Result() requires std::is_same_v<T, std::monostate> : content_(T{}) {}
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return content_.index() == 0; }

  // Only when !ok().
  const Error& error() const& { return *std::get_if<1>(&content_); }
  Error error() && { return std::move(*std::get_if<1>(&content_)); }

  // Only when ok().
  T& operator*() & { return *std::get_if<0>(&content_); }
  const T& operator*() const& { return *std::get_if<0>(&content_); }
  T operator*() && { return std::move(*std::get_if<0>(&content_)); }
  T* operator->() { return std::get_if<0>(&content_); }
  const T* operator->() const { return std::get_if<0>(&content_); }

  // The same result, an error with its context in front.
  Result Context(std::string_view doing) && {
    if (ok()) return std::move(*this);
    return std::move(*this).error().Context(doing);
  }

 private:
  std::variant<T, Error> content_;
};

using Status = Result<>;

}  // namespace dockerext

#define DX_JOIN_(a, b) a##b
#define DX_JOIN(a, b) DX_JOIN_(a, b)

// Returns the error of a failing expression; a statement.
#define TRY(...)                                         \
  do {                                                   \
    if (auto dx_tried = (__VA_ARGS__); !dx_tried.ok()) { \
      return std::move(dx_tried).error();                \
    }                                                    \
  } while (false)

// TRY_LET(const auto text, files.Read(path)); declares text, or returns the error; two statements.
#define TRY_LET(declaration, ...) DX_TRY_LET_(DX_JOIN(dx_tried_, __LINE__), declaration, __VA_ARGS__)
#define DX_TRY_LET_(result, declaration, ...)         \
  auto result = (__VA_ARGS__);                        \
  if (!result.ok()) return std::move(result).error(); \
  declaration = *std::move(result)
