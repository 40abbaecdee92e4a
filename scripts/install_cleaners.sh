#!/usr/bin/env bash
# mat2 (copies of office documents, sound and film) and ClamAV (scanning) from Debian or Ubuntu.
# Huiyin works without both: files it cannot clean are kept as they came and marked, and nothing is
# called scanned that was not. Needs root. mat2 serves at once; ClamAV when clamd runs with
# signatures (freshclam) and HUIYIN_CLAMAV names its socket.
set -euo pipefail

command -v apt-get >/dev/null || {
    echo "install_cleaners.sh: apt-get is missing; install mat2 and clamd by other means" >&2
    exit 2
}
[ "$(id -u)" = 0 ] || {
    echo "install_cleaners.sh: run it as root, for instance with sudo" >&2
    exit 2
}
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# ffmpeg is what mat2 needs for film, and no more than a recommendation of its package.
apt-get install -y -q --no-install-recommends mat2 ffmpeg clamav clamav-daemon clamav-freshclam
mat2 --version
clamd --version
cat <<'TEXT'

mat2 is found by itself. For ClamAV: let freshclam fetch signatures, start clamd, and set
  HUIYIN_CLAMAV=/run/clamav/clamd.ctl
The person that Huiyin runs as has to be allowed to use that socket.
TEXT
