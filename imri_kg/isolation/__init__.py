"""Work on what strangers send in processes of their own, which have limits of time and memory and can be killed: validations and SPARQL queries."""
