// SPDX-License-Identifier: MIT
// Private keys by their shape; the numbers in them are made up.
#include "handler/settings/key_material.hpp"

#include <gmock/gmock.h>

#include <cctype>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "handler/base/pem.hpp"

namespace dockerext {
namespace {

std::string Base64(const std::string& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63U];
  }
  return text;
}

std::string Der(char tag, const std::string& content) {
  std::string length;
  if (content.size() < 128)
    length = {static_cast<char>(content.size())};
  else if (content.size() < 256)
    length = {'\x81', static_cast<char>(content.size())};
  else
    length = {'\x82', static_cast<char>(content.size() >> 8U), static_cast<char>(content.size() & 0xFFU)};
  return tag + length + content;
}

std::string Sequence(const std::string& content) { return Der('\x30', content); }
std::string Number(const std::string& bytes) { return Der('\x02', bytes); }
std::string Octets(const std::string& content) { return Der('\x04', content); }
std::string Oid(const std::string& bytes) { return Der('\x06', bytes); }

std::string Version(char number) { return Number(std::string(1, number)); }

std::string RandomBytes(std::size_t size) {
  static std::mt19937 random(19);
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random());
  return bytes;
}

const std::string kRsa = Sequence(Oid("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01") + std::string("\x05\0", 2));
const std::string kEc =
    Sequence(Oid("\x2A\x86\x48\xCE\x3D\x02\x01") + Oid("\x2A\x86\x48\xCE\x3D\x03\x01\x07"));
const std::string kEd25519 = Sequence(Oid("\x2B\x65\x70"));
const std::string kSec1 = Sequence(Version(1) + Octets(RandomBytes(32)));
const std::string kPkcs1 = Sequence(Version(0) + Number(std::string(1, '\0') + RandomBytes(256)) +
                                    Number({1, 0, 1}) + Number(RandomBytes(256)));
const std::string kPkcs8Rsa = Sequence(Version(0) + kRsa + Octets(kPkcs1));
const std::string kPkcs8Ec = Sequence(Version(0) + kEc + Octets(kSec1));
const std::string kPkcs8Ed25519 = Sequence(Version(0) + kEd25519 + Octets(Octets(RandomBytes(32))));
const std::string kEncrypted =
    Sequence(Sequence(Oid("\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D") + Sequence("")) + Octets(RandomBytes(120)));
const std::string kPkcs12 =
    Sequence(Version(3) + Sequence(Oid("\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01") + RandomBytes(200)));

const std::vector<std::pair<std::string, std::string>> kDerKeys = {
    {"SEC1", kSec1},         {"PKCS#1", kPkcs1},         {"PKCS#8 RSA", kPkcs8Rsa},
    {"PKCS#8 EC", kPkcs8Ec}, {"Ed25519", kPkcs8Ed25519}, {"encrypted", kEncrypted},
    {"PKCS#12", kPkcs12}};

std::string InLinesOf(std::size_t width, const std::string& text) {
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += width) lines += text.substr(at, width) + "\r\n";
  return lines;
}

std::string UrlEncoded(const std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-')
      encoded += c;
    else
      encoded += {'%', kDigits[static_cast<unsigned char>(c) >> 4U], kDigits[c & 15]};
  }
  return encoded;
}

std::string Utf16(const std::string& text, bool little) {
  std::string wide = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : text) wide += little ? std::string{c, '\0'} : std::string{'\0', c};
  return wide;
}

// In base64 at each alignment, whatever is in front of it.
TEST(HoldsPrivateKey, InDerInBase64) {
  for (const auto& [name, der] : kDerKeys) {
    const std::string base64 = Base64(der);
    EXPECT_TRUE(HoldsPrivateKey(base64)) << name;
    EXPECT_TRUE(HoldsPrivateKey(base64.substr(0, 60))) << name << ", cut";
    EXPECT_TRUE(HoldsPrivateKey(InLinesOf(64, base64))) << name << ", in lines";
    EXPECT_TRUE(HoldsPrivateKey("--label=key=\n" + InLinesOf(76, base64))) << name << ", in lines";
    EXPECT_TRUE(HoldsPrivateKey(Base64(base64))) << name << ", twice";
    for (const char* prefix : {"--label=", "--label=k:", "a ", "x/", "ab/", "abc/", "abcd-", "{\"key\":\""})
      EXPECT_TRUE(HoldsPrivateKey(prefix + base64 + " and more")) << name << " behind " << prefix;
  }
}

