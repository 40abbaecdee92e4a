"""Huiyin answers grievances and readies organisations for emergencies."""

__version__ = "0.1.0"
