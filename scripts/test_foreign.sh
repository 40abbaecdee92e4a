#!/usr/bin/env bash
# What Huiyin writes, judged by other people's verifiers: checkpoints, proofs, tiles, receipts,
# cosignatures, on trees of 1 to 70,000 leaves. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install_foreign.sh
exec .venv/bin/python -m pytest tests/foreign -rs "$@"
