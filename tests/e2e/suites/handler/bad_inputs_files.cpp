// SPDX-License-Identifier: MIT
#include "tests/e2e/suites/handler/bad_inputs.hpp"
#include "tests/e2e/suites/support/vm.hpp"

namespace dockerext::bad_input {
namespace {

using nlohmann::json;

std::string Nested(std::size_t depth) {
  return R"({"runtimeSettings":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

const std::string kAgent = "restart the Azure Linux Agent, which writes it";

std::string Environment(const std::string& status_folder) {
  const std::string folder(Vm::kFolder);
  return R"([{"version":1.0,"handlerEnvironment":{"logFolder":"/var/log","configFolder":")" + folder +
         R"(/config","statusFolder":)" + status_folder + "}}]";
}

}  // namespace

std::vector<Input> SettingsFiles() {
  return {
      Input{"FileMissing",
            nullptr,
            {"/config/", ".settings' is missing", "set the extension's settings again"}},
      Input{"FileNoJson", File("settings"), {".settings' is not valid JSON (line 1, column 1)"}},
      Input{"FileTruncated",
            Changed([](const std::string& text) { return text.substr(0, text.size() / 2); }),
            {".settings' is not valid JSON (line 1, column "}},
      Input{"FileWithTrailingText",
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
            {".settings' is 100", "shorten the settings"}},
      Input{"FileTenThousandLevels", File(Nested(10'000)), {".settings' is nested more than 64 levels deep"}},
      Input{"FileKeyTwice",
            Port(R"(4243,"port":4244)"),
            {"runtimeSettings[0].handlerSettings.publicSettings.docker.port more than once", "keep one"}},
      Input{"FileNoUtf8",
            Public("{\"docker\":{\"\xc3\x28\":1}}"),
            {".settings' is not UTF-8 (line 1, column "}},
      Input{"FileUtf16", File(std::string("\xff\xfe{\0}\0", 6)), {".settings' is UTF-16 text"}}};
}

std::vector<Input> Environments() {
  return {
      Input{"EnvironmentEmpty", Public(kValidPublic), {"HandlerEnvironment.json' is", kAgent}, {}, ""},
      Input{"EnvironmentNoJson",
            Public(kValidPublic),
            {"is not valid JSON (line 1, column 2)", kAgent},
            {},
            "[}"},
      Input{"EnvironmentEmptyList",
            Public(kValidPublic),
            {"has no object handlerEnvironment", kAgent},
            {},
            "[]"},
      Input{"EnvironmentNumber", Public(kValidPublic), {"has no object handlerEnvironment", kAgent}, {}, "7"},
      Input{"EnvironmentWithoutStatusFolder",
            Public(kValidPublic),
            {"lacks handlerEnvironment.statusFolder (an absolute path)", kAgent},
            {},
            Environment("null")},
      Input{"EnvironmentRelativeFolder",
            Public(kValidPublic),
            {"lacks handlerEnvironment.statusFolder (an absolute path)", kAgent},
            {},
            Environment(R"("status")")},
      Input{"EnvironmentNumberAsFolder",
            Public(kValidPublic),
            {"lacks handlerEnvironment.statusFolder (an absolute path)", kAgent},
            {},
            Environment("7")},
      Input{"EnvironmentTenMegabytes",
            Public(kValidPublic),
            {"has no object handlerEnvironment", kAgent},
            {},
            "\"" + std::string(10'000'000, 'x') + "\""},
      Input{"EnvironmentDeep",
            Public(kValidPublic),
            {"HandlerEnvironment.json' is nested more than 64 levels deep", kAgent},
            {},
            std::string(10'000, '[') + std::string(10'000, ']')}};
}

std::vector<Input> Accepted() {
  return {Input{"ByteOrderMark",
                Changed([](const std::string& text) { return "\xEF\xBB\xBF" + text; }),
                {},
                Rejected::kNever},
          Input{"ProtectedByteOrderMark",
                [](const Baseline& baseline) {
                  return SettingsText(baseline, kValidPublic,
                                      baseline.Seal("\xEF\xBB\xBF" + ValidProtected(baseline)));
                },
                {},
                Rejected::kNever},
          Input{"BlankLines",
                Changed([](const std::string& text) { return "\r\n\t" + text + "\r\n\r\n"; }),
                {},
                Rejected::kNever},
          Input{"EmptyFile", File(""), {"those that are in use were kept"}, Rejected::kNever},
          Input{"UnknownPublicKey",
                Public(R"({"docker":{"port":"4243"},"dokcer":{}})"),
                {"publicSettings.dokcer is not a known setting and was ignored; did you mean docker"},
                Rejected::kNever},
          Input{"UnknownDockerKey",
                Public(R"({"docker":{"port":"4243","option":["-H"]}})"),
                {"publicSettings.docker.option is not a known setting", "did you mean options"},
                Rejected::kNever},
          Input{"UnknownCertsKey",
                Certs([](json& certs) { certs["certificate"] = "x"; }),
                {"protectedSettings.certs.certificate is not a known setting"},
                Rejected::kNever}};
}

}  // namespace dockerext::bad_input
