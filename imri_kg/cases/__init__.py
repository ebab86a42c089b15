"""What is known of cases, answered from the graph: their observations, counted, and seen through another framework."""
