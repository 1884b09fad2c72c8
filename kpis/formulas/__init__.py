"""The KPIs as pure formulas: one file each, no database, no clock, no rounding."""
