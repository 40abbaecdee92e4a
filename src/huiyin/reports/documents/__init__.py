"""Documents (``domain.documents``) as tagged PDF and as Word: how they look, not what they say.

Both carry the same words in the same order. Needs neither Django nor an installation.
"""
