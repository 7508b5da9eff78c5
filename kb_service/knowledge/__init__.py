"""The catalogue as readers see it: documents, their versions, outlines and chunks."""
