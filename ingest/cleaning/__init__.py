"""What a source holds beside its texts, left out and recorded; several texts in one file told apart."""
