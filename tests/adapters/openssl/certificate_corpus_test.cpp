// SPDX-License-Identifier: MIT
// Our reader and rules beside dockerd's, over the sets of tests/fixtures/certificates: verdicts.tsv says what
// Go made of each. Each set passes through the settings, as a customer's does.
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "handler/adapters/openssl/openssl_crypto.hpp"
#include "handler/base/text.hpp"
#include "handler/docker/tls_material.hpp"
#include "handler/settings/settings.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

// 2026-11-26T22:00:00Z, the judge's now.
const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1795730400)};

constexpr const char* kVerdicts = DX_SOURCE_DIR "/tests/fixtures/certificates/verdicts.tsv";

// Made by the build, with new keys.
std::filesystem::path Sets() { return DX_CERTIFICATES "/sets"; }

struct Engine {
  std::string starts;
  std::string client;
  std::string own_pair;
  std::string authorities;  // "1/2": of two, it got one

  bool serves() const {
    const auto counts = Split(authorities, '/');
    return starts == "starts" && client == "answers" && counts.front() == counts.back();
  }
};

struct Row {
  std::string set;
  std::array<Engine, 2> engines;  // Go 1.19; Go 1.24 as dockerd 29 has it
  std::string ours;               // valid, warns, refused
  std::string says;               // our first sentence
  std::string why_different;
};

std::string ContentOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Row> Corpus() {
  std::vector<Row> rows;
  for (const std::string& line : Split(ContentOf(kVerdicts), '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto cells = Split(line, '\t');
    if (cells.size() != 13) throw std::runtime_error(line);
    rows.push_back(
        {cells[0],
         {Engine{cells[1], cells[2], cells[3], cells[4]}, Engine{cells[5], cells[6], cells[7], cells[8]}},
         cells[10],
         cells[11],
         cells[12]});
  }
  return rows;
}

// What is no text can be sent as base64 alone.
std::string AsSent(const std::string& content) {
  try {
    (void)nlohmann::json(content).dump();
    return content;
  } catch (const nlohmann::json::exception&) {
    return EncodeBase64(content);
  }
}

std::string PartOf(const std::string& set, const std::string& part) {
  const auto own = Sets() / set / (part + ".pem");
  return AsSent(ContentOf(std::filesystem::exists(own) ? own : Sets() / "good" / (part + ".pem")));
}

struct Verdict {
  std::string ours;
  std::string says;
  bool own_pair_is_client = false;
};

nlohmann::json SettingsOf(const std::string& set) {
  return {{"certs", {{"ca", PartOf(set, "ca")}, {"cert", PartOf(set, "cert")}, {"key", PartOf(set, "key")}}}};
}

Verdict Judge(Files& files, const std::string& set) {
  SettingsReading reading = ReadSettings("", Secret(SettingsOf(set).dump()));
  Findings findings = std::move(reading.findings);
  TlsValidation validation;
  if (reading.desired.tls) {
    OpensslCrypto crypto;
    validation = ValidateMaterial(files, crypto, *reading.desired.tls, kNow);
    findings = std::move(validation.findings);
  }
  if (!findings.errors.empty()) return {"refused", FormatFindings({findings.errors.front()})};
  if (findings.warnings.empty()) return {"valid", "", validation.own_pair_is_client};
  return {"warns", FormatFindings({findings.warnings.front()}), validation.own_pair_is_client};
}

// Judged once for all tests.
class CertificateCorpus : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    FakeClock clock;
    FakeFiles files(clock);
    files.Put("/var/lib/dpkg/info/ca-certificates.list",
              "/.\n/usr/share/ca-certificates/mozilla\n/usr/share/ca-certificates/mozilla/all.crt\n");
    files.Put("/usr/share/ca-certificates/mozilla/all.crt",
              ContentOf(Sets() / "ca_public_bundle" / "ca.pem"));
    for (const Row& row : Corpus()) verdicts[row.set] = Judge(files, row.set);
  }

  static inline std::map<std::string, Verdict> verdicts;
};

TEST_F(CertificateCorpus, HasARowForEachSetAndASetForEachRow) {
  std::set<std::string> sets;
  for (const auto& entry : std::filesystem::directory_iterator(Sets())) {
    sets.insert(entry.path().filename());
  }
  std::set<std::string> rows;
  for (const Row& row : Corpus()) rows.insert(row.set);
  EXPECT_EQ(rows, sets);
  EXPECT_GE(rows.size(), 300U);
}

TEST_F(CertificateCorpus, IsJudgedAsRecorded) {
  for (const Row& row : Corpus()) {
    const Verdict& verdict = verdicts[row.set];
    EXPECT_EQ(verdict.ours + "\t" + verdict.says, row.ours + "\t" + row.says) << row.set;
  }
}

TEST_F(CertificateCorpus, IsValidExactlyWhereDockerdServesAllOfItUnlessTheTableSaysWhy) {
  for (const Row& row : Corpus()) {
    const bool is_valid = verdicts[row.set].ours != "refused";
    for (const Engine& engine : row.engines) {
      if (row.why_different.empty()) {
        EXPECT_EQ(is_valid, engine.serves()) << row.set;
      }
    }
    if (!row.why_different.empty()) {
      EXPECT_TRUE(is_valid != row.engines[0].serves() || is_valid != row.engines[1].serves()) << row.set;
    }
  }
}

TEST_F(CertificateCorpus, SaysThatTheServersPairIsAClientExactlyWhereDockerdAnswersIt) {
  for (const Row& row : Corpus()) {
    const Verdict& verdict = verdicts[row.set];
    if (verdict.ours == "refused" || row.engines[0].starts != "starts") continue;
    EXPECT_EQ(verdict.own_pair_is_client, row.engines[0].own_pair == "answers") << row.set;
  }
}

TEST_F(CertificateCorpus, GetsItsLineEndsBackToTheByte) {
  const auto material = [](const std::string& set) {
    return std::move(ReadSettings("", Secret(SettingsOf(set).dump())).desired.tls).value();
  };
  const TlsMaterial good = material("good");
  for (const char* shape :
       {"cr_only", "bom", "blanks_before_lines", "blank_before_begin", "spaces_for_newlines", "newlines_lost",
        "literal_backslash_n", "literal_backslash_r_n", "literal_and_real_newlines", "quoted",
        "text_after_end", "base64_of_pem"}) {
    for (const char* part : {"ca", "cert", "key"}) {
      const TlsMaterial repaired = material(std::string(part) + "_" + shape);
      EXPECT_EQ(repaired.ca, good.ca) << part << " " << shape;
      EXPECT_EQ(repaired.certificate, good.certificate) << part << " " << shape;
      EXPECT_EQ(repaired.key.Reveal(), good.key.Reveal()) << part << " " << shape;
    }
  }
}

}  // namespace
}  // namespace dockerext
