"""The routes, a module for each area: they parse, call one service, and return what it answers."""
