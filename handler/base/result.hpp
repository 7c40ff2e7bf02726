// SPDX-License-Identifier: MIT
// Failure as a value: Error, Result<T> and Status, which the compiler does not let a caller ignore, and two
// macros for early return. Never throws; never holds a secret (see secret.hpp).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace dockerext {

// A closed set; each code stands for one reaction of the caller, whatever reported it.
enum class Code {
  kInvalidSettings,      // the customer must change the settings (exit 53)
  kUnsupportedPlatform,  // this distribution, release or architecture is not supported (exit 51)
  kMissingDependency,    // the machine lacks something that the extension needs (exit 52)
  kPackagesLocked,       // another package manager holds the package locks (exit 56)
  kBusy,                 // try again within the budget
  kTimeout,              // the budget is used up
  kNotFound,             // does not exist; often an answer rather than a failure
  kSuperseded,           // a newer operation supersedes this one: stop and write no status
  kInternal,             // everything else (exit 1)
};

// Who has to do something about an error.
enum class Owner {
  kVmOwner,         // of the VM: its packages, files, units and network
  kSettingsAuthor,  // whoever wrote the settings
  kCaller,          // whoever called the command by hand
  kPublisher,       // of the extension: a fault of ours
};

// One that a user can meet is made from a row of the table of errors (handler/errors), which has all parts;
// the others only tell a caller what to do.
struct [[nodiscard]] Error {
  Code code = Code::kInternal;
  std::string what;         // what failed, with the path, unit or command
  std::string where = {};   // the path, unit, port or JSON path
  std::string remedy = {};  // what to do, as an imperative
  Owner owner = Owner::kPublisher;

  // "what; remedy"
  std::string Message() const { return remedy.empty() ? what : what + "; " + remedy; }

  // Puts what was being done in front: "writing /etc/x: rename: No space left on device".
  Error Context(std::string_view doing) && {
    what.insert(0, std::string(doing) + ": ");
    return std::move(*this);
  }

  // The same for a caller that reacts to `reaction`.
  Error As(Code reaction) const {
    Error other = *this;
    other.code = reaction;
    return other;
  }

  friend bool operator==(const Error&, const Error&) = default;
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

  // A value is returned as it is; an error gets the context in front.
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

// Returns from the function when the expression fails, with its error. A statement.
#define TRY(...)                                         \
  do {                                                   \
    if (auto dx_tried = (__VA_ARGS__); !dx_tried.ok()) { \
      return std::move(dx_tried).error();                \
    }                                                    \
  } while (false)

// TRY_LET(const auto text, files.Read(path)); declares text, or returns the error. Several statements, so not
// usable as the body of an if without braces.
#define TRY_LET(declaration, ...) DX_TRY_LET_(DX_JOIN(dx_tried_, __LINE__), declaration, __VA_ARGS__)
#define DX_TRY_LET_(result, declaration, ...)         \
  auto result = (__VA_ARGS__);                        \
  if (!result.ok()) return std::move(result).error(); \
  declaration = *std::move(result)
