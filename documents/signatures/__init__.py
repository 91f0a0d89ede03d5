"""Validate electronic signatures of PDFs, in a child process."""
