// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/ssh.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

constexpr std::chrono::seconds kConnectBudget{50};  // 1 s on an idle machine
constexpr int kSshFailed = 255;

std::string SocketOf(const Entry& entry) { return std::string(kRegistry) + "/" + entry.name + "/ssh"; }

std::vector<std::string> SshArgv(const Entry& entry, std::vector<std::string> options) {
  std::vector<std::string> argv{FindProgram("ssh"), "-q", "-F", "none", "-S", SocketOf(entry)};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.push_back("root@" + std::string(kGuestAddress));
  return argv;
}

// Without the supervisor's connection there is none: this process is in the network of this machine.
std::vector<std::string> ChannelArgv(const Entry& entry, std::vector<std::string> options) {
  options.insert(options.end(), {"-o", "ControlMaster=no", "-o", "ProxyCommand=false"});
  return SshArgv(entry, std::move(options));
}

std::string CommandLine(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
  std::vector<std::string> words{"env", "-i",
                                 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                 "LANG=C.UTF-8", "HOME=/root"};
  words.insert(words.end(), environment.begin(), environment.end());
  words.insert(words.end(), argv.begin(), argv.end());
  // The shell stays, to report a signal as a shell does.
  return "cd / && " + ShellLine(words) + "; exit $?";
}

Status CheckBooted(const Entry& entry) {
  if (entry.leader.pid != 0) return {};
  return Error{Code::kBusy, "the guest " + Quoted(entry.name) + " is booting: try again when it is ready"};
}

bool IsConnected(const Entry& entry) {
  const Result<Output> check = Run({.argv = ChannelArgv(entry, {"-O", "check"})});
  return check.ok() && check->exit_code == 0;
}

// With the standard streams of the caller, but with this input unless it is negative.
Result<int> RunChannel(const std::vector<std::string>& argv, int input) {
  std::signal(SIGINT, SIG_IGN);  // the command handles Ctrl-C; this process only reports its exit status
  std::signal(SIGQUIT, SIG_IGN);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return ErrnoError("starting ssh");
  if (child == 0) {
    if (input >= 0) dup2(input, STDIN_FILENO);
    if (!FollowParent(parent, SIGKILL)) _exit(126);
    _exit(Exec(argv));
  }
  return WaitForExit(child);
}

}  // namespace

std::string ShellLine(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line += line.empty() ? "'" : " '";
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += "'";
  }
  return line;
}

Result<Background> StartSshMaster(const Entry& entry) {
  unlink(SocketOf(entry).c_str());
  std::vector<std::string> argv = SshArgv(
      entry, {"-M", "-o", "ControlPersist=no", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o",
              "UserKnownHostsFile=" + entry.image + "/known_hosts", "-i", entry.image + "/key", "-o",
              "ServerAliveInterval=15", "-o", "ServerAliveCountMax=40"});
  argv.emplace_back("echo connected; exec cat");
  TRY_LET(Background master, Background::Start(argv));
  TRY(master.ReadLine(kConnectBudget).Context("connecting to the VM by ssh"));
  return master;
}

Result<int> ExecuteBySsh(const Entry& entry, const std::vector<std::string>& argv,
                         const std::vector<std::string>& environment) {
  TRY(CheckBooted(entry));
  const bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  std::vector<std::string> ssh = ChannelArgv(entry, {terminal ? "-t" : "-T"});
  ssh.push_back(CommandLine(argv, environment));
  TRY_LET(const int status, RunChannel(ssh, -1));
  if (status != kSshFailed || IsConnected(entry)) return status;
  return Error{Code::kInternal, "the guest " + Quoted(entry.name) + " is shutting down"};
}

Status CopyBySsh(const Entry& entry, int source, const std::string& name, const std::string& path,
                 FileMode mode) {
  TRY(CheckBooted(entry));
  std::array<char, 8> octal{};
  std::snprintf(octal.data(), octal.size(), "%04o", mode.bits());
  const std::string script =
      "path=$1; [ ! -d \"$path\" ] || path=$path/$2; rm -f \"$path.new\"; umask 077; cat >\"$path.new\" && "
      "chmod \"$3\" \"$path.new\" && mv -fT \"$path.new\" \"$path\" || { rm -f \"$path.new\"; exit 1; }";
  std::vector<std::string> ssh = ChannelArgv(entry, {"-T"});
  ssh.push_back(ShellLine({"sh", "-c", script, "sh", path, name, octal.data()}));
  TRY_LET(const int status, RunChannel(ssh, source));
  if (status == 0) return {};
  return Error{Code::kInternal, "copying to " + Quoted(path) + " in the guest " + Quoted(entry.name) +
                                    " failed with exit status " + std::to_string(status)};
}

}  // namespace dockerext::guest
