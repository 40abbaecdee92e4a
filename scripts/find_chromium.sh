#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome: CHROMIUM_PATH if set, else the first one installed.
set -euo pipefail
for name in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name"; then
        exit 0
    fi
done
exit 1
