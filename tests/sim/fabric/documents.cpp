// SPDX-License-Identifier: MIT
#include "tests/sim/fabric/documents.hpp"

#include <utility>

#include "tests/sim/contract/environment.hpp"
#include "tests/sim/contract/package.hpp"

namespace dockerext::fabric {
namespace {

// A value for @NAME@ in a form. Text escapes it for XML; Raw inserts XML as it is.
struct Value {
  std::string_view name;
  std::string text;
};

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

Value Text(std::string_view name, std::string_view text) { return {name, Escaped(text)}; }
Value Number(std::string_view name, std::uint64_t number) { return {name, std::to_string(number)}; }
Value Raw(std::string_view name, std::string xml) { return {name, std::move(xml)}; }

std::string Fill(std::string_view form, const std::vector<Value>& values) {
  std::string filled;
  while (true) {
    const auto begin = form.find('@');
    filled += form.substr(0, begin);
    if (begin == std::string_view::npos) return filled;
    const auto end = form.find('@', begin + 1);
    const std::string_view name = form.substr(begin + 1, end - begin - 1);
    for (const Value& value : values) {
      if (value.name == name) filled += value.text;
    }
    form.remove_prefix(end + 1);
  }
}

constexpr std::string_view kHead = R"(<?xml version="1.0" encoding="utf-8"?>)"
                                   "\n";

constexpr std::string_view kGoalState = R"(<GoalState>
  <Version>2012-11-30</Version>
  <Incarnation>@INCARNATION@</Incarnation>
  <Machine><ExpectedState>Started</ExpectedState></Machine>
  <Container>
    <ContainerId>6b4a8a1c-7f30-4a2e-9c1d-000000000001</ContainerId>
    <RoleInstanceList>
      <RoleInstance>
        <InstanceId>6b4a8a1c-7f30-4a2e-9c1d-000000000002.guest</InstanceId>
        <State>Started</State>
        <Configuration>
          <HostingEnvironmentConfig>@SERVER@/hostingEnvironmentConfig</HostingEnvironmentConfig>
          <SharedConfig>@SERVER@/sharedConfig</SharedConfig>
          <ExtensionsConfig>@SERVER@/extensionsConfig</ExtensionsConfig>
          <Certificates>@SERVER@/certificates</Certificates>
          <ConfigName>6b4a8a1c-7f30-4a2e-9c1d-000000000002.0.guest.xml</ConfigName>
        </Configuration>
      </RoleInstance>
    </RoleInstanceList>
  </Container>
</GoalState>
)";

constexpr std::string_view kHostingEnvironment = R"(<HostingEnvironmentConfig version="1.0.0.0">
  <Deployment name="fabric"/>
  <Incarnation number="1" instance="guest"/>
  <Role name="guest"/>
</HostingEnvironmentConfig>
)";

// The blob's address needs a query: the agent redacts signatures from the goal states that it saves.
constexpr std::string_view kExtensionsConfig =
    R"(<Extensions version="1.0.0.0" goalStateIncarnation="@INCARNATION@">
  <GuestAgentExtension/>
  <Plugins>@PLUGINS@</Plugins>
  <PluginSettings>@SETTINGS@</PluginSettings>
  <StatusUploadBlob statusBlobType="BlockBlob">@SERVER@/blob/status?sig=x</StatusUploadBlob>
  <InVMGoalStateMetaData inSvdSeqNo="@INCARNATION@" createdOnTicks="@TICKS@"
    activityId="6b4a8a1c-7f30-4a2e-9c1d-000000000003" correlationId="6b4a8a1c-7f30-4a2e-9c1d-000000000004"/>
</Extensions>
)";

constexpr std::string_view kPlugin = R"(
    <Plugin name="@NAME@" version="@VERSION@" location="@SERVER@/packages/@NAME@.xml" failoverlocation=""
      state="@STATE@" autoUpgrade="false" runAsStartupTask="false" isJson="true" useExactVersion="true"/>)";

constexpr std::string_view kSettings = R"(
    <Plugin name="@NAME@" version="@VERSION@">
      <RuntimeSettings seqNo="@SEQUENCE@">@DOCUMENT@</RuntimeSettings>
    </Plugin>)";

constexpr std::string_view kCertificates = R"(<CertificateFile>
  <Version>2010-12-15</Version>
  <Incarnation>1</Incarnation>
  <Format>Pkcs7BlobWithPfxContents</Format>
  <Data>@DATA@</Data>
</CertificateFile>
)";

constexpr std::string_view kPackage = R"(
    <Plugin>
      <Version>@VERSION@</Version>
      <Uris><Uri>@SERVER@/packages/@FILE@</Uri></Uris>
    </Plugin>)";

constexpr std::uint64_t kSomeTicks = 639'000'000'000'000'000;  // in 2025

std::string Document(std::string_view form, const std::vector<Value>& values) {
  return std::string(kHead) + Fill(form, values);
}

Value Server() { return Text("SERVER", "http://" + std::string(contract::kWireAddress)); }

std::string SettingsOf(const Extension& extension) {
  if (!extension.settings) return "";
  return Fill(kSettings, {Text("NAME", extension.id.name), Text("VERSION", extension.id.version),
                          Number("SEQUENCE", extension.sequence), Text("DOCUMENT", *extension.settings)});
}

}  // namespace

std::string VersionsDocument() {
  return Document(
      "<Versions><Preferred><Version>2015-04-05</Version></Preferred><Supported><Version>2015-04-05</Version>"
      "<Version>2012-11-30</Version></Supported></Versions>\n",
      {});
}

std::string GoalStateDocument(const GoalState& state) {
  return Document(kGoalState, {Number("INCARNATION", state.incarnation), Server()});
}

std::string HostingEnvironmentDocument() { return Document(kHostingEnvironment, {}); }

std::string SharedConfigDocument() { return Document("<SharedConfig version=\"1.0.0.0\"/>\n", {}); }

std::string ExtensionsConfigDocument(const GoalState& state) {
  std::string plugins;
  std::string settings;
  for (const Extension& extension : state.extensions) {
    plugins += Fill(kPlugin, {Text("NAME", extension.id.name), Text("VERSION", extension.id.version),
                              Text("STATE", extension.state), Server()});
    settings += SettingsOf(extension);
  }
  return Document(kExtensionsConfig,
                  {Number("INCARNATION", state.incarnation), Number("TICKS", kSomeTicks + state.incarnation),
                   Raw("PLUGINS", plugins), Raw("SETTINGS", settings), Server()});
}

std::string CertificatesDocument(std::string_view data) {
  return Document(kCertificates, {Text("DATA", data)});
}

std::string PackagesDocument(const GoalState& state, std::string_view name) {
  std::string packages;
  for (const HandlerId& id : state.packages) {
    if (id.name != name) continue;
    packages += Fill(kPackage, {Text("NAME", id.name), Text("VERSION", id.version),
                                Text("FILE", contract::PackageFileName(id)), Server()});
  }
  return Document(
      "<PluginVersionManifest><Plugins>@PACKAGES@</Plugins><InternalPlugins/></PluginVersionManifest>\n",
      {Raw("PACKAGES", packages)});
}

}  // namespace dockerext::fabric
