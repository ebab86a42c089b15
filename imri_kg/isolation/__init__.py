"""Validation in a process of its own that has limits of time and memory and can be killed."""
