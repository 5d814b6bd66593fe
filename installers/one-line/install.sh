#!/bin/sh
# Installs Commander Agent on this machine and joins it to the server that this script came from:
#
#   sh install.sh --token TOKEN      (or COMMANDER_AGENT_TOKEN in the environment, where other users cannot read it)
#   sh install.sh --uninstall
#
# server:                     @SERVER_URL@
# root certificate, SHA-256:  @FINGERPRINT@
#
# The connection it is fetched over proves nothing, for a new machine does not trust the server's own certificate authority yet:
# "commander token create --install-hints" pins the SHA-256 of this script in the command to paste, and this script pins the rest.
set -eu

server='@SERVER_URL@'
# "SHA-256  file name", a line for each, best first
packages='@PACKAGES@'
bin_dir=/usr/local/bin
only_executable=

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

usage() {
  cat >&2 <<'END'
Usage: sh install.sh [--token TOKEN] [--executable] [--dir DIR]
       sh install.sh --uninstall [--dir DIR]

  --token TOKEN  join token; better in COMMANDER_AGENT_TOKEN, where other users cannot read it
  --executable   take the executable alone, even where there is a package
  --dir DIR      where that goes (default: /usr/local/bin)
END
  exit 2
}

# Prints how the names of files for this machine end, best first.
endings_for_this_machine() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) arch=x64 deb_arch=amd64 rpm_arch=x86_64 ;;
    aarch64 | arm64) arch=arm64 deb_arch=arm64 rpm_arch=aarch64 ;;
    *) fail "there is no agent for \"$machine\" machines" ;;
  esac
  case $system in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    *) fail "there is no agent for \"$system\"" ;;
  esac
  if [ $os = linux ] && ldd --version 2>&1 | grep -qi musl; then
    fail 'this system is built on musl; the agent needs glibc 2.28 or later'
  fi
  if [ -z "$only_executable" ]; then
    if [ $os = macos ]; then
      echo "-universal.pkg -$arch.pkg"
    elif command -v dpkg >/dev/null; then
      echo "_$deb_arch.deb"
    elif command -v rpm >/dev/null; then
      echo ".$rpm_arch.rpm"
    fi
  fi
  echo "-$os-$arch"
}

# Prints "SHA-256 file name" of the best file with one of the endings.
find_package() {
  for ending in "$@"; do
    while read -r hash name; do
      case $name in
        *"$ending")
          echo "$hash $name"
          return
          ;;
      esac
    done <<END
$packages
END
  done
  fail "the server offers nothing for this machine that ends in: $*"
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
    *) install_executable "$1" ;;
  esac
}

# Puts the executable in place only once it has shown that it runs here, and takes it away again if it cannot do its work.
install_executable() {
  target=$bin_dir/commander-agent
  mkdir -p "$bin_dir"
  new=$(mktemp "$bin_dir/.commander-agent.XXXXXX")
  cat "$1" >"$new" # a file of this folder, not of /tmp: SELinux and noexec know the difference
  chmod 755 "$new"
  refuse_if_broken "$new"
  # What this run makes it may take away again; an identity from before stays.
  made_by_us=
  case $("$new" status --json) in
    *'"not-enrolled"'*) made_by_us=--purge ;;
  esac
  if [ -e "$target" ]; then
    old=$new.old
    ln "$target" "$old"
    "$target" service stop || true # not every one that is here has a service
  fi
  mv -f "$new" "$target"
  if start_agent; then return; fi
  if [ -n "$old" ]; then
    mv -f "$old" "$target"
    "$target" service start || true
    fail 'the new version could not take over; the old one is back'
  fi
  "$target" service uninstall ${made_by_us:+"$made_by_us"} || true
  rm -f "$target"
  fail 'the agent could not begin its work and was removed again; the lines above say why'
}

refuse_if_broken() {
  message=$("$1" version 2>&1) && return
  case $message in
    *libatomic*)
      fail 'the library libatomic.so.1 is missing: install the package libatomic1 (Debian, Ubuntu, SUSE) or libatomic (Fedora, RHEL)'
      ;;
    *) fail "the agent does not run on this system: $message" ;;
  esac
}

start_agent() {
  if [ -n "$COMMANDER_AGENT_TOKEN" ]; then
    "$target" enroll --if-needed && "$target" service install && "$target" service start
  elif "$target" service install; then
    "$target" service start || echo 'Without a token it did not enrol; do that with: commander-agent enroll --token TOKEN' >&2
  else
    return 1
  fi
}

uninstall() {
  if command -v dpkg >/dev/null && dpkg --status commander-agent >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive dpkg --purge commander-agent
  elif command -v rpm >/dev/null && rpm --query commander-agent >/dev/null 2>&1; then
    rpm --erase commander-agent
  elif [ -x /usr/local/lib/commander-agent/uninstall ]; then
    /usr/local/lib/commander-agent/uninstall
  elif [ -e "$bin_dir/commander-agent" ]; then
    "$bin_dir/commander-agent" service uninstall --purge
    rm -f "$bin_dir/commander-agent"
  else
    echo 'Commander Agent is not installed'
    return
  fi
  echo 'Commander Agent is removed'
}

main() {
  COMMANDER_AGENT_TOKEN=${COMMANDER_AGENT_TOKEN:-}
  export COMMANDER_AGENT_TOKEN # not an argument of what is started from here: those can be read by every user
  action=install
  while [ $# -gt 0 ]; do
    case $1 in
      --token | --dir) [ $# -ge 2 ] || usage ;;
    esac
    case $1 in
      --token)
        COMMANDER_AGENT_TOKEN=$2
        shift
        ;;
      --dir)
        bin_dir=$2
        only_executable=yes
        shift
        ;;
      --executable) only_executable=yes ;;
      --uninstall) action=uninstall ;;
      *) usage ;;
    esac
    shift
  done
  [ "$(id -u)" -eq 0 ] || fail 'run it as root, for instance with sudo'
  if [ $action = uninstall ]; then
    uninstall
    return
  fi

  endings=$(endings_for_this_machine) || exit 1
  # shellcheck disable=SC2086 # several words
  package=$(find_package $endings) || exit 1
  hash=${package% *}
  name=${package#* }

  dir=$(mktemp -d) new='' old=''
  trap 'rm -rf "$dir" ${new:+"$new"} ${old:+"$old"}' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  chmod 755 "$dir" # apt reads the package as a user of its own
  echo "Downloading $name"
  download "$server/download/$name" "$dir/$name"
  [ "$(sha256_of "$dir/$name")" = "$hash" ] \
    || fail "\"$name\" is not what this script was made for: it was damaged, or somebody changed it on the way"
  install_package "$dir/$name"
  echo 'Commander Agent is installed'
}

main "$@" # last, so that a script which was cut short does nothing
