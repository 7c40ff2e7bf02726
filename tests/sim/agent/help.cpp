// SPDX-License-Identifier: MIT
#include "tests/sim/agent/options.hpp"

namespace dockerext::agent_simulator {

std::string_view HelpText() {
  return R"(handler-harness simulates the Azure Linux Agent, so that the extension can be tested without Azure: it
unpacks the ZIP, encrypts the settings, calls the commands in HandlerManifest.json, and follows the status.

  handler-harness run --zip FILE --guest NAME       install and enable in a guest
  handler-harness run --zip FILE --here             the same on THIS machine, which it will change
  handler-harness enable                            again, as the agent does after a reboot
  handler-harness settings --public FILE            new settings: the next sequence number, then enable
  handler-harness update --zip FILE                 change to the ZIP's version; a lower one is a downgrade
  handler-harness disable
  handler-harness uninstall                         disable, uninstall, remove the handler's folder
  handler-harness credentials                       only generate the certificates for client and server

Where
  --here                 on this machine, as root (or with your own --lib-dir and --log-dir)
  --guest NAME           in this guest; the harness copies itself there
  --guest-program PATH   the program that manages the guest (default: $DX_GUEST)
  --guest-harness PATH   the handler-harness for the guest's processor, if it has another one
  --lib-dir DIR          the agent's folder (default: /var/lib/waagent)
  --log-dir DIR          the extensions' logs (default: /var/log/azure)
  --name NAME            Publisher.Type (default: from the ZIP's manifest.xml, or the installed handler)
  --version VERSION      (same default; a version other than the ZIP's own tests an update with one ZIP)

Settings, for run, enable, settings and update; without these options, enable and update repeat the last ones
  --public FILE          JSON document (default: {"docker":{"port":"4243"}})
  --protected FILE       JSON document (default: the certificates, generated when there are none)
  --no-protected         no protected settings
  --no-settings          no settings at all
  --port N               TCP port of Docker (default: 4243); not with --public
  --cipher NAME          for newly encrypted settings: des-ede3-cbc, as Azure (default), or aes-256-cbc

Certificates
  --credentials DIR      (default: ~/.docker) generated once, then reused, never overwritten
  --style STYLE          modern (default), or 2014: as the client of that year generated them
  --host NAME            host name or address in the server certificate and the printed commands; repeatable
                         (default: 192.0.2.2 with --guest, otherwise this machine's own addresses)

Output and debugging
  --json                 one JSON document on stdout: calls with environment and output, statuses, events,
                         what the agent reports, hints, verdict; the text output goes to stderr
  --keep                 move a handler's folder to <lib-dir>.kept instead of removing it
  --gdb                  run the verb's command under gdb in this terminal, without the agent's time limit:
                         set breakpoints, then `run`; the verbs run and settings debug enable
  --gdbserver HOST:PORT  the same under gdbserver, listening at HOST:PORT

Time
  --wait SECONDS         how long to wait for a final status after enable (default: 2700)
  --timeout-scale X      multiply the agent's time limits and pauses by X

The last lines show what the agent would report to Azure and, after a failure, logs, journals and known
causes. A failing update leaves the machine as the agent would. Logs are kept, as in Azure; the harness
removes its own files from a guest.

Exit code: 0 success, 1 the harness itself failed, 2 usage error, 3 a command failed, 4 the status is error,
5 the status file is invalid, 6 timed out.
)";
}

}  // namespace dockerext::agent_simulator
