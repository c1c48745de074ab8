"""What an analyst may write: the document's shape, YAML with positions, and the expression language."""
