# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Shared functions of the scripts; source it. Sets dx_root (the checkout) and dx_cache (a folder outside of the tree for
# what is slow to build, keyed by content; set DX_CACHE for another folder).

dx_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export dx_root
if [ -n "${DX_CACHE:-}" ]; then
  dx_cache=$DX_CACHE
elif [ "$(id -u)" = 0 ]; then
  dx_cache=/var/cache/docker-extension
else
  dx_cache=${XDG_CACHE_HOME:-$HOME/.cache}/docker-extension
fi
export DX_CACHE=$dx_cache
# Of the builds that set CMAKE_CXX_COMPILER_LAUNCHER; the least recently used results are removed.
export CCACHE_DIR=$dx_cache/ccache CCACHE_MAXSIZE=2G CCACHE_SLOPPINESS=pch_defines,time_macros
export DEBIAN_FRONTEND=noninteractive

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# phase "building the ZIP" COMMAND...: prints a line before, and one with the duration after.
phase() {
  local title=$1 started=$SECONDS status=0
  shift
  say "== $title"
  "$@" || status=$?
  if [ "$status" = 0 ]; then
    say "== $title: done in $((SECONDS - started)) s"
  else
    say "== $title: failed (exit $status) after $((SECONDS - started)) s"
  fi
  return "$status"
}

is_installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.i'; }

# ensure_packages NAME...: installs the missing ones of these Debian packages.
ensure_packages() {
  local missing=() name
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

install_packages() {
  [ "$(id -u)" = 0 ] || die "these packages are missing: $*; install them, or run this as root"
  say "installing $*"
  mkdir -p "$dx_cache"
  (
    flock 9
    apt-get -o DPkg::Lock::Timeout=600 update -q >&2
    apt-get -o DPkg::Lock::Timeout=600 install -y -q --no-install-recommends "$@" >&2
  ) 9>"$dx_cache/.apt.lock"
}

# open_to_apt FOLDER...: apt as root downloads as an unprivileged user, which writes there.
open_to_apt() {
  local user=''
  eval "$(apt-config shell user APT::Sandbox::User)"
  [ "$(id -u)" != 0 ] || [ -z "$user" ] || ! id -u "$user" >/dev/null 2>&1 || chown "$user" "$@"
}

# prune_cache FOLDER: removes the folders in it that nothing has touched for a week; it leaves those that a process has mounted or
# was given as an argument.
prune_cache() {
  local folder
  find "$1" -mindepth 1 -maxdepth 1 -type d -mtime +7 | while read -r folder; do
    ! grep -qsF "$folder" /proc/[0-9]*/{mountinfo,cmdline} || continue
    say "removing $folder, which was not used for a week"
    rm -rf --one-file-system "$folder"
  done
}

# guest_variables IMAGE DOCKER_IMAGE [AGENT_IMAGE [RELEASE=AGENT_IMAGE...]]: exports the paths that the tests in guests
# read: of these images, of the release builds of handler-harness, guest, availability-probe and fabric, and of the ZIPs
# in build/package and, for tests that update to a second version, build/package-next.
guest_variables() {
  DX_GUEST_IMAGE=$1
  DX_GUEST_DOCKER_IMAGE=$2
  DX_GUEST_AGENT_IMAGE=${3:-}
  DX_GUEST=$dx_root/build/release/bin/guest
  DX_AVAILABILITY_PROBE=$dx_root/build/release/bin/availability-probe
  DX_FABRIC=$dx_root/build/release/bin/fabric
  DX_HARNESS=$dx_root/build/release/bin/handler-harness
  DX_ZIP=$(echo "$dx_root"/build/package/*.zip)
  DX_ZIP_NEXT=$(echo "$dx_root"/build/package-next/*.zip)
  export DX_GUEST DX_GUEST_IMAGE DX_GUEST_DOCKER_IMAGE DX_GUEST_AGENT_IMAGE DX_FABRIC DX_HARNESS DX_AVAILABILITY_PROBE DX_ZIP
  export DX_ZIP_NEXT
  local of_release
  for of_release in "${@:4}"; do
    export "DX_GUEST_AGENT_IMAGE_$of_release"
  done
}

# more_guest_variables FIREWALLS_IMAGE UPSTREAM_IMAGE VM_IMAGE RELEASE=PLAYED_IMAGE...: the same for these images.
more_guest_variables() {
  export DX_GUEST_FIREWALLS_IMAGE=$1 DX_GUEST_UPSTREAM_IMAGE=$2 DX_GUEST_VM_IMAGE=$3
  local of_release
  for of_release in "${@:4}"; do
    export "DX_GUEST_PLAYED_IMAGE_$of_release"
  done
}

# A script that defined one of these names again would change what the others here do.
readonly -f say die phase is_installed ensure_packages install_packages open_to_apt prune_cache guest_variables more_guest_variables
