"""Claims of README.md about runs of the program."""
from checked_docs import Document, Run

readme = Document("README.md", every_number=False)

digits = {model: Run(f"classify --network --model {model}", 2, directory=False) for model in ("softmax", "linear")}


@readme.claim("the integrated network classifies all <360> images as its transformer does", *digits.values())
def digits_alike(*runs):
    for run in runs:
        assert run.results["same_label"] == 1, run.results["same_label"]
    return len(runs[0].results["images"])


def accuracy_row(model, row):
    @readme.claim(row, digits[model], after="| model | attention | accuracy |")
    def accuracy(run):
        found = run.results["accuracy"]
        assert found["network"] == found["transformer"], found
        return 100 * found["transformer"]
    readme.claims[-1].name = f"README.accuracy_{model}"


accuracy_row("softmax", "| `softmax` | softmax | <98.3> % |")
accuracy_row("linear", "| `linear` | linear with elu + 1 | <98.6> % |")


@readme.claim("tripartite classify --network # <360> held-out digits", digits["softmax"])
def held_out_digits(run):
    return len(run.results["images"])
