"""The evidence desk: reports from disk or network into a case, filler, reprints, dates, figures, full-text search."""
