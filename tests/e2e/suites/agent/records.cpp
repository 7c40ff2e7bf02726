// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/agent/records.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTolerant = "2.0.0";

// A legitimate difference, and its replacement.
struct Normalization {
  std::regex pattern;
  const char* replacement;
};

const std::vector<Normalization>& Normalizations() {
  static const std::vector<Normalization> kAll = {
      // Each tenant has its own certificate, and no envelope equals another.
      {std::regex(R"re("protectedSettings": "[A-Za-z0-9+/=]+")re"), R"re("protectedSettings": "(sealed)")re"},
      {std::regex(R"re(Thumbprint": "[0-9A-F]{40}")re"), R"re(Thumbprint": "(of the tenant)")re"},
      // The inode number of a deleted file.
      {std::regex(R"re(#[0-9]+ \(deleted\))re"), "(nameless)"},
      // Set by systemd per start of the service; the harness sets its own value.
      {std::regex("^(environment (INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID))=.*"), "$1"},
      // The harness simulates an agent that has updated itself and runs from an egg; Debian's runs from a
      // package and is older.
      {std::regex("^environment PYTHONPATH=.*"), ""},
      {std::regex("^(environment _AZURE_GUEST_AGENT_DAEMON_VERSION_)=.*"), "$1"},
      // The code of an update that failed in a command of the old version: 1008 from agent 2.15 on.
      {std::regex(R"re("code": (-1|1008), "message": "\[ExtensionUpdateError\])re"),
       R"re("code": (stopped), "message": "[ExtensionUpdateError])re"},
  };
  return kAll;
}

// The line in its normalized form; empty if it is not compared.
std::string Normalized(std::string line) {
  for (const Normalization& rule : Normalizations()) {
    line = std::regex_replace(line, rule.pattern, rule.replacement);
  }
  return line;
}

void Write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string CommandIn(const char* verb) {
  return "\"" + std::string(verb) + "Command\": \"bin/recorder " + verb + "\", ";
}

std::string Manifest(const std::string& version) {
  std::string commands;
  for (const char* verb : {"install", "enable", "update", "disable", "uninstall"})
    commands += CommandIn(verb);
  return R"([{"version": 1.0, "handlerManifest": {)" + commands +
         R"("updateMode": "UpdateWithInstall", "continueOnUpdateFailure": )" +
         (version == kTolerant ? "true" : "false") +
         R"(, "reportHeartbeat": false, "rebootAfterInstall": false}}])";
}

std::string PublishedManifest(const std::string& version) {
  return "<ExtensionImage xmlns=\"http://schemas.microsoft.com/windowsazure\">"
         "<ProviderNameSpace>Nobody</ProviderNameSpace><Type>Recorder</Type><Version>" +
         version + "</Version></ExtensionImage>\n";
}

}  // namespace

std::vector<Record> ParseRecords(std::string_view text) {
  constexpr std::string_view kMark = "== ";
  std::vector<Record> records;
  for (const std::string& line : Split(text, '\n')) {
    if (line.starts_with(kMark)) {
      records.push_back({line.substr(kMark.size()), ""});
      continue;
    }
    const std::string normalized = records.empty() ? "" : Normalized(line);
    if (!normalized.empty()) records.back().text += normalized + "\n";
  }
  return records;
}

void PackRecorder(const std::string& version, const std::string& zip) {
  const fs::path folder = zip + ".d";
  Write(folder / "manifest.xml", PublishedManifest(version));
  Write(folder / "HandlerManifest.json", Manifest(version));
  fs::create_directories(folder / "bin");
  fs::copy_file(fs::path(DX_SOURCE_DIR) / "tests/e2e/suites/agent/recorder", folder / "bin/recorder");
  const Status packed = guest::RunOrFail(
      {.argv = {"/bin/sh", "-c", "cd '" + folder.string() + "' && exec zip -q -r '" + zip + "' ."}});
  EXPECT_TRUE(packed.ok()) << packed.error().Message();
}

}  // namespace dockerext
