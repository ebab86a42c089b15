"""The web explorer: pages that show what the services of the API answer, readable without JavaScript.

`pages` says which page shows which answer, `views` prepares what a template shows, `templates` holds the pages and `messages` every word of them;
`built` is what the browser loads, bundled from `api/browser`. Nothing here asks the graph but through its services.
"""
