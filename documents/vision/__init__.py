"""See what is on a page picture: words, seals, likeness. Only a child process looks."""
