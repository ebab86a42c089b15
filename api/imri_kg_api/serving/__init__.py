"""The process around the application: connections, limits, hosts, logs, figures, workers, and the change from one release to the next."""
