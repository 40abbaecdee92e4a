"""Starter content and the made-up town of the demo: data files and what loads them."""

# Signs every demo account in and opens the demo officers' keys. Shown on the sign-in page in
# demo mode; an installation without demo data never has it.
DEMO_WORD = "echo-over-the-river"
