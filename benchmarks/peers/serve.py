"""What benchmarks/peers/run and a simulator in Python say to each other (serve.hpp)."""
import argparse
import json
import os
import sys

# What simulators print, some while they are imported, goes to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def case(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("workload")
    parser.add_argument("--method", default="rk4")
    parser.add_argument("--precision", default="float64")
    for name in ("--n", "--steps", "--second", "--threads"):
        parser.add_argument(name, type=int, default=1)
    parser.add_argument("--folder", default=".", help="where generated programs go")
    parser.add_argument("--sources", help="file of what each synapse of W5 listens to")
    return parser.parse_args()


def serve(name, turn):
    """`turn()` returns seconds and the number to check them by."""
    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    say({"peer": name})
    for _ in sys.stdin:
        seconds, check = turn()
        say({"seconds": float(seconds), "check": float(check)})
