#!/bin/sh
# SPDX-License-Identifier: MIT
# bin/docker-extension in the ZIP: executes the binary for this machine's architecture. Newer kernels name it in /proc,
# which saves a fork.
if [ -r /proc/sys/kernel/arch ]; then
  read -r arch </proc/sys/kernel/arch
else
  arch=$(uname -m)
fi
# Without a name it would be this script that is executed below.
case $arch in '' | .) arch=unknown ;; esac
case $0 in
  */*) dir=${0%/*} ;;
  *) dir=. ;;
esac
program=$dir/$arch/docker-extension
# A shell takes an empty program for a script that does nothing and succeeds.
[ -s "$program" ] && [ -f "$program" ] && [ -x "$program" ] && exec "$program" "$@"
served=''
for binary in "$dir"/*/docker-extension; do
  [ -e "$binary" ] || continue
  binary=${binary%/docker-extension}
  served="$served${served:+ or }${binary##*/}"
done
if [ -z "$served" ] || [ -e "$program" ]; then
  echo "docker-extension: $program is missing, empty or no program: the extension's folder is damaged; remove the extension" \
    "from the VM, and install it again" >&2
  exit 1
fi
echo "docker-extension: machines of type $arch are not supported; use one of type $served" >&2
exit 51
