"""Measurements of imri-kg: start-up, build and search.

`python -m benchmarks COMMAND` prints them. Tests run each command once and assert no time, since times belong to a machine.
"""
