"""Half tiles: certificates made stronger by comparing parities (docs/bounds.md, section 6)."""
