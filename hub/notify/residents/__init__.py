"""What residents are told: by Apprise, to the phone that stands in the household's record."""
