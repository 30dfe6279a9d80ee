"""scripts/check-docs on a made-up document with one right and one wrong claim: check_docs_test.py CHECK_DOCS PROGRAM."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

check_docs, program = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
made_up = pathlib.Path(__file__).resolve().parent / "made_up_docs"


class CheckDocs(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name) / "project"
        shutil.copytree(made_up, self.root)

    def check(self, *options):
        return subprocess.run([sys.executable, check_docs, "--root", str(self.root), "--program", program, *options],
                              capture_output=True, text=True)

    def edit(self, path, old, new):
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        self.assertIn(old, text)
        file.write_text(text.replace(old, new), encoding="utf-8")

    def test_right_claim_agrees(self):
        done = self.check("--claim", "made_up.right")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("1 claims agree", done.stdout)

    def test_wrong_claim_is_named_with_prose_and_recomputed_value(self):
        done = self.check("--claim", "made_up.wrong")
        self.assertEqual(done.returncode, 1)
        self.assertIn('docs/made_up.md:4: made_up.wrong: "releases 0 times and keeps a quarter of its resources": '
                      "a quarter stated, 1 computed", done.stdout)

    def test_states_every_digit(self):
        self.edit("docs/made_up.md", "in 1000 steps", "in 1001 steps")
        self.edit("docs/claims/made_up.py", "<1000>", "<1001>")
        done = self.check("--claim", "made_up.right")
        self.assertEqual(done.returncode, 1)
        self.assertIn("docs/made_up.md:3", done.stdout)
        self.assertIn("1001 stated, 1000 computed", done.stdout)

    def test_edited_sentence_is_no_longer_claimed(self):
        self.edit("docs/made_up.md", "in 1000 steps", "in 999 steps")
        done = self.check("--quick")
        self.assertEqual(done.returncode, 1)
        self.assertIn('made_up.right: "is integrated in 1000 steps of `--dt 0.001`, releases 0 times" does not occur', done.stdout)
        self.assertIn("docs/made_up.md:3: 999 is no claim", done.stdout)

    def test_number_that_nobody_claims_is_reported_unless_given(self):
        done = self.check("--quick")
        self.assertEqual(done.returncode, 1)
        self.assertIn("docs/made_up.md:9: 42 is no claim", done.stdout)
        self.assertEqual(done.stdout.count("is no claim"), 1, done.stdout)  # code and claimed numbers are not reported
        with open(self.root / "docs/claims/made_up.py", "a", encoding="utf-8") as claims:
            claims.write('made_up.given("an example", "Nobody claims that <42> is")\n')
        self.assertNotIn("is no claim", self.check("--quick").stdout)

    def test_quick_leaves_out_what_takes_long(self):
        self.assertIn("1 claims that take longer were left out", self.check("--quick").stdout)
        self.assertNotIn("left out", self.check().stdout)

    def test_runs_are_kept_until_an_input_changes(self):
        self.assertIn("running tripartite", self.check("--claim", "made_up.right").stderr)
        self.assertNotIn("running", self.check("--claim", "made_up.right").stderr)
        self.edit("docs/claims/made_up.py", "--duration 1", "--duration 0.5")
        done = self.check("--claim", "made_up.right")
        self.assertIn("running tripartite", done.stderr)
        self.assertIn("1000 stated, 500 computed", done.stdout)

    def test_runs_of_earlier_builds_are_taken_only_on_request(self):
        self.check("--claim", "made_up.right")
        (kept,) = (self.root / "build/docs-runs").iterdir()
        kept.rename(kept.with_name(kept.name.split("-")[0] + "-of-another-build"))
        self.assertIn("of an earlier build", self.check("--claim", "made_up.right", "--older").stderr)
        self.assertIn("running tripartite", self.check("--claim", "made_up.right").stderr)

    def test_list_runs_nothing(self):
        done = self.check("--list")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("60 s  made_up.slow", done.stdout)
        self.assertFalse((self.root / "build").exists())

    def test_missing_program_is_wrong_usage(self):
        done = self.check("--program", str(self.root / "nothing"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("nothing does not exist", done.stderr)

    def test_failed_run_is_a_problem(self):
        self.edit("docs/claims/made_up.py", "--duration 1", "--duration 0")
        done = self.check("--claim", "made_up.right")
        self.assertEqual(done.returncode, 1)
        self.assertIn("exit status 2", done.stdout)

    def test_unknown_names_are_wrong_usage(self):
        for option, name in (("--file", "docs/nowhere.md"), ("--claim", "made_up.nothing")):
            done = self.check(option, name)
            self.assertEqual(done.returncode, 2)
            self.assertIn(name, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
