"""Estimation: a case whose parameters are linear in the columns of a table, fitted to what happened in its rows."""
