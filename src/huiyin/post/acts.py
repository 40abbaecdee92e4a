"""What other rooms ask of the post: leave a job in the running transaction."""

from __future__ import annotations

from huiyin.post.tasks import send_notice


def notify(number: str, vault_stream: str, address: str, language: str) -> None:
    """Leave the job "there is news" for the sealed notice address ``address`` (a content id).

    Written in the caller's transaction: it is there exactly if the act is.
    """
    send_notice.enqueue(number, vault_stream, address, language, 0)
