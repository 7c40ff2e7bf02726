// SPDX-License-Identifier: MIT
// A temporary folder for the files of a test.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace dockerext {

class Folder : public testing::Test {
 protected:
  Folder() : folder_((std::filesystem::temp_directory_path() / "dx-engine-XXXXXX").string()) {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~Folder() override { std::filesystem::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }
  std::string Put(const std::string& name, const std::string& text) const {
    std::ofstream(At(name)) << text;
    return At(name);
  }

 private:
  std::string folder_;
};

}  // namespace dockerext
