"""How people behave: one module per step of the month, compiled, called by both engines.

Every step of a customer's month has the same signature ``step(p, now, c, e, r, t, a)``: the parameters, the
address of the month, the customer's record, what happens to them this month, the rep's record, the tally of
the seat's month, and the desk agent they meet.  Records are described in :mod:`sim.state`.  A formula stands
in a small pure function beside its step.
"""
