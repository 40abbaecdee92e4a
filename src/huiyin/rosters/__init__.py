"""Duty rosters of the office: tables, acts, pages, feed. The rules are in ``domain/rosters``."""
