"""Files of people as rows of cells: CSV, Excel, OneRoster and Canvas; nothing here knows the database."""
