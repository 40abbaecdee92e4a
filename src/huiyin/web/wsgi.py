"""The WSGI entry point that granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.web.settings")
application = get_wsgi_application()
if settings.CONFIG.proxies:
    # Only a named proxy may say who the caller is; anybody else's headers are ignored.
    application = wrap_wsgi_with_proxy_headers(
        application, trusted_hosts=[p.strip() for p in settings.CONFIG.proxies.split(",")]
    )
