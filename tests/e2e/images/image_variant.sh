# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What scripts share that derive an image from the one of tests/e2e/images/image; source it. The caller defines build_variant,
# which changes the copy of the base whose root is $root, and calls make_variant. Scripts apart, so that a change to one
# costs no new base.

# shellcheck source-path=SCRIPTDIR source=../../../scripts/lib.sh disable=SC1091
. "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/lib.sh"

# In namespaces of its own: what a package's script starts or mounts ends with it.
in_image() {
  unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

# install_packages NAME...: from the base's own repository.
install_packages() {
  local policy=$root/usr/sbin/policy-rc.d
  printf '#!/bin/sh\nexit 101\n' >"$policy" # no service starts in here
  chmod 0755 "$policy"
  in_image apt-get update -qq
  in_image apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Options::=--force-unsafe-io "$@"
  rm -rf "$policy" "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/{apt,*.log} \
    "$root"/usr/share/{doc,man,locale}/*
}

# make_variant NAME BASE SCRIPT: builds the variant of that base, once, and prints its folder; beside the base, cached by
# the base and by the script that asks. A copy, not links: what installing changes must not change the base.
make_variant() {
  local image build
  image=$2-$1-$(cat "$3" "${BASH_SOURCE[0]}" | sha256sum | cut -c1-16)
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
      say "built the guest image $(basename "$image") in $SECONDS s"
    ) 9>"$(dirname "$image")/.$(basename "$image").lock" >&2
  fi
  echo "$image"
}
