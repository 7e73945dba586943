"""Chaos: many buyers at once while whatever runs is killed, restarted, emptied; afterwards everything adds up.

    make chaos [SEED=7] [PURCHASES=500]

`run.py` tells the story, `strikes.py` does the killing, `buyers.py` and `watchers.py` are the people, `reckoning.py`
looks afterwards whether anything was lost.
"""
