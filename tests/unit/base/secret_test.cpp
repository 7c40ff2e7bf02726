// SPDX-License-Identifier: MIT
#include "handler/base/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>

namespace dockerext {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, CannotBeCopiedConvertedOrPrinted) {
  static_assert(!std::is_copy_constructible_v<Secret>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_constructible_v<std::string, Secret>);
  static_assert(!Printable<Secret>);
}

TEST(Secret, MovesItsBytesAndEmptiesTheSource) {
  std::string source = "hunter2";
  Secret first(std::move(source));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): that it is wiped is the promise
  Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.Reveal(), "hunter2");
}

TEST(Secret, WipesTheWholeBuffer) {
  std::string text = "a long enough secret that it lives on the heap, not in the string itself";
  text.reserve(200);
  const char* bytes = text.data();
  Secret::Wipe(text);
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.InnerPointer): the buffer stays the string's
  EXPECT_EQ(std::string(bytes, 1), std::string(1, '\0'));
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace dockerext
