"""What would have to change: offers, packages of them with proof, wedges between partners, credibility of promises."""
