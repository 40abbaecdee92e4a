"""Database back ends of our own: SQLite with one writer at a time."""
