// SPDX-License-Identifier: MIT
// Wrong input costs a VM that serves nothing: the error says what is wrong, where and what to do; every file,
// the engine's process and remote access are as before.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "handler/base/text.hpp"
#include "tests/e2e/suites/support/shared_vm.hpp"
#include "tests/support/test_pki.hpp"

namespace dockerext {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kAgentFolder = "/var/lib/waagent";
constexpr const char* kTakenPort = "5000";  // by a program that is not dockerd

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// What the VM serves with, and what its settings are sealed for.
struct Serving {
  std::string root;       // of the VM, as this machine sees it
  std::string recipient;  // PEM
  json certs;             // {"ca", "cert", "key"}

  std::string Seal(const std::string& plain) const {
    return EncodeBase64(Encrypt(plain, recipient, "AES-256-CBC"));
  }
};

// A text, since much of what is wrong is no JSON.
std::string HandlerSettings(const Serving& serving, const std::string& public_text,
                            const std::string& envelope) {
  return R"({"runtimeSettings":[{"handlerSettings":{"publicSettings":)" + public_text +
         R"(,"protectedSettings":")" + envelope + R"(","protectedSettingsCertThumbprint":")" +
         Thumbprint(serving.recipient) + R"("}}]})";
}

constexpr const char* kGoodPublic = R"({"docker":{"port":"4243"}})";

std::string GoodProtected(const Serving& serving) { return json{{"certs", serving.certs}}.dump(); }

// Makes the text of N.settings.
using Maker = std::function<std::string(const Serving&)>;

Maker File(const std::string& text) {
  return [text](const Serving&) { return text; };
}

// The good file, its text changed.
Maker Changed(const std::function<std::string(std::string)>& change) {
  return [change](const Serving& serving) {
    return change(HandlerSettings(serving, kGoodPublic, serving.Seal(GoodProtected(serving))));
  };
}

Maker Public(const std::string& text) {
  return [text](const Serving& serving) {
    return HandlerSettings(serving, text, serving.Seal(GoodProtected(serving)));
  };
}

Maker Port(const std::string& value) { return Public(R"({"docker":{"port":)" + value + "}}"); }

Maker Option(const std::string& value) {
  return Public(R"({"docker":{"port":"4243","options":[)" + value + "]}}");
}

Maker Protected(const std::string& text) {
  return [text](const Serving& serving) { return HandlerSettings(serving, kGoodPublic, serving.Seal(text)); };
}

Maker Envelope(const std::string& text) {
  return [text](const Serving& serving) { return HandlerSettings(serving, kGoodPublic, text); };
}

Maker Certs(const std::function<void(json&)>& change) {
  return [change](const Serving& serving) {
    json certs = serving.certs;
    change(certs);
    return HandlerSettings(serving, kGoodPublic, serving.Seal(json{{"certs", certs}}.dump()));
  };
}

Maker Part(const std::string& name, const json& value) {
  return Certs([=](json& certs) { certs[name] = value; });
}

// A server's pair of this shape.
Maker Pair(const CertificateShape& shape) {
  return Certs([shape](json& certs) {
    const TestPair pair = MakePair(shape);
    certs["cert"] = pair.certificate;
    certs["key"] = pair.key;
  });
}

// The file's handlerSettings with a member that is not as it should be.
Maker Member(const std::string& name, const json& value) {
  return Changed([=](const std::string& text) {
    json document = json::parse(text);
    document["runtimeSettings"][0]["handlerSettings"][name] = value;
    return document.dump();
  });
}

enum class Found { kAtOnce, kByTheWorker, kNever };

struct Input {
  std::string name;
  Maker file;       // none: there is no such file
  Vm::Words words;  // in the message; of what is no fault, in the warnings
  Found found = Found::kAtOnce;
  std::optional<std::string> environment = {};  // HandlerEnvironment.json, in place of the agent's

  friend void PrintTo(const Input& input, std::ostream* out) { *out << input.name; }
};

class BadInput : public SharedVm<BadInput>, public testing::WithParamInterface<Input> {
 public:
  static constexpr Guest::Image kImage = Guest::Image::kWithDocker;

