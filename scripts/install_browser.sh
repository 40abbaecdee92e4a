#!/usr/bin/env bash
# Sees to a Chromium and a Chinese font for the browser tests, and to xmlsec1 as a second opinion on
# signed alerts, through apt where this is root on Debian. Failing is no error here:
# scripts/test.sh names the tests that then stay out.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
scripts/find_chromium.sh >/dev/null || packages+=(chromium)
ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc >/dev/null 2>&1 || packages+=(fonts-noto-cjk)
command -v xmlsec1 >/dev/null || packages+=(xmlsec1)
if [ ${#packages[@]} -eq 0 ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing for some tests: ${packages[*]}. On Debian: sudo apt-get install ${packages[*]}"
    exit 0
fi
echo "Installing for the tests: ${packages[*]}"
mkdir -p build
if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${packages[@]}"; } > build/apt.log 2>&1; then
    echo "apt-get could not install ${packages[*]}; the end of build/apt.log:"
    tail -n 5 build/apt.log
fi
