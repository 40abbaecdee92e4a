"""Files made anew without what is hidden in them; no Django, no disk, no network.

``run`` starts a child process with narrow limits for each file, hands it the bytes through a
pipe and reads the answer from another. What a child may do: ``child``. Pictures are rebuilt
from their pixels (``images``), PDFs page by page from a list of what may stay (``pdfs``), other
formats by mat2 where it is installed (``others``). Where files are kept is not known here.
"""

from huiyin.cleaning.running import Cleaned, run

__all__ = ["Cleaned", "run"]
