#!/bin/sh
# Installs Commander Agent on this machine and joins it to the server that this script came from:
#
#   sh install.sh --token cmdr1.…
#
# The server fills in the lines with an at sign. The connection it is fetched over proves nothing, for a new machine does not trust the server's own
# certificate authority yet: whoever prints the command to paste pins the SHA-256 of this script in it, and this script pins the packages.
set -eu

server='@SERVER_URL@'
version='@VERSION@'
# "SHA-256  file name", a line for each package
packages='@PACKAGES@'

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

usage() {
  echo 'Usage: sh install.sh [--token TOKEN]   (or COMMANDER_AGENT_TOKEN in the environment)' >&2
  exit 2
}

# Prints the end of the name of the package for this machine.
package_for_this_machine() {
  os=$(uname -s)
  machine=$(uname -m)
  case $os in
    Darwin)
      echo universal.pkg
      return
      ;;
    Linux) ;;
    *) fail "there is no package for \"$os\"" ;;
  esac
  case $machine in
    x86_64) set -- amd64 x86_64 ;;
    aarch64 | arm64) set -- arm64 aarch64 ;;
    *) fail "there is no package for \"$machine\"" ;;
  esac
  if command -v dpkg >/dev/null; then
    echo "_$1.deb"
  elif command -v rpm >/dev/null; then
    echo ".$2.rpm"
  else
    fail 'this system has neither dpkg nor rpm; take the executable alone, as docs/deploy.md says'
  fi
}

download() {
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --insecure --output "$2" "$1"
  elif command -v wget >/dev/null; then
    wget --quiet --no-check-certificate --output-document="$2" "$1"
  else
    fail 'neither curl nor wget is here to download with'
  fi
}

sha256_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1"
  else
    shasum -a 256 "$1"
  fi | cut -d ' ' -f 1
}

install_package() {
  case $1 in
    *.pkg) installer -pkg "$1" -target / ;;
    *.deb)
      # apt brings what is missing; without one, dpkg says what that is.
      if command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$1"
      else
        DEBIAN_FRONTEND=noninteractive dpkg --install "$1"
      fi
      ;;
    *.rpm)
      if command -v dnf >/dev/null; then
        dnf install -y "$1"
      elif command -v zypper >/dev/null; then
        zypper --non-interactive install --allow-unsigned-rpm "$1"
      else
        rpm --upgrade "$1"
      fi
      ;;
  esac
}

main() {
  token=${COMMANDER_AGENT_TOKEN:-}
  while [ $# -gt 0 ]; do
    case $1 in
      --token)
        [ $# -ge 2 ] || usage
        token=$2
        shift 2
        ;;
      *) usage ;;
    esac
  done
  [ "$(id -u)" -eq 0 ] || fail 'run it as root, for instance with sudo'

  ending=$(package_for_this_machine) || exit 1
  line=$(printf '%s\n' "$packages" | grep -F -- "$ending") || fail "the server offers no \"$ending\" of version $version"
  hash=${line%% *}
  name=${line##* }

  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
  chmod 755 "$dir" # apt reads the package as a user of its own
  echo "Downloading $name"
  download "$server/installers/$name" "$dir/$name"
  [ "$(sha256_of "$dir/$name")" = "$hash" ] \
    || fail "\"$name\" is not what this script was made for: it was damaged, or somebody changed it on the way"

  COMMANDER_AGENT_TOKEN=$token
  export COMMANDER_AGENT_TOKEN
  install_package "$dir/$name"
  echo "Commander Agent $version is installed"
}

main "$@" # last, so that a script which was cut short does nothing
