"""The command line: commands parse, call one service, and print."""
