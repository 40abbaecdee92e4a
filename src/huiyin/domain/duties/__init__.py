"""Duties of emergency law: to report within hours, to supplement, to hold drills again and again.

They have no complainant and no answer, so they are no packs; their law is data in
``huiyin/duties/*.yaml`` all the same. ``model`` is the shape, ``reading`` the strict reading,
``counting`` when a duty falls due. Days and hours are counted by ``domain.periods`` alone.
"""
