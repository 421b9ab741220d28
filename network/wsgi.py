import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

from network.edition import Edition

# With DEBUG on every page is made anew, so that whoever changes a template sees it.
application = get_wsgi_application() if settings.DEBUG else Edition(get_wsgi_application())

# What is loaded here, the views included, the processes of a web server that forks (gunicorn --preload) share. It stays
# shared, because the collector of unused objects leaves it alone from now on.
resolve("/")
gc.freeze()
