# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Local apt archives for $architecture, signed by a key that nobody keeps; source it.

# index_archive FOLDER SUITE COMPONENT POOL KEY: indexes and signs the archive in FOLDER, whose .debs are in its folder POOL,
# and writes the public key to KEY (FILE.asc, or what else apt does not read itself).
index_archive() {
  local folder=$1 suite=$2 component=$3 pool=$4 key=$5 index
  # shellcheck disable=SC2154 # isolate.sh sets architecture
  index=$component/binary-$architecture/Packages
  mkdir -p "$folder/dists/$suite/$component/binary-$architecture"
  (cd "$folder" && list_pool "$pool" >"dists/$suite/$index")
  (
    cd "$folder/dists/$suite" || exit
    describe_release "$suite" "$component" "$architecture" "$index" >Release
    sign Release InRelease "$key"
  )
}

# Prints the Packages index of a pool: each control file, and the path, size and digest of its .deb.
list_pool() {
  local deb
  for deb in "$1"/*.deb; do
    dpkg-deb -f "$deb"
    printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
  done
}

# describe_release SUITE COMPONENT ARCHITECTURE INDEX
describe_release() {
  printf 'Origin: Guest\nLabel: Guest\nSuite: %s\nCodename: %s\n' "$1" "$1"
  printf 'Architectures: %s\nComponents: %s\n' "$3" "$2"
  printf 'Date: %s\n' "$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S UTC')"
  printf 'SHA256:\n %s %s %s\n' "$(sha256sum "$4" | cut -d' ' -f1)" "$(stat -c %s "$4")" "$4"
}

# sign FILE SIGNED KEY. GNUPGHOME is not below the image, since gpg-agent needs a short path for its socket.
sign() {
  (
    GNUPGHOME=$(mktemp -d)
    export GNUPGHOME
    trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
    gpg --batch --quiet --passphrase '' --quick-generate-key guest@localhost ed25519 sign never
    gpg --batch --quiet --digest-algo SHA256 --clearsign --output "$2" "$1"
    gpg --batch --quiet --yes --export --armor --output "$3"
  )
}
