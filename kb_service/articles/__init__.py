"""Knowledge articles: drafted from solved tickets, reviewed, published into the search, improved while used."""
