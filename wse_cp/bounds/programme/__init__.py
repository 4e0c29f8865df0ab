"""The relaxation as a dynamic programme: its plan, the rows of shapes, and the messages that pass along it.

`dual` puts them together: the value of the dual function and its slope. `columns` names the columns of all
tables.
"""
