"""The vault: the only room that holds sealed texts, identities and their keys."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Registers the vault's tables; nothing happens at start."""

    name = "huiyin.vault"
    verbose_name = "Vault"
    default_auto_field = "django.db.models.BigAutoField"
