// SPDX-License-Identifier: MIT
#include "tests/support/sim_fixtures.hpp"

#include <Poco/Checksum.h>
#include <sys/stat.h>

#include "handler/base/text.hpp"

namespace dockerext::contract {
namespace {

constexpr std::uint32_t kUnixHost = 0x0314;  // version made by: Unix, 2.0
constexpr std::uint32_t kNeeded = 20;

void Append(std::string& bytes, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
}

std::uint32_t Crc(std::string_view content) {
  Poco::Checksum checksum(Poco::Checksum::TYPE_CRC32);
  checksum.update(std::string(content));
  return checksum.checksum();
}

// The fields that a local header and a directory entry share.
std::string CommonFields(std::string_view name, std::string_view content) {
  const auto size = static_cast<std::uint32_t>(content.size());
  std::string fields;
  for (const std::uint32_t zero_or_version : {kNeeded, 0U, 0U, 0U, 0x2821U}) {
    Append(fields, zero_or_version, 2);
  }
  Append(fields, Crc(content), 4);
  Append(fields, size, 4);
  Append(fields, size, 4);
  Append(fields, static_cast<std::uint32_t>(name.size()), 2);
  Append(fields, 0, 2);
  return fields;
}

}  // namespace

ZipWriter& ZipWriter::Add(std::string_view name, std::string_view content, std::uint32_t unix_mode) {
  const auto offset = static_cast<std::uint32_t>(local_.size());
  const std::string fields = CommonFields(name, content);
  local_ += "PK\x03\x04" + fields + std::string(name) + std::string(content);
  directory_ += "PK\x01\x02";
  Append(directory_, kUnixHost, 2);
  directory_ += fields;
  for (int zeros = 0; zeros < 3; ++zeros) Append(directory_, 0, 2);
  Append(directory_, unix_mode << 16U, 4);
  Append(directory_, offset, 4);
  directory_ += name;
  ++entries_;
  return *this;
}

std::string ZipWriter::Bytes() const {
  std::string end = "PK\x05\x06";
  Append(end, 0, 4);
  Append(end, entries_, 2);
  Append(end, entries_, 2);
  Append(end, static_cast<std::uint32_t>(directory_.size()), 4);
  Append(end, static_cast<std::uint32_t>(local_.size()), 4);
  Append(end, 0, 2);
  return local_ + directory_ + end;
}

std::string FakePackage(std::string_view script, const FakeManifest& manifest) {
  return ZipWriter()
      .Add("manifest.xml",
           std::string("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                       "<ExtensionImage xmlns=\"http://schemas.microsoft.com/windowsazure\">\n"
                       "  <ProviderNameSpace>Nobody</ProviderNameSpace>\n  <Type>Fake</Type>\n"
                       "  <Version>") +
               manifest.version + "</Version>\n</ExtensionImage>\n")
      .Add("HandlerManifest.json",
           std::string(
               R"([{"version": 1.0, "handlerManifest": {"installCommand": "bin/handler install",)"
               R"( "enableCommand": "bin/handler enable", "updateCommand": "bin/handler update",)"
               R"( "disableCommand": "bin/handler disable", "uninstallCommand": "bin/handler uninstall",)"
               R"( "rebootAfterInstall": false)") +
               manifest.more + "}}]")
      .Add("bin/handler", "#!/bin/sh\n" + std::string(script))
      .Bytes();
}

FolderTest::FolderTest() : folder_(TempFolder::Make(testing::TempDir())) {
  umask(S_IWGRP | S_IWOTH);  // the agent's umask, which the simulator sets too
}

Layout FolderTest::FakeLayout() const {
  return {Path("lib"), Path("log"), {std::string(kFakeName), std::string(kFakeVersion)}};
}

std::string FolderTest::Put(std::string_view name, std::string_view bytes) const {
  EXPECT_TRUE(MakeFolder(ParentOf(Path(name)), 0700_mode).ok());
  EXPECT_TRUE(WriteFile(Path(name), bytes).ok());
  return Path(name);
}

std::string Slurp(const std::string& path) {
  auto bytes = ReadFile(path);
  EXPECT_TRUE(bytes.ok()) << path;
  return bytes.ok() ? *bytes : "";
}

std::uint32_t ModeOf(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(lstat(path.c_str(), &found), 0) << path;
  return found.st_mode;
}

}  // namespace dockerext::contract
