"""Plans: an organisation's emergency plan as data, and what can be known of it beforehand.

``model`` is the shape, ``reading`` and ``writing`` turn files into it and back, ``linting``
finds what is wrong, ``comparing`` tells two versions apart, ``approving`` says which status may
follow which. Hazards only: persons appear as those who must be safe or who have a duty.
"""
