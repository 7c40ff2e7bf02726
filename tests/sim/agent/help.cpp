// SPDX-License-Identifier: MIT
#include "tests/sim/agent/options.hpp"

namespace dockerext::agent_simulator {

std::string_view HelpText() {
  return R"(handler-harness plays the Azure Linux Agent, so that the extension can be tried without Azure: it unpacks the
ZIP, encrypts the settings, calls the commands that HandlerManifest.json names, and follows the status.

  handler-harness run --zip FILE --guest NAME       install and enable in a guest
  handler-harness run --zip FILE --here             the same on THIS machine: it will change it
  handler-harness enable                            again, as the agent does after a reboot
  handler-harness settings --public FILE            new settings: the next sequence number, then enable
  handler-harness update --zip FILE                 to the ZIP's version; a lower one is a downgrade
  handler-harness disable
  handler-harness uninstall                         disable, uninstall, remove the handler's folder
  handler-harness credentials                       only make the certificates for client and server

Where
  --here                 on this machine, as root (or with --lib-dir and --log-dir of your own)
  --guest NAME           in this guest; the harness copies itself there
  --guest-program PATH   the program that knows the guest (default: $DX_GUEST)
  --lib-dir DIR          the agent's folder (default: /var/lib/waagent)
  --log-dir DIR          the extensions' logs (default: /var/log/azure)
  --name NAME            Publisher.Type (default: from the ZIP's manifest.xml, or what is installed)
  --version VERSION      (the same; with another version than the ZIP's own, update tries it against itself)

Settings, for run, enable, settings and update; enable and update repeat the last ones if none are given
  --public FILE          JSON document (default: {"docker":{"port":"4243"}})
  --protected FILE       JSON document (default: the certificates, which are made when there are none)
  --no-protected         no protected settings
  --no-settings          no settings at all
  --port N               where Docker listens (default: 4243), if no --public is given
  --cipher NAME          of settings that are encrypted anew: des-ede3-cbc, as Azure (default), or aes-256-cbc

Certificates
  --credentials DIR      (default: ~/.docker) made once, used again, never overwritten
  --style STYLE          modern (default), or 2014: as the client of that year made them
  --host NAME            that the server certificate names and the printed command uses; may be repeated
                         (default: 192.0.2.2 with --guest, otherwise this machine's own addresses)

Looking closer
  --json                 one JSON document on stdout: calls with environment and output, statuses, events, what the
                         agent reports, hints, verdict; the lines go to stderr
  --keep                 a handler's folder that the agent would remove goes to <lib-dir>.kept instead
  --gdb                  the verb's command under gdb in this terminal, without the agent's time limit: set
                         breakpoints, then `run`; run and settings debug enable
  --gdbserver HOST:PORT  the same under gdbserver, which listens there

Time
  --wait SECONDS         for a final status after enable (default: 2700)
  --timeout-scale X      multiplies the agent's own time limits and pauses

The last lines say what the agent would report to Azure, and after a failure where to look. A failing update
leaves what the agent would leave. Logs stay, as in Azure; the harness's own files in a guest never do.

Exit code: 0 success, 1 the harness itself failed, 2 usage, 3 a command failed, 4 the status is error,
5 the status file is invalid, 6 out of time.
)";
}

}  // namespace dockerext::agent_simulator
