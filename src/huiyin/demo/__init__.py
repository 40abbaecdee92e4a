"""Starter content and the made-up town of the demo: data files and what loads them."""
