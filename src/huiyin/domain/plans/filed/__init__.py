"""A plan as a document that can be filed, in the order of GB/T 29639-2020.

``names`` puts values into words, ``tables`` makes the tables, ``sections`` says what stands in each
section, ``filing`` puts the sections into the standard's order. Titles and sentences are data
(``huiyin/plans/document.toml``); the document itself is ``domain.documents``.
"""
