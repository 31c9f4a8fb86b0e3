"""What readers and machines are answered: every address of the site."""
