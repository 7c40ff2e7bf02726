// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "handler/base/pem.hpp"
#include "tests/e2e/suites/handler/bad_inputs.hpp"

namespace dockerext::bad_input {
namespace {

const std::string kPort = "publicSettings.docker.port must be a whole number from 1 to 65535";
const std::string kOption = "publicSettings.docker.options[0] ";

}  // namespace

std::vector<Input> Ports() {
  return {
      Input{"PortZero", Port("0"), {kPort, "but is 0"}},
      Input{"PortZeroAsText", Port(R"("0")"), {kPort, "but is '0'"}},
      Input{"PortAboveTheRange", Port("65536"), {kPort, "but is 65536"}},
      Input{"PortNegative", Port("-1"), {kPort, "but is -1"}},
      Input{"PortFraction", Port("4243.5"), {kPort, "but is 4243.5"}},
      Input{"PortTooLargeForADouble",
            Port("1e999"),
            {"a number that is too large, at runtimeSettings[0].handlerSettings.publicSettings.docker.port"}},
      Input{"PortTooLargeForAnInteger", Port("99999999999999999999"), {kPort}},
      Input{"PortWord", Port(R"("docker")"), {kPort, "but is 'docker'"}},
      Input{"PortEmpty", Port(R"("")"), {kPort, "but is ''"}},
      Input{"PortBlank", Port(R"(" 4243")"), {kPort, "but is ' 4243'"}},
      Input{"PortList", Port("[4243]"), {kPort, "but is a list"}},
      Input{"PortObject", Port("{}"), {kPort, "but is an object"}},
      Input{"PortTrue", Port("true"), {kPort, "but is a boolean"}},
      Input{"PortWithFlags", Port(R"("4243 -H tcp://0.0.0.0:2375")"), {kPort}},
      Input{"PortWithNewline", Port(R"("4243\n2375")"), {kPort, "'4243\\x0a2375'"}},
      Input{"PortInUse",
            Port(kPortInUse),
            {"publicSettings.docker.port 5000 is in use", "choose another port"},
            Rejected::kByWorker},
      Input{"PortOf2014Wrong",
            Public(R"({"dockerport":"x"})"),
            {"publicSettings.dockerport must be a whole number"}},
      Input{"PortsThatContradict",
            Public(R"({"dockerport":"4244","docker":{"port":4243}})"),
            {"publicSettings.docker.port contradicts publicSettings.dockerport", "keep one of them"}}};
}

std::vector<Input> Options() {
  return {
      Input{"OptionListener",
            Option(R"("--host=tcp://0.0.0.0:2375")"),
            {kOption + "--host adds a listener", "set docker.port instead"}},
      Input{"OptionListenerShort", Option(R"("-Htcp://0.0.0.0:2375")"), {kOption + "--host adds a listener"}},
      Input{"OptionListenerInTwo",
            Option(R"("-H","tcp://0.0.0.0:2375")"),
            {kOption + "--host adds a listener"}},
      Input{"OptionListenerInABundle",
            Option(R"("-DHtcp://0.0.0.0:2375")"),
            {kOption + "--host adds a listener"}},
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
            {kOption + "has --containerd", "docker.service' sets too"}},
      Input{"OptionNewline",
            Option(R"("--label=a\nExecStartPost=/bin/false")"),
            {kOption + "holds a control character; remove it"}},
      Input{"OptionControl", Option(R"("--label=\u0007")"), {kOption + "holds a control character"}},
      Input{"OptionNul", Option(R"("--label=a\u0000b")"), {kOption + "holds a control character"}},
      Input{"OptionWithoutName", Option(R"("debug")"), {kOption + "must be one dockerd option"}},
      Input{"OptionEmpty", Option(R"("")"), {kOption + "must be one dockerd option"}},
      Input{
          "OptionValueInQuotes", Option(R"("--label \"a=b c\"")"), {kOption + "must be one dockerd option"}},
      Input{"OptionWithoutItsValue",
            Option(R"("--log-driver","--debug")"),
            {kOption + "--log-driver needs a value"}},
      Input{"OptionNoncharacter", Option(R"("--label=a\uFFFE")"), {kOption + "holds a Unicode noncharacter"}},
      Input{"OptionThatLetsWebPagesIn",
            Option(R"("--api-cors-header=*")"),
            {kOption + "--api-cors-header lets web pages"}},
      Input{"OptionDiagnosticPort",
            Option(R"("--network-diagnostic-port=2000")"),
            {kOption + "--network-diagnostic-port opens a TCP port"}},
      Input{"OptionNumber", Option("7"), {kOption + "must be a string, but is a number"}},
      Input{"OptionsString",
            Public(R"({"docker":{"options":"--debug"}})"),
            {"publicSettings.docker.options must be a list of strings, but is a string"}},
      Input{"OptionUnknownToDockerd",
            Option(R"("--no-such-option=1")"),
            {"dockerd rejects the configuration (publicSettings.docker.options[0])", "--no-such-option"},
            Rejected::kByWorker},
      Input{"OptionValueThatDockerdCannotRead",
            Option(R"("--mtu=wide")"),
            {"dockerd rejects the configuration (publicSettings.docker.options[0])", "--mtu"},
            Rejected::kByWorker}};
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
      Input{"KeyWithCapitals",
            Public(R"({"Docker":{"Port":"4244"}})"),
            {"publicSettings.Docker is not a known setting", "write docker", "publicSettings.Docker.Port"}},
      Input{"CertificatesInPublic",
            Public(nlohmann::json({{"certs", {{"key", PemText("PRIVATE KEY", "AAAA")}}}}).dump()),
            {"publicSettings.certs is a protected setting",
             "publicSettings.certs.key holds a private key, which is public now"}},
      Input{"ComposeIsNotSupported",
            Public(R"({"compose":{"web":{}}})"),
            {"publicSettings.compose is not supported", "remove it"}},
      Input{
          "SeveralAtOnce",
          Public(R"({"docker":{"port":0,"options":["-H"]},"installonly":7})"),
          {"publicSettings.installonly", "publicSettings.docker.options[0]", "publicSettings.docker.port"}}};
}

}  // namespace dockerext::bad_input