TEST(HoldsPrivateKey, InPemHoweverItIsEncoded) {
  for (const char* label :
       {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"}) {
    const std::string pem = PemText(label, Base64(RandomBytes(120)));
    std::string form = UrlEncoded(pem);
    for (auto at = form.find("%20"); at != std::string::npos; at = form.find("%20")) form.replace(at, 3, "+");
    for (const std::string& text :
         {pem, Base64(pem), "--label=" + Base64(pem), "a " + Base64(pem), InLinesOf(76, Base64(pem)),
          Base64(Base64(pem)), InLinesOf(76, Base64(InLinesOf(76, Base64(pem)))), UrlEncoded(pem), form,
          UrlEncoded(Base64(pem)), Base64(UrlEncoded(pem)), Base64(Utf16(pem, true)),
          Base64(Utf16(pem, false)), Base64(Utf16(Base64(pem), true)),
          std::string("-----begin private key-----\nAA=="),
          Base64("Bag Attributes\n    friendlyName: vm\nKey Attributes: <No Attributes>\n" + pem)})
      EXPECT_TRUE(HoldsPrivateKey(text)) << label << ": " << text;
  }
}

TEST(HoldsPrivateKey, InBase64OfTheUrlAlphabet) {
  std::string base64 = Base64(kPkcs8Rsa);
  for (char& c : base64) c = c == '+' ? '-' : c == '/' ? '_' : c;
  EXPECT_TRUE(HoldsPrivateKey("key=" + base64));
}

// A public key, certificates (of version 1, with the serial number 1, too) and a signature.
TEST(HoldsPrivateKey, IsFalseOfWhatIsPublic) {
  const std::string signature_algorithm = Sequence(Oid("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"));
  const std::string name = Sequence(Der('\x31', Sequence(Oid("\x55\x04\x03") + Der('\x0C', "vm"))));
  const std::string public_key = Sequence(kEc + Der('\x03', RandomBytes(66)));
  for (const std::string& der :
       {public_key, Sequence(kRsa + Der('\x03', RandomBytes(271))),
        Sequence(Number(RandomBytes(257)) + Number({1, 0, 1})),
        Sequence(Sequence(Version(1) + signature_algorithm + name + name + name + public_key)),
        Sequence(Sequence(Version(1) + kEd25519 + name + name + name + public_key)),
        Sequence(Sequence(Der('\xA0', Version(2)) + Number(RandomBytes(16)) + signature_algorithm + name)),
        Sequence(Number(RandomBytes(32)) + Number(RandomBytes(32)))}) {
    EXPECT_FALSE(HoldsPrivateKey("--label=x=" + Base64(der))) << Base64(der);
    EXPECT_FALSE(HoldsPrivateKey(PemText("CERTIFICATE", Base64(der))));
  }
}

TEST(HoldsPrivateKey, IsFalseOfOtherTexts) {
  for (const char* text :
       {"", "-----BEGIN CERTIFICATE-----", "PRIVATE KEY-----", "BEGIN PRIVATE KEY", "--label=LS0tLS1CRUdJTiB",
        "--registry-mirror=https://mirror.example.com/some/long/path/that/has/no/end/at/all/100%25",
        "--label=com.example.image=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"})
    EXPECT_FALSE(HoldsPrivateKey(text)) << text;
  EXPECT_FALSE(HoldsPrivateKey("--label=" + std::string(4000, 'M')));
}

// What a label may well hold.
TEST(HoldsPrivateKey, IsFalseOfRandomTokens) {
  for (int round = 0; round < 300; ++round)
    ASSERT_FALSE(
        HoldsPrivateKey("--label=token=" + Base64(RandomBytes(24 + static_cast<std::size_t>(round) % 500))));
}

}  // namespace
}  // namespace dockerext
