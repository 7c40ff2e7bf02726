#!/bin/sh
# SPDX-License-Identifier: MIT
# bin/docker-extension in the ZIP: becomes the binary for this machine, without a fork where the kernel names it.
if [ -r /proc/sys/kernel/arch ]; then
  read -r arch </proc/sys/kernel/arch
else
  arch=$(uname -m)
fi
case $0 in
  */*) dir=${0%/*} ;;
  *) dir=. ;;
esac
if [ ! -f "$dir/$arch/docker-extension" ]; then
  echo "docker-extension: machines of type '$arch' are not supported" >&2
  exit 51
fi
exec "$dir/$arch/docker-extension" "$@"
