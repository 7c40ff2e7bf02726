# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared by the scripts that derive an image from the base image of tests/e2e/images/image; source it. The caller defines
# build_variant, which changes the copy of the base at $root, and calls make_variant. Each variant has its own script, so
# that a change to one does not rebuild the base.

# shellcheck source-path=SCRIPTDIR source=../../../scripts/lib.sh disable=SC1091
. "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=isolate.sh disable=SC1091
. "$(dirname "${BASH_SOURCE[0]}")/isolate.sh"

# Runs a command in the image: what a maintainer script starts or mounts ends with the command. The image is a mount there, as
# every root is: rpm makes mounts private. One that was made in a user namespace has no devices.
in_image() {
  # shellcheck disable=SC2016 # the inner shell's
  isolate sh -c 'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" &&
    { [ -e "$0/dev/null" ] || mount --rbind /dev "$0/dev"; } && exec chroot "$0" "$@"' "$root" \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# install_in_image NAME...: installs from the local repository of the base.
install_in_image() {
  local policy=$root/usr/sbin/policy-rc.d
  printf '#!/bin/sh\nexit 101\n' >"$policy" # no service starts during the build
  chmod 0755 "$policy"
  in_image apt-get update -qq
  in_image apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Options::=--force-unsafe-io "$@"
  rm -rf "$policy" "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/{apt,*.log} \
    "$root"/usr/share/{doc,man,locale}/*
}

# variant_of BASE NAME FILE...: prints the folder of the variant of that base: beside it, cached by the content of these files,
# the variant's script among them.
variant_of() {
  echo "$1-$2-$(cat "${@:3}" "${BASH_SOURCE[0]}" "$(dirname "${BASH_SOURCE[0]}")/isolate.sh" | sha256sum | cut -c1-16)"
}

# make_variant NAME BASE FILE...: builds the variant of that base, once, and prints its folder. The base is copied, not linked,
# so that installing cannot change it.
make_variant() {
  local image build
  image=$(variant_of "$2" "$1" "${@:3}")
  build=$(dirname "$image")/.$(basename "$image").build
  root=$build/base
  if [ ! -d "$image" ]; then
    (
      flock 9
      [ ! -d "$image" ] || exit 0
      say "building the guest image $(basename "$image")"
      trap 'rm -rf --one-file-system "$build"' EXIT
      rm -rf --one-file-system "$build"
      cp -a --reflink=auto "$2" "$build"
      build_variant
      mv -T "$build" "$image"
      prune_cache "$(dirname "$image")"
      say "built the guest image $(basename "$image") in $SECONDS s"
    ) 9>"$(dirname "$image")/.$(basename "$image").lock" >&2
  fi
  touch -c "$image" # for prune_cache
  echo "$image"
}
