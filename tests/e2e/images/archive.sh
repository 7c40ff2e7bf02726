# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Debian's archive, as this machine's apt reaches it, for any suite; source it after scripts/lib.sh.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Prints "URI CODENAME" for every index of Debian's main component that this machine's apt uses. The codename includes its
# suffix (-updates, -security); it is never an alias such as "stable".
debian_indexes() {
  # shellcheck disable=SC2016 # apt's placeholders
  apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(REPO_URI)|$(CODENAME)' 'Created-By: Packages' |
    awk -F'|' '$1 == "Debian" && $2 == "main" && $4 !~ /-backports/ && !seen[$3 $4]++ { print $3, $4 }'
}

# find_sources SUITE: sets sources, apt's source lines for the suite, derived from this machine's sources (security updates
# included if it has them).
find_sources() {
  local suite=$1 indexes uri codename
  indexes=$(debian_indexes)
  if [ -z "$indexes" ]; then # apt lists only downloaded indexes
    apt-get -o DPkg::Lock::Timeout=600 update -q
    indexes=$(debian_indexes)
  fi
  [ -n "$indexes" ] || die "no Debian archive in the apt sources of this machine to build a guest from: add one"
  sources=''
  while read -r uri codename; do
    case $codename in
      *-*) codename=$suite-${codename#*-} ;;
      *) codename=$suite ;;
    esac
    sources+="deb [signed-by=$keyring] $uri $codename main"$'\n'
  done <<<"$indexes"
}

# prepare_downloads ROOT FOLDER: sets apt_options, with which this machine's apt has the dpkg status of ROOT and its
# $architecture, keeps all else in FOLDER, and gets the lists of $sources.
prepare_downloads() {
  local root=$1 apt=$2
  mkdir -p "$apt"/etc/preferences.d "$apt"/{lists,archives}/partial
  printf '%s' "$sources" >"$apt/sources.list"
  open_to_apt "$apt"/{lists,archives}/partial
  # shellcheck disable=SC2154 # isolate.sh sets architecture
  apt_options=(
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture"
    -o Dir::Etc="$apt/etc" -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::State::Lists="$apt/lists"
    -o Dir::State::Status="$root/var/lib/dpkg/status" -o Dir::State::Extended_States="$apt/extended_states"
    -o Dir::Cache="$apt" -o Dir::Cache::Archives="$apt/archives"
    -o Acquire::Languages=none)
  apt-get "${apt_options[@]}" update -q
}

# download_packages NAME...: downloads exactly what the root of prepare_downloads lacks to install these, to its
# FOLDER/archives.
download_packages() {
  phase "downloading what the guest installs" \
    apt-get "${apt_options[@]}" install -y -q --no-install-recommends --download-only "$@"
}
