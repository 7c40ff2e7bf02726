// SPDX-License-Identifier: MIT
#include "handler/agent/error_report.hpp"
#include "handler/errors/error_row.hpp"

namespace dockerext {

namespace {

// Whose the error is, and what that one can do.
std::string ClarificationOf(const Error& error) {
  const std::string owner(NameOf(error.owner));
  if (!error.remedy.empty()) return "for " + owner + ": " + error.remedy;
  return "for " + owner + ": do what the message says";
}

}  // namespace

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
  const bool is_publishers = error.owner == Owner::kPublisher;
  const Substatus clarification{"ErrorClarification", StatusLevel::kError, ClarificationOf(error),
                                is_publishers ? -code : code};
  return {StatusLevel::kError, code, error.Message(), {clarification}};
}

}  // namespace dockerext
