"""Optional help of a language model with reading reports; what it proposes is verified, and accepted by a person."""
