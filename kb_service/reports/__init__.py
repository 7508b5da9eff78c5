"""The department's reports: what a month or a quarter was like, and documents of single tickets."""
