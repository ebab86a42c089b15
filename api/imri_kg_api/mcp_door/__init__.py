"""The door for language models: the Model Context Protocol over standard streams and over HTTP.

`wording.yaml` holds what a model is told; `questions` what each tool takes, `replies` what it gives, `answers` how the graph answers,
`prose` the same in a few lines of text, `catalogue` the list of all tools, `server` the protocol, `stdio` and `http` the two ways in.
"""
