"""scripts/draw-performance on a page of its own: `draw_performance_test.py PROJECT`."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROJECT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".").resolve()


def row(workload, variant, rate, **more):
    return {**dict(workload=workload, variant=variant, precision="float32", threads=2, n=10, rate=rate, unit="synapse steps",
                   peer="", peer_rate=None, ratio=None, ceiling=None, fraction=None, method="rk4"), **more}


PLAIN = dict(peer="plain C++", peer_rate=50e6, ratio=2.0, operations=100.0, bytes=10.0)
CELL = dict(drive="rates", clocks=1)
OTHER = dict(peer="NEST 3.10", peer_method="rkf45", peer_precision="float64")


class DrawPerformance(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name in ("scripts/draw-performance", "scripts/performance_page", "docs/performance.md"):
            target = self.folder / name
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if (PROJECT / name).is_dir() else shutil.copy)(PROJECT / name, target)

    def draw(self, *runs):
        names = []
        for i, rows in enumerate(runs):
            names.append(self.folder / f"{i}.json")
            names[-1].write_text(json.dumps(dict(
                version=dict(version="0.1", commit="abcdefghij", compiler="GNU"), instruction_set="avx2", rows=rows,
                ceilings=dict(multiply_add_float32=4e11, multiply_add_float64=2e11, product=3e11, bandwidth=2e10))))
        return subprocess.run([sys.executable, self.folder / "scripts/draw-performance", *names], capture_output=True, text=True,
                              check=False)

    def page(self):
        return (self.folder / "docs/performance.md").read_text()

    def test_every_kind_of_row_has_its_table(self):
        done = self.draw([row("W1", "rk4", 100e6, **PLAIN), row("start", "synapse --duration 0.1", 50.0),
                          row("scaling", "rk4", 123e6, n=1000),
                          row("checkpoint", "its bytes", 150e6, n=1000, unit="bytes", peer="write and fsync", peer_rate=200e6,
                              ratio=0.75),
                          row("checkpoint", "steps", 99e6, n=1000, peer="steps alone", peer_rate=100e6, ratio=0.99,
                              interval=60, cost=0.0042),
                          row("precision", "rk4 1/2 ms, rates", 70e6, drive="rates", calcium_error=3e-5, release_error=1.5e-3),
                          row("precision", "euler, rates", 300e6, drive="rates", calcium_error=2e-3, release_error=None),
                          row("matrix", "a", 7e6, instruction_set="avx2", **CELL),
                          row("matrix", "b", 6e6, instruction_set="avx512", marked="b is slower than a", **CELL),
                          row("W4", "rk4", 30e6, ratio=10.0, **{**OTHER, "peer_rate": 3e6})])
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in ("| W1 | rk4 | float32 | 10 | 100 M synapse steps | 50 M | 2.00 |", "| `synapse --duration 0.1` | 20 |",
                      "| 1000 | 2 | 123 M |",
                      "| its bytes | 1000 | 150 M bytes | 200 M | 0.75 |  |",
                      "| steps | 1000 | 99 M synapse steps | 100 M | 0.99 | 0.42 % of every 60 s |", "| rk4 1/2 ms | rates | 70 M | 3e-05 | 1.5 |",
                      "| euler | rates | 300 M | 0.002 | some missing |", "| rk4 | rates | one |  | 7 | **6** ✗ |", "- b is slower than a",
                      "| W4 | NEST 3.10 | rkf45 | float64 | 3 M synapse steps |  | 30 M, 10× |", "triad 20 GB/s", "(abcdefg)"):
            self.assertIn(words, self.page())
        for picture in ("ratios", "simulators", "roofline", "precision"):
            self.assertIn("</svg>", (self.folder / f"docs/performance/{picture}.svg").read_text())

    def test_the_run_with_the_median_ratio_is_shown(self):
        self.draw(*([row("W1", "rk4", rate, **{**PLAIN, "ratio": ratio})] for rate, ratio in ((1e6, 1), (3e6, 3), (2e6, 2))))
        self.assertIn("| 2 M synapse steps |", self.page())

    def test_the_program_beside_simulators_is_not_listed_twice(self):
        self.draw([row("W1", "rk4", 100e6, **PLAIN)], [row("W1", "rk4", 77e6, **PLAIN), row("W1", "rk4", 77e6, ratio=2.0, **{**OTHER, "peer_rate": 3e6})])
        self.assertIn("100 M synapse steps", self.page())
        self.assertNotIn("| 77 M synapse steps |", self.page())

    def test_a_wrong_or_absent_simulator_has_no_number(self):
        self.draw([row("W4", "rk4", 30e6, absent="not installed: pip: no network", **OTHER),
                   row("W1", "rk4", 30e6, wrong="the results differ", **OTHER)])
        self.assertIn("| float64 | not installed |  |  |", self.page())
        self.assertIn("| float64 | wrong result |  |  |", self.page())

    def test_wrong_rows_and_files_are_refused(self):
        before = self.page()
        self.assertIn("the results differ", self.draw([row("W1", "rk4", 0, wrong="the results differ")]).stderr)
        (self.folder / "bad.json").write_text("[]")
        done = subprocess.run([sys.executable, self.folder / "scripts/draw-performance", self.folder / "bad.json"],
                              capture_output=True, text=True, check=False)
        self.assertIn("bad.json", done.stderr)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.page(), before)


if __name__ == "__main__":
    unittest.main()
