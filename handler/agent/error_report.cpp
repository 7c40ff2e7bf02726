// SPDX-License-Identifier: MIT
#include "handler/agent/error_report.hpp"

namespace dockerext {

int ExitCodeOf(Code code) {
  switch (code) {
    case Code::kUnsupportedPlatform:
      return 51;
    case Code::kMissingDependency:
      return 52;
    case Code::kInvalidSettings:
      return 53;
    case Code::kPackagesLocked:
      return 56;
    case Code::kBusy:
    case Code::kTimeout:
    case Code::kNotFound:
    case Code::kSuperseded:
    case Code::kInternal:
      break;
  }
  return 1;
}

StatusReport ErrorReport(const Error& error) {
  const int code = ExitCodeOf(error.code);
  // The convention of Azure's extensions: above 0 the customer can fix it, below 0 the extension's publisher.
  const bool is_internal = error.code == Code::kInternal;
  const Substatus clarification{
      "ErrorClarification", StatusLevel::kError,
      is_internal
          ? "internal error of the extension or of the machine; report it to the extension's publisher"
          : "fix the settings or the machine as the message says",
      is_internal ? -code : code};
  return {StatusLevel::kError, code, error.message, {clarification}};
}

}  // namespace dockerext
