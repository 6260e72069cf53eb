"""Who may go where: permits, their calendars, and the tables that gates decide by."""
