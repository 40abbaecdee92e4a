"""``python -m huiyin`` is ``huiyin``."""

import sys

from huiyin.cli import main

sys.exit(main())
