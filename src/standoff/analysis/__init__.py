"""What an analyst asks next of a forecast: each file one question, answered from the same weighted draws."""
