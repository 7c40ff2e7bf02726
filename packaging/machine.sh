# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The machines that the package serves, as `uname -m` names them, and how a build for each differs; source it after
# scripts/lib.sh. One that is not this machine is cross-compiled with packaging/MACHINE.cmake.

# shellcheck disable=SC2034 # read by who sources this
machines=(x86_64 aarch64)

# choose_machine MACHINE: sets machine, machine_flags (of compilers), triplet, debian_machine (empty: dpkg's own),
# toolchain (its file, empty: the compilers of this machine) and compiler_packages.
choose_machine() {
  machine=$1 debian_machine='' toolchain='' compiler_packages=(g++)
  triplet=$machine-linux-gnu
  case $machine in
    x86_64) machine_flags=-fcf-protection=full ;;
    aarch64) machine_flags=-mbranch-protection=standard ;;
    *) die "there is no build for machines of type $machine, only for: ${machines[*]}" ;;
  esac
  [ "$machine" != "$(uname -m)" ] || return 0
  toolchain=${dx_root:?}/packaging/$machine.cmake
  [ -f "$toolchain" ] || die "a build for $machine runs on such a machine only; packages are built on x86_64"
  debian_machine=arm64
  compiler_packages=("g++-$triplet")
}

# of_machine PACKAGE...: the names for apt and dpkg of these -dev packages for the machine.
of_machine() {
  local name
  for name in "$@"; do
    case $debian_machine:$name in
      :* | *:nlohmann-json3-dev) printf '%s\n' "$name" ;; # headers for every machine
      *) printf '%s:%s\n' "$name" "$debian_machine" ;;
    esac
  done
}

# of_both PACKAGE...: the names for the machine and for this one. Debian's packages of two architectures go together in the
# same version only, so apt is told both.
of_both() { { printf '%s\n' "$@" && of_machine "$@"; } | sort -u; }

# ensure_machine_packages PACKAGE...: installs what is missing of these, and of the compiler.
ensure_machine_packages() {
  local name both missing=no
  ensure_packages "${compiler_packages[@]}" "$@"
  [ -n "$debian_machine" ] || return 0
  dpkg --print-foreign-architectures | grep -qxF "$debian_machine" || {
    [ "$(id -u)" = 0 ] || die "dpkg does not know $debian_machine; as root: dpkg --add-architecture $debian_machine"
    dpkg --add-architecture "$debian_machine"
  }
  mapfile -t both < <(of_both "$@")
  for name in "${both[@]}"; do
    is_installed "$name" || missing=yes
  done
  [ "$missing" = no ] || install_packages "${both[@]}"
}
