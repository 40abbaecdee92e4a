"""Who is on duty when: rules, temporary schedules, overrides, gaps, rest, fairness.

Pure like the rest of ``domain``; the semantics and their reasons are in
docs/decisions/roster-semantics.md. Begin with ``values``, then ``serving``.
"""
