// SPDX-License-Identifier: MIT
#include "tests/sim/agent/guest.hpp"

#include <sys/auxv.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::agent_simulator {
namespace {

constexpr int kSignalBase = 128;

// A folder inside the guest; the destructor removes it. Not in /tmp or /run, which are often noexec. Its name
// has no dash and it is outside the agent's folder, so it is never taken for a handler's.
class GuestFolder {
 public:
  GuestFolder(const Guest& guest, Foreground& foreground)
      : guest_(guest), foreground_(foreground), path_("/var/lib/handler_harness." + contract::RandomName()) {}
  GuestFolder(const GuestFolder&) = delete;
  GuestFolder& operator=(const GuestFolder&) = delete;
  ~GuestFolder() {
    if (made_) (void)foreground_.Run({guest_.program, "exec", guest_.name, "--", "rm", "-rf", path_});
  }

  std::string At(std::string_view name) const { return path_ + "/" + std::string(name); }

  Status Make() {
    Status status = Check({guest_.program, "exec", guest_.name, "--", "mkdir", "-m", "0700", path_});
    made_ = status.ok() || foreground_.interrupted() != 0;
    return status;
  }

  Status CopyIn(const std::string& source, std::string_view name) {
    return Check({guest_.program, "copy", guest_.name, source, At(name)});
  }

  Result<int> Execute(std::vector<std::string> argv) {
    argv.insert(argv.begin(), {guest_.program, "exec", guest_.name, "--"});
    return Run(argv);
  }

 private:
  Result<int> Run(const std::vector<std::string>& argv) {
    TRY_LET(const int code, foreground_.Run(argv));
    if (foreground_.interrupted() != 0) return Error{Code::kInternal, "interrupted"};
    return code;
  }

  Status Check(const std::vector<std::string>& argv) {
    TRY_LET(const int code, Run(argv));
    if (code == 0) return {};
    return Error{Code::kInternal, Quoted(Join(argv, " ")) + " exited with " + std::to_string(code)};
  }

  const Guest& guest_;
  Foreground& foreground_;
  std::string path_;
  bool made_ = false;
};

Status CopyTextIn(GuestFolder& folder, const contract::TempFolder& local, const std::string& name,
                  const std::string& text) {
  TRY(contract::CreateFile(local.path() + "/" + name, text, 0600_mode));
  return folder.CopyIn(local.path() + "/" + name, name);
}

Result<int> RunIn(GuestFolder& folder, const contract::TempFolder& local, const GuestRun& run) {
  TRY(folder.Make());
  TRY(folder.CopyIn(run.harness, "handler-harness"));
  std::vector<std::string> argv = {folder.At("handler-harness")};
  argv.insert(argv.end(), run.arguments.begin(), run.arguments.end());
  argv.emplace_back("--here");
  if (!run.zip.empty()) {
    TRY(folder.CopyIn(run.zip, "extension.zip"));
    argv.insert(argv.end(), {"--zip", folder.At("extension.zip")});
  }
  if (!run.public_text.empty()) {
    TRY(CopyTextIn(folder, local, "public.json", run.public_text));
    argv.insert(argv.end(), {"--public", folder.At("public.json")});
  }
  if (!run.protected_text.empty()) {
    TRY(CopyTextIn(folder, local, "protected.json", run.protected_text.Reveal()));
    argv.insert(argv.end(), {"--protected", folder.At("protected.json")});
  }
  return folder.Execute(std::move(argv));
}

}  // namespace

Result<int> RunHarnessInGuest(const Guest& guest, const GuestRun& run) {
  std::error_code ignored;
  TRY_LET(const contract::TempFolder local,
          contract::TempFolder::Make(std::filesystem::temp_directory_path(ignored).string()));
  Foreground foreground(run.on_interrupt);
  Result<int> code = [&] {
    GuestFolder folder(guest, foreground);
    return RunIn(folder, local, run);
  }();
  if (foreground.interrupted() != 0) return kSignalBase + foreground.interrupted();
  return code;
}

Result<std::string> OwnStaticProgram() {
  if (getauxval(AT_BASE) != 0) {
    return Error{Code::kInternal,
                 "this handler-harness is not statically linked, so a guest may lack its libraries; use the "
                 "release build"};
  }
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return Error{Code::kInternal, error.message()}.Context("finding the path of handler-harness");
  return path.string();
}

}  // namespace dockerext::agent_simulator
