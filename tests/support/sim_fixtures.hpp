// SPDX-License-Identifier: MIT
// Fixtures for the tests of the contract and of the simulators of its two sides: a temporary folder per test,
// ZIPs assembled byte by byte, and a handler that is a shell script.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/contract/files.hpp"
#include "tests/sim/contract/layout.hpp"

#define ASSERT_OK(...)                                          \
  do {                                                          \
    const auto& dx_result = (__VA_ARGS__);                      \
    ASSERT_TRUE(dx_result.ok()) << dx_result.error().Message(); \
  } while (false)

namespace dockerext::contract {

// Entries are stored uncompressed, with any name and mode.
class ZipWriter {
 public:
  ZipWriter& Add(std::string_view name, std::string_view content, std::uint32_t unix_mode = 0100644);
  std::string Bytes() const;

 private:
  std::string local_;
  std::string directory_;
  std::uint16_t entries_ = 0;
};

struct FakeManifest {
  std::string version = "1.0.0";
  std::string more;  // members of handlerManifest: R"(, "updateMode": "x")"
};

// A ZIP of manifest.xml, HandlerManifest.json and bin/handler: `script`, which gets the verb as its argument.
std::string FakePackage(std::string_view script, const FakeManifest& manifest = {});

inline constexpr std::string_view kFakeName = "Nobody.Fake";
inline constexpr std::string_view kFakeVersion = "1.0.0";

class FolderTest : public testing::Test {
 protected:
  FolderTest();

  std::string Path(std::string_view name) const { return folder_->path() + "/" + std::string(name); }
  Layout FakeLayout() const;

  // Writes a file below the test's folder and returns its path.
  std::string Put(std::string_view name, std::string_view bytes) const;

 private:
  Result<TempFolder> folder_;
};

std::string Slurp(const std::string& path);
std::uint32_t ModeOf(const std::string& path);

}  // namespace dockerext::contract
