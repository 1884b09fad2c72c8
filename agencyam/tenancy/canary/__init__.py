"""One row per schema that says which agency it belongs to, so that a wrong search path is noticed."""
