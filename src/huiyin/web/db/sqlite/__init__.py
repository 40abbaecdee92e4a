"""SQLite for one office: WAL, synchronous FULL, one writer at a time by a file lock."""
