"""Pages of duty rosters. Each opens the roster for its reader first (``opening``)."""
