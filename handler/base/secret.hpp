// SPDX-License-Identifier: MIT
// A private key, password or token in memory. It cannot be copied, printed, compared or converted, and wipes
// its memory when destroyed. Reveal() is the only access, so `grep -rn 'Reveal()'` lists every use of a
// secret.
#pragma once

#include <cstring>
#include <string>
#include <utility>

namespace dockerext {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string&& text) : text_(std::move(text)) { Wipe(text); }

  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { Wipe(other.text_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe(text_);
      text_ = std::move(other.text_);
      Wipe(other.text_);
    }
    return *this;
  }
  ~Secret() { Wipe(text_); }

  const std::string& Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  // Overwrites the whole capacity: a moved-from short string still holds its bytes in place.
  static void Wipe(std::string& text) noexcept {
    text.resize(text.capacity());  // NOLINT(clang-analyzer-cplusplus.Move): moved-from strings too
    explicit_bzero(text.data(), text.size());
    text.clear();
  }

 private:
  std::string text_;
};

}  // namespace dockerext
