"""Who acts: accounts, sign-in, sessions, roles and what each may do."""
