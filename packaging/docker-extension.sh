#!/bin/sh
# SPDX-License-Identifier: MIT
# bin/docker-extension in the ZIP: executes the binary for this machine's architecture. Newer kernels name it in /proc,
# which saves a fork.
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
  served=''
  for binary in "$dir"/*/docker-extension; do
    binary=${binary%/docker-extension}
    served="$served${served:+ or }${binary##*/}"
  done
  echo "docker-extension: machines of type $arch are not supported; use one of type $served" >&2
  exit 51
fi
exec "$dir/$arch/docker-extension" "$@"
