// SPDX-License-Identifier: MIT
#include "handler/adapters/posix/process_setup.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

namespace dockerext {
namespace {

// 0 to 2 must be open; otherwise the next opened file gets one of these numbers, and output is written to it.
void OpenStandardDescriptors() {
  int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = dup(fd);
  if (fd >= 0) close(fd);
}

void CloseInherited() {
  constexpr unsigned kFirst = STDERR_FILENO + 1;
  // close_range(2) is missing on older kernels; the loop ends at the limit on descriptors.
  if (syscall(SYS_close_range, kFirst, ~0U, 0) == 0) return;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t fd = kFirst; fd < limit.rlim_cur && fd < 65536; ++fd) close(static_cast<int>(fd));
}

void ForbidCoreDumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

std::map<std::string, std::string> ReplaceEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  clearenv();
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  setenv("HOME", "/root", 1);  // otherwise Poco queries the user database, which fails in a static program
  const auto notify = variables.find("NOTIFY_SOCKET");
  if (notify != variables.end()) setenv("NOTIFY_SOCKET", notify->second.c_str(), 1);
  return variables;
}

}  // namespace

std::map<std::string, std::string> SetUpProcess() {
  OpenStandardDescriptors();
  CloseInherited();
  umask(077);
  signal(SIGPIPE, SIG_IGN);
  ForbidCoreDumps();
  return ReplaceEnvironment();
}

std::string ProgramPath() {
  std::array<char, PATH_MAX> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

}  // namespace dockerext
