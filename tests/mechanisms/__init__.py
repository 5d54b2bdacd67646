"""What each mechanism of the model does, seen in ordinary runs on common random numbers.

====  ==========================================================  ================================================
S1    hunting, the prospect pool, perks, pay pressure             test_hunting
S2    the bond: tie, visits, the departure of the rep             test_bond
S3    fixed contact or pool, waiting, overload                    test_desk
S4    technical or commercial desk                                test_desk
S5    an account per customer                                     test_customer_account
S6    the moment of truth                                         test_moment_of_truth
S7    norms, warnings, dismissal; quota, tiers, caps              test_career, test_choice, tests/scheme
S8    promised and realised                                       test_customer_account
S9    four drivers, each its own process and line                 test_customer_account
S10   every driver can be paid on                                 tests/scheme/test_measures, test_projection
S11   somebody else's problem                                     test_customer_account
S12   satisfaction, word of mouth, churn                          test_feeling
S13   deferral, malus, trail, clawback, team, multiplier, cap     tests/scheme/test_components, test_projection
====  ==========================================================  ================================================
"""
