"""The public's pages, one module for each journey."""
