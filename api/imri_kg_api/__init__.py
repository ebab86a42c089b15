"""The HTTP door of imri-kg: the same questions and answers as the command line and Python, over the web.

Nothing in `imri_kg` imports this package, except the command `serve` when it is called.
"""
