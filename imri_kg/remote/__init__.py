"""The graph of a server: `imri_kg.open(address)` asks over HTTP and gives the typed objects that the local graph gives.

`connection` sends and receives, `refusals` turns problem documents into the errors of the library, `members` reads JSON strictly,
the modules of decoding make typed objects of it, and `graph` is the facade. Nothing here opens a store.
"""
