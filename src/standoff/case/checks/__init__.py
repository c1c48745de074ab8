"""Everything that can be wrong with a case that reads as YAML, one concern a file.

Each file has one function ``check_...(desk)`` that adds its complaints to the desk. None of them stops
at the first problem, and none raises: what a broken part leaves unknown is skipped, the rest is looked at.
"""
