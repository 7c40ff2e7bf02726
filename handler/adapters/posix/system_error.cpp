// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/system_error.hpp"

#include <array>
#include <cstring>

#include "handler/base/text.hpp"
#include "handler/errors/machine.hpp"

namespace dockerext {
namespace {

const ErrorRow& RowOf(int number) {
  switch (number) {
    case ENOENT:
      return errors::kAbsent;
    case ENOTDIR:
      return errors::kBelowAFile;
    case ENOSPC:
    case EDQUOT:
      return errors::kDiskFull;
    case EROFS:
      return errors::kReadOnly;
    case EPERM:
    case EACCES:
      return errors::kNotPermitted;
    case EIO:
      return errors::kDiskError;
    case ENOMEM:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
      return errors::kOutOfResources;
    case ENAMETOOLONG:
    case ELOOP:
      return errors::kPathUnusable;
    default:
      return errors::kFileInTheWay;
  }
}

}  // namespace

Error SystemError(const std::string& doing, const std::string& where, int number) {
  const std::string shown = where.starts_with('/') ? Quoted(where) : where;
  const std::array<std::string_view, 3> values = {doing, shown, std::strerror(number)};
  Error error = MakeError(RowOf(number), values.data(), values.size());
  error.where = where;
  return error;
}

}  // namespace dockerext
