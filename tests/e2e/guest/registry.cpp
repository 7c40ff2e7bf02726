// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/registry.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/cgroup.hpp"
#include "tests/e2e/guest/files.hpp"

namespace dockerext::guest {
namespace {

std::string FolderOf(const std::string& name) { return std::string(kRegistry) + "/" + name; }
std::string FileOf(const std::string& name) { return FolderOf(name) + "/guest"; }

// Locks the registry folder itself, so that no lock file is left after the last guest.
Result<UniqueFd> LockRegistry() {
  while (true) {
    TRY(MakeFolder(kRegistry));
    UniqueFd fd(open(kRegistry, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd && errno == ENOENT) continue;
    if (!fd || flock(fd.get(), LOCK_EX) != 0) return ErrnoError("locking " + Quoted(kRegistry));
    struct stat locked {};
    if (fstat(fd.get(), &locked) == 0 && locked.st_nlink > 0) return fd;
  }
}

std::string RenderProcess(const ProcessId& process) {
  return std::to_string(process.pid) + " " + std::to_string(process.start_time);
}

ProcessId ParseProcess(const std::string& text) {
  const std::vector<std::string> parts = Split(text, ' ');
  const auto pid = ParseUnsigned(parts.front());
  const auto start_time = ParseUnsigned(parts.back());
  return pid && start_time ? ProcessId{static_cast<pid_t>(*pid), *start_time} : ProcessId{};
}

void SetField(Entry& entry, const std::string& key, const std::string& value) {
  if (key == "name") entry.name = value;
  if (key == "image") entry.image = value;
  if (key == "folder") entry.folder = value;
  if (key == "cgroup") entry.cgroups.push_back(value);
  if (key == "since") entry.since = ParseUnsigned(value).value_or(0);
  if (key == "keeper") entry.keeper = ParseProcess(value);
  if (key == "supervisor") entry.supervisor = ParseProcess(value);
  if (key == "leader") entry.leader = ParseProcess(value);
}

// The name is a host name, a path component, and part of an interface name and a cgroup name.
bool IsName(const std::string& name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= 32 && name.front() != '-' && name.back() != '-' &&
         std::ranges::all_of(name, fits);
}

std::vector<std::string> NamesInRegistry() {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator item(kRegistry, error), end; !error && item != end;
       item.increment(error)) {
    names.push_back(item->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Status DiscardContents(const Entry& entry) {
  TRY(EndProcessesIn(entry.cgroups));
  TRY(RemoveCgroups(entry.cgroups));
  TRY(RemoveTree(entry.folder));
  RemoveEmptyFolder(ParentOf(entry.folder));
  return {};
}

// Requires the registry lock, as do the two functions below.
Status RemoveEntry(const std::string& name) {
  TRY(RemoveTree(FolderOf(name)));
  RemoveEmptyFolder(kRegistry);
  return {};
}

// An entry without its file was never completed and owns nothing.
Status DiscardStale(const std::string& name) {
  const Result<std::string> text = ReadText(FileOf(name));
  if (!text.ok()) return RemoveEntry(name);
  TRY_LET(const Entry entry, ParseEntry(*text));
  if (IsAlive(entry.keeper) || IsAlive(entry.supervisor)) return {};
  TRY(DiscardContents(entry));
  return RemoveEntry(name);
}

Status DiscardAllStale() {
  for (const std::string& name : NamesInRegistry()) TRY(DiscardStale(name));
  return {};
}

Status CheckFree(const std::string& name) {
  if (!IsName(name)) {
    return Error{Code::kInvalidSettings,
                 Quoted(name) + " is not a valid guest name: use at most 32 of a-z, 0-9 and '-'"};
  }
  if (access(FolderOf(name).c_str(), F_OK) != 0) return {};
  return Error{Code::kBusy,
               "a guest " + Quoted(name) + " is already running: choose another name, or run `guest down`"};
}

}  // namespace

std::string RenderEntry(const Entry& entry) {
  std::string text = "name=" + entry.name + "\nimage=" + entry.image + "\nfolder=" + entry.folder +
                     "\nsince=" + std::to_string(entry.since) + "\nkeeper=" + RenderProcess(entry.keeper) +
                     "\nsupervisor=" + RenderProcess(entry.supervisor) +
                     "\nleader=" + RenderProcess(entry.leader) + "\n";
  for (const std::string& cgroup : entry.cgroups) text += "cgroup=" + cgroup + "\n";
  return text;
}

Result<Entry> ParseEntry(std::string_view text) {
  Entry entry;
  for (const std::string& line : Split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) SetField(entry, line.substr(0, equals), line.substr(equals + 1));
  }
  if (IsName(entry.name) && entry.folder.starts_with('/')) return entry;
  return Error{Code::kInternal, "an entry of " + Quoted(kRegistry) + " is not valid: remove it"};
}

bool IsVmImage(const std::string& image) { return access((image + "/disk.raw").c_str(), F_OK) == 0; }

Result<std::string> FreshName() {
  TRY_LET(const std::string random, RandomHex(4));
  return "guest-" + random;
}

Result<Entry> Reserve(const std::string& name, const std::string& image, const VmOptions& vm) {
  TRY_LET(const UniqueFd lock, LockRegistry());
  TRY(DiscardAllStale());
  TRY(CheckFree(name));
  Entry entry;
  entry.name = name;
  TRY_LET(entry.cgroups, PlanCgroups(entry.name));
  TRY_LET(entry.keeper, Identify(getpid()));
  entry.image = image;
  entry.vm = vm;
  entry.folder = ParentOf(image) + "/run/" + entry.name;
  entry.since = SecondsSinceBoot();
  TRY(MakeFolder(FolderOf(entry.name)));
  TRY(Record(entry));
  return entry;
}

Status Record(const Entry& entry) { return ReplaceFile(FileOf(entry.name), RenderEntry(entry), 0600_mode); }

Result<Entry> Find(const std::string& name) {
  TRY_LET(const std::vector<Entry> entries, List());
  const auto found = std::ranges::find(entries, name, &Entry::name);
  if (found != entries.end()) return *found;
  return Error{Code::kNotFound,
               "no guest " + Quoted(name) + " is running: `guest list` shows the running guests"};
}

Result<std::vector<Entry>> List() {
  std::vector<Entry> entries;
  if (access(kRegistry, F_OK) != 0) return entries;
  TRY_LET(const UniqueFd lock, LockRegistry());
  TRY(DiscardAllStale());
  for (const std::string& name : NamesInRegistry()) {
    const Result<std::string> text = ReadText(FileOf(name));
    if (!text.ok()) continue;  // removed in the meantime
    TRY_LET(Entry entry, ParseEntry(*text));
    entries.push_back(std::move(entry));
  }
  RemoveEmptyFolder(kRegistry);
  return entries;
}

Status Discard(const Entry& entry) {
  TRY(DiscardContents(entry));
  TRY_LET(const UniqueFd lock, LockRegistry());
  return RemoveEntry(entry.name);
}

std::string ControlSocket(const std::string& name) { return FolderOf(name) + "/control"; }

Result<std::string> RandomHex(std::size_t bytes) {
  std::string random(bytes, '\0');
  if (getrandom(random.data(), bytes, 0) != static_cast<ssize_t>(bytes))
    return ErrnoError("reading random bytes");
  return HexEncode(random);
}

std::uint64_t SecondsSinceBoot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec);
}

}  // namespace dockerext::guest
