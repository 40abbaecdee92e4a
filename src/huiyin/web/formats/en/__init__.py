"""English as most of the world writes dates: day, month, year, hours to 24."""
