"""The chunk store: one protocol, two engines. All knowledge of Qdrant's vocabulary stays in this folder."""
