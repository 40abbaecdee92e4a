"""The one passphrase of all demo accounts.

It is public on purpose: it stands on the sign-in page of a demonstration, where everything is
invented. Accounts with it are made by ``huiyin serve --demo`` and nowhere else.
"""

PASSWORD = "every matter has an answer"
