# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What Debian's archive offers of the libraries that the release build links; source it after scripts/lib.sh.

# LIBRARY SOURCE PACKAGE: its name in versions.txt, its source package, and the installed package that it is linked from
# ("-": packaging/static_deps builds it from the source package). All are in versions.txt, and `audit` compares all.
libraries='poco poco -
systemd systemd -
openssl openssl libssl-dev
nlohmann-json nlohmann-json3 nlohmann-json3-dev
zlib zlib zlib1g-dev
pcre pcre3 libpcre3-dev
expat expat libexpat1-dev
glibc glibc libc6-dev
gcc gcc-12 libstdc++-12-dev'

# shellcheck source=/dev/null
release=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
record=${dx_cache:?}/static/archive-$release.txt # "LIBRARY VERSION": the newest in the archive, at the last query

# older A B: whether version A is older than B.
older() { dpkg --compare-versions "$1" lt "$2"; }

recorded() { sed -n "s/^$1 //p" "$record"; }

# private_apt deb|deb-src: sets apt_options: the machine's apt sources as this type, with their options, in a separate
# configuration with separate lists. A machine without the security archive gets Debian's own. All is in the temporary
# folder apt_folder, which the caller removes; it is not in the cache, where apt's unprivileged user may not be let in.
private_apt() {
  local list='' parts='' file folder
  [ -n "${apt_folder:-}" ] || apt_folder=$(mktemp -d -t docker-extension-apt.XXXXXX)
  folder=$apt_folder/$1
  mkdir -p "$folder/sources" "$folder/lists/partial" "$folder/download"
  chmod -R 0755 "$apt_folder"
  open_to_apt "$folder/lists/partial" "$folder/download"
  eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
  for file in "$list" "${parts%/}"/*.list; do
    [ ! -f "$file" ] || sed -nE "s/^[[:space:]]*deb(-src)?[[:space:]]+/$1 /p" "$file"
  done | sort -u >"$folder/sources/one-line.list"
  for file in "${parts%/}"/*.sources; do
    [ ! -f "$file" ] || sed -E "/^#/d; s/^Types:.*/Types: $1/I" "$file" >"$folder/sources/${file##*/}"
  done
  grep -rqE '[a-z]-security([ /]|$)' "$folder/sources" ||
    echo "$1 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
      "http://deb.debian.org/debian-security $release-security main" >"$folder/sources/security.list"
  apt_options=(-q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/sources"
    -o "Dir::State::lists=$folder/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Update::Post-Invoke-Success= -o Acquire::Retries=3)
  apt-get "${apt_options[@]}" update >&2 || say "warning: apt could not read all of its sources"
}

# "CODENAME FILE" for each list of source packages of this release and its updates (not of backports or other releases).
source_lists() {
  apt-get "${apt_options[@]}" indextargets --format "\$(CODENAME) \$(FILENAME)" 'Created-By: Sources' |
    grep -E "^$release(-security|-updates)? "
}

# Without one of its suites, an older version would pass for the newest.
check_suites() {
  local suite lists
  lists=$(source_lists) || true
  for suite in "$release" "$release-security" "$release-updates"; do
    grep -q "^$suite " <<<"$lists" || {
      [ "$suite" = "$release-updates" ] && ! grep -rqwF "$suite" "$apt_folder/deb-src/sources" && continue
      say "warning: apt could not read the source packages of $suite"
      return 1
    }
  done
}

# "SOURCE VERSION" for each version of the libraries that the archive offers.
offered() {
  source_lists | while read -r _ file; do
    /usr/lib/apt/apt-helper cat-file "$file" || exit 1
  done | awk -v table="$libraries" '
    BEGIN { for (n = split(table, lines, "\n"); n; n--) { split(lines[n], columns, " "); wanted[columns[2]] = 1 } }
    /^Package: / { package = $2 }
    /^Version: / && package in wanted { print package, $2 }'
}

# "LIBRARY VERSION" for the newest of each library.
newest() {
  local all library source name version best
  all=$(offered) || return 1
  while read -r library source _; do
    best=''
    while read -r name version; do
      [ "$name" != "$source" ] || { [ -n "$best" ] && ! older "$best" "$version"; } || best=$version
    done <<<"$all"
    [ -n "$best" ] || { say "warning: this machine's apt sources have no source package $source"; return 1; }
    printf '%s %s\n' "$library" "$best"
  done <<<"$libraries"
}

# Asks the archive and records its answer. Fails, and leaves the last answer, if it is not whole, or if it is older: a mirror
# that lags must not undo a security update.
query_archive() {
  local answer library version before
  private_apt deb-src
  check_suites && answer=$(newest) || return 1
  while read -r library version; do
    [ -f "$record" ] || break
    before=$(recorded "$library")
    if [ -n "$before" ] && older "$version" "$before"; then
      say "warning: the archive offers $library $version, older than $before, which it offered before;" \
        "if that is right, remove $record"
      return 1
    fi
  done <<<"$answer"
  mkdir -p "${record%/*}"
  printf '%s\n' "$answer" >"$record.partial"
  mv "$record.partial" "$record"
}

# The archive's answer, or its last one.
query_archive_or_last() {
  query_archive && return 0
  [ -f "$record" ] || die "the archive gave no whole answer: see apt's messages above;" \
    "it must be able to read the sources of the suites $release and $release-security"
  say "warning: the archive gave no whole answer; the one of $(date -r "$record" '+%F %R') is used"
}