 protected:
  static void SetUpTestSuite() {
    SharedVm::SetUpTestSuite();
    if (!HasVm()) return;
    ASSERT_EQ(vm().Harness({"run"}).exit_code, 0);
    vm().Shell("systemd-run -q --unit=listener busybox nc -ll -p " + std::string(kTakenPort));
    const auto root = vm().guest().Root();
    ASSERT_TRUE(root.ok()) << root.error().message;
    serving_ = {*root, Recipient(*root + kAgentFolder),
                json{{"ca", TextOf(vm().credentials() + "/ca.pem")},
                     {"cert", TextOf(vm().credentials() + "/server-cert.pem")},
                     {"key", TextOf(vm().credentials() + "/server-key.pem")}}};
    environment_ = TextOf(EnvironmentPath());
    tree_ = vm().Tree();
    pid_ = EnginePid();
    ASSERT_NE(pid_, "");
  }

  static void TearDownTestSuite() {
    if (HasVm()) {
      EXPECT_EQ(vm().DockerTlsVerify({"version"}).exit_code, 0);
    }
    SharedVm::TearDownTestSuite();
  }

  void TearDown() override {
    SharedVm::TearDown();
    if (HasVm()) Put(EnvironmentPath(), environment_);
  }

  // The certificate of this VM that the agent has.
  static std::string Recipient(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".crt") return TextOf(entry.path());
    }
    return {};
  }

  static std::string Path(const std::string& name) { return serving_.root + Vm::kFolder + "/" + name; }
  static std::string EnvironmentPath() { return Path("HandlerEnvironment.json"); }
  static void Put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

  // As dockerd itself writes it, at every start.
  static std::string EnginePid() { return TextOf(serving_.root + "/run/docker.pid"); }

  static json StatusOf(std::uint64_t sequence) {
    const std::string text = TextOf(Path("status/" + std::to_string(sequence) + ".status"));
    EXPECT_THAT(text, Each(testing::AllOf(testing::Ge('\0'), testing::Le('\x7e'))));
    const json document = json::parse(text, nullptr, false);
    const json::json_pointer where("/0/status");
    return document.contains(where) ? document.at(where) : json::object();
  }

  // The worker ends it.
  static json FinalStatusOf(std::uint64_t sequence) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (true) {
      json status = StatusOf(sequence);
      if (status.value("status", "") != "transitioning" || std::chrono::steady_clock::now() > deadline) {
        return status;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  static std::string MessageOf(const json& status) {
    return status.value(json::json_pointer("/formattedMessage/message"), std::string());
  }

  static void ExpectNoSecret(const std::string& text) {
    const std::string key = serving_.certs["key"];
    EXPECT_THAT(text, Not(HasSubstr(Split(key, '\n').at(1))));
    EXPECT_THAT(text, Not(HasSubstr(EncodeBase64(key).substr(60, 60))));
  }

  static void ExpectNothingChanged() {
    const std::string pid = EnginePid();
    EXPECT_EQ(pid, pid_);
    const std::string tree = vm().Tree();
    EXPECT_THAT(Differences(tree_, tree), IsEmpty());
    // One case's fault is not every later one's.
    tree_ = tree;
    pid_ = pid;
  }

  static void Report(const Input& input, int exit_code, const std::string& message, double seconds) {
    std::printf("bad input: %s: exit %d, \"%s\" (%.2f s)\n", input.name.c_str(), exit_code,
                message.substr(0, 400).c_str(), seconds);
  }

  static inline Serving serving_;
  static inline std::string environment_;
  static inline std::string tree_;
  static inline std::string pid_;
  static inline std::uint64_t sequence_ = 0;
};

TEST_P(BadInput, CostsNothing) {
  const Input& input = GetParam();
  const std::uint64_t sequence = ++sequence_;
  if (input.file) Put(Path("config/" + std::to_string(sequence) + ".settings"), input.file(serving_));
  if (input.environment) Put(EnvironmentPath(), *input.environment);

  const auto start = std::chrono::steady_clock::now();
  const Vm::Output enable = vm().Verb("enable", sequence);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  const json status = FinalStatusOf(sequence);
  const std::string message = MessageOf(status);
  Report(input, enable.exit_code, input.found == Found::kNever ? status.dump() : message, spent.count());

  EXPECT_EQ(enable.exit_code, input.found == Found::kAtOnce ? 53 : 0) << enable.err;
  EXPECT_EQ(status.value("status", ""), input.found == Found::kNever ? "success" : "error");
  EXPECT_EQ(status.value("code", -1), input.found == Found::kNever ? 0 : 53);
  const std::string said = input.found == Found::kNever ? status["substatus"].dump() : message;
  for (const std::string& word : input.words) EXPECT_THAT(said, HasSubstr(word));
  if (input.found == Found::kAtOnce) {
    EXPECT_THAT(enable.err, HasSubstr(message.substr(0, 900)));
  }
  ExpectNoSecret(enable.out + enable.err + status.dump());
  ExpectNothingChanged();
  // The same process has the same listener; where a worker was at it, that is looked at too.
  if (input.found == Found::kByTheWorker) {
    EXPECT_TRUE(vm().IsOpen(4243));
  }
}

const std::string kPort = "publicSettings.docker.port must be a whole number from 1 to 65535";

std::vector<Input> Ports() {
  return {
      Input{"PortZero", Port("0"), {kPort, "but is 0"}},
      Input{"PortZeroAsText", Port(R"("0")"), {kPort, "but is '0'"}},
      Input{"PortAboveAll", Port("65536"), {kPort, "but is 65536"}},
      Input{"PortNegative", Port("-1"), {kPort, "but is -1"}},
      Input{"PortFraction", Port("4243.5"), {kPort, "but is 4243.5"}},
      Input{"PortBeyondNumbers",
            Port("1e999"),
            {"a number that is too large, at runtimeSettings[0].handlerSettings.publicSettings.docker.port"}},
      Input{"PortBeyondIntegers", Port("99999999999999999999"), {kPort}},
      Input{"PortWord", Port(R"("docker")"), {kPort, "but is 'docker'"}},
      Input{"PortEmpty", Port(R"("")"), {kPort, "but is ''"}},
      Input{"PortBlank", Port(R"(" 4243")"), {kPort, "but is ' 4243'"}},
      Input{"PortList", Port("[4243]"), {kPort, "but is a list"}},
      Input{"PortObject", Port("{}"), {kPort, "but is an object"}},
      Input{"PortTrue", Port("true"), {kPort, "but is a boolean"}},
      Input{"PortWithFlags", Port(R"("4243 -H tcp://0.0.0.0:2375")"), {kPort}},
      Input{"PortWithNewline", Port(R"("4243\n2375")"), {kPort, "'4243\\x0a2375'"}},
      Input{"PortTaken",
            Port(kTakenPort),
            {"publicSettings.docker.port 5000 is in use", "choose another port"},
            Found::kByTheWorker},
      Input{"PortOf2014Wrong",
            Public(R"({"dockerport":"x"})"),
            {"publicSettings.dockerport must be a whole number"}},
      Input{"PortsThatContradict",
            Public(R"({"dockerport":"4244","docker":{"port":4243}})"),
            {"publicSettings.docker.port contradicts publicSettings.dockerport", "keep one of them"}}};
}

const std::string kOption = "publicSettings.docker.options[0] ";

std::vector<Input> Options() {
  return {
      Input{"OptionListener",
            Option(R"("--host=tcp://0.0.0.0:2375")"),
            {kOption + "--host adds a listener", "set docker.port instead"}},
      Input{"OptionListenerShort", Option(R"("-Htcp://0.0.0.0:2375")"), {kOption + "adds a listener"}},
      Input{"OptionListenerInTwo",
            Option(R"("-H","tcp://0.0.0.0:2375")"),
            {kOption + "adds a listener", "publicSettings.docker.options[1] must be one dockerd option"}},
      Input{"OptionListenerInABundle",
            Option(R"("-DHtcp://0.0.0.0:2375")"),
            {kOption + "must be one dockerd option"}},
      Input{"OptionTlsOff", Option(R"("--tls=false")"), {kOption + "--tls is set by the extension"}},
      Input{"OptionTlsVerifyOff",
            Option(R"("--tlsverify=false")"),
            {kOption + "--tlsverify is set by the extension"}},
      Input{"OptionTlsAgain", Option(R"("--tlsverify")"), {kOption + "--tlsverify is set by the extension"}},
      Input{"OptionOtherCa", Option(R"("--tlscacert=/tmp/ca.pem")"), {"protectedSettings.certs.ca"}},
      Input{"OptionOtherKey", Option(R"("--tlskey=/tmp/key.pem")"), {"protectedSettings.certs.key"}},
      Input{"OptionOtherFile", Option(R"("--config-file=/tmp/x")"), {"/etc/docker/daemon.json"}},
      Input{"OptionThatEndsDockerd", Option(R"("--version")"), {"makes dockerd exit", "remove it"}},
      Input{"OptionThatTheUnitHas",
            Option(R"("--containerd=/run/other.sock")"),
            {"publicSettings.docker.options has --containerd", "docker.service' gives too"}},
      Input{"OptionThatDaemonJsonHas",
            Option(R"("--live-restore=false")"),
            {"--live-restore", "'/etc/docker/daemon.json' sets live-restore too"}},
      Input{"OptionNewline",
            Option(R"("--label=a\nExecStartPost=/bin/false")"),
            {kOption + "holds a control character; remove it"}},
      Input{"OptionControl", Option(R"("--label=\u0007")"), {kOption + "holds a control character"}},
      Input{"OptionNul", Option(R"("--label=a\u0000b")"), {kOption + "holds a control character"}},
      Input{"OptionWithoutName", Option(R"("debug")"), {kOption + "must be one dockerd option"}},
      Input{"OptionEmpty", Option(R"("")"), {kOption + "must be one dockerd option"}},
      Input{"OptionAndValueInOne", Option(R"("--label a=b")"), {kOption + "must be one dockerd option"}},
      Input{"OptionNumber", Option("7"), {kOption + "must be a string, but is a number"}},
      Input{"OptionsString",
            Public(R"({"docker":{"options":"--debug"}})"),
            {"publicSettings.docker.options must be a list of strings, but is a string"}},
      Input{"OptionUnknownToDockerd",
            Option(R"("--no-such-option=1")"),
            {"dockerd refuses the configuration (publicSettings.docker.options", "--no-such-option"},
            Found::kByTheWorker},
      Input{"OptionValueThatDockerdCannotRead",
            Option(R"("--mtu=wide")"),
            {"dockerd refuses the configuration (publicSettings.docker.options", "--mtu"},
            Found::kByTheWorker}};
}

std::vector<Input> PublicTypes() {
  return {
      Input{"PublicList", Public("[]"), {"publicSettings must be a JSON object, but is a list"}},
      Input{"PublicText", Public(R"("{}")"), {"publicSettings must be a JSON object, but is a string"}},
      Input{"DockerList",
            Public(R"({"docker":[]})"),
            {"publicSettings.docker must be an object, but is a list"}},
      Input{"InstallonlyNumber", Public(R"({"installonly":1})"), {"publicSettings.installonly must be true"}},
      Input{"InstallonlyWord", Public(R"({"installonly":"yes"})"), {"publicSettings.installonly must be"}},
      Input{"PolicyUnknown",
            Public(R"({"uninstallPolicy":"purge"})"),
            {"publicSettings.uninstallPolicy must be one of auto, keep", "'purge'"}},
      Input{"PolicyNumber",
            Public(R"({"uninstallPolicy":1})"),
            {"publicSettings.uninstallPolicy must be a string, but is a number"}},
      Input{"ComposeIsNotBuilt",
            Public(R"({"compose":{"web":{}}})"),
            {"publicSettings.compose is not supported", "remove it"}},
      Input{
          "SeveralAtOnce",
          Public(R"({"docker":{"port":0,"options":["-H"]},"installonly":7})"),
          {"publicSettings.installonly", "publicSettings.docker.options[0]", "publicSettings.docker.port"}}};
}

const std::string kCa = "protectedSettings.certs.ca";
const std::string kCert = "protectedSettings.certs.cert";
const std::string kKey = "protectedSettings.certs.key";

Maker Half(const std::string& name) {
  return Certs([=](json& certs) {
    const std::string whole = certs[name];
    certs[name] = whole.substr(0, whole.size() / 2);
  });
}

Maker Without(const std::string& name) {
  return Certs([=](json& certs) { certs.erase(name); });
}

constexpr const char* kNoPem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

std::vector<Input> Certificates() {
  return {
      Input{"CertsOfAnotherKey",
            Certs([](json& certs) { certs["key"] = MakePair({}).key; }),
            {kKey + ": the private key does not belong to the certificate", "send the pair"}},
      Input{"CertExpired",
            Pair({.begins = std::chrono::hours(-48), .ends = std::chrono::hours(-24)}),
            {kCert + ": the certificate expired on", "send one that is in date"}},
      Input{"CertNotYetValid",
            Pair({.begins = std::chrono::hours(24)}),
            {kCert + ": the certificate is not valid before", "this machine's clock"}},
      Input{"CaExpired",
            Certs([](json& certs) {
              certs["ca"] =
                  MakePair(
                      {.begins = std::chrono::hours(-48), .ends = std::chrono::hours(-24), .authority = true})
                      .certificate;
            }),
            {kCa + ": the CA certificate expired on"}},
      Input{"KeyEncrypted",
            Certs([](json& certs) { certs["key"] = AsEncrypted(certs["key"], "password"); }),
            {kKey + " is a private key that is encrypted", "openssl pkey"}},
      Input{"CaTruncated", Half("ca"), {kCa + " holds a certificate that cannot be read", "whole"}},
      Input{"CertTruncated", Half("cert"), {kCert + " holds a certificate that cannot be read", "whole"}},
      Input{"KeyTruncated", Half("key"), {kKey + " holds no private key that can be read"}},
      Input{"CertTruncatedInBase64",
            Certs([](json& certs) {
              const std::string whole = EncodeBase64(certs["cert"]);
              certs["cert"] = whole.substr(0, 4 * (whole.size() / 8) + 1);
            }),
            {kCert + " is neither PEM (-----BEGIN ...) nor base64 of PEM"}},
      Input{"CertGarbage", Part("cert", kNoPem), {kCert + " holds a certificate that cannot be read"}},
      Input{"CertWord", Part("cert", "certificate"), {kCert + " is neither PEM"}},
      Input{"CertAsDer",
            Certs([](json& certs) {
              std::string body;
              for (const std::string& line : Split(std::string(certs["cert"]), '\n')) {
                if (!line.starts_with("-----")) body += line;
              }
              certs["cert"] = body;
            }),
            {kCert + " is neither PEM (-----BEGIN ...) nor base64 of PEM"}},
      Input{"CaMissing", Without("ca"), {kCa + " is missing", "needed together"}},
      Input{"CertMissing", Without("cert"), {kCert + " is missing", "needed together"}},
      Input{"KeyMissing", Without("key"), {kKey + " is missing", "needed together"}},
      Input{"CaNull", Part("ca", nullptr), {kCa + " is missing"}},
      Input{"CaNumber", Part("ca", 7), {kCa + " must be a string, but is a number"}},
      Input{"CertList", Part("cert", json::array()), {kCert + " must be a string, but is a list"}},
      Input{"KeyObject", Part("key", json::object()), {kKey + " must be a string, but is an object"}},
      Input{"CaEmpty", Part("ca", ""), {kCa + " is empty"}},
      Input{"CertEmpty", Part("cert", ""), {kCert + " is empty"}},
      Input{"KeyEmpty", Part("key", ""), {kKey + " is empty"}},
      Input{"KeyInPlaceOfCert",
            Certs([](json& certs) { certs["cert"] = certs["key"]; }),
            {kCert + " holds a private key", "send the certificate alone"}},
      Input{"CertInPlaceOfKey",
            Certs([](json& certs) { certs["key"] = certs["cert"]; }),
            {kKey + " holds no private key"}},
      Input{"KeyBesideCa",
            Certs([](json& certs) { certs["ca"] = std::string(certs["ca"]) + std::string(certs["key"]); }),
            {kCa + " holds a private key", "send the certificate alone"}},
      Input{"KeyOfRsa512", Pair({.key = "RSA:512"}), {kKey + ": the private key is RSA 512", "use RSA 2048"}},
      Input{"KeyOfP224", Pair({.key = "P-224"}), {kKey + ": the private key is the curve P-224", "P-256"}}};
}

std::vector<Input> ProtectedTypes() {
  return {
      Input{"ProtectedNoJson", Protected("{certs"), {"protectedSettings is not valid JSON (line 1"}},
      Input{"ProtectedList", Protected("[]"), {"protectedSettings must be a JSON object, but is a list"}},
      Input{"ProtectedTwice",
            Protected(R"({"certs":{},"certs":{}})"),
            {"protectedSettings has certs more than once; keep one of them"}},
      Input{"ProtectedNoUtf8", Protected("{\"certs\":\"\xff\"}"), {"protectedSettings is not UTF-8"}},
      Input{"CertsText",
            Protected(R"({"certs":"x"})"),
            {"protectedSettings.certs must be an object, but is a string"}},
      Input{"CertsThatContradict",
            [](const Serving& serving) {
              const TestPair other = MakePair({});
              const json both = {{"certs", serving.certs},
                                 {"ca", serving.certs["ca"]},
                                 {"server-cert", other.certificate},
                                 {"server-key", other.key}};
              return HandlerSettings(serving, kGoodPublic, serving.Seal(both.dump()));
            },
            {"protectedSettings.certs contradicts", "keep one of the two sets"}},
      Input{"LoginIsNotBuilt",
            Protected(R"({"login":{"server":"x"}})"),
            {"protectedSettings.login is not supported", "remove it"}},
      Input{"EnvelopeNoBase64", Envelope("#"), {"protectedSettings that are not base64"}},
      Input{"EnvelopeNoCms",
            Envelope("AAAA"),
            {"the protected settings cannot be decrypted", "set them again"}},
      Input{"EnvelopeCut",
            [](const Serving& serving) {
              const std::string whole = Encrypt(GoodProtected(serving), serving.recipient, "AES-256-CBC");
              return HandlerSettings(serving, kGoodPublic, EncodeBase64(whole.substr(0, whole.size() - 100)));
            },
            {"the protected settings cannot be decrypted", "set them again"}},
      Input{"EnvelopeForAnother",
            [](const Serving& serving) {
              const std::string other = MakePair({.key = "RSA:2048"}).certificate;
              return HandlerSettings(serving, kGoodPublic,
                                     EncodeBase64(Encrypt(GoodProtected(serving), other, "AES-256-CBC")));
            },
            {"the protected settings cannot be decrypted", "set them again"}},
      Input{"EnvelopeNumber", Member("protectedSettings", 7), {"protectedSettings that is not a string"}},
      Input{"ThumbprintPath",
            Member("protectedSettingsCertThumbprint", "../../../../etc/docker/docker-extension/tls-0/key.p"),
            {"protectedSettingsCertThumbprint that is not 40 hexadecimal digits", "set "}},
      Input{"ThumbprintMissing",
            Member("protectedSettingsCertThumbprint", nullptr),
            {"protectedSettingsCertThumbprint that is not 40 hexadecimal digits"}},
      Input{"ThumbprintNumber",
            Member("protectedSettingsCertThumbprint", 7),
            {"protectedSettingsCertThumbprint that is not a string"}}};
}

std::string Nested(std::size_t depth) {
  return R"({"runtimeSettings":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

std::vector<Input> SettingsFiles() {
  return {
      Input{"FileMissing",
            nullptr,
            {"/config/", ".settings' is missing", "set the extension's settings again"}},
      Input{"FileNoJson", File("settings"), {".settings' is not valid JSON (line 1, column 1)"}},
      Input{"FileCut",
            Changed([](const std::string& text) { return text.substr(0, text.size() / 2); }),
            {".settings' is not valid JSON (line 1, column "}},
      Input{"FileWithATail",
            Changed([](const std::string& text) { return text + "}"; }),
            {".settings' is not valid JSON (line 1, column "}},
      Input{"FileOfNuls", File(std::string(4096, '\0')), {".settings' is not valid JSON"}},
      Input{
          "FileList", File("[]"), {".settings' is not a JSON object", "set the extension's settings again"}},
      Input{"FileWithoutAList", File("{}"), {"has no object runtimeSettings[0]"}},
      Input{"FileEmptyList", File(R"({"runtimeSettings":[]})"), {"has no object runtimeSettings[0]"}},
      Input{"FileListOfText", File(R"({"runtimeSettings":["x"]})"), {"has no object runtimeSettings[0]"}},
      Input{"FileWithoutHandlerSettings",
            File(R"({"runtimeSettings":[{"handlerSettings":null}]})"),
            {"has no object runtimeSettings[0].handlerSettings"}},
      Input{"FileTenMegabytes",
            Public("\"" + std::string(10'000'000, 'x') + "\""),
            {".settings' has 100", "make them shorter"}},
      Input{"FileTenThousandLevels", File(Nested(10'000)), {".settings' is nested more than 64 levels deep"}},
      Input{"FileKeyTwice",
            Port(R"(4243,"port":4244)"),
            {"runtimeSettings[0].handlerSettings.publicSettings.docker.port more than once", "keep one"}},
      Input{"FileNoUtf8",
            Public("{\"docker\":{\"\xc3\x28\":1}}"),
            {".settings' is not UTF-8 (line 1, column "}},
      Input{"FileUtf16", File(std::string("\xff\xfe{\0}\0", 6)), {".settings' is not "}}};
}

const std::string kAgent = "restart the Azure Linux Agent, which writes it";

std::string Environment(const std::string& status_folder) {
  const std::string folder(Vm::kFolder);
  return R"([{"version":1.0,"handlerEnvironment":{"logFolder":"/var/log","configFolder":")" + folder +
         R"(/config","statusFolder":)" + status_folder + "}}]";
}

std::vector<Input> Environments() {
  return {
      Input{"EnvironmentEmpty", Public(kGoodPublic), {"HandlerEnvironment.json' is", kAgent}, {}, ""},
      Input{"EnvironmentNoJson",
            Public(kGoodPublic),
            {"is not valid JSON (line 1, column 2)", kAgent},
            {},
            "[}"},
      Input{"EnvironmentEmptyList",
            Public(kGoodPublic),
            {"has no object handlerEnvironment", kAgent},
            {},
            "[]"},
      Input{"EnvironmentNumber", Public(kGoodPublic), {"has no object handlerEnvironment", kAgent}, {}, "7"},
      Input{"EnvironmentWithoutStatusFolder",
            Public(kGoodPublic),
            {"lacks handlerEnvironment.statusFolder (an absolute folder)", kAgent},
            {},
            Environment("null")},
      Input{"EnvironmentRelativeFolder",
            Public(kGoodPublic),
            {"lacks handlerEnvironment.statusFolder (an absolute folder)", kAgent},
            {},
            Environment(R"("status")")},
      Input{"EnvironmentNumberAsFolder",
            Public(kGoodPublic),
            {"lacks handlerEnvironment.statusFolder (an absolute folder)", kAgent},
            {},
            Environment("7")},
      Input{"EnvironmentTenMegabytes",
            Public(kGoodPublic),
            {"has no object handlerEnvironment", kAgent},
            {},
            "\"" + std::string(10'000'000, 'x') + "\""},
      Input{"EnvironmentDeep",
            Public(kGoodPublic),
            {"HandlerEnvironment.json' is nested more than 64 levels deep", kAgent},
            {},
            std::string(10'000, '[') + std::string(10'000, ']')}};
}

std::vector<Input> NoFaults() {
  return {
      Input{"ByteOrderMark",
            Changed([](const std::string& text) { return "\xEF\xBB\xBF" + text; }),
            {},
            Found::kNever},
      Input{"ProtectedByteOrderMark",
            [](const Serving& serving) {
              return HandlerSettings(serving, kGoodPublic,
                                     serving.Seal("\xEF\xBB\xBF" + GoodProtected(serving)));
            },
            {},
            Found::kNever},
      Input{"BlankLines",
            Changed([](const std::string& text) { return "\r\n\t" + text + "\r\n\r\n"; }),
            {},
            Found::kNever},
      Input{"NoByteAtAll", File(""), {"those that are in use were kept"}, Found::kNever},
      Input{"UnknownPublicKey",
            Public(R"({"docker":{"port":"4243"},"dokcer":{}})"),
            {"publicSettings.dokcer is not a known setting and was ignored; the nearest known one is docker"},
            Found::kNever},
      Input{"UnknownDockerKey",
            Public(R"({"docker":{"port":"4243","option":["-H"]}})"),
            {"publicSettings.docker.option is not a known setting", "the nearest known one is options"},
            Found::kNever},
      Input{"UnknownCertsKey",
            Certs([](json& certs) { certs["certificate"] = "x"; }),
            {"protectedSettings.certs.certificate is not a known setting"},
            Found::kNever}};
}

std::vector<Input> AllInputs() {
  std::vector<Input> all;
  for (const auto& group : {Ports(), Options(), PublicTypes(), Certificates(), ProtectedTypes(),
                            SettingsFiles(), Environments(), NoFaults()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

// One instantiation: each would boot a VM of its own.
INSTANTIATE_TEST_SUITE_P(Of, BadInput, testing::ValuesIn(AllInputs()),
                         [](const auto& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace dockerext
