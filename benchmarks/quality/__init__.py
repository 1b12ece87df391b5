"""Quality of KATE beside its relatives, its peers and the paper.

`python -m benchmarks.quality DATA -o RESULTS` runs everything; `--help` says more.
"""
