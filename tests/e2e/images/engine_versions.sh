# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The versions of what is made of Debian's binaries in the base's local repository; source it. The caller sets root.

# upstream_version PACKAGE: "20.10.24+dfsg1-1" is 20.10.24.
# shellcheck disable=SC2154 # make_variant sets root
upstream_version() { dpkg-deb -f "$root"/srv/apt/pool/"$1"_*.deb Version | sed 's/[+~-].*//'; }

# previous_version VERSION: a lower one of the same length: 20.10.24 after 20.10.23.
previous_version() {
  [[ $1 =~ ^(.*)([1-9])([0.]*)$ ]] || die "there is no version before $1"
  echo "${BASH_REMATCH[1]}$((BASH_REMATCH[2] - 1))${BASH_REMATCH[3]}"
}

# renumber DOCKERD FROM TO: makes this copy of Debian's dockerd say TO, of the same length, of itself.
renumber() {
  [ ${#2} = ${#3} ] || die "$2 and $3 differ in length"
  LC_ALL=C sed -i "s/${2//./\\.}+dfsg/$3+dfsg/g" "$1"
  grep -qaF "$3+dfsg" "$1" || die "the version of $1 is not $2+dfsg"
}
