// SPDX-License-Identifier: MIT
#include "tests/packaging/script.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace dockerext::packaging {

namespace fs = std::filesystem;

Ended Bash(const fs::path& folder, const std::string& command) {
  Write(folder / "command", "cd '" + folder.string() + "'\n" + command + "\n");
  std::FILE* pipe = ::popen(("bash '" + (folder / "command").string() + "' 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "popen failed"};
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), read);
  const int status = ::pclose(pipe);
  return {status % 256 == 0 ? status / 256 : -1, output};
}

void Write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

InAFolder::InAFolder() {
  std::string name = (fs::temp_directory_path() / "docker-extension-packaging.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  folder_ = name;
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                               fs::perms::others_read | fs::perms::others_exec);
}

InAFolder::~InAFolder() { fs::remove_all(folder_); }

}  // namespace dockerext::packaging
