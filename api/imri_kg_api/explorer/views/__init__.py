"""What each page shows of an answer: one module for each area, each view registered for the route whose answers it shows."""

from imri_kg_api.explorer.views import case as case
from imri_kg_api.explorer.views import cases as cases
from imri_kg_api.explorer.views import changes as changes
from imri_kg_api.explorer.views import cite as cite
from imri_kg_api.explorer.views import concepts as concepts
from imri_kg_api.explorer.views import coverage as coverage
from imri_kg_api.explorer.views import crosswalks as crosswalks
from imri_kg_api.explorer.views import evidence as evidence
from imri_kg_api.explorer.views import explain as explain
from imri_kg_api.explorer.views import frameworks as frameworks
from imri_kg_api.explorer.views import home as home
from imri_kg_api.explorer.views import mappings as mappings
from imri_kg_api.explorer.views import matrix as matrix
from imri_kg_api.explorer.views import pathways as pathways
from imri_kg_api.explorer.views import queries as queries
from imri_kg_api.explorer.views import searching as searching
from imri_kg_api.explorer.views import sources as sources
