import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

from network.edition import Edition

# With DEBUG on every page is made anew, so that whoever changes a template sees it.
application = get_wsgi_application() if settings.DEBUG else Edition(get_wsgi_application())
