"""How people behave: one module per step of the month, compiled, called by both engines.

Every step of a customer's month has the same signature ``step(s, now, c, r, t, d)``: the setup, the
address of the month, the customer's record, the rep's, the tally of the seat's month, and the desk's
agents.  A formula stands in a small pure function beside its step.
"""
