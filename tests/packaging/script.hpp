// SPDX-License-Identifier: MIT
// Runs the scripts of packaging/ in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext::packaging {

struct Ended {
  int exit_code;
  std::string output;  // both streams
};

// bash runs `command` in `folder`.
Ended Bash(const std::filesystem::path& folder, const std::string& command);

void Write(const std::filesystem::path& file, std::string_view text);

// A folder that other users may read, removed at the end.
class InAFolder : public testing::Test {
 protected:
  InAFolder();
  ~InAFolder() override;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace dockerext::packaging
