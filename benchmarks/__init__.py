"""Measurements of imri-kg: start-up, build, search and tables in processes of their own, and a running server under load.

`python -m benchmarks COMMAND` prints them. Times belong to a machine, so that tests assert none; what must not happen whatever the
machine (another answer, a leak, an error that is not documented) ends a measurement with status 1.
"""
