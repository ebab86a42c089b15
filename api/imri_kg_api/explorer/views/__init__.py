"""What each page shows of an answer: one module for each area, each view registered for the route whose answers it shows."""

from imri_kg_api.explorer.views import frameworks as frameworks
from imri_kg_api.explorer.views import home as home
from imri_kg_api.explorer.views import searching as searching
