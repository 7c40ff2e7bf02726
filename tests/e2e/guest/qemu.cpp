// SPDX-License-Identifier: MIT
#include "tests/e2e/guest/qemu.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "handler/base/text.hpp"
#include "tests/e2e/guest/clock.hpp"
#include "tests/e2e/guest/files.hpp"
#include "tests/e2e/guest/network.hpp"
#include "tests/e2e/guest/process.hpp"

namespace dockerext::guest {
namespace {

// What qemu emulates for an image: its file `machine` has the name.
struct Emulated {
  std::string_view machine;
  const char* program;
  const char* package;
  const char* board;
  const char* cpu;  // in software; the oldest that Debian's kernel boots on costs the least
  const char* console;
};
constexpr std::array kEmulated = std::to_array<Emulated>({
    {"x86_64", "qemu-system-x86_64", "qemu-system-x86", "pc", "qemu64", "ttyS0"},
    {"aarch64", "qemu-system-aarch64", "qemu-system-arm", "virt", "cortex-a57", "ttyAMA0"},
});

const Emulated& EmulatedOf(const std::string& image) {
  const Result<std::string> text = ReadText(image + "/machine");
  const auto found =
      std::ranges::find(kEmulated, text.ok() ? Trim(*text) : std::string_view(), &Emulated::machine);
  return found == kEmulated.end() ? kEmulated.front() : *found;
}

struct Requirement {
  const char* program;
  const char* package;
};
constexpr std::array kRequirements = std::to_array<Requirement>({
    {"qemu-img", "qemu-utils"},
    {"nbdkit", "nbdkit"},
    {"zstd", "zstd"},
    {"ssh", "openssh-client"},
    {"ip", "iproute2"},
});

// qemu's caches reach its file with the guest's flush, and so outlive a SIGKILL of qemu. That the file
// reaches this machine's disk is of no use: dpkg flushes all the time.
std::string DiskNode(const Entry& entry) {
  if (!entry.vm.loses_unflushed) {
    return R"({"driver":"qcow2","node-name":"disk","file":{"driver":"file","cache":{"no-flush":true},"filename":")" +
           VmFiles(entry).disk + "\"}}";
  }
  return R"({"driver":"raw","node-name":"disk","file":{"driver":"nbd","server":{"type":"unix","path":")" +
         std::string(kDiskSocket) + "\"}}}";
}

Status CheckProgram(const Requirement& needed) {
  if (!FindProgram(needed.program).empty()) return {};
  return Error{Code::kMissingDependency,
               std::string("a VM needs ") + needed.program + ": install the package " + needed.package};
}

// FNV-1a: a name for a cache, nothing to be trusted.
std::string Digest(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::array<char, 17> hex{};
  std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(hash));
  return hex.data();
}

}  // namespace

Status CheckMachineForVm(const std::string& image) {
  if (geteuid() != 0) return Error{Code::kMissingDependency, "a VM needs root: run this as root"};
  const Emulated& emulated = EmulatedOf(image);
  TRY(CheckProgram({emulated.program, emulated.package}));
  for (const Requirement& needed : kRequirements) TRY(CheckProgram(needed));
  if (access("/dev/net/tun", F_OK) == 0) return {};
  return Error{Code::kMissingDependency, "a VM needs /dev/net/tun: load the kernel module tun"};
}

// The image's kernel boots until it finds no disk: there is KVM that runs the firmware, and hangs at some
// instruction of the kernel.
std::string ProbeAccelerator(const std::string& image) {
  constexpr std::chrono::seconds kBudget{5};  // as long as software takes
  const Emulated& emulated = EmulatedOf(image);
  if (emulated.board != std::string_view("pc")) return "tcg";
  if (access("/dev/kvm", R_OK | W_OK) != 0) return "tcg";
  std::vector<std::string> argv{FindProgram(emulated.program),
                                "-accel",
                                "kvm",
                                "-cpu",
                                "max",
                                "-no-user-config",
                                "-nodefaults",
                                "-display",
                                "none",
                                "-machine",
                                emulated.board,
                                "-m",
                                "512",
                                "-kernel",
                                image + "/kernel",
                                "-append",
                                "console=" + std::string(emulated.console) + " quiet panic=-1",
                                "-serial",
                                "stdio",
                                "-no-reboot"};
  const Result<Output> probe = Run({.argv = std::move(argv), .budget = kBudget});
  return probe.ok() && probe->out.find("Kernel panic") != std::string::npos ? "kvm" : "tcg";
}

BackingDisk BackingDiskOf(const Entry& entry) {
  if (entry.vm.saved_state.empty()) return {entry.image + "/disk.raw", "raw"};
  return {entry.vm.saved_state + "/disk.qcow2", "qcow2"};
}

std::vector<std::string> QemuArgv(const Entry& entry) {
  const Emulated& emulated = EmulatedOf(entry.image);
  const std::string& accelerator = entry.vm.accelerator;
  std::vector<std::string> argv{
      FindProgram(emulated.program), "-name", entry.name, "-display", "none", "-nodefaults",
      "-no-user-config", "-machine", emulated.board, "-accel",
      accelerator == "tcg" ? "tcg,thread=multi" : accelerator, "-cpu",
      accelerator == "tcg" ? emulated.cpu : "max", "-smp", "2", "-m", "1536", "-kernel",
      entry.image + "/kernel", "-initrd", entry.image + "/initrd",
      // Nobody else is in the VM to be protected from; in TCG the mitigations cost the most.
      "-append",
      "root=/dev/vda rw console=" + std::string(emulated.console) +
          " net.ifnames=0 panic=1 quiet mitigations=off",
      "-rtc", "base=" + RenderClock(std::time(nullptr) + entry.vm.clock_offset), "-serial",
      "file:" + VmFiles(entry).console, "-blockdev", DiskNode(entry), "-device", "virtio-blk-pci,drive=disk",
      "-netdev", "tap,id=net,script=no,downscript=no,ifname=" + std::string(kOuterInterface), "-device",
      "virtio-net-pci,netdev=net,romfile=,mac=02:00:00:00:02:02", "-device", "virtio-rng-pci", "-device",
      "virtio-serial-pci", "-chardev", "socket,id=port,path=" + std::string(kPortSocket), "-device",
      "virtserialport,chardev=port,name=guest", "-chardev",
      "socket,id=monitor,server=on,wait=off,path=" + std::string(kMonitorSocket), "-mon",
      "chardev=monitor,mode=control"};
  if (!entry.vm.saved_state.empty()) {
    argv.insert(argv.end(), {"-incoming", "exec:zstd -dcq '" + entry.vm.saved_state + "/state.zst'"});
  }
  return argv;
}

Result<std::string> SavedStateKey(const std::string& image) {
  TRY_LET(const Output version, Run({.argv = {FindProgram(EmulatedOf(image).program), "--version"}}));
  Entry entry;
  entry.image = image;
  std::vector<std::string> argv = QemuArgv(entry);
  std::erase_if(argv, [](const std::string& argument) { return argument.starts_with("base="); });
  return Digest(version.out + Join(argv, "\n"));
}

}  // namespace dockerext::guest
