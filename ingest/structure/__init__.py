"""Grammar of regulations: numbering -> outline of 编章节条款项, clause ids, labels."""
