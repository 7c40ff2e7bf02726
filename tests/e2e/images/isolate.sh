# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Runs programs of an image while it is built, also of one for another architecture; source it after scripts/lib.sh. The
# image's architecture is $architecture, in Debian's words; this machine's, unless the script that sources this sets another one.

architecture=$(dpkg --print-architecture)

# isolate COMMAND...: runs it in namespaces of its own, so that its mounts and processes end with it, even when it is killed.
isolate() {
  local namespaces=(unshare --mount --pid --fork --kill-child --mount-proc)
  if needs_emulator; then
    # shellcheck disable=SC2016 # the inner shell's
    isolate_user "${namespaces[@]}" sh -c 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc &&
      cat "$0" >/proc/sys/fs/binfmt_misc/register && exec "$@"
      echo "error: this kernel (before 6.7?) has no binfmt_misc of its own for a user namespace; register $0 on this machine" >&2
      exit 1' "/usr/lib/binfmt.d/$(emulator).conf" "$@"
  else
    "${namespaces[@]}" "$@"
  fi
}

# By the name under which Debian's qemu-user-static registers it with the kernel.
emulator() {
  case $architecture in
    amd64) echo qemu-x86_64 ;;
    arm64) echo qemu-aarch64 ;;
    *) echo "qemu-$architecture" ;;
  esac
}

# On many machines qemu-user-static has registered its emulators when it was installed.
needs_emulator() {
  [ "$architecture" != "$(dpkg --print-architecture)" ] && [ ! -e "/proc/sys/fs/binfmt_misc/$(emulator)" ]
}

# isolate_user COMMAND...: runs it in a user namespace with the users of this machine. Since Linux 6.7 each has emulators of its
# own, so that nothing is registered for this machine. `unshare` maps users only by the subordinate IDs of /etc/subuid, hence
# the writer; the command begins when it has written the users, which are the last.
isolate_user() {
  # shellcheck disable=SC2016 # the inner shell's
  (
    pid=$BASHPID # the writer has its own
    write_id_maps "$pid" &
    exec unshare --user sh -c 'until read -r _ 2>/dev/null </proc/self/uid_map; do sleep 0.1; done; exec "$@"' sh "$@"
  )
}

# write_id_maps PID: the process may not have its namespace yet.
write_id_maps() {
  local all='0 0 4294967295'
  until { echo "$all" >"/proc/$1/gid_map" && echo "$all" >"/proc/$1/uid_map"; } 2>/dev/null; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
}
