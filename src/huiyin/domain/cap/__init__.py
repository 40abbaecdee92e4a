"""Alerts in the Common Alerting Protocol 1.2 (OASIS), for drills and alerts inside a house.

``message`` holds the values, ``writing`` makes canonical text of them, ``reading`` makes values of
foreign bytes, ``rules`` holds what the standard's data dictionary asks for and its XML schema lets
through, ``composing`` adds what this house asks for. Signatures and the schema itself need
libraries and files: see ``huiyin.alerts``.
"""
