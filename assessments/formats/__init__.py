"""Question files of other systems: read into neutral records, and written from them.

Readers and writers know no database. `taking_in` puts what was read into a bank.
"""
