"""benchmarks/peers/run with a program and simulators that are scripts: `peers_test.py PROJECT`."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".").resolve()
sys.dont_write_bytecode = True
sys.path[:0] = [str(PROJECT / "benchmarks/peers")]

# Answers as `tripartite bench` does: 1000 steps of 10 elements at 50 a second.
PROGRAM = """#!/usr/bin/env python3
import json
row = dict(workload="W4", variant="rk4", precision="PRECISION", threads=1, n=10, rate=50.0, unit="steps", peer="", peer_rate=None,
           ratio=None, ceiling=None, fraction=None, method="rk4", steps=1000, work=10000, check=7.0)
rows = [dict(row, precision=precision) for precision in ("float32", "float64")]
print(json.dumps(dict(version=dict(commit="c", compiler="g", version="0"), backend="cpu", instruction_set="avx2", rows=rows, anomalies=[])))
"""
PEER = """
import json, sys
print(json.dumps(dict(peer="Peer 1.0")), flush=True)
for _ in sys.stdin:
    print(ANSWER, flush=True)
"""


class Peers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, text in (("tripartite", PROGRAM), ("tripartite_rivals", "#!/bin/sh\n")):
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o755)

    def run_with(self, answer, ready=True):
        """Rows of a run in which NEST is a script that gives this answer, or cannot be installed."""
        environment = self.folder / "peers" / "nest"
        (environment / "bin").mkdir(parents=True)
        script = self.folder / "peer.py"
        script.write_text(PEER.replace("ANSWER", answer))
        python = environment / "bin" / "python3"
        python.write_text(f"#!/bin/sh\n{'exec ' + sys.executable + ' ' + str(script) if ready else 'echo no network >&2; exit 1'}\n")
        python.chmod(0o755)
        if ready:
            (environment / "ready").write_text("nest-simulator")
        out = self.folder / "rows.json"
        # An interpreter that makes no virtual environments, so that nothing is downloaded.
        done = subprocess.run([sys.executable, "-c", "import sys, runpy, subprocess\n"
                               "import simulators\n"
                               "if 'absent' in sys.argv: sys.argv.remove('absent'); sys.executable = '/bin/false'\n"
                               f"sys.argv[0] = 'run'; runpy.run_path({str(PROJECT / 'benchmarks/peers/run')!r}, run_name='__main__')",
                               *([] if ready else ["absent"]), "--quick", "--only", "nest", "--workload", "W4", "--threads", "1",
                               "--program", self.folder / "tripartite", "--folder", self.folder / "peers", "--out", out],
                              capture_output=True, text=True, check=False,
                              env=dict(os.environ, PYTHONPATH=str(PROJECT / "benchmarks/peers"), TRIPARTITE_RIVALS=""))
        self.assertTrue(out.exists(), done.stderr)
        return done, [row for row in json.loads(out.read_text())["rows"] if "peer_method" in row]

    def test_rates_of_a_simulator_stand_beside_those_of_the_program(self):
        done, rows = self.run_with('\'{"seconds": 400, "check": 7.0000001}\'')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([(row["precision"], row["peer"], row["peer_rate"], row["ratio"]) for row in rows],
                         [("float32", "Peer 1.0", 25, 2), ("float64", "Peer 1.0", 25, 2)])

    def test_a_wrong_result_has_no_time(self):
        for number in ("7.1", "NaN"):
            with self.subTest(number):
                self.setUp()
                done, rows = self.run_with('\'{"seconds": 400, "check": ' + number + '}\'')
                self.assertEqual(done.returncode, 1)
                self.assertEqual({row["peer_rate"] for row in rows}, {None})
                self.assertIn("7 here", rows[0]["wrong"])

    def test_a_simulator_that_fails_is_told_and_has_no_time(self):
        done, rows = self.run_with("sys.exit(3)")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ended with status 3", rows[0]["absent"])
        self.assertIsNone(rows[0]["ratio"])

    def test_a_simulator_that_is_not_installed_is_told(self):
        done, rows = self.run_with("''", ready=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("not installed: virtual environment", rows[0]["absent"])
        self.assertIsNone(rows[0]["peer_rate"])


if __name__ == "__main__":
    unittest.main()
